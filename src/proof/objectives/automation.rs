//! What promotes the standby's database without a person: a state machine, and who starts it.

use super::detector::Detector;
use super::dns::Dns;
use super::durations::{self, Known as Duration};
use super::machine::{Facts, Kind, Machine, Route, Task, route};
use super::span::Span;
use super::step::{Source, Step};
use crate::proof::model::{Known, Model, Node, Resource, Target};

const MACHINE: &str = "aws_sfn_state_machine";
const FUNCTION: &str = "aws_lambda_function";

/// The task that makes another region the writer, whether or not the old one answers.
pub(super) const PROMOTES: &str = "rds:failoverGlobalCluster";

/// A machine that promotes, and the way it takes.
#[derive(Debug)]
pub(super) struct Automation<'m> {
    pub(super) resource: &'m Resource,
    pub(super) machine: Machine,
    pub(super) detector: Detector<'m>,
    to_promotion: Route,
    to_end: Route,
}

/// Who does the work of a task, as far as its code is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doer {
    /// Says whether the failover may go on.
    Guards,
    /// Looks whether the writer has moved.
    Lookout,
    /// Writes a row and reads it back.
    Probe,
    /// Makes the standby's cluster the writer.
    Promotion,
    /// Writes an item.
    Item,
    /// Another service.
    Api,
    /// Code that is not known.
    Unknown,
}

/// The parts of a recovery that a game day measures each by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phases {
    /// Until the machine starts.
    pub(super) detection: Span,
    /// From the request for the promotion until the machine has seen the new writer.
    pub(super) promotion: Span,
}

impl<'m> Automation<'m> {
    /// What promotes the global database of this model.
    ///
    /// # Errors
    /// Why it cannot be told that anything does, or when.
    pub(super) fn of(model: &'m Model, dns: &Dns<'m>) -> Result<Self, String> {
        let mut reasons = Vec::new();
        for resource in model.of_type(MACHINE) {
            let text = match resource.at("definition").text() {
                Known::Is(text) => text,
                Known::Absent => continue,
                Known::Unknown(reason) => {
                    reasons.push(format!("whether {} promotes it: {reason}", resource.address));
                    continue;
                }
            };
            match Machine::read(&text) {
                Ok(machine) if machine.tasks_of(PROMOTES).next().is_none() => {}
                Ok(machine) => match Self::of_machine(model, dns, resource, machine) {
                    Ok(automation) => return Ok(automation),
                    Err(reason) => reasons.insert(0, reason),
                },
                Err(reason) => reasons.push(format!("whether {} promotes it: {reason}", resource.address)),
            }
        }
        Err(reasons.into_iter().next().unwrap_or_else(|| {
            "no state machine of this configuration promotes it; an operator has to, and when is not written here"
                .to_owned()
        }))
    }

    fn of_machine(model: &'m Model, dns: &Dns<'m>, resource: &'m Resource, machine: Machine) -> Result<Self, String> {
        let detector = Detector::of(model, dns, resource)?;
        let goals: Vec<usize> = machine.tasks_of(PROMOTES).collect();
        let asked_by_the_detector = request();
        let find = |people| {
            route(&machine, machine.start, &asked_by_the_detector, people, |position| goals.contains(&position))
        };
        let to_promotion = find(false).ok_or_else(|| {
            let asks = find(true).and_then(|way| {
                way.states.into_iter().find(|position| machine.task(*position).is_some_and(|task| task.asks))
            });
            asks.map_or_else(
                || format!("{} promotes it only when a person starts it", resource.address),
                |position| {
                    let state = &machine.states[position].name;
                    let allowed = machine.task(position).and_then(|task| task.timeout);
                    let limit = allowed.map(|seconds| format!(" within {seconds} s")).unwrap_or_default();
                    format!(
                        "{} promotes it once a person has approved{limit} in {state}, and when that is, is unknown",
                        resource.address
                    )
                },
            )
        })?;
        let promote = to_promotion.states.last().copied().unwrap_or(machine.start);
        let ends =
            |position: usize| matches!(machine.states[position].kind, Kind::Succeed) || machine.ends_with(position);
        let to_end = route(&machine, promote, &to_promotion.facts, false, ends)
            .ok_or_else(|| format!("no way of {} ends well after its promotion", resource.address))?;
        Ok(Self { resource, machine, detector, to_promotion, to_end })
    }

    /// The steps from the loss of the primary to a writer in the standby.
    pub(super) fn steps(&self, model: &Model) -> Vec<Step> {
        let mut steps = self.detector.steps();
        let before = self.to_promotion.states.iter();
        steps.extend(before.filter_map(|position| self.step(model, *position)));
        steps.push(promotion());
        let mut is_found = false;
        for position in self.to_end.states.iter().skip(1).copied() {
            match self.machine.task(position) {
                // What is written down or told after that keeps nobody from paying.
                Some(task) if !task.is_function() => break,
                Some(task) if task.polls().is_some() => {
                    steps.extend(self.look(model, position, !is_found));
                    is_found = true;
                }
                _ => steps.extend(self.step(model, position)),
            }
            if self.doer(model, position) == Doer::Probe {
                break;
            }
        }
        steps
    }

    /// How long its parts take.
    pub(super) fn phases(&self, model: &Model) -> Phases {
        let request = self.to_promotion.states.last().and_then(|position| self.step(model, *position));
        let polls = |position: &usize| self.machine.task(*position).is_some_and(|task| task.polls().is_some());
        let look = self.to_end.states.iter().copied().find(polls).and_then(|position| self.look(model, position, true));
        Phases {
            detection: self.detector.steps().into_iter().map(|step| step.span).sum(),
            promotion: request.into_iter().chain([promotion()]).chain(look).map(|step| step.span).sum(),
        }
    }

    /// Who does the work of each state.
    pub(super) fn doers(&self, model: &Model) -> Vec<Doer> {
        (0..self.machine.states.len()).map(|position| self.doer(model, position)).collect()
    }

    fn doer(&self, model: &Model, position: usize) -> Doer {
        let Some(task) = self.machine.task(position) else { return Doer::Unknown };
        if task.is_function() {
            let handler = function(model, self.resource, task).map(|function| function.at("handler"));
            let known =
                [("guards.handle", Doer::Guards), ("lookout.handle", Doer::Lookout), ("probe.handle", Doer::Probe)];
            let found = known.into_iter().find(|(name, _)| handler.is_some_and(|handler| handler.is_text(name)));
            return found.map_or(Doer::Unknown, |(_, doer)| doer);
        }
        if self.machine.tasks_of(PROMOTES).any(|promotes| promotes == position) {
            return Doer::Promotion;
        }
        if task.resource.contains(":::dynamodb:") { Doer::Item } else { Doer::Api }
    }

    /// After how long the machine calls for people because it finds no new writer: its pauses, and as many looks.
    pub(super) fn promotion_limit(&self) -> Option<Span> {
        let retry = self.to_end.states.iter().find_map(|position| self.machine.task(*position)?.polls())?;
        #[allow(clippy::cast_precision_loss, reason = "Step Functions takes at most 99,999,999 attempts")]
        let attempts = retry.attempts as f64;
        let looks = |seconds: f64| attempts * retry.interval + (attempts + 1.0) * seconds;
        let call = durations::FUNCTION_CALL.span();
        Some(Span { best: looks(call.best), expected: looks(call.expected), worst: looks(call.worst) })
    }

    fn step(&self, model: &Model, position: usize) -> Option<Step> {
        let state = &self.machine.states[position];
        let field =
            |field: &str| Source::field(&self.resource.address, format!("definition: States.{}.{field}", state.name));
        match &state.kind {
            Kind::Task(task) => {
                let (what, known) = work(model, self.resource, task);
                let mut span = known.span();
                if let Some(timeout) = task.timeout {
                    span = Span {
                        best: span.best.min(timeout),
                        expected: span.expected.min(timeout),
                        worst: span.worst.min(timeout),
                    };
                }
                let repeats = task.retries.iter().any(|retry| retry.attempts > 0);
                Some(Step {
                    name: format!("{}: {what}", state.name),
                    span,
                    evidence: known.evidence,
                    arithmetic: known.source.to_owned(),
                    sources: vec![field(if repeats { "TimeoutSeconds, Retry" } else { "TimeoutSeconds" })],
                    allowed: task.allowed(),
                })
            }
            Kind::Wait { seconds, .. } => Some(Step {
                name: format!("{}: a pause", state.name),
                span: Span::exactly(seconds.unwrap_or_default()),
                evidence: super::step::Evidence::Declared,
                arithmetic: "the machine waits".to_owned(),
                sources: vec![field("Seconds")],
                allowed: *seconds,
            }),
            _ => None,
        }
    }

    /// A task that is repeated until something is so: the first one after the promotion finds its end.
    fn look(&self, model: &Model, position: usize, is_first: bool) -> Option<Step> {
        let interval = self.machine.task(position)?.polls()?.interval;
        let call = self.step(model, position)?;
        let state = &self.machine.states[position].name;
        let pause = Span::between(0.0, interval);
        let (name, arithmetic) = if is_first {
            (
                format!("{state}: the machine finds the new writer"),
                format!("it looks every {interval} s, each time by calling a function"),
            )
        } else {
            (
                call.name.clone(),
                format!("a call of a function, and another {interval} s later where the first came too early"),
            )
        };
        let sources = vec![Source::field(&self.resource.address, format!("definition: States.{state}.Retry"))];
        Some(Step { name, span: pause + call.span, arithmetic, sources, ..call })
    }
}

/// What the machine is asked by the detector.
pub(super) fn request() -> Facts {
    let mut facts = Facts::default();
    facts.set("$.requested_by", "detector");
    // Only a person accepts that payments are lost.
    facts.exclude("$.accept_data_loss", true);
    facts
}

fn promotion() -> Step {
    let known = durations::PROMOTION;
    Step {
        name: "Aurora makes the standby's cluster the writer".to_owned(),
        span: known.span(),
        evidence: known.evidence,
        arithmetic: format!(
            "AWS says \"typically a minute\" and \"within a few minutes\", and promises nothing; {} s are planned with",
            known.worst
        ),
        sources: vec![Source::Text(known.source.to_owned())],
        allowed: None,
    }
}

/// What a task does, in a few words, and how long such a thing takes.
fn work(model: &Model, machine: &Resource, task: &Task) -> (String, Duration) {
    if task.is_function() {
        let who =
            function(model, machine, task).map_or_else(|| "a function".to_owned(), |function| function.address.clone());
        return (who, durations::FUNCTION_CALL);
    }
    let integration = task.resource.rsplit(":::").next().unwrap_or_default().to_owned();
    let known = if integration.starts_with("dynamodb:") { durations::ITEM_WRITE } else { durations::API_CALL };
    (integration, known)
}

/// The function that a task calls, where it stands in the model.
fn function<'m>(model: &'m Model, machine: &Resource, task: &Task) -> Option<&'m Resource> {
    let arn = Node::Text(task.resource.clone());
    match model.resolve(&[FUNCTION], &arn, machine) {
        Target::Found(function) => Some(function),
        _ => None,
    }
}
