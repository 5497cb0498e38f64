//! A planned move of the writer in which DNS goes ahead.
//!
//! Resolvers keep an answer for a minute, and Route 53's checkers need half a minute to see a change. If the writer moved first,
//! callers would wait for both. So the order is:
//!
//! ```text
//! announce ─> health checks ─> DNS ─> lead ─> the writer moves
//! ```
//!
//! Callers with the new answer wait until the writer arrives, those with the old one from its departure until their answer
//! expires:
//!
//! ```text
//! 60 - 5          an old answer, kept for a minute, when the writer leaves after the lead                     = 55
//! 15 + 5 + S + 8  a new one: up to 15 until a look sees it, the lead, the switchover, a look at the roles     = 28 + S
//! ```
//!
//! With S = 30 seconds nobody waits for more than a minute. AWS promises no duration of a switchover; less than 30 seconds are
//! reported for `PostgreSQL` 16.8, 15.12 and 14.17 and newer, and the emulator takes about five.
//!
//! To the DR region the latch leads DNS. To the primary region `/health` does, which Route 53 asks, once the latch lets DNS go
//! ([`super::latch::send_dns_ahead`]): the announcement in the epoch's item makes a region that lacks nothing but the writer answer
//! as healthy, for five minutes at the most (`functions/payments/epoch.py`). The end of the move ends it, or an unplanned failover.

use super::machine_steps::{table_retry, write_epoch};
use super::state_machines::MachineInputs;
use crate::aws::states_language::{Following, Path, Payload, State, Task};
use crate::settings::Region;

/// From the moment in which DNS has been seen to lead to the new region until the writer is asked to follow.
const LEAD_SECONDS: u32 = 5;

/// Announces the region that is about to become the writer. Doing it again prolongs it.
pub(super) fn announce(name: &'static str, inputs: &MachineInputs<'_>, region: Region) -> Task {
    let text = |value: Payload| Payload::from([("S", value)]);
    let values = Payload::from([
        (":region", text(region.name().into())),
        (":since", text(Path::context(["State", "EnteredTime"]).into())),
    ]);
    let expression = "SET announced_region = :region, announced_at = :since";
    let change = Payload::from([("UpdateExpression", expression.into()), ("ExpressionAttributeValues", values)]);
    write_epoch(name, inputs, change).retry(table_retry())
}

/// Ends the announcement.
pub(super) fn withdraw(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    let change = Payload::from([("UpdateExpression", "REMOVE announced_region, announced_at".into())]);
    write_epoch(name, inputs, change).retry(table_retry())
}

/// Gives callers with the old answer a head start.
pub(super) fn lead(name: &'static str, next: &'static str) -> State {
    State::wait(name, LEAD_SECONDS, Following::next(next))
}
