//! The failover: the DR region becomes the one that takes payments.
//!
//! ```text
//! Guards ─> Decide ─┬───────────────────────────> Lock ─> SetLatch ─┬─> Promote ... ─┬─> WriteProbe ─> ConfirmEpoch ─> Remember ─> FindLost ─> Done
//!                   └─> AskForApproval ─> guards again ─┘             └─ (done already) ┘
//! ```
//!
//! The lock makes it happen once, whoever starts it how often. The latch comes before the promotion, so that DNS never
//! leads back to a region whose database is being taken over. Where somebody has promoted the database by hand, the rest is
//! made up for. The epoch comes with the latch: from then on the primary acknowledges no payment, also where Aurora has not
//! fenced its writer; it is opened where the old writer stays. A session table that does not take it keeps no payment away
//! from a region that has none anyway, so the promotion does not wait; the epoch is then written once payments work.
//!
//! An operator who overrules a drill or a failback takes its lock, and it may have asked for the writer to go back a moment
//! before. So once payments work that request is waited for, and the database is asked again where it has come true:
//!
//! ```text
//! WriteProbe ─> WasTheLockTaken ─> LetOthersEnd ─> LookAfterOthers ─┬───────────────────────────────────> WriteProbeAfterOthers ─> ConfirmEpoch
//!                                                                   └─ (the old writer) ─> PromoteAfterOthers ─> ... ─┘
//! ```
//!
//! Once payments work and the lock is given back, the payments are looked for that the failover has lost. Whatever comes of
//! that, the failover is done: a search that fails is said in the notice.
//!
//! The database is asked for the promotion up to three times: again whenever it has come to rest with the old writer.
//!
//! ```text
//! Promote ─> WaitForRoles ─┬─> WriteProbe
//!    │            │        └─ (the old writer) ─> PromoteAgain ─> WaitForRolesAgain ─┬─> WriteProbe
//!    │            │                                                                  └─> PromoteLast ─> WaitForRolesLast ─┬─> WriteProbe
//!    │            └─ (too slow) ─> NotifyHangs ─> Settle after that ──────────────────────^                                │
//!    └─ (error) ─> Settle ─┬─> WriteProbe                                                                                 │
//!                          └─ (the old writer) ─> ClearLatch ─> NotifyGaveUp  <───────────────────────────────────────────┘
//! ```
//!
//! After an error the latch follows the writer: where the old one still writes, the execution's own latch is cleared, so
//! that payments go where they can be taken as soon as they can. The detector attempts another failover while the outage
//! lasts. Where nobody can say who writes, the latch is cleared too, because the detector counts nothing under it; the epoch
//! stays. By the epoch the primary answers its health check with 503 and acknowledges nothing, so DNS does not go back, and
//! the next attempt finds out how the promotion has ended.

use super::failover_notices::{
    already_claimed_notice, already_done_notice, approval_request, cannot_write_notice, done_notice, epoch_open_notice,
    failed_notice, gave_up_notice, hangs_notice, manual_notice, not_approved_notice, refused_notice,
    still_hangs_notice, stopped_notice,
};
use super::latch::{clear_latch, set_latch};
use super::lock::{LOCK_IS_TAKEN, execution, release_lock, take_lock};
use super::machine_role::MachinePermissions;
use super::machine_steps::{
    CONDITION_BROKEN, ERROR, GUARDS, LOSS, NOT_IN_THIS_STATE, Patience, REQUEST_SECONDS, ROLES, begin_epoch,
    change_writer, confirm_epoch, find_lost_payments, guards, put_item, settle, table_retry, wait_for_roles,
    write_probe, writer_is_in,
};
use super::state_machines::{MachineInputs, Plan};
use crate::aws::states_language::{Catch, Definition, Flow, Following, Path, Payload, Rule, State};
use crate::settings::FailoverMode;

/// More than the longest way takes, apart from the time that a person has to approve.
const TIMEOUT_SECONDS: u32 = 9_300;

/// Where it is kept that the request of an overruled execution was waited for.
const AFTER_OTHERS: &str = "after_others";

/// What the machine does that others do not.
pub(super) fn permissions(inputs: &MachineInputs<'_>) -> MachinePermissions {
    let search = inputs.search.as_ref().map(|search| search.arn.clone());
    let steps = [&inputs.guards_function_arn, &inputs.lookout_function_arn, &inputs.probe_function_arn];
    MachinePermissions {
        functions: steps.into_iter().cloned().chain(search).collect(),
        database_action: "rds:FailoverGlobalCluster",
        remembers_failovers: true,
        epochs: true,
    }
}

/// The machine.
pub(super) fn definition(plan: &Plan<'_>) -> Definition {
    let flow = Flow::new("Guards", deciding(plan))
        .with(approving(plan))
        .with(beginning(plan))
        .with(promoting(plan))
        .with(looking_again(plan))
        .with(after_others(plan))
        .with(recovering(plan))
        .with(ending(plan))
        .with(refusals(plan))
        .with(manual_end(plan))
        .with(failures(plan));
    let comment = format!("Makes {} the region that takes payments.", plan.inputs.dr_region);
    Definition::new(comment, timeout_seconds(plan), flow)
}

fn timeout_seconds(plan: &Plan<'_>) -> u32 {
    TIMEOUT_SECONDS + approval_seconds(plan)
}

/// How long a person has to approve.
fn approval_seconds(plan: &Plan<'_>) -> u32 {
    60 * u32::from(plan.inputs.approval_minutes)
}

fn deciding(plan: &Plan<'_>) -> [State; 2] {
    let guards = guards("Guards", plan.inputs, "failover", timeout_seconds(plan));
    [guards.catch(Catch::every("NotifyStopped").keep([ERROR])).then("Decide"), decide(plan.inputs.mode)]
}

/// The guards say what is safe, the mode says who decides.
fn decide(mode: FailoverMode) -> State {
    let refuse = (verdict("refuse"), "NotifyRefused");
    let done = (verdict("already_done"), "Lock");
    let otherwise = "NotifyStopped";
    match mode {
        FailoverMode::Automatic => State::choice(
            "Decide",
            [refuse, done, (verdict("ask"), "AskForApproval"), (verdict("proceed"), "Lock")],
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
                    (verdict("proceed"), "Lock"),
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
        guards("GuardsAfterApproval", plan.inputs, "failover", timeout_seconds(plan))
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("DecideAfterApproval"),
        State::choice(
            "DecideAfterApproval",
            [
                (verdict("refuse"), "NotifyRefused"),
                (verdict("already_done"), "Lock"),
                (verdict("ask"), "Lock"),
                (verdict("proceed"), "Lock"),
            ],
            "NotifyStopped",
        ),
    ]
}

fn beginning(plan: &Plan<'_>) -> [State; 6] {
    let inputs = plan.inputs;
    [
        take_lock("Lock", inputs)
            .catch(Catch::of([LOCK_IS_TAKEN], "NotifyAlreadyClaimed"))
            .catch(Catch::every("NotifyStopped").keep([ERROR]))
            .then("SetLatch"),
        set_latch("SetLatch", inputs).catch(Catch::every("UnsetLatch").keep([ERROR])).then("BeginEpoch"),
        begin_epoch("BeginEpoch", inputs, Some(inputs.dr_region)).catch(Catch::every("IsItDone")).then("IsItDone"),
        // A write whose answer was lost may have arrived.
        clear_latch("UnsetLatch", inputs).catch(Catch::every("ReleaseFailed")).then("ReleaseFailed"),
        State::choice("IsItDone", [(verdict("already_done"), "LookAgain")], "Promote"),
        write_probe("WriteProbe", inputs, inputs.dr_region)
            .catch(Catch::every("CouldOthersMoveIt").keep([ERROR]))
            .then("WasTheLockTaken"),
    ]
}

/// What the guards have seen may have been a drill's turn in the DR region, which is over by now.
fn looking_again(plan: &Plan<'_>) -> [State; 3] {
    Look { settle: "LookAgain", decide: "WhoWritesNow", done: "WriteProbe", undone: "ItIsNotDone", promote: "Promote" }
        .states(plan.inputs)
}

/// What an execution that was overruled has asked for is answered within the limit of a request.
fn after_others(plan: &Plan<'_>) -> Vec<State> {
    let inputs = plan.inputs;
    let look = Look {
        settle: "LookAfterOthers",
        decide: "WhoWritesAfterOthers",
        done: "WriteProbeAfterOthers",
        undone: "ItIsUndone",
        promote: "PromoteAfterOthers",
    };
    let round = Round {
        promote: "PromoteAfterOthers",
        wait: "WaitForRolesAfterOthers",
        decide: "WhoWritesAtLast",
        slow: "ClearLatchAfterHanging",
        failed: "ClearLatchAfterError",
        next: "ClearLatch",
        done: "WriteProbeAfterOthers",
    };
    let mut states = vec![
        State::choice("WasTheLockTaken", [(lock_was_free(), "ConfirmEpoch")], "LetOthersEnd"),
        // The probe has taken longer than a request.
        State::choice("CouldOthersMoveIt", [(lock_was_free(), "ReleaseCannotWrite")], "LookAfterOthers"),
        State::wait("LetOthersEnd", REQUEST_SECONDS, Following::next("LookAfterOthers")),
        write_probe("WriteProbeAfterOthers", inputs, inputs.dr_region)
            .catch(Catch::every("ReleaseCannotWrite").keep([ERROR]))
            .then("ConfirmEpoch"),
    ];
    states.extend(look.states(inputs));
    states.extend(round.states(inputs));
    states
}

/// A look at who writes, where the DR region did before. A writer that went back is moved again if loss is accepted.
struct Look {
    settle: &'static str,
    decide: &'static str,
    /// Where it leads if the DR region writes, or nobody can say who does.
    done: &'static str,
    undone: &'static str,
    promote: &'static str,
}

impl Look {
    fn states(self, inputs: &MachineInputs<'_>) -> [State; 3] {
        let promotes = Payload::from([("promotes", true.into())]);
        [
            settle(self.settle, inputs, Patience::AFTERMATH)
                .keep([ROLES])
                .catch(Catch::every(self.done))
                .then(self.decide),
            State::choice(
                self.decide,
                [(writer_is_in(inputs.dr_region), self.done), (loss_is_accepted(), self.undone)],
                "ClearLatch",
            ),
            // Whatever the guards have found done, it is this execution that promotes.
            State::pass(self.undone, promotes, [AFTER_OTHERS], Following::next(self.promote)),
        ]
    }
}

/// The lock was nobody's when the guards looked.
fn lock_was_free() -> Rule {
    Rule::is_given_as(Path::input([GUARDS, "takes_lock_from"]), "nobody")
}

/// What the guards found done was undone, and is done by this execution.
fn promotes_after_others() -> Rule {
    Rule::is_given_as_true(Path::input([AFTER_OTHERS, "promotes"]))
}

/// Whoever started the failover accepts that payments are lost.
fn loss_is_accepted() -> Rule {
    Rule::is_given_as_true(Path::input(["accept_data_loss"]))
}

fn promoting(plan: &Plan<'_>) -> Vec<State> {
    [
        Round {
            promote: "Promote",
            wait: "WaitForRoles",
            decide: "WhoWrites",
            slow: "NotifyHangs",
            failed: "Settle",
            next: "PromoteAgain",
            done: "WriteProbe",
        },
        Round {
            promote: "PromoteAgain",
            wait: "WaitForRolesAgain",
            decide: "WhoWritesAgain",
            slow: "NotifyHangs",
            failed: "Settle",
            next: "PromoteLast",
            done: "WriteProbe",
        },
        Round {
            promote: "PromoteLast",
            wait: "WaitForRolesLast",
            decide: "WhoWritesLast",
            slow: "ClearLatchAfterHanging",
            failed: "Settle",
            next: "ClearLatch",
            done: "WriteProbe",
        },
    ]
    .into_iter()
    .flat_map(|round| round.states(plan.inputs))
    .collect()
}

/// One request for the promotion, and what comes of it.
struct Round {
    promote: &'static str,
    wait: &'static str,
    decide: &'static str,
    /// Where it leads if the roles do not come to rest in time.
    slow: &'static str,
    /// Where it leads if the request fails.
    failed: &'static str,
    /// Where it leads if they have come to rest with the old writer.
    next: &'static str,
    /// Where it leads once the DR region writes.
    done: &'static str,
}

impl Round {
    fn states(self, inputs: &MachineInputs<'_>) -> [State; 3] {
        let dr = inputs.dr_region;
        [
            change_writer(self.promote, "aws-sdk:rds:failoverGlobalCluster", promotion(inputs))
                .catch(Catch::of(NOT_IN_THIS_STATE, self.wait))
                .catch(Catch::every(self.failed).keep([ERROR]))
                .then(self.wait),
            wait_for_roles(self.wait, inputs, dr, Patience::failover(inputs.objectives))
                .catch(Catch::every(self.slow).keep([ERROR]))
                .then(self.decide),
            State::choice(self.decide, [(writer_is_in(dr), self.done)], self.next),
        ]
    }
}

/// What is done after an error, and after people have been called.
fn recovering(plan: &Plan<'_>) -> [State; 9] {
    let inputs = plan.inputs;
    let dr = inputs.dr_region;
    [
        hangs_notice(plan).send("NotifyHangs", inputs, "SettleAfterHanging"),
        settle("SettleAfterHanging", inputs, Patience::SETTLED)
            .keep([ROLES])
            .catch(Catch::every("ClearLatchAfterHanging"))
            .then("WhoWritesAfterHanging"),
        State::choice("WhoWritesAfterHanging", [(writer_is_in(dr), "WriteProbe")], "PromoteLast"),
        settle("Settle", inputs, Patience::AFTERMATH)
            .keep([ROLES])
            .catch(Catch::every("ClearLatchAfterError"))
            .then("WhoWritesAfterError"),
        State::choice("WhoWritesAfterError", [(writer_is_in(dr), "WriteProbe")], "ClearLatch"),
        clear_latch("ClearLatch", inputs).catch(Catch::every("ReleaseFailed")).then("OpenEpoch"),
        // The old writer goes on, and must be able to acknowledge.
        begin_epoch("OpenEpoch", inputs, None).catch(Catch::every("ReleaseFailed")).then("ReleaseGaveUp"),
        clear_latch("ClearLatchAfterError", inputs).catch(Catch::every("ReleaseFailed")).then("ReleaseFailed"),
        clear_latch("ClearLatchAfterHanging", inputs).catch(Catch::every("ReleaseHanging")).then("ReleaseHanging"),
    ]
}

fn ending(plan: &Plan<'_>) -> Vec<State> {
    let inputs = plan.inputs;
    let release = |name, next| release_lock(name, inputs).catch(Catch::every(next)).then(next);
    let search = inputs.search.as_ref().map(|search| {
        find_lost_payments("FindLost", search).catch(Catch::every("LossUnknown").keep([ERROR])).then("WasItDone")
    });
    let states = [
        confirm_epoch("ConfirmEpoch", inputs, inputs.dr_region)
            .catch(Catch::of([CONDITION_BROKEN], "Remember"))
            .catch(Catch::every("NotifyEpochOpen").keep([ERROR]))
            .then("Remember"),
        epoch_open_notice(plan).send("NotifyEpochOpen", inputs, "Remember"),
        put_item("Remember", remembered(inputs))
            .retry(table_retry())
            .catch(Catch::every("ReleaseDone"))
            .then("ReleaseDone"),
        release("ReleaseDone", if search.is_some() { "FindLost" } else { "LossUnknown" }),
        State::pass("LossUnknown", loss_unknown(inputs), [LOSS], Following::next("WasItDone")),
        State::choice(
            "WasItDone",
            [(promotes_after_others(), "NotifyDone"), (verdict("already_done"), "NotifyAlreadyDone")],
            "NotifyDone",
        ),
        done_notice(plan).send("NotifyDone", inputs, "Done"),
        State::succeed("Done"),
        already_done_notice(plan).send("NotifyAlreadyDone", inputs, "AlreadyDone"),
        State::succeed("AlreadyDone"),
        already_claimed_notice(plan).send("NotifyAlreadyClaimed", inputs, "AlreadyClaimed"),
        State::succeed("AlreadyClaimed"),
        release("ReleaseGaveUp", "NotifyGaveUp"),
        release("ReleaseFailed", "NotifyFailed"),
        release("ReleaseHanging", "NotifyStillHangs"),
        release("ReleaseCannotWrite", "NotifyCannotWrite"),
    ];
    states.into_iter().chain(search).collect()
}

/// What stands for an answer of the search that has none.
fn loss_unknown(inputs: &MachineInputs<'_>) -> Payload {
    let failed =
        "which payments are lost cannot be told, because the search for them failed: its log and its alarm say why";
    Payload::from([("told", inputs.loss_unknown.unwrap_or(failed).into())])
}

/// When the last failover was, for the cool-down. `by` is a reserved word of `DynamoDB`, but not in an item.
fn remembered(inputs: &MachineInputs<'_>) -> Payload {
    let started_at = Payload::from([("N", Path::input([GUARDS, "now"]).into())]);
    Payload::from([
        ("TableName", (&inputs.state_table_name).into()),
        ("Item", [("id", [("S", "failover".into())].into()), ("started_at", started_at), ("by", execution())].into()),
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
    [
        refused_notice(plan).send("NotifyRefused", inputs, "Refused"),
        State::fail("Refused", "Refused", "The guards refused the failover. Nothing was changed."),
        not_approved_notice(plan).send("NotifyNotApproved", inputs, "NotApproved"),
        State::fail("NotApproved", "NotApproved", "The failover was not approved. Nothing was changed."),
    ]
}

/// In mode `manual` the detector's request ends in a notice.
fn manual_end(plan: &Plan<'_>) -> Vec<State> {
    if plan.inputs.mode != FailoverMode::Manual {
        return Vec::new();
    }
    vec![manual_notice(plan).send("NotifyManual", plan.inputs, "ManualOnly"), State::succeed("ManualOnly")]
}

fn failures(plan: &Plan<'_>) -> [State; 10] {
    let inputs = plan.inputs;
    [
        stopped_notice(plan).send("NotifyStopped", inputs, "Stopped"),
        State::fail("Stopped", "Stopped", "An error stopped the failover before anything was changed."),
        failed_notice(plan).send("NotifyFailed", inputs, "Failed"),
        State::fail("Failed", "Failed", "An error stopped the failover, and which region writes is unknown."),
        gave_up_notice(plan).send("NotifyGaveUp", inputs, "GaveUp"),
        State::fail("GaveUp", "GaveUp", "The database was not promoted. The latch is cleared again."),
        still_hangs_notice(plan).send("NotifyStillHangs", inputs, "PromotionHangs"),
        State::fail("PromotionHangs", "PromotionHangs", "The database has not become the writer in time."),
        cannot_write_notice(plan).send("NotifyCannotWrite", inputs, "CannotWrite"),
        State::fail("CannotWrite", "CannotWrite", "The database was promoted, but a row cannot be written."),
    ]
}
