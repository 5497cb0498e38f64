//! Clusters with storage of their own over three zones: Aurora, `DocumentDB`, Neptune, and the Multi-AZ clusters of RDS.

use super::super::Scenario;
use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, History, Key, Store, bounded, differs};
use super::super::keys::{key_of, need_key, refusal};
use super::super::vaults::seconds;
use super::rds::{PITR, encryption, past_of};
use crate::proof::model::{Account, Model, Node, Resource, Target, Truth};
use crate::proof::refusal::global_clusters::of_secondary;

/// What AWS's "typically seconds" for global databases counts as.
const GLOBAL: u64 = 60;

/// A window, in seconds, that reaches back before a damage that is seen after a day.
const DAY_AND_MORE: f64 = 259_200.0;

/// A family of clusters.
struct Family {
    cluster: &'static str,
    global: &'static str,
    backup: Kind,
}

const FAMILIES: [Family; 3] = [
    Family {
        cluster: "aws_rds_cluster",
        global: "aws_rds_global_cluster",
        backup: Kind { service: "Aurora", continuous: Some(PITR), own_encryption: false },
    },
    Family {
        cluster: "aws_docdb_cluster",
        global: "aws_docdb_global_cluster",
        backup: Kind { service: "DocumentDB", continuous: None, own_encryption: false },
    },
    Family {
        cluster: "aws_neptune_cluster",
        global: "aws_neptune_global_cluster",
        backup: Kind { service: "Neptune", continuous: None, own_encryption: false },
    },
];

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    FAMILIES.iter().flat_map(|family| of_family(model, family)).collect()
}

fn of_family<'m>(model: &'m Model, family: &Family) -> Vec<Store<'m>> {
    model
        .of_type(family.cluster)
        .filter(|cluster| !cluster.at("replication_source_identifier").is_set() && leads(model, family, cluster))
        .map(|cluster| Store { resource: cluster, copies: copies(model, family, cluster) })
        .collect()
}

/// Whether a cluster of a global database is the one that is written to.
pub(in crate::proof) fn is_primary(model: &Model, cluster: &Resource) -> bool {
    FAMILIES.iter().any(|family| family.cluster == cluster.kind && leads(model, family, cluster))
}

/// Whether a cluster is written to: alone, or the primary of its global cluster.
fn leads(model: &Model, family: &Family, cluster: &Resource) -> bool {
    let Some(global) = global_of(model, family, cluster) else { return true };
    let mut members = members(model, family, global);
    members.retain(|member| member.address != cluster.address);
    if let Target::Found(source) = model.resolve(&[family.cluster], global.at("source_db_cluster_identifier"), global) {
        return source.address == cluster.address;
    }
    let own = weight(model, cluster, &members);
    members.iter().all(|member| weight(model, member, &[cluster]) <= own)
}

/// How much speaks for a cluster as the primary: only the primary may have what a new database is made from, and the others wait for it.
fn weight(model: &Model, cluster: &Resource, others: &[&Resource]) -> u8 {
    let origins = ["master_username", "database_name", "snapshot_identifier", "restore_to_point_in_time", "s3_import"];
    let origin = origins.iter().any(|name| cluster.at(name).is_set());
    let waited_for = others.iter().any(|other| other.depends_on.iter().any(|on| related(model, on, cluster)));
    let waits = cluster.depends_on.iter().any(|on| others.iter().any(|other| related(model, on, other)));
    let remote = cluster.at("source_region").is_set();
    8 * u8::from(origin) + 4 * u8::from(!remote) + 2 * u8::from(waited_for) + u8::from(!waits)
}

/// Whether an address is that of a cluster or of one of its instances.
fn related(model: &Model, on: &str, cluster: &Resource) -> bool {
    let is = |address: &str| address == on || address.starts_with(&format!("{on}["));
    let instances = format!("{}_instance", cluster.kind);
    is(&cluster.address)
        || model.referring(&instances, "cluster_identifier", cluster).iter().any(|instance| is(&instance.address))
}

fn global_of<'m>(model: &'m Model, family: &Family, cluster: &Resource) -> Option<&'m Resource> {
    match model.resolve(&[family.global], cluster.at("global_cluster_identifier"), cluster) {
        Target::Found(global) => Some(global),
        _ => model.of_type(family.global).find(|global| {
            matches!(model.resolve(&[family.cluster], global.at("source_db_cluster_identifier"), global),
                Target::Found(source) if source.address == cluster.address)
        }),
    }
}

fn members<'m>(model: &'m Model, family: &Family, global: &Resource) -> Vec<&'m Resource> {
    model
        .of_type(family.cluster)
        .filter(|cluster| global_of(model, family, cluster).is_some_and(|own| own.address == global.address))
        .collect()
}

fn copies(model: &Model, family: &Family, cluster: &Resource) -> Vec<Copy> {
    let key = encryption(model, cluster);
    let mut own = Copy::of_store(cluster);
    "the storage over three zones".clone_into(&mut own.what);
    own.key = key.clone();
    let mut all = vec![own];
    let mut doubts = Vec::new();
    let days = cluster.at("backup_retention_period").number().assume(7.0, 1.0, &mut doubts).max(1.0);
    let mut automated = Copy::of_store(cluster);
    "the automated backups".clone_into(&mut automated.what);
    automated.lag = Some(PITR);
    automated.history = Some(History { kept: Some(seconds(days)), gap: 0, distance: Some(PITR) });
    automated.key = key.clone();
    automated.doubts = doubts;
    all.push(automated);
    all.extend(backtrack(cluster, &key));
    all.extend(secondaries(model, family, cluster));
    all.extend(replicas(model, family, cluster));
    all.extend(recovery_points(model, cluster, family.backup, &key));
    all
}

/// Aurora `MySQL` turns a cluster back to any moment of its window; AWS does not say how close it comes.
fn backtrack(cluster: &Resource, key: &Key) -> Option<Copy> {
    let mut copy = Copy::of_store(cluster);
    let window = cluster.at("backtrack_window").number().assume(DAY_AND_MORE, 0.0, &mut copy.doubts);
    if window <= 0.0 || !cluster.at("engine").is_text("aurora-mysql") {
        return None;
    }
    "the backtrack window".clone_into(&mut copy.what);
    copy.only = vec![Scenario::Corruption];
    copy.history = Some(History { kept: Some(bounded(window, 1)), gap: 0, distance: None });
    copy.key = key.clone();
    Some(copy)
}

fn secondaries(model: &Model, family: &Family, cluster: &Resource) -> Vec<Copy> {
    let unknown = cluster.at("global_cluster_identifier").unknown().map(str::to_owned);
    let Some(global) = global_of(model, family, cluster) else {
        return unknown.map(|reason| undecided(cluster, reason)).into_iter().collect();
    };
    members(model, family, global)
        .into_iter()
        .filter(|member| member.address != cluster.address)
        .map(|member| {
            let mut copy = follower(model, cluster, member, Some(GLOBAL));
            copy.what = format!("the secondary {} of {}", member.address, global.address);
            copy.doubts.extend(global.doubt.iter().cloned());
            if differs(&member.region, &cluster.region) == Truth::No {
                copy.void = Some("a global database has one cluster a region".to_owned());
            }
            copy.void = copy.void.take().or_else(|| of_secondary(cluster, member));
            copy
        })
        .collect()
}

/// Whether the cluster is in a global database cannot be told.
fn undecided(cluster: &Resource, reason: String) -> Copy {
    let mut copy =
        Copy::apart("a global database", Node::Unknown(reason.clone()), cluster.account.clone(), Some(GLOBAL));
    copy.doubts.push(reason);
    copy
}

fn replicas(model: &Model, family: &Family, cluster: &Resource) -> Vec<Copy> {
    model
        .referring(family.cluster, "replication_source_identifier", cluster)
        .into_iter()
        .filter(|replica| global_of(model, family, replica).is_none())
        .flat_map(|replica| {
            let copy = follower(model, cluster, replica, None);
            let days = replica.at("backup_retention_period").number().get().unwrap_or(1.0);
            [past_of(replica, days, &copy), copy]
        })
        .collect()
}

fn follower(model: &Model, cluster: &Resource, member: &Resource, lag: Option<u64>) -> Copy {
    let what = format!("the replica {}", member.address);
    let mut copy = Copy::apart(what, member.region.clone(), member.account.clone(), lag);
    copy.key = key_of(model, member.at("kms_key_id"), member);
    copy.doubts.extend(member.doubt.iter().cloned());
    if differs(&member.region, &cluster.region) == Truth::Yes {
        let refused = "encrypted storage in another region needs a kms_key_id of that region";
        need_key(&[cluster, member], member.at("kms_key_id"), &mut copy, refused);
    }
    if copy.void.is_some() {
        return copy;
    }
    if member.account.differs_from(&cluster.account) == Truth::Yes {
        copy.void = Some("a replica belongs to the account of its source".to_owned());
        copy.account = Account::clone(&cluster.account);
    } else {
        copy.void = refusal(&copy.key, &member.region);
    }
    copy
}
