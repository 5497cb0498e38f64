//! Addresses of instances: the modules around a block with their keys, the block, and its key.

use std::fmt::{self, Display, Formatter};

use crate::terraform::Expression;

/// Which of the instances of a block or of a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    /// The only one: there is no `count` and no `for_each`.
    None,
    /// Of a `count`.
    Number(u64),
    /// Of a `for_each`.
    Text(String),
    /// There may be several, and which is not known.
    Any,
}

/// A module or a block, and which of its instances.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Segment {
    /// `module.name`, `type.name` or `data.type.name`
    pub(super) name: String,
    pub(super) key: Key,
}

/// The way from the root to an instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct InstanceAddress(pub(super) Vec<Segment>);

impl Key {
    /// The key that an index asks for, where that is known.
    pub(super) fn of(index: &Expression) -> Option<Self> {
        match index {
            Expression::Number(number) => number.as_u64().map(Self::Number),
            Expression::Text(text) => Some(Self::Text(text.to_string())),
            _ => None,
        }
    }
}

impl InstanceAddress {
    /// The address one step further down.
    pub(super) fn child(&self, name: impl Into<String>, key: Key) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment { name: name.into(), key });
        Self(segments)
    }

    /// The address without any keys: the block in the configuration.
    pub(super) fn block(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|segment| segment.name.as_str()).collect();
        names.join(".")
    }

    /// The same instance with another key at its end.
    pub(super) fn with_key(&self, key: Key) -> Self {
        let mut segments = self.0.clone();
        if let Some(last) = segments.last_mut() {
            last.key = key;
        }
        Self(segments)
    }

    pub(super) fn key(&self) -> &Key {
        self.0.last().map_or(&Key::None, |segment| &segment.key)
    }

    /// Whether the addresses in it are of instances that are not told apart.
    pub(super) fn is_open(&self) -> bool {
        self.0.iter().any(|segment| segment.key == Key::Any)
    }

    /// How expressions name it. Terraform takes the first of a `count` for the only one and the other way round.
    pub(super) fn reference(&self) -> String {
        let is_first = *self.key() == Key::Number(0);
        if is_first { self.with_key(Key::None).to_string() } else { self.to_string() }
    }

    /// Reads what `moved` and `removed` say; nothing if it is no address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut segments = Vec::new();
        while !rest.is_empty() {
            let names = if rest.starts_with("data.") { 3 } else { 2 };
            let end = name_end(rest, names)?;
            let (name, after) = rest.split_at(end);
            let (key, after) = key(after)?;
            segments.push(Segment { name: name.to_owned(), key });
            rest = match after.strip_prefix('.') {
                Some("") => return None,
                Some(more) => more,
                None if after.is_empty() => after,
                None => return None,
            };
        }
        (!segments.is_empty()).then_some(Self(segments))
    }
}

/// Where the given number of names with dots between them ends.
fn name_end(text: &str, names: usize) -> Option<usize> {
    let stops = text.char_indices().filter(|(_, character)| matches!(character, '.' | '['));
    let mut seen = 0;
    for (position, character) in stops.chain([(text.len(), '.')]) {
        seen += 1;
        if seen == names {
            return Some(position);
        }
        if character == '[' {
            return None;
        }
    }
    None
}

/// The key at the beginning, and what comes after it.
fn key(text: &str) -> Option<(Key, &str)> {
    let Some(inner) = text.strip_prefix('[') else { return Some((Key::None, text)) };
    if inner.starts_with('"') {
        let end = closing_quote(inner)?;
        let key: String = serde_json::from_str(&inner[..=end]).ok()?;
        return Some((Key::Text(key), inner[end + 1..].trim_start().strip_prefix(']')?));
    }
    let (number, after) = inner.split_once(']')?;
    Some((Key::Number(number.trim().parse().ok()?), after))
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(position, character)| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(position)
    })
}

impl Display for InstanceAddress {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (position, Segment { name, key }) in self.0.iter().enumerate() {
            let dot = if position == 0 { "" } else { "." };
            write!(f, "{dot}{name}")?;
            match key {
                Key::None | Key::Any => {}
                Key::Number(number) => write!(f, "[{number}]")?,
                Key::Text(text) => write!(f, "[{}]", serde_json::Value::from(text.as_str()))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_as_they_are_written() {
        for text in [
            "aws_vpc.a",
            "data.aws_vpc.a[0]",
            "module.a",
            r#"module.a["x.y"].module.b[3].aws_vpc.c["q\"]"]"#,
            r#"module.a["b"]"#,
        ] {
            assert_eq!(InstanceAddress::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["", "aws_vpc", "module.a.", "aws_vpc.a[", "aws_vpc.a[x]", r#"aws_vpc["x"].a"#, "aws_vpc.a[0]x"] {
            assert_eq!(InstanceAddress::parse(wrong), None, "{wrong}");
        }
    }
}
