# What a team has in a region for all its services.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.id
  bucket     = "acme-log-archive-${local.region}"
  publishers = {
    on-call = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "events.rds.amazonaws.com"]
    events  = ["events.amazonaws.com"]
  }
  # EventBridge does not say for which account it publishes.
  conditions = {
    on-call = { Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } } }
    events  = {}
  }
}

resource "aws_kms_key" "topics" {
  description         = "Topics"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountAdministersThroughIam"
        Effect    = "Allow"
        Action    = "kms:*"
        Resource  = "*"
        Principal = { AWS = "arn:aws:iam::${local.account_id}:root" }
      },
      {
        Sid       = "ServicesPublish"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Principal = { Service = flatten(values(local.publishers)) }
      },
    ]
  })
}

resource "aws_sns_topic" "this" {
  for_each          = local.publishers
  name              = each.key
  kms_master_key_id = aws_kms_key.topics.arn
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.publishers
  arn      = aws_sns_topic.this[each.key].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge({
      Sid       = "ServicesPublish"
      Effect    = "Allow"
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.this[each.key].arn
      Principal = { Service = each.value }
    }, local.conditions[each.key])]
  })
}

resource "aws_wafv2_web_acl" "edge" {
  name  = "edge"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "edge"
    sampled_requests_enabled   = true
  }
}

resource "aws_s3_bucket" "logs" {
  bucket = local.bucket
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DeliverAccessLogs"
      Effect    = "Allow"
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.logs.arn}/access-logs/*"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

output "topic_arns" {
  value = { for name, topic in aws_sns_topic.this : name => topic.arn }
}

output "web_acl_arn" {
  value = aws_wafv2_web_acl.edge.arn
}

output "log_archive_bucket" {
  value = aws_s3_bucket.logs.id
}
