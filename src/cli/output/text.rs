//! For people: an excerpt with the place, why it matters and what to do.

use dr_synth::proof::{Finding, Severity};

use super::super::report::Report;
use super::Places;

/// A report for each finding.
pub(super) fn reports(findings: &[Finding], places: &mut Places<'_>) -> Vec<Report> {
    findings.iter().map(|finding| report(finding, places)).collect()
}

fn report(finding: &Finding, places: &mut Places<'_>) -> Report {
    let mut report = Report::of_finding(finding);
    for location in &finding.locations {
        if let Some(place) = places.find(location).filter(|place| !place.span.is_empty()) {
            report = report.excerpt(&place.file.source, place.span);
        } else if let Some(file) = &location.file {
            report = report.at(file.display().to_string());
        }
    }
    if finding.severity == Severity::Unknown { report.uncertain() } else { report }
}
