# aws_mq_broker.m: lost lost lost lost lost lost
resource "aws_mq_broker" "m" {
  broker_name        = "m"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  storage_type       = "ebs"
  user {
    username = "u"
    password = "pppppppppppp"
  }
}
