//! Numbers stay within what Step Functions takes and within what somebody would wait for, and add up to less than the
//! machine's own timeout.

use std::ops::RangeInclusive;

use super::{FieldPath, Report};
use crate::aws::states_language::definition::Definition;
use crate::aws::states_language::duration;
use crate::aws::states_language::recovery::Retry;
use crate::aws::states_language::state::{Kind, State};
use crate::terraform::DiagnosticKind;

/// A task or a wait that takes longer than an hour is no step of anything urgent.
const STEP_SECONDS: RangeInclusive<u32> = 1..=3_600;

/// From a second to a year, the longest that Step Functions lets an execution run (Step Functions developer guide,
/// "Service quotas").
const MACHINE_SECONDS: RangeInclusive<u32> = 1..=31_536_000;

/// More attempts than this are a loop in disguise.
const ATTEMPTS: RangeInclusive<u32> = 0..=100;

/// The least that the language takes, and an hour.
const RETRY_SECONDS: RangeInclusive<u32> = 1..=3_600;

pub(super) fn check_machine(report: &mut Report<'_>, definition: &Definition) {
    let machine = FieldPath::start();
    let place = machine.then("TimeoutSeconds");
    let timeout = definition.timeout_seconds;
    check_range(report, &place, timeout, &MACHINE_SECONDS);
    let Some(longest) = duration::of_flow(&definition.flow) else { return };
    if longest > u64::from(timeout) {
        let message = format!("the machine may take {longest} seconds, which is more than the {timeout} it is given");
        report.add(DiagnosticKind::OutOfRange, &place, message, |found| {
            found
                .because("an execution that times out stops where it is without a notification")
                .help("raise the machine's timeout, or lower timeouts and attempts of its states")
        });
    }
}

pub(super) fn check_state(report: &mut Report<'_>, state: &State, place: &FieldPath<'_>) {
    match &state.kind {
        Kind::Task(work, _) => {
            check_range(report, &place.then("TimeoutSeconds"), work.timeout_seconds, &STEP_SECONDS);
            check_retries(report, &work.retries, place);
        }
        Kind::Wait { seconds, .. } => check_range(report, &place.then("Seconds"), *seconds, &STEP_SECONDS),
        Kind::Parallel(fork, _) => {
            check_retries(report, &fork.retries, place);
            if fork.branches.is_empty() {
                missing(report, &place.then("Branches"), "the state has no branches");
            }
        }
        Kind::Choice { choices, .. } if choices.is_empty() => {
            missing(report, &place.then("Choices"), "the state has nothing to choose from");
        }
        Kind::Choice { .. } | Kind::Pass { .. } | Kind::Succeed | Kind::Fail { .. } => {}
    }
}

fn check_retries(report: &mut Report<'_>, retries: &[Retry], place: &FieldPath<'_>) {
    for (index, retry) in retries.iter().enumerate() {
        let place = place.item("Retry", index);
        check_range(report, &place.then("MaxAttempts"), retry.attempts, &ATTEMPTS);
        check_range(report, &place.then("IntervalSeconds"), retry.interval_seconds, &RETRY_SECONDS);
        if let Some(longest) = retry.longest_seconds {
            let least = retry.interval_seconds.saturating_add(1);
            check_range(report, &place.then("MaxDelaySeconds"), longest, &(least..=*RETRY_SECONDS.end()));
        }
    }
}

fn check_range(report: &mut Report<'_>, place: &FieldPath<'_>, value: u32, range: &RangeInclusive<u32>) {
    if range.contains(&value) {
        return;
    }
    let message = format!("{value} is not between {} and {}", range.start(), range.end());
    report.add(DiagnosticKind::OutOfRange, place, message, |found| {
        found.because("no operator waits for a step without a bound").help("choose a number in that range")
    });
}

fn missing(report: &mut Report<'_>, place: &FieldPath<'_>, message: &str) {
    report.add(DiagnosticKind::BlockCount, place, message, |found| {
        found.because("Step Functions refuses the machine").help("add at least one")
    });
}
