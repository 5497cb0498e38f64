//! Which objects are boxes, and what they are called.

use std::collections::{HashMap, HashSet};

use super::names::{self, Hosts};
use super::{Component, copies};
use crate::proof::model::{Account, Model, Node, Resource, is_stand_in_of};

/// What a box holds, that which matters most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A name that customers ask for.
    Name,
    /// A host that such a name leads to, outside of the configuration.
    Host,
    /// What takes requests: an API, a load balancer.
    Entry,
    /// A database that is one of a cluster or stands alone.
    Database,
    /// A table.
    Table,
    /// A function that a request reaches.
    Service,
    /// A state machine.
    Machine,
    /// A bucket or a file system.
    Storage,
    /// A function that no request reaches.
    Function,
    /// A cache, a search engine.
    Cache,
    /// A topic, a queue, a stream.
    Message,
    /// A secret.
    Secret,
    /// A vault of backups.
    Vault,
}

impl Kind {
    /// The word for it, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Host => "host",
            Self::Entry => "entry",
            Self::Database => "database",
            Self::Table => "table",
            Self::Service => "service",
            Self::Machine => "machine",
            Self::Storage => "storage",
            Self::Function => "function",
            Self::Cache => "cache",
            Self::Message => "message",
            Self::Secret => "secret",
            Self::Vault => "vault",
        }
    }

    /// Many of it.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Name => "names",
            Self::Host => "hosts",
            Self::Entry => "entries",
            Self::Database => "databases",
            Self::Table => "tables",
            Self::Service => "services",
            Self::Machine => "state machines",
            Self::Storage => "buckets and file systems",
            Self::Function => "functions",
            Self::Cache => "caches",
            Self::Message => "topics and queues",
            Self::Secret => "secrets",
            Self::Vault => "backup vaults",
        }
    }
}

/// The types that are boxes, and what one of each is.
const TYPES: [(&str, Kind, &str); 35] = [
    ("aws_api_gateway_rest_api", Kind::Entry, "REST API"),
    ("aws_apigatewayv2_api", Kind::Entry, "HTTP API"),
    ("aws_lb", Kind::Entry, "load balancer"),
    ("aws_alb", Kind::Entry, "load balancer"),
    ("aws_elb", Kind::Entry, "load balancer"),
    ("aws_cloudfront_distribution", Kind::Entry, "distribution"),
    ("aws_globalaccelerator_accelerator", Kind::Entry, "accelerator"),
    ("aws_rds_cluster", Kind::Database, "database cluster"),
    ("aws_db_instance", Kind::Database, "database"),
    ("aws_docdb_cluster", Kind::Database, "document database"),
    ("aws_neptune_cluster", Kind::Database, "graph database"),
    ("aws_redshift_cluster", Kind::Database, "warehouse"),
    ("aws_dynamodb_table", Kind::Table, "table"),
    ("aws_dynamodb_table_replica", Kind::Table, "table replica"),
    ("aws_ecs_service", Kind::Service, "service"),
    ("aws_eks_cluster", Kind::Service, "Kubernetes cluster"),
    ("aws_autoscaling_group", Kind::Service, "instances"),
    ("aws_instance", Kind::Service, "instance"),
    ("aws_sfn_state_machine", Kind::Machine, "state machine"),
    ("aws_s3_bucket", Kind::Storage, "bucket"),
    ("aws_efs_file_system", Kind::Storage, "file system"),
    ("aws_fsx_ontap_file_system", Kind::Storage, "file system"),
    ("aws_lambda_function", Kind::Function, "function"),
    ("aws_elasticache_replication_group", Kind::Cache, "cache"),
    ("aws_elasticache_cluster", Kind::Cache, "cache"),
    ("aws_memorydb_cluster", Kind::Cache, "cache"),
    ("aws_opensearch_domain", Kind::Cache, "search"),
    ("aws_sns_topic", Kind::Message, "topic"),
    ("aws_sqs_queue", Kind::Message, "queue"),
    ("aws_kinesis_stream", Kind::Message, "stream"),
    ("aws_msk_cluster", Kind::Message, "Kafka"),
    ("aws_mq_broker", Kind::Message, "broker"),
    ("aws_secretsmanager_secret", Kind::Secret, "secret"),
    ("aws_backup_vault", Kind::Vault, "backup vault"),
    ("aws_ecr_repository", Kind::Storage, "images"),
];

/// Arguments that name an object for people, the best first.
const NAMES: [&str; 12] = [
    "function_name",
    "cluster_identifier",
    "identifier",
    "bucket",
    "global_table_arn",
    "replication_group_id",
    "cluster_id",
    "cluster_name",
    "domain_name",
    "name",
    "tags.Name",
    "description",
];

/// Every box: names and hosts first, then region by region, in the order of the configuration.
pub(super) fn all(model: &Model, hosts: &Hosts<'_>) -> Vec<Component> {
    let mut boxes = Vec::new();
    let called = called(model);
    for resource in model.resources().iter().filter(|resource| !resource.data) {
        let Some((_, kind, what)) = TYPES.iter().find(|(kind, ..)| *kind == resource.kind) else { continue };
        let kind = if *kind == Kind::Function && called.contains(resource.arn()) { Kind::Service } else { *kind };
        let region = match &resource.region {
            Node::Text(region) => region.clone(),
            _ => "region not known".to_owned(),
        };
        boxes.push(Component {
            addresses: vec![resource.address.clone()],
            ..Component::new(Some(region), kind, name(resource), (*what).to_owned())
        });
    }
    boxes.extend(copies::boxes(model, name));
    let addresses: HashSet<&str> = boxes.iter().flat_map(|one| &one.addresses).map(String::as_str).collect();
    let names = names::boxes(model, hosts, |address| addresses.contains(address));
    let mut boxes: Vec<Component> = names.into_iter().chain(boxes).collect();
    // The region that customers are sent to comes first.
    let is_primary = |record: &&Resource| record.at("failover_routing_policy.type").is_text("PRIMARY");
    let primary = model.of_type("aws_route53_record").find(is_primary);
    let first = [None, primary.map(|record| record.region_name().to_owned())];
    let mut order: HashMap<Option<String>, usize> = HashMap::new();
    for region in first.into_iter().chain(boxes.iter().map(|one| one.region.clone())) {
        let next = order.len();
        order.entry(region).or_insert(next);
    }
    // Sorting is stable: within a region the configuration's order stays.
    boxes.sort_by_key(|one| order.get(&one.region).copied());
    boxes
}

/// The ARNs of what APIs call for a caller.
fn called(model: &Model) -> HashSet<String> {
    let uri =
        |resource: &Resource| resource.at("uri").text().get().or_else(|| resource.at("integration_uri").text().get());
    let kinds = ["aws_api_gateway_integration", "aws_apigatewayv2_integration"];
    let uris = kinds.into_iter().flat_map(|kind| model.of_type(kind)).filter_map(uri);
    // `arn:PARTITION:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`, or the ARN itself.
    let function = |uri: String| {
        let arn = uri[uri.rfind("arn:")?..].split('/').next()?.to_owned();
        (arn.split(':').nth(2) == Some("lambda")).then_some(arn)
    };
    uris.filter_map(function).collect()
}

fn name(resource: &Resource) -> String {
    let named = NAMES
        .into_iter()
        .filter_map(|argument| resource.at(argument).text().get())
        .find(|name| !is_stand_in_of(&resource.address, name));
    let named = named.unwrap_or_else(|| resource.address.clone());
    // A name that is an ARN says most at its end.
    let end = if named.starts_with("arn:") { named.rsplit(['/', ':']).next().unwrap_or_default() } else { &named };
    match resource.account {
        Account::Number(_) => end.to_owned(),
        // What stands for a number that is not known is nobody's.
        _ => end.replace(&resource.account.digits(), "ACCOUNT"),
    }
}
