# aws_s3_bucket.s: 0 lost lost lost 0 lost

resource "aws_kms_key" "s" {}
resource "aws_kms_key" "d" { provider = aws.ob }
resource "aws_s3_bucket" "s" { bucket = "sss" }
resource "aws_s3_bucket" "d" {
  provider = aws.ob
  bucket   = "ddd"
}
resource "aws_s3_bucket_versioning" "s" {
  bucket = aws_s3_bucket.s.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_versioning" "d" {
  provider = aws.ob
  bucket   = aws_s3_bucket.d.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "s" {
  bucket = aws_s3_bucket.s.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.s.arn
    }
  }
}
resource "aws_s3_bucket_policy" "d" {
  provider = aws.ob
  bucket   = aws_s3_bucket.d.id
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111111111111:role/r" }, Action = ["s3:ReplicateObject"], Resource = ["${aws_s3_bucket.d.arn}/*"] }] })
}
resource "aws_s3_bucket_replication_configuration" "r" {
  bucket = aws_s3_bucket.s.id
  role   = "arn:aws:iam::111111111111:role/r"
  rule {
    id     = "a"
    status = "Enabled"
    filter {}
    delete_marker_replication { status = "Enabled" }
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
    }
    destination {
      bucket  = aws_s3_bucket.d.arn
      account = "222222222222"
      encryption_configuration { replica_kms_key_id = aws_kms_key.d.arn }
    }
  }
}
