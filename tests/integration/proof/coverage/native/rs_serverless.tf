# aws_redshiftserverless_namespace.n: 0 lost lost lost lost lost
resource "aws_redshiftserverless_namespace" "n" { namespace_name = "n" }
