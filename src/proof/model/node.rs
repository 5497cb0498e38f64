//! A value of the model: known, absent, or unknown with the reason.

use std::sync::Arc;

/// What an argument is, as far as the configuration tells.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Node {
    /// Not set, or `null`.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list, a set, or blocks that may repeat.
    List(Vec<Node>),
    /// A map, an object, or one block.
    Map(Entries),
    /// A value that cannot be known before the apply, with the reason.
    Unknown(String),
}

/// The entries of a map in the order of their names. There are very many maps, and nearly all of them are small.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entries(Vec<(Arc<str>, Node)>);

impl Entries {
    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        let position = self.position(name).ok()?;
        self.0.get(position).map(|(_, value)| value)
    }

    /// Whether there is something under a name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    /// Puts a value under a name, in the place of what was there.
    pub fn insert(&mut self, name: impl Into<Arc<str>>, value: Node) {
        let name = name.into();
        match self.position(&name) {
            Ok(position) => self.0[position].1 = value,
            Err(position) => self.0.insert(position, (name, value)),
        }
    }

    /// The value under a name, which is made where there is none.
    pub(super) fn entry(&mut self, name: &str) -> &mut Node {
        let position = match self.position(name) {
            Ok(position) => position,
            Err(position) => {
                self.0.insert(position, (name.into(), Node::Null));
                position
            }
        };
        &mut self.0[position].1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Node)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().map(|(_, value)| value)
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_ref().cmp(name))
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Node)> for Entries {
    /// Of two values under one name the later counts.
    fn from_iter<I: IntoIterator<Item = (N, Node)>>(entries: I) -> Self {
        let mut all: Vec<(Arc<str>, Node)> = entries.into_iter().map(|(name, value)| (name.into(), value)).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all.dedup_by(|(later, value), (earlier, kept)| {
            let is_same = later == earlier;
            if is_same {
                std::mem::swap(value, kept);
            }
            is_same
        });
        all.shrink_to_fit();
        Self(all)
    }
}

impl<N: Into<Arc<str>>> Extend<(N, Node)> for Entries {
    fn extend<I: IntoIterator<Item = (N, Node)>>(&mut self, entries: I) {
        entries.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl IntoIterator for Entries {
    type Item = (Arc<str>, Node);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'e> IntoIterator for &'e Entries {
    type Item = (&'e Arc<str>, &'e Node);
    type IntoIter = std::iter::Map<std::slice::Iter<'e, (Arc<str>, Node)>, fn(&'e (Arc<str>, Node)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

/// A value read as some type.
#[derive(Debug, Clone, PartialEq)]
pub enum Known<T> {
    /// This.
    Is(T),
    /// Not set.
    Absent,
    /// Cannot be known, because.
    Unknown(String),
}

/// What is read where nothing is set.
pub(crate) static NULL: Node = Node::Null;

impl Node {
    /// The value at a path such as `destination.bucket`. A single block in a list is that block; an unknown value on the way
    /// is the answer.
    pub fn at(&self, path: &str) -> &Self {
        path.split('.').fold(self, Self::member)
    }

    fn member(&self, name: &str) -> &Self {
        match self {
            Self::Map(entries) => entries.get(name).unwrap_or(&NULL),
            Self::List(items) => items.first().map_or(&NULL, |item| item.member(name)),
            Self::Unknown(_) => self,
            _ => &NULL,
        }
    }

    /// The blocks under a name, each as it stands; an unknown value where their number is not known.
    pub fn blocks(&self, name: &str) -> Vec<&Self> {
        match self.member(name) {
            Self::Null => Vec::new(),
            Self::List(items) => items.iter().filter(|item| !item.is_null()).collect(),
            one => vec![one],
        }
    }

    /// The items of a list or set; one value stands for itself.
    pub fn items(&self) -> Vec<&Self> {
        match self {
            Self::Null => Vec::new(),
            Self::List(items) => items.iter().collect(),
            one => vec![one],
        }
    }

    /// Whether nothing is set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether a block or a value is there: neither nothing nor an empty list.
    pub fn is_set(&self) -> bool {
        match self {
            Self::Null => false,
            Self::List(items) => items.iter().any(|item| !item.is_null()),
            _ => true,
        }
    }

    /// Why the value is not known, if it is not.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::Unknown(reason) => Some(reason),
            _ => None,
        }
    }

    /// The value as a text. An empty text counts as not set, as providers take it.
    pub fn text(&self) -> Known<String> {
        match self {
            Self::Text(text) if text.is_empty() => Known::Absent,
            Self::Text(text) => Known::Is(text.clone()),
            Self::Bool(value) => Known::Is(value.to_string()),
            Self::Number(value) => Known::Is(value.to_string()),
            Self::Unknown(reason) => Known::Unknown(reason.clone()),
            _ => Known::Absent,
        }
    }

    /// The value as a truth value.
    pub fn flag(&self) -> Known<bool> {
        match self {
            Self::Bool(value) => Known::Is(*value),
            Self::Text(text) if text == "true" || text == "1" => Known::Is(true),
            Self::Text(text) if text == "false" || text == "0" => Known::Is(false),
            Self::Unknown(reason) => Known::Unknown(reason.clone()),
            _ => Known::Absent,
        }
    }

    /// The value as a number.
    pub fn number(&self) -> Known<f64> {
        match self {
            Self::Number(value) => Known::Is(*value),
            Self::Text(text) => text.trim().parse().map_or(Known::Absent, Known::Is),
            Self::Unknown(reason) => Known::Unknown(reason.clone()),
            _ => Known::Absent,
        }
    }

    /// Whether the text is one of these, whatever the case of its letters.
    pub fn is_text(&self, wanted: &str) -> bool {
        matches!(self, Self::Text(text) if text.eq_ignore_ascii_case(wanted))
    }
}

impl<T> Known<T> {
    /// The value, with what stands where nothing is set.
    pub fn or(self, default: T) -> Self {
        match self {
            Self::Absent => Self::Is(default),
            other => other,
        }
    }

    /// The value, if it is known and set.
    pub fn get(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            _ => None,
        }
    }

    /// The value, or what is assumed; the reason for an unknown value goes to the doubts.
    pub fn assume(self, assumed: T, absent: T, doubts: &mut Vec<String>) -> T {
        match self {
            Self::Is(value) => value,
            Self::Absent => absent,
            Self::Unknown(reason) => {
                doubts.push(reason);
                assumed
            }
        }
    }
}

impl From<&serde_json::Value> for Node {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or_default()),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(entries) => {
                Self::Map(entries.iter().map(|(key, value)| (key.as_str(), Self::from(value))).collect())
            }
        }
    }
}
