//! `dr-synth adopt`: import blocks for the objects that a killed apply has left behind.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use dr_synth::adopt::{self, Adoption, Decision};

use super::exit_status::ExitStatus;
use super::input;
use super::output_file::OutputArguments;
use super::printer::Printer;
use super::report::{Failure, Report};

const KIND: &str = "import blocks";

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
    let adoption = adopt::adopt(&input::configuration(&arguments.path)?, &log);
    if let Some(document) = &adoption.document {
        arguments.output.write(document, KIND, printer)?;
    }
    tell(&adoption, printer);
    let is_manual = |(_, decision): &(String, Decision)| matches!(decision, Decision::Manual(_));
    let is_open = adoption.decisions.iter().any(is_manual);
    Ok(if is_open { ExitStatus::Findings } else { ExitStatus::Success })
}

fn tell(adoption: &Adoption, printer: Printer) {
    for (address, decision) in &adoption.decisions {
        printer.note(&match decision {
            Decision::Imported => format!("{address}: exists, and is imported"),
            Decision::ImportedIfThere => format!("{address}: is imported if there is one with its tag `Name`"),
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
