//! Tables of DynamoDB: global tables, point-in-time recovery, the backup that AWS makes of a deleted table, AWS Backup.

use super::super::Scenario;
use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, History, Key, Store, differs};
use super::super::keys::{key_of, refusal};
use super::super::vaults::seconds;
use super::rds::PITR;
use crate::proof::model::{Known, Model, NULL, Node, Resource, Target, Truth};

const BACKUP: Kind = Kind { service: "DynamoDB", continuous: None, own_encryption: true };

/// What AWS's "typically seconds" for global tables counts as.
const GLOBAL: u64 = 60;

/// How long point-in-time recovery reaches back unless the table says less, in days.
const WINDOW: f64 = 35.0;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    model.of_type("aws_dynamodb_table").map(|table| Store { resource: table, copies: copies(model, table) }).collect()
}

fn copies(model: &Model, table: &Resource) -> Vec<Copy> {
    let key = match table.at("server_side_encryption.enabled").flag().get() {
        Some(false) => Key::Service,
        _ => key_of(model, table.at("server_side_encryption.kms_key_arn"), table),
    };
    let mut own = Copy::of_store(table);
    own.key = key.clone();
    let mut all = vec![own];
    all.extend(recovery(table, &key));
    all.extend(inline_replicas(model, table, &key));
    all.extend(separate_replicas(model, table, &key));
    all.extend(old_global_tables(model, table));
    all.extend(recovery_points(model, table, BACKUP, &key));
    all
}

/// Point-in-time recovery, which goes with the table, and the backup that AWS then makes, which stays.
fn recovery(table: &Resource, key: &Key) -> Vec<Copy> {
    let mut doubts = Vec::new();
    let block = table.at("point_in_time_recovery");
    if !block.at("enabled").flag().assume(true, false, &mut doubts) {
        return Vec::new();
    }
    let days = block.at("recovery_period_in_days").number().assume(WINDOW, WINDOW, &mut doubts);
    let mut points = Copy::of_store(table);
    "point-in-time recovery".clone_into(&mut points.what);
    points.lag = Some(PITR);
    points.history = Some(History { kept: Some(seconds(days)), gap: 0, distance: Some(PITR) });
    points.key = key.clone();
    points.doubts.clone_from(&doubts);
    let mut system = Copy::apart(
        "the system backup that DynamoDB makes of a deleted table with point-in-time recovery",
        table.region.clone(),
        table.account.clone(),
        Some(0),
    );
    system.only = vec![Scenario::Deletion];
    system.key = key.clone();
    system.doubts = doubts;
    vec![points, system]
}

fn inline_replicas(model: &Model, table: &Resource, key: &Key) -> Vec<Copy> {
    let blocks = table.values.blocks("replica");
    let strong = blocks.iter().any(|block| block.at("consistency_mode").is_text("STRONG"));
    let replicas = blocks.into_iter().map(|block| {
        if let Node::Unknown(reason) = block {
            let mut copy = Copy::apart("a replica", Node::Unknown(reason.clone()), table.account.clone(), Some(GLOBAL));
            copy.doubts.push(reason.clone());
            return (copy, &NULL);
        }
        let region = match block.at("region_name") {
            Node::Null => table.region.clone(),
            region => region.clone(),
        };
        let own = key_of(model, block.at("kms_key_arn"), table);
        let given = block.at("kms_key_arn").is_set();
        (replica(table, key, region, own, given, strong), block.at("point_in_time_recovery"))
    });
    apart_from_their_past(replicas)
}

fn separate_replicas(model: &Model, table: &Resource, key: &Key) -> Vec<Copy> {
    let mut all = Vec::new();
    for resource in model.of_type("aws_dynamodb_table_replica") {
        let mut doubts: Vec<String> = resource.doubt.iter().cloned().collect();
        match model.resolve(&["aws_dynamodb_table"], resource.at("global_table_arn"), resource) {
            Target::Found(found) if found.address == table.address => {}
            Target::Unknown(reason) => doubts.push(reason),
            _ => continue,
        }
        let own = key_of(model, resource.at("kms_key_arn"), resource);
        let given = resource.at("kms_key_arn").is_set();
        let mut copy = replica(table, key, resource.region.clone(), own, given, false);
        copy.what = format!("the replica {}", resource.address);
        copy.doubts.extend(doubts);
        all.push((copy, resource.at("point_in_time_recovery")));
    }
    apart_from_their_past(all)
}

fn replica(table: &Resource, key: &Key, region: Node, own_key: Key, key_given: bool, strong: bool) -> Copy {
    let lag = if strong { 0 } else { GLOBAL };
    let mut copy = Copy::apart("the replica of the global table", region, table.account.clone(), Some(lag));
    if let Node::Text(region) = &copy.region {
        copy.what = format!("the replica in {region}");
    }
    copy.void = refused(table, key, &copy.region, &own_key, key_given);
    copy.key = own_key;
    if copy.void.is_none() {
        copy.doubts.extend(may_be_refused(table, key, key_given));
    }
    copy
}

/// Why it is not known whether DynamoDB takes a replica.
fn may_be_refused(table: &Resource, key: &Key, key_given: bool) -> Option<String> {
    if let (Key::Unknown(reason), false) = (key, key_given) {
        return Some(reason.clone());
    }
    let (enabled, view) = (table.at("stream_enabled"), table.at("stream_view_type"));
    match (enabled.flag(), view) {
        (Known::Is(true), Node::Unknown(reason)) => Some(reason.clone()),
        (Known::Unknown(reason), view) if view.is_set() && !view.is_text("NEW_AND_OLD_IMAGES") => Some(reason),
        _ => None,
    }
}

fn refused(table: &Resource, key: &Key, region: &Node, own_key: &Key, key_given: bool) -> Option<String> {
    if differs(region, &table.region) == Truth::No {
        return Some("its region is the table's own".to_owned());
    }
    let customer = matches!(key, Key::Held { .. });
    if customer && !key_given {
        return Some("a table under a customer's key needs a key for each replica".to_owned());
    }
    if !customer && key_given && *key == Key::Service {
        return Some("a replica under a customer's key needs a table under one".to_owned());
    }
    let view = table.at("stream_view_type");
    let streams = table.at("stream_enabled").flag().get() == Some(true);
    if streams && matches!(view, Node::Text(view) if !view.is_empty() && view != "NEW_AND_OLD_IMAGES") {
        return Some("a global table needs a stream of new and old images".to_owned());
    }
    refusal(own_key, region)
}

/// Global tables of 2017: tables of one name in several regions.
fn old_global_tables(model: &Model, table: &Resource) -> Vec<Copy> {
    let Some(name) = table.at("name").text().get() else { return Vec::new() };
    let of_name = model
        .of_type("aws_dynamodb_global_table")
        .filter(|global| global.at("name").text().get().as_ref() == Some(&name));
    let mut all = Vec::new();
    for global in of_name {
        for block in global.values.blocks("replica") {
            let region = block.at("region_name");
            let twin = model.of_type("aws_dynamodb_table").find(|other| {
                other.region == *region
                    && other.address != table.address
                    && other.at("name").text().get().as_ref() == Some(&name)
            });
            if let Some(twin) = twin {
                let what = format!("the replica {} of {}", twin.address, global.address);
                all.push(Copy::apart(what, twin.region.clone(), twin.account.clone(), Some(GLOBAL)));
            }
        }
    }
    all
}

/// A mirror and its past are two things: the one lags by its lag, the other, the replica's own recovery, reaches back before a damage
/// that came by replication.
fn apart_from_their_past<'n>(replicas: impl IntoIterator<Item = (Copy, &'n Node)>) -> Vec<Copy> {
    let mut all = Vec::new();
    for (mirror, recovery) in replicas {
        let mut past = mirror.clone();
        if recovery.flag().assume(true, false, &mut past.doubts) {
            past.what = format!("point-in-time recovery of {}", mirror.what);
            past.only = vec![Scenario::Corruption];
            past.history = Some(History { kept: Some(seconds(WINDOW)), gap: 0, distance: Some(PITR) });
            all.push(past);
        }
        all.push(mirror);
    }
    all
}
