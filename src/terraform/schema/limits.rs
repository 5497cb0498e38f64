//! What the API behind a provider takes: lengths, numbers, forms and values, argument by argument.
//!
//! A provider's schema knows types only. An API that publishes a model of itself knows more, and refuses at apply what
//! its model does not allow. The limits lie beside the schema, as text:
//!
//! ```text
//! where they come from
//! =type
//! path <tab> member of the API <tab> flags <tab> least <tab> greatest <tab> values, by `|` <tab> pattern <tab> pattern...
//! ```
//!
//! A path's names are joined by dots, lists and sets are passed through; `{}` at its end means a map's keys, without it
//! its values. Flags: `t` a text, whose characters are counted, or `n` a number; `r` a required argument, which is sent
//! even where it is empty.

use std::borrow::Cow;
use std::ops::Range;

/// The limits of the types of a provider. The default one has none.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    text: Cow<'static, str>,
    /// The name and the lines of each type, in the order of the text, which is sorted.
    types: Vec<(Range<usize>, Range<usize>)>,
}

impl Limits {
    /// Reads where each type's limits are. What is not in the format of this version is as good as not there.
    pub fn open(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        let mut types: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            if line.starts_with('=') {
                types.push((start + 1..start + line.trim_end().len(), end..end));
            } else if let Some((_, lines)) = types.last_mut() {
                lines.end = end;
            }
            start = end;
        }
        Self { text, types }
    }

    /// Where the limits come from.
    pub fn source(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The types that have limits.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.types.iter().filter_map(|(name, _)| self.text.get(name.clone()))
    }

    /// The limits of the arguments of a type.
    pub fn of_type(&self, type_name: &str) -> LimitTree<'_> {
        let mut tree = LimitTree::default();
        let found = self.types.binary_search_by(|(name, _)| self.text[name.clone()].cmp(type_name));
        if let Some((_, lines)) = found.ok().and_then(|at| self.types.get(at)) {
            let source = self.source();
            for line in self.text[lines.clone()].lines() {
                tree.add(line, source);
            }
        }
        tree
    }
}

/// The limits of the arguments of a block.
#[derive(Debug, Clone, Default)]
pub struct LimitTree<'s> {
    children: Vec<(&'s str, LimitTree<'s>)>,
    /// Of the argument itself, or of what is in its list, set or map.
    pub limit: Option<Limit<'s>>,
    /// Of the keys of its map.
    pub keys: Option<Limit<'s>>,
}

impl<'s> LimitTree<'s> {
    /// The limits of an argument or nested block.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|(child, _)| *child == name).map(|(_, tree)| tree)
    }

    /// The arguments and nested blocks with limits.
    pub fn children(&self) -> impl Iterator<Item = (&'s str, &Self)> {
        self.children.iter().map(|(name, tree)| (*name, tree))
    }

    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty() && self.limit.is_none() && self.keys.is_none()
    }

    fn add(&mut self, line: &'s str, source: &'s str) {
        let Some((path, rest)) = line.split_once('\t') else { return };
        let limit = Limit::read(rest, source);
        let (path, of_keys) = path.strip_suffix("{}").map_or((path, false), |path| (path, true));
        let tree = path.split('.').fold(self, |tree, name| tree.child_or_new(name));
        *if of_keys { &mut tree.keys } else { &mut tree.limit } = limit;
    }

    fn child_or_new(&mut self, name: &'s str) -> &mut Self {
        let at = self.children.iter().position(|(child, _)| *child == name).unwrap_or_else(|| {
            self.children.push((name, LimitTree::default()));
            self.children.len() - 1
        });
        &mut self.children[at].1
    }
}

/// What the API takes in one place.
#[derive(Debug, Clone, Copy)]
pub struct Limit<'s> {
    /// The API's operation and the member of its input.
    pub member: &'s str,
    /// Where the limit comes from.
    pub source: &'s str,
    flags: &'s str,
    least: Option<f64>,
    greatest: Option<f64>,
    values: &'s str,
    patterns: &'s str,
}

impl<'s> Limit<'s> {
    fn read(line: &'s str, source: &'s str) -> Option<Self> {
        let mut fields = line.splitn(6, '\t');
        let mut next = || fields.next();
        let (member, flags, least, greatest, values) = (next()?, next()?, next()?, next()?, next()?);
        let (least, greatest) = (least.parse().ok(), greatest.parse().ok());
        Some(Self { member, source, flags, least, greatest, values, patterns: next().unwrap_or_default() })
    }

    /// Whether it is a number that is limited, not a text.
    pub fn of_numbers(&self) -> bool {
        self.flags.starts_with('n')
    }

    /// Whether the argument is sent even where it is empty or zero; otherwise that is as good as leaving it out.
    pub fn required(&self) -> bool {
        self.flags.ends_with('r')
    }

    /// The least number, or number of characters.
    pub fn least(&self) -> Option<f64> {
        self.least
    }

    /// The greatest number, or number of characters.
    pub fn greatest(&self) -> Option<f64> {
        self.greatest
    }

    /// The values it takes; none if any goes.
    pub fn values(&self) -> impl Iterator<Item = &'s str> + Clone {
        pieces(self.values, b'|')
    }

    /// The forms that a text must have, as regular expressions, which mean the whole of it.
    pub fn patterns(&self) -> impl Iterator<Item = &'s str> + Clone {
        pieces(self.patterns, b'\t')
    }
}

/// What is between the separators, as far as there is something. It is mostly short, or nothing at all, which a search that is made
/// for long texts takes longer for.
fn pieces(text: &str, separator: u8) -> impl Iterator<Item = &str> + Clone {
    let mut rest = text;
    let next = move || {
        let text = rest.trim_start_matches(char::from(separator));
        let end = text.bytes().position(|byte| byte == separator).unwrap_or(text.len());
        let (piece, after) = text.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    };
    std::iter::from_fn(next)
}
