//! Marks: what a value carries along besides its worth.

use std::ops::{BitOr, BitOrAssign};

use super::value::{Content, Value};

/// A set of marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u8);

impl Marks {
    /// No mark.
    pub const NONE: Self = Self(0);
    /// The value is hidden in output.
    pub const SENSITIVE: Self = Self(1);
    /// The value is never stored in a plan or state.
    pub const EPHEMERAL: Self = Self(2);

    /// Whether all of `other` are among these.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// These without the others.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl FromIterator<Self> for Marks {
    fn from_iter<I: IntoIterator<Item = Self>>(marks: I) -> Self {
        marks.into_iter().fold(Self::NONE, BitOr::bitor)
    }
}

impl Value {
    /// The value's own marks, without those of what is in it.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// The marks of the value and of everything in it.
    pub fn marks_deep(&self) -> Marks {
        match &self.content {
            Content::Sequence(items) => items.iter().map(Self::marks_deep).fold(self.marks, BitOr::bitor),
            Content::Mapping(entries) => entries.values().map(Self::marks_deep).fold(self.marks, BitOr::bitor),
            _ => self.marks,
        }
    }

    /// The value with these marks too.
    pub fn with_marks(mut self, marks: Marks) -> Self {
        self.marks |= marks;
        self
    }

    /// The value without marks of its own, and those.
    pub fn unmarked(&self) -> (Self, Marks) {
        (Self { marks: Marks::NONE, ..self.clone() }, self.marks)
    }

    /// The value without any mark, and all marks that were in it.
    pub fn unmarked_deep(&self) -> (Self, Marks) {
        let marks = self.marks_deep();
        let value = if marks.is_empty() { self.clone() } else { self.without_marks(marks) };
        (value, marks)
    }

    /// The value without these marks, here and in everything in it.
    pub(super) fn without_marks(&self, marks: Marks) -> Self {
        let content = match &self.content {
            Content::Sequence(items) => Content::sequence(items.iter().map(|item| item.without_marks(marks))),
            Content::Mapping(entries) => Content::Mapping(
                entries
                    .iter()
                    .map(|(key, it)| (key.clone(), it.without_marks(marks)))
                    .collect::<std::collections::BTreeMap<_, _>>()
                    .into(),
            ),
            other => other.clone(),
        };
        Self { of_type: self.of_type.clone(), content, marks: self.marks.without(marks) }
    }

    /// Whether output of it is hidden.
    pub fn is_sensitive(&self) -> bool {
        self.marks.contains(Marks::SENSITIVE)
    }

    /// Whether it is never stored.
    pub fn is_ephemeral(&self) -> bool {
        self.marks.contains(Marks::EPHEMERAL)
    }
}
