//! `dr-synth adopt`: import blocks for the objects that a killed apply has left behind.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use dr_synth::adopt::state::State;
use dr_synth::adopt::{self, Adoption, Decision};
use dr_synth::terraform::Configuration;

use super::exit_status::ExitStatus;
use super::input;
use super::output_file::OutputArguments;
use super::printer::Printer;
use super::report::{Failure, Report};

const KIND: &str = "import blocks";

/// Where Terraform keeps the state of a folder without a backend.
const STATE: &str = "terraform.tfstate";

#[derive(Debug, Args)]
pub(crate) struct AdoptArguments {
    /// What `terraform apply` has printed, as text or with -json
    #[arg(value_name = "APPLY.LOG", value_hint = clap::ValueHint::FilePath)]
    log: PathBuf,

    /// The folder or the file that was applied
    #[arg(value_name = "DIR|FILE", value_hint = clap::ValueHint::AnyPath, default_value = ".")]
    path: PathBuf,

    #[command(flatten)]
    output: OutputArguments,
}

pub(crate) fn run(arguments: &AdoptArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let name = arguments.log.display().to_string();
    let bytes = fs::read(&arguments.log).map_err(|error| {
        Report::new(format!("cannot read the log: {error}"))
            .at(&name)
            .fix("name a file with what `terraform apply` has printed")
    })?;
    // A log may have been cut in the middle of a character.
    let log = String::from_utf8_lossy(&bytes);
    if !adopt::log::is_log(&log) {
        return Err(Report::new("the file is not what `terraform apply` prints")
            .at(&name)
            .fix("name a file with what `terraform apply` has printed, as text or with -json")
            .into());
    }
    let configuration = input::configuration(&arguments.path)?;
    let state = local_state(&configuration, &arguments.path)?;
    let adoption = adopt::adopt(&configuration, &log, state.as_ref());
    if let Some(document) = &adoption.document {
        arguments.output.write(document, KIND, printer)?;
    }
    print_decisions(&adoption, printer);
    let is_manual = |(_, decision): &(String, Decision)| matches!(decision, Decision::Manual(_));
    let is_open = adoption.decisions.iter().any(is_manual);
    Ok(if is_open { ExitStatus::Findings } else { ExitStatus::Success })
}

/// The state beside the configuration, if that is where Terraform keeps it.
fn local_state(configuration: &Configuration, path: &Path) -> Result<Option<State>, Failure> {
    if !configuration.keeps_state_locally() || path == Path::new("-") {
        return Ok(None);
    }
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let file = folder.join(STATE);
    let refuse =
        |error: String| Report::new(format!("the state cannot be read: {error}")).at(file.display().to_string());
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refuse(error.to_string()).into()),
    };
    let state = State::read(&text).map_err(|error| {
        refuse(error.to_string())
            .because("Terraform may have been killed while it wrote the state")
            .fix(format!("put {STATE}.backup in its place, or empty the file, then run `adopt` again"))
    })?;
    Ok(Some(state))
}

fn print_decisions(adoption: &Adoption, printer: Printer) {
    for (address, decision) in &adoption.decisions {
        printer.note(&match decision {
            Decision::Imported => format!("{address}: exists, and is imported"),
            Decision::ImportedIfThere { untagged: None } => {
                format!("{address}: is imported if there is one with its tag `Name`")
            }
            Decision::ImportedIfThere { untagged: Some(way) } => {
                format!("{address}: is imported if there is one with its tag `Name`: {way}")
            }
            Decision::CreatedAgain => format!("{address}: the next apply puts it in place of what may be there"),
            Decision::ToldByNextApply => {
                format!("{address}: the next apply creates it, or says that it exists; run `adopt` on that log, then")
            }
            Decision::Manual(why) => format!("{address}: cannot be imported by name, because {why}"),
        });
    }
    let Adoption { decisions, complete, .. } = adoption;
    printer.note(&format!("{complete} objects are complete, {} are open", decisions.len()));
}
