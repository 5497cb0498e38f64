# A standby to a primary region that something else manages: what it replicates from there comes in by variables.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  alias  = "standby"
  region = "us-east-2"
}

variable "global_database" {
  type = string
}

variable "secret_arn" {
  type = string
}

variable "session_table_arn" {
  type = string
}

module "standby" {
  source = "../../../modules/dr_region"

  providers = {
    aws.dr = aws.standby
  }

  primary_region_application_secretsmanager_secret_arn = var.secret_arn
  primary_region_database_rds_cluster_instance_ready   = true
  primary_region_payments_rds_global_cluster_id        = var.global_database
  primary_region_sessions_dynamodb_table_arn           = var.session_table_arn
}

output "api" {
  value = module.standby.payments_api_gateway_stage_invoke_url
}
