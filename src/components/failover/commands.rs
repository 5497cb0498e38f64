//! Commands that notices tell people to run, exact enough to be pasted at three in the morning.

use super::machine_names::MachineName;
use super::state_machines::{Plan, Search};
use crate::aws::states_language::{FormatPart, Path};

/// Starts the failover, as a person who has decided.
pub(super) fn start_failover(plan: &Plan<'_>) -> Vec<FormatPart> {
    let input = r#"{"requested_by":"operator","reason":"WHY"}"#;
    start(plan, &plan.names.failover, &format!(" --input '{input}'"))
}

/// Starts the failover although the last payments may be lost.
pub(super) fn start_failover_with_loss(plan: &Plan<'_>) -> Vec<FormatPart> {
    let input = r#"{"requested_by":"operator","reason":"WHY","accept_data_loss":true}"#;
    start(plan, &plan.names.failover, &format!(" --input '{input}'"))
}

/// Starts the way back.
pub(super) fn start_failback(plan: &Plan<'_>) -> Vec<FormatPart> {
    start(plan, &plan.names.failback, "")
}

/// Starts a drill.
pub(super) fn start_drill(plan: &Plan<'_>) -> Vec<FormatPart> {
    start(plan, &plan.names.drill, "")
}

fn start(plan: &Plan<'_>, machine: &MachineName, rest: &str) -> Vec<FormatPart> {
    vec![
        command(plan, "stepfunctions start-execution", " --state-machine-arn "),
        machine.arn.clone().into(),
        rest.to_owned().into(),
    ]
}

/// Shows which cluster writes.
pub(super) fn show_writer(plan: &Plan<'_>) -> Vec<FormatPart> {
    vec![
        command(plan, "rds describe-global-clusters", " --global-cluster-identifier "),
        plan.inputs.global_cluster_identifier.clone().into(),
        " --query 'GlobalClusters[0].[Status,GlobalClusterMembers[].[DBClusterArn,IsWriter]]'".into(),
    ]
}

/// Shows whether the latch is set, and who holds the lock.
pub(super) fn show_latch(plan: &Plan<'_>) -> Vec<FormatPart> {
    vec![
        command(plan, "dynamodb get-item", " --table-name "),
        plan.inputs.state_table_name.clone().into(),
        r#" --consistent-read --key '{"id":{"S":"latch"}}'"#.into(),
    ]
}

/// Looks for lost payments again.
pub(super) fn find_lost_payments(plan: &Plan<'_>, search: &Search) -> Vec<FormatPart> {
    vec![
        command(plan, "lambda invoke", " --function-name "),
        search.name.clone().into(),
        " --payload '{}' --cli-binary-format raw-in-base64-out /dev/stdout".into(),
    ]
}

/// Lets the machine that waits for an approval go on.
pub(super) fn approve(plan: &Plan<'_>) -> Vec<FormatPart> {
    answer(plan, "stepfunctions send-task-success", r#" --task-output '{"approved":true}'"#)
}

/// Refuses the approval.
pub(super) fn reject(plan: &Plan<'_>) -> Vec<FormatPart> {
    answer(plan, "stepfunctions send-task-failure", " --error Rejected --cause WHY")
}

fn answer(plan: &Plan<'_>, what: &str, rest: &'static str) -> Vec<FormatPart> {
    vec![command(plan, what, rest), " --task-token ".into(), Path::task_token().into()]
}

/// All commands go to the region that the machines run in: the other one may be lost.
fn command(plan: &Plan<'_>, what: &str, rest: &str) -> FormatPart {
    format!("\n  aws {what} --region {}{rest}", plan.inputs.dr_region.name()).into()
}
