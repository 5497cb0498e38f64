# aws_ebs_volume.e: lost lost lost lost lost lost

resource "aws_backup_vault" "v" { name = "v" }
resource "aws_backup_vault" "w" {
  provider = aws.b
  name     = "w"
}
resource "aws_kms_key" "ok" { provider = aws.o }
resource "aws_backup_vault" "o" {
  provider    = aws.o
  name        = "o"
  kms_key_arn = aws_kms_key.ok.arn
}
resource "aws_backup_vault_policy" "o" {
  provider          = aws.o
  backup_vault_name = aws_backup_vault.o.name
  policy            = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111111111111:root" }, Action = "backup:CopyIntoBackupVault", Resource = "*" }] })
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 1 * MON *)"
    lifecycle { delete_after = 90 }

  }
}
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111111111111:role/b"
  resources    = [aws_ebs_volume.e.arn]
}

resource "aws_ebs_volume" "e" {
  availability_zone = "us-east-1a"
  size              = 1
}
