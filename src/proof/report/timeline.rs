//! The failover's timeline: its steps way by way, as a table and as a chart.

use serde_json::{Value, json};

use super::charts::{Row, Scale, timeline};
use crate::proof::objectives::{Assessment, Source, Span, Step, Target, Verdict, Way};

/// More ways side by side are no chart that anybody can read. The table has all of them.
const MOST_WAYS: usize = 6;

/// The section, as the template takes it.
pub(super) fn of(objectives: &Assessment) -> Value {
    let time = &objectives.recovery_time;
    let target = objectives.targets.rto.as_ref();
    let shown = slowest(&time.ways);
    json!({
        "says": sentence(time.verdict, time.total, target),
        "chart": chart(&shown, time.total, target),
        "is_cut": shown.len() < time.ways.len(),
        "shown": shown.len(),
        "ways": time.ways.iter().map(way).collect::<Vec<_>>(),
        "scenarios": objectives.scenarios.iter().map(|time| json!({
            "name": time.scenario.name(),
            "time": time.seconds.map_or_else(|| "cannot tell".to_owned(), |seconds| format!("{seconds:.0} s")),
            "because": time.because,
        })).collect::<Vec<_>>(),
    })
}

/// How long it takes beside how long it may take.
pub(super) fn sentence(verdict: Verdict, total: Option<Span>, target: Option<&Target>) -> String {
    let time = total.map_or_else(
        || "cannot tell how long the service is away".to_owned(),
        |total| format!("the service is away for {:.0} s as expected, {:.0} s at worst", total.expected, total.worst),
    );
    let objective = target.map_or_else(
        || "no objective is stated".to_owned(),
        |target| {
            let word = match verdict {
                Verdict::Met => "met",
                Verdict::Missed => "missed",
                Verdict::CannotTell | Verdict::NoObjective => "not shown to be met",
            };
            format!("the objective of {} s is {word}", target.seconds)
        },
    );
    format!("{time}; {objective}")
}

/// The ways that take longest, in their own order. A way that nobody knows the length of counts as the longest.
fn slowest(ways: &[Way]) -> Vec<&Way> {
    let length = |way: &Way| way.total().map_or(f64::INFINITY, |span| span.worst);
    let mut order: Vec<usize> = (0..ways.len()).collect();
    order.sort_by(|one, other| length(&ways[*other]).total_cmp(&length(&ways[*one])));
    order.truncate(MOST_WAYS);
    order.sort_unstable();
    order.into_iter().map(|position| &ways[position]).collect()
}

fn chart(ways: &[&Way], total: Option<Span>, target: Option<&Target>) -> String {
    let ends = ways.iter().filter_map(|way| Some(way.total()?.worst));
    let limit = target.map(|target| target.seconds);
    let longest = ends.chain(total.map(|span| span.worst)).chain(limit).fold(0.0, f64::max);
    if ways.iter().all(|way| way.steps.is_err()) {
        return String::new();
    }
    let rows: Vec<Row> = ways.iter().flat_map(|way| rows(way)).collect();
    timeline("Timeline of a failover", &in_words(ways, target), &rows, &Scale { longest, limit })
}

/// A heading, and each step after the one before.
fn rows(way: &Way) -> Vec<Row> {
    let heading = |value: String| Row::Heading { label: way.name.clone(), value };
    let Ok(steps) = &way.steps else { return vec![heading("cannot tell".to_owned())] };
    let mut rows = vec![heading(way.total().map(durations).unwrap_or_default())];
    let (mut expected, mut worst) = (0.0, 0.0);
    for step in steps {
        rows.push(Row::Step {
            label: step.name.clone(),
            value: durations(step.span),
            expected: (expected, step.span.expected),
            worst: (worst, step.span.worst),
        });
        expected += step.span.expected;
        worst += step.span.worst;
    }
    rows
}

fn durations(span: Span) -> String {
    format!("{:.1} s, at worst {:.1} s", span.expected, span.worst)
}

/// The chart for who cannot see it.
fn in_words(ways: &[&Way], target: Option<&Target>) -> String {
    let mut parts: Vec<String> = ways
        .iter()
        .map(|way| format!("{}: {}", way.name, way.total().map_or_else(|| "cannot tell".to_owned(), durations)))
        .collect();
    parts.extend(target.map(|target| format!("objective: {} s", target.seconds)));
    format!("{}. The table has every step.", parts.join("; "))
}

fn way(way: &Way) -> Value {
    let total = way.total().map(numbers);
    json!({
        "name": way.name,
        "because": way.steps.as_ref().err(),
        "steps": way.steps.as_ref().map(|steps| steps.iter().map(step).collect::<Vec<_>>()).unwrap_or_default(),
        "total": total,
    })
}

fn step(step: &Step) -> Value {
    json!({
        "name": step.name,
        "time": numbers(step.span),
        "evidence": step.evidence.name(),
        "arithmetic": step.arithmetic,
        "sources": step.sources.iter().map(source).collect::<Vec<_>>(),
    })
}

fn numbers(span: Span) -> Value {
    let rounded = |seconds: f64| format!("{seconds:.1}");
    json!({"best": rounded(span.best), "expected": rounded(span.expected), "worst": rounded(span.worst)})
}

fn source(source: &Source) -> String {
    match source {
        Source::Field { address, field } => format!("{address}: {field}"),
        Source::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::slowest;
    use crate::proof::objectives::{Evidence, Span, Step, Way};

    fn way(name: &str, seconds: Option<f64>) -> Way {
        let step = |seconds| Step {
            name: "step".to_owned(),
            span: Span::exactly(seconds),
            evidence: Evidence::Declared,
            arithmetic: String::new(),
            sources: Vec::new(),
            allowed: None,
        };
        let steps = seconds.map(|seconds| vec![step(seconds)]).ok_or_else(|| "no one says".to_owned());
        Way { name: name.to_owned(), steps }
    }

    #[test]
    fn a_chart_shows_the_slowest_ways_in_their_order() {
        let mut ways: Vec<Way> = (0_u32..7).map(|n| way(&n.to_string(), Some(f64::from(n)))).collect();
        ways.push(way("unknown", None));
        let names: Vec<&str> = slowest(&ways).into_iter().map(|way| way.name.as_str()).collect();
        assert_eq!(names, ["2", "3", "4", "5", "6", "unknown"]);
    }
}
