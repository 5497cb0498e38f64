//! What is backed up, when, and how long backups are kept.

use super::BackupInputs;
use super::vault::DAILY_BACKUP_DAYS;
use crate::aws::backup::{self, plan as block};
use crate::aws::iam;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Number, Resource, Value};

/// Clear of the database's own backup window (03:00) and maintenance window (Sunday 05:00), within an hour of which AWS
/// Backup may fail (AWS Backup developer guide, "Working with RDS").
const DAILY: &str = "cron(0 8 ? * * *)";

const WEEKLY: &str = "cron(0 10 ? * SUN *)";

/// Minutes within which a backup starts, the shortest that AWS Backup takes.
const START_WINDOW_MINUTES: u32 = 60;

/// Minutes within which a backup ends: a first backup of a large bucket takes hours.
const COMPLETION_WINDOW_MINUTES: u32 = 1440;

/// Adds the plans and what they select.
///
/// Copies to the other region are weekly: a copy of an Aurora snapshot is always a whole one (Aurora user guide, "Copying
/// a DB cluster snapshot"), and the other region has daily backups of the same data of its own.
pub fn plan(region: &mut RegionScope<'_>, inputs: &BackupInputs<'_>, role: &Handle<iam::Role>) {
    let copy = block::RuleCopyAction::new(&inputs.other_vault.arn)
        .lifecycle(block::RuleCopyActionLifecycle::new().delete_after(inputs.retention_days));
    let weekly = rule(inputs, "weekly", WEEKLY, inputs.retention_days.clone()).copy_action(copy);
    let name = region.name(NameKind::BackupPlan, "backup");
    let plan = region
        .add(backup::Plan::new("backup", name, rule(inputs, "daily", DAILY, DAILY_BACKUP_DAYS.into())).rule(weekly));
    let table_arn = inputs.protected.session_table_arn(region);
    // A reference, not a name as elsewhere: nobody plans backups on the day that a region is gone, and readers of the plan,
    // checkov among them, see which cluster is backed up.
    for (purpose, arn) in [("database", inputs.protected.database.cluster.arn()), ("sessions", table_arn)] {
        let selection = selection(region, purpose, arn, role, plan.id());
        region.add(selection);
    }
    receipts(region, inputs, role);
}

/// Receipts have a plan of their own, without copies: replication keeps every receipt in both buckets, so each region
/// backs up all of them.
fn receipts(region: &mut RegionScope<'_>, inputs: &BackupInputs<'_>, role: &Handle<iam::Role>) {
    let wanted: Value<Number> = Value::from(1).when(inputs.receipts.clone(), 0);
    let name = region.name(NameKind::BackupPlan, "backup-receipts");
    let plan = region.add(
        backup::Plan::new("backup_receipts", name, rule(inputs, "daily", DAILY, inputs.retention_days.clone()))
            .count(wanted.clone()),
    );
    let selection = selection(region, "receipts", inputs.protected.receipts.arn(), role, plan.at(0).id());
    region.add(selection.count(wanted));
}

fn rule(
    inputs: &BackupInputs<'_>,
    name: &'static str,
    schedule: &'static str,
    keep_days: Value<Number>,
) -> block::Rule {
    block::Rule::new(name, inputs.vault.vault.name())
        .schedule(schedule)
        .schedule_expression_timezone("Etc/UTC")
        .start_window(START_WINDOW_MINUTES)
        .completion_window(COMPLETION_WINDOW_MINUTES)
        .lifecycle(block::RuleLifecycle::new().delete_after(keep_days))
}

fn selection(
    region: &mut RegionScope<'_>,
    purpose: &'static str,
    arn: Value<String>,
    role: &Handle<iam::Role>,
    plan_id: Value<String>,
) -> backup::Selection {
    let name = region.name(NameKind::BackupPlan, purpose);
    backup::Selection::new(format!("backup_{purpose}"), role.arn(), name, plan_id).resources([arn])
}
