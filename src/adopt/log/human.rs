//! The text that Terraform writes for people.

use std::collections::BTreeSet;

use super::Event;

/// What comes after an address, and what it says.
const CREATING: [&str; 2] = [": Creating...", ": Still creating..."];
const IN_STATE: [&str; 3] = [": Creation complete after ", ": Import complete [", ": Modifications complete after "];
/// In the state, unless the line before says that it is about to be imported.
const REFRESHED: &str = ": Refreshing state... [";
const PREPARED: &str = ": Preparing import... [";
const DESTROYED: &str = ": Destruction complete after ";

pub(super) fn events(log: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut error: Option<Error> = None;
    let mut prepared = BTreeSet::new();
    for line in log.lines() {
        let line = plain(line);
        let line = line.trim_end();
        let inside = line.trim_start_matches(['│', '|', ' ']);
        if let Some((address, _)) = line.split_once(PREPARED) {
            prepared.extend(address_of(address));
        } else if let Some((address, _)) = line.split_once(REFRESHED) {
            events.extend(address_of(address).filter(|address| !prepared.remove(address)).map(Event::Completes));
        } else if let Some(event) = event(line) {
            events.extend(error.take().and_then(Error::end));
            events.push(event);
        } else if let Some(text) = inside.strip_prefix("Error: ") {
            events.extend(error.take().and_then(Error::end));
            error = Some(Error { text: text.to_owned(), address: None });
        } else if inside.starts_with("Warning: ") || line.starts_with('╵') {
            events.extend(error.take().and_then(Error::end));
        } else if let Some(error) = &mut error {
            error.add(inside);
        }
    }
    events.extend(error.and_then(Error::end));
    events
}

/// An error of which lines are still to come.
struct Error {
    text: String,
    address: Option<String>,
}

impl Error {
    /// Terraform breaks lines between words.
    fn add(&mut self, line: &str) {
        match line.strip_prefix("with ").and_then(|rest| rest.strip_suffix(',')) {
            Some(address) => self.address = Some(address.to_owned()),
            None => self.text.extend([" ", line]),
        }
    }

    fn end(self) -> Option<Event> {
        Some(Event::Fails(self.address?, self.text))
    }
}

fn event(line: &str) -> Option<Event> {
    for words in CREATING {
        if let Some((address, _)) = line.split_once(words) {
            return Some(Event::Begins(address_of(address)?));
        }
    }
    for words in IN_STATE {
        if let Some((address, _)) = line.split_once(words) {
            return Some(Event::Completes(address_of(address)?));
        }
    }
    let (address, _) = line.split_once(DESTROYED)?;
    Some(Event::Goes(address_of(address)?))
}

/// The address at the end of a text: runners write times before it.
fn address_of(text: &str) -> Option<String> {
    // A key may have spaces in it, a time may not have a bracket.
    let end = text.find('[').unwrap_or(text.len());
    let start = text[..end].rfind(' ').map_or(0, |space| space + 1);
    let address = &text[start..];
    let is_address = address.contains('.') && address.starts_with(|first: char| first.is_ascii_alphabetic());
    is_address.then(|| address.to_owned())
}

/// The line without colours.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = match after.strip_prefix('[') {
            Some(sequence) => sequence.split_once(|end| ('@'..='~').contains(&end)).map_or("", |(_, rest)| rest),
            None => after,
        };
    }
    plain.push_str(rest);
    plain
}
