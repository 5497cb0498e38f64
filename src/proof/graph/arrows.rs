//! Which box has to do with which.

use std::collections::{BTreeSet, HashMap};

use super::{Arrow, Component, Kind, Meaning};
use crate::proof::model::{Model, Node, Resource, Target};

/// Types that say of two others that the one has to do with the other: the argument that names the one that acts, and the
/// one that is acted upon.
const BETWEEN: [(&str, &str, &str); 7] = [
    ("aws_sqs_queue_redrive_policy", "queue_url", "redrive_policy"),
    ("aws_api_gateway_integration", "rest_api_id", "uri"),
    ("aws_apigatewayv2_integration", "api_id", "integration_uri"),
    ("aws_lambda_event_source_mapping", "event_source_arn", "function_name"),
    ("aws_sns_topic_subscription", "topic_arn", "endpoint"),
    ("aws_s3_bucket_notification", "bucket", "lambda_function.lambda_function_arn"),
    ("aws_lb_listener", "load_balancer_arn", "default_action.target_group_arn"),
];

/// Databases over several regions, and the clusters that they have.
const GLOBAL: [(&str, &str); 3] = [
    ("aws_rds_global_cluster", "aws_rds_cluster"),
    ("aws_docdb_global_cluster", "aws_docdb_cluster"),
    ("aws_neptune_global_cluster", "aws_neptune_cluster"),
];

/// Where the objects that are boxes stand.
struct Places<'m> {
    of_address: HashMap<&'m str, usize>,
    of_arn: HashMap<&'m str, usize>,
}

/// Every arrow, each once.
pub(super) fn all(model: &Model, boxes: &[Component]) -> Vec<Arrow> {
    let of_address: HashMap<&str, usize> = boxes
        .iter()
        .enumerate()
        .flat_map(|(position, one)| one.addresses.iter().map(move |address| (address.as_str(), position)))
        .collect();
    let mut of_arn = HashMap::new();
    for resource in model.resources() {
        if let Some(position) = of_address.get(resource.address.as_str()) {
            of_arn.insert(resource.arn(), *position);
        }
    }
    let places = Places { of_address, of_arn };
    let mut arrows = BTreeSet::new();
    calls(model, &places, &mut arrows);
    replications(model, &places, &mut arrows);
    failovers(model, boxes, &places, &mut arrows);
    arrows.into_iter().filter(|arrow| arrow.from != arrow.to).collect()
}

impl Places<'_> {
    /// The box of what a value names, by ARN somewhere in its text, or as a whole.
    fn of_value(&self, model: &Model, value: &Node, user: &Resource) -> Vec<usize> {
        let Node::Text(text) = value else { return Vec::new() };
        let mut found: Vec<usize> = arns(text).filter_map(|arn| self.of_arn(arn)).collect();
        if found.is_empty() && !text.contains("arn:") {
            let kinds = [
                "aws_dynamodb_table",
                "aws_s3_bucket",
                "aws_rds_cluster",
                "aws_api_gateway_rest_api",
                "aws_apigatewayv2_api",
                "aws_sqs_queue",
            ];
            if let Target::Found(resource) = model.resolve(&kinds, value, user) {
                found.extend(self.of_address.get(resource.address.as_str()));
            }
        }
        found
    }

    /// The box with this ARN, or one that it begins with: an object in a bucket, a version of a function.
    fn of_arn(&self, arn: &str) -> Option<usize> {
        let mut shorter = arn;
        loop {
            if let Some(position) = self.of_arn.get(shorter) {
                return Some(*position);
            }
            shorter = &shorter[..shorter.rfind(['/', ':'])?];
        }
    }
}

/// Every ARN in a text.
fn arns(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '\\' | ')' | ']' | '}');
    text.match_indices("arn:").map(move |(start, _)| {
        let rest = &text[start..];
        &rest[..rest.find(ends).unwrap_or(rest.len())]
    })
}

fn calls(model: &Model, places: &Places<'_>, arrows: &mut BTreeSet<Arrow>) {
    let place = |cluster: &Resource| places.of_address.get(cluster.address.as_str()).copied();
    let clusters: BTreeSet<usize> = model.of_type("aws_rds_cluster").filter_map(place).collect();
    for resource in model.resources() {
        let Some(from) = places.of_address.get(resource.address.as_str()).copied() else { continue };
        match resource.kind.as_str() {
            "aws_lambda_function" => {
                if let Node::Map(variables) = resource.at("environment.variables") {
                    for value in variables.values() {
                        for to in places.of_value(model, value, resource) {
                            arrows.insert(Arrow { from, to, meaning: Meaning::Calls });
                        }
                    }
                }
            }
            "aws_sqs_queue" => {
                let letters = places.of_value(model, resource.at("redrive_policy"), resource);
                arrows.extend(letters.into_iter().map(|to| Arrow { from, to, meaning: Meaning::Calls }));
            }
            "aws_sfn_state_machine" => {
                let definition = resource.at("definition");
                let promotes = !clusters.is_empty()
                    && definition.text().get().is_some_and(|text| text.contains(":failoverGlobalCluster"));
                for to in places.of_value(model, definition, resource) {
                    let meaning = if promotes && clusters.contains(&to) { Meaning::FailsOver } else { Meaning::Calls };
                    arrows.insert(Arrow { from, to, meaning });
                }
            }
            _ => {}
        }
    }
    for (kind, one, other) in BETWEEN {
        for resource in model.of_type(kind) {
            for from in places.of_value(model, resource.at(one), resource) {
                for to in places.of_value(model, resource.at(other), resource) {
                    arrows.insert(Arrow { from, to, meaning: Meaning::Calls });
                }
            }
        }
    }
}

fn replications(model: &Model, places: &Places<'_>, arrows: &mut BTreeSet<Arrow>) {
    let mut replicates = |from: &Resource, to: &Resource| {
        let place = |resource: &Resource| places.of_address.get(resource.address.as_str()).copied();
        if let (Some(from), Some(to)) = (place(from), place(to)) {
            arrows.insert(Arrow { from, to, meaning: Meaning::Replicates });
        }
    };
    for (global, kind) in GLOBAL.iter().flat_map(|(global, kind)| model.of_type(global).map(move |one| (one, kind))) {
        let members = model.referring(kind, "global_cluster_identifier", global);
        // Only the first has a user of its own to begin with.
        let first = members.iter().find(|cluster| cluster.at("master_username").is_set()).or(members.first());
        if let Some(first) = first {
            members
                .iter()
                .filter(|member| member.address != first.address)
                .for_each(|member| replicates(first, member));
        }
    }
    for cluster in model.of_type("aws_rds_cluster") {
        if let Target::Found(source) =
            model.resolve(&["aws_rds_cluster"], cluster.at("replication_source_identifier"), cluster)
        {
            replicates(source, cluster);
        }
    }
    for replica in model.of_type("aws_db_instance") {
        if let Target::Found(source) = model.resolve(&["aws_db_instance"], replica.at("replicate_source_db"), replica) {
            replicates(source, replica);
        }
    }
    for replica in model.of_type("aws_dynamodb_table_replica") {
        if let Target::Found(table) = model.resolve(&["aws_dynamodb_table"], replica.at("global_table_arn"), replica) {
            replicates(table, replica);
            replicates(replica, table);
        }
    }
    for replication in model.of_type("aws_efs_replication_configuration") {
        let system = |path: &str| model.resolve(&["aws_efs_file_system"], replication.at(path), replication);
        if let (Target::Found(source), Target::Found(copy)) =
            (system("source_file_system_id"), system("destination.file_system_id"))
        {
            replicates(source, copy);
        }
    }
    for configuration in model.of_type("aws_s3_bucket_replication_configuration") {
        let Target::Found(source) = model.resolve(&["aws_s3_bucket"], configuration.at("bucket"), configuration) else {
            continue;
        };
        let rules = configuration.at("rule").items();
        for rule in rules.into_iter().filter(|rule| !rule.at("status").is_text("Disabled")) {
            if let Target::Found(copy) = model.resolve(&["aws_s3_bucket"], rule.at("destination.bucket"), configuration)
            {
                replicates(source, copy);
            }
        }
    }
    for plan in model.of_type("aws_backup_plan") {
        for rule in plan.at("rule").items() {
            let Target::Found(vault) = model.resolve(&["aws_backup_vault"], rule.at("target_vault_name"), plan) else {
                continue;
            };
            for action in rule.at("copy_action").items() {
                if let Target::Found(copy) =
                    model.resolve(&["aws_backup_vault"], action.at("destination_vault_arn"), plan)
                {
                    replicates(vault, copy);
                }
            }
        }
    }
}

/// From a name to what it answers with: what the alias names, else what takes requests in the record's own region.
fn failovers(model: &Model, boxes: &[Component], places: &Places<'_>, arrows: &mut BTreeSet<Arrow>) {
    let records: Vec<&Resource> = model
        .of_type("aws_route53_record")
        .filter(|record| places.of_address.contains_key(record.address.as_str()))
        .collect();
    let mut entries: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, one) in boxes.iter().enumerate().filter(|(_, one)| one.kind == Kind::Entry) {
        entries.entry(one.region.as_deref().unwrap_or_default()).or_default().push(position);
    }
    let mut regions: HashMap<usize, BTreeSet<&str>> = HashMap::new();
    for record in &records {
        if let Some(from) = places.of_address.get(record.address.as_str()) {
            regions.entry(*from).or_default().insert(record.region_name());
        }
    }
    for record in records {
        let Some(from) = places.of_address.get(record.address.as_str()).copied() else { continue };
        // Both halves in one region say nothing of where they lead.
        if regions.get(&from).is_none_or(|all| all.len() < 2) {
            continue;
        }
        let is_primary = record.at("failover_routing_policy.type").is_text("PRIMARY");
        let meaning = if is_primary { Meaning::Sends } else { Meaning::FailsOver };
        let reached = entries.get(record.region_name()).into_iter().flatten();
        arrows.extend(reached.map(|to| Arrow { from, to: *to, meaning }));
    }
}
