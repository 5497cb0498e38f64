//! Plans of AWS Backup.

use crate::proof::model::{Known, Node, Resource, Truth};

/// The longest time that a continuous backup is kept, in days.
const CONTINUOUS: f64 = 35.0;

/// The least time in cold storage, in days.
const COLD: f64 = 90.0;

/// Whether a rule or one of its copies leaves cold storage too early.
pub(in crate::proof) fn cold_storage(rule: &Node) -> Truth {
    let copies = rule.blocks("copy_action").into_iter().map(|copy| copy.at("lifecycle"));
    let mut answer = Truth::No;
    for lifecycle in std::iter::once(rule.at("lifecycle")).chain(copies) {
        match (days(lifecycle, "cold_storage_after"), days(lifecycle, "delete_after")) {
            (Known::Is(cold), Known::Is(end)) if end < cold + COLD => return Truth::Yes,
            (Known::Unknown(reason), Known::Is(_)) | (Known::Is(_), Known::Unknown(reason)) => {
                answer = Truth::Unknown(reason);
            }
            _ => {}
        }
    }
    answer
}

/// Whether a rule makes continuous backups and keeps them for ever, for more than 35 days or in cold storage.
pub(in crate::proof) fn continuous(rule: &Node) -> Truth {
    let lifecycle = rule.at("lifecycle");
    let refused = match (days(lifecycle, "cold_storage_after"), days(lifecycle, "delete_after")) {
        (Known::Is(_), _) | (_, Known::Absent) => Truth::Yes,
        (_, Known::Is(end)) if end > CONTINUOUS => Truth::Yes,
        (_, Known::Unknown(reason)) | (Known::Unknown(reason), _) => Truth::Unknown(reason),
        _ => Truth::No,
    };
    match rule.at("enable_continuous_backup").flag() {
        Known::Is(true) => refused,
        Known::Unknown(reason) if refused != Truth::No => Truth::Unknown(reason),
        _ => Truth::No,
    }
}

/// Days that are said; zero says nothing.
fn days(lifecycle: &Node, name: &str) -> Known<f64> {
    match lifecycle.at(name).number() {
        Known::Is(days) if days <= 0.0 => Known::Absent,
        days => days,
    }
}

/// Why AWS Backup refuses a plan, with all its rules. What is not known of it goes to the doubts.
pub(in crate::proof) fn of_plan(plan: &Resource, doubts: &mut Vec<String>) -> Option<String> {
    type Refuses = fn(&Node) -> Truth;
    let reasons: [(Refuses, &str); 2] = [
        (cold_storage, "delete_after is less than 90 days behind cold_storage_after"),
        (continuous, "a continuous backup is kept for at most 35 days, and not in cold storage"),
    ];
    for rule in plan.values.blocks("rule").into_iter().filter(|rule| rule.unknown().is_none()) {
        for (refuses, because) in reasons {
            match refuses(rule) {
                Truth::Yes => return Some(format!("AWS Backup refuses {}: {because}", plan.address)),
                Truth::Unknown(reason) => doubts.push(reason),
                Truth::No => {}
            }
        }
    }
    None
}
