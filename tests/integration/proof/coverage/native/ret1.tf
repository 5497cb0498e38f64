# aws_ebs_volume.v: lost lost lost lost lost lost

resource "aws_fsx_windows_file_system" "f" {
  active_directory_id             = "d-1"
  storage_capacity                = 300
  throughput_capacity             = 1024
  subnet_ids                      = ["subnet-1"]
  automatic_backup_retention_days = 1
}
resource "aws_elasticache_replication_group" "snap" {
  replication_group_id     = "snap"
  description              = "x"
  node_type                = "cache.r6g.large"
  snapshot_retention_limit = 1
}
resource "aws_ebs_volume" "v" {
  availability_zone = "us-east-1a"
  size              = 10
  tags              = { b = "1" }
}
resource "aws_dlm_lifecycle_policy" "d" {
  description        = "x"
  execution_role_arn = "arn:aws:iam::111111111111:role/b"
  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { b = "1" }
    schedule {
      name = "x"
      create_rule { interval = 24 }
      retain_rule {
        interval      = 1
        interval_unit = "DAYS"
      }
    }
  }
}
