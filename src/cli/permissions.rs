//! `dr-synth permissions`: the permissions that a run of Terraform needs.

use clap::{Args, ValueEnum};
use dr_synth::proof::model;
use dr_synth::proof::permissions::{self, Permissions, Purpose};
use dr_synth::terraform::Configuration;
use serde_json::Value;

use super::exit_status::ExitStatus;
use super::input::{Input, InputArguments};
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct PermissionsArguments {
    #[command(flatten)]
    input: InputArguments,

    /// What Terraform is run for; without it, for all three
    #[arg(long = "for", value_enum, value_name = "PURPOSE", value_delimiter = ',')]
    purposes: Vec<PurposeName>,

    /// The number of the account; without it the policies are for whatever account they stand in
    #[arg(long, value_name = "NUMBER", value_parser = account)]
    account: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PurposeName {
    Plan,
    Apply,
    Destroy,
}

impl From<PurposeName> for Purpose {
    fn from(name: PurposeName) -> Self {
        match name {
            PurposeName::Plan => Self::Plan,
            PurposeName::Apply => Self::Apply,
            PurposeName::Destroy => Self::Destroy,
        }
    }
}

fn account(text: &str) -> Result<String, String> {
    let is_number = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Ok(text.to_owned()) } else { Err("an account's number has twelve digits".to_owned()) }
}

pub(crate) fn run(arguments: &PermissionsArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let (configuration, model) = match arguments.input.read()? {
        Input::Plan(model) => {
            printer.note("note: a plan does not show ephemeral resources, so the calls for them are not included");
            (Configuration::default(), model)
        }
        Input::Configuration(reading, inputs) => {
            let configuration = reading.into_configuration()?;
            let model = model::from_configuration(&configuration, &inputs);
            (configuration, model)
        }
    };
    let purposes: Vec<Purpose> = match arguments.purposes.as_slice() {
        [] => PurposeName::value_variants().iter().copied().map(Purpose::from).collect(),
        some => some.iter().copied().map(Purpose::from).collect(),
    };
    let found =
        permissions::permissions(&configuration, &model, &purposes, arguments.account.as_deref()).map_err(|error| {
            Report::new(error.to_string())
                .because("resources are named by patterns already, and there are too many kinds of them")
                .fix("ask for one purpose at a time (`--for plan`), or for the parts of the configuration one by one")
        })?;
    printer.data(format!("{}\n", pretty(&found)).as_bytes())?;
    for (kind, addresses) in &found.unrecorded {
        printer.note(&format!(
            "cannot tell what {kind} needs, because the provider's calls for it were not recorded: {}",
            addresses.join(", ")
        ));
    }
    for (number, addresses) in &found.elsewhere {
        printer.note(&format!(
            "not included, because a provider takes a role in account {number} for it: {}; that role needs what `--account {number}` \
             prints",
            addresses.join(", ")
        ));
    }
    let is_whole = found.unrecorded.is_empty() && found.elsewhere.is_empty();
    Ok(if is_whole { ExitStatus::Success } else { ExitStatus::Findings })
}

/// A list of policies, each on a line of its own: as it is counted, without white space.
fn pretty(found: &Permissions) -> String {
    let lines: Vec<String> = found.policies.iter().map(Value::to_string).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}
