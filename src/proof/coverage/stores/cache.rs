//! Stores in memory: `ElastiCache` and `MemoryDB`.

use super::super::copy::{Copy, DAY, History, Store, differs};
use super::super::keys::{key_of, refusal};
use super::super::vaults::seconds;
use crate::proof::model::{Known, Model, Resource, Target, Truth};

/// A day between two snapshots, and the window of an hour.
const GAP: u64 = DAY + 3_600;

/// What AWS's "typically under a second" for global datastores counts as.
const GLOBAL: u64 = 60;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    let groups = model
        .of_type("aws_elasticache_replication_group")
        .filter(|group| !follows(model, group))
        .map(|group| Store { resource: group, copies: group_copies(model, group) });
    let clusters = model
        .of_type("aws_elasticache_cluster")
        .filter(|cluster| !cluster.at("replication_group_id").is_set())
        .map(|cluster| Store {
            resource: cluster,
            copies: with_snapshots(cluster, in_one_zone(cluster), "snapshot_retention_limit"),
        });
    let serverless = model.of_type("aws_elasticache_serverless_cache").map(|cache| {
        let mut own = Copy::of_store(cache);
        own.lag = None;
        Store { resource: cache, copies: with_snapshots(cache, own, "snapshot_retention_limit") }
    });
    let durable = model.of_type("aws_memorydb_cluster").filter(|cluster| leads(model, cluster)).map(|cluster| {
        let mut own = Copy::of_store(cluster);
        "the transaction log over several zones".clone_into(&mut own.what);
        let mut copies = with_snapshots(cluster, own, "snapshot_retention_limit");
        copies.extend(siblings(model, cluster));
        Store { resource: cluster, copies }
    });
    groups.chain(clusters).chain(serverless).chain(durable).collect()
}

fn in_one_zone(resource: &Resource) -> Copy {
    let mut own = Copy::of_store(resource);
    own.outlives_zone = false;
    own
}

fn with_snapshots(resource: &Resource, own: Copy, limit: &str) -> Vec<Copy> {
    let mut doubts = Vec::new();
    let days = resource.at(limit).number().assume(7.0, 0.0, &mut doubts);
    let memcached = resource.at("engine").is_text("memcached");
    let mut all = vec![own];
    if days > 0.0 && !memcached {
        let mut snapshots = Copy::of_store(resource);
        "the daily snapshots".clone_into(&mut snapshots.what);
        snapshots.lag = Some(GAP);
        snapshots.history = Some(History { kept: Some(seconds(days)), gap: GAP, distance: Some(GAP) });
        snapshots.doubts = doubts;
        all.push(snapshots);
    }
    all
}

fn group_copies(model: &Model, group: &Resource) -> Vec<Copy> {
    let mut own = Copy::of_store(group);
    let mut doubts = Vec::new();
    let spread = group.at("multi_az_enabled").flag().assume(true, false, &mut doubts);
    let nodes = group.at("num_cache_clusters").number().assume(2.0, 1.0, &mut doubts);
    let replicas = group.at("replicas_per_node_group").number().assume(1.0, 0.0, &mut doubts);
    own.outlives_zone = (spread && (nodes > 1.0 || replicas > 0.0)) || in_several_zones(group, nodes);
    own.lag = None;
    own.doubts = doubts;
    if own.outlives_zone {
        "the replica in another zone".clone_into(&mut own.what);
    }
    let mut store = Copy::of_store(group);
    store.outlives_zone = false;
    let mut all = with_snapshots(group, store, "snapshot_retention_limit");
    all.push(own);
    all.extend(secondaries(model, group));
    all
}

/// Whether the nodes are put into several zones by name.
fn in_several_zones(group: &Resource, nodes: f64) -> bool {
    let zones = group.at("preferred_cache_cluster_azs").items();
    nodes > 1.0 && zones.iter().any(|zone| *zone != zones[0])
}

const GLOBAL_KIND: &str = "aws_elasticache_global_replication_group";

/// Whether a group only follows the primary of a global datastore.
fn follows(model: &Model, group: &Resource) -> bool {
    match model.resolve(&[GLOBAL_KIND], group.at("global_replication_group_id"), group) {
        Target::Found(global) => primary(model, global).is_none_or(|primary| primary.address != group.address),
        _ => false,
    }
}

fn primary<'m>(model: &'m Model, global: &Resource) -> Option<&'m Resource> {
    match model.resolve(&["aws_elasticache_replication_group"], global.at("primary_replication_group_id"), global) {
        Target::Found(primary) => Some(primary),
        _ => None,
    }
}

fn secondaries(model: &Model, group: &Resource) -> Vec<Copy> {
    let mut all = Vec::new();
    for global in model.of_type(GLOBAL_KIND) {
        if primary(model, global).is_none_or(|primary| primary.address != group.address) {
            continue;
        }
        for member in model.referring("aws_elasticache_replication_group", "global_replication_group_id", global) {
            if member.address == group.address {
                continue;
            }
            let what = format!("the secondary {} of {}", member.address, global.address);
            let mut copy = Copy::apart(what, member.region.clone(), member.account.clone(), Some(GLOBAL));
            copy.key = key_of(model, member.at("kms_key_id"), member);
            copy.void = refusal(&copy.key, &member.region);
            if differs(&member.region, &group.region) == Truth::No {
                copy.void = Some("a global datastore has one group a region".to_owned());
            }
            copy.doubts.extend(member.doubt.iter().chain(&global.doubt).cloned());
            all.push(copy);
        }
    }
    all
}

/// Clusters of one multi-Region cluster are all written to; the first of them stands for the store.
fn leads(model: &Model, cluster: &Resource) -> bool {
    match cluster.at("multi_region_cluster_name").text() {
        Known::Is(_) => family(model, cluster).first().is_none_or(|first| first.address == cluster.address),
        _ => true,
    }
}

fn family<'m>(model: &'m Model, cluster: &Resource) -> Vec<&'m Resource> {
    let name = cluster.at("multi_region_cluster_name");
    model
        .of_type("aws_memorydb_cluster")
        .filter(|other| !name.is_null() && other.at("multi_region_cluster_name") == name)
        .collect()
}

fn siblings(model: &Model, cluster: &Resource) -> Vec<Copy> {
    let others = family(model, cluster).into_iter().filter(|other| other.address != cluster.address);
    others
        .map(|other| {
            let what = format!("the cluster {} of the same multi-Region cluster", other.address);
            let mut copy = Copy::apart(what, other.region.clone(), other.account.clone(), Some(GLOBAL));
            copy.key = key_of(model, other.at("kms_key_arn"), other);
            copy.void = refusal(&copy.key, &other.region);
            copy.doubts.extend(other.doubt.iter().cloned());
            copy
        })
        .collect()
}
