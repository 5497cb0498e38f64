# A cluster of the primary region with its network and secret, as an owner has it before there is a stack.

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
  region = var.regions.primary
}

data "aws_availability_zones" "available" {
  state = "available"
}

resource "aws_vpc" "ledger" {
  cidr_block = "10.7.0.0/16"
}

resource "aws_subnet" "ledger" {
  count             = 2
  vpc_id            = aws_vpc.ledger.id
  cidr_block        = cidrsubnet(aws_vpc.ledger.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.available.names[count.index]
}

resource "aws_db_subnet_group" "ledger" {
  name       = "ledger"
  subnet_ids = aws_subnet.ledger[*].id
}

resource "aws_security_group" "ledger" {
  name        = "ledger"
  description = "Of the ledger"
  vpc_id      = aws_vpc.ledger.id
}

resource "aws_kms_key" "ledger" {
  description         = "The ledger"
  enable_key_rotation = true
}

resource "aws_rds_cluster_parameter_group" "ledger" {
  name   = "ledger"
  family = "aurora-postgresql17"

  parameter {
    name  = "log_min_duration_statement"
    value = "250"
  }
}

resource "aws_secretsmanager_secret" "ledger" {
  name                    = "ledger"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "ledger" {
  secret_id     = aws_secretsmanager_secret.ledger.id
  secret_string = jsonencode({ engine = "postgres", username = "ledger_owner", password = "not-secret-at-all-1" })
}

resource "aws_rds_cluster" "ledger" {
  cluster_identifier                  = "ledger"
  engine                              = "aurora-postgresql"
  engine_version                      = "17.7"
  database_name                       = "payments"
  master_username                     = "ledger_owner"
  master_password                     = "not-secret-at-all-1"
  db_subnet_group_name                = aws_db_subnet_group.ledger.name
  db_cluster_parameter_group_name     = aws_rds_cluster_parameter_group.ledger.name
  vpc_security_group_ids              = [aws_security_group.ledger.id]
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.ledger.arn
  backup_retention_period             = 21
  preferred_backup_window             = "01:00-02:00"
  preferred_maintenance_window        = "tue:01:00-tue:02:00"
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  copy_tags_to_snapshot               = true
  skip_final_snapshot                 = true
  tags                                = { Owner = "ledger-team" }

  # What the stack sees to.
  lifecycle {
    ignore_changes = [enable_http_endpoint, deletion_protection, global_cluster_identifier]
  }
}

resource "aws_rds_cluster_instance" "ledger" {
  count                        = 2
  identifier                   = "ledger-${count.index + 1}"
  cluster_identifier           = aws_rds_cluster.ledger.id
  engine                       = aws_rds_cluster.ledger.engine
  instance_class               = "db.r6g.xlarge"
  promotion_tier               = count.index
  auto_minor_version_upgrade   = false
  performance_insights_enabled = true
  tags                         = { Owner = "ledger-team" }
}

output "primary_database_cluster_identifier" {
  value = aws_rds_cluster.ledger.cluster_identifier
}

output "primary_database_instance_identifiers" {
  value = aws_rds_cluster_instance.ledger[*].identifier
}

output "primary_database_secret_arn" {
  value = aws_secretsmanager_secret.ledger.arn
}
