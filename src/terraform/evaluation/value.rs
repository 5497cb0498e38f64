//! Values: what expressions evaluate to.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::marks::Marks;
use super::number::Number;
use super::set;
use super::types::{ObjectType, Type};
use super::unknown::{Refinement, Unknown};

/// A value of Terraform: null, known or unknown, with its type and its marks. Cheap to clone.
///
/// Texts are in Unicode's normalization form C, sets in Terraform's order without doubles, maps and objects by key.
#[derive(Debug, Clone)]
pub struct Value {
    pub(super) of_type: Type,
    pub(super) content: Content,
    pub(super) marks: Marks,
}

/// The entries of a map or object, by key.
pub type Entries = BTreeMap<Arc<str>, Value>;

/// What a value is, apart from its type.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Null,
    Unknown(Arc<Unknown>),
    Bool(bool),
    Number(Arc<Number>),
    Text(Arc<str>),
    /// Of a list, set or tuple.
    Sequence(Arc<[Value]>),
    /// Of a map or object.
    Mapping(Arc<Entries>),
}

impl Content {
    pub(super) fn sequence(items: impl IntoIterator<Item = Value>) -> Self {
        Self::Sequence(items.into_iter().collect())
    }
}

/// The text in the form in which Terraform holds it.
pub(super) fn normalized(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.into();
    }
    text.nfc().collect::<String>().into()
}

impl Value {
    fn new(of_type: Type, content: Content) -> Self {
        Self { of_type, content, marks: Marks::NONE }
    }

    /// `null`
    pub fn null(of_type: Type) -> Self {
        Self::new(of_type, Content::Null)
    }

    /// A value that is not known, and why.
    pub fn unknown(of_type: Type, reason: impl Into<Arc<str>>) -> Self {
        Self::new(of_type, Content::Unknown(Arc::new(Unknown::new(reason.into()))))
    }

    /// `true` or `false`
    pub fn bool(value: bool) -> Self {
        Self::new(Type::Bool, Content::Bool(value))
    }

    /// A number.
    pub fn number(value: impl Into<Number>) -> Self {
        Self::new(Type::Number, Content::Number(Arc::new(value.into())))
    }

    /// A string.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::new(Type::String, Content::Text(normalized(text.as_ref())))
    }

    /// A tuple, as `[a, b]` makes it.
    pub fn tuple(items: impl IntoIterator<Item = Self>) -> Self {
        let items: Arc<[Self]> = items.into_iter().collect();
        Self::new(Type::tuple(items.iter().map(|item| item.of_type.clone())), Content::Sequence(items))
    }

    /// An object, as `{ a = b }` makes it.
    pub fn object<N: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::of_entries(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// An object of these entries.
    pub(super) fn of_entries(entries: Entries) -> Self {
        let types = entries.iter().map(|(name, value)| (name.clone(), value.of_type.clone()));
        Self::new(Type::object(types), Content::Mapping(Arc::new(entries)))
    }

    /// An object that may have more attributes than are given, which nobody knows.
    pub fn open_object(attributes: Entries) -> Self {
        let types = attributes.iter().map(|(name, value)| (name.clone(), value.of_type.clone())).collect();
        let of_type = ObjectType { attributes: types, optional: Vec::new(), is_open: true };
        Self::new(Type::Object(Arc::new(of_type)), Content::Mapping(Arc::new(attributes)))
    }

    /// A list; its items must all be of the type of its elements.
    pub fn list(element: Type, items: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Type::list(element), Content::sequence(items))
    }

    /// A set; its items must all be of the type of its elements. Their marks become the set's.
    pub fn set(element: Type, items: impl IntoIterator<Item = Self>) -> Self {
        let mut marks = Marks::NONE;
        let unmarked = items.into_iter().map(|item| {
            let (item, more) = item.unmarked_deep();
            marks |= more;
            item
        });
        let items = set::ordered(unmarked.collect());
        Self::new(Type::set(element), Content::Sequence(items.into())).with_marks(marks)
    }

    /// A map; its values must all be of the type of its elements.
    pub fn map(element: Type, entries: Entries) -> Self {
        Self::new(Type::map(element), Content::Mapping(Arc::new(entries)))
    }

    /// A list of strings.
    pub fn texts<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Self {
        Self::list(Type::String, texts.into_iter().map(Self::text))
    }

    /// Its type.
    pub fn of_type(&self) -> &Type {
        &self.of_type
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
    }

    /// Whether it is known, though what is in it need not be.
    pub fn is_known(&self) -> bool {
        !matches!(self.content, Content::Unknown(_))
    }

    /// Whether it and everything in it is known.
    pub fn is_wholly_known(&self) -> bool {
        self.unknown_reason().is_none()
    }

    /// Why it is not known, or the first thing in it that is not.
    pub fn unknown_reason(&self) -> Option<Arc<str>> {
        match &self.content {
            Content::Unknown(unknown) => Some(unknown.reason.clone()),
            Content::Sequence(items) => items.iter().find_map(Self::unknown_reason),
            Content::Mapping(entries) => entries
                .values()
                .find_map(Self::unknown_reason)
                .or_else(|| self.is_open().then(|| "which other attributes it has is not known".into())),
            _ => None,
        }
    }

    /// Whether it is an object with attributes that nobody knows.
    pub(super) fn is_open(&self) -> bool {
        matches!(&self.of_type, Type::Object(object) if object.is_open)
    }

    /// What is known of it, if it is not known.
    pub fn refinement(&self) -> Option<&Refinement> {
        match &self.content {
            Content::Unknown(unknown) => Some(&unknown.refinement),
            _ => None,
        }
    }

    /// Whether it is certain that it is not null.
    pub fn is_surely_not_null(&self) -> bool {
        match &self.content {
            Content::Null => false,
            Content::Unknown(unknown) => unknown.refinement.not_null,
            _ => true,
        }
    }

    /// The text of a known string.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A known number.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.content {
            Content::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A known bool.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.content {
            Content::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of a known list, set or tuple.
    pub fn items(&self) -> Option<&[Self]> {
        match &self.content {
            Content::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a known map or object.
    pub fn entries(&self) -> Option<&Entries> {
        match &self.content {
            Content::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under a key of a known map or object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.get(key)
    }

    /// How many elements a known list, set, map, tuple or object has.
    pub fn len(&self) -> Option<usize> {
        match &self.content {
            Content::Sequence(items) => Some(items.len()),
            Content::Mapping(entries) => Some(entries.len()),
            _ => None,
        }
    }

    /// Whether it is known to have no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The keys and values that a `for` walks through; nothing for what is null, unknown or has no elements.
    pub(crate) fn elements(&self) -> Vec<(Self, Self)> {
        match (&self.of_type, &self.content) {
            (Type::Set(_), Content::Sequence(items)) => items.iter().map(|item| (item.clone(), item.clone())).collect(),
            (_, Content::Sequence(items)) => {
                items.iter().enumerate().map(|(index, item)| (Self::number(index), item.clone())).collect()
            }
            (_, Content::Mapping(entries)) => {
                let key = |key: &Arc<str>| Self::new(Type::String, Content::Text(key.clone()));
                entries.iter().map(|(name, value)| (key(name), value.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// An unknown value with more known of it; what leaves no choice becomes known.
    pub(super) fn refined(&self, refinement: &Refinement) -> Self {
        let Content::Unknown(unknown) = &self.content else { return self.clone() };
        if self.of_type == Type::Dynamic {
            return self.clone();
        }
        let refinement = unknown.refinement.and(refinement);
        if let Some(known) = self.decided(&refinement, &unknown.reason) {
            return known.with_marks(self.marks);
        }
        let content = Content::Unknown(Arc::new(Unknown { reason: unknown.reason.clone(), refinement }));
        Self { of_type: self.of_type.clone(), content, marks: self.marks }
    }

    /// The value that is left when a refinement leaves one.
    fn decided(&self, refinement: &Refinement, reason: &Arc<str>) -> Option<Self> {
        if !refinement.not_null {
            return None;
        }
        if self.of_type == Type::Number {
            let (lower, upper) = (refinement.lower.as_ref()?, refinement.upper.as_ref()?);
            let is_one = lower.inclusive && upper.inclusive && lower.number == upper.number;
            return is_one.then(|| Self::number(lower.number.clone()));
        }
        if refinement.longest != Some(refinement.shortest) {
            return None;
        }
        let unknown = |element: &Type| Self::unknown(element.clone(), reason.clone());
        match (&self.of_type, refinement.shortest) {
            (Type::Map(element), 0) => Some(Self::map(Type::clone(element), Entries::new())),
            (Type::Set(element), count @ (0 | 1)) => {
                Some(Self::set(Type::clone(element), (0..count).map(|_| unknown(element))))
            }
            // A longer list would be made of nothing but the same unknown.
            (Type::List(element), count @ 0..10_000) => {
                Some(Self::list(Type::clone(element), (0..count).map(|_| unknown(element))))
            }
            _ => None,
        }
    }

    /// The unknown value that is not null.
    pub fn refined_not_null(&self) -> Self {
        self.refined(&Refinement::not_null())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::bool(value)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::number(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}
