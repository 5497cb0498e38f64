# aws_s3_bucket.s: 0 unbounded lost unbounded unbounded lost

resource "aws_s3_bucket" "d" {
  provider = aws.b
  bucket   = "ddd"
  versioning { enabled = true }
}
resource "aws_s3_bucket" "s" {
  bucket = "sss"
  versioning { enabled = true }
  replication_configuration {
    role = "arn:aws:iam::111111111111:role/r"
    rules {
      id     = "x"
      status = "Enabled"
      destination { bucket = aws_s3_bucket.d.arn }
    }
  }
  lifecycle_rule {
    enabled = true
    noncurrent_version_expiration { days = 1 }
  }
}
