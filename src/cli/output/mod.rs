//! Findings as people and programs want them: one file for each format.

mod github;
mod json;
mod place;
mod sarif;
mod text;

use clap::ValueEnum;
use dr_synth::proof::{Cell, Finding};
use serde_json::Value;

use super::printer::Printer;
use super::report::Report;
pub(crate) use place::Places;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with an excerpt of each place
    Text,
    /// For programs
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: annotations of the lines
    Github,
}

/// Writes findings, and in JSON the matrix of coverage.
///
/// # Errors
/// Whatever keeps stdout from taking them.
pub(crate) fn write(
    format: Format,
    findings: &[Finding],
    cells: &[Cell],
    places: &mut Places<'_>,
    printer: Printer,
) -> Result<(), Report> {
    match format {
        Format::Text => printer.findings(&text::reports(findings, places)),
        Format::Json => printer.verdict(format!("{:#}\n", json::document(findings, cells, places)).as_bytes()),
        Format::Sarif => printer.verdict(format!("{:#}\n", sarif::document(findings, places)).as_bytes()),
        Format::Github => printer.verdict(github::commands(findings, places).as_bytes()),
    }
}

/// Findings as a part of another document for programs.
pub(crate) fn findings(findings: &[Finding], places: &mut Places<'_>) -> Value {
    json::list(findings, places)
}
