# aws_efs_file_system.a: 0 lost lost lost lost lost

resource "aws_efs_file_system" "a" { encrypted = true }
resource "aws_efs_file_system" "d" {
  provider  = aws.b
  encrypted = true
}
resource "aws_efs_replication_configuration" "r" {
  source_file_system_id = aws_efs_file_system.a.id
  destination {
    region         = "us-west-2"
    file_system_id = aws_efs_file_system.d.id
  }
}
