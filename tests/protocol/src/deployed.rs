//! The definitions of the state machines as the document carries them.

use dr_synth::settings::{FailoverMode, Settings};
use dr_synth::stack;
use dr_synth::terraform::Expression;
use dr_synth::terraform::expression::{Key, TemplatePart};
use serde_json::{Map, Value};

use crate::machine::{Flow, Kind, Next};
use crate::world::Name;

/// The three machines of one mode.
#[derive(Debug, Clone)]
pub struct Machines {
    /// Makes the DR region the one that takes payments.
    pub failover: Flow,
    /// Makes the primary region that again.
    pub failback: Flow,
    /// Does both, planned.
    pub drill: Flow,
}

impl Machines {
    /// Builds the default stack with this mode and reads what it deploys.
    ///
    /// # Errors
    /// The document cannot be made, or holds something that is not modelled.
    pub fn of_mode(mode: FailoverMode) -> Result<Self, String> {
        let settings = Settings { failover_mode: mode, ..Settings::default() };
        let document = stack::build(&settings)
            .document()
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        let machine = |name: &str| {
            let block = document
                .module()
                .resources()
                .iter()
                .find(|block| block.type_name() == "aws_sfn_state_machine" && block.local_name() == name)
                .ok_or_else(|| format!("there is no state machine {name}"))?;
            let definition = block.arguments().get("definition").ok_or_else(|| format!("{name} has no definition"))?;
            Flow::read(&evaluate(definition)).map_err(|problem| format!("{name}: {problem}"))
        };
        Ok(Self {
            failover: machine("dr_failover_machine")?,
            failback: machine("dr_failover_failback_machine")?,
            drill: machine("dr_failover_drill_machine")?,
        })
    }
}

impl Machines {
    /// The machine of this name.
    pub fn of(&self, name: Name) -> &Flow {
        match name {
            Name::Failover => &self.failover,
            Name::Failback => &self.failback,
            Name::Drill => &self.drill,
        }
    }

    /// Takes a fix out: whatever keeps others from clearing a latch that is not their own.
    pub fn clear_any_latch(&mut self) {
        for flow in [&mut self.failover, &mut self.failback, &mut self.drill] {
            flow.edit_tasks(&|_, task| {
                let condition = task.parameters["ConditionExpression"].as_str().unwrap_or_default();
                if condition == "#by = :execution" {
                    task.parameters["ConditionExpression"] = Value::Null;
                }
            });
        }
    }

    /// Takes a fix out: an epoch that could not be written before the promotion is not written after it.
    pub fn never_confirm_the_epoch(&mut self) {
        let remember = self.failover.states.iter().position(|state| state.name == "Remember");
        self.failover.edit_tasks(&|name, task| {
            if let (Some(remember), "WriteProbe") = (remember, name) {
                task.next = Next::State(remember);
            }
        });
    }

    /// Takes a fix out: the way back asks for the writer without waiting for what is not replicated.
    pub fn go_back_with_loss(&mut self) {
        self.failback.edit_tasks(&|_, task| {
            if task.resource.contains("switchoverGlobalCluster") {
                task.parameters["AllowDataLoss"] = true.into();
            }
        });
    }

    /// Takes a fix out: a failover does not look at what whom it overrules has asked for.
    pub fn never_look_after_others(&mut self) {
        let confirm = self.failover.states.iter().position(|state| state.name == "ConfirmEpoch");
        for state in &mut self.failover.states {
            if let (Kind::Choice { default, .. }, Some(confirm), "WasTheLockTaken") =
                (&mut state.kind, confirm, state.name.as_str())
            {
                *default = confirm;
            }
        }
    }

    /// Takes a fix out: where nobody can say who writes, the latch stays.
    pub fn leave_the_latch_of_an_unknown_writer(&mut self) {
        for state in &mut self.failover.states {
            if matches!(state.name.as_str(), "ClearLatchAfterError" | "ClearLatchAfterHanging")
                && let Kind::Task(task) = &state.kind
            {
                state.kind = Kind::Wait(task.next);
            }
        }
    }

    /// Takes a fix out: a failover that could not promote the database says so, and goes.
    pub fn leave_the_latch(&mut self) {
        let failed = self.failover.states.iter().position(|state| state.name == "ReleaseFailed");
        for state in &mut self.failover.states {
            if let (Kind::Choice { default, .. }, Some(failed)) = (&mut state.kind, failed)
                && state.name.starts_with("WhoWrites")
                && state.name != "WhoWrites"
            {
                *default = failed;
            }
        }
    }
}

/// The value of an expression; a reference stands for itself, since only its text matters here.
fn evaluate(expression: &Expression) -> Value {
    match expression {
        Expression::Null => Value::Null,
        Expression::Bool(value) => (*value).into(),
        Expression::Number(value) => Value::Number(value.clone()),
        Expression::Text(text) => text.as_ref().into(),
        Expression::Template(parts) => parts.iter().map(part).collect::<String>().into(),
        Expression::List(items) => items.iter().map(evaluate).collect(),
        Expression::Object(object) => {
            let entry = |(key, value): (&Key, &Expression)| match key {
                Key::Literal(name) => (name.clone().into_owned(), evaluate(value)),
                Key::Computed(name) => (name.to_string(), evaluate(value)),
            };
            object.entries().map(entry).collect::<Map<_, _>>().into()
        }
        Expression::Call(call) if call.name == "jsonencode" => call.arguments.first().map_or(Value::Null, evaluate),
        other => format!("${{{other}}}").into(),
    }
}

fn part(part: &TemplatePart) -> String {
    match part {
        TemplatePart::Literal(text) => text.clone().into_owned(),
        TemplatePart::Interpolation(expression) => format!("${{{expression}}}"),
        TemplatePart::If { .. } | TemplatePart::For { .. } => String::new(),
    }
}
