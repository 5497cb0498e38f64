//! Domains of `OpenSearch`: zones, and the snapshots that the service makes every hour.

use super::super::copy::{Copy, DAY, History, Store};
use crate::proof::model::{Model, Resource};

/// Snapshots every hour, kept for fourteen days.
const GAP: u64 = 3_600;
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
    "the hourly snapshots".clone_into(&mut snapshots.what);
    snapshots.lag = Some(GAP);
    snapshots.history = Some(History { kept: Some(KEPT), gap: GAP, distance: GAP });
    vec![own, snapshots]
}
