//! What stands in each section of the report.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Dossier;
use super::charts::{Bar, bars};
use super::controls;
use super::evidence::Day;
use super::picture;
use super::runbook_html::html_of;
use super::timeline;
use crate::proof::cost::{self, Basis, Budget, amount, quantity};
use crate::proof::coverage::{Cell, Scenario, Verdict};
use crate::proof::finding::Severity;
use crate::proof::objectives::{self, Assessment, RecoveryPoint};
use crate::proof::rules::{self, Group};

/// All sections, as the template takes them.
pub(super) fn of(dossier: &Dossier<'_>) -> Value {
    let regions = regions(dossier);
    json!({
        "authorship": format!("{} {}", crate::AUTHORSHIP, env!("CARGO_PKG_VERSION")),
        "subject": dossier.subject,
        "objects": objects(dossier),
        "regions": regions,
        "verdicts": verdicts(dossier),
        "unread": dossier.unread,
        "scenarios": Scenario::ALL.map(Scenario::name),
        "picture": picture::of(dossier.graph, dossier.picture),
        "timeline": timeline::of(dossier.objectives),
        "matrix": matrix(&dossier.objectives.cells),
        "recovery_points": recovery_points(&dossier.objectives.recovery_points),
        "cost": cost(dossier),
        "findings": findings(dossier),
        "posture": posture(dossier),
        "controls": frameworks(dossier),
        "days": days(dossier.days),
        "runbook": runbook(dossier),
    })
}

/// The sections that no other command prints, without pictures.
pub(super) fn summary(dossier: &Dossier<'_>) -> Value {
    json!({
        "subject": dossier.subject,
        "objects": objects(dossier),
        "regions": regions(dossier),
        "verdicts": verdicts(dossier),
        "unread": dossier.unread,
        "posture": posture(dossier),
        "controls": frameworks(dossier),
        "game_days": dossier.days.iter().map(measured).collect::<Vec<_>>(),
    })
}

fn objects(dossier: &Dossier<'_>) -> usize {
    dossier.model.resources().iter().filter(|resource| !resource.data).count()
}

fn regions(dossier: &Dossier<'_>) -> Value {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in dossier.model.resources().iter().filter(|resource| !resource.data) {
        *count.entry(resource.region_name()).or_default() += 1;
    }
    count.into_iter().map(|(region, objects)| json!({"name": region, "objects": objects})).collect()
}

/// How something stands: a word for the color, which is also said in words.
fn verdict(title: &str, state: &str, says: &str) -> Value {
    let word = match state {
        "good" => "holds",
        "bad" => "does not hold",
        _ => "cannot tell",
    };
    json!({"title": title, "state": state, "word": word, "says": says})
}

fn verdicts(dossier: &Dossier<'_>) -> Vec<Value> {
    let errors = dossier.findings.iter().filter(|finding| finding.severity >= Severity::Warning).count();
    let unknown = dossier.findings.iter().filter(|finding| finding.severity == Severity::Unknown).count();
    let rules = match (errors, unknown) {
        (0, 0) => verdict("Rules", "good", "no rule found anything"),
        (0, unknown) => verdict("Rules", "unknown", &format!("{unknown} findings are undecided")),
        (errors, _) => verdict("Rules", "bad", &format!("{errors} findings are warnings or errors")),
    };
    let mut all = vec![rules, recovery_time(dossier.objectives), region_verdict(&dossier.objectives.recovery_points)];
    let bill = dossier.bill;
    let least = if bill.gaps.is_empty() { "" } else { "at least " };
    let sum = amount(bill.cents());
    all.push(match dossier.budget {
        Budget::Limit { cents, .. } => {
            let state = match (dossier.budget.is_exceeded_by(bill), bill.gaps.is_empty()) {
                (true, _) => "bad",
                (false, true) => "good",
                (false, false) => "unknown",
            };
            verdict("Budget", state, &format!("a month costs {least}{sum} USD of {} USD", amount(*cents)))
        }
        Budget::None => {
            verdict("Budget", "unknown", &format!("a month costs {least}{sum} USD, and no budget is stated"))
        }
        Budget::Unknown(reason) => verdict("Budget", "unknown", &format!("the budget is not known: {reason}")),
    });
    let days = dossier.days;
    let passed = days.iter().filter(|day| day.outcome == "passed").count();
    all.push(if days.is_empty() {
        verdict("Game day", "unknown", "no measured day was given")
    } else {
        let state = if passed == days.len() { "good" } else { "bad" };
        verdict("Game day", state, &format!("{passed} of {} scenarios passed", days.len()))
    });
    all
}

/// Whether the service is back in time.
fn recovery_time(objectives: &Assessment) -> Value {
    let time = &objectives.recovery_time;
    let state = match time.verdict {
        objectives::Verdict::Met => "good",
        objectives::Verdict::Missed => "bad",
        objectives::Verdict::CannotTell | objectives::Verdict::NoObjective => "unknown",
    };
    verdict("Recovery time", state, &timeline::sentence(time.verdict, time.total, objectives.targets.rto.as_ref()))
}

/// Whether the stores that the objectives are about survive the loss of the region: the rule of `objectives`. What else is lost
/// with its region is named, and does not count.
fn region_verdict(points: &[RecoveryPoint]) -> Value {
    let (held, others): (Vec<_>, Vec<_>) = points.iter().partition(|point| point.left_out.is_none());
    let lost = |points: &[&RecoveryPoint]| {
        let lost = points.iter().filter(|point| point.left == Verdict::Loses);
        lost.map(|point| point.store.clone()).collect::<Vec<_>>()
    };
    let count = |wanted: Verdict| held.iter().filter(|point| point.left == wanted).count();
    let lost_here = lost(&held);
    // Keys do not count: each region has its own, and they hold no data.
    let not_held: Vec<String> = lost(&others).into_iter().filter(|store| !store.contains("aws_kms_")).collect();
    let named = if lost_here.is_empty() { String::new() } else { format!("; not {}", some(&lost_here)) };
    let more = match not_held.len() {
        0 => String::new(),
        _ => format!("; lost with their region, and not held to the objectives: {}", some(&not_held)),
    };
    let (survive, all) = (count(Verdict::Survives), held.len());
    let says =
        format!("{survive} of {all} stores that the objectives are about survive the loss of the region{named}{more}");
    let state = match (lost_here.is_empty(), held.is_empty() || count(Verdict::CannotTell) > 0) {
        (false, _) => "bad",
        (true, true) => "unknown",
        (true, false) => "good",
    };
    verdict("Loss of a region", state, &says)
}

/// The first few names, and how many more there are.
fn some(names: &[String]) -> String {
    const FEW: usize = 4;
    let more = names.len().saturating_sub(FEW);
    let first = names[..names.len() - more].join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}

fn matrix(cells: &[Cell]) -> Vec<Value> {
    let stores = cells.chunk_by(|one, other| one.store == other.store);
    stores
        .map(|cells| {
            let of_store: Vec<_> = cells
                .iter()
                .map(|cell| {
                    let (state, word) = match (cell.verdict, cell.rpo_seconds) {
                        (Verdict::Survives, None) => ("good", "survives, no bound".to_owned()),
                        (Verdict::Survives, Some(seconds)) => ("good", format!("survives, {}", span(seconds))),
                        (Verdict::Loses, _) => ("bad", "lost".to_owned()),
                        (Verdict::CannotTell, _) => ("unknown", "cannot tell".to_owned()),
                    };
                    json!({"state": state, "word": word})
                })
                .collect();
            let why: Vec<_> =
                cells.iter().map(|cell| json!({"scenario": cell.scenario.name(), "because": cell.because})).collect();
            json!({"store": cells.first().map(|cell| &cell.store), "cells": of_store, "why": why})
        })
        .collect()
}

fn recovery_points(points: &[RecoveryPoint]) -> Vec<Value> {
    let points: Vec<_> = points.iter().collect();
    let alike = points.chunk_by(|one, other| one.is_like(other));
    alike
        .flat_map(|alike| {
            let rpo = match (alike[0].left, alike[0].seconds) {
                (Verdict::Survives, Some(seconds)) => span(seconds),
                (Verdict::Survives, None) => "no bound".to_owned(),
                (Verdict::Loses, _) => "everything".to_owned(),
                (Verdict::CannotTell, _) => "cannot tell".to_owned(),
            };
            let names = RecoveryPoint::names(alike).into_iter().zip(alike);
            names
                .map(move |(name, point)| json!({"store": name, "rpo": rpo, "because": point.because}))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn span(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds.div_ceil(60)),
        7_200..=172_799 => format!("{} h", seconds.div_ceil(3_600)),
        _ => format!("{} d", seconds.div_ceil(86_400)),
    }
}

fn cost(dossier: &Dossier<'_>) -> Value {
    let bill = dossier.bill;
    let services = bill.services();
    let chart: Vec<Bar> = services
        .iter()
        .map(|(service, cents)| Bar {
            label: (*service).to_owned(),
            from: 0.0,
            length: cents_as_length(*cents),
            value: format!("{} USD", amount(*cents)),
        })
        .collect();
    let lines: Vec<_> = bill
        .lines
        .iter()
        .map(|line| {
            json!({
                "service": line.price.service, "item": line.price.item, "region": line.region,
                "quantity": quantity(line.quantity), "unit": line.price.unit, "price": line.price.written,
                "per": quantity(line.price.per), "usd": amount(line.cents), "from": line.basis().name(),
                "source": line.price.source.id, "is_reported": !line.price.source.is_list,
            })
        })
        .collect();
    let gaps: Vec<_> = bill.gaps.iter().map(|gap| json!({"what": gap.what, "addresses": gap.addresses})).collect();
    let alternatives: Vec<_> = dossier
        .alternatives
        .iter()
        .map(|it| json!({"what": it.what, "saves": amount(it.saves_cents), "rto": it.rto}))
        .collect();
    json!({
        "chart": bars("USD a month by service; the table below has the numbers", &chart),
        "services": services.iter().map(|(service, cents)| json!({"name": service, "usd": amount(*cents)})).collect::<Vec<_>>(),
        "lines": lines,
        "sum": amount(bill.cents()),
        "is_complete": bill.gaps.is_empty(),
        "has_assumptions": bill.lines.iter().any(|line| line.basis() == Basis::Default),
        "gaps": gaps,
        "alternatives": alternatives,
        "expected": format!("{} to {}", cost::EXPECTED_USD.start(), cost::EXPECTED_USD.end()),
    })
}

/// Money as the length of a bar.
fn cents_as_length(cents: i64) -> f64 {
    u32::try_from(cents.max(0)).map_or(f64::from(u32::MAX), f64::from)
}

fn findings(dossier: &Dossier<'_>) -> Vec<Value> {
    let mut all: Vec<_> = dossier.findings.iter().collect();
    all.sort_by(|one, other| other.severity.cmp(&one.severity).then_with(|| one.rule.cmp(other.rule)));
    all.iter()
        .map(|finding| {
            json!({
                "rule": finding.rule, "severity": finding.severity.name(), "address": finding.address(),
                "message": finding.message, "reason": finding.advice.reason, "fix": finding.advice.fix,
            })
        })
        .collect()
}

/// Every rule about objects, with what it found.
fn posture(dossier: &Dossier<'_>) -> Vec<Value> {
    let rules = rules::all().filter(|rule| rule.group != Group::Language);
    rules
        .map(|rule| {
            let of_rule: Vec<_> = dossier.findings.iter().filter(|finding| finding.rule == rule.id).collect();
            let is_unknown = !of_rule.is_empty() && of_rule.iter().all(|it| it.severity == Severity::Unknown);
            let (state, word) = match of_rule.len() {
                0 => ("good", "kept".to_owned()),
                count if is_unknown => ("unknown", format!("undecided for {count}")),
                count => ("bad", format!("{count} findings")),
            };
            json!({"id": rule.id, "group": rule.group.name(), "title": rule.title, "state": state, "word": word})
        })
        .collect()
}

fn frameworks(dossier: &Dossier<'_>) -> Vec<Value> {
    let all = controls::all(dossier.model);
    let frameworks = all.chunk_by(|one, other| one.framework == other.framework);
    frameworks
        .map(|controls| {
            let rows: Vec<_> = controls
                .iter()
                .map(|control| {
                    let count = control.answered_by.len();
                    let says = match (count, control.is_technical) {
                        (0, true) => "nothing in this configuration".to_owned(),
                        (0, false) => "by documents and people alone".to_owned(),
                        (1, _) => "1 object".to_owned(),
                        (count, _) => format!("{count} objects"),
                    };
                    json!({"id": control.id, "about": control.about, "says": says, "addresses": control.answered_by})
                })
                .collect();
            json!({"name": controls.first().map(|control| control.framework), "controls": rows})
        })
        .collect()
}

fn days(days: &[Day]) -> Value {
    if days.is_empty() {
        return Value::Null;
    }
    let seconds = |value: Option<f64>| value.map_or("not measured".to_owned(), |value| format!("{value:.1} s"));
    let count = |value: Option<u64>| value.map_or("not measured".to_owned(), |value| value.to_string());
    let rows: Vec<_> = days
        .iter()
        .map(|day| {
            json!({
                "name": day.name, "what": day.what, "outcome": day.outcome, "date": date(day.started_at),
                "rto": seconds(day.rto_seconds), "rto_with_aws": seconds(day.rto_with_aws_seconds),
                "rpo": seconds(day.rpo_seconds), "acknowledged": count(day.acknowledged),
                "lost": count(day.lost.and_then(|lost| u64::try_from(lost).ok())), "doubled": count(day.doubled),
            })
        })
        .collect();
    let measured: Vec<Bar> = days
        .iter()
        .filter_map(|day| {
            let seconds = day.rto_seconds?;
            Some(Bar { label: day.name.clone(), from: 0.0, length: seconds, value: format!("{seconds:.0} s") })
        })
        .collect();
    let chart =
        if measured.is_empty() { String::new() } else { bars("Longest wait of a customer by scenario", &measured) };
    json!({"rows": rows, "chart": chart})
}

/// A measured day for programs.
fn measured(day: &Day) -> Value {
    json!({
        "name": day.name, "what": day.what, "outcome": day.outcome, "started_at": day.started_at,
        "rto_seconds": day.rto_seconds, "rto_with_aws_promotion_seconds": day.rto_with_aws_seconds,
        "rpo_seconds": day.rpo_seconds, "acknowledged": day.acknowledged, "lost": day.lost, "doubled": day.doubled,
    })
}

/// The day of a time in seconds since 1970, as `2026-11-30` (days from civil, Howard Hinnant's algorithm).
fn date(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{}-{month:02}-{day:02}", year + era * 400 + next)
}

fn runbook(dossier: &Dossier<'_>) -> Value {
    match dossier.runbook {
        Ok(book) => json!({"html": html_of(&book.markdown), "missing": null}),
        Err(reason) => json!({"html": "", "missing": reason.to_string()}),
    }
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_of_the_calendar() {
        for (seconds, day) in [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_796_000_000, "2026-11-30")] {
            assert_eq!(date(seconds), day);
        }
    }
}
