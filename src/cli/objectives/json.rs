//! The objectives for programs.

use dr_synth::proof::objectives::{
    Assessment, RecoveryPoint, ScenarioTime, Simulation, Source, Span, Step, Target, Verdict, Way,
};
use serde_json::{Value, json};

use super::super::coverage;
use super::simulation;

pub(super) fn document(found: &Assessment, played: Option<&Result<Simulation, String>>) -> Value {
    let time = &found.recovery_time;
    json!({
        "version": 1,
        "verdict": overall(found).name(),
        "targets": {
            "rto_seconds": found.targets.rto.as_ref().map(target),
            "rpo_seconds": found.targets.rpo.as_ref().map(target),
        },
        "recovery_time": {
            "verdict": time.verdict.name(),
            "seconds": time.total.map(span),
            "ways": time.ways.iter().map(way).collect::<Vec<_>>(),
            "longest_promotion_seconds": time.longest_promotion.filter(|seconds| *seconds >= 0.0).map(rounded),
            "people_are_called_after_seconds": time.people_are_called_after.map(span),
        },
        "scenarios": found.scenarios.iter().map(scenario).collect::<Vec<_>>(),
        "recovery_points": found.recovery_points.iter().map(point).collect::<Vec<_>>(),
        "coverage": coverage::document(&found.cells),
        "simulation": played.map(simulation::document),
    })
}

/// The worst of all that is held to an objective.
fn overall(found: &Assessment) -> Verdict {
    let points = found.recovery_points.iter().filter(|point| point.left_out.is_none()).map(|point| point.verdict);
    let all: Vec<Verdict> = points.chain([found.recovery_time.verdict]).collect();
    [Verdict::Missed, Verdict::CannotTell, Verdict::Met]
        .into_iter()
        .find(|verdict| all.contains(verdict))
        .unwrap_or(Verdict::NoObjective)
}

fn target(target: &Target) -> Value {
    json!({ "seconds": target.seconds, "source": source(&target.source) })
}

fn way(way: &Way) -> Value {
    let steps = way.steps.as_ref().ok();
    json!({
        "name": way.name,
        "seconds": way.total().map(span),
        "steps": steps.map(|steps| steps.iter().map(step).collect::<Vec<_>>()),
        "cannot_tell_because": way.steps.as_ref().err(),
    })
}

fn step(step: &Step) -> Value {
    json!({
        "name": step.name,
        "seconds": span(step.span),
        "evidence": step.evidence.name(),
        "arithmetic": step.arithmetic,
        "sources": step.sources.iter().map(source).collect::<Vec<_>>(),
        "allowed_seconds": step.allowed.map(rounded),
    })
}

fn source(source: &Source) -> Value {
    match source {
        Source::Field { address, field } => json!({ "address": address, "field": field }),
        Source::Text(text) => json!({ "text": text }),
    }
}

fn scenario(time: &ScenarioTime) -> Value {
    json!({
        "scenario": time.scenario.name(),
        "rto_seconds": time.seconds.map(rounded),
        "because": time.because,
    })
}

fn point(point: &RecoveryPoint) -> Value {
    json!({
        "store": point.store,
        "left": point.left.name(),
        "rpo_seconds": point.seconds,
        "verdict": point.verdict.name(),
        "left_out_because": point.left_out,
        "because": point.because,
    })
}

fn span(span: Span) -> Value {
    json!({ "best": rounded(span.best), "expected": rounded(span.expected), "worst": rounded(span.worst) })
}

/// A tenth of a second is more than any of these numbers is good for.
pub(super) fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}
