# aws_dynamodb_table.t: 0 ? lost ? lost lost
variable "view" { type = string }
resource "aws_dynamodb_table" "t" {
  name         = "t"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  stream_enabled   = true
  stream_view_type = var.view
  replica {
    region_name = "us-west-2"
  }
}
