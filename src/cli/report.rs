//! One shape for every error: what, where, why, how to mend it, the nearest valid names.

use std::ops::Range;
use std::rc::Rc;

use annotate_snippets::{
    AnnotationKind, Element, Level, Origin as Location, Renderer, Snippet, normalize_untrusted_str,
};
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
    what: String,
    places: Vec<Place>,
    why: Option<String>,
    fix: Option<String>,
    nearest: Vec<String>,
}

/// A text that excerpts are taken from.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

#[derive(Debug)]
enum Place {
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
        Self { what: what.into(), places: Vec::new(), why: None, fix: None, nearest: Vec::new() }
    }

    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.places.push(Place::Named(place.into()));
        self
    }

    /// Names the file that the other places are in.
    pub(crate) fn first_at(mut self, place: impl Into<String>) -> Self {
        self.places.insert(0, Place::Named(place.into()));
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
        self.nearest = names;
        self
    }

    /// A refused choice; `file` is the settings file it may point into.
    pub(crate) fn of_settings(error: SettingsError, file: Option<&Rc<Source>>) -> Self {
        let places = error.origins.into_iter().filter_map(|origin| match (origin, file) {
            (Origin::Flag(name), _) => Some(Place::Named(name.to_owned())),
            (Origin::Variable(name), _) => Some(Place::Named(format!("environment variable {name}"))),
            (Origin::File(span), Some(file)) => Some(Place::Excerpt(Rc::clone(file), span)),
            (Origin::File(_), None) | (Origin::Default, _) => None,
        });
        Self {
            what: error.message,
            places: places.collect(),
            why: error.reason,
            fix: error.help,
            nearest: error.candidates,
        }
    }

    /// The report as text with a newline at the end.
    pub(crate) fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let places = self.places();
        let advice = self.advice();
        let group = Level::ERROR.primary_title(self.what.as_str()).elements(places).elements(advice);
        format!("{}\n", renderer.render(&[group]))
    }

    /// Places in one text share an excerpt; the first place of all is the one that is meant.
    fn places(&self) -> Vec<Element<'_>> {
        let mut elements: Vec<Element<'_>> = Vec::new();
        let mut excerpt: Option<Snippet<'_, _>> = None;
        for (index, place) in self.places.iter().enumerate() {
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            match place {
                Place::Named(name) => elements.push(Location::path(name.as_str()).into()),
                Place::Excerpt(source, span) => {
                    let snippet =
                        excerpt.unwrap_or_else(|| Snippet::source(source.text.as_str()).path(source.name.as_str()));
                    excerpt = Some(snippet.annotation(kind.span(span.clone())));
                }
            }
        }
        elements.extend(excerpt.map(Element::from));
        elements
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
        Self { what: message, places: vec![Place::Named(place)], why: reason, fix: help, nearest: candidates }
    }
}
