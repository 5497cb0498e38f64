//! `dr-synth objectives`: how long the service is away and how much of its data is lost, with the source of every number.

mod json;
mod observed;
mod simulation;
mod text;

use clap::{Args, ValueEnum};
use dr_synth::proof::objectives::{self, Assessment, GivenTargets, MOST_FAULTS};
use serde_json::Value;

use super::evidence::EvidenceArguments;
use super::exit_status::ExitStatus;
use super::input::InputArguments;
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct ObjectivesArguments {
    #[command(flatten)]
    input: InputArguments,

    /// For how many seconds at most the service may be away, instead of what the configuration declares
    #[arg(long, value_name = "SECONDS")]
    rto: Option<f64>,

    /// The writes of how many last seconds at most may be lost, instead of what the configuration declares
    #[arg(long, value_name = "SECONDS")]
    rpo: Option<f64>,

    /// Play this many faults, and say how long the service was away and how often a person was needed
    #[arg(long, value_name = "FAULTS", value_parser = clap::value_parser!(u64).range(1..=MOST_FAULTS))]
    simulate: Option<u64>,

    /// What chance begins with: the same seed gives the same result
    #[arg(long, default_value_t = 1, requires = "simulate")]
    seed: u64,

    #[command(flatten)]
    evidence: EvidenceArguments,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(crate) fn run(arguments: &ObjectivesArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let wanted =
        GivenTargets { rto_seconds: seconds(arguments.rto, "--rto")?, rpo_seconds: seconds(arguments.rpo, "--rpo")? };
    let days = arguments.evidence.read()?;
    let model = arguments.input.model()?;
    let found = objectives::objectives(&model, wanted);
    let played = arguments.simulate.map(|faults| objectives::simulate(&model, faults, arguments.seed));
    match arguments.format {
        Format::Text => {
            let mut text = text::text(&found, played.as_ref());
            observed::text(&mut text, &days);
            printer.verdict(text.as_bytes())?;
        }
        Format::Json => {
            let mut document = json::document(&found, played.as_ref());
            if !days.is_empty() {
                document["observed"] = observed::document(&days);
            }
            printer.verdict(format!("{document:#}\n").as_bytes())?;
        }
    }
    Ok(if found.fail() { ExitStatus::Findings } else { ExitStatus::Success })
}

/// The objectives for programs, without a simulation.
pub(super) fn document(found: &Assessment) -> Value {
    json::document(found, None)
}

/// An objective that somebody names is a time.
fn seconds(number: Option<f64>, flag: &str) -> Result<Option<f64>, Failure> {
    match number {
        Some(number) if !number.is_finite() || number < 0.0 => {
            Err(Report::new(format!("{number} is no number of seconds"))
                .at(flag)
                .fix("name a number such as 300")
                .into())
        }
        number => Ok(number),
    }
}
