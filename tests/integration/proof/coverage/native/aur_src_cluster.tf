# aws_rds_cluster.p: 0 unbounded lost unbounded 300 lost

resource "aws_rds_cluster" "p" {
  cluster_identifier          = "p"
  engine                      = "aurora-mysql"
  master_username             = "x"
  manage_master_user_password = true
  storage_encrypted           = true
  backup_retention_period     = 1
}
resource "aws_kms_key" "b" { provider = aws.b }
resource "aws_rds_cluster" "r" {
  provider                      = aws.b
  cluster_identifier            = "r"
  engine                        = "aurora-mysql"
  storage_encrypted             = true
  kms_key_id                    = aws_kms_key.b.arn
  replication_source_identifier = aws_rds_cluster.p.arn
  source_region                 = "us-east-1"
  backup_retention_period       = 14
}
