# aws_s3_bucket.a: 0 lost lost ? 0 ?
variable "mode" { type = string }
resource "aws_s3_bucket" "a" {
  bucket              = "a"
  object_lock_enabled = true
}
resource "aws_s3_bucket_versioning" "a" {
  bucket = aws_s3_bucket.a.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_object_lock_configuration" "a" {
  bucket = aws_s3_bucket.a.id
  rule {
    default_retention {
      mode = var.mode
      days = 365
    }
  }
}
