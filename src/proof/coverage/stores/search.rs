//! Domains of `OpenSearch`: zones, and the snapshots that the service makes every hour.

use super::super::copy::{Copy, DAY, History, Store};
use crate::proof::model::{Model, Resource};

/// Snapshots every hour, or once a day in old domains; kept for fourteen days.
const HOURLY: u64 = 3_600;
const KEPT: u64 = 14 * DAY;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    ["aws_opensearch_domain", "aws_elasticsearch_domain"]
        .iter()
        .flat_map(|kind| model.of_type(kind))
        .map(|domain| Store { resource: domain, copies: copies(domain) })
        .collect()
}

fn copies(domain: &Resource) -> Vec<Copy> {
    let cluster = domain.at("cluster_config");
    let mut own = Copy::of_store(domain);
    own.outlives_zone = false;
    // Only with a standby zone does the service see to it that each index has copies in the other zones.
    if cluster.at("multi_az_with_standby_enabled").flag().get() == Some(true) {
        own.outlives_zone = true;
        "the copies of each index in other zones".clone_into(&mut own.what);
    }
    let mut snapshots = Copy::of_store(domain);
    let gap = if is_hourly(domain) { HOURLY } else { DAY };
    let name = if gap == DAY { "the daily snapshots" } else { "the hourly snapshots" };
    name.clone_into(&mut snapshots.what);
    snapshots.lag = Some(gap);
    snapshots.history = Some(History { kept: Some(KEPT), gap, distance: Some(gap) });
    vec![own, snapshots]
}

/// Whether the service makes a snapshot every hour: from version 5.3 of Elasticsearch on. A domain without a version is one of 1.5.
fn is_hourly(domain: &Resource) -> bool {
    let engine = domain.at("engine_version").text().get();
    let version = match engine.as_deref() {
        Some(engine) => engine.strip_prefix("Elasticsearch_").map(str::to_owned),
        None if domain.kind == "aws_opensearch_domain" => None,
        None => Some(domain.at("elasticsearch_version").text().get().unwrap_or_else(|| "1.5".to_owned())),
    };
    let Some(version) = version else { return true };
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= (5, 3)
}
