//! The way back: the primary region takes the payments again, without loss.
//!
//! ```text
//! Guards ─> Decide ─> SwitchOver ─> WaitForWriter ─> WriteProbe ─┬─> WaitForEndpoint ─> ClearLatch ─> WaitForDns ─> Done
//!                └──────── (the database is back already) ───────┘
//! ```
//!
//! The latch is cleared last: until then the DR region answers for everything, whatever fails here.

use super::commands;
use super::machine_role::MachineRights;
use super::machine_steps::{
    ALREADY_CHANGING, ERROR, GUARDS, Patience, guards, put_latch, switch_to_primary, wait_for, write_probe,
};
use super::notice::{Notice, details, lines, say};
use super::state_machines::{MachineInputs, Plan};
use crate::aws::states_language::{Catch, Definition, Flow, FormatPart, Path, Rule, State};

/// More than the longest way takes.
const TIMEOUT_SECONDS: u32 = 5_400;

/// What the machine does that others do not.
pub(super) fn rights(inputs: &MachineInputs<'_>) -> MachineRights {
    MachineRights {
        functions: vec![inputs.guards_function_arn.clone(), inputs.probe_function_arn.clone()],
        database_action: "rds:SwitchoverGlobalCluster",
        items: &["latch"],
    }
}

/// The machine.
pub(super) fn definition(plan: &Plan<'_>) -> Definition {
    let flow = Flow::new("Guards", deciding(plan)).with(acting(plan)).with(failures(plan));
    Definition::new(
        format!("Makes {} the region that takes payments again.", plan.inputs.primary_region),
        TIMEOUT_SECONDS,
        flow,
    )
}

fn deciding(plan: &Plan<'_>) -> [State; 3] {
    let verdict = |expected| Rule::is_given_as(Path::input([GUARDS, "verdict"]), expected);
    [
        guards("Guards", plan.inputs, "failback").catch(Catch::every("NotifyStopped").keep([ERROR])).then("Decide"),
        State::choice(
            "Decide",
            [
                (verdict("nothing_to_do"), "NothingToDo"),
                (verdict("refuse"), "NotifyRefused"),
                (verdict("already_back"), "WaitForEndpoint"),
                (verdict("proceed"), "SwitchOver"),
            ],
            "NotifyStopped",
        ),
        State::succeed("NothingToDo"),
    ]
}

fn acting(plan: &Plan<'_>) -> [State; 8] {
    let inputs = plan.inputs;
    let primary = inputs.primary_region;
    let failed = || Catch::every("NotifyFailed").keep([ERROR]);
    [
        switch_to_primary("SwitchOver", inputs)
            .catch(Catch::of(ALREADY_CHANGING, "WaitForWriter"))
            .catch(failed())
            .then("WaitForWriter"),
        wait_for("WaitForWriter", inputs, "writer", primary, Patience::SWITCHOVER).catch(failed()).then("WriteProbe"),
        write_probe("WriteProbe", inputs, primary).catch(failed()).then("WaitForEndpoint"),
        wait_for("WaitForEndpoint", inputs, "endpoint", primary, Patience::ENDPOINT).catch(failed()).then("ClearLatch"),
        put_latch("ClearLatch", inputs, false).catch(failed()).then("WaitForDns"),
        wait_for("WaitForDns", inputs, "dns", primary, Patience::DNS)
            .catch(Catch::every("NotifyDnsStays").keep([ERROR]))
            .then("NotifyDone"),
        done_notice(plan).send("NotifyDone", inputs, "Done"),
        State::succeed("Done"),
    ]
}

fn failures(plan: &Plan<'_>) -> [State; 8] {
    let inputs = plan.inputs;
    [
        refused_notice(plan).send("NotifyRefused", inputs, "Refused"),
        State::fail("Refused", "Refused", "The guards refused the way back. Nothing was changed."),
        stopped_notice(plan).send("NotifyStopped", inputs, "Stopped"),
        State::fail("Stopped", "Stopped", "An error stopped the way back before anything was changed."),
        failed_notice(plan).send("NotifyFailed", inputs, "Failed"),
        State::fail("Failed", "Failed", "An error stopped the way back. The latch was kept."),
        dns_stays_notice(plan).send("NotifyDnsStays", inputs, "DnsStays"),
        State::fail("DnsStays", "DnsStays", "The latch is cleared, but DNS does not follow."),
    ]
}

fn refused_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failback refused by its guards",
        happened: lines([
            say(format!("going back to {primary_region} was asked for, and the guards refused it, because of: ")),
            vec![FormatPart::Json(Path::input([GUARDS, "reasons"]))],
        ]),
        state: say(format!("nothing was changed: {dr_region} goes on taking payments.")),
        advice: lines([
            say("there is no hurry. Remove the reason, then start it again:"),
            commands::start_failback(plan),
        ]),
    }
}

fn stopped_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failback stopped by an error",
        happened: lines([
            say(format!("going back to {primary_region} was asked for, and an error stopped it before it began.")),
            details(),
        ]),
        state: say(format!("nothing was changed: {dr_region} goes on taking payments.")),
        advice: lines([say("there is no hurry. Start it again:"), commands::start_failback(plan)]),
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
                "the latch is kept, so DNS leads to {dr_region}. If the database writes in {primary_region} already, \
                 payments fail until the way back is finished. Look:"
            )),
            commands::show_writer(plan),
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
