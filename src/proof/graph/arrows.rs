//! Which box has to do with which.

use std::collections::{BTreeSet, HashMap};

use super::names::{self, Hosts};
use super::{Arrow, Component, Meaning, behind, copies};
use crate::proof::model::{Model, Node, Resource, Target};

/// Types that say of two others that the one has to do with the other: the argument that names the one that acts, and the
/// one that is acted upon.
const BETWEEN: [(&str, &str, &str); 6] = [
    ("aws_sqs_queue_redrive_policy", "queue_url", "redrive_policy"),
    ("aws_api_gateway_integration", "rest_api_id", "uri"),
    ("aws_apigatewayv2_integration", "api_id", "integration_uri"),
    ("aws_lambda_event_source_mapping", "event_source_arn", "function_name"),
    ("aws_sns_topic_subscription", "topic_arn", "endpoint"),
    ("aws_s3_bucket_notification", "bucket", "lambda_function.lambda_function_arn"),
];

/// Where the objects that are boxes stand.
pub(super) struct Places<'m> {
    of_address: HashMap<&'m str, usize>,
    of_arn: HashMap<String, usize>,
}

/// Every arrow, each once.
pub(super) fn all(model: &Model, hosts: &Hosts<'_>, boxes: &[Component]) -> Vec<Arrow> {
    let places = Places::new(model, boxes);
    let mut arrows = BTreeSet::new();
    calls(model, hosts, &places, &mut arrows);
    arrows.extend(behind::arrows(model, hosts, &places));
    arrows.extend(names::arrows(model, hosts, &places));
    let copied = copies::pairs(model);
    let copied = copied.iter().filter_map(|[from, to]| {
        Some(Arrow { from: places.of_address(from)?, to: places.of_address(to)?, meaning: Meaning::Replicates })
    });
    arrows.extend(copied);
    arrows.into_iter().filter(|arrow| arrow.from != arrow.to).collect()
}

impl<'m> Places<'m> {
    fn new(model: &'m Model, boxes: &'m [Component]) -> Self {
        let mut of_address: HashMap<&str, usize> = HashMap::new();
        for (position, one) in boxes.iter().enumerate() {
            of_address.extend(one.addresses.iter().map(|address| (address.as_str(), position)));
            if !one.key.is_empty() {
                of_address.insert(&one.key, position);
            }
        }
        let mut of_arn = HashMap::new();
        for resource in model.resources() {
            if let Some(position) = of_address.get(resource.address.as_str()) {
                of_arn.insert(resource.arn().to_owned(), *position);
            }
        }
        for [key, arn] in copies::arns(model) {
            if let Some(position) = of_address.get(key.as_str()) {
                of_arn.insert(arn, *position);
            }
        }
        Self { of_address, of_arn }
    }

    /// The box with an address, or of a copy or host that is known by this.
    pub(super) fn of_address(&self, address: &str) -> Option<usize> {
        self.of_address.get(address).copied()
    }

    /// The box of what a value names, by ARN or DNS name somewhere in its text, or as a whole.
    pub(super) fn of_value(&self, model: &Model, hosts: &Hosts<'_>, value: &Node, user: &Resource) -> Vec<usize> {
        let Node::Text(text) = value else { return Vec::new() };
        let mut found: Vec<usize> = arns(text).filter_map(|arn| self.of_arn(arn)).collect();
        if found.is_empty() && !text.contains("arn:") {
            found.extend(hosts.behind(host_of(text)).iter().filter_map(|address| self.of_address(address)));
            let kinds = [
                "aws_dynamodb_table",
                "aws_s3_bucket",
                "aws_rds_cluster",
                "aws_db_instance",
                "aws_api_gateway_rest_api",
                "aws_apigatewayv2_api",
                "aws_sqs_queue",
            ];
            if let Target::Found(resource) = model.resolve(&kinds, value, user) {
                found.extend(self.of_address(&resource.address));
            }
        }
        found
    }

    /// The box with this ARN, or one that it begins with: an object in a bucket, a version of a function.
    pub(super) fn of_arn(&self, arn: &str) -> Option<usize> {
        let mut shorter = arn;
        loop {
            if let Some(position) = self.of_arn.get(shorter) {
                return Some(*position);
            }
            shorter = &shorter[..shorter.rfind(['/', ':'])?];
        }
    }
}

/// The host of a URL; of another text the text, without the port.
fn host_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.split(':').next().unwrap_or(host)
}

/// Every ARN in a text.
fn arns(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '\\' | ')' | ']' | '}');
    text.match_indices("arn:").map(move |(start, _)| {
        let rest = &text[start..];
        &rest[..rest.find(ends).unwrap_or(rest.len())]
    })
}

/// What the containers of a service are told.
fn environment(model: &Model, service: &Resource) -> Vec<Node> {
    let kinds = ["aws_ecs_task_definition"];
    let definition = model.resolve(&kinds, service.at("task_definition"), service).found();
    let text = definition.and_then(|definition| definition.at("container_definitions").text().get());
    let containers: Option<Vec<serde_json::Value>> = text.and_then(|text| serde_json::from_str(&text).ok());
    let variables = containers.iter().flatten().filter_map(|container| container["environment"].as_array()).flatten();
    variables.filter_map(|variable| Some(Node::Text(variable["value"].as_str()?.into()))).collect()
}

fn calls(model: &Model, hosts: &Hosts<'_>, places: &Places<'_>, arrows: &mut BTreeSet<Arrow>) {
    let clusters: BTreeSet<usize> =
        model.of_type("aws_rds_cluster").filter_map(|cluster| places.of_address(&cluster.address)).collect();
    for resource in model.resources() {
        let Some(from) = places.of_address(&resource.address) else { continue };
        match resource.kind.as_str() {
            "aws_lambda_function" => {
                if let Node::Map(variables) = resource.at("environment.variables") {
                    for value in variables.values() {
                        for to in places.of_value(model, hosts, value, resource) {
                            arrows.insert(Arrow { from, to, meaning: Meaning::Calls });
                        }
                    }
                }
            }
            "aws_ecs_service" => {
                for value in environment(model, resource) {
                    for to in places.of_value(model, hosts, &value, resource) {
                        arrows.insert(Arrow { from, to, meaning: Meaning::Calls });
                    }
                }
            }
            "aws_sqs_queue" => {
                let letters = places.of_value(model, hosts, resource.at("redrive_policy"), resource);
                arrows.extend(letters.into_iter().map(|to| Arrow { from, to, meaning: Meaning::Calls }));
            }
            "aws_sfn_state_machine" => {
                let definition = resource.at("definition");
                let promotes = !clusters.is_empty()
                    && definition.text().get().is_some_and(|text| text.contains(":failoverGlobalCluster"));
                for to in places.of_value(model, hosts, definition, resource) {
                    let meaning = if promotes && clusters.contains(&to) { Meaning::FailsOver } else { Meaning::Calls };
                    arrows.insert(Arrow { from, to, meaning });
                }
            }
            _ => {}
        }
    }
    for (kind, one, other) in BETWEEN {
        for resource in model.of_type(kind) {
            for from in places.of_value(model, hosts, resource.at(one), resource) {
                for to in places.of_value(model, hosts, resource.at(other), resource) {
                    arrows.insert(Arrow { from, to, meaning: Meaning::Calls });
                }
            }
        }
    }
}
