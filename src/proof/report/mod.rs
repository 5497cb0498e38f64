//! One HTML file with all that is known of a configuration, for whoever signs it.
//!
//! ```text
//! findings, objectives, graph, bill, runbook, evidence ──> sections ──> templates/report ──> HTML
//!                                                             └──> timeline, picture, charts: inline SVG
//! ```
//!
//! Everything that comes from a configuration is escaped: by the template, by the charts, and by the renderer of the runbook, which
//! takes no HTML.

mod charts;
mod controls;
mod evidence;
mod picture;
mod runbook_html;
mod sections;
mod timeline;

use handlebars::{Context, Handlebars};
use serde_json::Value;

use super::cost::{Alternative, Bill, Budget};
use super::finding::Finding;
use super::graph::Graph;
use super::model::Model;
use super::objectives::Assessment;
use super::runbook::{Runbook, RunbookError};
pub use evidence::{Day, EvidenceError};

/// What it looks like.
const STYLE: &str = include_str!("../../../templates/report/page.css");

/// The parts of the page, in its order: each is a template of its own, because compiling one takes as long as the square of its length.
const PARTS: [&str; 13] = [
    include_str!("../../../templates/report/page_top.hbs"),
    include_str!("../../../templates/report/summary.hbs"),
    include_str!("../../../templates/report/picture.hbs"),
    include_str!("../../../templates/report/timeline.hbs"),
    include_str!("../../../templates/report/days.hbs"),
    include_str!("../../../templates/report/matrix.hbs"),
    include_str!("../../../templates/report/recovery_points.hbs"),
    include_str!("../../../templates/report/cost.hbs"),
    include_str!("../../../templates/report/findings.hbs"),
    include_str!("../../../templates/report/posture.hbs"),
    include_str!("../../../templates/report/controls.hbs"),
    include_str!("../../../templates/report/runbook.hbs"),
    include_str!("../../../templates/report/page_bottom.hbs"),
];

/// What a report is made from.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// What it is about, for the title.
    pub subject: &'a str,
    /// The objects.
    pub model: &'a Model,
    /// What rules found.
    pub findings: &'a [Finding],
    /// How long the service is away, how much is lost, and what survives what.
    pub objectives: &'a Assessment,
    /// What stands where, and what leads where.
    pub graph: &'a Graph,
    /// The same drawn, or why it cannot be.
    pub picture: &'a Result<String, String>,
    /// What a month costs.
    pub bill: &'a Bill,
    /// What it is meant to cost at the most.
    pub budget: &'a Budget,
    /// What would be cheaper.
    pub alternatives: &'a [Alternative],
    /// What a person does with it.
    pub runbook: &'a Result<Runbook, RunbookError>,
    /// What was measured on game days.
    pub days: &'a [Day],
    /// What was not looked into, sentence by sentence.
    pub unread: &'a [String],
}

/// A template does not fit its data, which a test rules out.
#[derive(Debug, thiserror::Error)]
#[error("the report could not be made: {0}")]
pub struct ReportError(Box<handlebars::RenderError>);

/// What game days measured, from the file that they write.
///
/// # Errors
/// The text is none of those files.
pub fn evidence(text: &str) -> Result<Vec<Day>, EvidenceError> {
    evidence::read(text)
}

/// What no other command says: verdicts, rules that are kept, controls with the objects that answer them, and game days.
pub fn summary(dossier: &Dossier<'_>) -> Value {
    sections::summary(dossier)
}

/// The report as one HTML document.
///
/// # Errors
/// The template does not fit, which a test rules out.
pub fn html(dossier: &Dossier<'_>) -> Result<String, ReportError> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    let refused = |error: handlebars::RenderError| ReportError(Box::new(error));
    let mut sections = sections::of(dossier);
    sections["style"] = STYLE.into();
    // One context for all parts: it holds the runbook and the picture, and is not copied.
    let context = Context::wraps(sections).map_err(refused)?;
    PARTS.iter().map(|part| templates.render_template_with_context(part, &context).map_err(refused)).collect()
}

#[cfg(test)]
mod tests;
