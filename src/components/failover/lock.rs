//! The lock: which execution moves payments, and until when at the most.
//!
//! All three machines take it before they change anything. It stands in the item of the latch, so that whoever sets the
//! latch proves in the same write that it holds the lock:
//!
//! | attribute | |
//! | --- | --- |
//! | `locked_by` | the ARN of the execution that holds the lock; absent while nobody does |
//! | `locked_until` | when it is over even if nobody gives it back: the owner's own limit |
//!
//! It is taken if nobody holds it, if it is over, or if its owner is the one that the guards let it be taken from
//! (`functions/failover/lock.py`): an execution that has ended without giving it back, or a planned move that an operator
//! overrules. Each is a condition on the owner that was seen, so of two that take it at once one gets it.

use super::latch::update;
use super::machine_steps::{CONDITION_BROKEN, GUARDS, table_retry};
use super::state_machines::MachineInputs;
use crate::aws::states_language::{Path, Payload, Retry, Task};

/// The lock is another execution's.
pub(super) const LOCK_IS_TAKEN: &str = CONDITION_BROKEN;

/// Whom the lock may be taken from.
const FREE: &str = "attribute_not_exists(#locked_by) OR #locked_until < :now OR #locked_by = :execution OR #locked_by = \
                    :takes_lock_from";

/// The same, while no latch is active.
const FREE_AND_NO_LATCH: &str = "(attribute_not_exists(#locked_by) OR #locked_until < :now OR #locked_by = :execution OR \
                                 #locked_by = :takes_lock_from) AND (attribute_not_exists(#active) OR #active = :inactive)";

/// Takes the lock, as the guards have found it. An execution that is not sure whether it has it may take it again.
pub(super) fn take_lock(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    taking(name, inputs, FREE, names(), values())
}

/// The same for a drill, which pays between the guards and this: a failover that came and went meanwhile has left its latch.
pub(super) fn take_lock_without_latch(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    let inactive = Payload::from([("BOOL", false.into())]);
    let names = names().with("#active", "active");
    taking(name, inputs, FREE_AND_NO_LATCH, names, values().with(":inactive", inactive))
}

/// Makes sure that the lock is still the execution's own, before it does what another one would have to undo.
pub(super) fn keep_lock(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    let change = Payload::from([
        ("UpdateExpression", "SET #locked_by = :execution".into()),
        ("ConditionExpression", "#locked_by = :execution".into()),
        ("ExpressionAttributeNames", [("#locked_by", "locked_by".into())].into()),
        ("ExpressionAttributeValues", [(":execution", execution())].into()),
    ]);
    update(name, inputs, change).retry(Retry::never([LOCK_IS_TAKEN])).retry(table_retry())
}

fn values() -> Payload {
    let number = |field| Payload::from([("N", Path::input([GUARDS, field]).into())]);
    let seen = Payload::from([("S", Path::input([GUARDS, "takes_lock_from"]).into())]);
    Payload::from([
        (":execution", execution()),
        (":locked_until", number("locked_until")),
        (":now", number("now")),
        (":takes_lock_from", seen),
    ])
}

fn taking(
    name: &'static str,
    inputs: &MachineInputs<'_>,
    condition: &'static str,
    names: Payload,
    values: Payload,
) -> Task {
    let change = Payload::from([
        ("UpdateExpression", "SET #locked_by = :execution, #locked_until = :locked_until".into()),
        ("ConditionExpression", condition.into()),
        ("ExpressionAttributeNames", names),
        ("ExpressionAttributeValues", values),
    ]);
    update(name, inputs, change).retry(Retry::never([LOCK_IS_TAKEN])).retry(table_retry())
}

/// Gives the lock back, if it is one's own.
pub(super) fn release_lock(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    let change = Payload::from([
        ("UpdateExpression", "REMOVE #locked_by, #locked_until".into()),
        ("ConditionExpression", "#locked_by = :execution".into()),
        ("ExpressionAttributeNames", names()),
        ("ExpressionAttributeValues", [(":execution", execution())].into()),
    ]);
    update(name, inputs, change).retry(Retry::never([LOCK_IS_TAKEN])).retry(table_retry())
}

/// Who this execution is.
pub(super) fn execution() -> Payload {
    Payload::from([("S", Path::context(["Execution", "Id"]).into())])
}

fn names() -> Payload {
    Payload::from([("#locked_by", "locked_by".into()), ("#locked_until", "locked_until".into())])
}
