//! The list of commands.

use handlebars::{Context, Handlebars};
use serde::Serialize;

use super::RunbookError;

const LIST: &str = include_str!("../../../templates/runbook.commands");

/// The word of a command that the tests run.
const RUNS: &str = "runs";

/// What begins the reason of one that they do not.
const RUNS_NOT: &str = "does not run there: ";

/// A command of the runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command {
    /// What the template calls it.
    pub name: String,
    /// What is typed, one line or several.
    pub text: String,
    /// Why the end-to-end tests do not run it on the emulator; none if they do.
    pub not_on_emulator: Option<String>,
}

/// All commands with the names of a stack, in the order of the list.
pub(super) fn render(templates: &Handlebars<'_>, names: &Context) -> Result<Vec<Command>, RunbookError> {
    let mut all = Vec::new();
    for entry in LIST.split("\n## ").skip(1) {
        let mut lines = entry.trim_end().splitn(3, '\n');
        let (Some(name), Some(runs), Some(text)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(RunbookError::Template(format!("a command without a text: {entry}")));
        };
        let not_on_emulator = match (runs, runs.strip_prefix(RUNS_NOT)) {
            (RUNS, _) => None,
            (_, Some(reason)) => Some(reason.to_owned()),
            _ => return Err(RunbookError::Template(format!("{name} does not say whether it runs"))),
        };
        // Compiling a template is most of the work, and many commands have no name in them.
        let is_plain = !text.contains("{{");
        let text = if is_plain { text.to_owned() } else { templates.render_template_with_context(text, names)? };
        all.push(Command { name: name.to_owned(), text, not_on_emulator });
    }
    Ok(all)
}
