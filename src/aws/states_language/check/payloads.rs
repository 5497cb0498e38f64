//! What states send can be sent, and who is waited for knows whom to answer.

use super::{FieldPath, Report};
use crate::aws::states_language::path::Path;
use crate::aws::states_language::payload::Payload;
use crate::aws::states_language::state::{Kind, State};
use crate::aws::states_language::task::{Resource, Work};
use crate::terraform::DiagnosticKind;

pub(super) fn check(report: &mut Report<'_>, state: &State, place: &FieldPath<'_>) {
    match &state.kind {
        Kind::Task(work, _) => {
            check_names(report, &work.parameters, &place.then("Parameters"));
            check_token(report, work, place);
        }
        Kind::Parallel(fork, _) => {
            for (field, payload) in [("Parameters", &fork.parameters), ("ResultSelector", &fork.select)] {
                if let Some(payload) = payload {
                    check_names(report, payload, &place.then(field));
                }
            }
        }
        Kind::Pass { result, .. } => check_names(report, result, &place.then("Parameters")),
        Kind::Choice { .. } | Kind::Wait { .. } | Kind::Succeed | Kind::Fail { .. } => {}
    }
}

fn check_names(report: &mut Report<'_>, payload: &Payload, place: &FieldPath<'_>) {
    if !matches!(payload, Payload::Object(_)) {
        report.add(DiagnosticKind::WrongType, place, "the value is not an object", |found| {
            found.because("Step Functions takes an object here").help("put the value into a field")
        });
    }
    for name in payload.misleading_names() {
        let message = format!("the field `{name}` would be taken for a path");
        report.add(DiagnosticKind::IllegalName, place, message, |found| {
            found.because("Step Functions computes fields whose name ends in `.$`").help("give the value as a `Path`")
        });
    }
}

fn check_token(report: &mut Report<'_>, work: &Work, place: &FieldPath<'_>) {
    let waits = matches!(work.resource, Resource::Callback(_));
    if waits && !work.parameters.paths().contains(&&Path::task_token()) {
        let message = "the task waits for an answer that no caller can give";
        report.add(DiagnosticKind::MissingArgument, &place.then("Parameters"), message, |found| {
            found.because("only who has the task's token can answer").help("send `Path::task_token()` along")
        });
    }
}
