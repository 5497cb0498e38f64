//! Instances of RDS: automated backups, a second zone, read replicas, replicated backups, AWS Backup.

use super::super::Scenario;
use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, History, Key, Store, differs};
use super::super::keys::{key_of, need_key, refusal};
use super::super::vaults::seconds;
use crate::proof::model::{Model, Node, Resource, Target, Truth};

const BACKUP: Kind = Kind { service: "RDS", continuous: Some(PITR), own_encryption: false };

/// How close RDS comes to any moment.
pub(super) const PITR: u64 = 300;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    model
        .of_type("aws_db_instance")
        .filter(|instance| !instance.at("replicate_source_db").is_set())
        .map(|instance| Store { resource: instance, copies: copies(model, instance) })
        .collect()
}

fn copies(model: &Model, instance: &Resource) -> Vec<Copy> {
    let key = encryption(model, instance);
    let mut all = vec![itself(instance, &key)];
    let mut doubts = Vec::new();
    let retention = instance.at("backup_retention_period").number().assume(7.0, 0.0, &mut doubts);
    let backups = retention > 0.0;
    if backups {
        let mut automated = automated(instance, retention);
        automated.key = key.clone();
        automated.doubts.clone_from(&doubts);
        all.push(automated);
    }
    let mut others: Vec<Copy> = replicas(model, instance);
    others.extend(replicated_backups(model, instance));
    for copy in &mut others {
        if backups {
            copy.doubts.extend(doubts.iter().cloned());
        } else if copy.void.is_none() {
            copy.void =
                Some("RDS replicates only what has automated backups, and backup_retention_period is 0".to_owned());
        }
    }
    all.extend(others);
    all.extend(recovery_points(model, instance, BACKUP, &key));
    all
}

fn itself(instance: &Resource, key: &Key) -> Copy {
    let mut own = Copy::of_store(instance);
    own.outlives_zone = instance.at("multi_az").flag().assume(true, false, &mut own.doubts);
    if own.outlives_zone {
        "the standby in another zone".clone_into(&mut own.what);
    }
    own.key = key.clone();
    own
}

fn automated(instance: &Resource, days: f64) -> Copy {
    let mut copy = Copy::of_store(instance);
    "the automated backups".clone_into(&mut copy.what);
    copy.lag = Some(PITR);
    copy.history = Some(History { kept: Some(seconds(days)), gap: 0, distance: Some(PITR) });
    copy
}

/// The key of encrypted storage.
pub(super) fn encryption(model: &Model, store: &Resource) -> Key {
    key_of(model, store.at("kms_key_id"), store)
}

fn replicas(model: &Model, instance: &Resource) -> Vec<Copy> {
    let mut all = Vec::new();
    let mut followed = vec![instance];
    // A replica of a replica holds the data too.
    while let Some(source) = followed.pop() {
        for replica in model.of_type("aws_db_instance") {
            match model.resolve(&["aws_db_instance"], replica.at("replicate_source_db"), replica) {
                Target::Found(found) if found.address == source.address => {
                    let copy = replica_of(model, instance, source, replica);
                    all.extend(backups_of(instance, replica, &copy));
                    all.push(copy);
                    followed.push(replica);
                }
                Target::Unknown(reason) if source.address == instance.address => {
                    let mut copy = replica_of(model, instance, source, replica);
                    copy.doubts.push(reason);
                    all.push(copy);
                }
                _ => {}
            }
        }
    }
    all
}

fn replica_of(model: &Model, instance: &Resource, source: &Resource, replica: &Resource) -> Copy {
    let what = format!("the read replica {}", replica.address);
    let mut copy = Copy::apart(what, replica.region.clone(), replica.account.clone(), None);
    copy.doubts.extend(replica.doubt.iter().cloned());
    let crosses = differs(&replica.region, &source.region) == Truth::Yes;
    copy.outlives_zone = crosses || in_another_zone(instance, replica);
    copy.key = key_of(model, replica.at("kms_key_id"), replica);
    if crosses {
        copy.void = refusal(&copy.key, &replica.region).or_else(|| unnamed(replica));
        let refused = "a replica of encrypted storage in another region needs a kms_key_id of that region";
        need_key(&[source], replica.at("kms_key_id"), &mut copy, refused);
    } else if !replica.at("kms_key_id").is_set() {
        copy.key = encryption(model, source);
    }
    copy
}

/// What a replica keeps of the past: automated backups of its own, which SQL Server has not.
fn backups_of(instance: &Resource, replica: &Resource, copy: &Copy) -> Option<Copy> {
    let of_sql_server = instance.at("engine").text().get().is_some_and(|engine| engine.starts_with("sqlserver"));
    let days = replica.at("backup_retention_period").number().get().filter(|days| *days > 0.0 && !of_sql_server)?;
    Some(past_of(replica, days, copy))
}

/// The automated backups of something that follows.
pub(super) fn past_of(replica: &Resource, days: f64, copy: &Copy) -> Copy {
    let mut backups = copy.clone();
    backups.what = format!("the automated backups of {}", replica.address);
    backups.only = vec![Scenario::Corruption];
    backups.history = Some(History { kept: Some(seconds(days)), gap: 0, distance: Some(PITR) });
    backups
}

/// Why RDS refuses a replica in another region: its source is not named as another region knows it.
fn unnamed(replica: &Resource) -> Option<String> {
    let by_arn = match replica.at("replicate_source_db") {
        Node::Text(text) => text.starts_with("arn:"),
        Node::Null | Node::Unknown(_) => true,
        _ => false,
    };
    (!by_arn).then(|| "a replica in another region must name its source by ARN".to_owned())
}

/// Whether a replica in the same region stays when the store's zone is lost, whichever that is.
fn in_another_zone(instance: &Resource, replica: &Resource) -> bool {
    if replica.at("multi_az").flag().get() == Some(true) {
        return true;
    }
    match (instance.at("availability_zone"), replica.at("availability_zone")) {
        (Node::Text(one), Node::Text(other)) => one != other,
        _ => false,
    }
}

fn replicated_backups(model: &Model, instance: &Resource) -> Vec<Copy> {
    let mut all = Vec::new();
    for replication in model.of_type("aws_db_instance_automated_backups_replication") {
        let mut doubts: Vec<String> = replication.doubt.iter().cloned().collect();
        match model.resolve(&["aws_db_instance"], replication.at("source_db_instance_arn"), replication) {
            Target::Found(found) if found.address == instance.address => {}
            Target::Unknown(reason) => doubts.push(reason),
            _ => continue,
        }
        let what = format!("the replicated backups of {}", replication.address);
        let mut copy = Copy::apart(what, replication.region.clone(), replication.account.clone(), None);
        let days = replication.at("retention_period").number().assume(7.0, 7.0, &mut doubts);
        copy.history = Some(History { kept: Some(seconds(days)), gap: 0, distance: Some(PITR) });
        copy.key = key_of(model, replication.at("kms_key_id"), replication);
        copy.doubts = doubts;
        copy.void = refused_backups(instance, replication, &copy.key);
        let refused = "backups of encrypted storage need a kms_key_id of the other region";
        need_key(&[instance], replication.at("kms_key_id"), &mut copy, refused);
        all.push(copy);
    }
    all
}

fn refused_backups(instance: &Resource, replication: &Resource, key: &Key) -> Option<String> {
    if differs(&instance.region, &replication.region) == Truth::No {
        return Some(
            "RDS replicates backups into another region only, and its provider's region is the store's".to_owned(),
        );
    }
    refusal(key, &replication.region)
}
