//! What people are told by the failover: each end of it, and each question.

use super::commands;
use super::machine_steps::{GUARDS, LOSS};
use super::notice::{Notice, details, lines, say};
use super::state_machines::{MachineInputs, Plan};
use crate::aws::states_language::{FormatPart, Path};

pub(super) fn approval_request(plan: &Plan<'_>) -> Notice {
    let region = plan.inputs.dr_region;
    let needs = format!("and needs your decision within {}, because of: ", time_to_approve(plan));
    Notice {
        subject: "DECIDE NOW: approve the failover?",
        happened: lines([asked_for(plan), say(needs), reasons()]),
        state: lines([
            say("nothing was changed. Last replication lag before the outage, in milliseconds: "),
            vec![FormatPart::Json(Path::input([GUARDS, "lag_milliseconds"]))],
            say(", measured so many seconds before it: "),
            vec![FormatPart::Json(Path::input([GUARDS, "lag_age_seconds"]))],
            say(". Payments of that span are lost if you approve; null means unknown."),
        ]),
        advice: lines([
            say(format!("to make {region} take the payments:")),
            commands::approve(plan),
            say("\nto leave everything as it is:"),
            commands::reject(plan),
        ]),
    }
}

pub(super) fn refused_notice(plan: &Plan<'_>) -> Notice {
    let minutes = plan.inputs.cool_down_seconds / 60;
    Notice {
        subject: "Failover refused by its guards",
        happened: lines([asked_for(plan), say("and the guards refused it, because of: "), reasons()]),
        state: say("this execution changed nothing."),
        advice: lines([
            say(format!(
                "if payments work, nothing. While an outage lasts the detector asks again, after 2, 4, 8 and at most 16 \
                 minutes. To be faster, remove the reason (a failover less than {minutes} minutes ago is one), then:"
            )),
            commands::start_failover(plan),
            say("\nto overrule all reasons but the kill switch and a failover that runs:"),
            commands::start_failover_with_loss(plan),
        ]),
    }
}

pub(super) fn not_approved_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failover not approved",
        happened: lines([
            asked_for(plan),
            say(format!(
                "but it was not approved within {}, or it was rejected, or the request for approval failed.",
                time_to_approve(plan)
            )),
            details(),
        ]),
        state: say("this execution changed nothing."),
        advice: lines([
            say("while an outage lasts you are asked again some minutes later. To decide now, start it yourself:"),
            commands::start_failover(plan),
        ]),
    }
}

/// In mode `manual`, where the detector only asks.
pub(super) fn manual_notice(plan: &Plan<'_>) -> Notice {
    Notice {
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
    }
}

pub(super) fn done_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failover done",
        happened: say(format!("payments have failed over from {primary_region} to {dr_region}.")),
        state: lines([
            say(format!(
                "the database writes in {dr_region}, a row was written and read there. The latch is set: DNS stays with \
                 {dr_region} even when {primary_region} is healthy again. Clients follow within about a minute."
            )),
            loss(),
        ]),
        advice: lines([
            say(format!(
                "nothing now. Days later, when {primary_region} is healthy and its database has caught up, go back without \
                 loss:"
            )),
            commands::start_failback(plan),
            look_again(plan),
        ]),
    }
}

pub(super) fn stopped_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failover stopped by an error",
        happened: lines([asked_for(plan), say("and an unexpected error stopped it before it began."), details()]),
        state: say("this execution changed nothing."),
        advice: lines([say("if payments fail, try again:"), commands::start_failover(plan)]),
    }
}

pub(super) fn already_done_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "Failover made up for: the database had moved already",
        happened: lines([
            asked_for(plan),
            say(format!(
                "and the database writes in {dr_region} already: it was moved by hand, or by an earlier execution."
            )),
        ]),
        state: lines([
            say(format!(
                "the latch is set: DNS stays with {dr_region} even when {primary_region} is healthy again. A row was written \
                 and read there."
            )),
            loss(),
        ]),
        advice: lines([
            say(format!("nothing now. When {primary_region} is healthy and its database has caught up, go back:")),
            commands::start_failback(plan),
            look_again(plan),
        ]),
    }
}

pub(super) fn epoch_open_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILOVER: the old region may still acknowledge payments",
        happened: lines([
            say(format!(
                "payments have failed over to {dr_region}, and that only {dr_region} may acknowledge them could not be \
                 written to the session table."
            )),
            details(),
        ]),
        state: say(format!(
            "payments work in {dr_region}. If {primary_region} was only cut off, and its database is not fenced, what it \
             acknowledges is lost."
        )),
        advice: lines([
            say("once the session table takes writes, start the failover again. It moves nothing, and writes it:"),
            commands::start_failover(plan),
        ]),
    }
}

pub(super) fn already_claimed_notice(plan: &Plan<'_>) -> Notice {
    Notice {
        subject: "Failover not started: another execution is under way",
        happened: lines([asked_for(plan), say("and in the same moment another execution has taken the lock.")]),
        state: lines([say("this execution changed nothing. Which one moves payments:"), commands::show_latch(plan)]),
        advice: lines([
            say("wait for the other one's notice. If it is a drill or a failback that hangs, and payments fail:"),
            commands::start_failover_with_loss(plan),
        ]),
    }
}

pub(super) fn failed_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILOVER FAILED: act now",
        happened: lines([
            asked_for(plan),
            say("an error stopped it, and which region writes is not known."),
            details(),
        ]),
        state: lines([
            say(format!(
                "the latch is cleared if that was possible. The epoch names {dr_region}, so {primary_region} acknowledges no \
                 payment, and its health check fails. Look:"
            )),
            commands::show_writer(plan),
            commands::show_latch(plan),
        ]),
        advice: lines([
            say("while the latch is cleared the detector attempts it again by itself. To try again at once:"),
            commands::start_failover_with_loss(plan),
        ]),
    }
}

pub(super) fn gave_up_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILOVER FAILED: the database was not promoted",
        happened: lines([
            asked_for(plan),
            say(format!("the database was asked to write in {dr_region}, and still writes in {primary_region}.")),
            details(),
        ]),
        state: say(format!(
            "the latch is cleared again: DNS leads to {primary_region} as soon as its endpoint is healthy, and to \
             {dr_region}, which cannot take payments, while it is not."
        )),
        advice: lines([
            say("while the outage lasts the detector attempts it again by itself. To try again at once:"),
            commands::start_failover_with_loss(plan),
            say(
                "\nIf the database's control plane goes on refusing, open a support case of the highest severity. Look:",
            ),
            commands::show_writer(plan),
        ]),
    }
}

pub(super) fn hangs_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { dr_region, objectives, .. } = plan.inputs;
    let (seconds, rto) = (objectives.promotion_limit_seconds(), objectives.rto_seconds());
    Notice {
        subject: "FAILOVER HANGS: act now",
        happened: lines([
            say(format!(
                "the database in {dr_region} was asked to become the writer, and is not after about {seconds} seconds. The \
                 recovery objective of {rto} seconds is used up."
            )),
            details(),
        ]),
        state: lines([
            say(format!(
                "the latch is set and DNS leads to {dr_region}, which cannot take payments yet. This execution goes on \
                 looking for at least five minutes, and asks once more if the database comes to rest as it was. Look:"
            )),
            commands::show_writer(plan),
        ]),
        advice: say(format!(
            "open a support case of the highest severity for the global database in {dr_region}. Payments work as soon as the \
             promotion has finished."
        )),
    }
}

pub(super) fn still_hangs_notice(plan: &Plan<'_>) -> Notice {
    let MachineInputs { primary_region, dr_region, .. } = plan.inputs;
    Notice {
        subject: "FAILOVER STILL HANGS: the machine has ended",
        happened: say(format!("the database in {dr_region} has not become the writer, nor come to rest.")),
        state: lines([
            say(format!(
                "the latch is cleared if that was possible. The epoch names {dr_region}, so {primary_region} acknowledges no \
                 payment, and DNS leads to {dr_region}, which cannot take payments yet. Look:"
            )),
            commands::show_writer(plan),
        ]),
        advice: lines([
            say(
                "if the promotion finishes by itself, payments work at once. The detector attempts the failover again by \
                 itself, which also sets the latch. To try again at once:",
            ),
            commands::start_failover_with_loss(plan),
        ]),
    }
}

pub(super) fn cannot_write_notice(plan: &Plan<'_>) -> Notice {
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

/// What the search for lost payments has found.
fn loss() -> Vec<FormatPart> {
    vec!["\n  Lost payments: ".into(), FormatPart::Path(Path::input([LOSS, "told"])), ".".into()]
}

/// How to look again, once more is known; nothing where the stack has nothing to look with.
fn look_again(plan: &Plan<'_>) -> Vec<FormatPart> {
    let primary = plan.inputs.primary_region;
    let Some(search) = &plan.inputs.search else { return Vec::new() };
    lines([
        say(format!(
            "\nWhat {primary} acknowledged in its last second, or while it was cut off, is known only once it is back. To look \
             for lost payments again then:"
        )),
        commands::find_lost_payments(plan, search),
    ])
}
