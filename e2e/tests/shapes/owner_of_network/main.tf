# Networks as a user has them before there is a stack: private subnets, and the endpoints that functions need.

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

variable "endpoints" {
  type = bool
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
  source    = "./network"
  cidr      = "10.40.0.0/20"
  region    = var.regions.primary
  endpoints = var.endpoints
  providers = {
    aws = aws.primary
  }
}

module "dr" {
  source    = "./network"
  cidr      = "10.41.0.0/20"
  region    = var.regions.dr
  endpoints = var.endpoints
  providers = {
    aws = aws.dr
  }
}

output "primary_vpc_id" {
  value = module.primary.vpc_id
}

output "primary_private_subnet_ids" {
  value = module.primary.subnet_ids
}

output "primary_route_table_ids" {
  value = module.primary.route_table_ids
}

output "dr_vpc_id" {
  value = module.dr.vpc_id
}

output "dr_private_subnet_ids" {
  value = module.dr.subnet_ids
}

output "dr_route_table_ids" {
  value = module.dr.route_table_ids
}
