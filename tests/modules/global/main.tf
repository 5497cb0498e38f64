# All three modules under names and providers of a team's own.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  alias  = "east"
  region = "us-east-1"
}

provider "aws" {
  alias  = "middle"
  region = "us-east-2"
}

locals {
  suffix = "hand"
  domain = "payments.example.org"
}

module "primary_region" {
  source = "../../../modules/primary_region"

  providers = {
    aws.primary = aws.east
  }

  environment_suffix                           = local.suffix
  domain_name                                  = local.domain
  dr_region_current_caller_identity_account_id = module.dr_region.current_caller_identity_account_id
  dr_region_secrets_kms_key_arn                = module.dr_region.secrets_kms_key_arn
}

module "dr_region" {
  source = "../../../modules/dr_region"

  providers = {
    aws.dr = aws.middle
  }

  environment_suffix                                   = local.suffix
  domain_name                                          = local.domain
  primary_region_application_secretsmanager_secret_arn = module.primary_region.application_secretsmanager_secret_arn
  primary_region_database_rds_cluster_instance_ready   = module.primary_region.database_rds_cluster_instance_ready
  primary_region_payments_rds_global_cluster_id        = module.primary_region.payments_rds_global_cluster_id
  primary_region_sessions_dynamodb_table_arn           = module.primary_region.sessions_dynamodb_table_arn
}

module "global" {
  source = "../../../modules/global"

  providers = {
    aws.primary = aws.east
    aws.dr      = aws.middle
  }

  environment_suffix                                                = local.suffix
  domain_name                                                       = local.domain
  dr_region_alerts_sns_topic_arn                                    = module.dr_region.alerts_sns_topic_arn
  dr_region_current_caller_identity_account_id                      = module.dr_region.current_caller_identity_account_id
  dr_region_database_kms_key_arn                                    = module.dr_region.database_kms_key_arn
  dr_region_database_rds_cluster_arn                                = module.dr_region.database_rds_cluster_arn
  dr_region_database_security_group_id                              = module.dr_region.database_security_group_id
  dr_region_failover_acm_certificate_arn                            = module.dr_region.failover_acm_certificate_arn
  dr_region_failover_package_s3_object_bucket                       = module.dr_region.failover_package_s3_object_bucket
  dr_region_failover_package_s3_object_key                          = module.dr_region.failover_package_s3_object_key
  dr_region_failover_package_s3_object_version_id                   = module.dr_region.failover_package_s3_object_version_id
  dr_region_functions_security_group_id                             = module.dr_region.functions_security_group_id
  dr_region_network_vpc_id                                          = module.dr_region.network_vpc_id
  dr_region_operations_kms_key_arn                                  = module.dr_region.operations_kms_key_arn
  dr_region_operations_s3_bucket_id                                 = module.dr_region.operations_s3_bucket_id
  dr_region_operations_s3_bucket_versioning_ready                   = module.dr_region.operations_s3_bucket_versioning_ready
  dr_region_payments_api_gateway_rest_api_id                        = module.dr_region.payments_api_gateway_rest_api_id
  dr_region_payments_api_gateway_stage_name                         = module.dr_region.payments_api_gateway_stage_name
  dr_region_private_1_subnet_availability_zone                      = module.dr_region.private_1_subnet_availability_zone
  dr_region_private_2_subnet_availability_zone                      = module.dr_region.private_2_subnet_availability_zone
  dr_region_private_route_table_id                                  = module.dr_region.private_route_table_id
  dr_region_receipts_s3_bucket_id                                   = module.dr_region.receipts_s3_bucket_id
  dr_region_receipts_s3_bucket_versioning_ready                     = module.dr_region.receipts_s3_bucket_versioning_ready
  dr_region_secrets_kms_key_arn                                     = module.dr_region.secrets_kms_key_arn
  dr_region_sessions_kms_key_arn                                    = module.dr_region.sessions_kms_key_arn
  dr_region_storage_kms_key_arn                                     = module.dr_region.storage_kms_key_arn
  primary_region_alerts_sns_topic_arn                               = module.primary_region.alerts_sns_topic_arn
  primary_region_application_secretsmanager_secret_arn              = module.primary_region.application_secretsmanager_secret_arn
  primary_region_current_caller_identity_account_id                 = module.primary_region.current_caller_identity_account_id
  primary_region_database_kms_key_arn                               = module.primary_region.database_kms_key_arn
  primary_region_database_rds_cluster_arn                           = module.primary_region.database_rds_cluster_arn
  primary_region_database_security_group_id                         = module.primary_region.database_security_group_id
  primary_region_failover_acm_certificate_arn                       = module.primary_region.failover_acm_certificate_arn
  primary_region_failover_acm_certificate_domain_validation_options = module.primary_region.failover_acm_certificate_domain_validation_options
  primary_region_functions_security_group_id                        = module.primary_region.functions_security_group_id
  primary_region_network_vpc_id                                     = module.primary_region.network_vpc_id
  primary_region_operations_kms_key_arn                             = module.primary_region.operations_kms_key_arn
  primary_region_operations_s3_bucket_id                            = module.primary_region.operations_s3_bucket_id
  primary_region_operations_s3_bucket_versioning_ready              = module.primary_region.operations_s3_bucket_versioning_ready
  primary_region_payments_api_gateway_rest_api_id                   = module.primary_region.payments_api_gateway_rest_api_id
  primary_region_payments_api_gateway_stage_name                    = module.primary_region.payments_api_gateway_stage_name
  primary_region_private_1_subnet_availability_zone                 = module.primary_region.private_1_subnet_availability_zone
  primary_region_private_2_subnet_availability_zone                 = module.primary_region.private_2_subnet_availability_zone
  primary_region_private_route_table_id                             = module.primary_region.private_route_table_id
  primary_region_receipts_s3_bucket_id                              = module.primary_region.receipts_s3_bucket_id
  primary_region_receipts_s3_bucket_versioning_ready                = module.primary_region.receipts_s3_bucket_versioning_ready
  primary_region_secrets_kms_key_arn                                = module.primary_region.secrets_kms_key_arn
  primary_region_sessions_kms_key_arn                               = module.primary_region.sessions_kms_key_arn
  primary_region_storage_kms_key_arn                                = module.primary_region.storage_kms_key_arn
}

output "zone" {
  value = one(module.global.primary_payments_route53_zone_id)
}
