terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "bucket" {
  type    = string
  default = "orders-of-the-example"
}

data "aws_region" "current" {}

data "aws_region" "west" {
  region = "us-west-2"
}

resource "aws_vpc" "west" {
  region     = "us-west-2"
  cidr_block = "10.1.0.0/16"
}

resource "aws_s3_bucket" "orders" {
  region = "us-west-2"
  bucket = var.bucket
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  region       = data.aws_region.west.region
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name      = "us-east-2"
    consistency_mode = "STRONG"
  }

  global_table_witness {
    region_name = "us-east-1"
  }
}

resource "aws_route53_zone" "example" {
  name                        = "example.com"
  enable_accelerated_recovery = true
}

resource "aws_s3tables_table_bucket" "events" {
  name = "events"

  encryption_configuration = {
    sse_algorithm = "AES256"
  }
}

resource "aws_wafv2_web_acl" "front" {
  name  = "front"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "front"
    sampled_requests_enabled   = true
  }

  dynamic "rule" {
    for_each = toset(["US", "CA"])
    content {
      name     = "only-${rule.value}"
      priority = 1
      action {
        allow {}
      }
      statement {
        not_statement {
          statement {
            geo_match_statement {
              country_codes = [rule.value]
            }
          }
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "rule"
        sampled_requests_enabled   = true
      }
    }
  }

  rule {
    name     = "countries"
    priority = 7
    action {
      block {}
    }
    statement {
      or_statement {
        dynamic "statement" {
          for_each = toset(["FR", "DE"])
          content {
            geo_match_statement {
              country_codes = [statement.value]
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "countries"
      sampled_requests_enabled   = true
    }
  }
}

resource "aws_wafv2_web_acl_rule" "one" {
  name        = "one"
  priority    = 20
  web_acl_arn = aws_wafv2_web_acl.front.arn

  action {
    allow {}
  }

  statement {
    not_statement {
      statement {
        geo_match_statement {
          country_codes = ["US"]
        }
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "one"
    sampled_requests_enabled   = true
  }
}

resource "aws_batch_compute_environment" "jobs" {
  name = "jobs"
  type = "UNMANAGED"
}

output "places" {
  value = [data.aws_region.current.region, aws_s3_bucket.orders.bucket_region, aws_vpc.west.region]
}
