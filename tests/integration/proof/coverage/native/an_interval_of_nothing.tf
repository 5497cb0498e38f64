# aws_ebs_volume.v: lost lost lost lost lost lost

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
      create_rule { interval = 0 }
      retain_rule { count = 3 }
    }
  }
}
