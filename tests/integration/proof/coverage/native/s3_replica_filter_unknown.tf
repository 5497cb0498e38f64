# aws_s3_bucket.a: 0 ? lost ? 0 lost
variable "prefix" { type = string }
resource "aws_s3_bucket" "a" { bucket = "a" }
resource "aws_s3_bucket" "b" {
  provider = aws.b
  bucket   = "b"
}
resource "aws_s3_bucket_versioning" "a" {
  bucket = aws_s3_bucket.a.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_versioning" "b" {
  provider = aws.b
  bucket   = aws_s3_bucket.b.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_replication_configuration" "a" {
  depends_on = [aws_s3_bucket_versioning.a]
  bucket = aws_s3_bucket.a.id
  role   = "arn:aws:iam::111111111111:role/r"
  rule {
    id     = "all"
    status = "Enabled"
    filter { prefix = var.prefix }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = aws_s3_bucket.b.arn }
  }
}
