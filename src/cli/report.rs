//! One shape for every error: what, where, why, how to fix it, the nearest valid names.

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
use super::wrap::{COLUMNS, wrapped};

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
    /// How many characters are before each block of the text, for columns in a text of one long line.
    characters: OnceCell<Vec<usize>>,
}

/// How many bytes a block of the text has.
const BLOCK: usize = 1024;

/// How many bytes an excerpt has at most: a renderer reads all that it is given, once for each finding.
const LONGEST_EXCERPT: usize = 16 * 1024;

/// What is before the text of a title, and beside the name of an advice where line numbers have three digits: `warning: `, `    = why: `.
const BEFORE_TITLE: usize = 9;
const BESIDE_NAME: usize = 8;

/// How many bytes are shown before and after the place in a line that is too long.
const AROUND: usize = 60;

impl Source {
    pub(crate) fn new(name: String, text: String) -> Self {
        Self { name, text, lines: OnceCell::new(), characters: OnceCell::new() }
    }

    /// The number of the line that a byte is in, counted from 0, and where that line begins.
    pub(crate) fn line_of(&self, at: usize) -> (usize, usize) {
        let breaks = || [0].into_iter().chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let lines: &Vec<usize> = self.lines.get_or_init(breaks);
        let number = lines.partition_point(|start| *start <= at).saturating_sub(1);
        (number, lines.get(number).copied().unwrap_or_default())
    }

    /// The column of a byte in characters, counted from 1.
    pub(crate) fn column_of(&self, at: usize) -> usize {
        let (_, start) = self.line_of(at);
        self.characters_before(at).saturating_sub(self.characters_before(start)) + 1
    }

    fn characters_before(&self, at: usize) -> usize {
        let count = |bytes: &[u8]| bytes.iter().filter(|byte| !is_continuation(**byte)).count();
        let bytes = self.text.as_bytes();
        let blocks = self.characters.get_or_init(|| {
            let before = bytes.chunks(BLOCK).scan(0, |before, block| {
                let here = *before;
                *before += count(block);
                Some(here)
            });
            before.collect()
        });
        let at = at.min(bytes.len());
        let block = (at / BLOCK).min(blocks.len().saturating_sub(1));
        blocks.get(block).copied().unwrap_or_default() + count(bytes.get(block * BLOCK..at).unwrap_or_default())
    }

    /// The lines that these bytes are in, and where the last of them ends.
    fn lines_around(&self, span: &Range<usize>) -> Range<usize> {
        let (_, start) = self.line_of(span.start);
        let (last, _) = self.line_of(span.end);
        let next = self.lines.get().and_then(|lines| lines.get(last + 1));
        start..next.map_or(self.text.len(), |next| next - 1)
    }

    /// A few bytes around a place, whole characters.
    fn near(&self, span: &Range<usize>) -> Range<usize> {
        let lines = self.lines_around(span);
        let start = (lines.start..=span.start.saturating_sub(AROUND).max(lines.start)).rev();
        let end = span.end.min(span.start + LONGEST_EXCERPT / 2) + AROUND;
        let end = end.min(lines.end)..=lines.end;
        let boundary = |mut places: Box<dyn Iterator<Item = usize>>| places.find(|at| self.text.is_char_boundary(*at));
        boundary(Box::new(start)).unwrap_or(lines.start)..boundary(Box::new(end)).unwrap_or(lines.end)
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
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
        let what = wrapped(&self.what, COLUMNS - BEFORE_TITLE);
        let group = level.primary_title(what.as_str()).elements(places).elements(advice);
        format!("{}\n", renderer.render(&[group]))
    }

    /// Places in one text share an excerpt; the first place of all is the one that is meant.
    fn places(&self) -> Vec<Element<'_>> {
        let mut elements: Vec<Element<'_>> = Vec::new();
        let mut excerpt: Option<Snippet<'_, _>> = None;
        let shown = self.excerpt_range();
        for (index, place) in self.places.iter().enumerate() {
            let kind =
                if index == usize::from(self.is_finding) { AnnotationKind::Primary } else { AnnotationKind::Context };
            match place {
                SourceReference::Named(name) => elements.push(Location::path(name.as_str()).into()),
                SourceReference::Excerpt(source, span) if !is_inside(span, &shown) => {
                    elements.push(location(source, span).into());
                }
                SourceReference::Excerpt(source, span) => {
                    let snippet = excerpt.unwrap_or_else(|| {
                        let text = source.text.get(shown.clone()).unwrap_or_default();
                        let (line, start) = source.line_of(shown.start);
                        let snippet = Snippet::source(text).line_start(line + 1);
                        if start == shown.start {
                            return snippet.path(source.name.as_str());
                        }
                        // A renderer counts columns from where the excerpt begins.
                        elements.push(location(source, span).into());
                        snippet
                    });
                    let end = span.end.min(shown.end);
                    let span = span.start.saturating_sub(shown.start)..end.saturating_sub(shown.start);
                    excerpt = Some(snippet.annotation(kind.span(span)));
                }
            }
        }
        elements.extend(excerpt.map(Element::from));
        elements
    }

    /// The lines that all excerpts are in; of lines that are too long, what is around the first place.
    fn excerpt_range(&self) -> Range<usize> {
        let spans = || {
            self.places.iter().filter_map(|place| match place {
                SourceReference::Excerpt(source, span) => Some((source, span)),
                SourceReference::Named(_) => None,
            })
        };
        let lines = spans().map(|(source, span)| source.lines_around(span));
        let all = lines.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end)).unwrap_or_default();
        match spans().next() {
            Some((source, span)) if all.len() > LONGEST_EXCERPT => source.near(span),
            _ => all,
        }
    }

    fn advice(&self) -> Vec<Element<'_>> {
        let names: Vec<_> = self.nearest.iter().map(|name| format!("`{name}`")).collect();
        let nearest = (!names.is_empty()).then(|| names.join(", "));
        [("why", self.why.clone()), ("fix", self.fix.clone()), ("nearest", nearest)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .map(|(name, text)| Level::NOTE.with_name(name).message(advised(name, &text)).into())
            .collect()
    }
}

/// Lines of advice, in which nothing steers a terminal.
fn advised(name: &str, text: &str) -> String {
    let columns = COLUMNS - BESIDE_NAME - name.len();
    let lines = text.lines().map(|line| wrapped(&normalize_untrusted_str(line), columns));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_inside(span: &Range<usize>, shown: &Range<usize>) -> bool {
    shown.start <= span.start && span.start <= shown.end
}

/// The file, line and column of a place.
fn location<'a>(source: &'a Source, span: &Range<usize>) -> Location<'a> {
    let line = source.line_of(span.start).0 + 1;
    Location::path(source.name.as_str()).line(line).char_column(source.column_of(span.start))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a renderer is given does not grow with a text of one line, wherever in it the place is.
    #[test]
    fn an_excerpt_of_a_long_line_is_short_and_says_where_it_is() {
        for repeated in [1_000, 100_000] {
            let text = format!("{{{}\"here\": 1, {}}}", "\"ä\": 1, ".repeat(repeated), "\"b\": 1, ".repeat(repeated));
            let at = text.find("\"here\"").unwrap();
            let column = text[..at].chars().count() + 1;
            let source = Rc::new(Source::new("main.tf.json".to_owned(), text));
            let report = Report::new("wrong").excerpt(&source, at..at + 6);
            let shown = report.excerpt_range();
            assert!(shown.len() <= 2 * AROUND + 10 && shown.contains(&at), "{shown:?} of {}", source.text.len());
            let rendered = report.render(false);
            assert!(rendered.contains(&format!("main.tf.json:1:{column}\n")), "{rendered}");
            assert!(rendered.contains("\"here\": 1") && rendered.contains("^^^^^^"), "{rendered}");
        }
    }

    #[test]
    fn places_far_apart_in_one_line_are_named() {
        let text = format!("a{}b", " ".repeat(LONGEST_EXCERPT));
        let end = text.len();
        let source = Rc::new(Source::new("main.tf".to_owned(), text));
        let rendered = Report::new("wrong").excerpt(&source, 0..1).excerpt(&source, end - 1..end).render(false);
        assert!(rendered.contains("main.tf:1:1\n") && rendered.contains(&format!("main.tf:1:{end}\n")), "{rendered}");
    }

    #[test]
    fn columns_count_characters_from_the_beginning_of_the_line() {
        let source = Source::new(String::new(), format!("ä{}\nöx", "é".repeat(BLOCK)));
        for (at, _) in source.text.char_indices() {
            let (_, start) = source.line_of(at);
            assert_eq!(source.column_of(at), source.text[start..at].chars().count() + 1);
        }
    }
}
