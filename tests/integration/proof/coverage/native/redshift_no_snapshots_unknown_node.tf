# aws_redshift_cluster.r: ? lost lost lost lost lost
variable "multi" { type = bool }
resource "aws_redshift_cluster" "r" {
  cluster_identifier                  = "r"
  node_type                           = "dc2.large"
  master_username                     = "u"
  master_password                     = "Pppppppp1"
  automated_snapshot_retention_period = 0
  multi_az                            = var.multi
}
