# aws_kms_key.k: 0 ? lost 0 0 0
variable "mr" { type = bool }
resource "aws_kms_key" "k" {
  multi_region = var.mr
}
resource "aws_kms_replica_key" "r" {
  provider        = aws.b
  primary_key_arn = aws_kms_key.k.arn
}
