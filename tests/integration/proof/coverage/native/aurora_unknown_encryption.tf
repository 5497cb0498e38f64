# aws_rds_cluster.a: 0 ? lost ? lost lost
variable "enc" { type = bool }
resource "aws_rds_global_cluster" "g" {
  global_cluster_identifier = "g"
  engine                    = "aurora-postgresql"
  storage_encrypted         = var.enc
}
resource "aws_rds_cluster" "a" {
  cluster_identifier        = "a"
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.g.id
  storage_encrypted         = var.enc
  master_username           = "u"
  master_password           = "pppppppp"
  skip_final_snapshot       = true
}
resource "aws_rds_cluster_instance" "a" {
  cluster_identifier = aws_rds_cluster.a.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}
resource "aws_rds_cluster" "b" {
  provider                  = aws.b
  depends_on                = [aws_rds_cluster_instance.a]
  cluster_identifier        = "b"
  engine                    = "aurora-postgresql"
  global_cluster_identifier = aws_rds_global_cluster.g.id
  storage_encrypted         = var.enc
  skip_final_snapshot       = true
}
