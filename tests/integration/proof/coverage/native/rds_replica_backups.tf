# aws_db_instance.p: 300 unbounded lost unbounded 300 lost

resource "aws_db_instance" "p" {
  identifier              = "p"
  engine                  = "postgres"
  instance_class          = "db.m5.large"
  allocated_storage       = 20
  backup_retention_period = 1
  username                = "x"
}
resource "aws_db_instance" "r" {
  provider                = aws.b
  identifier              = "r"
  instance_class          = "db.m5.large"
  replicate_source_db     = aws_db_instance.p.arn
  backup_retention_period = 14
}
