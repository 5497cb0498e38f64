//! `dr-synth diff`: what one configuration does to the objects of another, and which data that loses.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dr_synth::diff::{self, Action, Change, Comparison, Effect, Side, Verdict};
use dr_synth::terraform::Configuration;
use serde_json::{Value, json};

use super::exit_status::ExitStatus;
use super::input::VariableArguments;
use super::printer::Printer;
use super::report::Failure;

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The configuration that was applied: a file of Terraform JSON, or a folder of them with its modules
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    old: PathBuf,

    /// The configuration that is to be applied; the current folder if none is named
    #[arg(value_hint = clap::ValueHint::AnyPath, default_value = ".")]
    new: PathBuf,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    variables: VariableArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(crate) fn run(arguments: &DiffArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let (old, new) = Configuration::read_both(&arguments.old, &arguments.new)?;
    let variables = &arguments.variables;
    let old_inputs = variables.of_either(&arguments.old, &old, new.module())?;
    let new_inputs = variables.of_either(&arguments.new, &new, old.module())?;
    let [old_values, new_values] =
        [(&old, old_inputs), (&new, new_inputs)].map(|(side, inputs)| diff::values(side.module(), &inputs.variables));
    let comparison = diff::compare_with(
        Side { configuration: &old, values: &old_values },
        Side { configuration: &new, values: &new_values },
    )?;
    match arguments.format {
        Format::Text => {
            printer.verdict(text(&comparison).as_bytes())?;
        }
        Format::Json => printer.verdict(format!("{:#}\n", document(&comparison)).as_bytes())?,
    }
    let verdict = comparison.verdict();
    // The process ends here, and its memory with it: nothing is won by giving back block after block.
    std::mem::forget((old, new));
    Ok(match verdict {
        Verdict::NoLossKnown => ExitStatus::Success,
        Verdict::MayBeLost | Verdict::Lost => ExitStatus::Findings,
    })
}

fn text(comparison: &Comparison) -> String {
    let mut lines: Vec<String> = comparison.changes.iter().map(line).collect();
    if comparison.dangers().next().is_some() || comparison.guards().next().is_some() {
        lines.push(String::new());
    }
    for (change, danger) in comparison.dangers() {
        let loses = if danger.is_certain { "loses" } else { "may lose" };
        lines.push(format!("! {} {loses} {}: {}", change.address, danger.what, danger.why));
    }
    for (change, guard) in comparison.guards() {
        let path = if guard.path.is_empty() { String::new() } else { format!(": `{}`", guard.path) };
        lines.push(format!("v {}{path}: a guard goes down: {}", change.address, guard.why));
    }
    lines.extend(comparison.unread.iter().map(|sentence| format!("? {sentence}")));
    lines.push(String::new());
    lines.push(summary(comparison));
    lines.join("\n").trim_start().to_owned() + "\n"
}

fn line(change: &Change) -> String {
    let arguments: Vec<_> = change.arguments.iter().map(argument).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!(": {}", arguments.join(", ")) };
    let address = &change.address;
    match &change.action {
        Action::Added => format!("+ {address}"),
        Action::Moved { from } => format!("> {from} -> {address}{arguments}"),
        Action::Destroyed => format!("- {address}"),
        Action::Forgotten => format!(". {address} (stays, Terraform forgets it)"),
        _ => format!("~ {address}{arguments}"),
    }
}

fn argument(argument: &diff::ArgumentChange) -> String {
    let effect = match argument.effect {
        Effect::Replaces => " (replaces)",
        Effect::Ignored => " (ignored)",
        _ => "",
    };
    let through = argument.through.as_ref().map(|source| format!(" through {source}")).unwrap_or_default();
    format!("{}{through}{effect}", argument.path)
}

fn summary(comparison: &Comparison) -> String {
    let count = |action: &str| comparison.changes.iter().filter(|change| name(&change.action) == action).count();
    let with = |is_certain: bool| {
        let is_meant = |change: &&Change| {
            !change.dangers.is_empty() && change.dangers.iter().any(|danger| danger.is_certain) == is_certain
        };
        comparison.changes.iter().filter(is_meant).count()
    };
    let loss = match (with(true), with(false)) {
        (0, 0) => "nothing that is known of is lost".to_owned(),
        (0, may) => format!("{may} may lose data"),
        (certain, 0) => format!("{certain} {} data", if certain == 1 { "loses" } else { "lose" }),
        (certain, may) => format!("{certain} {} data, {may} may", if certain == 1 { "loses" } else { "lose" }),
    };
    let guards = match comparison.guards().count() {
        0 => String::new(),
        1 => "; 1 guard goes down".to_owned(),
        several => format!("; {several} guards go down"),
    };
    let [added, changed, moved, destroyed] = ["added", "changed", "moved", "destroyed"].map(count);
    format!("{added} added, {changed} changed, {moved} moved, {destroyed} destroyed; {loss}{guards}")
}

fn name(action: &Action) -> &'static str {
    match action {
        Action::Added => "added",
        Action::Moved { .. } => "moved",
        Action::Destroyed => "destroyed",
        Action::Forgotten => "forgotten",
        _ => "changed",
    }
}

fn document(comparison: &Comparison) -> Value {
    let argument = |argument: &diff::ArgumentChange| {
        let effect = match argument.effect {
            Effect::Updates => "updates",
            Effect::Replaces => "replaces",
            Effect::Ignored => "ignored",
            _ => "unknown",
        };
        json!({ "path": argument.path, "effect": effect, "through": argument.through })
    };
    let danger =
        |danger: &diff::Danger| json!({ "certain": danger.is_certain, "loses": danger.what, "why": danger.why });
    let guard = |guard: &diff::Guard| json!({ "path": guard.path, "why": guard.why });
    let change = |change: &Change| {
        let from = match &change.action {
            Action::Moved { from } => Some(from),
            _ => None,
        };
        json!({
            "address": change.address,
            "action": name(&change.action),
            "from": from,
            "arguments": change.arguments.iter().map(argument).collect::<Vec<_>>(),
            "dangers": change.dangers.iter().map(danger).collect::<Vec<_>>(),
            "guards": change.guards.iter().map(guard).collect::<Vec<_>>(),
        })
    };
    let verdict = match comparison.verdict() {
        Verdict::NoLossKnown => "no_loss_known",
        Verdict::MayBeLost => "may_be_lost",
        Verdict::Lost => "lost",
    };
    json!({
        "version": 1,
        "verdict": verdict,
        "changes": comparison.changes.iter().map(change).collect::<Vec<_>>(),
        "unread": comparison.unread,
    })
}
