//! A state machine of Amazon States Language, read from the JSON that is deployed.
//!
//! What a person reads (subjects and texts of notifications) is left out: the model needs to know that somebody is told,
//! and by which state.

use serde_json::Value;

use crate::path;

/// A machine or one branch of it: states by index.
#[derive(Debug, Clone)]
pub struct Flow {
    /// The first state.
    pub start: usize,
    /// All states, in the order of their names.
    pub states: Vec<State>,
}

/// A state.
#[derive(Debug, Clone)]
pub struct State {
    /// Its name in the definition.
    pub name: String,
    /// What it does.
    pub kind: Kind,
}

/// What a state does.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Has something else do its work.
    Task(Task),
    /// Runs branches side by side.
    Parallel(Fork),
    /// Goes on by the first rule that holds.
    Choice {
        /// Rules, as in the definition, and where each leads.
        rules: Vec<(Value, usize)>,
        /// Where to go if none holds.
        default: usize,
    },
    /// Lets time pass.
    Wait(Next),
    /// Puts a value into the data.
    Pass {
        /// The value, with paths in it.
        parameters: Value,
        /// The field that it is put into.
        keep: Option<String>,
        /// What follows.
        next: Next,
    },
    /// Ends the flow well.
    Succeed,
    /// Ends the whole machine with an error.
    Fail,
}

/// A task's work, and what follows from its result.
#[derive(Debug, Clone)]
pub struct Task {
    /// Who does the work: the ARN in the definition.
    pub resource: String,
    /// What it is given, with paths in it.
    pub parameters: Value,
    /// The field that the result is put into.
    pub keep: Option<String>,
    /// Errors and what they lead to.
    pub recovery: Recovery,
    /// What follows.
    pub next: Next,
}

/// Branches, and what follows from their results.
#[derive(Debug, Clone)]
pub struct Fork {
    /// The branches.
    pub branches: Vec<Flow>,
    /// What each branch is given, if not the state's input.
    pub parameters: Option<Value>,
    /// What is made of the list of the branches' answers.
    pub select: Option<Value>,
    /// The field that the result is put into.
    pub keep: Option<String>,
    /// Errors and what they lead to.
    pub recovery: Recovery,
    /// What follows.
    pub next: Next,
}

/// What happens after an error.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    retriers: Vec<(Vec<String>, u64)>,
    catchers: Vec<Catcher>,
}

/// Where an error leads.
#[derive(Debug, Clone)]
pub struct Catcher {
    errors: Vec<String>,
    /// The state that takes over.
    pub next: usize,
    /// The field that the error is put into.
    pub keep: Option<String>,
}

/// What follows a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another state.
    State(usize),
    /// The end of the flow.
    End,
}

impl Flow {
    /// Reads a definition, or one branch of it.
    ///
    /// # Errors
    /// What in it is no state of a kind that the model knows.
    pub fn read(definition: &Value) -> Result<Self, String> {
        let states = definition["States"].as_object().ok_or("no states")?;
        let names: Vec<&str> = states.keys().map(String::as_str).collect();
        let index = |name: &Value| {
            let name = name.as_str().ok_or_else(|| format!("{name} is no name of a state"))?;
            names.iter().position(|known| *known == name).ok_or_else(|| format!("there is no state {name}"))
        };
        let read = |(name, state): (&String, &Value)| {
            let kind = kind(state, &index).map_err(|problem| format!("{name}: {problem}"))?;
            Ok(State { name: name.clone(), kind })
        };
        Ok(Self {
            start: index(&definition["StartAt"])?,
            states: states.iter().map(read).collect::<Result<_, String>>()?,
        })
    }

    /// Changes every task, those of branches too.
    pub fn edit_tasks(&mut self, edit: &dyn Fn(&str, &mut Task)) {
        for state in &mut self.states {
            match &mut state.kind {
                Kind::Task(task) => edit(&state.name, task),
                Kind::Parallel(fork) => fork.branches.iter_mut().for_each(|branch| branch.edit_tasks(edit)),
                _ => {}
            }
        }
    }

    /// Every task of the machine with its state's name, those of branches too.
    pub fn tasks(&self) -> Vec<(&str, &Task)> {
        self.states
            .iter()
            .flat_map(|state| match &state.kind {
                Kind::Task(task) => vec![(state.name.as_str(), task)],
                Kind::Parallel(fork) => fork.branches.iter().flat_map(Self::tasks).collect(),
                _ => Vec::new(),
            })
            .collect()
    }
}

impl Recovery {
    fn read(state: &Value, index: &impl Fn(&Value) -> Result<usize, String>) -> Result<Self, String> {
        let list = |field: &str| state[field].as_array().cloned().unwrap_or_default();
        let retrier = |it: &Value| (names(&it["ErrorEquals"]), it["MaxAttempts"].as_u64().unwrap_or(3));
        let catcher = |it: &Value| {
            Ok(Catcher {
                errors: names(&it["ErrorEquals"]),
                next: index(&it["Next"])?,
                keep: path::kept(&it["ResultPath"]),
            })
        };
        Ok(Self {
            retriers: list("Retry").iter().map(retrier).collect(),
            catchers: list("Catch").iter().map(catcher).collect::<Result<_, String>>()?,
        })
    }

    /// Whether the state is tried again after this error.
    pub fn retries(&self, error: &str) -> bool {
        self.retriers.iter().find(|(errors, _)| covers(errors, error)).is_some_and(|(_, attempts)| *attempts > 0)
    }

    /// Every state that an error may lead to.
    pub fn targets(&self) -> impl Iterator<Item = usize> {
        self.catchers.iter().map(|catcher| catcher.next)
    }

    /// Where this error leads once the state is not tried again.
    pub fn catcher(&self, error: &str) -> Option<&Catcher> {
        self.catchers.iter().find(|catcher| covers(&catcher.errors, error))
    }
}

fn covers(errors: &[String], error: &str) -> bool {
    errors.iter().any(|known| known == error || known == "States.ALL")
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn kind(state: &Value, index: &impl Fn(&Value) -> Result<usize, String>) -> Result<Kind, String> {
    let next = || if state["End"] == true { Ok(Next::End) } else { index(&state["Next"]).map(Next::State) };
    Ok(match state["Type"].as_str().unwrap_or_default() {
        "Task" => Kind::Task(Task {
            resource: state["Resource"].as_str().unwrap_or_default().to_owned(),
            parameters: state["Parameters"].clone(),
            keep: path::kept(&state["ResultPath"]),
            recovery: Recovery::read(state, index)?,
            next: next()?,
        }),
        "Parallel" => Kind::Parallel(Fork {
            branches: state["Branches"].as_array().into_iter().flatten().map(Flow::read).collect::<Result<_, _>>()?,
            parameters: state.get("Parameters").cloned(),
            select: state.get("ResultSelector").cloned(),
            keep: path::kept(&state["ResultPath"]),
            recovery: Recovery::read(state, index)?,
            next: next()?,
        }),
        "Choice" => {
            let rule = |rule: &Value| Ok((rule.clone(), index(&rule["Next"])?));
            let rules =
                state["Choices"].as_array().into_iter().flatten().map(rule).collect::<Result<Vec<_>, String>>()?;
            Kind::Choice { rules, default: index(&state["Default"])? }
        }
        "Wait" => Kind::Wait(next()?),
        "Pass" => Kind::Pass {
            parameters: state["Parameters"].clone(),
            keep: path::kept(&state["ResultPath"]),
            next: next()?,
        },
        "Succeed" => Kind::Succeed,
        "Fail" => Kind::Fail,
        other => return Err(format!("states of the type {other:?} are not modelled")),
    })
}
