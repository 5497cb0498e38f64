//! Where in a file something stands: the address of a block and the way to a field, to the bytes that say it.
//!
//! A map is made only when something is printed; reading knows no places.

mod native;

use std::collections::HashMap;
use std::ops::Range;

use super::parse;

/// Objects of so many entries get a table of their own.
const FEW: usize = 16;

/// The places of one file.
#[derive(Debug)]
pub struct SourceMap {
    root: Option<Node>,
    /// Where the text stops to be JSON.
    error: Option<Range<usize>>,
}

#[derive(Debug)]
struct Node {
    span: Range<usize>,
    kind: Kind,
    /// What a string says.
    text: Option<String>,
}

#[derive(Debug)]
enum Kind {
    Scalar,
    List(Vec<Node>),
    Object { entries: Vec<(String, Range<usize>, Node)>, table: HashMap<String, usize> },
}

/// A piece of the way to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

impl SourceMap {
    /// The places of a file, by its name in JSON or in native syntax.
    pub fn of(path: &std::path::Path, text: &str) -> Self {
        if path.extension().is_some_and(|extension| extension == "tf") {
            return match parse::native_body(&parse::without_mark(text)) {
                Ok(parsed) => Self { root: Some(Node::of_native(&parsed)), error: None },
                Err(error) => {
                    let at = error.span.start.min(text.len());
                    Self { root: None, error: Some(at..text.len().min(at + 1)) }
                }
            };
        }
        Self::of_json(text)
    }

    /// The places of a file in JSON.
    pub fn of_json(text: &str) -> Self {
        match parse::json_error(text) {
            Some(error) => Self { root: None, error: Some(error) },
            None => Self { root: Scanner { text, at: 0 }.node(), error: None },
        }
    }

    /// Where the block stands, and the field in it; as near as can be told. Nothing if the block is not in the file.
    pub fn locate(&self, block: &str, field: &str) -> Option<Range<usize>> {
        if let Some(error) = &self.error {
            return Some(error.clone());
        }
        let root = self.root.as_ref()?;
        let (path, chosen) = path(block);
        let mut found = Found { node: root, span: root.span.start..root.span.start };
        for (depth, name) in path.iter().enumerate() {
            let Some(next) = found.node.entry(name) else {
                // Of a block whose labels are not all there, the labels that are.
                return (depth > 0 && depth + 1 == path.len() && path.len() > 2).then_some(found.span);
            };
            found = next;
        }
        if let Some((key, value)) = chosen {
            found = found.node.chosen(key, value).unwrap_or(found);
        }
        Some(found.descend(&steps(field)))
    }
}

struct Found<'n> {
    node: &'n Node,
    span: Range<usize>,
}

impl Found<'_> {
    /// Follows the steps as far as they lead.
    fn descend(self, steps: &[Step]) -> Range<usize> {
        let mut found = self;
        let mut rest = steps;
        while !rest.is_empty() {
            let next = match (&rest[0], &found.node.kind) {
                (Step::Index(index), Kind::List(items)) => {
                    items.get(*index).map(|node| (Found { node, span: node.start() }, 1))
                }
                (Step::Index(0), _) => Some((Found { node: found.node, span: found.span.clone() }, 1)),
                (Step::Index(_), _) => None,
                (Step::Name(_), _) => found.node.longest(rest),
            };
            let Some((next, used)) = next else { break };
            found = next;
            rest = &rest[used..];
        }
        found.span
    }
}

impl Node {
    /// The bracket that a value begins with, or all of a plain one.
    fn start(&self) -> Range<usize> {
        match self.kind {
            Kind::Scalar => self.span.clone(),
            _ => self.span.start..self.span.start + 1,
        }
    }

    /// What stands under a key, here or in one of a list of objects.
    fn entry(&self, name: &str) -> Option<Found<'_>> {
        match &self.kind {
            Kind::Object { entries, table } => {
                let number = if table.is_empty() {
                    entries.iter().position(|(key, ..)| key == name)
                } else {
                    table.get(name).copied()
                };
                let (_, key, node) = entries.get(number?)?;
                let end = if matches!(node.kind, Kind::Scalar) { node.span.end } else { key.end };
                Some(Found { node, span: key.start..end })
            }
            Kind::List(items) => items.iter().find_map(|item| item.entry(name)),
            Kind::Scalar => None,
        }
    }

    /// The same of as many names as make one key: keys may have dots in them.
    fn longest(&self, steps: &[Step]) -> Option<(Found<'_>, usize)> {
        let names: Vec<&str> = steps
            .iter()
            .map_while(|step| match step {
                Step::Name(name) => Some(name.as_str()),
                Step::Index(_) => None,
            })
            .collect();
        (1..=names.len()).rev().find_map(|count| Some((self.entry(&names[..count].join("."))?, count)))
    }

    /// Of several blocks the one that says this.
    fn chosen(&self, key: &str, value: &str) -> Option<Found<'_>> {
        match &self.kind {
            Kind::List(items) => items.iter().find_map(|item| item.chosen(key, value)),
            Kind::Object { .. } if self.text_of(key) == Some(value) => Some(Found { node: self, span: self.start() }),
            _ => None,
        }
    }

    fn text_of(&self, key: &str) -> Option<&str> {
        let Kind::Object { entries, .. } = &self.kind else { return None };
        let (_, _, node) = entries.iter().find(|(name, ..)| name == key)?;
        node.text.as_deref()
    }
}

/// The keys that lead to a block, and what tells it from others of its kind.
fn path(block: &str) -> (Vec<&str>, Option<(&'static str, &str)>) {
    for (keyword, key) in [("moved", "from"), ("removed", "from"), ("import", "to")] {
        if let Some(address) = block.strip_prefix(keyword).and_then(|rest| rest.strip_prefix(' ')) {
            return (vec![keyword], Some((key, address)));
        }
    }
    let parts: Vec<&str> = block.split('.').collect();
    match parts.as_slice() {
        ["" | "document"] => (Vec::new(), None),
        ["var", rest @ ..] => (with("variable", rest), None),
        ["local", rest @ ..] => (with("locals", rest), None),
        ["provider", name, alias] => (vec!["provider", name], Some(("alias", alias))),
        [keyword, ..] if SECTIONS.contains(keyword) => (parts, None),
        _ => (with("resource", &parts), None),
    }
}

/// Sections whose name is the first word of the address.
const SECTIONS: [&str; 14] = [
    "check",
    "data",
    "ephemeral",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "terraform",
    "variable",
    "action",
];

fn with<'a>(section: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&[section], rest].concat()
}

/// `rule[0].filter.prefix`
fn steps(field: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = field;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        if end > 0 {
            steps.push(Step::Name(rest[..end].to_owned()));
        }
        rest = &rest[end..];
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']').unwrap_or((inner, ""));
            steps.push(index.parse().map_or_else(|_| Step::Name(index.to_owned()), Step::Index));
            rest = after;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    steps
}

/// Walks a text that is JSON.
struct Scanner<'s> {
    text: &'s str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn node(&mut self) -> Option<Node> {
        let first = self.peek()?;
        let start = self.at;
        let (kind, text) = match first {
            b'{' => (self.object()?, None),
            b'[' => (self.list()?, None),
            b'"' => {
                let text = self.string()?;
                (Kind::Scalar, Some(text))
            }
            _ => {
                let rest = &self.text[start..];
                let end = rest.find([',', '}', ']', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                self.at += end.max(1);
                (Kind::Scalar, None)
            }
        };
        Some(Node { span: start..self.at, kind, text })
    }

    fn object(&mut self) -> Option<Kind> {
        self.at += 1;
        let mut entries = Vec::new();
        while self.peek()? != b'}' {
            let start = self.at;
            let key = self.string()?;
            let span = start..self.at;
            self.peek()?;
            self.at += 1;
            entries.push((key, span, self.node()?));
            if self.peek()? == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        let mut table = HashMap::new();
        if entries.len() > FEW {
            for (number, (key, ..)) in entries.iter().enumerate() {
                table.entry(key.clone()).or_insert(number);
            }
        }
        Some(Kind::Object { entries, table })
    }

    fn list(&mut self) -> Option<Kind> {
        self.at += 1;
        let mut items = Vec::new();
        while self.peek()? != b']' {
            items.push(self.node()?);
            if self.peek()? == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        Some(Kind::List(items))
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += 1;
        while *bytes.get(self.at)? != b'"' {
            self.at += if bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at)?;
        Some(serde_json::from_str(quoted).unwrap_or_else(|_| quoted.trim_matches('"').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "resource": [{"a_b": {"c": {"tags": {"x.y": 1, "z": 2}, "rule": [{"n": 1}, {"n": 2}]}}}],
  "provider": {"a": [{"alias": "one"}, {"alias": "two", "region": "r"}]},
  "moved": [{"from": "a_b.d", "to": "a_b.c"}],
  "variable": {"v": {"default": "x"}}
}"#;

    #[test]
    fn the_bytes_of_a_field() {
        let map = SourceMap::of_json(TEXT);
        let at = |block: &str, field: &str| map.locate(block, field).map(|span| &TEXT[span]);
        assert_eq!(at("a_b.c", ""), Some("\"c\""));
        assert_eq!(at("a_b.c", "tags.x.y"), Some("\"x.y\": 1"));
        assert_eq!(at("a_b.c", "rule[1].n"), Some("\"n\": 2"));
        assert_eq!(at("a_b.c", "rule[1].nothing"), Some("{"));
        assert_eq!(at("provider.a.two", "region"), Some("\"region\": \"r\""));
        assert_eq!(at("moved a_b.d", "to"), Some("\"to\": \"a_b.c\""));
        assert_eq!(at("var.v", "default"), Some("\"default\": \"x\""));
        assert_eq!(at("var.w", ""), None);
        assert_eq!(at("a_b.d", ""), Some("\"a_b\""));
        assert_eq!(SourceMap::of_json("{\"a\": }").locate("document", ""), Some(6..7));
    }
}
