# aws_ebs_volume.v: lost lost lost lost lost lost
resource "aws_ebs_volume" "v" {
  availability_zone = "us-east-1a"
  size              = 10
  tags              = { tier = "gold" }
}
resource "aws_backup_vault" "v" { name = "v" }
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 ? * * *)"
  }
}
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111111111111:role/b"
  resources    = []
  condition {
    string_equals {
      key   = "aws:ResourceTag/tier"
      value = "gold"
    }
  }
}
