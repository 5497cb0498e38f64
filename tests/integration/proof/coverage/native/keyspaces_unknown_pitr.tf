# aws_keyspaces_table.t: 0 lost lost ? ? lost
variable "status" { type = string }
resource "aws_keyspaces_keyspace" "k" { name = "k" }
resource "aws_keyspaces_table" "t" {
  keyspace_name = aws_keyspaces_keyspace.k.name
  table_name    = "t"
  schema_definition {
    column {
      name = "id"
      type = "ascii"
    }
    partition_key { name = "id" }
  }
  point_in_time_recovery { status = var.status }
}
