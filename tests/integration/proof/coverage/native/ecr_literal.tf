# aws_ecr_repository.r: 0 ? lost ? 0 lost

resource "aws_ecr_repository" "r" { name = "app" }
resource "aws_ecr_replication_configuration" "c" {
  replication_configuration {
    rule {
      destination {
        region      = "us-west-2"
        registry_id = "111111111111"
      }
    }
  }
}
