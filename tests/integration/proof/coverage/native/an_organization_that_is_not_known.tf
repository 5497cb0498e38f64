# aws_efs_file_system.e: 0 lost ? 90000 90000 ?

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}
provider "aws" {
  alias  = "o"
  region = "us-east-1"

  assume_role { role_arn = "arn:aws:iam::222222222222:role/x" }
}

resource "aws_efs_file_system" "e" { encrypted = true }
resource "aws_backup_vault" "vv" { name = "vv" }
resource "aws_backup_vault" "oo" {
  provider = aws.o
  name     = "oo"
}
resource "aws_backup_vault_policy" "o" {
  provider          = aws.o
  backup_vault_name = aws_backup_vault.oo.name
  policy            = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abcde12345" } }, Action = "backup:CopyIntoBackupVault", Resource = "*" }] })
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = aws_backup_vault.vv.name
    schedule          = "cron(0 5 * * ? *)"
    copy_action { destination_vault_arn = aws_backup_vault.oo.arn }
  }
}
resource "aws_backup_selection" "s" {
  name         = "ss"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111111111111:role/b"
  resources    = [aws_efs_file_system.e.arn]
}
