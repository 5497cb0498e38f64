# aws_rds_cluster.p: 0 lost lost lost lost lost
# aws_rds_cluster.s: 

resource "aws_rds_global_cluster" "g" {
  global_cluster_identifier = "g"
  engine                    = "aurora-postgresql"
  engine_version            = "16.8"

}
resource "aws_rds_cluster" "p" {
  cluster_identifier         = "p"
  engine                     = "aurora-postgresql"
  engine_version             = "16.8"
  global_cluster_identifier  = aws_rds_global_cluster.g.id
  master_username            = "x"
  master_password_wo         = "yyyyyyyyyyyy"
  master_password_wo_version = 1

}
resource "aws_rds_cluster_instance" "p" {
  cluster_identifier = aws_rds_cluster.p.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}
resource "aws_rds_cluster" "s" {
  provider                   = aws.b
  cluster_identifier         = "s"
  engine                     = "aurora-postgresql"
  engine_version             = "16.8"
  global_cluster_identifier  = aws_rds_global_cluster.g.id
  depends_on                 = [aws_rds_cluster_instance.p]
  master_username            = "x"
  master_password_wo         = "yyyyyyyy"
  master_password_wo_version = 1
}
resource "aws_rds_cluster_instance" "s" {
  provider           = aws.b
  cluster_identifier = aws_rds_cluster.s.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}
