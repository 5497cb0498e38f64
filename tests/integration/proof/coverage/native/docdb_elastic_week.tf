# aws_docdbelastic_cluster.d: 0 lost lost lost 88200 lost
resource "aws_docdbelastic_cluster" "d" {
  name                    = "d"
  admin_user_name         = "u"
  admin_user_password     = "pppppppp"
  auth_type               = "PLAIN_TEXT"
  shard_capacity          = 2
  shard_count             = 1
  backup_retention_period = 7
}
