# aws_efs_file_system.f: 0 lost lost 90000 90000 93600
resource "aws_efs_file_system" "f" {}
resource "aws_backup_vault" "v" { name = "v" }
resource "aws_backup_logically_air_gapped_vault" "g" {
  name               = "g"
  min_retention_days = 7
  max_retention_days = 90
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle { delete_after = 35 }
    copy_action {
      destination_vault_arn = aws_backup_logically_air_gapped_vault.g.arn
      lifecycle { delete_after = 35 }
    }
  }
}
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111111111111:role/b"
  resources    = [aws_efs_file_system.f.arn]
}
