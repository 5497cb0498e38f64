# aws_s3_bucket.s: 0 unbounded lost unbounded unbounded lost

resource "aws_s3_bucket" "s" { bucket = "s" }
resource "aws_s3_bucket" "d" {
  provider = aws.b
  bucket   = "d"
}
resource "aws_s3_bucket_versioning" "s" {
  bucket = aws_s3_bucket.s.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_versioning" "d" {
  provider = aws.b
  bucket   = aws_s3_bucket.d.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_replication_configuration" "r" {
  bucket     = aws_s3_bucket.s.id
  role       = "arn:aws:iam::111111111111:role/r"
  depends_on = [aws_s3_bucket_versioning.s]
  rule {
    id     = "a"
    status = "Enabled"
    filter {}
    delete_marker_replication { status = "Disabled" }
    destination { bucket = aws_s3_bucket.d.arn }
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "l" {
  bucket = aws_s3_bucket.s.id
  rule {
    id     = "x"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = 1 }
  }
}
