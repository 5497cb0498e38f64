# aws_dynamodb_table.t: 0 lost lost lost lost lost
# aws_dynamodb_table.keep: 0 lost lost 90000 90000 lost
resource "aws_dynamodb_table" "t" {
  name         = "cache-t"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_dynamodb_table" "keep" {
  name         = "orders"
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
    schedule          = "cron(0 5 ? * * *)"
    lifecycle { delete_after = 35 }
  }
}
resource "aws_backup_selection" "s" {
  name          = "s"
  plan_id       = aws_backup_plan.p.id
  iam_role_arn  = "arn:aws:iam::111111111111:role/b"
  resources     = ["*"]
  not_resources = ["arn:aws:dynamodb:*:*:table/cache-*"]
}
