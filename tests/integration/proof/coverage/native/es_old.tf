# aws_elasticsearch_domain.e: 86400 lost lost lost 86400 lost
# aws_opensearch_domain.z: 3600 lost lost lost 3600 lost

resource "aws_elasticsearch_domain" "e" {
  domain_name           = "e"
  elasticsearch_version = "5.1"
  snapshot_options { automated_snapshot_start_hour = 3 }
  ebs_options {
    ebs_enabled = true
    volume_size = 10
  }
}
resource "aws_opensearch_domain" "z" {
  domain_name    = "z"
  engine_version = "OpenSearch_2.11"
  cluster_config {
    zone_awareness_enabled = true
    instance_count         = 2
  }
}
