# aws_dsql_cluster.d: 0 lost lost lost lost lost
resource "aws_dsql_cluster" "d" {}
