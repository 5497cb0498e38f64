//! What the data plane knows: zones, the status of health checks, and what has changed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use dr_synth::dns_failover::{
    Answer, DomainName, Endpoint, Evaluator, HealthCheckId, HostedZone, NoAnswer, Probe, Transition,
};

use super::configuration::Configuration;
use super::event::{Change, Event};

type Question = (DomainName, String);

/// The one place that checkers write to and questions are answered from.
pub(super) struct View {
    started: Instant,
    state: Mutex<State>,
}

struct State {
    zones: Vec<HostedZone>,
    names: BTreeMap<HealthCheckId, String>,
    health: Evaluator,
    answers: BTreeMap<Question, String>,
    events: Vec<Event>,
}

impl View {
    pub(super) fn new(configuration: Configuration, checkers: usize) -> Result<Self> {
        let Configuration { zones, checks, names } = configuration;
        let health = Evaluator::new(checks, checkers)?;
        let mut state = State { zones, names, health, answers: BTreeMap::new(), events: Vec::new() };
        state.answers = state.current_answers();
        Ok(Self { started: Instant::now(), state: Mutex::new(state) })
    }

    /// Takes another configuration, and notes what that changes.
    pub(super) fn replace(&self, configuration: Configuration, checkers: usize) -> Result<()> {
        let Configuration { zones, checks, names } = configuration;
        let at = self.started.elapsed();
        let mut state = self.state();
        let before = state.health.statuses();
        let health = Evaluator::replacing(&state.health, checks, checkers)?;
        let transitions = health.changes_since(&before, at);
        (state.zones, state.names, state.health) = (zones, names, health);
        state.note(self.started, at, transitions);
        Ok(())
    }

    /// Takes note of a probe. One of a health check that is gone meanwhile says nothing.
    pub(super) fn observe(&self, check: &HealthCheckId, checker: usize, probe: Probe) {
        let at = self.started.elapsed();
        let mut state = self.state();
        if let Ok(transitions) = state.health.observe(check, checker, probe, at)
            && !transitions.is_empty()
        {
            state.note(self.started, at, transitions);
        }
    }

    /// The endpoints to probe.
    pub(super) fn endpoints(&self) -> BTreeMap<HealthCheckId, Endpoint> {
        let state = self.state();
        let checks = state.health.checks().iter();
        checks.filter_map(|(id, check)| Some((id.clone(), check.probed_endpoint()?.clone()))).collect()
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.state().events.clone()
    }

    /// The answer to a question, and the zone that it is from.
    pub(super) fn answer(&self, name: &DomainName, record_type: &str) -> Result<Answer, NoAnswer> {
        self.state().answer(name, record_type)
    }

    /// The start of authority above a name: what a negative answer carries.
    pub(super) fn authority(&self, name: &DomainName) -> Option<(DomainName, Answer)> {
        let state = self.state();
        let zone = state.zones_of(name).next()?;
        Some((zone.name.clone(), zone.answer(&zone.name, "SOA", &state.health).ok()?))
    }

    pub(super) fn resolve(&self, name: &str) -> Result<Option<super::Answer>> {
        self.resolve_type(name, "A")
    }

    pub(super) fn resolve_type(&self, name: &str, record_type: &str) -> Result<Option<super::Answer>> {
        match self.answer(&DomainName::new(name), record_type) {
            Ok(Answer::Alias { target, ttl }) => {
                Ok(Some(super::Answer { target: target.to_string(), ttl_seconds: ttl.as_secs() }))
            }
            Ok(Answer::Values { values, ttl, .. }) => {
                let target =
                    values.into_iter().next().with_context(|| format!("{name} has a record without values"))?;
                Ok(Some(super::Answer { target, ttl_seconds: ttl.as_secs() }))
            }
            Err(NoAnswer::NotEvaluable(reason)) => bail!("what {name} is answered with cannot be told: {reason}"),
            Err(NoAnswer::OtherZone | NoAnswer::NoSuchName | NoAnswer::NoSuchType) => Ok(None),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The zones that a name lies in, the closest first. Of several with one name any may be the delegated one.
    fn zones_of(&self, name: &DomainName) -> impl Iterator<Item = &HostedZone> {
        let mut zones: Vec<_> = self.zones.iter().filter(|zone| name.is_within(&zone.name)).collect();
        zones.sort_by_key(|zone| std::cmp::Reverse(zone.name.as_str().len()));
        let closest = zones.first().map(|zone| zone.name.clone());
        zones.into_iter().take_while(move |zone| Some(&zone.name) == closest.as_ref())
    }

    fn answer(&self, name: &DomainName, record_type: &str) -> Result<Answer, NoAnswer> {
        let mut first_failure = NoAnswer::OtherZone;
        for zone in self.zones_of(name) {
            match zone.answer(name, record_type, &self.health) {
                Err(failure) if first_failure == NoAnswer::OtherZone => first_failure = failure,
                Err(_) => {}
                answer => return answer,
            }
        }
        Err(first_failure)
    }

    /// What every name and type is answered with.
    fn current_answers(&self) -> BTreeMap<Question, String> {
        let records = self.zones.iter().flat_map(|zone| &zone.records);
        let questions = records.map(|record| (record.name.clone(), record.record_type.clone()));
        questions.map(|question| (question.clone(), described(&self.answer(&question.0, &question.1)))).collect()
    }

    fn note(&mut self, started: Instant, now: Duration, transitions: Vec<Transition>) {
        for Transition { check, from, to, at } in transitions {
            let name = self.names.get(&check).cloned().unwrap_or_else(|| check.to_string());
            self.events.push(Event { at: started + at, change: Change::HealthCheck { name, from, to } });
        }
        let answers = self.current_answers();
        for ((name, record_type), to) in &answers {
            let before = self.answers.get(&(name.clone(), record_type.clone()));
            if let Some(from) = before.filter(|from| *from != to) {
                let change = Change::Answer {
                    name: name.to_string(),
                    record_type: record_type.clone(),
                    from: from.clone(),
                    to: to.clone(),
                };
                self.events.push(Event { at: started + now, change });
            }
        }
        self.answers = answers;
    }
}

fn described(answer: &Result<Answer, NoAnswer>) -> String {
    match answer {
        Ok(Answer::Alias { target, .. }) => target.to_string(),
        Ok(Answer::Values { values, .. }) => values.join(", "),
        Err(reason) => reason.to_string(),
    }
}
