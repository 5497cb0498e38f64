//! AWS Backup: what selections store, copy and test.

use super::super::bill::Basis;
use super::{HOURS, Meter};
use crate::proof::coverage::schedule::longest_gap;
use crate::proof::model::{Known, Model, Node, Resource, Target};

/// What can be selected and has a price.
const STORES: [&str; 4] = ["aws_rds_cluster", "aws_dynamodb_table", "aws_dynamodb_table_replica", "aws_s3_bucket"];

/// The days for which Aurora keeps backups where nothing is said.
const DEFAULT_RETENTION_DAYS: f64 = 1.0;

const DAY_SECONDS: f64 = 86_400.0;

/// What is charged for a kind of store.
struct Charges {
    backups: &'static str,
    copies: &'static str,
    /// The quantity that says how large a backup is.
    size: &'static str,
    /// The days whose backups cost nothing.
    free_days: f64,
}

fn charges(store: &Resource) -> Charges {
    match store.kind.as_str() {
        "aws_rds_cluster" => {
            let days = store.at("backup_retention_period").number().get().unwrap_or(DEFAULT_RETENTION_DAYS);
            Charges { backups: "backup.aurora", copies: "backup.aurora.copies", size: "storage_gb", free_days: days }
        }
        "aws_s3_bucket" => Charges { backups: "backup.s3", copies: "backup.s3", size: "backup_gb", free_days: 0.0 },
        _ => Charges { backups: "backup.dynamodb", copies: "backup.dynamodb", size: "storage_gb", free_days: 0.0 },
    }
}

pub(super) fn selection(meter: &mut Meter<'_>, selection: &Resource) {
    let model = meter.model;
    let Target::Found(plan) = model.resolve(&["aws_backup_plan"], selection.at("plan_id"), selection) else {
        return meter.gap(selection, "the plan of the selection is not in the configuration".to_owned());
    };
    if selection.at("selection_tag").is_set() || selection.at("condition").is_set() {
        meter.gap(selection, "what is selected by tags and conditions is not counted".to_owned());
    }
    for item in selection.at("resources").items() {
        let Some(store) = store(meter, selection, item) else { continue };
        for rule in plan.values.blocks("rule") {
            kept(meter, selection, store, rule);
        }
    }
}

/// The store behind an ARN.
fn store<'m>(meter: &mut Meter<'m>, selection: &Resource, arn: &Node) -> Option<&'m Resource> {
    let what = match meter.model.resolve(&STORES, arn, selection) {
        Target::Found(store) => return Some(store),
        Target::Outside(arn) => match replica(meter.model, &arn) {
            Some(replica) => return Some(replica),
            None => "what is selected is not in the configuration, or has no price".to_owned(),
        },
        Target::Unknown(reason) => format!("what is selected is not known: {reason}"),
        Target::Nothing => "nothing is selected".to_owned(),
    };
    meter.gap(selection, what);
    None
}

/// A replica has the name of its table, and an ARN in its own region.
fn replica<'m>(model: &'m Model, arn: &str) -> Option<&'m Resource> {
    let (place, name) = arn.split_once(":table/")?;
    let region = place.strip_prefix("arn:aws:dynamodb:")?.split(':').next()?;
    let table =
        model.of_type("aws_dynamodb_table").find(|table| table.at("name").text() == Known::Is(name.to_owned()))?;
    let replicas = model.referring("aws_dynamodb_table_replica", "global_table_arn", table);
    replicas.into_iter().find(|replica| replica.region_name() == region)
}

fn kept(meter: &mut Meter<'_>, selection: &Resource, store: &Resource, rule: &Node) {
    let expression = rule.at("schedule").text().get();
    let interval = expression.and_then(|expression| longest_gap(&expression)).and_then(|gap| u32::try_from(gap).ok());
    let Some(days) = interval.map(|seconds| f64::from(seconds) / DAY_SECONDS).filter(|days| *days > 0.0) else {
        return meter.gap(selection, "how often it is backed up is not known".to_owned());
    };
    let charges = charges(store);
    let Some((size, basis)) = meter.usage_of(store, charges.size) else { return };
    let points = |after: &Node| match after.number() {
        Known::Is(kept) => Some((kept / days).floor().max(1.0)),
        _ => None,
    };
    let Some(own) = points(rule.at("lifecycle.delete_after")) else {
        return meter.gap(selection, "backups are kept for ever, or for an unknown time".to_owned());
    };
    let free = (charges.free_days / days).floor();
    let region = selection.region_name();
    meter.share(selection, region, charges.backups, (own - free).max(0.0) * size, basis);
    for copy in rule.blocks("copy_action") {
        let Some(copies) = points(copy.at("lifecycle.delete_after")) else {
            meter.gap(selection, "copies are kept for ever, or for an unknown time".to_owned());
            continue;
        };
        let destination = copy.at("destination_vault_arn").text().get().unwrap_or_default();
        let place = destination.split(':').nth(3).unwrap_or_default();
        if place.is_empty() {
            meter.gap(selection, "where backups are copied to is not known".to_owned());
            continue;
        }
        meter.share(selection, place, charges.copies, copies * size, basis);
        if place != region {
            meter.share(selection, region, "backup.transfer", HOURS / 24.0 / days * size, basis);
        }
    }
}

pub(super) fn restore_test(meter: &mut Meter<'_>, selection: &Resource) {
    let model = meter.model;
    let plan = match selection.at("restore_testing_plan_name").text() {
        Known::Is(name) => model.of_type("aws_backup_restore_testing_plan").find(|plan| plan.at("name").is_text(&name)),
        _ => None,
    };
    let interval = plan
        .and_then(|plan| plan.at("schedule_expression").text().get())
        .and_then(|expression| longest_gap(&expression))
        .and_then(|gap| u32::try_from(gap).ok());
    let Some(seconds) = interval else {
        return meter.gap(selection, "how often restores are tested is not known".to_owned());
    };
    // A monthly schedule is one test a month, however long its longest month.
    let tests = (HOURS * 3_600.0 / f64::from(seconds)).round().max(1.0);
    for item in selection.at("protected_resource_arns").items() {
        let Some(store) = store(meter, selection, item) else { continue };
        let region = selection.region_name();
        meter.share(selection, region, "backup.tests", tests, Basis::Configuration);
        if store.kind.starts_with("aws_dynamodb")
            && let Some((size, basis)) = meter.usage_of(store, "storage_gb")
        {
            meter.share(selection, region, "backup.dynamodb.restores", tests * size, basis);
        }
        if store.kind == "aws_s3_bucket" {
            // A restore writes every object again.
            if let Some((puts, basis)) = meter.usage_of(store, "puts") {
                meter.share(selection, region, "s3.puts", tests * puts, basis);
            }
        }
    }
}
