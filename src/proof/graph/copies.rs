//! What is copied where: replicas that are boxes of their own, and those that AWS makes without a block.

use std::collections::HashMap;

use super::{Component, Kind};
use crate::proof::coverage::is_primary;
use crate::proof::model::{Model, Node, Resource, Target};

/// From what to what: the address of an object, or what a copy without a block is known by.
pub(super) type Pair = [String; 2];

/// Databases over several regions, and the clusters that they have.
const GLOBAL: [(&str, &str); 3] = [
    ("aws_rds_global_cluster", "aws_rds_cluster"),
    ("aws_docdb_global_cluster", "aws_docdb_cluster"),
    ("aws_neptune_global_cluster", "aws_neptune_cluster"),
];

/// Types with an argument that names what an object of the same type is copied from, or, of another, what it copies.
const FOLLOWERS: [(&str, &str); 5] = [
    ("aws_rds_cluster", "replication_source_identifier"),
    ("aws_docdb_cluster", "replication_source_identifier"),
    ("aws_neptune_cluster", "replication_source_identifier"),
    ("aws_db_instance", "replicate_source_db"),
    ("aws_mq_broker", "data_replication_primary_broker_arn"),
];

/// A copy that AWS makes where a block of its source says so.
struct Made<'m> {
    source: &'m Resource,
    region: String,
    kind: Kind,
    what: &'static str,
    /// Whether what is written to the copy comes back.
    both_ways: bool,
    /// Whether its ARN is that of its source but for the region.
    has_arn: bool,
}

impl Made<'_> {
    fn key(&self) -> String {
        format!("{} of {} in {}", self.what, self.source.address, self.region)
    }
}

/// Boxes for the copies without a block.
pub(super) fn boxes(model: &Model, name: impl Fn(&Resource) -> String) -> Vec<Component> {
    let component = |made: &Made<'_>| Component {
        key: made.key(),
        ..Component::new(Some(made.region.clone()), made.kind, name(made.source), made.what.to_owned())
    };
    made(model).iter().map(component).collect()
}

/// What AWS calls the copies without a block: by their sources' ARNs, in their own regions.
pub(super) fn arns(model: &Model) -> Vec<Pair> {
    let in_region = |made: &Made<'_>| {
        let own = format!(":{}:", made.source.region_name());
        [made.key(), made.source.arn().replacen(&own, &format!(":{}:", made.region), 1)]
    };
    made(model).iter().filter(|made| made.has_arn).map(in_region).collect()
}

/// Every pair of a store and a copy of it.
pub(super) fn pairs(model: &Model) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for made in made(model) {
        pairs.push([made.source.address.clone(), made.key()]);
        if made.both_ways {
            pairs.push([made.key(), made.source.address.clone()]);
        }
    }
    databases(model, &mut pairs);
    caches(model, &mut pairs);
    tables(model, &mut pairs);
    files(model, &mut pairs);
    streams(model, &mut pairs);
    backups(model, &mut pairs);
    pairs
}

fn pair(from: &Resource, to: &Resource) -> Pair {
    [from.address.clone(), to.address.clone()]
}

/// Each with every other.
fn among(members: &[&Resource], pairs: &mut Vec<Pair>) {
    for one in members {
        pairs.extend(members.iter().filter(|other| other.address != one.address).map(|other| pair(one, other)));
    }
}

fn databases(model: &Model, pairs: &mut Vec<Pair>) {
    for (global, kind) in GLOBAL.iter().flat_map(|(global, kind)| model.of_type(global).map(move |one| (one, kind))) {
        let members = model.referring(kind, "global_cluster_identifier", global);
        let source = model.resolve(&[kind], global.at("source_db_cluster_identifier"), global).found();
        let first = source.or_else(|| members.iter().copied().find(|member| is_primary(model, member)));
        let Some(first) = first else { continue };
        pairs.extend(members.iter().filter(|member| member.address != first.address).map(|member| pair(first, member)));
    }
    for (kind, argument) in FOLLOWERS {
        for replica in model.of_type(kind) {
            let source = model.resolve(&[kind], replica.at(argument), replica).found();
            pairs.extend(source.map(|source| pair(source, replica)));
        }
    }
}

fn caches(model: &Model, pairs: &mut Vec<Pair>) {
    let group = "aws_elasticache_replication_group";
    for global in model.of_type("aws_elasticache_global_replication_group") {
        let Target::Found(first) = model.resolve(&[group], global.at("primary_replication_group_id"), global) else {
            continue;
        };
        let members = model.referring(group, "global_replication_group_id", global);
        pairs.extend(members.iter().filter(|member| member.address != first.address).map(|member| pair(first, member)));
    }
    let mut families: HashMap<String, Vec<&Resource>> = HashMap::new();
    for cluster in model.of_type("aws_memorydb_cluster") {
        if let Some(name) = cluster.at("multi_region_cluster_name").text().get() {
            families.entry(name).or_default().push(cluster);
        }
    }
    for members in families.values() {
        among(members, pairs);
    }
}

fn tables(model: &Model, pairs: &mut Vec<Pair>) {
    for replica in model.of_type("aws_dynamodb_table_replica") {
        if let Target::Found(table) = model.resolve(&["aws_dynamodb_table"], replica.at("global_table_arn"), replica) {
            pairs.extend([pair(table, replica), pair(replica, table)]);
        }
    }
    // The first version of global tables ties tables of one name together.
    for global in model.of_type("aws_dynamodb_global_table") {
        let regions: Vec<&Node> =
            global.at("replica").items().into_iter().map(|replica| replica.at("region_name")).collect();
        let Some(name) = global.at("name").text().get() else { continue };
        let is_member = |table: &&Resource| {
            table.at("name").is_text(&name) && table.account == global.account && regions.contains(&&table.region)
        };
        among(&model.of_type("aws_dynamodb_table").filter(is_member).collect::<Vec<_>>(), pairs);
    }
}

fn files(model: &Model, pairs: &mut Vec<Pair>) {
    for replication in model.of_type("aws_efs_replication_configuration") {
        let system = |path: &str| model.resolve(&["aws_efs_file_system"], replication.at(path), replication).found();
        if let (Some(source), Some(copy)) = (system("source_file_system_id"), system("destination.file_system_id")) {
            pairs.push(pair(source, copy));
        }
    }
    let bucket = |value: &Node, user: &Resource| model.resolve(&["aws_s3_bucket"], value, user).found().cloned();
    let mut replicate = |source: &Resource, rules: Vec<&Node>, user: &Resource| {
        for rule in rules.into_iter().filter(|rule| !rule.at("status").is_text("Disabled")) {
            pairs.extend(bucket(rule.at("destination.bucket"), user).map(|copy| pair(source, &copy)));
        }
    };
    for configuration in model.of_type("aws_s3_bucket_replication_configuration") {
        if let Some(source) = bucket(configuration.at("bucket"), configuration) {
            replicate(&source, configuration.at("rule").items(), configuration);
        }
    }
    for source in model.of_type("aws_s3_bucket") {
        replicate(source, source.at("replication_configuration.rules").items(), source);
    }
}

fn streams(model: &Model, pairs: &mut Vec<Pair>) {
    for replicator in model.of_type("aws_msk_replicator") {
        let cluster = |path: &str| model.resolve(&["aws_msk_cluster"], replicator.at(path), replicator).found();
        let ends = ["replication_info_list.source_kafka_cluster_arn", "replication_info_list.target_kafka_cluster_arn"];
        if let [Some(source), Some(copy)] = ends.map(cluster) {
            pairs.push(pair(source, copy));
        }
    }
}

fn backups(model: &Model, pairs: &mut Vec<Pair>) {
    for plan in model.of_type("aws_backup_plan") {
        for rule in plan.at("rule").items() {
            let vault = |value: &Node| model.resolve(&["aws_backup_vault"], value, plan).found();
            let Some(source) = vault(rule.at("target_vault_name")) else { continue };
            let copies = rule.at("copy_action").items().into_iter();
            pairs.extend(copies.filter_map(|action| Some(pair(source, vault(action.at("destination_vault_arn"))?))));
        }
    }
}

/// Every copy without a block, each once.
fn made(model: &Model) -> Vec<Made<'_>> {
    let mut all: Vec<Made<'_>> = Vec::new();
    let mut add = |source, region: &Node, kind, what, both_ways| {
        if let Node::Text(region) = region {
            let has_arn = kind == Kind::Table || kind == Kind::Secret;
            all.push(Made { source, region: region.clone(), kind, what, both_ways, has_arn });
        }
    };
    for table in model.of_type("aws_dynamodb_table") {
        for replica in table.at("replica").items() {
            add(table, replica.at("region_name"), Kind::Table, "table replica", true);
        }
    }
    for secret in model.of_type("aws_secretsmanager_secret") {
        for replica in secret.at("replica").items() {
            add(secret, replica.at("region"), Kind::Secret, "secret replica", false);
        }
    }
    for replication in model.of_type("aws_efs_replication_configuration") {
        let source = model.resolve(&["aws_efs_file_system"], replication.at("source_file_system_id"), replication);
        let destination = replication.at("destination");
        if let (Target::Found(source), Node::Null) = (source, destination.at("file_system_id")) {
            add(source, destination.at("region"), Kind::Storage, "file system replica", false);
        }
    }
    for replication in model.of_type("aws_db_instance_automated_backups_replication") {
        let source = model.resolve(&["aws_db_instance"], replication.at("source_db_instance_arn"), replication);
        if let Target::Found(source) = source {
            add(source, &replication.region, Kind::Vault, "automated backups", false);
        }
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|made| made.region != made.source.region_name() && seen.insert(made.key()));
    all
}
