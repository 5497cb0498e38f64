//! The way back: the primary region takes the payments again, without loss.
//!
//! ```text
//! Guards ─> Decide ─> Lock ─> Adopt ─┬─> Announce ─> DNS goes ahead ─> SwitchOver ─> WaitForRoles ─┬─> OpenEpoch ─> WriteProbe ─> WaitForDns ─> Done
//!                                    └─────────────── (the database is back already) ──────────────┘
//! ```
//!
//! The latch is another execution's, so it is taken over first. It lets DNS go before the writer moves (see
//! [`super::planned_move`]), takes it back after an error if the DR region still writes, and is cleared once the primary
//! writes. The epoch is opened as soon as the writer has moved: until then the primary refuses what it could write.

use super::commands;
use super::latch::{adopt_latch, clear_latch, send_dns_ahead, set_latch};
use super::lock::{LOCK_IS_TAKEN, keep_lock, release_lock, take_lock};
use super::machine_role::MachinePermissions;
use super::machine_steps::{
    BROKEN_OFF, ERROR, GUARDS, NOT_IN_THIS_STATE, Patience, ROLES, begin_epoch, breaking_off, guards, settle,
    switch_to_primary, wait_for, wait_for_roles, write_probe, writer_is_in,
};
use super::notice::{Notice, details, lines, say};
use super::planned_move::{announce, lead, withdraw};
use super::state_machines::{MachineInputs, Plan};
use crate::aws::states_language::{Catch, Definition, Flow, FormatPart, Path, Rule, State, Task};
use crate::settings::Region;

/// More than the longest way takes.
const TIMEOUT_SECONDS: u32 = 8_100;

/// What the machine does that others do not.
pub(super) fn permissions(inputs: &MachineInputs<'_>) -> MachinePermissions {
    MachinePermissions {
        functions: vec![
            inputs.guards_function_arn.clone(),
            inputs.lookout_function_arn.clone(),
            inputs.probe_function_arn.clone(),
        ],
        database_action: "rds:SwitchoverGlobalCluster",
        remembers_failovers: false,
        epochs: true,
    }
}

/// The machine.
pub(super) fn definition(plan: &Plan<'_>) -> Definition {
    let flow = Flow::new("Guards", deciding(plan))
        .with(leading(plan))
        .with(following(plan))
        .with(clean_up(plan))
        .with(break_off(plan.inputs))
        .with(failures(plan));
    Definition::new(
        format!("Makes {} the region that takes payments again.", plan.inputs.primary_region),
        TIMEOUT_SECONDS,
        flow,
    )
}

fn deciding(plan: &Plan<'_>) -> [State; 4] {
    let verdict = |expected| Rule::is_given_as(Path::input([GUARDS, "verdict"]), expected);
    [
        guards("Guards", plan.inputs, "failback", TIMEOUT_SECONDS)
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("Decide"),
        State::choice(
            "Decide",
            [
                (verdict("nothing_to_do"), "NotifyNothingToDo"),
                (verdict("refuse"), "NotifyRefused"),
                (verdict("already_back"), "Lock"),
                (verdict("proceed"), "Lock"),
            ],
            "NotifyStopped",
        ),
        nothing_to_do_notice(plan).send("NotifyNothingToDo", plan.inputs, "NothingToDo"),
        State::succeed("NothingToDo"),
    ]
}

/// Up to the moment in which the writer is asked to follow: callers pay in the DR region all the time.
fn leading(plan: &Plan<'_>) -> [State; 9] {
    let inputs = plan.inputs;
    let primary = inputs.primary_region;
    let is_back = Rule::is_given_as(Path::input([GUARDS, "verdict"]), "already_back");
    [
        take_lock("Lock", inputs)
            .catch(Catch::of([LOCK_IS_TAKEN], "NotifyAlreadyLocked"))
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("Adopt"),
        adopt_latch("Adopt", inputs).catch(failed()).then("IsItBack"),
        State::choice("IsItBack", [(is_back, "KeepLockBack")], "Announce"),
        announce("Announce", inputs, primary).catch(failed()).then("WaitForAnnouncement"),
        wait("WaitForAnnouncement", inputs, "endpoint", primary, Patience::ENDPOINT).then("SendDnsAhead"),
        send_dns_ahead("SendDnsAhead", inputs).catch(failed()).then("WaitForDnsAhead"),
        wait("WaitForDnsAhead", inputs, "dns", primary, Patience::DNS).then("Lead"),
        lead("Lead", "KeepLock"),
        // Who took the lock meanwhile wants the writer to be where it is.
        keep_lock("KeepLock", inputs).catch(failed()).then("SwitchOver"),
    ]
}

fn following(plan: &Plan<'_>) -> [State; 15] {
    let inputs = plan.inputs;
    let primary = inputs.primary_region;
    let release = |name, next| release_lock(name, inputs).catch(Catch::every(next)).then(next);
    let switch = |name, wait| {
        switch_to_primary(name, inputs).catch(Catch::of(NOT_IN_THIS_STATE, wait)).catch(failed()).then(wait)
    };
    [
        switch("SwitchOver", "WaitForRoles"),
        may_break_off(wait_for_roles("WaitForRoles", inputs, primary, Patience::SWITCHOVER)).then("WhoWrites"),
        State::choice("WhoWrites", [(writer_is_in(primary), "KeepLockBack")], "KeepLockAgain"),
        keep_lock("KeepLockAgain", inputs).catch(failed()).then("SwitchOverAgain"),
        switch("SwitchOverAgain", "WaitForWriter"),
        wait("WaitForWriter", inputs, "writer", primary, Patience::SWITCHOVER).then("KeepLockBack"),
        // An operator's failover that took the lock meanwhile has begun an epoch of its own.
        keep_lock("KeepLockBack", inputs).catch(failed()).then("OpenEpoch"),
        begin_epoch("OpenEpoch", inputs, None).catch(failed()).then("WriteProbe"),
        write_probe("WriteProbe", inputs, primary).catch(failed()).then("WaitForEndpoint"),
        wait("WaitForEndpoint", inputs, "endpoint", primary, Patience::ENDPOINT).then("ClearLatch"),
        clear_latch("ClearLatch", inputs).catch(failed()).then("WaitForDns"),
        breaking_off(wait_for("WaitForDns", inputs, "dns", primary, Patience::DNS))
            .catch(Catch::of(BROKEN_OFF, "ReleaseFailed").keep([ERROR]))
            .catch(Catch::every("ReleaseDnsStays").keep([ERROR]))
            .then("ReleaseDone"),
        release("ReleaseDone", "NotifyDone"),
        done_notice(plan).send("NotifyDone", inputs, "Done"),
        State::succeed("Done"),
    ]
}

fn failed() -> Catch {
    Catch::every("WithdrawAfterError").keep([ERROR])
}

/// A wait that ends at once where it is useless.
fn wait(
    name: &'static str,
    inputs: &MachineInputs<'_>,
    check: &'static str,
    region: Region,
    patience: Patience,
) -> Task {
    may_break_off(wait_for(name, inputs, check, region, patience))
}

fn may_break_off(look: Task) -> Task {
    breaking_off(look).catch(Catch::of(BROKEN_OFF, "WithdrawBrokenOff").keep([ERROR])).catch(failed())
}

/// The primary is lost on the way to it, or an operator's failover has the lock. Only where the DR region writes the latch stays:
/// everywhere else it would keep the detector from seeing the outage.
fn break_off(inputs: &MachineInputs<'_>) -> [State; 3] {
    [
        withdraw("WithdrawBrokenOff", inputs).catch(Catch::every("LookAtRoles")).then("LookAtRoles"),
        settle("LookAtRoles", inputs, Patience::ONCE)
            .keep([ROLES])
            .catch(Catch::every("ClearLatchAfterError"))
            .then("WhoWritesBrokenOff"),
        State::choice(
            "WhoWritesBrokenOff",
            [(writer_is_in(inputs.dr_region), "SetLatchAfterError")],
            "ClearLatchAfterError",
        ),
    ]
}

/// After an error the latch follows the writer. Where nobody knows who writes it stays as it is; if it has let DNS go, DNS follows
/// the primary's `/health`, which is true again once nothing is announced.
fn clean_up(plan: &Plan<'_>) -> [State; 7] {
    let inputs = plan.inputs;
    let release = |name, next| release_lock(name, inputs).catch(Catch::every(next)).then(next);
    [
        withdraw("WithdrawAfterError", inputs).catch(Catch::every("SettleAfterError")).then("SettleAfterError"),
        settle("SettleAfterError", inputs, Patience::SETTLED)
            .keep([ROLES])
            .catch(Catch::every("ReleaseFailed"))
            .then("WhoWritesAfterError"),
        State::choice(
            "WhoWritesAfterError",
            [
                (writer_is_in(inputs.dr_region), "SetLatchAfterError"),
                (writer_is_in(inputs.primary_region), "ClearLatchAfterError"),
            ],
            "ReleaseFailed",
        ),
        clear_latch("ClearLatchAfterError", inputs).catch(Catch::every("ReleaseFailed")).then("ReleaseFailed"),
        set_latch("SetLatchAfterError", inputs).catch(Catch::every("ReleaseFailed")).then("ReleaseFailed"),
        release("ReleaseFailed", "NotifyFailed"),
        release("ReleaseDnsStays", "NotifyDnsStays"),
    ]
}

fn failures(plan: &Plan<'_>) -> [State; 10] {
    let inputs = plan.inputs;
    [
        refused_notice(plan).send("NotifyRefused", inputs, "Refused"),
        State::fail("Refused", "Refused", "The guards refused the way back. Nothing was changed."),
        stopped_notice(plan).send("NotifyStopped", inputs, "Stopped"),
        State::fail("Stopped", "Stopped", "An error stopped the way back before anything was changed."),
        already_locked_notice(plan).send("NotifyAlreadyLocked", inputs, "AlreadyLocked"),
        State::fail("AlreadyLocked", "AlreadyLocked", "Another execution holds the lock. Nothing was changed."),
        failed_notice(plan).send("NotifyFailed", inputs, "Failed"),
        State::fail("Failed", "Failed", "An error stopped the way back half-way."),
        dns_stays_notice(plan).send("NotifyDnsStays", inputs, "DnsStays"),
        State::fail("DnsStays", "DnsStays", "The latch is cleared, but DNS does not follow."),
    ]
}

fn nothing_to_do_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failback not needed: the latch is not set",
        happened: say(format!("going back to {primary_region} was requested, and the latch is not set.")),
        state: lines([
            say(format!(
                "nothing was changed: DNS leads to {primary_region} while its endpoint is healthy. Where the database writes:"
            )),
            commands::show_writer(plan),
        ]),
        advice: lines([
            say(format!(
                "if the database writes in {primary_region}, nothing. If it writes in {dr_region}, it was promoted without \
                 the latch: set the latch first, then go back:"
            )),
            commands::start_failover(plan),
            commands::start_failback(plan),
        ]),
    }
}

fn refused_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failback refused by its guards",
        happened: lines([
            say(format!("going back to {primary_region} was requested, and a precondition is not met: ")),
            vec![FormatPart::Json(Path::input([GUARDS, "reasons"]))],
        ]),
        state: say(format!("nothing was changed: {dr_region} goes on taking payments.")),
        advice: lines([
            say("the failback can wait. Remove the reason, then start the failback again:"),
            commands::start_failback(plan),
        ]),
    }
}

fn already_locked_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failback not started: another execution is under way",
        happened: say("while the failback began, another execution took the lock."),
        state: lines([say("this execution changed nothing. Which one moves payments:"), commands::show_latch(plan)]),
        advice: lines([
            say("wait for the notification of that execution, then start the failback again:"),
            commands::start_failback(plan),
        ]),
    }
}

fn stopped_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failback stopped by an error",
        happened: lines([
            say(format!(
                "going back to {primary_region} was requested, and an error stopped the failback before it began."
            )),
            details(),
        ]),
        state: say(format!("nothing was changed: {dr_region} goes on taking payments.")),
        advice: lines([say("the failback can wait. Start it again:"), commands::start_failback(plan)]),
    }
}

fn failed_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILBACK FAILED: look now",
        happened: lines([
            say(format!("the way back to {primary_region} stopped half-way, because of an error.")),
            details(),
        ]),
        state: lines([
            say(format!(
                "the latch follows the writer: it holds DNS in {dr_region} while the database writes there, and is cleared if the \
                 database writes in {primary_region} already, unless that failed too. Look:"
            )),
            commands::show_writer(plan),
            commands::show_latch(plan),
        ]),
        advice: lines([say("start it again: it goes on where it stopped."), commands::start_failback(plan)]),
    }
}

fn dns_stays_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILBACK INCOMPLETE: DNS does not follow",
        happened: lines([
            say(format!("the database writes in {primary_region} and the latch is cleared, but DNS has not followed.")),
            details(),
        ]),
        state: lines([
            say(format!("names still lead to {dr_region}, where payments are answered with 503. Look:")),
            commands::show_latch(plan),
        ]),
        advice: say(format!(
            "look at the health checks in Route 53: those of {primary_region}'s endpoint and of the latch must both be \
             healthy. DNS follows by itself as soon as they are."
        )),
    }
}

fn done_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failback done",
        happened: say(format!("payments are back in {primary_region}; no acknowledged payment was lost on the way.")),
        state: say(format!(
            "the database writes in {primary_region}, its endpoint is healthy, the latch is cleared, and DNS leads there. \
             {dr_region} is the standby again."
        )),
        advice: say("nothing."),
    }
}
