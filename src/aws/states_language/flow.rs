//! States that belong together: those of a machine, or of one branch of it.

use rustc_hash::FxHashMap;

use super::Name;
use super::state::State;
use crate::terraform::{Expression, Object};

/// States that lead to each other, and the first of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    pub(super) start: Name,
    pub(super) states: Vec<State>,
}

impl Flow {
    /// A flow of these states that starts at the state `start`.
    pub fn new(start: impl Into<Name>, states: impl IntoIterator<Item = State>) -> Self {
        Self { start: start.into(), states: states.into_iter().collect() }
    }

    /// Adds states.
    pub fn with(mut self, states: impl IntoIterator<Item = State>) -> Self {
        self.states.extend(states);
        self
    }

    pub(super) fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// The states by their names, for many look-ups.
    pub(super) fn by_name(&self) -> FxHashMap<&str, &State> {
        // Of two states of one name, which the check refuses, the first counts.
        self.states.iter().rev().map(|state| (state.name.as_ref(), state)).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(|state| state.name.as_ref())
    }

    pub(super) fn to_object(&self) -> Object {
        let states =
            self.states.iter().map(|state| (state.name.clone(), Expression::Object(state.to_object()))).collect();
        [("StartAt", self.start.clone().into()), ("States", Expression::Object(states))].into_iter().collect()
    }
}
