# aws_rds_cluster.a: 0 lost lost lost lost lost
resource "aws_rds_cluster" "a" {
  cluster_identifier = "a"
  engine             = "aurora-mysql"
  master_username    = "u"
  master_password    = "pppppppp"
  backtrack_window   = 43200
}
