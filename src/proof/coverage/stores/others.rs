//! Stores that a region keeps over several zones, with few ways to keep them otherwise.

use super::super::Scenario;
use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, History, Key, Store};
use super::super::policy::grants;
use super::super::vaults::seconds;
use super::rds::PITR;
use crate::proof::model::{Account, Known, Model, Node, Resource, Truth};

/// What AWS's "typically under a second" for tables in several regions counts as.
const GLOBAL: u64 = 60;

/// Stores that nothing but their region keeps.
const PLAIN: [&str; 4] =
    ["aws_sqs_queue", "aws_kinesis_stream", "aws_cognito_user_pool", "aws_timestreaminfluxdb_db_instance"];

const TIMESTREAM: Kind = Kind { service: "Timestream", continuous: None, own_encryption: true };

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    let plain = PLAIN.iter().flat_map(|kind| model.of_type(kind)).map(|resource| {
        let mut own = Copy::of_store(resource);
        if resource.kind.starts_with("aws_timestreaminfluxdb") {
            own.outlives_zone = resource.at("deployment_type").is_text("WITH_MULTIAZ_STANDBY");
        }
        Store { resource, copies: vec![own] }
    });
    let timestream = model.of_type("aws_timestreamwrite_table").map(|table| {
        let mut copies = vec![Copy::of_store(table)];
        copies.extend(recovery_points(model, table, TIMESTREAM, &Key::Service));
        Store { resource: table, copies }
    });
    let keyspaces =
        model.of_type("aws_keyspaces_table").map(|table| Store { resource: table, copies: keyspaces(model, table) });
    let images = model
        .of_type("aws_ecr_repository")
        .map(|repository| Store { resource: repository, copies: images(model, repository) });
    plain.chain(timestream).chain(keyspaces).chain(images).collect()
}

fn keyspaces(model: &Model, table: &Resource) -> Vec<Copy> {
    let mut all = vec![Copy::of_store(table)];
    let recovery = table.at("point_in_time_recovery.status");
    if recovery.is_text("ENABLED") || recovery.unknown().is_some() {
        // A deleted table can be restored from it for as long as it reaches back.
        let mut points = Copy::apart("point-in-time recovery", table.region.clone(), table.account.clone(), Some(PITR));
        points.history = Some(History { kept: Some(seconds(35.0)), gap: 0, distance: Some(PITR) });
        points.doubts.extend(recovery.unknown().map(str::to_owned));
        all.push(points);
    }
    let name = table.at("keyspace_name").text().get();
    let space = model.of_type("aws_keyspaces_keyspace").find(|space| space.at("name").text().get() == name);
    if let Some(space) = space {
        for region in space.at("replication_specification.region_list").items() {
            if *region != table.region {
                let what = format!("the replica of {}", space.address);
                let mut copy = Copy::apart(what, region.clone(), table.account.clone(), Some(GLOBAL));
                // A table is deleted in all its regions at once.
                copy.outlives_store = false;
                all.push(copy);
            }
        }
    }
    all
}

fn images(model: &Model, repository: &Resource) -> Vec<Copy> {
    let mut own = Copy::of_store(repository);
    "the repository".clone_into(&mut own.what);
    let mut all = vec![own.clone()];
    if model.referring("aws_ecr_lifecycle_policy", "repository", repository).is_empty() {
        // A push never removes an image, it takes its tag away.
        let mut images = own;
        "the images that were pushed before".clone_into(&mut images.what);
        images.only = vec![Scenario::Corruption];
        images.history = Some(History { kept: None, gap: 0, distance: Some(0) });
        all.push(images);
    }
    for registry in model.of_type("aws_ecr_replication_configuration") {
        if registry.region != repository.region || registry.account != repository.account {
            continue;
        }
        for rule in registry.at("replication_configuration").blocks("rule") {
            if !takes(rule, repository) {
                continue;
            }
            for destination in rule.blocks("destination") {
                all.push(registry_copy(model, registry, repository, destination));
            }
        }
    }
    all
}

fn takes(rule: &Node, repository: &Resource) -> bool {
    let name = repository.at("name").text().get().unwrap_or_default();
    let filters = rule.blocks("repository_filter");
    filters.is_empty()
        || filters.iter().any(|f| f.at("filter").text().get().is_some_and(|prefix| name.starts_with(&prefix)))
}

fn registry_copy(model: &Model, registry: &Resource, repository: &Resource, destination: &Node) -> Copy {
    let region = destination.at("region");
    let what = format!("the replica of {}", registry.address);
    let mut copy = Copy::apart(what, region.clone(), repository.account.clone(), None);
    copy.doubts.extend(registry.doubt.iter().cloned());
    let number = match destination.at("registry_id").text() {
        Known::Is(number) if number != repository.account.digits() => number,
        Known::Unknown(reason) => {
            copy.account = Account::Unknown(reason.clone());
            copy.doubts.push(reason);
            return copy;
        }
        _ => return copy,
    };
    let other = Account::Number(number.clone());
    let there = |policy: &&Resource| policy.account == other && policy.region == *region;
    match model.of_type("aws_ecr_registry_policy").find(there) {
        Some(policy) => {
            let takes = grants(policy.at("policy"), &other, &repository.account, &["ecr:ReplicateImage"]);
            copy.account = other;
            match takes {
                Truth::Yes => {}
                Truth::No => copy.void = Some(format!("{} does not let the store's account replicate", policy.address)),
                Truth::Unknown(reason) => copy.doubts.push(reason),
            }
        }
        None if matches!(repository.account, Account::Number(_))
            || model.resources().iter().any(|one| one.account == other) =>
        {
            copy.account = other;
            copy.void = Some("no registry policy of the other account is in the configuration".to_owned());
        }
        // Without a policy it is a copy only if the number is that of the store's own account.
        None => copy.doubts.push(format!("the configuration does not say whether {number} is the store's account")),
    }
    copy
}
