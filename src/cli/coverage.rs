//! The matrix of scenarios by store, for people and for programs.

use std::fmt::Write as _;

use dr_synth::proof::{Cell, Scenario, Verdict};
use serde_json::{Value, json};

/// The cells as the member `coverage`.
pub(super) fn document(cells: &[Cell]) -> Value {
    let cell = |cell: &Cell| {
        json!({
            "store": cell.store,
            "scenario": cell.scenario.name(),
            "verdict": cell.verdict.name(),
            "rpo_seconds": cell.rpo_seconds,
            "because": cell.because,
        })
    };
    cells.iter().map(cell).collect()
}

/// A table of stores by scenarios, and below it why something is lost or cannot be told.
pub(super) fn table(cells: &[Cell]) -> String {
    let mut text = String::new();
    if cells.is_empty() {
        return text;
    }
    let stores: Vec<&[Cell]> = cells.chunk_by(|one, other| one.store == other.store).collect();
    let width = stores.iter().map(|of_store| of_store[0].store.chars().count()).max().unwrap_or_default().max(5);
    let _ = write!(text, "{:width$}", "store");
    for scenario in Scenario::ALL {
        let _ = write!(text, "  {:>11}", scenario.name());
    }
    text.push('\n');
    for of_store in &stores {
        let _ = write!(text, "{:width$}", of_store[0].store);
        for cell in *of_store {
            let _ = write!(text, "  {:>11}", word(cell));
        }
        text.push('\n');
    }
    let open: Vec<&Cell> = cells.iter().filter(|cell| cell.verdict != Verdict::Survives).collect();
    if !open.is_empty() {
        text.push('\n');
    }
    for cell in open {
        let _ = writeln!(text, "{}, {}: {}: {}", cell.store, cell.scenario.name(), verdict(cell), cell.because);
    }
    text
}

fn verdict(cell: &Cell) -> &'static str {
    match cell.verdict {
        Verdict::Survives => "survives",
        Verdict::Loses => "lost",
        Verdict::CannotTell => "cannot tell",
    }
}

/// What stands in the table: how much may be missing, where it is known.
fn word(cell: &Cell) -> String {
    match (cell.verdict, cell.rpo_seconds) {
        (Verdict::Survives, None) => "no bound".to_owned(),
        (Verdict::Survives, Some(seconds)) => span(seconds),
        (Verdict::Loses, _) => "lost".to_owned(),
        _ => "?".to_owned(),
    }
}

fn span(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds.div_ceil(60)),
        7_200..=172_799 => format!("{} h", seconds.div_ceil(3_600)),
        _ => format!("{} d", seconds.div_ceil(86_400)),
    }
}
