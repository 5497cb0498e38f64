# A key of each region and a permissions boundary, as an owner has them before there is a stack.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0"
    }
  }
}

variable "regions" {
  type = map(string)
}

provider "aws" {
  alias  = "primary"
  region = var.regions.primary
}

provider "aws" {
  alias  = "dr"
  region = var.regions.dr
}

data "aws_caller_identity" "current" {
  provider = aws.dr
}

locals {
  classes = ["database", "storage", "sessions", "secrets", "operations"]
  policies = {
    for role, region in var.regions : role => jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "AccountAdministersThroughIam"
          Effect    = "Allow"
          Action    = "kms:*"
          Resource  = "*"
          Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        },
        {
          Sid      = "ServicesEncrypt"
          Effect   = "Allow"
          Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
          Resource = "*"
          Principal = {
            Service = [
              "budgets.amazonaws.com",
              "cloudwatch.amazonaws.com",
              "delivery.logs.amazonaws.com",
              "events.amazonaws.com",
              "events.rds.amazonaws.com",
              "logs.${region}.amazonaws.com",
            ]
          }
        },
      ]
    })
  }
}

resource "aws_kms_key" "primary" {
  provider            = aws.primary
  description         = "Everything in the primary region"
  enable_key_rotation = true
  policy              = local.policies.primary
}

resource "aws_kms_key" "dr" {
  provider            = aws.dr
  description         = "Everything in the standby region"
  enable_key_rotation = true
  policy              = local.policies.dr
}

resource "aws_iam_policy" "boundary" {
  provider = aws.dr
  name     = "boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "NothingOfIam", Effect = "Allow", NotAction = "iam:*", Resource = "*" }]
  })
}

output "primary_kms_key_arns" {
  value = { for class in local.classes : class => aws_kms_key.primary.arn }
}

output "dr_kms_key_arns" {
  value = { for class in local.classes : class => aws_kms_key.dr.arn }
}

output "permissions_boundary_arn" {
  value = aws_iam_policy.boundary.arn
}
