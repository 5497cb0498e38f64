//! Stores that are in one region, whose past and zones the configuration says little about.

use super::super::Scenario;
use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, DAY, History, Key, Store};
use super::super::vaults::seconds;
use super::rds::encryption;
use crate::proof::model::{Model, Node, Resource, Target};

/// What of a store is certain without its arguments.
struct Regional {
    kind: &'static str,
    /// Whether it is kept in several zones; where that is not known, because.
    zones: Result<bool, &'static str>,
    /// Whether a state from before a damage is left; where that is not known, because.
    past: Result<Option<History>, &'static str>,
}

const NOT_EXAMINED: &str = "that is not examined by dr-synth";

const KINDS: [Regional; 11] = [
    regional("aws_codecommit_repository", Ok(true), Err("a push may leave the commits before it, or replace them")),
    // Recovery points every half an hour, for a day.
    regional(
        "aws_redshiftserverless_namespace",
        Ok(true),
        Ok(Some(History { kept: Some(DAY), gap: 1_800, distance: Some(1_800) })),
    ),
    regional("aws_dsql_cluster", Ok(true), Ok(None)),
    regional("aws_glacier_vault", Ok(true), Ok(None)),
    regional("aws_lightsail_database", Err(NOT_EXAMINED), Err(NOT_EXAMINED)),
    regional("aws_msk_cluster", Err("how many brokers keep a topic is decided by the topic"), Ok(None)),
    regional("aws_msk_serverless_cluster", Ok(true), Ok(None)),
    regional("aws_neptunegraph_graph", Err(NOT_EXAMINED), Ok(None)),
    regional("aws_opensearchserverless_collection", Ok(true), Err(NOT_EXAMINED)),
    regional("aws_s3tables_table_bucket", Ok(true), Err("a table may keep the snapshot before the damage, or not")),
    regional("aws_workspaces_workspace", Err(NOT_EXAMINED), Err(NOT_EXAMINED)),
];

const fn regional(
    kind: &'static str,
    zones: Result<bool, &'static str>,
    past: Result<Option<History>, &'static str>,
) -> Regional {
    Regional { kind, zones, past }
}

/// What AWS Backup takes of them.
const BACKED_UP: [(&str, Kind); 2] = [
    (
        "aws_redshiftserverless_namespace",
        Kind { service: "Redshift Serverless", continuous: None, own_encryption: false },
    ),
    ("aws_dsql_cluster", Kind { service: "DSQL", continuous: None, own_encryption: true }),
];

/// A day between two snapshots of an elastic cluster, and the window of half an hour.
const ELASTIC_GAP: u64 = DAY + 1_800;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    let plain = KINDS.iter().flat_map(|regional| {
        model.of_type(regional.kind).map(|resource| Store { resource, copies: copies(model, regional, resource) })
    });
    let elastic =
        model.of_type("aws_docdbelastic_cluster").map(|resource| Store { resource, copies: elastic(resource) });
    let brokers = model
        .of_type("aws_mq_broker")
        .filter(|broker| !broker.at("data_replication_primary_broker_arn").is_set())
        .map(|resource| Store { resource, copies: broker(model, resource) });
    plain.chain(elastic).chain(brokers).collect()
}

fn copies(model: &Model, regional: &Regional, resource: &Resource) -> Vec<Copy> {
    let own = Copy::of_store(resource);
    let mut all = in_zones(own.clone(), regional.zones.map_err(str::to_owned));
    match regional.past {
        Ok(None) => {}
        Ok(Some(history)) => all.push(past(&own, history)),
        Err(reason) => {
            let history = History { kept: None, gap: 0, distance: None };
            all.push(past(&own, history).if_so(&[Scenario::Corruption], reason));
        }
    }
    all.extend(locked_archives(model, resource, &own));
    all.extend(replicated_topics(model, resource));
    all.extend(peers(model, resource));
    if let Some((_, kind)) = BACKED_UP.iter().find(|(kind, _)| *kind == resource.kind) {
        all.extend(recovery_points(model, resource, *kind, &Key::Service));
    }
    all
}

/// The store itself, which is in several zones, in one, or in as many as is not known.
fn in_zones(mut own: Copy, zones: Result<bool, String>) -> Vec<Copy> {
    own.outlives_zone = zones == Ok(true);
    let mut all = vec![own.clone()];
    if let Err(reason) = zones {
        own.outlives_zone = true;
        all.push(own.if_so(&[Scenario::Zone], reason));
    }
    all
}

fn past(own: &Copy, history: History) -> Copy {
    let mut past = own.clone();
    "what the service keeps of the past".clone_into(&mut past.what);
    past.only = vec![Scenario::Corruption];
    past.history = Some(history);
    past
}

/// What the policy of a locked vault keeps from being deleted is not read.
fn locked_archives(model: &Model, vault: &Resource, own: &Copy) -> Option<Copy> {
    let locks = model.referring("aws_glacier_vault_lock", "vault_name", vault);
    let lock = locks.into_iter().find(|lock| lock.at("complete_lock").flag().get() != Some(false))?;
    let mut copy = own.clone();
    (copy.outlives_store, copy.lock) = (true, Some(format!("{} locks it", lock.address)));
    copy.history = Some(History { kept: None, gap: 0, distance: Some(0) });
    let reason = format!("what the policy of {} locks is not examined by dr-synth", lock.address);
    Some(copy.if_so(&[Scenario::Deletion, Scenario::Corruption, Scenario::Credential], reason))
}

/// What a replicator copies to the cluster of another region; AWS gives no bound.
fn replicated_topics(model: &Model, cluster: &Resource) -> Vec<Copy> {
    let kinds = ["aws_msk_cluster", "aws_msk_serverless_cluster"];
    let mut all = Vec::new();
    for replicator in model.of_type("aws_msk_replicator") {
        for info in replicator.values.blocks("replication_info_list") {
            let source = model.resolve(&kinds, info.at("source_kafka_cluster_arn"), replicator).found();
            if source.is_none_or(|source| source.address != cluster.address) {
                continue;
            }
            let target = model.resolve(&kinds, info.at("target_kafka_cluster_arn"), replicator).found();
            let Some(target) = target else { continue };
            let what = format!("what {} replicates to {}", replicator.address, target.address);
            let mut copy = Copy::apart(what, target.region.clone(), target.account.clone(), None);
            copy.doubts.extend(replicator.doubt.iter().chain(&target.doubt).cloned());
            let topics = info.at("topic_replication");
            let taken = topics.at("topics_to_replicate").items();
            if topics.at("topics_to_exclude").is_set() || !taken.iter().any(|topic| topic.is_text(".*")) {
                copy.void = Some("it replicates only some of the topics".to_owned());
                if let Some(reason) = taken.iter().find_map(|topic| topic.unknown()) {
                    copy.void = None;
                    copy.doubts.push(reason.to_owned());
                }
            }
            all.push(copy);
        }
    }
    all
}

/// Clusters of Aurora DSQL that are peers write together.
fn peers(model: &Model, cluster: &Resource) -> Vec<Copy> {
    let mut all = Vec::new();
    for peering in model.referring("aws_dsql_cluster_peering", "identifier", cluster) {
        for arn in peering.at("clusters").items() {
            let found = match model.resolve(&["aws_dsql_cluster"], arn, peering) {
                Target::Found(found) if found.address != cluster.address => found,
                _ => continue,
            };
            let what = format!("the peer {} of {}", found.address, peering.address);
            let mut copy = Copy::apart(what, found.region.clone(), found.account.clone(), Some(0));
            copy.doubts.extend(peering.doubt.iter().chain(&found.doubt).cloned());
            all.push(copy);
        }
    }
    all
}

/// Elastic clusters of `DocumentDB`: storage over three zones, snapshots once a day.
fn elastic(cluster: &Resource) -> Vec<Copy> {
    let own = Copy::of_store(cluster);
    let mut snapshots = own.clone();
    "the daily snapshots".clone_into(&mut snapshots.what);
    let days = cluster.at("backup_retention_period").number().assume(7.0, 1.0, &mut snapshots.doubts);
    snapshots.lag = Some(ELASTIC_GAP);
    snapshots.history = Some(History { kept: Some(seconds(days)), gap: ELASTIC_GAP, distance: Some(ELASTIC_GAP) });
    vec![own, snapshots]
}

/// Brokers of Amazon MQ: `ActiveMQ` keeps messages in a file system over zones unless told otherwise, `RabbitMQ` in its nodes.
fn broker(model: &Model, broker: &Resource) -> Vec<Copy> {
    let mut own = Copy::of_store(broker);
    own.key = encryption(model, broker);
    let (engine, storage, mode) = (broker.at("engine_type"), broker.at("storage_type"), broker.at("deployment_mode"));
    let zones = match [engine, storage, mode].into_iter().find_map(Node::unknown) {
        Some(reason) => Err(reason.to_owned()),
        None if engine.is_text("RabbitMQ") && mode.is_text("CLUSTER_MULTI_AZ") => {
            Err("how many nodes keep a queue is decided by the queue and its policy".to_owned())
        }
        None => Ok(engine.is_text("ActiveMQ") && !storage.is_text("EBS")),
    };
    let mut all = in_zones(own, zones);
    for replica in model.referring("aws_mq_broker", "data_replication_primary_broker_arn", broker) {
        let what = format!("the replica {}", replica.address);
        let mut copy = Copy::apart(what, replica.region.clone(), replica.account.clone(), None);
        copy.doubts.extend(replica.doubt.iter().cloned());
        all.push(copy);
    }
    all
}
