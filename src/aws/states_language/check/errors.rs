//! Retriers and catchers name errors as the language demands.

use super::{FieldPath, Report};
use crate::aws::states_language::recovery::EVERY_ERROR;
use crate::aws::states_language::state::{Kind, State};
use crate::terraform::DiagnosticKind;

pub(super) fn check(report: &mut Report<'_>, state: &State, place: &FieldPath<'_>) {
    let (retries, catches) = match &state.kind {
        Kind::Task(work, _) => (&work.retries, &work.catches),
        Kind::Parallel(fork, _) => (&fork.retries, &fork.catches),
        _ => return,
    };
    check_list(report, place, "Retry", retries.iter().map(|retry| retry.errors.as_slice()));
    check_list(report, place, "Catch", catches.iter().map(|catch| catch.errors.as_slice()));
}

/// `States.ALL` stands alone and last (Amazon States Language, "Errors").
fn check_list<'e>(
    report: &mut Report<'_>,
    place: &FieldPath<'_>,
    field: &'static str,
    list: impl ExactSizeIterator<Item = &'e [&'static str]>,
) {
    let count = list.len();
    for (index, errors) in list.enumerate() {
        let is_last = index + 1 == count;
        let message = if errors.is_empty() {
            "no error is named"
        } else if errors.contains(&EVERY_ERROR) && (errors.len() > 1 || !is_last) {
            "States.ALL must stand alone, and last"
        } else {
            continue;
        };
        let place = place.item(field, index);
        report.add(DiagnosticKind::Conflict, &place.then("ErrorEquals"), message, |found| {
            found
                .because("Step Functions refuses the machine")
                .help("name each error once, and all the rest at the end")
        });
    }
}
