//! What would be cheaper, and what that would cost in recovery time.

use std::collections::BTreeMap;

use super::HOURS;
use super::budget::to_cents;
use super::prices;
use super::tariff::is_io_optimized;
use crate::proof::model::{Known, Model, Resource, Target};

/// Something that does the same for less, or less for less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// What to change, a sentence without an end.
    pub what: String,
    /// What it saves in a month.
    pub saves_cents: i64,
    /// What it does to the recovery time, a sentence without an end.
    pub rto: String,
    /// The objects that it changes.
    pub addresses: Vec<String>,
}

/// Alternatives for the objects of a model, the one that saves most first.
pub fn alternatives(model: &Model) -> Vec<Alternative> {
    let mut all: Vec<Alternative> = [
        Some(arm_instances(model)),
        empty_standby(model),
        single_instances(model),
        slow_checks(model),
        single_zone(model),
    ]
    .into_iter()
    .flatten()
    .filter(|alternative| alternative.saves_cents > 0)
    .collect();
    all.sort_by(|one, other| other.saves_cents.cmp(&one.saves_cents).then_with(|| one.what.cmp(&other.what)));
    all
}

fn addresses(objects: &[&Resource]) -> Vec<String> {
    objects.iter().map(|object| object.address.clone()).collect()
}

/// Instances with the cluster that they belong to.
fn instances(model: &Model) -> Vec<(&Resource, &Resource)> {
    let mut pairs = Vec::new();
    for instance in model.of_type("aws_rds_cluster_instance") {
        let cluster = instance.at("cluster_identifier");
        if let Target::Found(cluster) = model.resolve(&["aws_rds_cluster"], cluster, instance) {
            pairs.push((instance, cluster));
        }
    }
    pairs
}

/// What an instance costs in a month, in USD.
fn monthly(instance: &Resource, cluster: &Resource, class: &str) -> Option<f64> {
    let engine = instance.at("engine").text().get()?;
    let suffix = if is_io_optimized(cluster) { ".io" } else { "" };
    let price = prices::named(&format!("{engine}.hours.{class}{suffix}"))?;
    price.holds_in(instance.region_name()).then(|| price.of(HOURS))
}

/// Instances of the same size with processors of AWS's own.
fn arm_instances(model: &Model) -> Alternative {
    let mut saves = 0.0;
    let mut changed = Vec::new();
    for (instance, cluster) in instances(model) {
        let Some(class) = instance.at("instance_class").text().get() else { continue };
        let Some(size) = class.strip_prefix("db.r5.") else { continue };
        let now = monthly(instance, cluster, &class);
        if let (Some(now), Some(then)) = (now, monthly(instance, cluster, &format!("db.r6g.{size}"))) {
            saves += now - then;
            changed.push(instance);
        }
    }
    Alternative {
        what: "database instances of the class db.r6g in the same size".to_owned(),
        saves_cents: to_cents(saves),
        rto: "nothing; each instance restarts once when its class is changed".to_owned(),
        addresses: addresses(&changed),
    }
}

/// A standby without an instance, whose storage alone is replicated.
fn empty_standby(model: &Model) -> Option<Alternative> {
    let is_standby = |cluster: &Resource| {
        cluster.at("global_cluster_identifier").is_set()
            && !cluster.at("master_username").is_set()
            && !cluster.at("manage_master_user_password").is_set()
    };
    let all = instances(model);
    let standby: Vec<_> = all.into_iter().filter(|(_, cluster)| is_standby(cluster)).collect();
    let mut saves = 0.0;
    for (instance, cluster) in &standby {
        saves += monthly(instance, cluster, &instance.at("instance_class").text().get()?)?;
    }
    Some(Alternative {
        what: "a standby without a database instance".to_owned(),
        saves_cents: to_cents(saves),
        rto: "an instance has to be made before anything can be written, for which AWS gives no bound: it does not meet five minutes"
            .to_owned(),
        addresses: standby.iter().map(|(instance, _)| instance.address.clone()).collect(),
    })
}

/// One instance in each cluster.
fn single_instances(model: &Model) -> Option<Alternative> {
    let mut clusters: BTreeMap<&str, Vec<(&Resource, &Resource)>> = BTreeMap::new();
    for (instance, cluster) in instances(model) {
        clusters.entry(&cluster.address).or_default().push((instance, cluster));
    }
    let mut saves = 0.0;
    let mut changed = Vec::new();
    for members in clusters.values() {
        for (instance, cluster) in members.iter().skip(1) {
            saves += monthly(instance, cluster, &instance.at("instance_class").text().get()?)?;
            changed.push(*instance);
        }
    }
    Some(Alternative {
        what: "one database instance in each region".to_owned(),
        saves_cents: to_cents(saves),
        rto: "a failure of the only instance, or its restart, becomes an outage of its region".to_owned(),
        addresses: addresses(&changed),
    })
}

/// Health checks every thirty seconds.
fn slow_checks(model: &Model) -> Option<Alternative> {
    let option = prices::named("route53.options")?;
    let is_fast = |check: &&Resource| check.at("request_interval").number() == Known::Is(10.0);
    let fast: Vec<_> = model.of_type("aws_route53_health_check").filter(is_fast).collect();
    let count = u32::try_from(fast.len()).ok()?;
    let threshold = fast.iter().filter_map(|check| check.at("failure_threshold").number().get()).fold(0.0, f64::max);
    Some(Alternative {
        what: "health checks every 30 seconds".to_owned(),
        saves_cents: to_cents(option.of(f64::from(count))),
        rto: format!("{} seconds more until Route 53 sees an outage", threshold * 20.0),
        addresses: addresses(&fast),
    })
}

/// Interface endpoints in one zone of each network.
fn single_zone(model: &Model) -> Option<Alternative> {
    let price = prices::named("endpoint.hours")?;
    let mut saves = 0.0;
    let mut changed = Vec::new();
    for endpoint in model.of_type("aws_vpc_endpoint").filter(|it| it.at("vpc_endpoint_type").is_text("Interface")) {
        let zones = match endpoint.at("subnet_ids").items().len() {
            // Not known: those of the network.
            0 | 1 => match model.resolve(&["aws_vpc"], endpoint.at("vpc_id"), endpoint) {
                Target::Found(network) if endpoint.at("subnet_ids").unknown().is_some() => {
                    model.referring("aws_subnet", "vpc_id", network).len()
                }
                _ => 1,
            },
            count => count,
        };
        if let Ok(more) = u32::try_from(zones.saturating_sub(1))
            && more > 0
            && price.holds_in(endpoint.region_name())
        {
            saves += price.of(HOURS * f64::from(more));
            changed.push(endpoint);
        }
    }
    Some(Alternative {
        what: "interface endpoints in one zone".to_owned(),
        saves_cents: to_cents(saves),
        rto: "the loss of that one zone becomes a loss of the region, and moves payments".to_owned(),
        addresses: addresses(&changed),
    })
}
