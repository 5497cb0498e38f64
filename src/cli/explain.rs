//! `dr-synth explain`: what a rule wants, why, and where that is known from.

use clap::Args;
use dr_synth::proof::rules::{self, Rule};
use dr_synth::terraform::nearest::nearest;

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The id of a rule, such as `TF001`; without one, all rules are listed
    rule: Option<String>,
}

pub(crate) fn run(arguments: &ExplainArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let text = match &arguments.rule {
        Some(id) => explain(find(id)?),
        None => rules::all().flat_map(|rule| [rule.id, "  ", rule.title, "\n"]).collect(),
    };
    printer.data(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

/// The rule with this id.
///
/// # Errors
/// There is none.
pub(crate) fn find(id: &str) -> Result<&'static Rule, Failure> {
    rules::find(id).ok_or_else(|| {
        let ids = rules::all().map(|rule| rule.id);
        let report = Report::new(format!("there is no rule `{}`", id.escape_debug()));
        report.fix("`dr-synth explain` lists all of them").nearest(nearest(&id.to_uppercase(), ids)).into()
    })
}

fn explain(rule: &Rule) -> String {
    let Rule { id, group, severity, title, reason, source, .. } = rule;
    format!(
        "{id}: {title}\n\nWhy: {reason}\nGroup: {group}\nSeverity: {severity}\nSource: {source}\nPage: docs/rules/{id}.md of the sources\n"
    )
}
