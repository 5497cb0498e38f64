# aws_dsql_cluster.a: 0 0 lost 0 lost lost
resource "aws_dsql_cluster" "a" {
  multi_region_properties { witness_region = "us-east-2" }
}
resource "aws_dsql_cluster" "b" {
  provider = aws.b
  multi_region_properties { witness_region = "us-east-2" }
}
resource "aws_dsql_cluster_peering" "a" {
  identifier     = aws_dsql_cluster.a.identifier
  clusters       = [aws_dsql_cluster.b.arn]
  witness_region = "us-east-2"
}
resource "aws_dsql_cluster_peering" "b" {
  provider       = aws.b
  identifier     = aws_dsql_cluster.b.identifier
  clusters       = [aws_dsql_cluster.a.arn]
  witness_region = "us-east-2"
}
