//! A state machine in Amazon States Language, read from the JSON that is deployed.

mod path;
mod rule;

use serde_json::Value;

pub(super) use path::{Route, route};
pub(super) use rule::{Facts, Rule};

/// A machine: states by their position.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) start: usize,
    pub(super) states: Vec<State>,
}

/// A state.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a state does.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Has something else do its work.
    Task(Box<Task>),
    /// Goes on by the first rule that holds; without a default it may fail.
    Choice { rules: Vec<(Rule, usize)>, default: Option<usize> },
    /// Lets time pass, as long as is known.
    Wait { seconds: Option<f64>, next: Option<usize> },
    /// Changes the data.
    Pass { keep: Keep, next: Option<usize> },
    /// Ends the machine well.
    Succeed,
    /// Ends it with an error.
    Fail,
    /// A kind of state that is not followed.
    Unread,
}

/// A task's work, and what follows from it.
#[derive(Debug, Clone)]
pub(super) struct Task {
    /// Who does the work: the ARN in the definition, or of the function that it names.
    pub(super) resource: String,
    /// Whether it waits for somebody to answer.
    pub(super) asks: bool,
    pub(super) timeout: Option<f64>,
    pub(super) retries: Vec<Retry>,
    pub(super) catches: Vec<Catch>,
    pub(super) keep: Keep,
    pub(super) next: Option<usize>,
}

/// How often a task is repeated after which errors.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    errors: Vec<String>,
    pub(super) interval: f64,
    pub(super) attempts: u64,
    pub(super) backoff: f64,
    pub(super) longest: f64,
}

/// Where an error leads.
#[derive(Debug, Clone)]
pub(super) struct Catch {
    errors: Vec<String>,
    pub(super) keep: Keep,
    pub(super) next: usize,
}

/// Where a result is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keep {
    /// At this path; `$` is all of the data.
    At(String),
    /// Nowhere.
    Nothing,
}

impl Machine {
    /// Reads a definition.
    ///
    /// # Errors
    /// What keeps it from being followed.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let definition: Value =
            serde_json::from_str(text).map_err(|error| format!("its definition is no JSON: {error}"))?;
        if definition["QueryLanguage"].as_str().is_some_and(|language| language != "JSONPath") {
            return Err("its definition is in JSONata, which is not read".to_owned());
        }
        let states = definition["States"].as_object().ok_or("its definition has no States")?;
        let positions: std::collections::HashMap<&str, usize> =
            states.keys().enumerate().map(|(position, name)| (name.as_str(), position)).collect();
        let index = |name: &Value| {
            let name = name.as_str().ok_or_else(|| format!("{name} is no name of a state"))?;
            positions.get(name).copied().ok_or_else(|| format!("its definition has no state {name}"))
        };
        let read = |(name, state): (&String, &Value)| Ok(State { name: name.clone(), kind: kind(state, &index)? });
        Ok(Self {
            start: index(&definition["StartAt"])?,
            states: states.iter().map(read).collect::<Result<_, String>>()?,
        })
    }

    /// The task at a position, if it is one.
    pub(super) fn task(&self, position: usize) -> Option<&Task> {
        match &self.states[position].kind {
            Kind::Task(task) => Some(task),
            _ => None,
        }
    }

    /// Whether a state is the last one by itself.
    pub(super) fn ends_with(&self, position: usize) -> bool {
        match &self.states[position].kind {
            Kind::Task(task) => task.next.is_none(),
            Kind::Wait { next, .. } | Kind::Pass { next, .. } => next.is_none(),
            _ => false,
        }
    }

    /// The positions of tasks whose resource is one of an integration, such as `rds:failoverGlobalCluster`.
    pub(super) fn tasks_of<'a>(&'a self, integration: &'a str) -> impl Iterator<Item = usize> + 'a {
        let is_it = move |task: &Task| {
            let resource = task.resource.split(".waitForTaskToken").next().unwrap_or_default();
            resource.to_ascii_lowercase().ends_with(&format!(":{}", integration.to_ascii_lowercase()))
        };
        self.states.iter().enumerate().filter_map(move |(position, state)| match &state.kind {
            Kind::Task(task) if is_it(task) => Some(position),
            _ => None,
        })
    }
}

impl Task {
    /// Whether it calls a function.
    pub(super) fn is_function(&self) -> bool {
        self.resource.contains(":lambda:")
    }

    /// The first entry that says how this error is repeated.
    pub(super) fn retry_of(&self, error: &str) -> Option<&Retry> {
        self.retries.iter().find(|retry| retry.covers(error))
    }

    /// Where this error leads once it is not repeated any more.
    pub(super) fn catch_of(&self, error: &str) -> Option<&Catch> {
        self.catches.iter().find(|catch| covers(&catch.errors, error))
    }

    /// The entry by which an error is looked at again and again, as a wait for something does.
    pub(super) fn polls(&self) -> Option<&Retry> {
        self.retry_of(OWN_ERROR).filter(|retry| retry.total_pause() >= SHORTEST_WATCH)
    }

    /// How long it may take with all its retries, where its timeout says so.
    pub(super) fn allowed(&self) -> Option<f64> {
        let timeout = self.timeout?;
        let retry = self.retries.iter().max_by(|one, other| one.total_pause().total_cmp(&other.total_pause()));
        let (attempts, pauses) = retry.map_or((0, 0.0), |retry| (retry.attempts, retry.total_pause()));
        #[allow(clippy::cast_precision_loss, reason = "Step Functions takes at most 99,999,999 attempts")]
        Some(timeout * (attempts + 1) as f64 + pauses)
    }
}

/// An error that a function raises itself, which only `States.ALL` and `States.TaskFailed` cover.
pub(super) const OWN_ERROR: &str = "States.TaskFailed";

/// A task that is repeated for less time than this is tried again after trouble; one that is repeated for longer waits.
const SHORTEST_WATCH: f64 = 30.0;

impl Retry {
    /// Whether it is about this error.
    pub(super) fn covers(&self, error: &str) -> bool {
        covers(&self.errors, error)
    }

    /// The pause before this attempt, counted from one.
    pub(super) fn pause(&self, attempt: u64) -> f64 {
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        (self.interval * self.backoff.powi(exponent)).min(self.longest)
    }

    /// All pauses together.
    fn total_pause(&self) -> f64 {
        // A constant pause needs no sum; a growing one is at its longest, or beyond every timeout, after a few dozen.
        #[allow(clippy::cast_precision_loss, reason = "Step Functions takes at most 99,999,999 attempts")]
        if (self.backoff - 1.0).abs() < f64::EPSILON {
            self.interval.min(self.longest) * self.attempts as f64
        } else {
            let summed = self.attempts.min(64);
            (1..=summed).map(|attempt| self.pause(attempt)).sum::<f64>()
                + self.pause(65) * (self.attempts - summed) as f64
        }
    }
}

fn covers(errors: &[String], error: &str) -> bool {
    errors
        .iter()
        .any(|known| known == error || known == "States.ALL" || (known == OWN_ERROR && error != "States.Timeout"))
}

fn kind(state: &Value, index: &impl Fn(&Value) -> Result<usize, String>) -> Result<Kind, String> {
    let next = || if state["End"] == true { Ok(None) } else { index(&state["Next"]).map(Some) };
    Ok(match state["Type"].as_str().unwrap_or_default() {
        "Task" => Kind::Task(Box::new(task(state, next()?, index)?)),
        "Choice" => {
            let rule = |rule: &Value| Ok((Rule::read(rule), index(&rule["Next"])?));
            let rules = state["Choices"].as_array().into_iter().flatten().map(rule).collect::<Result<_, String>>()?;
            let default = state.get("Default").map(index).transpose()?;
            Kind::Choice { rules, default }
        }
        "Wait" => Kind::Wait { seconds: state["Seconds"].as_f64(), next: next()? },
        "Pass" => Kind::Pass { keep: keep(state), next: next()? },
        "Succeed" => Kind::Succeed,
        "Fail" => Kind::Fail,
        _ => Kind::Unread,
    })
}

fn task(state: &Value, next: Option<usize>, index: &impl Fn(&Value) -> Result<usize, String>) -> Result<Task, String> {
    let list = |field: &str| state[field].as_array().into_iter().flatten();
    let own = state["Resource"].as_str().unwrap_or_default();
    let called = state["Parameters"]["FunctionName"].as_str().filter(|_| own.contains(":lambda:invoke"));
    let retry = |it: &Value| Retry {
        errors: names(&it["ErrorEquals"]),
        interval: it["IntervalSeconds"].as_f64().unwrap_or(1.0),
        attempts: it["MaxAttempts"].as_u64().unwrap_or(3),
        backoff: it["BackoffRate"].as_f64().unwrap_or(2.0),
        longest: it["MaxDelaySeconds"].as_f64().unwrap_or(f64::INFINITY),
    };
    let catch = |it: &Value| Ok(Catch { errors: names(&it["ErrorEquals"]), keep: keep(it), next: index(&it["Next"])? });
    Ok(Task {
        resource: called.filter(|name| name.starts_with("arn:")).unwrap_or(own).to_owned(),
        asks: own.ends_with(".waitForTaskToken"),
        timeout: state["TimeoutSeconds"].as_f64(),
        retries: list("Retry").map(retry).collect(),
        catches: list("Catch").map(catch).collect::<Result<_, String>>()?,
        keep: keep(state),
        next,
    })
}

fn keep(state: &Value) -> Keep {
    match state.get("ResultPath") {
        Some(Value::Null) => Keep::Nothing,
        Some(Value::String(path)) => Keep::At(path.clone()),
        _ => Keep::At("$".to_owned()),
    }
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Machine, OWN_ERROR, Task};

    fn task(fields: &str) -> Task {
        let text = format!(r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "End": true, {fields}}}}}}}"#);
        match Machine::read(&text).expect("a machine").states.remove(0).kind {
            Kind::Task(task) => *task,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_watch_is_repeated_for_long_and_a_retry_is_not() {
        let watch = task(
            r#""TimeoutSeconds": 15, "Retry": [{"ErrorEquals": ["Own"], "MaxAttempts": 0},
            {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 36, "BackoffRate": 1}]"#,
        );
        let polls = watch.polls().expect("it waits");
        assert_eq!((polls.interval, polls.total_pause(), watch.allowed()), (5.0, 180.0, Some(15.0 * 37.0 + 180.0)));
        let trouble = task(r#""TimeoutSeconds": 35, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}]"#);
        assert!(trouble.polls().is_none());
        assert_eq!(trouble.allowed(), Some(35.0 * 4.0 + 1.0 + 2.0 + 4.0));
        assert_eq!(trouble.retry_of(OWN_ERROR).map(|retry| retry.attempts), Some(3));
    }

    #[test]
    fn pauses_grow_up_to_their_limit() {
        let request = task(
            r#""Retry": [{"ErrorEquals": ["Rds.RdsException"], "IntervalSeconds": 2, "MaxAttempts": 16,
            "BackoffRate": 2, "MaxDelaySeconds": 20}]"#,
        );
        let retry = request.retry_of("Rds.RdsException").expect("a retry");
        for (attempt, pause) in [(1, 2.0), (2, 4.0), (3, 8.0), (4, 16.0), (5, 20.0), (16, 20.0)] {
            assert!((retry.pause(attempt) - pause).abs() < 1e-9, "attempt {attempt}");
        }
        assert!(request.retry_of(OWN_ERROR).is_none());
        assert!((retry.total_pause() - (2.0 + 4.0 + 8.0 + 16.0 + 12.0 * 20.0)).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_definition_says_why() {
        for (text, why) in [
            ("{", "no JSON"),
            ("{}", "no States"),
            (r#"{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}"#, "no state B"),
            (r#"{"QueryLanguage": "JSONata", "States": {}}"#, "JSONata"),
            (r#"{"StartAt": "A", "States": {"A": {"Type": "Task"}}}"#, "no name of a state"),
        ] {
            let problem = Machine::read(text).expect_err(text);
            assert!(problem.contains(why), "{problem}");
        }
    }

    #[test]
    fn many_attempts_take_no_time_to_add_up() {
        let endless =
            task(r#""TimeoutSeconds": 1, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 99999999}]"#);
        assert!(endless.allowed().is_some_and(|seconds| seconds > 1e15));
    }
}
