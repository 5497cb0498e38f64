# aws_ebs_volume.v: ? lost lost ? ? lost
variable "types" { type = list(string) }
resource "aws_ebs_volume" "v" {
  availability_zone = "us-east-1a"
  size              = 10
  tags              = { Backup = "yes" }
}
resource "aws_dlm_lifecycle_policy" "p" {
  description        = "p"
  execution_role_arn = "arn:aws:iam::111111111111:role/d"
  state              = "ENABLED"
  policy_details {
    resource_types = var.types
    target_tags    = { Backup = "yes" }
    schedule {
      name = "d"
      create_rule {
        interval      = 24
        interval_unit = "HOURS"
      }
      retain_rule { count = 14 }
    }
  }
}
