# aws_dynamodb_table.t: 0 lost lost 2682000 lost lost
resource "aws_dynamodb_table" "t" {
  name         = "t"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_backup_vault" "v" { name = "v" }
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 1 * ? *)"
    lifecycle { delete_after = 32 }
  }
}
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111111111111:role/b"
  resources    = [aws_dynamodb_table.t.arn]
}
