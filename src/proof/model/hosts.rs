//! The DNS names that AWS gives: what records, origins and environments call an object by.

use super::stand_in::{Subject, stand_in_of};

/// A type, the attribute with the name (a block's after a dot), and the name's form: `{id}` is what AWS calls the object, `{hash}` what
/// only AWS knows.
type Host = (&'static str, &'static str, &'static str);

const HOSTS: [Host; 27] = [
    ("aws_lb", "dns_name", "lb-{hash}.elb.{region}.amazonaws.com"),
    ("aws_alb", "dns_name", "lb-{hash}.elb.{region}.amazonaws.com"),
    ("aws_elb", "dns_name", "lb-{hash}.{region}.elb.amazonaws.com"),
    ("aws_cloudfront_distribution", "domain_name", "d{hash}.cloudfront.net"),
    ("aws_globalaccelerator_accelerator", "dns_name", "a{hash}.awsglobalaccelerator.com"),
    ("aws_api_gateway_domain_name", "regional_domain_name", "d-{hash}.execute-api.{region}.amazonaws.com"),
    ("aws_api_gateway_domain_name", "cloudfront_domain_name", "d{hash}.cloudfront.net"),
    (
        "aws_apigatewayv2_domain_name",
        "domain_name_configuration.target_domain_name",
        "d-{hash}.execute-api.{region}.amazonaws.com",
    ),
    ("aws_apigatewayv2_api", "api_endpoint", "https://{hash}.execute-api.{region}.amazonaws.com"),
    ("aws_s3_bucket", "bucket_domain_name", "{id}.s3.amazonaws.com"),
    ("aws_s3_bucket", "bucket_regional_domain_name", "{id}.s3.{region}.amazonaws.com"),
    ("aws_s3_bucket", "website_endpoint", "{id}.s3-website-{region}.amazonaws.com"),
    ("aws_s3_bucket_website_configuration", "website_endpoint", "{bucket}.s3-website-{region}.amazonaws.com"),
    ("aws_rds_cluster", "endpoint", "{id}.cluster-{hash}.{region}.rds.amazonaws.com"),
    ("aws_rds_cluster", "reader_endpoint", "{id}.cluster-ro-{hash}.{region}.rds.amazonaws.com"),
    ("aws_docdb_cluster", "endpoint", "{id}.cluster-{hash}.{region}.docdb.amazonaws.com"),
    ("aws_docdb_cluster", "reader_endpoint", "{id}.cluster-ro-{hash}.{region}.docdb.amazonaws.com"),
    ("aws_neptune_cluster", "endpoint", "{id}.cluster-{hash}.{region}.neptune.amazonaws.com"),
    ("aws_neptune_cluster", "reader_endpoint", "{id}.cluster-ro-{hash}.{region}.neptune.amazonaws.com"),
    ("aws_db_instance", "address", "{id}.{hash}.{region}.rds.amazonaws.com"),
    ("aws_redshift_cluster", "dns_name", "{id}.{hash}.{region}.redshift.amazonaws.com"),
    (
        "aws_elasticache_replication_group",
        "primary_endpoint_address",
        "{id}.{hash}.ng.0001.{region}.cache.amazonaws.com",
    ),
    (
        "aws_elasticache_replication_group",
        "reader_endpoint_address",
        "{id}-ro.{hash}.ng.0001.{region}.cache.amazonaws.com",
    ),
    (
        "aws_elasticache_replication_group",
        "configuration_endpoint_address",
        "clustercfg.{id}.{hash}.{region}.cache.amazonaws.com",
    ),
    ("aws_elasticache_cluster", "cluster_address", "{id}.{hash}.cfg.{region}.cache.amazonaws.com"),
    ("aws_opensearch_domain", "endpoint", "search-{id}-{hash}.{region}.es.amazonaws.com"),
    ("aws_efs_file_system", "dns_name", "{id}.efs.{region}.amazonaws.com"),
];

/// The attributes of a type that are DNS names.
pub(super) fn attributes_of(kind: &str) -> impl Iterator<Item = &'static str> {
    HOSTS.iter().filter(move |host| host.0 == kind).map(|host| host.1)
}

/// What stands for such an attribute, where nothing is known of it.
pub(super) fn stand_in(subject: &Subject<'_>, attribute: &str) -> Option<String> {
    // All buckets of a region share this one, and are told apart by the name of the record.
    if attribute == "website_domain" && subject.kind.starts_with("aws_s3_bucket") {
        return Some(format!("s3-website-{}.amazonaws.com", subject.region));
    }
    let (.., form) = HOSTS.iter().find(|host| host.0 == subject.kind && host.1 == attribute)?;
    let bucket = subject.values.at("bucket").text().get();
    let name = form
        .replace("{id}", &subject.id())
        .replace("{hash}", &stand_in_of(subject.address))
        .replace("{bucket}", bucket.as_deref().unwrap_or_default())
        .replace("{region}", subject.region);
    Some(name)
}
