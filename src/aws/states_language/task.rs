//! A state that has work done by something else.

use super::Name;
use super::path::Path;
use super::payload::Payload;
use super::recovery::{Catch, Retry, result_path};
use super::state::{Following, Kind, State};
use crate::terraform::{Expression, Object, Value};

/// What does a task's work.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// A Lambda function, by its ARN. What it returns is the result.
    Function(Value<String>),
    /// An action of an AWS service, such as `dynamodb:putItem` or `aws-sdk:rds:failoverGlobalCluster`.
    Action(&'static str),
    /// An action of an AWS service that gives somebody [`Path::task_token`]; the result is what they send back.
    Callback(&'static str),
}

/// A state that has work done by something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    name: Name,
    pub(super) work: Work,
}

/// What a task is, beside its name and what follows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Work {
    pub(super) resource: Resource,
    pub(super) parameters: Payload,
    pub(super) timeout_seconds: u32,
    keep: Option<Path>,
    pub(super) retries: Vec<Retry>,
    pub(super) catches: Vec<Catch>,
}

impl Task {
    /// Has `resource` work on `parameters`, for `timeout_seconds` at the most each time it is tried. The result is
    /// dropped unless it is kept.
    pub fn new(
        name: impl Into<Name>,
        resource: Resource,
        parameters: impl Into<Payload>,
        timeout_seconds: u32,
    ) -> Self {
        let work = Work {
            resource,
            parameters: parameters.into(),
            timeout_seconds,
            keep: None,
            retries: Vec::new(),
            catches: Vec::new(),
        };
        Self { name: name.into(), work }
    }

    /// Adds a field to what it works on.
    pub fn telling(mut self, name: &'static str, value: impl Into<Payload>) -> Self {
        self.work.parameters = self.work.parameters.with(name, value);
        self
    }

    /// Puts the result into this field of the data.
    pub fn keep<const N: usize>(mut self, fields: [&'static str; N]) -> Self {
        self.work.keep = Some(Path::input(fields));
        self
    }

    /// Tries again after some errors. Of several retriers the first decides that names the error.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.work.retries.push(retry);
        self
    }

    /// Goes on elsewhere after some errors. Of several catchers the first decides that names the error.
    pub fn catch(mut self, catch: Catch) -> Self {
        self.work.catches.push(catch);
        self
    }

    /// Goes on with the state `next`.
    pub fn then(self, next: impl Into<Name>) -> State {
        State { name: self.name, kind: Kind::Task(self.work, Following::Next(next.into())) }
    }

    /// Ends the flow.
    pub fn end(self) -> State {
        State { name: self.name, kind: Kind::Task(self.work, Following::End) }
    }
}

impl Work {
    pub(super) fn to_object(&self) -> Object {
        // Beside these, what comes after errors and what follows.
        let mut object = Object::with_room(8);
        object.set("Type", "Task".into());
        object.set("Resource", self.resource.to_value().into());
        object.set("Parameters", self.parameters.to_expression());
        object.set("TimeoutSeconds", self.timeout_seconds.into());
        object.set("ResultPath", result_path(self.keep.as_ref()));
        set_recovery(&mut object, &self.retries, &self.catches);
        object
    }
}

/// Sets `Retry` and `Catch`, where there are any.
pub(super) fn set_recovery(object: &mut Object, retries: &[Retry], catches: &[Catch]) {
    if !retries.is_empty() {
        object.set("Retry", Expression::List(retries.iter().map(Retry::to_expression).collect()));
    }
    if !catches.is_empty() {
        object.set("Catch", Expression::List(catches.iter().map(Catch::to_expression).collect()));
    }
}

impl Resource {
    fn to_value(&self) -> Value<String> {
        match self {
            Self::Function(arn) => arn.clone(),
            Self::Action(action) => format!("arn:aws:states:::{action}").into(),
            Self::Callback(action) => format!("arn:aws:states:::{action}.waitForTaskToken").into(),
        }
    }
}
