# Topics, a web ACL and a log archive of each region, as an owner has them before there is a stack.

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

module "primary" {
  source    = "./region"
  providers = { aws = aws.primary }
}

module "dr" {
  source    = "./region"
  providers = { aws = aws.dr }
}

output "primary_alert_topic_arn" {
  value = module.primary.topic_arns.on-call
}

output "primary_event_topic_arn" {
  value = module.primary.topic_arns.events
}

output "primary_web_acl_arn" {
  value = module.primary.web_acl_arn
}

output "primary_log_archive_bucket" {
  value = module.primary.log_archive_bucket
}

output "dr_alert_topic_arn" {
  value = module.dr.topic_arns.on-call
}

output "dr_event_topic_arn" {
  value = module.dr.topic_arns.events
}

output "dr_web_acl_arn" {
  value = module.dr.web_acl_arn
}

output "dr_log_archive_bucket" {
  value = module.dr.log_archive_bucket
}
