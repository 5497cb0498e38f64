# aws_opensearchserverless_collection.c: 0 lost lost lost ? lost
resource "aws_opensearchserverless_collection" "c" { name = "c" }
