//! What a person does with a stack, with the stack's own names: a template, and one list of commands.
//!
//! ```text
//! Model ──> names ──┐
//! runbook.commands ─┼──> commands, by their names ──┐
//! runbook.md.hbs ───┴───────────────────────────────┴──> Markdown
//! ```
//!
//! A chapter shows a command by its name, so the list holds all of them, and the end-to-end tests run it from the first to the last.

mod commands;
mod names;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason, no_escape};

use super::model::Model;
pub use commands::Command;
pub use names::{Names, RegionNames};

const TEMPLATE: &str = include_str!("../../../templates/runbook.md.hbs");

/// A runbook.
#[derive(Debug)]
pub struct Runbook {
    /// The names that stand in it.
    pub names: Names,
    /// Every command in it, in the order of the list.
    pub commands: Vec<Command>,
    /// All of it as Markdown.
    pub markdown: String,
}

/// Why there is no runbook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunbookError {
    /// The configuration is not of the kind that the runbook is about: what is missing, or not known.
    #[error("this is no stack of dr-synth: {}", .0.join("; "))]
    OtherStack(Vec<String>),
    /// The template does not fit the names, which a test rules out.
    #[error("the runbook could not be made: {0}")]
    Template(String),
}

impl From<handlebars::RenderError> for RunbookError {
    fn from(error: handlebars::RenderError) -> Self {
        Self::Template(error.to_string())
    }
}

/// The runbook of a stack.
///
/// # Errors
/// The model is not of a stack that dr-synth made, or names in it are not known.
pub fn runbook(model: &Model) -> Result<Runbook, RunbookError> {
    let names = Names::of(model).map_err(RunbookError::OtherStack)?;
    let context = Context::wraps(&names)?;
    let commands = commands::render(&templates(), &context)?;
    let markdown = markdown(&context, &commands)?;
    Ok(Runbook { names, commands, markdown })
}

fn markdown(names: &Context, commands: &[Command]) -> Result<String, RunbookError> {
    let mut templates = templates();
    templates.register_helper("command", Box::new(Show { commands, block: true }));
    templates.register_helper("inline", Box::new(Show { commands, block: false }));
    let chapters = chapters(TEMPLATE).into_iter();
    chapters.map(|chapter| Ok(templates.render_template_with_context(chapter, names)?)).collect()
}

/// The parts of a template, each with its heading: compiling one takes as long as the square of its length. No block of
/// the template reaches from one chapter into the next.
fn chapters(template: &str) -> Vec<&str> {
    let mut rest = template;
    let mut all = Vec::new();
    while let Some(at) = rest.find("\n## ") {
        let (chapter, others) = rest.split_at(at + 1);
        all.push(chapter);
        rest = others;
    }
    all.push(rest);
    all
}

fn templates<'a>() -> Handlebars<'a> {
    let mut templates = Handlebars::new();
    templates.register_escape_fn(no_escape);
    templates.set_strict_mode(true);
    templates
}

/// Puts a command into the text by its name.
struct Show<'c> {
    commands: &'c [Command],
    /// As a block of its own, or as a word in a sentence.
    block: bool,
}

impl handlebars::HelperDef for Show<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let name = helper.param(0).and_then(|parameter| parameter.value().as_str()).unwrap_or_default();
        let command = self.commands.iter().find(|command| command.name == name);
        let command = command.ok_or_else(|| RenderErrorReason::Other(format!("there is no command `{name}`")))?;
        if self.block {
            out.write(&format!("```sh\n{}\n```", command.text))?;
        } else {
            // A bar would end the cell of a table.
            out.write(&format!("`{}`", command.text.replace(" \\\n  ", " ").replace('\n', "; ").replace('|', "\\|")))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
