//! A state whose branches run at the same time.

use super::Name;
use super::flow::Flow;
use super::path::Path;
use super::payload::Payload;
use super::recovery::{Catch, Retry, result_path};
use super::state::{Following, Kind, State};
use super::task::set_recovery;
use crate::terraform::{Expression, Object};

/// A state whose branches run at the same time. If one of them fails, Step Functions stops the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Parallel {
    name: Name,
    fork: Fork,
}

/// What a parallel state is, beside its name and what follows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fork {
    pub(super) branches: Vec<Flow>,
    pub(super) parameters: Option<Payload>,
    pub(super) select: Option<Payload>,
    keep: Option<Path>,
    pub(super) retries: Vec<Retry>,
    pub(super) catches: Vec<Catch>,
}

impl Parallel {
    /// Runs these branches. What they answer is dropped unless it is kept.
    pub fn new(name: impl Into<Name>, branches: impl IntoIterator<Item = Flow>) -> Self {
        let fork = Fork {
            branches: branches.into_iter().collect(),
            parameters: None,
            select: None,
            keep: None,
            retries: Vec::new(),
            catches: Vec::new(),
        };
        Self { name: name.into(), fork }
    }

    /// What each branch gets, instead of the state's own input.
    pub fn parameters(mut self, parameters: impl Into<Payload>) -> Self {
        self.fork.parameters = Some(parameters.into());
        self
    }

    /// Makes the result of the branches' answers, which are items of a list ([`Path::item`]).
    pub fn select(mut self, select: impl Into<Payload>) -> Self {
        self.fork.select = Some(select.into());
        self
    }

    /// Puts the result into this field of the data.
    pub fn keep<const N: usize>(mut self, fields: [&'static str; N]) -> Self {
        self.fork.keep = Some(Path::input(fields));
        self
    }

    /// Runs all branches again after some errors.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.fork.retries.push(retry);
        self
    }

    /// Goes on elsewhere after some errors.
    pub fn catch(mut self, catch: Catch) -> Self {
        self.fork.catches.push(catch);
        self
    }

    /// Goes on with the state `next`.
    pub fn then(self, next: impl Into<Name>) -> State {
        State { name: self.name, kind: Kind::Parallel(self.fork, Following::Next(next.into())) }
    }

    /// Ends the flow.
    pub fn end(self) -> State {
        State { name: self.name, kind: Kind::Parallel(self.fork, Following::End) }
    }
}

impl Fork {
    pub(super) fn to_object(&self) -> Object {
        let branches = self.branches.iter().map(|branch| Expression::Object(branch.to_object())).collect();
        let mut object: Object =
            [("Type", Expression::from("Parallel")), ("Branches", Expression::List(branches))].into_iter().collect();
        if let Some(parameters) = &self.parameters {
            object.set("Parameters", parameters.to_expression());
        }
        if let Some(select) = &self.select {
            object.set("ResultSelector", select.to_expression());
        }
        object.set("ResultPath", result_path(self.keep.as_ref()));
        set_recovery(&mut object, &self.retries, &self.catches);
        object
    }
}
