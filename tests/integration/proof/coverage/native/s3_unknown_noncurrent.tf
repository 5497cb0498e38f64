# aws_s3_bucket.a: 0 lost lost lost ? lost
variable "days" { type = number }
resource "aws_s3_bucket" "a" { bucket = "a" }
resource "aws_s3_bucket_versioning" "a" {
  bucket = aws_s3_bucket.a.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_lifecycle_configuration" "a" {
  bucket = aws_s3_bucket.a.id
  rule {
    id     = "x"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = var.days }
  }
}
