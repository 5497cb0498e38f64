# One region's network, with a route table for each subnet.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "cidr" {
  type = string
}

variable "region" {
  type = string
}

variable "endpoints" {
  type = bool
}

data "aws_availability_zones" "available" {
  state            = "available"
  exclude_zone_ids = ["use1-az3"]
}

resource "aws_vpc" "main" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "platform" }
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = data.aws_availability_zones.available.names[count.index]
  cidr_block        = cidrsubnet(var.cidr, 4, count.index)
  tags              = { Name = "platform-private-${count.index + 1}" }
}

resource "aws_route_table" "private" {
  count  = 2
  vpc_id = aws_vpc.main.id
  tags   = { Name = "platform-private-${count.index + 1}" }
}

resource "aws_route_table_association" "private" {
  count          = 2
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

resource "aws_security_group" "endpoints" {
  name        = "platform-endpoints"
  description = "Endpoints of AWS services"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
  description       = "From the network"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.cidr
}

resource "aws_vpc_endpoint" "gateway" {
  for_each          = toset(var.endpoints ? ["s3", "dynamodb"] : [])
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.private[*].id
}

# It is not offered in every zone.
data "aws_vpc_endpoint_service" "data_api" {
  service_name = "com.amazonaws.${var.region}.rds-data"
  service_type = "Interface"
}

resource "aws_vpc_endpoint" "data_api" {
  count               = var.endpoints ? 1 : 0
  vpc_id              = aws_vpc.main.id
  service_name        = data.aws_vpc_endpoint_service.data_api.service_name
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids = [
    for subnet in aws_subnet.private : subnet.id
    if contains(data.aws_vpc_endpoint_service.data_api.availability_zones, subnet.availability_zone)
  ]
  security_group_ids = [aws_security_group.endpoints.id]
}

output "vpc_id" {
  value = aws_vpc.main.id
}

output "subnet_ids" {
  value = aws_subnet.private[*].id
}

output "route_table_ids" {
  value = aws_route_table.private[*].id
}
