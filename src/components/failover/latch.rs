//! The latch: whether payments are to be taken in the DR region. DNS follows it, and the detector counts nothing under it.
//!
//! | attribute | |
//! | --- | --- |
//! | `active` | true while it holds |
//! | `since` | when it was last set or cleared |
//! | `by` | the ARN of the execution whose latch it is |
//! | `dns_ahead` | true while it does not hold DNS, because a planned move sends DNS ahead of the writer |
//!
//! It is set and taken over by the holder of the lock only ([`super::lock`]), and cleared by nobody but the execution whose
//! latch it is: a drill's clean-up cannot clear the latch that a failover has set meanwhile. Whoever clears another one's
//! takes it over first.

use super::lock::execution;
use super::machine_steps::{TABLE_SECONDS, table_retry};
use super::state_machines::MachineInputs;
use crate::aws::states_language::{Path, Payload, Resource, Task};

/// The item of the state table.
pub(super) const ITEM: &str = "latch";

/// The condition of whoever holds the lock.
const ONLY_WITH_LOCK: &str = "#locked_by = :execution";

/// Sets the latch; whose it is from now on is the execution's.
pub(super) fn set_latch(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    change(
        name,
        inputs,
        "SET #active = :active, #since = :since, #by = :execution REMOVE #dns_ahead",
        ONLY_WITH_LOCK,
        &["active", "since", "by", "dns_ahead", "locked_by"],
        vec![(":active", true.into()), (":since", Path::context(["State", "EnteredTime"]).into())],
    )
}

/// Takes over a latch that holds, to clear it later.
pub(super) fn adopt_latch(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    change(
        name,
        inputs,
        "SET #by = :execution REMOVE #dns_ahead",
        "#locked_by = :execution AND #active = :active",
        &["active", "by", "dns_ahead", "locked_by"],
        vec![(":active", true.into())],
    )
}

/// Lets DNS go to the primary region while the latch still holds everything else: the detector counts nothing under it.
pub(super) fn send_dns_ahead(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    change(
        name,
        inputs,
        "SET #dns_ahead = :active",
        "#by = :execution AND #active = :active",
        &["active", "by", "dns_ahead"],
        vec![(":active", true.into())],
    )
}

/// Clears the execution's own latch.
pub(super) fn clear_latch(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    change(
        name,
        inputs,
        "SET #active = :active, #since = :since REMOVE #dns_ahead",
        "#by = :execution",
        &["active", "since", "by", "dns_ahead"],
        vec![(":active", false.into()), (":since", Path::context(["State", "EnteredTime"]).into())],
    )
}

fn change(
    name: &'static str,
    inputs: &MachineInputs<'_>,
    expression: &'static str,
    condition: &'static str,
    attributes: &[&'static str],
    values: Vec<(&'static str, Payload)>,
) -> Task {
    // Every name by its alias: some are words of DynamoDB's own.
    let names = attributes.iter().fold(Payload::empty(), |names, name| names.with(format!("#{name}"), *name));
    let values = values.into_iter().fold(Payload::empty(), |values, (name, value)| {
        let kind = if name == ":active" { "BOOL" } else { "S" };
        values.with(name, [(kind, value)])
    });
    let parameters = Payload::from([
        ("UpdateExpression", expression.into()),
        ("ConditionExpression", condition.into()),
        ("ExpressionAttributeNames", names),
        ("ExpressionAttributeValues", values.with(":execution", execution())),
    ]);
    update(name, inputs, parameters).retry(table_retry())
}

/// A change of the item, before its retries.
pub(super) fn update(name: &'static str, inputs: &MachineInputs<'_>, change: Payload) -> Task {
    let parameters =
        change.with("TableName", &inputs.state_table_name).with("Key", [("id", Payload::from([("S", ITEM.into())]))]);
    Task::new(name, Resource::Action("dynamodb:updateItem"), parameters, TABLE_SECONDS)
}
