//! The drill: the way there and the way back, planned and without loss, under payments that are counted.
//!
//! ```text
//! Guards ─> Decide ─> PayOnce ─> Lock ─> Begin ─> Run ─> Verify ─> Evidence ─> Passed?
//!                                                  ├── Payments: one a second through the failover domain
//!                                                  └── Switch: latch, DNS, there, hold, announce, DNS, back, latch
//! ```
//!
//! DNS goes ahead of the writer, both ways: see [`super::planned_move`].
//!
//! Neither branch ever fails: Step Functions would stop the other one at once, in the middle of a switchover. What goes
//! wrong travels as data, and the evidence judges it.
//!
//! A drill that would have to wait for a region that is lost, or whose lock somebody has taken, breaks off at once: it takes
//! its own latch away, so that the detector counts again, gives the lock back, and tells people what to type.

use super::commands;
use super::latch::{clear_latch, send_dns_ahead, set_latch};
use super::lock::{LOCK_IS_TAKEN, keep_lock, release_lock, take_lock_without_latch};
use super::machine_role::MachinePermissions;
use super::machine_steps::{
    BROKEN_OFF, ERROR, GUARDS, NOT_IN_THIS_STATE, Patience, breaking_off, call, guards, settle, switch_to_primary,
    wait_for, write_probe,
};
use super::notice::{Notice, details, lines, say};
use super::planned_move::{announce, lead, withdraw};
use super::state_machines::{MachineInputs, Plan};
use crate::aws::states_language::{
    Catch, Definition, EVERY_ERROR, Flow, Following, FormatPart, Parallel, Path, Payload, Resource, Retry, Rule, State,
    Task,
};
use crate::settings::Region;

/// More than the longest way takes, with every step at its limit.
const TIMEOUT_SECONDS: u32 = 9_300;

/// How long the DR region takes payments: long enough to see that it does.
const HOLD_SECONDS: u32 = 30;

/// Seconds for a step of the drill function.
const STEP_SECONDS: u32 = 60;

/// The payments go on for 800 seconds at the most, and the function may run for 900.
const PAYMENTS_SECONDS: u32 = 910;

/// What the machine does that others do not.
pub(super) fn permissions(inputs: &MachineInputs<'_>) -> MachinePermissions {
    MachinePermissions {
        functions: vec![
            inputs.guards_function_arn.clone(),
            inputs.lookout_function_arn.clone(),
            inputs.probe_function_arn.clone(),
            inputs.drill_function_arn.clone(),
        ],
        database_action: "rds:SwitchoverGlobalCluster",
        remembers_failovers: false,
        epochs: true,
    }
}

/// The machine.
pub(super) fn definition(plan: &Plan<'_>) -> Definition {
    let flow = Flow::new("Guards", deciding(plan)).with([run(plan)]).with(judging(plan)).with(failures(plan));
    Definition::new("Fails over and back as planned, and measures it.", TIMEOUT_SECONDS, flow)
}

fn deciding(plan: &Plan<'_>) -> [State; 6] {
    let inputs = plan.inputs;
    let verdict = |expected| Rule::is_given_as(Path::input([GUARDS, "verdict"]), expected);
    [
        guards("Guards", inputs, "drill", TIMEOUT_SECONDS)
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("Decide"),
        State::choice(
            "Decide",
            [(verdict("refuse"), "NotifyRefused"), (verdict("proceed"), "PayOnce")],
            "NotifyStopped",
        ),
        // Whose payments are refused has nothing to measure, and would move everybody's database for it.
        Task::new("PayOnce", function(inputs), [("step", "pay_once".into())], STEP_SECONDS)
            .keep(["trial"])
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("Lock"),
        take_lock_without_latch("Lock", inputs)
            .catch(Catch::of([LOCK_IS_TAKEN], "NotifyAlreadyLocked"))
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("Begin"),
        Task::new("Begin", function(inputs), [("step", "begin".into())], STEP_SECONDS)
            .keep(["begun"])
            .catch(Catch::every("ReleaseStopped").keep([ERROR]))
            .then("Run"),
        release_lock("ReleaseStopped", inputs).catch(Catch::every("NotifyStopped")).then("NotifyStopped"),
    ]
}

/// Both branches begin with the same fields, so that each has something to show whatever happens.
fn run(plan: &Plan<'_>) -> State {
    Parallel::new("Run", [payments(plan), switch(plan)])
        .parameters([
            ("drill", Path::input(["begun", "drill"]).into()),
            ("payments", Payload::null()),
            ("steps", Payload::empty()),
            (ERROR, Payload::null()),
        ])
        .select([
            ("drill", Path::item(0, ["drill"]).into()),
            ("payments", Path::item(0, ["payments"]).into()),
            ("payments_error", Path::item(0, [ERROR]).into()),
            ("steps", Path::item(1, ["steps"]).into()),
            (ERROR, Path::item(1, [ERROR]).into()),
            ("verification", Payload::null()),
        ])
        .keep(["run"])
        .catch(Catch::every("ReleaseBroken").keep([ERROR]))
        .then("Verify")
}

/// Payments until the drill is marked as finished.
fn payments(plan: &Plan<'_>) -> Flow {
    let inputs = plan.inputs;
    let pay = Task::new("Payments", function(inputs), step("payments", ["drill"]), PAYMENTS_SECONDS)
        .keep(["payments"])
        .catch(Catch::every("PaymentsEnd").keep([ERROR]));
    Flow::new("Payments", [pay.then("PaymentsEnd"), State::succeed("PaymentsEnd")])
}

/// There and back.
fn switch(plan: &Plan<'_>) -> Flow {
    let inputs = plan.inputs;
    Flow::new("SetLatch", there(inputs))
        .with(dns_back(inputs))
        .with(back(inputs))
        .with(clean_up(inputs))
        .with(break_off(plan))
}

fn failed() -> Catch {
    Catch::every("Settle").keep([ERROR])
}

/// A wait that ends at once where it is useless.
fn wait(
    name: &'static str,
    inputs: &MachineInputs<'_>,
    check: &'static str,
    region: Region,
    patience: Patience,
) -> Task {
    let look = breaking_off(wait_for(name, inputs, check, region, patience));
    look.catch(Catch::of(BROKEN_OFF, "LookAtRoles").keep([ERROR])).catch(failed())
}

fn there(inputs: &MachineInputs<'_>) -> [State; 7] {
    let dr = inputs.dr_region;
    [
        set_latch("SetLatch", inputs).catch(failed()).then("WaitForDnsThere"),
        wait("WaitForDnsThere", inputs, "dns", dr, Patience::DNS).keep(["steps", "dns_there"]).then("LeadThere"),
        lead("LeadThere", "SwitchOver"),
        call("SwitchOver", &inputs.drill_function_arn, step("switch_over", ["drill"]), STEP_SECONDS)
            .keep(["steps", "switch_over"])
            .catch(Catch::of(BROKEN_OFF, "LookAtRoles").keep([ERROR]))
            .catch(failed())
            .then("WaitForWriterThere"),
        wait("WaitForWriterThere", inputs, "writer", dr, Patience::SWITCHOVER).then("WriteProbeThere"),
        write_probe("WriteProbeThere", inputs, dr).keep(["steps", "written_there"]).catch(failed()).then("Hold"),
        State::wait("Hold", HOLD_SECONDS, Following::next("Announce")),
    ]
}

fn dns_back(inputs: &MachineInputs<'_>) -> [State; 6] {
    let primary = inputs.primary_region;
    [
        announce("Announce", inputs, primary).catch(failed()).then("WaitForAnnouncement"),
        wait("WaitForAnnouncement", inputs, "endpoint", primary, Patience::ENDPOINT).then("SendDnsAhead"),
        send_dns_ahead("SendDnsAhead", inputs).catch(failed()).then("WaitForDnsBack"),
        wait("WaitForDnsBack", inputs, "dns", primary, Patience::DNS).keep(["steps", "dns_back"]).then("LeadBack"),
        lead("LeadBack", "KeepLock"),
        // Who took the lock meanwhile wants the writer to be where it is.
        keep_lock("KeepLock", inputs)
            .catch(Catch::of([LOCK_IS_TAKEN], "LookAtRoles").keep([ERROR]))
            .catch(failed())
            .then("SwitchBack"),
    ]
}

fn back(inputs: &MachineInputs<'_>) -> [State; 8] {
    let primary = inputs.primary_region;
    [
        switch_to_primary("SwitchBack", inputs)
            .catch(Catch::of(NOT_IN_THIS_STATE, "WaitForWriterBack"))
            .catch(failed())
            .then("WaitForWriterBack"),
        wait("WaitForWriterBack", inputs, "writer", primary, Patience::SWITCHOVER).then("WriteProbeBack"),
        write_probe("WriteProbeBack", inputs, primary)
            .keep(["steps", "written_back"])
            .catch(failed())
            .then("ClearLatch"),
        clear_latch("ClearLatch", inputs).catch(failed()).then("Withdraw"),
        // The rest moves nothing, and an announcement ends by itself.
        withdraw("Withdraw", inputs).catch(Catch::every("ReleaseBack")).then("ReleaseBack"),
        release_lock("ReleaseBack", inputs).catch(Catch::every("Finish")).then("Finish"),
        finish("Finish", inputs),
        State::succeed("SwitchEnd"),
    ]
}

/// After an error the latch follows the writer: payments go where they can be taken. Where that is not known, the latch
/// stays as it is; if it has let DNS go, DNS follows the primary's `/health`.
fn clean_up(inputs: &MachineInputs<'_>) -> [State; 7] {
    [
        breaking_off(settle("Settle", inputs, Patience::SETTLED))
            .keep(["steps", "settled"])
            .catch(Catch::of(BROKEN_OFF, "LookAtRoles"))
            .catch(Catch::every("WithdrawAfterError"))
            .then("WhereIsTheWriter"),
        State::choice(
            "WhereIsTheWriter",
            [
                (settled_in(inputs.primary_region), "ClearLatchAfterError"),
                (settled_in(inputs.dr_region), "SetLatchAfterError"),
            ],
            "WithdrawAfterError",
        ),
        clear_latch("ClearLatchAfterError", inputs)
            .catch(Catch::every("WithdrawAfterError"))
            .then("WithdrawAfterError"),
        set_latch("SetLatchAfterError", inputs).catch(Catch::every("WithdrawAfterError")).then("WithdrawAfterError"),
        withdraw("WithdrawAfterError", inputs).catch(Catch::every("ReleaseAfterError")).then("ReleaseAfterError"),
        release_lock("ReleaseAfterError", inputs).catch(Catch::every("FinishAfterError")).then("FinishAfterError"),
        finish("FinishAfterError", inputs),
    ]
}

/// The primary is lost in the middle of it, or somebody else has the lock. Only where the DR region writes the latch is set:
/// payments are taken there. Everywhere else it would keep the detector from seeing the outage.
fn break_off(plan: &Plan<'_>) -> [State; 7] {
    let inputs = plan.inputs;
    [
        settle("LookAtRoles", inputs, Patience::ONCE)
            .keep(["steps", "settled"])
            .catch(Catch::every("ClearLatchBrokenOff"))
            .then("WhoWritesBrokenOff"),
        State::choice(
            "WhoWritesBrokenOff",
            [(settled_in(inputs.dr_region), "SetLatchBrokenOff")],
            "ClearLatchBrokenOff",
        ),
        set_latch("SetLatchBrokenOff", inputs).catch(Catch::every("WithdrawBrokenOff")).then("WithdrawBrokenOff"),
        clear_latch("ClearLatchBrokenOff", inputs).catch(Catch::every("WithdrawBrokenOff")).then("WithdrawBrokenOff"),
        withdraw("WithdrawBrokenOff", inputs).catch(Catch::every("ReleaseBrokenOff")).then("ReleaseBrokenOff"),
        release_lock("ReleaseBrokenOff", inputs).catch(Catch::every("NotifyBrokenOff")).then("NotifyBrokenOff"),
        broken_off_notice(plan).send("NotifyBrokenOff", inputs, "FinishAfterError"),
    ]
}

fn settled_in(region: Region) -> Rule {
    Rule::is_given_as(Path::input(["steps", "settled", "writer_region"]), region.name())
}

/// Ends the payments. They end by themselves too, later.
fn finish(name: &'static str, inputs: &MachineInputs<'_>) -> State {
    call(name, &inputs.drill_function_arn, step("finish", ["drill"]), STEP_SECONDS)
        .catch(Catch::every("SwitchEnd"))
        .then("SwitchEnd")
}

fn judging(plan: &Plan<'_>) -> [State; 6] {
    let inputs = plan.inputs;
    let drill = ["run", "drill"];
    let known = |field| Payload::from(Path::input(["run", field]));
    let verify = step("verify", drill).with("payments", known("payments"));
    let evidence = step("evidence", drill)
        .with("payments", known("payments"))
        .with("verification", known("verification"))
        .with("error", known(ERROR))
        .with("timeline", known("steps"));
    let passed = Rule::is_given_as_true(Path::input(["evidence", "passed"]));
    [
        Task::new("Verify", function(inputs), verify, STEP_SECONDS)
            .keep(["run", "verification"])
            .retry(Retry::after([EVERY_ERROR], 10, 6))
            .catch(Catch::every("Evidence"))
            .then("Evidence"),
        Task::new("Evidence", function(inputs), evidence, STEP_SECONDS)
            .keep(["evidence"])
            .retry(Retry::after([EVERY_ERROR], 5, 3).doubling())
            .catch(Catch::every("ReleaseBroken").keep([ERROR]))
            .then("DidItPass"),
        release_lock("ReleaseBroken", inputs).catch(Catch::every("NotifyBroken")).then("NotifyBroken"),
        State::choice("DidItPass", [(passed, "NotifyPassed")], "NotifyNotPassed"),
        passed_notice(plan).send("NotifyPassed", inputs, "Passed"),
        State::succeed("Passed"),
    ]
}

fn failures(plan: &Plan<'_>) -> [State; 10] {
    let inputs = plan.inputs;
    [
        refused_notice(plan).send("NotifyRefused", inputs, "Refused"),
        State::fail("Refused", "Refused", "The guards refused the drill. Nothing was changed."),
        already_locked_notice(plan).send("NotifyAlreadyLocked", inputs, "AlreadyLocked"),
        State::fail("AlreadyLocked", "AlreadyLocked", "Another execution holds the lock. Nothing was changed."),
        stopped_notice(plan).send("NotifyStopped", inputs, "Stopped"),
        State::fail("Stopped", "Stopped", "An error stopped the drill before anything was changed."),
        not_passed_notice(plan).send("NotifyNotPassed", inputs, "NotPassed"),
        State::fail("NotPassed", "NotPassed", "The drill did not pass. Its evidence says why."),
        broken_notice(plan).send("NotifyBroken", inputs, "Broken"),
        State::fail("Broken", "Broken", "The drill ended without evidence."),
    ]
}

fn function(inputs: &MachineInputs<'_>) -> Resource {
    Resource::Function(inputs.drill_function_arn.clone())
}

/// The event of a step of the drill whose id is in this field of the data.
fn step<const N: usize>(name: &'static str, drill: [&'static str; N]) -> Payload {
    Payload::from([("step", name.into()), ("drill", Path::input(drill).into())])
}

fn evidence() -> Vec<FormatPart> {
    vec![FormatPart::Json(Path::input(["evidence"]))]
}

fn refused_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failover drill refused by its guards",
        happened: lines([
            say("a failover drill was due, and a precondition is not met: "),
            vec![FormatPart::Json(Path::input([GUARDS, "reasons"]))],
        ]),
        state: say("nothing was changed."),
        advice: lines([
            say("remove the reason: it may also prevent a failover. Then start the drill again:"),
            commands::start_drill(plan),
        ]),
    }
}

fn already_locked_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failover drill not started: another execution is under way",
        happened: say("while the drill began, another execution has taken the lock, or payments have failed over."),
        state: lines([say("this execution changed nothing. Which one moves payments:"), commands::show_latch(plan)]),
        advice: lines([
            say("wait for the notification of that execution, then start the drill again:"),
            commands::start_drill(plan),
        ]),
    }
}

fn broken_off_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, objectives, .. } = plan.inputs;
    let patience = objectives.patience_seconds();
    Notice {
        subject: "FAILOVER DRILL BROKEN OFF: look now",
        happened: lines([
            say(format!(
                "in the middle of a failover drill {primary_region} stopped answering, or another execution took over. Why: "
            )),
            vec![FormatPart::Json(Path::input([ERROR]))],
        ]),
        state: lines([
            say(format!(
                "the drill has ended and has released its lock. Its latch is cleared, unless the database writes in \
                 {dr_region} already. Look:"
            )),
            commands::show_writer(plan),
            commands::show_latch(plan),
        ]),
        advice: lines([
            say(format!(
                "if {primary_region} is lost, the detector starts the failover once that has lasted for {patience} seconds. To \
                 start it now, although a switchover is under way and payments may be lost:"
            )),
            commands::start_failover_with_loss(plan),
        ]),
    }
}

fn stopped_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failover drill stopped by an error",
        happened: lines([say("a failover drill was due, and an error stopped it before it began."), details()]),
        state: say("nothing was changed."),
        advice: lines([say("start the drill again:"), commands::start_drill(plan)]),
    }
}

fn passed_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failover drill passed",
        happened: lines([
            say(format!("payments went from {primary_region} to {dr_region} and back, as planned. Evidence: ")),
            evidence(),
        ]),
        state: say(format!("as before the drill: {primary_region} takes payments, {dr_region} is the standby.")),
        advice: say("nothing."),
    }
}

fn not_passed_notice(plan: &Plan<'_>) -> Notice {
    let primary = plan.inputs.primary_region;
    Notice {
        subject: "FAILOVER DRILL NOT PASSED: look now",
        happened: lines([
            say("the failover drill ran and did not pass. Evidence: "),
            evidence(),
            say("\n  Error of the switching, null for none: "),
            vec![FormatPart::Json(Path::input(["run", ERROR]))],
        ]),
        state: lines([
            say("payments go to the writer of the database, if the clean-up was finished. Check:"),
            commands::show_writer(plan),
            commands::show_latch(plan),
        ]),
        advice: lines([
            say(format!("if {primary} is lost, fail over:")),
            commands::start_failover_with_loss(plan),
            say("\nif it is healthy and the database does not write there, or the latch is set, go back:"),
            commands::start_failback(plan),
            say("\nthen find the cause, and start the drill again:"),
            commands::start_drill(plan),
        ]),
    }
}

fn broken_notice(plan: &Plan<'_>) -> Notice {
    let primary = plan.inputs.primary_region;
    Notice {
        subject: "FAILOVER DRILL WITHOUT EVIDENCE: look now",
        happened: lines([
            say("the failover drill ran, and an error prevented its evidence from being written."),
            details(),
        ]),
        state: lines([say("unknown. Check:"), commands::show_writer(plan), commands::show_latch(plan)]),
        advice: lines([
            say(format!("if {primary} is lost, fail over:")),
            commands::start_failover_with_loss(plan),
            say("\nif it is healthy and the database does not write there, or the latch is set, go back:"),
            commands::start_failback(plan),
        ]),
    }
}
