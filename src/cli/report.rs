//! One shape for every error: what, where, why, how to mend it, the nearest valid names.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use annotate_snippets::{
    AnnotationKind, Element, Level, Origin as Location, Renderer, Snippet, normalize_untrusted_str,
};
use dr_synth::proof::{Advice, Finding, Severity};
use dr_synth::settings::{Origin, SettingsError};
use dr_synth::terraform::Diagnostic;

use super::exit_status::ExitStatus;

/// Why a command ended without success, and with which status.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: ExitStatus,
    pub(crate) reports: Vec<Report>,
}

/// One error for the user.
#[derive(Debug)]
pub(crate) struct Report {
    severity: Severity,
    /// Whether its first place is the address of a block, and the excerpt after it the place that is meant.
    is_finding: bool,
    what: String,
    places: Vec<SourceReference>,
    why: Option<String>,
    fix: Option<String>,
    nearest: Box<[String]>,
}

/// A text that excerpts are taken from.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Where each line begins, once somebody has asked: thousands of excerpts may be taken from one text.
    lines: OnceCell<Vec<usize>>,
}

impl Source {
    pub(crate) fn new(name: String, text: String) -> Self {
        Self { name, text, lines: OnceCell::new() }
    }

    /// The number of the line that a byte is in, counted from 0, and where that line begins.
    pub(crate) fn line_of(&self, at: usize) -> (usize, usize) {
        let breaks = || [0].into_iter().chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let lines: &Vec<usize> = self.lines.get_or_init(breaks);
        let number = lines.partition_point(|start| *start <= at).saturating_sub(1);
        (number, lines.get(number).copied().unwrap_or_default())
    }

    /// The lines that these bytes are in, and where the last of them ends.
    fn lines_around(&self, span: &Range<usize>) -> Range<usize> {
        let (_, start) = self.line_of(span.start);
        let end =
            self.text.get(span.end..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |at| span.end + at);
        start..end
    }
}

#[derive(Debug)]
enum SourceReference {
    Named(String),
    Excerpt(Rc<Source>, Range<usize>),
}

impl Failure {
    /// What was given is no good.
    pub(crate) fn bad_input(reports: Vec<Report>) -> Self {
        Self { status: ExitStatus::BadInput, reports }
    }
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Self::bad_input(vec![report])
    }
}

impl Report {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            is_finding: false,
            what: what.into(),
            places: Vec::new(),
            why: None,
            fix: None,
            nearest: Box::default(),
        }
    }

    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.places.push(SourceReference::Named(place.into()));
        self
    }

    /// Names the file that the other places are in.
    pub(crate) fn first_at(mut self, place: impl Into<String>) -> Self {
        self.places.insert(0, SourceReference::Named(place.into()));
        self
    }

    /// Shows where in a text.
    pub(crate) fn excerpt(mut self, source: &Rc<Source>, span: Range<usize>) -> Self {
        // Between the bytes of a character there is no place to point to.
        let floor = |at: usize| (0..=at.min(source.text.len())).rev().find(|at| source.text.is_char_boundary(*at));
        let [start, end] = [span.start, span.end].map(|at| floor(at).unwrap_or(0));
        self.places.push(SourceReference::Excerpt(Rc::clone(source), start..end));
        self
    }

    /// What a rule found, without its places.
    pub(crate) fn of_finding(finding: &Finding) -> Self {
        let Advice { reason, fix, nearest } = finding.advice.clone();
        let address = finding.address();
        let field = finding.locations.first().map(|location| location.field.as_str()).unwrap_or_default();
        let place = if field.is_empty() { address } else { format!("{address}: {field}") };
        Self {
            severity: finding.severity,
            is_finding: true,
            what: format!("{} [{}]", finding.message, finding.rule),
            places: vec![SourceReference::Named(place)],
            why: reason,
            fix,
            nearest: nearest.into(),
        }
    }

    /// It cannot be told.
    pub(crate) fn uncertain(mut self) -> Self {
        self.what = format!("cannot tell: {}", self.what);
        self
    }

    pub(crate) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    pub(crate) fn nearest(mut self, names: Vec<String>) -> Self {
        self.nearest = names.into();
        self
    }

    /// A refused choice; `file` is the settings file it may point into.
    pub(crate) fn of_settings(error: SettingsError, file: Option<&Rc<Source>>) -> Self {
        let places = error.origins.into_iter().filter_map(|origin| match (origin, file) {
            (Origin::Flag(name), _) => Some(SourceReference::Named(name.to_owned())),
            (Origin::Variable(name), _) => Some(SourceReference::Named(format!("environment variable {name}"))),
            (Origin::File(span), Some(file)) => Some(SourceReference::Excerpt(Rc::clone(file), span)),
            (Origin::File(_), None) | (Origin::Default, _) => None,
        });
        Self {
            severity: Severity::Error,
            is_finding: false,
            what: error.message,
            places: places.collect(),
            why: error.reason,
            fix: error.help,
            nearest: error.candidates.into(),
        }
    }

    /// The report as text with a newline at the end.
    pub(crate) fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let places = self.places();
        let advice = self.advice();
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            _ => Level::NOTE,
        };
        let group = level.primary_title(self.what.as_str()).elements(places).elements(advice);
        format!("{}\n", renderer.render(&[group]))
    }

    /// Places in one text share an excerpt; the first place of all is the one that is meant.
    fn places(&self) -> Vec<Element<'_>> {
        let mut elements: Vec<Element<'_>> = Vec::new();
        let mut excerpt: Option<Snippet<'_, _>> = None;
        let lines = self.excerpt_lines();
        for (index, place) in self.places.iter().enumerate() {
            let kind =
                if index == usize::from(self.is_finding) { AnnotationKind::Primary } else { AnnotationKind::Context };
            match place {
                SourceReference::Named(name) => elements.push(Location::path(name.as_str()).into()),
                SourceReference::Excerpt(source, span) => {
                    let snippet = excerpt.unwrap_or_else(|| {
                        let text = source.text.get(lines.clone()).unwrap_or_default();
                        Snippet::source(text).line_start(source.line_of(lines.start).0 + 1).path(source.name.as_str())
                    });
                    let span = span.start.saturating_sub(lines.start)..span.end.saturating_sub(lines.start);
                    excerpt = Some(snippet.annotation(kind.span(span)));
                }
            }
        }
        elements.extend(excerpt.map(Element::from));
        elements
    }

    /// The lines that all excerpts are in: a renderer reads all that it is given, and a text may be large.
    fn excerpt_lines(&self) -> Range<usize> {
        let spans = self.places.iter().filter_map(|place| match place {
            SourceReference::Excerpt(source, span) => Some(source.lines_around(span)),
            SourceReference::Named(_) => None,
        });
        spans.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end)).unwrap_or_default()
    }

    fn advice(&self) -> Vec<Element<'_>> {
        let names: Vec<_> = self.nearest.iter().map(|name| format!("`{name}`")).collect();
        let nearest = (!names.is_empty()).then(|| names.join(", "));
        [("why", self.why.clone()), ("fix", self.fix.clone()), ("nearest", nearest)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .map(|(name, text)| Level::NOTE.with_name(name).message(normalize_untrusted_str(&text)).into())
            .collect()
    }
}

impl From<Diagnostic> for Report {
    fn from(diagnostic: Diagnostic) -> Self {
        let Diagnostic { block, field, message, reason, help, candidates, .. } = diagnostic;
        let place = if field.is_empty() { block } else { format!("{block}: {field}") };
        Self {
            severity: Severity::Error,
            is_finding: false,
            what: message,
            places: vec![SourceReference::Named(place)],
            why: reason,
            fix: help,
            nearest: candidates.into(),
        }
    }
}
