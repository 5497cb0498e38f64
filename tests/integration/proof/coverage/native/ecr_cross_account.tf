# aws_ecr_repository.r: 0 unbounded unbounded unbounded 0 unbounded

resource "aws_ecr_repository" "r" { name = "app" }
resource "aws_ecr_replication_configuration" "c" {
  replication_configuration {
    rule {
      destination {
        region      = "us-west-2"
        registry_id = "222222222222"
      }
      destination {
        region      = "us-east-1"
        registry_id = "222222222222"
      }
    }
  }
}
resource "aws_ecr_registry_policy" "o" {
  provider = aws.ob
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "r", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111111111111:root" }, Action = ["ecr:CreateRepository", "ecr:ReplicateImage"], Resource = "arn:aws:ecr:us-west-2:222222222222:repository/*" }] })
}
resource "aws_ecr_registry_policy" "o1" {
  provider = aws.o
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "r", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111111111111:root" }, Action = ["ecr:CreateRepository", "ecr:ReplicateImage"], Resource = "arn:aws:ecr:us-east-1:222222222222:repository/*" }] })
}
