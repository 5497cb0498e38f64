//! Restore tests: every month AWS Backup restores the latest backups beside the live resources, and deletes them when the
//! validator has judged them.

use super::BackupInputs;
use crate::aws::backup::{self, restore_testing_plan as block};
use crate::aws::iam;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Handle, Map, Number, Resource, Value};
use std::borrow::Cow;

/// The second day of each month, the day after the drill.
const MONTHLY: &str = "cron(0 12 2 * ? *)";

/// Hours within which a test starts, the fewest that AWS Backup takes.
const START_WINDOW_HOURS: u32 = 1;

/// Days within which the tested backup was made: one of the daily ones, even if a few have failed.
const SELECTION_WINDOW_DAYS: u32 = 7;

/// Hours for which what was restored waits for the verdict. The validator needs minutes; a person who wants to look has the
/// rest of the day.
const VALIDATION_WINDOW_HOURS: u32 = 8;

/// A restore testing plan.
#[derive(Debug)]
pub struct RestoreTesting {
    /// The plan.
    pub plan: Handle<backup::RestoreTestingPlan>,
    /// Its name, known before the plan is.
    pub name: Value<String>,
}

/// Adds the plan and what it restores.
pub fn restore_testing(
    region: &mut RegionScope<'_>,
    inputs: &BackupInputs<'_>,
    role: &Handle<iam::Role>,
) -> RestoreTesting {
    let points = block::RecoveryPointSelection::new("LATEST_WITHIN_WINDOW", [inputs.vault.arn.clone()], ["SNAPSHOT"])
        .selection_window_days(SELECTION_WINDOW_DAYS);
    let name = region.name(NameKind::RestoreTesting, "restores");
    let plan = region.add(
        backup::RestoreTestingPlan::new("backup", &name, MONTHLY, points)
            .schedule_expression_timezone("Etc/UTC")
            .start_window_hours(START_WINDOW_HOURS),
    );
    for selection in selections(region, inputs) {
        add(region, selection, role, &plan);
    }
    RestoreTesting { plan, name }
}

struct Selection {
    purpose: &'static str,
    /// AWS Backup's word for it.
    resource_type: &'static str,
    arn: Value<String>,
    /// How it is restored, where AWS Backup would guess wrong: in the default VPC, or with another key.
    overrides: Vec<(&'static str, Value<String>)>,
    wanted: Option<Value<bool>>,
}

fn selections(region: &RegionScope<'_>, inputs: &BackupInputs<'_>) -> [Selection; 3] {
    let protected = &inputs.protected;
    let groups = jsonencode(Expression::List(vec![protected.network.database_group.id().into()]));
    // AWS Backup would take three zones at random, also such as the subnet group does not reach.
    let zones = jsonencode(protected.network.subnets.zones.clone());
    [
        Selection {
            purpose: "database",
            resource_type: "Aurora",
            arn: protected.database.arn.clone(),
            overrides: vec![
                ("availabilityZones", zones),
                ("dbSubnetGroupName", protected.database.subnet_group_name.clone()),
                ("vpcSecurityGroupIds", groups),
            ],
            wanted: None,
        },
        Selection {
            purpose: "sessions",
            resource_type: "DynamoDB",
            arn: protected.session_table_arn(region),
            overrides: vec![("encryptionType", "KMS".into()), ("kmsMasterKeyArn", protected.sessions_key.arn())],
            wanted: None,
        },
        Selection {
            purpose: "receipts",
            resource_type: "S3",
            arn: protected.receipts.arn(),
            overrides: vec![("encryptionType", "SSE-KMS".into()), ("kmsKey", protected.receipts_key.arn())],
            wanted: Some(inputs.receipts.clone()),
        },
    ]
}

fn add(
    region: &mut RegionScope<'_>,
    selection: Selection,
    role: &Handle<iam::Role>,
    plan: &Handle<backup::RestoreTestingPlan>,
) {
    let overrides: Value<Map<String>> =
        selection.overrides.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect();
    let local_name = format!("backup_{}", selection.purpose);
    let block = backup::RestoreTestingSelection::new(
        local_name,
        role.arn(),
        selection.purpose,
        selection.resource_type,
        plan.name(),
    )
    .protected_resource_arns([selection.arn])
    .restore_metadata_overrides(overrides)
    .validation_window_hours(VALIDATION_WINDOW_HOURS);
    region.add(match selection.wanted {
        Some(wanted) => {
            let count: Value<Number> = Value::from(1).when(wanted, 0);
            block.count(count)
        }
        None => block,
    });
}
