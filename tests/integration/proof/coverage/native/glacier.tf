# aws_glacier_vault.g: 0 lost lost lost lost lost
resource "aws_glacier_vault" "g" { name = "g" }
