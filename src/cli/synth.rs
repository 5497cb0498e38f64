//! `dr-synth synth`: the document on stdout, or in a folder with an example of its variables.

use std::path::PathBuf;

use clap::Args;
use dr_synth::settings::Settings;
use dr_synth::terraform::{Diagnostic, Module, TerraformSettings};

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};
use super::settings_arguments::SettingsArguments;
use super::write_files::{NewFile, write_files};

#[derive(Debug, Args)]
pub(crate) struct SynthArguments {
    /// Write main.tf.json and terraform.tfvars.example into this folder, made if need be, instead of printing
    #[arg(long, short, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,

    /// Overwrite files that dr-synth did not write
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    settings: SettingsArguments,
}

pub(crate) fn run(arguments: &SynthArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let settings = arguments.settings.settle()?;
    // All of the document is made before any of it is written: half a document is worse than none.
    let document = synthesize(&settings).map_err(findings)?;
    let Some(folder) = &arguments.out else {
        printer.data(&document)?;
        return Ok(ExitStatus::Success);
    };
    let files = [
        NewFile { name: "main.tf.json", content: document },
        NewFile { name: "terraform.tfvars.example", content: variables_example(&settings) },
    ];
    for path in write_files(folder, &files, arguments.force)? {
        printer.note(&format!("wrote {}", path.display()));
    }
    Ok(ExitStatus::Success)
}

fn findings(diagnostics: Vec<Diagnostic>) -> Failure {
    Failure { status: ExitStatus::Findings, reports: diagnostics.into_iter().map(Report::from).collect() }
}

/// The stack as a document.
#[expect(clippy::unnecessary_wraps, reason = "the stack's check finds what is wrong with it")]
fn synthesize(settings: &Settings) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let mut module = Module::new();
    module.comment(format!("{} {}", dr_synth::AUTHORSHIP, env!("CARGO_PKG_VERSION")));
    let terraform = TerraformSettings::new().required_version(">= 1.11.0");
    module.settings(match settings.backend.clone() {
        Some(backend) => terraform.backend(backend),
        None => terraform,
    });
    let mut document = Vec::new();
    // Writing into memory does not fail.
    let _ = module.write(&mut document);
    Ok(document)
}

/// The stack's variables with their defaults, as a file for Terraform.
fn variables_example(settings: &Settings) -> Vec<u8> {
    let suffix = &settings.environment_suffix;
    format!("# {} {}\nenvironment_suffix = \"{suffix}\"\n", dr_synth::AUTHORSHIP, env!("CARGO_PKG_VERSION"))
        .into_bytes()
}
