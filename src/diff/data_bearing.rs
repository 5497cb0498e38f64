//! The types whose objects hold what cannot be made again.

/// What is lost with an object of each type, in the order of the types.
const HELD: &[(&str, &str)] = &[
    ("aws_backup_logically_air_gapped_vault", "the backups in it"),
    ("aws_backup_vault", "the backups in it"),
    ("aws_cloudwatch_log_group", "the logs in it"),
    ("aws_codecommit_repository", "the history in it"),
    ("aws_cognito_user_pool", "the users in it"),
    ("aws_db_cluster_snapshot", "the backup"),
    ("aws_db_instance", "the databases in it"),
    ("aws_db_snapshot", "the backup"),
    ("aws_docdb_cluster", "the databases in it"),
    ("aws_docdb_global_cluster", "the replication of the databases in it"),
    ("aws_docdbelastic_cluster", "the databases in it"),
    ("aws_dsql_cluster", "the databases in it"),
    ("aws_dynamodb_global_table", "the items in it"),
    ("aws_dynamodb_table", "the items in it"),
    ("aws_dynamodb_table_replica", "the copy of the items in it"),
    ("aws_ebs_snapshot", "the backup"),
    ("aws_ebs_volume", "the files on it"),
    ("aws_ecr_repository", "the images in it"),
    ("aws_efs_file_system", "the files on it"),
    ("aws_elasticache_cluster", "the entries in it"),
    ("aws_elasticache_replication_group", "the entries in it"),
    ("aws_elasticsearch_domain", "the documents in it"),
    ("aws_fsx_lustre_file_system", "the files on it"),
    ("aws_fsx_ontap_file_system", "the files on it"),
    ("aws_fsx_ontap_volume", "the files on it"),
    ("aws_fsx_openzfs_file_system", "the files on it"),
    ("aws_fsx_openzfs_volume", "the files on it"),
    ("aws_fsx_windows_file_system", "the files on it"),
    ("aws_glacier_vault", "the archives in it"),
    ("aws_instance", "the files on its disks"),
    ("aws_keyspaces_table", "the rows in it"),
    ("aws_kinesis_stream", "the records in it"),
    ("aws_kms_external_key", "everything that is encrypted with it"),
    ("aws_kms_key", "everything that is encrypted with it"),
    ("aws_kms_replica_key", "what only this region can read with it"),
    ("aws_lightsail_bucket", "the objects in it"),
    ("aws_lightsail_database", "the databases in it"),
    ("aws_memorydb_cluster", "the entries in it"),
    ("aws_msk_cluster", "the messages in it"),
    ("aws_neptune_cluster", "the graphs in it"),
    ("aws_neptune_global_cluster", "the replication of the graphs in it"),
    ("aws_neptunegraph_graph", "the graph"),
    ("aws_opensearch_domain", "the documents in it"),
    ("aws_paymentcryptography_key", "everything that is encrypted with it"),
    ("aws_qldb_ledger", "the journal in it"),
    ("aws_rds_cluster", "the databases in it"),
    ("aws_rds_global_cluster", "the replication of the databases in it"),
    ("aws_redshift_cluster", "the databases in it"),
    ("aws_redshift_cluster_snapshot", "the backup"),
    ("aws_redshiftserverless_namespace", "the databases in it"),
    ("aws_route53_zone", "its name servers, which the registrar knows"),
    ("aws_s3_bucket", "the objects in it"),
    ("aws_s3_directory_bucket", "the objects in it"),
    ("aws_s3tables_table", "the rows in it"),
    ("aws_s3tables_table_bucket", "the tables in it"),
    ("aws_secretsmanager_secret", "the secret"),
    ("aws_sqs_queue", "the messages in it"),
    ("aws_ssm_parameter", "the value, if it was not Terraform that set it"),
    ("aws_timestreaminfluxdb_db_instance", "the measurements in it"),
    ("aws_timestreamwrite_database", "the measurements in it"),
    ("aws_timestreamwrite_table", "the measurements in it"),
];

/// What is lost with an object of this type; nothing if it can be made again.
pub fn holds(type_name: &str) -> Option<&'static str> {
    let position = HELD.binary_search_by_key(&type_name, |(name, _)| name).ok()?;
    HELD.get(position).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::replacement;
    use crate::terraform::ResourceMode;

    #[test]
    fn the_types_are_the_providers_and_their_replacing_arguments_are_known() {
        assert!(HELD.is_sorted_by_key(|(name, _)| name));
        for (name, _) in HELD {
            assert!(crate::aws::schema().block_type(ResourceMode::Managed, name).is_some(), "{name}");
            assert!(replacement::is_known(name), "{name} is not in the list");
            assert!(holds(name).is_some());
        }
        assert_eq!(holds("aws_vpc"), None);
    }
}
