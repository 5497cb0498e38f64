//! `dr-synth settings`: the settings that made a document.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use dr_synth::settings::Settings;
use dr_synth::settings::provenance::{self, Provenance};
use dr_synth::terraform::Dialect;
use serde::Deserialize;

use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};

/// How another document is named.
fn fix() -> String {
    let [terraform, opentofu] = [Dialect::Terraform, Dialect::OpenTofu].map(Dialect::document);
    format!("name a document of dr-synth, or the folder of its {terraform} or {opentofu}")
}

#[derive(Debug, Args)]
pub(crate) struct PrintSettingsArguments {
    /// The document, a folder that holds it as main.tf.json or main.tofu.json, or - for standard input
    #[arg(value_name = "DOCUMENT", default_value = ".", value_hint = clap::ValueHint::AnyPath)]
    document: PathBuf,
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "//", default)]
    comment: serde_json::Value,
}

pub(crate) fn run(arguments: &PrintSettingsArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let (name, text) = read(&arguments.document)?;
    let document: Document = serde_json::from_slice(&text).map_err(|error| no_document(&name, &error))?;
    let comment = document.comment.as_str().unwrap_or_default();
    let provenance = provenance::read(comment).map_err(|errors| {
        let reports = errors.into_iter().map(|error| Report::of_settings(error, None).first_at(&name));
        Failure::bad_input(reports.collect())
    })?;
    match provenance {
        Provenance::Known { version, settings, is_confirmed } => {
            if !is_confirmed {
                printer.note(&format!(
                    "warning: the digest in {name} is not that of these settings: the comment was edited, or dr-synth {version} \
                     had other settings"
                ));
            }
            printer.data(settings.to_toml().as_bytes())?;
            Ok(ExitStatus::Success)
        }
        Provenance::DigestOnly => Err(Report::new("the settings of the document are not known")
            .at(name)
            .because("its comment has a digest only, as documents of earlier versions had")
            .fix("write the document again with this version, from the settings that you know")
            .into()),
        _ => Err(Report::new("dr-synth did not write this document")
            .at(name)
            .because("its comment \"//\" does not say so")
            .fix(fix())
            .into()),
    }
}

/// The settings that made a document, or the one in a folder, and its path; none where they are not known for certain.
pub(super) fn of(path: &Path) -> Option<(String, Settings)> {
    let path = if path.is_dir() { root(path) } else { path.to_owned() };
    // What is no file, such as a pipe, may never end.
    let path = Some(path).filter(|path| path.is_file())?;
    let document: Document = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
    match provenance::read(document.comment.as_str()?).ok()? {
        Provenance::Known { settings, is_confirmed: true, .. } => Some((path.display().to_string(), *settings)),
        _ => None,
    }
}

fn read(path: &Path) -> Result<(String, Vec<u8>), Report> {
    if path == Path::new("-") {
        let mut text = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut text);
        return read
            .map(|_| ("standard input".to_owned(), text))
            .map_err(|error| Report::new(format!("cannot read standard input: {error}")));
    }
    let file = if path.is_dir() { root(path) } else { path.to_owned() };
    let name = file.display().to_string();
    match fs::read(&file) {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(Report::new(format!("cannot read the document: {error}")).at(name).fix(fix())),
    }
}

/// The document of a folder: `OpenTofu`'s where Terraform's is missing.
fn root(folder: &Path) -> PathBuf {
    let [terraform, opentofu] = [Dialect::Terraform, Dialect::OpenTofu].map(|dialect| folder.join(dialect.document()));
    if !terraform.exists() && opentofu.exists() { opentofu } else { terraform }
}

fn no_document(name: &str, error: &serde_json::Error) -> Report {
    Report::new(format!("not a document of dr-synth: {error}")).at(name).fix(fix())
}
