//! Clusters of Redshift: snapshots every eight hours, copies of them in another region, AWS Backup.

use super::super::Scenario;
use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, History, Key, Store, differs};
use super::super::keys::{key_of, refusal};
use super::super::vaults::seconds;
use super::rds::encryption;
use crate::proof::model::{Model, Node, Resource, Truth};

const BACKUP: Kind = Kind { service: "Redshift", continuous: None, own_encryption: false };

/// Automated snapshots come at least every eight hours.
const GAP: u64 = 8 * 3_600;

/// What a copy to another region takes on top: AWS gives no bound, an hour is allowed for.
const COPY_TIME: u64 = 3_600;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    model
        .of_type("aws_redshift_cluster")
        .map(|cluster| Store { resource: cluster, copies: copies(model, cluster) })
        .collect()
}

fn copies(model: &Model, cluster: &Resource) -> Vec<Copy> {
    let key = encryption(model, cluster);
    let mut own = Copy::of_store(cluster);
    own.key = key.clone();
    let mut undecided = Vec::new();
    let node_type = cluster.at("node_type").text().assume(String::new(), String::new(), &mut undecided);
    let managed_storage = node_type.to_lowercase().starts_with("ra3");
    own.outlives_zone = managed_storage || cluster.at("multi_az").flag().assume(false, false, &mut undecided);
    let mut all = vec![own.clone()];
    if let (false, Some(reason)) = (own.outlives_zone, undecided.first()) {
        own.outlives_zone = true;
        all.push(own.if_so(&[Scenario::Zone], reason.as_str()));
    }
    let mut doubts = Vec::new();
    let days = cluster.at("automated_snapshot_retention_period").number().assume(7.0, 1.0, &mut doubts);
    let automated = days > 0.0 || managed_storage;
    if automated {
        let mut snapshots = Copy::of_store(cluster);
        "the automated snapshots".clone_into(&mut snapshots.what);
        snapshots.lag = Some(GAP);
        snapshots.history = Some(History { kept: Some(seconds(days)), gap: GAP, distance: Some(GAP) });
        snapshots.key = key.clone();
        snapshots.doubts.clone_from(&doubts);
        all.push(snapshots);
        all.extend(snapshot_copies(model, cluster, &key, &doubts));
    }
    all.extend(recovery_points(model, cluster, BACKUP, &key));
    all
}

fn snapshot_copies(model: &Model, cluster: &Resource, key: &Key, doubts: &[String]) -> Vec<Copy> {
    let apart = model.referring("aws_redshift_snapshot_copy", "cluster_identifier", cluster);
    let mut settings: Vec<(&Node, &Resource, &Node)> =
        apart.into_iter().map(|copy| (&copy.values, copy, copy.at("snapshot_copy_grant_name"))).collect();
    for block in cluster.values.blocks("snapshot_copy") {
        settings.push((block, cluster, block.at("grant_name")));
    }
    settings
        .into_iter()
        .map(|(values, owner, grant)| {
            let region = values.at("destination_region").clone();
            let what = format!("the snapshot copies of {}", owner.address);
            let mut copy = Copy::apart(what, region, cluster.account.clone(), Some(GAP + COPY_TIME));
            copy.doubts.extend(owner.doubt.iter().chain(doubts).cloned());
            // Copies of automated snapshots are automated ones too, and go with the cluster.
            copy.outlives_store = false;
            let days = values.at("retention_period").number().assume(7.0, 7.0, &mut copy.doubts);
            copy.history = Some(History { kept: Some(seconds(days)), gap: GAP, distance: Some(GAP) });
            let own_key = grant_key(model, grant, &copy.region);
            copy.doubts.extend(grant.unknown().map(str::to_owned));
            match own_key {
                Err(_) if grant.unknown().is_some() => {}
                Ok(granted) => copy.key = granted,
                Err(reason) if matches!(key, Key::Held { .. }) => copy.void = Some(reason),
                Err(_) => {}
            }
            if differs(&copy.region, &cluster.region) == Truth::No {
                copy.void = Some("its region is the cluster's own".to_owned());
            }
            copy
        })
        .collect()
}

/// The key of a grant in the other region; clusters under a customer's key need one.
fn grant_key(model: &Model, name: &Node, region: &Node) -> Result<Key, String> {
    let missing =
        || "copies of a cluster under a customer's key need a snapshot copy grant in the other region".to_owned();
    let Some(name) = name.text().get() else { return Err(missing()) };
    let grant = model.of_type("aws_redshift_snapshot_copy_grant").find(|grant| {
        grant.at("snapshot_copy_grant_name").text().get().as_ref() == Some(&name) && grant.region == *region
    });
    let grant = grant.ok_or_else(missing)?;
    let key = key_of(model, grant.at("kms_key_id"), grant);
    refusal(&key, region).map_or(Ok(key), Err)
}
