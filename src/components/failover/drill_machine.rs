//! The drill: the way there and the way back, planned and without loss, under payments that are counted.
//!
//! ```text
//! Guards ─> Decide ─> Begin ─> Run ─> Verify ─> Evidence ─> Passed?
//!                               ├── Payments: one a second through the failover domain
//!                               └── Switch: latch, there, hold, back, latch
//! ```
//!
//! Neither branch ever fails: Step Functions would stop the other one at once, in the middle of a switchover. What goes
//! wrong travels as data, and the evidence judges it.

use super::commands;
use super::machine_role::MachineRights;
use super::machine_steps::{
    ALREADY_CHANGING, ERROR, GUARDS, Patience, call, guards, put_latch, settle, switch_to_primary, wait_for,
    write_probe,
};
use super::notice::{Notice, details, lines, say};
use super::state_machines::{MachineInputs, Plan};
use crate::aws::states_language::{
    Catch, Definition, EVERY_ERROR, Flow, Following, FormatPart, Parallel, Path, Payload, Resource, Retry, Rule, State,
    Task,
};

/// More than the longest way takes, with every step at its limit.
const TIMEOUT_SECONDS: u32 = 14_400;

/// How long the DR region takes payments: long enough to see that it does.
const HOLD_SECONDS: u32 = 30;

/// Seconds for a step of the drill function.
const STEP_SECONDS: u32 = 60;

/// The payments go on for 800 seconds at the most, and the function may run for 900.
const PAYMENTS_SECONDS: u32 = 910;

/// What the machine does that others do not.
pub(super) fn rights(inputs: &MachineInputs<'_>) -> MachineRights {
    MachineRights {
        functions: vec![
            inputs.guards_function_arn.clone(),
            inputs.probe_function_arn.clone(),
            inputs.drill_function_arn.clone(),
        ],
        database_action: "rds:SwitchoverGlobalCluster",
        items: &["latch"],
    }
}

/// The machine.
pub(super) fn definition(plan: &Plan<'_>) -> Definition {
    let flow = Flow::new("Guards", deciding(plan)).with([run(plan)]).with(judging(plan)).with(failures(plan));
    Definition::new("Fails over and back as planned, and measures it.", TIMEOUT_SECONDS, flow)
}

fn deciding(plan: &Plan<'_>) -> [State; 3] {
    let inputs = plan.inputs;
    let verdict = |expected| Rule::is_given_as(Path::input([GUARDS, "verdict"]), expected);
    [
        guards("Guards", inputs, "drill").catch(Catch::every("NotifyStopped").keep([ERROR])).then("Decide"),
        State::choice("Decide", [(verdict("refuse"), "NotifyRefused"), (verdict("proceed"), "Begin")], "NotifyStopped"),
        Task::new("Begin", function(inputs), [("step", "begin".into())], STEP_SECONDS)
            .keep(["begun"])
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("Run"),
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
        .catch(Catch::every("NotifyBroken").keep([ERROR]))
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

/// There and back. The latch goes first and is cleared last, as in the failover and the failback.
fn switch(plan: &Plan<'_>) -> Flow {
    let inputs = plan.inputs;
    let MachineInputs { primary_region: primary, dr_region: dr, .. } = *inputs;
    let failed = || Catch::every("Settle").keep([ERROR]);
    let wait = |name, check, region, patience| wait_for(name, inputs, check, region, patience).catch(failed());
    let there = [
        put_latch("SetLatch", inputs, true).catch(failed()).then("SwitchOver"),
        call("SwitchOver", &inputs.drill_function_arn, step("switch_over", ["drill"]), STEP_SECONDS)
            .keep(["steps", "switch_over"])
            .catch(failed())
            .then("WaitForWriterThere"),
        wait("WaitForWriterThere", "writer", dr, Patience::SWITCHOVER).then("WriteProbeThere"),
        write_probe("WriteProbeThere", inputs, dr)
            .keep(["steps", "written_there"])
            .catch(failed())
            .then("WaitForDnsThere"),
        wait("WaitForDnsThere", "dns", dr, Patience::DNS).keep(["steps", "dns_there"]).then("Hold"),
        State::wait("Hold", HOLD_SECONDS, Following::next("SwitchBack")),
    ];
    let back = [
        switch_to_primary("SwitchBack", inputs)
            .catch(Catch::of(ALREADY_CHANGING, "WaitForWriterBack"))
            .catch(failed())
            .then("WaitForWriterBack"),
        wait("WaitForWriterBack", "writer", primary, Patience::SWITCHOVER).then("WriteProbeBack"),
        write_probe("WriteProbeBack", inputs, primary)
            .keep(["steps", "written_back"])
            .catch(failed())
            .then("WaitForEndpointBack"),
        wait("WaitForEndpointBack", "endpoint", primary, Patience::ENDPOINT).then("ClearLatch"),
        put_latch("ClearLatch", inputs, false).catch(failed()).then("WaitForDnsBack"),
        wait("WaitForDnsBack", "dns", primary, Patience::DNS).keep(["steps", "dns_back"]).then("Finish"),
        finish("Finish", inputs),
        State::succeed("SwitchEnd"),
    ];
    Flow::new("SetLatch", there).with(back).with(clean_up(inputs))
}

/// After an error the latch follows the writer: payments go where they can be taken. Where that is not known, the latch
/// stays.
fn clean_up(inputs: &MachineInputs<'_>) -> [State; 4] {
    let writer = Path::input(["steps", "settled", "writer_region"]);
    let in_primary = Rule::is_given_as(writer, inputs.primary_region.name());
    [
        settle("Settle", inputs)
            .keep(["steps", "settled"])
            .catch(Catch::every("FinishAfterError"))
            .then("WhereIsTheWriter"),
        State::choice("WhereIsTheWriter", [(in_primary, "ClearLatchAfterError")], "FinishAfterError"),
        put_latch("ClearLatchAfterError", inputs, false)
            .catch(Catch::every("FinishAfterError"))
            .then("FinishAfterError"),
        finish("FinishAfterError", inputs),
    ]
}

/// Ends the payments. They end by themselves too, later.
fn finish(name: &'static str, inputs: &MachineInputs<'_>) -> State {
    call(name, &inputs.drill_function_arn, step("finish", ["drill"]), STEP_SECONDS)
        .catch(Catch::every("SwitchEnd"))
        .then("SwitchEnd")
}

fn judging(plan: &Plan<'_>) -> [State; 5] {
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
            .catch(Catch::every("NotifyBroken").keep([ERROR]))
            .then("DidItPass"),
        State::choice("DidItPass", [(passed, "NotifyPassed")], "NotifyNotPassed"),
        passed_notice(plan).send("NotifyPassed", inputs, "Passed"),
        State::succeed("Passed"),
    ]
}

fn failures(plan: &Plan<'_>) -> [State; 8] {
    let inputs = plan.inputs;
    [
        refused_notice(plan).send("NotifyRefused", inputs, "Refused"),
        State::fail("Refused", "Refused", "The guards refused the drill. Nothing was changed."),
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
            say("a failover drill was due, and the guards refused it, because of: "),
            vec![FormatPart::Json(Path::input([GUARDS, "reasons"]))],
        ]),
        state: say("nothing was changed."),
        advice: lines([
            say("remove the reason: a real failover may need the same thing. Then start the drill again:"),
            commands::start_drill(plan),
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
            say("payments are taken where the database writes, if the clean-up got that far. Look:"),
            commands::show_writer(plan),
            commands::show_latch(plan),
        ]),
        advice: lines([
            say(format!("if the database does not write in {primary} or the latch is set, go back:")),
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
        happened: lines([say("the failover drill ran, and an error kept its evidence from being written."), details()]),
        state: lines([say("unknown. Look:"), commands::show_writer(plan), commands::show_latch(plan)]),
        advice: lines([
            say(format!("if the database does not write in {primary} or the latch is set, go back:")),
            commands::start_failback(plan),
        ]),
    }
}
