//! What is lost with the region beside the data stores: backups, and logs.

use super::recovery_point::{RecoveryPoint, verdict};
use super::targets::Target;
use crate::proof::coverage::{self, copies_elsewhere};
use crate::proof::model::{Model, Resource};

const BACKUPS: &str = "backups: made by a schedule, and no restore from them is as fast as the other region";
const LOGS: &str = "logs: read by people, and not by the service";

/// The plans of AWS Backup and the log groups of every region but the one that takes over.
pub(super) fn backups_and_logs(model: &Model, target: Option<&Target>, standby: Option<&str>) -> Vec<RecoveryPoint> {
    let is_lost = |resource: &&Resource| standby.is_none_or(|standby| resource.region_name() != standby);
    let plans = model.of_type("aws_backup_plan").filter(is_lost).map(|plan| (plan, of_plan(model, plan), BACKUPS));
    let groups = model.of_type("aws_cloudwatch_log_group").filter(is_lost);
    let groups = groups.map(|group| (group, of_log_group(model, group), LOGS));
    plans
        .chain(groups)
        .map(|(resource, (left, seconds, because), left_out)| RecoveryPoint {
            store: resource.address.clone(),
            left,
            seconds,
            verdict: verdict(left, seconds, target),
            left_out: Some(left_out.to_owned()),
            because,
        })
        .collect()
}

type Left = (coverage::Verdict, Option<u64>, String);

fn of_plan(model: &Model, plan: &Resource) -> Left {
    match copies_elsewhere(model, plan) {
        Ok(Some((seconds, vault))) => {
            (coverage::Verdict::Survives, Some(seconds), format!("the newest copies are in {vault}"))
        }
        Ok(None) => (coverage::Verdict::Loses, None, "no rule copies into a vault of another region".to_owned()),
        Err(reason) => (coverage::Verdict::CannotTell, None, reason),
    }
}

/// CloudWatch Logs replicates nothing by itself; a subscription delivers to something that is not followed here.
fn of_log_group(model: &Model, group: &Resource) -> Left {
    match model.referring("aws_cloudwatch_log_subscription_filter", "log_group_name", group).first() {
        Some(filter) => {
            (coverage::Verdict::CannotTell, None, format!("{} delivers them, to where is not followed", filter.address))
        }
        None => (coverage::Verdict::Loses, None, "CloudWatch Logs keeps no copy in another region".to_owned()),
    }
}
