//! The names that customers ask for, and what Route 53 answers with.

use std::collections::{BTreeMap, HashMap};

use super::arrows::Places;
use super::{Arrow, Component, Kind, Meaning};
use crate::proof::model::{Known, Model, Node, Resource};

const RECORD: &str = "aws_route53_record";

/// The routing policies of a record, and what each is called.
const ROUTINGS: [(&str, &str); 7] = [
    ("failover_routing_policy", "failover"),
    ("weighted_routing_policy", "weighted"),
    ("latency_routing_policy", "latency"),
    ("geolocation_routing_policy", "geolocation"),
    ("geoproximity_routing_policy", "geoproximity"),
    ("cidr_routing_policy", "CIDR"),
    ("multivalue_answer_routing_policy", "multivalue"),
];

/// Which objects answer under which DNS names, by their addresses.
pub(super) struct Hosts<'m> {
    of_host: HashMap<String, Vec<&'m str>>,
    /// Buckets that are websites, by their names.
    sites: HashMap<String, &'m str>,
}

/// A name as DNS compares it.
fn folded(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.strip_prefix("dualstack.").map_or(name.clone(), str::to_owned)
}

impl<'m> Hosts<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut hosts = Self { of_host: HashMap::new(), sites: HashMap::new() };
        // What is only read is no box, but its name is not one of another host either.
        for resource in model.resources() {
            let own = resource.hosts();
            if own.is_empty() {
                continue;
            }
            let answering = match resource.kind.as_str() {
                "aws_api_gateway_domain_name" => mapped(model, resource, "aws_api_gateway_base_path_mapping"),
                "aws_apigatewayv2_domain_name" => mapped(model, resource, "aws_apigatewayv2_api_mapping"),
                _ => vec![resource.address.as_str()],
            };
            for host in own {
                let host = host.strip_prefix("https://").unwrap_or(&host).to_owned();
                hosts.of_host.entry(folded(&host)).or_default().extend(&answering);
            }
        }
        for bucket in model.of_type("aws_s3_bucket") {
            if let Known::Is(name) = bucket.at("bucket").text() {
                hosts.sites.insert(folded(&name), bucket.address.as_str());
            }
        }
        hosts
    }

    /// What answers under a DNS name.
    pub(super) fn behind(&self, host: &str) -> &[&'m str] {
        self.of_host.get(&folded(host)).map_or(&[], Vec::as_slice)
    }

    /// What a record answers with: objects of the model, and names and addresses of others.
    fn answers(&self, record: &Resource) -> (Vec<&'m str>, Vec<String>) {
        let (mut objects, mut others) = (Vec::new(), Vec::new());
        let alias = record.at("alias.name").text().get();
        let values = record.at("records").items().into_iter().filter_map(|value| value.text().get());
        for host in alias.into_iter().chain(values) {
            let site = host.starts_with("s3-website").then(|| record.at("name").text().get()).flatten();
            match (self.behind(&host), site.and_then(|name| self.sites.get(&folded(&name)))) {
                ([], Some(site)) => objects.push(*site),
                ([], None) => others.push(host.trim_end_matches('.').to_owned()),
                (found, _) => objects.extend(found),
            }
        }
        (objects, others)
    }
}

/// The APIs that a domain name of API Gateway leads to.
fn mapped<'m>(model: &'m Model, domain: &Resource, mapping: &str) -> Vec<&'m str> {
    let is_domain = |mapping: &&Resource| {
        let name = mapping.at("domain_name").text();
        let is_named = matches!(&name, Known::Is(name) if domain.at("domain_name").is_text(name) || domain.identifiers.contains(name));
        is_named && mapping.region == domain.region && mapping.account == domain.account
    };
    let apis = ["aws_api_gateway_rest_api", "aws_apigatewayv2_api"];
    let api = |mapping: &Resource| model.resolve(&apis, mapping.at("api_id"), mapping).found();
    model.of_type(mapping).filter(is_domain).filter_map(api).map(|api| api.address.as_str()).collect()
}

/// How a record chooses among those of its name.
fn routing(record: &Resource) -> Option<&'static str> {
    let is_set = |name: &str| record.at(name).is_set() && record.at(name).flag() != Known::Is(false);
    ROUTINGS.iter().find(|(policy, _)| is_set(policy)).map(|(_, word)| *word)
}

/// The records that lead customers to an address, each with what it leads to. Of those that only answer, such as a name that proves a
/// domain, nothing is drawn.
fn leading<'m>(model: &'m Model, hosts: &Hosts<'m>) -> Vec<(&'m Resource, Vec<&'m str>, Vec<String>)> {
    let leads = |record: &&Resource| ["A", "AAAA", "CNAME"].iter().any(|kind| record.at("type").is_text(kind));
    let answered = model.of_type(RECORD).filter(leads).map(|record| {
        let (objects, others) = hosts.answers(record);
        (record, objects, if routing(record).is_some() { others } else { Vec::new() })
    });
    answered.collect()
}

/// What a box of a host outside of the configuration is known by.
fn host_key(host: &str) -> String {
    format!("host {}", folded(host))
}

/// A box for every name that leads to a box or is routed, and for every host that a routed name leads to outside of the configuration.
pub(super) fn boxes(model: &Model, hosts: &Hosts<'_>, is_box: impl Fn(&str) -> bool) -> Vec<Component> {
    let mut names: Vec<Component> = Vec::new();
    let mut outside: BTreeMap<String, Component> = BTreeMap::new();
    let mut positions: HashMap<(String, Option<String>), usize> = HashMap::new();
    for (record, objects, others) in leading(model, hosts) {
        if routing(record).is_none() && !objects.iter().any(|address| is_box(address)) {
            continue;
        }
        let name = record.at("name").text().get().unwrap_or_else(|| record.address.clone());
        let zone = record.at("zone_id").text().get();
        let position = *positions.entry((folded(&name), zone)).or_insert_with(|| {
            let what = routing(record).map_or("Route 53".to_owned(), |routing| format!("Route 53, {routing}"));
            names.push(Component::new(None, Kind::Name, name, what));
            names.len() - 1
        });
        names[position].addresses.push(record.address.clone());
        for host in others {
            let component = Component::new(None, Kind::Host, host.clone(), "outside this configuration".to_owned());
            outside.entry(host_key(&host)).or_insert_with_key(|key| Component { key: key.clone(), ..component });
        }
    }
    names.into_iter().chain(outside.into_values()).collect()
}

/// From a name to what it answers with.
pub(super) fn arrows(model: &Model, hosts: &Hosts<'_>, places: &Places<'_>) -> Vec<Arrow> {
    let leading = leading(model, hosts);
    let mut weights: HashMap<usize, f64> = HashMap::new();
    for (record, ..) in &leading {
        if let (Some(from), Known::Is(weight)) = (places.of_address(&record.address), weight(record)) {
            *weights.entry(from).or_default() += weight;
        }
    }
    let mut arrows = Vec::new();
    for (record, objects, others) in &leading {
        let Some(from) = places.of_address(&record.address) else { continue };
        // A weight of zero is asked for only when all others are unhealthy.
        let waits = weight(record) == Known::Is(0.0) && weights.get(&from).is_some_and(|sum| *sum > 0.0);
        let follows = record.at("failover_routing_policy.type").is_text("SECONDARY");
        let meaning = if waits || follows { Meaning::FailsOver } else { Meaning::Sends };
        let others = others.iter().filter_map(|host| places.of_address(&host_key(host)));
        let all = objects.iter().filter_map(|address| places.of_address(address)).chain(others);
        arrows.extend(all.map(|to| Arrow { from, to, meaning }));
    }
    arrows
}

fn weight(record: &Resource) -> Known<f64> {
    match record.at("weighted_routing_policy") {
        Node::Null => Known::Absent,
        policy => policy.at("weight").number(),
    }
}
