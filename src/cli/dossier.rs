//! `dr-synth report`: one HTML file with all that is known of a configuration.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dr_synth::AUTHORSHIP;
use dr_synth::proof::graph::Graph;
use dr_synth::proof::model::{self, Model};
use dr_synth::proof::objectives::{self, GivenTargets};
use dr_synth::proof::report::{self, Dossier};
use dr_synth::proof::{self, Group, Subject, graph, runbook};
use dr_synth::terraform::Reading;
use serde_json::{Value, json};

use super::allow;
use super::cost::Month;
use super::evidence::EvidenceArguments;
use super::exit_status::ExitStatus;
use super::input::{Input, InputArguments, Kept};
use super::output::{self, Places};
use super::output_file::OutputArguments;
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    #[command(flatten)]
    input: InputArguments,

    #[command(flatten)]
    evidence: EvidenceArguments,

    /// How much is used in a month, as in examples/usage.toml
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    usage: Option<PathBuf>,

    /// What the report is about, for its title
    #[arg(long, value_name = "TEXT", default_value = "this configuration")]
    title: String,

    /// A page for people, or the same for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// HTML
    #[value(alias = "html")]
    Text,
    /// The same for programs
    Json,
}

pub(crate) fn run(arguments: &ReportArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let (reading, model) = match arguments.input.read()? {
        Input::Plan(model) => (Reading::default(), model),
        Input::Configuration(reading, inputs) => {
            let model = model::from_configuration(&reading.configuration, &inputs);
            (reading, model)
        }
    };
    let (reading, model) = (Kept::new(reading), Kept::new(model));
    let allowances = allow::read()?;
    let usage = super::cost::usage(arguments.usage.as_deref())?;
    let days = arguments.evidence.read()?;
    let unread: Vec<String> = reading.configuration.unread().collect();
    // Rules and picture take most of the time.
    let (mut findings, ((graph, picture), (month, objectives, runbook))) = rayon::join(
        || proof::check(&Subject::new(&reading, &model), &Group::ALL),
        || {
            rayon::join(
                || drawn(&model, arguments.format),
                || {
                    let objectives = objectives::objectives(&model, GivenTargets::default());
                    (Month::of(&model, &usage), objectives, runbook::runbook(&model))
                },
            )
        },
    );
    findings.retain(|finding| !allowances.iter().any(|allowance| allow::answers(allowance, finding)));
    let dossier = Dossier {
        subject: &arguments.title,
        model: &model,
        findings: &findings,
        objectives: &objectives,
        graph: &graph,
        picture: &picture,
        bill: &month.bill,
        budget: &month.budget,
        alternatives: &month.alternatives,
        runbook: &runbook,
        days: &days,
        unread: &unread,
    };
    let text = match arguments.format {
        Format::Text => report::html(&dossier).map_err(|error| Report::new(error.to_string()))?,
        Format::Json => {
            let places = &mut Places::new(Some(&reading.configuration), arguments.input.named());
            format!("{:#}\n", document(&dossier, &month, places))
        }
    };
    let kind = match arguments.format {
        Format::Text => "report in HTML",
        Format::Json => "report in JSON",
    };
    arguments.output.write(&text, kind, printer)?;
    Ok(ExitStatus::Success)
}

/// What stands where, and the picture of it where there is a page to put it on.
fn drawn(model: &Model, format: Format) -> (Graph, Result<String, String>) {
    let graph = graph::graph(model, false);
    let picture = match format {
        Format::Text => graph.to_svg(),
        Format::Json => Err("JSON has no pictures".to_owned()),
    };
    (graph, picture)
}

/// What the page says, each part as the command prints it that is for that part alone.
fn document(dossier: &Dossier<'_>, month: &Month, places: &mut Places<'_>) -> Value {
    let mut document = report::summary(dossier);
    let runbook = dossier.runbook.as_ref();
    document["//"] = AUTHORSHIP.into();
    document["version"] = 1.into();
    document["graph"] = dossier.graph.to_json();
    document["objectives"] = super::objectives::document(dossier.objectives);
    document["cost"] = month.document();
    document["findings"] = output::findings(dossier.findings, places);
    document["runbook"] = match runbook {
        Ok(book) => json!({ "names": book.names, "commands": book.commands }),
        Err(reason) => json!({ "missing_because": reason.to_string() }),
    };
    document
}
