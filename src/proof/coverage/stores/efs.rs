//! File systems of EFS: one zone or several, replication, automatic backups, AWS Backup.

use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, DAY, History, Key, Store, differs};
use super::super::keys::{key_of, refusal};
use super::rds::encryption;
use crate::proof::model::{Model, Node, Resource, Target, Truth};
use crate::proof::refusal::file_systems::may_be_overwritten;

const BACKUP: Kind = Kind { service: "EFS", continuous: None, own_encryption: true };

/// What EFS promises for replication.
const REPLICATION: u64 = 900;

/// The automatic backups: once a day, started within eight hours, kept for 35 days.
const AUTOMATIC_GAP: u64 = DAY + 8 * 3_600;
const AUTOMATIC_KEPT: u64 = 35 * DAY;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    let targets: Vec<&str> = model
        .of_type("aws_efs_replication_configuration")
        .filter_map(|replication| match target(model, replication) {
            Target::Found(found) => Some(found.address.as_str()),
            _ => None,
        })
        .collect();
    model
        .of_type("aws_efs_file_system")
        .filter(|system| !targets.contains(&system.address.as_str()))
        .map(|system| Store { resource: system, copies: copies(model, system) })
        .collect()
}

fn target<'m>(model: &'m Model, replication: &Resource) -> Target<'m> {
    let named = replication.at("destination.file_system_id");
    let kinds = ["aws_efs_file_system"];
    model.resolve(&kinds, named, replication)
}

fn copies(model: &Model, system: &Resource) -> Vec<Copy> {
    let key = encryption(model, system);
    let mut own = Copy::of_store(system);
    let zone = system.at("availability_zone_name");
    own.outlives_zone = !zone.is_set();
    if let Node::Unknown(reason) = zone {
        own.outlives_zone = true;
        own.doubts.push(reason.clone());
    }
    own.key = key.clone();
    let mut all = vec![own];
    all.extend(automatic_backups(model, system, &key));
    all.extend(replicas(model, system));
    all.extend(recovery_points(model, system, BACKUP, &key));
    all
}

/// EFS backs up by itself where the policy says so, and one-zone file systems unless it says otherwise.
fn automatic_backups(model: &Model, system: &Resource, key: &Key) -> Option<Copy> {
    let policies = model.referring("aws_efs_backup_policy", "file_system_id", system);
    let status = policies.first().map_or(&Node::Null, |policy| policy.at("backup_policy.status"));
    let mut copy =
        Copy::apart("the automatic backups", system.region.clone(), system.account.clone(), Some(AUTOMATIC_GAP));
    copy.history = Some(History { kept: Some(AUTOMATIC_KEPT), gap: AUTOMATIC_GAP, distance: Some(AUTOMATIC_GAP) });
    copy.key = key.clone();
    copy.doubts.extend(policies.first().and_then(|policy| policy.doubt.clone()));
    match status {
        Node::Unknown(reason) => copy.doubts.push(reason.clone()),
        status if status.is_text("ENABLED") => {}
        Node::Null => match system.at("availability_zone_name") {
            Node::Null => return None,
            Node::Unknown(reason) => copy.doubts.push(reason.clone()),
            _ => {}
        },
        _ => return None,
    }
    Some(copy)
}

fn replicas(model: &Model, system: &Resource) -> Vec<Copy> {
    model
        .referring("aws_efs_replication_configuration", "source_file_system_id", system)
        .into_iter()
        .flat_map(|replication| {
            replication.values.blocks("destination").into_iter().map(move |block| (replication, block))
        })
        .map(|(replication, block)| replica(model, system, replication, block))
        .collect()
}

fn replica(model: &Model, system: &Resource, replication: &Resource, block: &Node) -> Copy {
    let what = format!("the replica of {}", replication.address);
    let found = target(model, replication);
    let region = match (block.at("region"), &found) {
        (Node::Null, Target::Found(found)) => found.region.clone(),
        (Node::Null, _) => system.region.clone(),
        (region, _) => region.clone(),
    };
    let mut copy = Copy::apart(what, region, system.account.clone(), Some(REPLICATION));
    copy.doubts.extend(replication.doubt.iter().cloned());
    copy.doubts.extend(block.unknown().map(str::to_owned));
    let mut zone = block.at("availability_zone_name");
    if let Target::Found(found) = &found {
        copy.account = found.account.clone();
        copy.key = encryption(model, found);
        zone = found.at("availability_zone_name");
        match may_be_overwritten(found) {
            Truth::Yes => {}
            Truth::No => copy.void = Some(format!("{} is protected from being overwritten", found.address)),
            Truth::Unknown(reason) => copy.doubts.push(reason),
        }
    } else {
        copy.key = key_of(model, block.at("kms_key_id"), replication);
        copy.void = refusal(&copy.key, &copy.region);
    }
    if differs(&copy.region, &system.region) == Truth::No {
        copy.outlives_zone = match (zone, system.at("availability_zone_name")) {
            (Node::Text(one), Node::Text(other)) => one != other,
            (Node::Text(_) | Node::Unknown(_), _) => false,
            _ => true,
        };
    }
    copy
}
