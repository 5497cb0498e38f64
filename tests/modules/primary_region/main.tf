# The primary region alone, in a root that a team writes by hand. The secrets' replicas need a key in the other region.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  alias  = "primary"
  region = "us-east-1"
}

provider "aws" {
  alias  = "dr"
  region = "us-east-2"
}

resource "aws_kms_key" "secret_replica" {
  provider            = aws.dr
  description         = "The replica of the database's secret"
  enable_key_rotation = true
}

data "aws_caller_identity" "dr" {
  provider = aws.dr
}

module "payments" {
  source = "../../../modules/primary_region"

  providers = {
    aws.primary = aws.primary
  }

  environment_suffix                           = "hand"
  domain_name                                  = "payments.example.org"
  dr_region_current_caller_identity_account_id = data.aws_caller_identity.dr.account_id
  dr_region_secrets_kms_key_arn                = aws_kms_key.secret_replica.arn
}

output "api" {
  value = module.payments.payments_api_gateway_stage_invoke_url
}
