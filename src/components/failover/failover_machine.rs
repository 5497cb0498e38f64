//! The failover: the DR region becomes the one that takes payments.
//!
//! ```text
//! Guards ─> Decide ─┬─────────────────────────────> Claim ─> SetLatch ─> Promote ─> WaitForWriter ─> WriteProbe ─> Done
//!                   └─> AskForApproval ─> guards again ─┘
//! ```
//!
//! The claim makes it happen once, whoever starts it how often. The latch comes before the promotion, so that DNS never
//! leads back to a region whose database is being taken over.

use super::commands;
use super::machine_role::MachineRights;
use super::machine_steps::{
    ALREADY_CHANGING, ERROR, GUARDS, Patience, change_writer, guards, put_item, put_latch, table_retry, wait_for,
    write_probe,
};
use super::notice::{Notice, details, lines, say};
use super::state_machines::{MachineInputs, Plan};
use crate::aws::states_language::{Catch, Definition, Flow, FormatPart, Path, Payload, Retry, Rule, State};
use crate::settings::FailoverMode;

/// More than the longest way takes, apart from the time that a person has to approve.
const TIMEOUT_SECONDS: u32 = 1_800;

/// The claim is another execution's. The prefix is that of the optimized integration, which differs from the SDK's
/// (Step Functions developer guide, "Call DynamoDB with Step Functions", "Exception prefix differences").
const CLAIM_IS_TAKEN: &str = "DynamoDB.ConditionalCheckFailedException";

/// What the machine does that others do not.
pub(super) fn rights(inputs: &MachineInputs<'_>) -> MachineRights {
    MachineRights {
        functions: vec![inputs.guards_function_arn.clone(), inputs.probe_function_arn.clone()],
        database_action: "rds:FailoverGlobalCluster",
        items: &["failover", "latch"],
    }
}

/// The machine.
pub(super) fn definition(plan: &Plan<'_>) -> Definition {
    let flow = Flow::new("Guards", deciding(plan))
        .with(approving(plan))
        .with(acting(plan))
        .with(refusals(plan))
        .with(manual_end(plan))
        .with(failures(plan));
    let comment = format!("Makes {} the region that takes payments.", plan.inputs.dr_region);
    Definition::new(comment, TIMEOUT_SECONDS + approval_seconds(plan), flow)
}

/// How long a person has to approve.
fn approval_seconds(plan: &Plan<'_>) -> u32 {
    60 * u32::from(plan.inputs.approval_minutes)
}

fn deciding(plan: &Plan<'_>) -> [State; 2] {
    let guards = guards("Guards", plan.inputs, "failover");
    [guards.catch(Catch::every("NotifyStopped").keep([ERROR])).then("Decide"), decide(plan.inputs.mode)]
}

/// The guards say what is safe, the mode says who decides.
fn decide(mode: FailoverMode) -> State {
    let refuse = (verdict("refuse"), "NotifyRefused");
    let done = (verdict("already_done"), "AlreadyDone");
    let otherwise = "NotifyStopped";
    match mode {
        FailoverMode::Automatic => State::choice(
            "Decide",
            [refuse, done, (verdict("ask"), "AskForApproval"), (verdict("proceed"), "Claim")],
            otherwise,
        ),
        FailoverMode::Approve => State::choice(
            "Decide",
            [refuse, done, (verdict("ask"), "AskForApproval"), (verdict("proceed"), "AskForApproval")],
            otherwise,
        ),
        FailoverMode::Manual => {
            let from_a_person = Rule::is_given_as(Path::input(["requested_by"]), "operator");
            State::choice(
                "Decide",
                [
                    refuse,
                    done,
                    (from_a_person.negated(), "NotifyManual"),
                    (verdict("ask"), "AskForApproval"),
                    (verdict("proceed"), "Claim"),
                ],
                otherwise,
            )
        }
    }
}

fn verdict(expected: &'static str) -> Rule {
    Rule::is_given_as(Path::input([GUARDS, "verdict"]), expected)
}

/// Much can change while a person thinks, so the guards look again. What they would have asked is answered by then.
fn approving(plan: &Plan<'_>) -> [State; 4] {
    let approved = Rule::is_given_as_true(Path::input(["approval", "approved"]));
    [
        approval_request(plan)
            .ask("AskForApproval", plan.inputs, approval_seconds(plan))
            .keep(["approval"])
            .catch(Catch::every("NotifyNotApproved").keep([ERROR]))
            .then("Approved"),
        State::choice("Approved", [(approved, "GuardsAfterApproval")], "NotifyNotApproved"),
        guards("GuardsAfterApproval", plan.inputs, "failover")
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("DecideAfterApproval"),
        State::choice(
            "DecideAfterApproval",
            [
                (verdict("refuse"), "NotifyRefused"),
                (verdict("already_done"), "AlreadyDone"),
                (verdict("ask"), "Claim"),
                (verdict("proceed"), "Claim"),
            ],
            "NotifyStopped",
        ),
    ]
}

fn acting(plan: &Plan<'_>) -> [State; 9] {
    let inputs = plan.inputs;
    let failed = || Catch::every("NotifyFailed").keep([ERROR]);
    [
        put_item("Claim", claim(inputs))
            .retry(Retry::never([CLAIM_IS_TAKEN]))
            .retry(table_retry())
            .catch(Catch::of([CLAIM_IS_TAKEN], "AlreadyClaimed"))
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("SetLatch"),
        put_latch("SetLatch", inputs, true).catch(failed()).then("Promote"),
        change_writer("Promote", "aws-sdk:rds:failoverGlobalCluster", promotion(inputs))
            .catch(Catch::of(ALREADY_CHANGING, "WaitForWriter"))
            .catch(failed())
            .then("WaitForWriter"),
        wait_for("WaitForWriter", inputs, "writer", inputs.dr_region, Patience::FAILOVER)
            .catch(Catch::every("NotifyHangs").keep([ERROR]))
            .then("WriteProbe"),
        write_probe("WriteProbe", inputs, inputs.dr_region)
            .catch(Catch::every("NotifyCannotWrite").keep([ERROR]))
            .then("NotifyDone"),
        done_notice(plan).send("NotifyDone", inputs, "Done"),
        State::succeed("Done"),
        State::succeed("AlreadyDone"),
        State::succeed("AlreadyClaimed"),
    ]
}

/// One failover in a cool-down, and an execution that is not sure whether it has the claim may take it again. `by` is a
/// reserved word of DynamoDB.
fn claim(inputs: &MachineInputs<'_>) -> Payload {
    let execution = || Payload::from([("S", Path::context(["Execution", "Id"]).into())]);
    let seconds = |field| Payload::from([("N", Path::input([GUARDS, field]).into())]);
    let condition = "attribute_not_exists(id) OR started_at < :cool_down_ends_before OR #by = :execution";
    Payload::from([
        ("TableName", (&inputs.state_table_name).into()),
        (
            "Item",
            [("id", [("S", "failover".into())].into()), ("started_at", seconds("now")), ("by", execution())].into(),
        ),
        ("ConditionExpression", condition.into()),
        ("ExpressionAttributeNames", [("#by", "by".into())].into()),
        (
            "ExpressionAttributeValues",
            [(":cool_down_ends_before", seconds("cool_down_ends_before")), (":execution", execution())].into(),
        ),
    ])
}

/// Without `AllowDataLoss` the request would be a switchover, which needs the region that is lost.
fn promotion(inputs: &MachineInputs<'_>) -> Payload {
    Payload::from([
        ("GlobalClusterIdentifier", (&inputs.global_cluster_identifier).into()),
        ("TargetDbClusterIdentifier", (&inputs.dr_cluster_arn).into()),
        ("AllowDataLoss", true.into()),
    ])
}

fn refusals(plan: &Plan<'_>) -> [State; 4] {
    let inputs = plan.inputs;
    let minutes = inputs.cool_down_seconds / 60;
    let refused = Notice {
        subject: "Failover refused by its guards",
        happened: lines([asked_for(plan), say("and the guards refused it, because of: "), reasons()]),
        state: say("this execution changed nothing."),
        advice: lines([
            say(format!(
                "if payments work, nothing. If they fail, remove the reason (a failover less than {minutes} minutes ago is \
                 one), then:"
            )),
            commands::start_failover(plan),
        ]),
    };
    let not_approved = Notice {
        subject: "Failover not approved",
        happened: lines([
            asked_for(plan),
            say(format!(
                "but nobody approved it within {}, or somebody rejected it, or asking failed.",
                time_to_approve(plan)
            )),
            details(),
        ]),
        state: say("this execution changed nothing."),
        advice: lines([
            say("if payments still fail, decide now, and start it yourself:"),
            commands::start_failover(plan),
        ]),
    };
    [
        refused.send("NotifyRefused", inputs, "Refused"),
        State::fail("Refused", "Refused", "The guards refused the failover. Nothing was changed."),
        not_approved.send("NotifyNotApproved", inputs, "NotApproved"),
        State::fail("NotApproved", "NotApproved", "Nobody approved the failover. Nothing was changed."),
    ]
}

/// In mode `manual` the detector's request ends in a notice.
fn manual_end(plan: &Plan<'_>) -> Vec<State> {
    if plan.inputs.mode != FailoverMode::Manual {
        return Vec::new();
    }
    let notice = Notice {
        subject: "The primary region fails: start the failover?",
        happened: lines([
            asked_for(plan),
            say("and the guards say: "),
            vec![FormatPart::Path(Path::input([GUARDS, "verdict"]))],
            say(". Reasons: "),
            reasons(),
        ]),
        state: say("nothing was changed: the mode is manual, a person starts the failover."),
        advice: lines([
            say("to fail over:"),
            commands::start_failover(plan),
            say("\nto fail over although the replication lag is unknown or large:"),
            commands::start_failover_with_loss(plan),
        ]),
    };
    vec![notice.send("NotifyManual", plan.inputs, "ManualOnly"), State::succeed("ManualOnly")]
}

fn failures(plan: &Plan<'_>) -> [State; 8] {
    let inputs = plan.inputs;
    [
        stopped_notice(plan).send("NotifyStopped", inputs, "Stopped"),
        State::fail("Stopped", "Stopped", "An error stopped the failover before anything was changed."),
        failed_notice(plan).send("NotifyFailed", inputs, "Failed"),
        State::fail("Failed", "Failed", "An error stopped the failover after the claim. The latch may be set."),
        hangs_notice(plan).send("NotifyHangs", inputs, "PromotionHangs"),
        State::fail("PromotionHangs", "PromotionHangs", "The database has not become the writer in time."),
        cannot_write_notice(plan).send("NotifyCannotWrite", inputs, "CannotWrite"),
        State::fail("CannotWrite", "CannotWrite", "The database was promoted, but a row cannot be written."),
    ]
}

fn asked_for(plan: &Plan<'_>) -> Vec<FormatPart> {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    say(format!("a failover from {primary_region} to {dr_region} was asked for, "))
}

fn time_to_approve(plan: &Plan<'_>) -> String {
    match plan.inputs.approval_minutes {
        1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

fn reasons() -> Vec<FormatPart> {
    vec![FormatPart::Json(Path::input([GUARDS, "reasons"]))]
}

fn approval_request(plan: &Plan<'_>) -> Notice {
    let region = plan.inputs.dr_region;
    let needs = format!("and needs your decision within {}, because of: ", time_to_approve(plan));
    Notice {
        subject: "DECIDE NOW: approve the failover?",
        happened: lines([asked_for(plan), say(needs), reasons()]),
        state: lines([
            say("nothing was changed. Replication lag in milliseconds: "),
            vec![FormatPart::Json(Path::input([GUARDS, "lag_milliseconds"]))],
            say(", measured so many seconds ago: "),
            vec![FormatPart::Json(Path::input([GUARDS, "lag_age_seconds"]))],
            say(". Payments of that span are lost if you approve; null means that nobody knows."),
        ]),
        advice: lines([
            say(format!("to make {region} take the payments:")),
            commands::approve(plan),
            say("\nto leave everything as it is:"),
            commands::reject(plan),
        ]),
    }
}

fn done_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failover done",
        happened: say(format!("payments have failed over from {primary_region} to {dr_region}.")),
        state: say(format!(
            "the database writes in {dr_region}, a row was written and read there. The latch is set: DNS stays with \
             {dr_region} even when {primary_region} is healthy again. Clients follow within about a minute."
        )),
        advice: lines([
            say(format!(
                "nothing now. Days later, when {primary_region} is healthy and its database has caught up, go back without \
                 loss:"
            )),
            commands::start_failback(plan),
        ]),
    }
}

fn stopped_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failover stopped by an error",
        happened: lines([asked_for(plan), say("and an unexpected error stopped it before it began."), details()]),
        state: say("this execution changed nothing."),
        advice: lines([say("if payments fail, try again:"), commands::start_failover(plan)]),
    }
}

fn failed_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILOVER FAILED: act now",
        happened: lines([
            asked_for(plan),
            say("and an unexpected error stopped it while it set the latch or promoted the database."),
            details(),
        ]),
        state: lines([
            say(format!("DNS may point to {dr_region} while the database still writes in {primary_region}. Look:")),
            commands::show_writer(plan),
            commands::show_latch(plan),
        ]),
        advice: lines([
            say("to try again, give up the claim of this execution and start a new one:"),
            commands::release_claim(plan),
            commands::start_failover(plan),
            say(format!("\nto stay in {primary_region}, once its endpoint answers (this clears the latch):")),
            commands::start_failback(plan),
        ]),
    }
}

fn hangs_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILOVER HANGS: act now",
        happened: lines([
            say(format!("the database in {dr_region} was asked to become the writer, and is not after 200 seconds.")),
            details(),
        ]),
        state: lines([
            say(format!("the latch is set and DNS leads to {dr_region}, which cannot take payments yet. Look:")),
            commands::show_writer(plan),
        ]),
        advice: lines([
            say(format!(
                "the promotion may still finish by itself: then payments work at once. If it does not, open a support case \
                 of the highest severity for the global database in {dr_region}. To ask for the promotion again:"
            )),
            commands::release_claim(plan),
            commands::start_failover(plan),
        ]),
    }
}

fn cannot_write_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILOVER INCOMPLETE: the database cannot be written",
        happened: lines([
            say(format!("the database in {dr_region} is the writer, but a row cannot be written or read back.")),
            details(),
        ]),
        state: lines([
            say(format!("the latch is set and DNS leads to {dr_region}. Payments there probably fail. Look:")),
            commands::show_writer(plan),
        ]),
        advice: say(format!(
            "look at the database's instances, its secret and the probe function's log in {dr_region}. Nothing has to be \
             started again: payments work as soon as the database takes writes."
        )),
    }
}
