# aws_ebs_volume.v: 608400 lost lost 608400 608400 lost

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
      create_rule { cron_expression = "cron(0 1 ? * SUN *)" }
      retain_rule { count = 1000000000000000 }
    }
  }
}
