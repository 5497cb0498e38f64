//! `dr-synth graph`: the architecture as a picture.

use clap::{Args, ValueEnum};
use dr_synth::AUTHORSHIP;
use dr_synth::proof::graph;

use super::exit_status::ExitStatus;
use super::input::InputArguments;
use super::output_file::OutputArguments;
use super::printer::Printer;
use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct GraphArguments {
    #[command(flatten)]
    input: InputArguments,

    /// In which language
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,

    /// A box for every object, instead of as many as can be taken in at a glance
    #[arg(long)]
    detail: bool,

    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A flowchart for Markdown; `text` is the same
    #[value(alias = "text")]
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture for light and dark pages
    Svg,
    /// Boxes and arrows for programs
    Json,
}

pub(crate) fn run(arguments: &GraphArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let model = arguments.input.model()?;
    let graph = graph::graph(&model, arguments.detail);
    let text = match arguments.format {
        Format::Mermaid => format!("%% {AUTHORSHIP}\n{}", graph.to_mermaid()),
        Format::Dot => format!("// {AUTHORSHIP}\n{}", graph.to_dot()),
        Format::Svg => {
            let picture = graph.to_svg().map_err(|reason| {
                Report::new("there is no picture of this")
                    .because(reason)
                    .fix("leave --detail out, or choose --format dot")
            })?;
            format!("<!-- {AUTHORSHIP} -->\n{picture}")
        }
        Format::Json => {
            let mut document = graph.to_json();
            document["//"] = AUTHORSHIP.into();
            format!("{document:#}\n")
        }
    };
    let kind = match arguments.format {
        Format::Mermaid => "graph in Mermaid",
        Format::Dot => "graph in DOT",
        Format::Svg => "graph in SVG",
        Format::Json => "graph in JSON",
    };
    arguments.output.write(&text, kind, printer)?;
    Ok(ExitStatus::Success)
}
