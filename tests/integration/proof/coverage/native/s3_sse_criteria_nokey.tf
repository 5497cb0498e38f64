# aws_s3_bucket.s: 0 lost lost lost 0 lost

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
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
    }
    destination { bucket = aws_s3_bucket.d.arn }
  }
}
