//! dr-synth's own detector: when it takes the primary region for lost, by its schedule, its patience and its code.

use super::dns::{AnswerChange, Dns};
use super::span::Span;
use super::step::{Evidence, Source, Step};
use crate::proof::model::{Known, Model, Node, Resource, Target};

const MACHINE: &str = "aws_sfn_state_machine";
const FUNCTION: &str = "aws_lambda_function";

/// The handler that this file knows the code of.
const HANDLER: &str = "detector.handle";

/// How many probes a run makes, and how many seconds they are apart: `functions/failover/detector.py`.
const PROBES: u32 = 5;
const INTERVAL_SECONDS: f64 = 10.0;

/// After how many seconds without an answer a probe has failed: `functions/failover/endpoint.py`.
const TIMEOUT_SECONDS: f64 = 4.0;

/// How many failures in a row an outage has at least, and how far back a good probe may lie to be its beginning:
/// `functions/failover/streak.py`.
const FAILURES: u32 = 3;
const LONGEST_SPACING_SECONDS: f64 = 30.0;

/// A question to DNS and two requests to Step Functions. DNS may take four seconds by itself.
const START: Span = Span::triangular(0.2, 0.5, 6.0);

/// The detector of a failover machine.
#[derive(Debug, Clone)]
pub(super) struct Detector<'m> {
    pub(super) function: &'m Resource,
    pub(super) schedule: &'m Resource,
    /// How far apart its runs start.
    pub(super) period: f64,
    /// For how long the primary may fail.
    pub(super) patience: f64,
    /// How the second witness comes to see the outage.
    pub(super) witness: AnswerChange<'m>,
}

/// Types, besides functions, whose objects start a machine that they name.
const STARTERS: [&str; 9] = [
    "aws_api_gateway_integration",
    "aws_apigatewayv2_integration",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_metric_alarm",
    "aws_pipes_pipe",
    "aws_scheduler_schedule",
    "aws_sfn_state_machine",
    "aws_ssm_document",
];

/// What else names a machine, and may start it.
fn other_starter<'m>(model: &'m Model, machine: &Resource) -> Option<&'m Resource> {
    let names = |one: &&Resource| one.address != machine.address && mentions(&one.values, machine.arn());
    model.of_types(&STARTERS).find(names)
}

/// Whether a text stands somewhere in a value.
fn mentions(node: &Node, text: &str) -> bool {
    match node {
        Node::Text(value) => value.contains(text),
        Node::List(items) => items.iter().any(|item| mentions(item, text)),
        Node::Map(entries) => entries.values().any(|value| mentions(value, text)),
        _ => false,
    }
}

/// A moment of the last good probe, within a run: how long until the next probe, and until the outage is seen.
#[derive(Debug, Clone, Copy)]
struct Phase {
    gap: f64,
    seen_after: f64,
}

impl<'m> Detector<'m> {
    /// Who starts this machine.
    ///
    /// # Errors
    /// Why it cannot be told when somebody does.
    pub(super) fn of(model: &'m Model, dns: &Dns<'m>, machine: &Resource) -> Result<Self, String> {
        let named = starters(model, machine);
        let function =
            named.iter().copied().find(|function| function.at("handler").is_text(HANDLER)).ok_or_else(|| {
                let machine_name = &machine.address;
                match (named.first(), other_starter(model, machine)) {
                    (Some(function), _) => format!(
                        "when {} starts {machine_name} is decided by its code, which is not known here",
                        function.address
                    ),
                    (None, Some(other)) => {
                        format!("{} starts {machine_name}, and when it does is not examined by dr-synth", other.address)
                    }
                    (None, None) => format!("nothing of this configuration is seen to start {machine_name}"),
                }
            })?;
        let patience = match function.at("environment.variables.PATIENCE_SECONDS").number() {
            Known::Is(seconds) if (0.0..=1e9).contains(&seconds) => seconds,
            Known::Is(seconds) => return Err(format!("the PATIENCE_SECONDS of {} are {seconds}", function.address)),
            Known::Absent => return Err(format!("{} has no PATIENCE_SECONDS", function.address)),
            Known::Unknown(reason) => return Err(format!("the PATIENCE_SECONDS of {}: {reason}", function.address)),
        };
        let schedule = model
            .referring("aws_scheduler_schedule", "target.arn", function)
            .into_iter()
            .find(|schedule| !schedule.at("state").is_text("DISABLED"))
            .ok_or_else(|| format!("no schedule calls {}", function.address))?;
        let period = period(schedule).map_err(|reason| format!("{}: {reason}", schedule.address))?;
        let domain = match function.at("environment.variables.FAILOVER_DOMAIN").text() {
            Known::Is(domain) => domain,
            Known::Absent => return Err(format!("{} has no FAILOVER_DOMAIN", function.address)),
            Known::Unknown(reason) => return Err(format!("the FAILOVER_DOMAIN of {}: {reason}", function.address)),
        };
        let name = format!("_endpoint.{domain}");
        let record =
            dns.text(&name).ok_or_else(|| format!("the second witness, a failover record {name}, is not there"))?;
        let witness = dns.change(model, record).map_err(|reason| format!("{}: {reason}", record.address))?;
        Ok(Self { function, schedule, period, patience, witness })
    }

    /// The steps until the machine starts.
    pub(super) fn steps(&self) -> Vec<Step> {
        let alone = self.sees();
        let [unhealthy, forgotten] = self.witness.steps();
        let witness = unhealthy.span + Span { expected: forgotten.span.worst, ..forgotten.span };
        let rest = Span {
            best: (witness.best - alone.best).max(0.0),
            expected: (witness.expected - alone.expected).max(0.0),
            worst: (witness.worst - alone.worst).max(0.0),
        };
        let function = &self.function.address;
        let (period, patience) = (self.period, self.patience);
        vec![
            Step {
                name: "the detector has seen the primary fail for its patience".to_owned(),
                span: alone,
                evidence: Evidence::Declared,
                arithmetic: format!(
                    "{patience} s since the last good probe; {PROBES} probes {INTERVAL_SECONDS} s apart in every run, a run \
                     every {period} s, and {TIMEOUT_SECONDS} s for a probe that hangs"
                ),
                sources: vec![
                    Source::field(function, "environment.variables.PATIENCE_SECONDS"),
                    Source::field(&self.schedule.address, "schedule_expression"),
                    Source::Text("functions/failover/detector.py, streak.py, endpoint.py".to_owned()),
                ],
                allowed: None,
            },
            Step {
                name: "until Route 53's checkers see it too".to_owned(),
                span: rest,
                evidence: Evidence::Documented,
                arithmetic: format!(
                    "they take {:.0} s at worst, {:.0} of them until the answer is not kept any more, side by side with the detector",
                    witness.worst, forgotten.span.worst
                ),
                sources: [Source::field(&self.witness.record.address, "ttl")]
                    .into_iter()
                    .chain(unhealthy.sources)
                    .collect(),
                allowed: None,
            },
            Step {
                name: "the detector starts the failover".to_owned(),
                span: START,
                evidence: Evidence::Assumed,
                arithmetic: "a question to DNS, and two requests to Step Functions".to_owned(),
                sources: vec![Source::field(function, "timeout")],
                allowed: None,
            },
        ]
    }

    /// From the loss of the primary to the probe that makes it an outage, and the end of that probe.
    fn sees(&self) -> Span {
        let phases = (0..PROBES).map(|number| self.phase(number));
        let (mut best, mut worst) = (f64::INFINITY, 0.0_f64);
        let (mut weighted, mut all) = (0.0, 0.0);
        for Phase { gap, seen_after } in phases {
            best = best.min(seen_after - gap);
            worst = worst.max(seen_after);
            // The primary is lost at any moment between two probes, each as likely as the other.
            weighted += gap * (seen_after - gap / 2.0);
            all += gap;
        }
        Span { best, expected: weighted / all, worst } + Span::between(0.0, TIMEOUT_SECONDS)
    }

    /// What follows where the last good probe was the one with this number of its run.
    fn phase(&self, number: u32) -> Phase {
        let last_good = f64::from(number) * INTERVAL_SECONDS;
        let first_bad = self.probe_after(last_good);
        let gap = first_bad - last_good;
        let begun = if gap <= LONGEST_SPACING_SECONDS { last_good } else { first_bad };
        let enough = (1..FAILURES).fold(first_bad, |probe, _| self.probe_after(probe));
        let seen = self.probe_at_or_after(begun + self.patience).max(enough);
        Phase { gap, seen_after: seen - last_good }
    }

    /// When the next probe is, on a clock that a run started at zero.
    pub(super) fn probe_after(&self, time: f64) -> f64 {
        self.probe_at_or_after(time + INTERVAL_SECONDS / 2.0)
    }

    /// The first probe that is not before.
    pub(super) fn probe_at_or_after(&self, time: f64) -> f64 {
        let run = (time / self.period).floor() * self.period;
        let number = ((time - run) / INTERVAL_SECONDS).ceil();
        if number < f64::from(PROBES) { run + number * INTERVAL_SECONDS } else { run + self.period }
    }

    /// From a loss at this time, on a clock that a run started at zero, to the probe that makes it an outage.
    pub(super) fn sees_after(&self, lost_at: f64) -> f64 {
        let first_bad = self.probe_at_or_after(lost_at);
        let previous = (0..PROBES)
            .map(|number| f64::from(number) * INTERVAL_SECONDS)
            .flat_map(|offset| {
                let run = (lost_at / self.period).floor() * self.period;
                [run + offset, run + offset - self.period]
            })
            .filter(|probe| *probe < first_bad && *probe <= lost_at)
            .fold(f64::NEG_INFINITY, f64::max);
        let number = (previous.rem_euclid(self.period) / INTERVAL_SECONDS).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one of five probes")]
        let phase = self.phase(number as u32);
        phase.seen_after - (lost_at - previous)
    }

    /// The longest time between two probes.
    pub(super) fn longest_gap(&self) -> f64 {
        (0..PROBES).map(|number| self.phase(number).gap).fold(0.0, f64::max)
    }

    /// How long a probe takes that hangs.
    #[allow(clippy::unused_self, reason = "it is the detector's, wherever its number stands")]
    pub(super) fn probe_limit(&self) -> f64 {
        TIMEOUT_SECONDS
    }
}

/// The functions whose environment names the machine.
fn starters<'m>(model: &'m Model, machine: &Resource) -> Vec<&'m Resource> {
    let names_it = |function: &&Resource| {
        match function.at("environment.variables") {
        crate::proof::model::Node::Map(variables) => variables.values().any(|value| {
            matches!(model.resolve(&[MACHINE], value, function), Target::Found(found) if found.address == machine.address)
        }),
        _ => false,
    }
    };
    model.of_type(FUNCTION).filter(names_it).collect()
}

/// How far apart the runs of a schedule are.
fn period(schedule: &Resource) -> Result<f64, String> {
    let expression = match schedule.at("schedule_expression").text() {
        Known::Is(expression) => expression,
        Known::Absent => return Err("it has no schedule_expression".to_owned()),
        Known::Unknown(reason) => return Err(format!("its schedule_expression: {reason}")),
    };
    let rate = expression.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
    let (number, unit) =
        rate.and_then(|rate| rate.split_once(' ')).ok_or_else(|| format!("{expression} is no rate"))?;
    let number: u32 = number.parse().map_err(|_| format!("{expression} is no rate"))?;
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60.0,
        "hour" => 3_600.0,
        "day" => 86_400.0,
        _ => return Err(format!("{expression} is no rate")),
    };
    if number == 0 { Err(format!("{expression} is no rate")) } else { Ok(f64::from(number) * seconds) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{FAILURES, INTERVAL_SECONDS, LONGEST_SPACING_SECONDS, PROBES, TIMEOUT_SECONDS};

    #[test]
    fn the_code_that_is_deployed_has_these_numbers() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("functions/failover");
        for (file, line) in [
            ("detector.py", format!("PROBES = {PROBES}")),
            ("detector.py", format!("INTERVAL_SECONDS = {INTERVAL_SECONDS}")),
            ("endpoint.py", format!("TIMEOUT_SECONDS = {TIMEOUT_SECONDS:.1}")),
            ("streak.py", format!("FAILURES_FOR_AN_OUTAGE = {FAILURES}")),
            ("streak.py", format!("LONGEST_SPACING_SECONDS = {LONGEST_SPACING_SECONDS}")),
        ] {
            let text = fs::read_to_string(folder.join(file)).expect(file);
            assert!(text.lines().any(|found| found == line), "{file} does not say {line}");
        }
    }
}
