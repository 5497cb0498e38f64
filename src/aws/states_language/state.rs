//! The states of a machine.

use std::borrow::Cow;

use super::Name;
use super::parallel::Fork;
use super::path::Path;
use super::payload::Payload;
use super::rule::Rule;
use super::task::Work;
use crate::terraform::{Expression, Object, text};

/// One state of a machine.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub(super) name: Name,
    pub(super) kind: Kind,
}

/// What comes after a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Following {
    /// The state of this name.
    Next(Cow<'static, str>),
    /// Nothing: the flow ends here, and its answer is what the state gives.
    End,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Task(Work, Following),
    Parallel(Fork, Following),
    Choice { choices: Vec<(Rule, Name)>, default: Name },
    Wait { seconds: u32, following: Following },
    Pass { result: Payload, keep: Path, following: Following },
    Succeed,
    Fail { error: &'static str, cause: Cow<'static, str> },
}

/// A way out of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exit<'a> {
    /// The field that names the target.
    pub(super) field: ExitField,
    /// The target's name.
    pub(super) target: &'a str,
}

/// The field of a state that names another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExitField {
    Next,
    Default,
    Choice(usize),
    Catch(usize),
}

impl State {
    /// Goes where the first rule that holds leads, or to the state `default`.
    pub fn choice<const N: usize>(
        name: impl Into<Name>,
        choices: [(Rule, &'static str); N],
        default: impl Into<Name>,
    ) -> Self {
        let choices = choices.into_iter().map(|(rule, next)| (rule, next.into())).collect();
        Self { name: name.into(), kind: Kind::Choice { choices, default: default.into() } }
    }

    /// Waits.
    pub fn wait(name: impl Into<Name>, seconds: u32, following: Following) -> Self {
        Self { name: name.into(), kind: Kind::Wait { seconds, following } }
    }

    /// Puts a value into a field of the data.
    pub fn pass<const N: usize>(
        name: impl Into<Name>,
        result: impl Into<Payload>,
        keep: [&'static str; N],
        following: Following,
    ) -> Self {
        Self { name: name.into(), kind: Kind::Pass { result: result.into(), keep: Path::input(keep), following } }
    }

    /// Ends the machine, or the branch, well.
    pub fn succeed(name: impl Into<Name>) -> Self {
        Self { name: name.into(), kind: Kind::Succeed }
    }

    /// Ends the whole machine as failed, with an error's name and what it means.
    pub fn fail(name: impl Into<Name>, error: &'static str, cause: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), kind: Kind::Fail { error, cause: cause.into() } }
    }

    /// Every way out, whether its target exists or not.
    pub(super) fn exits(&self) -> Vec<Exit<'_>> {
        match &self.kind {
            Kind::Task(Work { catches, .. }, following) | Kind::Parallel(Fork { catches, .. }, following) => {
                let caught = catches.iter().enumerate();
                let caught = caught.map(|(index, catch)| Exit { field: ExitField::Catch(index), target: &catch.next });
                following.exit().into_iter().chain(caught).collect()
            }
            Kind::Choice { choices, default } => {
                let chosen = choices.iter().enumerate();
                let chosen = chosen.map(|(index, (_, next))| Exit { field: ExitField::Choice(index), target: next });
                chosen.chain([Exit { field: ExitField::Default, target: default }]).collect()
            }
            Kind::Wait { following, .. } | Kind::Pass { following, .. } => following.exit().into_iter().collect(),
            Kind::Succeed | Kind::Fail { .. } => Vec::new(),
        }
    }

    pub(super) fn to_object(&self) -> Object {
        match &self.kind {
            Kind::Task(work, following) => following.set_in(work.to_object()),
            Kind::Parallel(fork, following) => following.set_in(fork.to_object()),
            Kind::Choice { choices, default } => choice(choices, default),
            Kind::Wait { seconds, following } => {
                let wait = [("Type", Expression::from("Wait")), ("Seconds", (*seconds).into())];
                following.set_in(wait.into_iter().collect())
            }
            Kind::Pass { result, keep, following } => {
                let pass = [
                    ("Type", Expression::from("Pass")),
                    ("Parameters", result.to_expression()),
                    ("ResultPath", text(keep.to_string()).into()),
                ];
                following.set_in(pass.into_iter().collect())
            }
            Kind::Succeed => [("Type", Expression::from("Succeed"))].into_iter().collect(),
            Kind::Fail { error, cause } => {
                [("Type", Expression::from("Fail")), ("Error", (*error).into()), ("Cause", cause.clone().into())]
                    .into_iter()
                    .collect()
            }
        }
    }
}

fn choice(choices: &[(Rule, Name)], default: &Name) -> Object {
    let choices = choices.iter().map(|(rule, next)| {
        let mut object = rule.to_object();
        object.set("Next", next.clone().into());
        Expression::Object(object)
    });
    [
        ("Type", Expression::from("Choice")),
        ("Choices", Expression::List(choices.collect())),
        ("Default", default.clone().into()),
    ]
    .into_iter()
    .collect()
}

impl Following {
    /// The state of this name.
    pub fn next(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Next(name.into())
    }

    fn exit(&self) -> Option<Exit<'_>> {
        match self {
            Self::Next(target) => Some(Exit { field: ExitField::Next, target }),
            Self::End => None,
        }
    }

    fn set_in(&self, mut state: Object) -> Object {
        match self {
            Self::Next(name) => state.set("Next", name.clone().into()),
            Self::End => state.set("End", true.into()),
        }
        state
    }
}

impl std::fmt::Display for ExitField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Next => f.write_str("Next"),
            Self::Default => f.write_str("Default"),
            Self::Choice(index) => write!(f, "Choices[{index}].Next"),
            Self::Catch(index) => write!(f, "Catch[{index}].Next"),
        }
    }
}
