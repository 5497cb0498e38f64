//! For programs: version 1 of the document, whose members stay what they are.

use dr_synth::proof::{Cell, Finding};
use serde_json::{Value, json};

use super::super::coverage;
use super::Places;

/// The findings and the matrix of coverage.
pub(super) fn document(findings: &[Finding], cells: &[Cell], places: &mut Places<'_>) -> Value {
    json!({ "version": 1, "findings": list(findings, places), "coverage": coverage::document(cells) })
}

/// The findings alone.
pub(super) fn list(findings: &[Finding], places: &mut Places<'_>) -> Value {
    findings.iter().map(|finding| one(finding, places)).collect()
}

fn one(finding: &Finding, places: &mut Places<'_>) -> Value {
    let place = places.of(finding);
    let file = finding.locations.first().and_then(|location| location.file.as_ref());
    let name = place.as_ref().map(|place| place.name().to_owned());
    json!({
        "rule": finding.rule,
        "severity": finding.severity.name(),
        "address": finding.address(),
        "field": finding.locations.first().map(|location| location.field.as_str()).filter(|field| !field.is_empty()),
        "file": name.or_else(|| file.map(|path| path.display().to_string())),
        "line": place.map(|place| place.line()),
        "message": finding.message,
        "reason": finding.advice.reason,
        "fix": finding.advice.fix,
    })
}
