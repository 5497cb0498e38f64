//! The objectives for people.

use std::fmt::Write as _;

use dr_synth::proof;
use dr_synth::proof::objectives::{
    Assessment, RecoveryPoint, RecoveryTime, Simulation, Source, Step, Target, Verdict, Way,
};

use super::simulation;

pub(super) fn text(found: &Assessment, played: Option<&Result<Simulation, String>>) -> String {
    let mut text = String::new();
    recovery_time(&mut text, &found.recovery_time, found.targets.rto.as_ref());
    scenarios(&mut text, found);
    recovery_points(&mut text, found);
    if let Some(played) = played {
        simulation::text(&mut text, played);
    }
    text
}

fn recovery_time(text: &mut String, time: &RecoveryTime, target: Option<&Target>) {
    let _ = match time.total {
        Some(total) => writeln!(
            text,
            "Recovery time when the region is lost: {:.0} s expected, {:.0} s at worst{}",
            total.expected,
            total.worst,
            objective(time.verdict, target)
        ),
        None => writeln!(text, "Recovery time when the region is lost: cannot tell{}", objective(time.verdict, target)),
    };
    for way in &time.ways {
        text.push('\n');
        way_of(text, way);
    }
    if let (Some(seconds), Some(target)) = (time.longest_promotion, target) {
        promotion(text, time, seconds, target.seconds);
    }
    if time.verdict == Verdict::Missed
        && let Some(arithmetic) = arithmetic(time)
    {
        let wanted = target.map(|target| target.seconds).unwrap_or_default();
        let _ = writeln!(text, "\nMissed: {arithmetic}, and {wanted} s are wanted.");
    }
}

/// How long the promotion may take, or that no promotion is fast enough.
fn promotion(text: &mut String, time: &RecoveryTime, longest: f64, target: f64) {
    if longest <= 0.0 {
        let others = target - longest;
        let _ = writeln!(
            text,
            "\nNo promotion can meet the objective of {target} s: the other steps take {others:.0} s at worst."
        );
        return;
    }
    let _ = write!(text, "\nThe objective of {target} s is met as long as the promotion takes {longest:.0} s at most");
    let _ = match time.people_are_called_after {
        Some(called) => writeln!(
            text,
            "; after {:.0} to {:.0} s without a new writer people are called.",
            called.best, called.worst
        ),
        None => writeln!(text, "."),
    };
}

/// The slowest way, number by number.
fn arithmetic(time: &RecoveryTime) -> Option<String> {
    let worst = |way: &&Way| way.total().map(|span| span.worst);
    let slowest = time
        .ways
        .iter()
        .filter(|way| worst(way).is_some())
        .max_by(|one, other| worst(one).unwrap_or_default().total_cmp(&worst(other).unwrap_or_default()))?;
    let steps = slowest.steps.as_ref().ok()?;
    let parts: Vec<String> = steps.iter().map(|step| format!("{:.1}", step.span.worst)).collect();
    Some(format!("{} = {:.1} s by way of {}", parts.join(" + "), slowest.total()?.worst, slowest.name))
}

fn objective(verdict: Verdict, target: Option<&Target>) -> String {
    match target {
        None => "; there is no objective, set one with --rto.".to_owned(),
        Some(target) => {
            let word = match verdict {
                Verdict::Met => "met",
                Verdict::Missed => "missed",
                _ => "not shown to be met",
            };
            format!("; the objective is {} s ({}): {word}.", target.seconds, place(&target.source))
        }
    }
}

fn way_of(text: &mut String, way: &Way) {
    let _ = writeln!(text, "{}", way.name);
    let steps = match &way.steps {
        Ok(steps) => steps,
        Err(reason) => {
            let _ = writeln!(text, "  cannot tell, because {reason}");
            return;
        }
    };
    let _ = writeln!(text, "  {:>7}  {:>8}  {:>6}", "best", "expected", "worst");
    for step in steps {
        step_of(text, step);
    }
    if let Some(total) = way.total() {
        let _ = writeln!(text, "  {:7.1}  {:8.1}  {:6.1}  in all", total.best, total.expected, total.worst);
    }
}

fn step_of(text: &mut String, step: &Step) {
    let span = step.span;
    let _ = writeln!(
        text,
        "  {:7.1}  {:8.1}  {:6.1}  {} [{}]",
        span.best,
        span.expected,
        span.worst,
        step.name,
        step.evidence.name()
    );
    let indent = " ".repeat(29);
    let _ = writeln!(text, "{indent}{}", step.arithmetic);
    for source in &step.sources {
        let _ = writeln!(text, "{indent}{}", place(source));
    }
}

fn place(source: &Source) -> String {
    match source {
        Source::Field { address, field } => format!("{address}: {field}"),
        Source::Text(text) => text.clone(),
    }
}

fn scenarios(text: &mut String, found: &Assessment) {
    let _ = writeln!(text, "\nRecovery time by event");
    for time in &found.scenarios {
        let seconds = time.seconds.map_or_else(|| "cannot tell".to_owned(), |seconds| format!("{seconds:.0} s"));
        let _ = writeln!(text, "  {:11}  {:>11}  {}", time.scenario.name(), seconds, time.because);
    }
}

fn recovery_points(text: &mut String, found: &Assessment) {
    let target = found.targets.rpo.as_ref();
    let _ = match target {
        Some(target) => writeln!(
            text,
            "\nRecovery point when the region is lost; the objective is {} s ({})",
            target.seconds,
            place(&target.source)
        ),
        None => writeln!(text, "\nRecovery point when the region is lost; there is no objective, set one with --rpo"),
    };
    let (held, left_out): (Vec<_>, Vec<_>) = found.recovery_points.iter().partition(|point| point.left_out.is_none());
    if held.is_empty() {
        text.push_str("  there is no database\n");
    }
    let alike: Vec<_> = left_out.chunk_by(|one, other| one.is_like(other)).collect();
    let rows: Vec<_> = alike.iter().map(|alike| (RecoveryPoint::names(alike), alike[0])).collect();
    let names = rows.iter().flat_map(|(names, _)| names).chain(held.iter().map(|point| &point.store));
    let width = names.map(|name| name.chars().count()).max().unwrap_or_default();
    for point in held {
        let _ = writeln!(text, "  {:width$}  {:>11}  {:11}  {}", point.store, loss(point), word(point), point.because);
    }
    if !rows.is_empty() {
        text.push_str("\nNot held to that objective\n");
    }
    for (names, point) in rows {
        let reason = point.left_out.as_deref().unwrap_or_default();
        for name in names {
            let _ = writeln!(text, "  {name:width$}  {:>11}  {reason}", loss(point));
        }
    }
}

fn loss(point: &RecoveryPoint) -> String {
    match (point.left, point.seconds) {
        (proof::Verdict::Survives, Some(seconds @ ..7_200)) => format!("{seconds} s"),
        (proof::Verdict::Survives, Some(seconds)) => format!("{} h", seconds.div_ceil(3_600)),
        (proof::Verdict::Survives, None) => "no bound".to_owned(),
        (proof::Verdict::Loses, _) => "lost".to_owned(),
        (proof::Verdict::CannotTell, _) => "cannot tell".to_owned(),
    }
}

fn word(point: &RecoveryPoint) -> &'static str {
    match point.verdict {
        Verdict::NoObjective => "",
        Verdict::Met => "met",
        Verdict::Missed => "missed",
        Verdict::CannotTell => "cannot tell",
    }
}
