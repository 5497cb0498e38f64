# aws_msk_cluster.k: ? lost lost lost lost lost
resource "aws_msk_cluster" "k" {
  cluster_name           = "k"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 3
  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = ["subnet-1", "subnet-2", "subnet-3"]
    security_groups = ["sg-1"]
  }
}
