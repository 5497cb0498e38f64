# aws_dynamodb_table.t: 0 60 lost 60 ? lost
variable "pitr" { type = bool }
resource "aws_dynamodb_table" "t" {
  name         = "t"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  replica {
    region_name            = "us-west-2"
    point_in_time_recovery = var.pitr
  }
}
