# aws_opensearchserverless_collection.c: 0 lost lost lost ? lost
# aws_redshiftserverless_namespace.n: 0 lost lost lost lost lost
# aws_dsql_cluster.d: 0 lost lost lost lost lost
# aws_s3tables_table_bucket.t: 0 lost lost lost ? lost
# aws_docdbelastic_cluster.x: 0 lost lost lost lost lost
# aws_neptunegraph_graph.g: ? lost lost lost lost lost
# aws_lightsail_database.l: ? lost lost lost ? lost
# aws_msk_cluster.k: ? lost lost lost lost lost
# aws_mq_broker.m: 0 lost lost lost lost lost
# aws_codecommit_repository.c: 0 lost lost lost ? lost

resource "aws_opensearchserverless_collection" "c" { name = "c" }
resource "aws_redshiftserverless_namespace" "n" { namespace_name = "n" }
resource "aws_dsql_cluster" "d" {}
resource "aws_s3tables_table_bucket" "t" { name = "t" }
resource "aws_docdbelastic_cluster" "x" {
  name                = "x"
  admin_user_name     = "a"
  admin_user_password = "bbbbbbbbb"
  auth_type           = "PLAIN_TEXT"
  shard_capacity      = 2
  shard_count         = 1
}
resource "aws_qldb_ledger" "l" { permissions_mode = "STANDARD" }
resource "aws_lightsail_database" "l" {
  relational_database_name = "x"
  availability_zone        = "us-east-1a"
  master_database_name     = "a"
  master_username          = "b"
  master_password          = "ccccccc"
  blueprint_id             = "mysql_8_0"
  bundle_id                = "micro_1_0"
}
resource "aws_glacier_vault" "g" { name = "g" }
resource "aws_neptunegraph_graph" "g" { provisioned_memory = 16 }
resource "aws_mq_broker" "m" {
  broker_name        = "m"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "a"
    password = "bbbbbbbbbbbbbb"
  }
}
resource "aws_instance" "i" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  root_block_device {
    volume_size = 10
    encrypted   = false
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    volume_size = 100
  }
}
resource "aws_ssm_parameter" "p" {
  name  = "p"
  type  = "SecureString"
  value = "x"
}
resource "aws_kinesis_stream" "k" {
  name             = "k"
  shard_count      = 1
  retention_period = 168
}
resource "aws_msk_cluster" "k" {
  cluster_name           = "k"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 3
  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = ["a", "b", "c"]
    security_groups = ["sg-1"]
  }
}
resource "aws_codecommit_repository" "c" { repository_name = "c" }
resource "aws_cloudwatch_log_group" "l" { name = "l" }
