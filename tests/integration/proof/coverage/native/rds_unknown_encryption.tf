# aws_db_instance.a: 0 ? lost ? 300 lost
variable "enc" { type = bool }
resource "aws_db_instance" "a" {
  identifier              = "a"
  engine                  = "postgres"
  instance_class          = "db.t4g.micro"
  backup_retention_period = 7
  multi_az                = true
  storage_encrypted       = var.enc
}
resource "aws_db_instance" "b" {
  provider            = aws.b
  instance_class      = "db.t4g.micro"
  replicate_source_db = aws_db_instance.a.arn
}
