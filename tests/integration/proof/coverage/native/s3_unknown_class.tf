# aws_s3_bucket.a: ? lost lost lost lost lost
variable "class" { type = string }
resource "aws_s3_bucket" "a" { bucket = "a" }
resource "aws_s3_bucket_lifecycle_configuration" "a" {
  bucket = aws_s3_bucket.a.id
  rule {
    id     = "x"
    status = "Enabled"
    filter {}
    transition {
      days          = 30
      storage_class = var.class
    }
  }
}
