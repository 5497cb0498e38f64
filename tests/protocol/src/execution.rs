//! An execution of a state machine: where it stands, and where a result takes it.

use serde_json::{Value, json};

use crate::machine::{Flow, Fork, Kind, Next, Recovery, State, Task};
use crate::path;

/// Where a flow stands. Only tasks and forks are waited for: whatever takes no time is done at once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Position {
    /// At a task, with the data that it was given.
    Task {
        /// The state.
        state: usize,
        /// The data.
        data: Value,
    },
    /// Within branches.
    Fork {
        /// The state.
        state: usize,
        /// The data.
        data: Value,
        /// Where each branch stands.
        branches: Vec<Position>,
    },
    /// At the end.
    Ended {
        /// Whether it ended well.
        well: bool,
        /// The state that it ended in, for whoever reads a trace.
        state: usize,
        /// What it answered.
        data: Value,
    },
}

/// The way to a task: the index of a branch at each fork.
pub type Way = Vec<usize>;

/// A task that is being done.
#[derive(Debug, Clone)]
pub struct Pending<'m> {
    /// The way to it.
    pub way: Way,
    /// The name of its state.
    pub state: &'m str,
    /// The task.
    pub task: &'m Task,
    /// What it is given, paths filled in.
    pub parameters: Value,
}

/// An error's name.
pub type ErrorName = &'static str;

impl Flow {
    /// Where an execution with this input stands first.
    pub fn begin(&self, input: Value, context: &Value) -> Position {
        self.enter(self.start, input, context)
    }

    fn enter(&self, index: usize, data: Value, context: &Value) -> Position {
        let Some(state) = self.states.get(index) else { return broken(index) };
        match &state.kind {
            Kind::Task(_) => Position::Task { state: index, data },
            Kind::Parallel(fork) => {
                match fork.parameters.as_ref().map_or(Ok(data.clone()), |it| path::fill(it, &data, context)) {
                    Ok(input) => {
                        let branches =
                            fork.branches.iter().map(|branch| branch.begin(input.clone(), context)).collect();
                        self.join(index, fork, data, branches, context)
                    }
                    Err(_) => broken(index),
                }
            }
            Kind::Choice { rules, default } => {
                for (rule, next) in rules {
                    match path::holds(rule, &data, context) {
                        Ok(true) => return self.enter(*next, data, context),
                        Ok(false) => {}
                        Err(_) => return broken(index),
                    }
                }
                self.enter(*default, data, context)
            }
            Kind::Wait(next) => self.follow(index, *next, data, context),
            Kind::Pass { parameters, keep, next } => match path::fill(parameters, &data, context) {
                Ok(result) => self.follow(index, *next, path::put(data, keep.as_deref(), result), context),
                Err(_) => broken(index),
            },
            Kind::Succeed => Position::Ended { well: true, state: index, data },
            Kind::Fail => Position::Ended { well: false, state: index, data: Value::Null },
        }
    }

    fn follow(&self, index: usize, next: Next, data: Value, context: &Value) -> Position {
        match next {
            Next::State(next) => self.enter(next, data, context),
            Next::End => Position::Ended { well: true, state: index, data },
        }
    }

    fn recover(&self, index: usize, recovery: &Recovery, error: &str, data: Value, context: &Value) -> Position {
        match recovery.catcher(error) {
            Some(catcher) => {
                let data = path::put(data, catcher.keep.as_deref(), json!({ "Error": error }));
                self.enter(catcher.next, data, context)
            }
            None => Position::Ended { well: false, state: index, data: Value::Null },
        }
    }

    /// A fork whose branches have all ended goes on; one of whose branches has failed recovers.
    fn join(&self, index: usize, fork: &Fork, data: Value, branches: Vec<Position>, context: &Value) -> Position {
        if branches.iter().any(|branch| matches!(branch, Position::Ended { well: false, .. })) {
            return self.recover(index, &fork.recovery, "States.BranchFailed", data, context);
        }
        let answers: Option<Vec<Value>> = branches
            .iter()
            .map(|branch| match branch {
                Position::Ended { data, .. } => Some(data.clone()),
                _ => None,
            })
            .collect();
        let Some(answers) = answers.map(Value::Array) else { return Position::Fork { state: index, data, branches } };
        match fork.select.as_ref().map_or(Ok(answers.clone()), |select| path::fill(select, &answers, context)) {
            Ok(result) => self.follow(index, fork.next, path::put(data, fork.keep.as_deref(), result), context),
            Err(_) => broken(index),
        }
    }

    /// The tasks that are being done.
    pub fn pending<'m>(&'m self, position: &Position, context: &Value) -> Vec<Pending<'m>> {
        match position {
            Position::Task { state, data } => {
                let Some(State { name, kind: Kind::Task(task) }) = self.states.get(*state) else { return Vec::new() };
                let parameters = path::fill(&task.parameters, data, context).unwrap_or(Value::Null);
                vec![Pending { way: Vec::new(), state: name, task, parameters }]
            }
            Position::Fork { state, branches, .. } => {
                let Some(State { kind: Kind::Parallel(fork), .. }) = self.states.get(*state) else { return Vec::new() };
                let within = fork.branches.iter().zip(branches).enumerate();
                within
                    .flat_map(|(branch, (flow, position))| {
                        flow.pending(position, context).into_iter().map(move |mut pending| {
                            pending.way.insert(0, branch);
                            pending
                        })
                    })
                    .collect()
            }
            Position::Ended { .. } => Vec::new(),
        }
    }

    /// Where the execution stands once a task has a result, or an error after which it is not tried again.
    pub fn complete(
        &self,
        position: Position,
        way: &[usize],
        result: Result<Value, ErrorName>,
        context: &Value,
    ) -> Position {
        match (position, way) {
            (Position::Task { state, data }, []) => {
                let Some(State { kind: Kind::Task(task), .. }) = self.states.get(state) else { return broken(state) };
                match result {
                    Ok(result) => self.follow(state, task.next, path::put(data, task.keep.as_deref(), result), context),
                    Err(error) => self.recover(state, &task.recovery, error, data, context),
                }
            }
            (Position::Fork { state, data, mut branches }, [branch, rest @ ..]) => {
                let Some(State { kind: Kind::Parallel(fork), .. }) = self.states.get(state) else {
                    return broken(state);
                };
                if let (Some(flow), Some(inner)) = (fork.branches.get(*branch), branches.get_mut(*branch)) {
                    *inner = flow.complete(inner.clone(), rest, result, context);
                }
                self.join(state, fork, data, branches, context)
            }
            (position, _) => position,
        }
    }
}

/// An execution that Step Functions ends by itself: a path leads nowhere.
fn broken(state: usize) -> Position {
    Position::Ended { well: false, state, data: Value::String("States.Runtime".to_owned()) }
}

impl Position {
    /// Without the answer of an execution that has ended well or not, which nobody reads.
    pub fn forgetting(self) -> Self {
        match self {
            Self::Ended { well, state, data } if !data.is_string() => Self::Ended { well, state, data: Value::Null },
            other => other,
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// Whether Step Functions ended it because the definition is wrong.
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Ended { data: Value::String(_), .. })
    }
}
