//! What game days measured, beside what is computed.

use std::fmt::Write as _;

use dr_synth::proof::report::Day;
use serde_json::{Value, json};

use super::json::rounded;

pub(super) fn text(text: &mut String, days: &[Day]) {
    if days.is_empty() {
        return;
    }
    text.push_str(
        "\nObserved on a game day, beside what is computed: seconds until every customer could pay, payments lost and doubled\n",
    );
    let names: Vec<String> = days.iter().map(|day| day.name.escape_debug().to_string()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for (day, name) in days.iter().zip(names) {
        let seconds = |seconds: Option<f64>| seconds.map_or_else(|| "-".to_owned(), |it| format!("{it:.1}"));
        let _ = writeln!(
            text,
            "  {name:width$}  {:>6}  {:>6} with AWS's promotion  {:>4} lost  {:>4} doubled  {}",
            seconds(day.rto_seconds),
            seconds(day.rto_with_aws_seconds),
            day.lost.map_or_else(|| "-".to_owned(), |lost| lost.to_string()),
            day.doubled.map_or_else(|| "-".to_owned(), |doubled| doubled.to_string()),
            day.outcome
        );
    }
}

pub(super) fn document(days: &[Day]) -> Value {
    days.iter().map(of_day).collect()
}

fn of_day(day: &Day) -> Value {
    json!({
        "scenario": day.name,
        "what": day.what,
        "outcome": day.outcome,
        "evidence": "observed",
        "rto_seconds": day.rto_seconds.map(rounded),
        "rto_with_aws_promotion_seconds": day.rto_with_aws_seconds.map(rounded),
        "rpo_seconds": day.rpo_seconds.map(rounded),
        "acknowledged": day.acknowledged,
        "lost": day.lost,
        "doubled": day.doubled,
    })
}
