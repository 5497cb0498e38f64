//! The events of a YAML document, by the parser that Terraform's is a port of: what either does not take, and what they differ in.

use libyaml_safer::{Event, EventData, Mark, Parser, ScalarStyle};

use super::Failure;
use super::yaml::name_of;

/// The events of a document.
pub(super) struct Events<'t> {
    text: &'t str,
    parser: Parser<&'t mut &'t [u8]>,
}

/// The text with a line break at its end: without one, libyaml's port may look beyond the end.
pub(super) fn closed(text: &str) -> String {
    let mut closed = text.to_owned();
    closed.push('\n');
    closed
}

/// A tag that a comma follows at once: Terraform's parser takes it for a part of the tag, and libyaml's port has no answer.
pub(super) fn has_comma_in_tag(closed: &str) -> bool {
    let written = with_commas_escaped(closed);
    if written.len() == closed.len() {
        return false;
    }
    let mut bytes = written.as_bytes();
    let mut parser = Parser::new();
    parser.set_input(&mut bytes);
    loop {
        match parser.parse() {
            Ok(Event { data: EventData::StreamEnd, .. }) => return false,
            Ok(event) if tag_of(&event.data).is_some_and(|tag| name_of(tag).contains(',')) => return true,
            Ok(_) => {}
            Err(_) => return true,
        }
    }
}

/// The text with `%2C` in the place of each comma that may belong to a tag.
fn with_commas_escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let (mut in_tag, mut is_verbatim, mut before) = (false, false, ' ');
    for character in text.chars() {
        in_tag =
            character == '!' || in_tag && !character.is_whitespace() && !matches!(character, '[' | ']' | '{' | '}');
        is_verbatim = in_tag && (is_verbatim && before != '>' || before == '!' && character == '<');
        if in_tag && !is_verbatim && character == ',' {
            written.push_str("%2C");
        } else {
            written.push(character);
        }
        before = character;
    }
    written
}

fn tag_of(event: &EventData) -> Option<&str> {
    match event {
        EventData::Scalar { tag, .. } | EventData::SequenceStart { tag, .. } | EventData::MappingStart { tag, .. } => {
            tag.as_deref()
        }
        _ => None,
    }
}

impl<'t> Events<'t> {
    /// The events of a text that is [`closed`]; `bytes` are its own.
    pub(super) fn of(text: &'t str, bytes: &'t mut &'t [u8]) -> Self {
        let mut parser = Parser::new();
        parser.set_input(bytes);
        Self { text, parser }
    }

    pub(super) fn next(&mut self) -> Result<EventData, Failure> {
        let mut event = self.parser.parse().map_err(|error| match error.problem_mark() {
            Some(mark) => format!("on line {}, column {}: {}", mark.line + 1, mark.column + 1, error.problem()),
            None => error.problem().to_owned(),
        })?;
        if let Some(problem) = self.newer(&event) {
            return Err(problem.to_owned());
        }
        self.take_line_break(&mut event);
        Ok(event.data)
    }

    /// What libyaml takes that is newer than Terraform's port of it: YAML 1.2, and an escaped slash.
    fn newer(&self, event: &Event) -> Option<&'static str> {
        match &event.data {
            EventData::DocumentStart { version_directive: Some(version), .. } => {
                ((version.major, version.minor) != (1, 1)).then_some("found incompatible YAML document")
            }
            EventData::Scalar { style: ScalarStyle::DoubleQuoted, .. } => {
                let mut written = self.written(event);
                let mut escaped = || written.find(|it| *it == '\\').and_then(|_| written.next());
                std::iter::from_fn(|| escaped()).any(|it| it == '/').then_some("found unknown escape character")
            }
            _ => None,
        }
    }

    /// A block that the text ends in has no line break at its end, unless it had one before the text was [`closed`].
    fn take_line_break(&self, event: &mut Event) {
        let EventData::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } = &event.data else { return };
        if place(event.end_mark) < self.text.chars().count() {
            return;
        }
        let is_open = !self.text.ends_with("\n\n");
        let keeps = self.written(event).take_while(|it| *it != '\n').any(|it| it == '+');
        let is_blank = self.text.lines().next_back().is_none_or(|line| line.trim().is_empty());
        if let EventData::Scalar { value, .. } = &mut event.data
            && (keeps || is_open && !is_blank)
            && value.ends_with('\n')
        {
            value.pop();
        }
    }

    fn written(&self, event: &Event) -> impl Iterator<Item = char> + use<'t> {
        let (start, end) = (place(event.start_mark), place(event.end_mark));
        self.text.chars().skip(start).take(end.saturating_sub(start))
    }
}

fn place(mark: Mark) -> usize {
    usize::try_from(mark.index).unwrap_or(usize::MAX)
}
