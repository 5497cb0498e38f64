//! What the guards answer, as a table: each condition, and what follows if it does not hold or is unknown.
//!
//! The functions are Python; `functions/failover_tests/test_guard_table.py` runs them over every row that
//! [`rows`] makes and compares, so that model and functions cannot part.

use serde_json::{Value, json};

/// What becomes of a request, from the mildest to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing stands against it.
    Proceed,
    /// A person decides.
    Ask,
    /// It is refused.
    Refuse,
}

/// What a guard finds of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// It holds.
    Holds,
    /// It does not hold.
    Wrong,
    /// Nobody knows.
    Unknown,
}

/// A condition of a procedure.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    /// Its name in the answer of the function.
    pub name: &'static str,
    wrong: Verdict,
    unknown: Verdict,
    /// What follows instead if an operator has decided: for wrong, and for unknown.
    decided: (Verdict, Verdict),
}

const fn condition(name: &'static str, wrong: Verdict, unknown: Verdict) -> Condition {
    Condition { name, wrong, unknown, decided: (wrong, unknown) }
}

const fn unless_decided(name: &'static str, wrong: Verdict) -> Condition {
    Condition { name, wrong, unknown: Verdict::Ask, decided: (Verdict::Proceed, Verdict::Proceed) }
}

/// The conditions of an unplanned failover.
pub const FAILOVER: [Condition; 10] = [
    condition("kill_switch", Verdict::Refuse, Verdict::Ask),
    Condition {
        decided: (Verdict::Refuse, Verdict::Proceed),
        ..condition("database_member", Verdict::Refuse, Verdict::Ask)
    },
    unless_decided("global_cluster", Verdict::Refuse),
    unless_decided("database_instance", Verdict::Refuse),
    unless_decided("versions", Verdict::Refuse),
    // An operator overrules a planned move, and not another failover: see `lock_overruled` of the world.
    condition("lock", Verdict::Refuse, Verdict::Ask),
    unless_decided("cool_down", Verdict::Refuse),
    unless_decided("standby_endpoint", Verdict::Ask),
    unless_decided("replication_lag", Verdict::Ask),
    condition("quorum", Verdict::Refuse, Verdict::Refuse),
];

/// The conditions of the way back.
pub const FAILBACK: [Condition; 10] = [
    condition("latch", Verdict::Refuse, Verdict::Refuse),
    condition("lock", Verdict::Refuse, Verdict::Refuse),
    condition("kill_switch", Verdict::Refuse, Verdict::Refuse),
    condition("database_member", Verdict::Refuse, Verdict::Refuse),
    condition("global_cluster", Verdict::Refuse, Verdict::Refuse),
    condition("writer", Verdict::Refuse, Verdict::Refuse),
    condition("database_instance", Verdict::Refuse, Verdict::Refuse),
    condition("versions", Verdict::Refuse, Verdict::Refuse),
    condition("replication_lag", Verdict::Refuse, Verdict::Refuse),
    condition("primary_endpoint", Verdict::Refuse, Verdict::Refuse),
];

/// The conditions of a drill.
pub const DRILL: [Condition; 13] = [
    condition("latch", Verdict::Refuse, Verdict::Refuse),
    condition("lock", Verdict::Refuse, Verdict::Refuse),
    condition("kill_switch", Verdict::Refuse, Verdict::Refuse),
    condition("database_member", Verdict::Refuse, Verdict::Refuse),
    condition("global_cluster", Verdict::Refuse, Verdict::Refuse),
    condition("writer", Verdict::Refuse, Verdict::Refuse),
    condition("database_instance", Verdict::Refuse, Verdict::Refuse),
    condition("versions", Verdict::Refuse, Verdict::Refuse),
    condition("replication_lag", Verdict::Refuse, Verdict::Refuse),
    condition("primary_endpoint", Verdict::Refuse, Verdict::Refuse),
    condition("standby_endpoint", Verdict::Refuse, Verdict::Refuse),
    condition("dns", Verdict::Refuse, Verdict::Refuse),
    condition("failover_execution", Verdict::Refuse, Verdict::Refuse),
];

impl Condition {
    /// What follows from a finding.
    pub fn consequence(&self, found: Found, has_decided: bool) -> Verdict {
        let (wrong, unknown) = if has_decided { self.decided } else { (self.wrong, self.unknown) };
        match found {
            Found::Holds => Verdict::Proceed,
            Found::Wrong => wrong,
            Found::Unknown => unknown,
        }
    }
}

impl Verdict {
    /// The word that the function answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proceed => "proceed",
            Self::Ask => "ask",
            Self::Refuse => "refuse",
        }
    }

    /// The gravest of what follows from these findings.
    pub fn of(conditions: &[Condition], has_decided: bool, found: impl Fn(&str) -> Found) -> Self {
        let consequences = conditions.iter().map(|condition| condition.consequence(found(condition.name), has_decided));
        consequences.max().unwrap_or(Self::Proceed)
    }
}

/// Every procedure with every request, and at most two conditions at once that do not hold or are unknown: as the gravest
/// decides, more of them say nothing new.
pub fn rows() -> Value {
    let mut rows = Vec::new();
    let operator = json!({"requested_by": "operator"});
    let decided = json!({"requested_by": "operator", "accept_data_loss": true});
    let by_operator: Vec<Condition> = FAILOVER.into_iter().filter(|condition| condition.name != "quorum").collect();
    push(&mut rows, "failover", &FAILOVER, &json!({"requested_by": "detector"}), false);
    push(&mut rows, "failover", &by_operator, &operator, false);
    push(&mut rows, "failover", &by_operator, &decided, true);
    push(&mut rows, "failback", &FAILBACK, &operator, false);
    push(&mut rows, "drill", &DRILL, &operator, false);
    Value::Array(rows)
}

fn push(rows: &mut Vec<Value>, check: &str, conditions: &[Condition], request: &Value, has_decided: bool) {
    let findings = [(Found::Wrong, "wrong"), (Found::Unknown, "unknown")];
    let single: Vec<_> =
        conditions.iter().flat_map(|it| findings.map(|(found, word)| (it.name, found, word))).collect();
    let single: Vec<_> = single.into_iter().filter(|it| !decides_alone(check, it.0, it.1)).collect();
    let pairs = single.iter().flat_map(|one| single.iter().map(move |other| vec![*one, *other]));
    let pairs = pairs.filter(|pair| pair[0].0 < pair[1].0 && is_possible(pair));
    for chosen in std::iter::once(Vec::new()).chain(single.iter().map(|one| vec![*one])).chain(pairs) {
        let found = |name: &str| chosen.iter().find(|it| it.0 == name).map_or(Found::Holds, |it| it.1);
        let verdict = Verdict::of(conditions, has_decided, found);
        let deviations: serde_json::Map<_, _> =
            chosen.iter().map(|(name, _, word)| ((*name).to_owned(), json!(word))).collect();
        rows.push(json!({"check": check, "request": request, "conditions": deviations, "verdict": verdict.word()}));
    }
}

/// What the guards learn from one answer: where nobody gives it, all of these are unknown together.
const FROM_ONE_ANSWER: [&[&str]; 2] =
    [&["database_member", "global_cluster", "versions", "writer"], &["latch", "lock"]];

/// Whether two findings can be together.
fn is_possible(pair: &[(&str, Found, &str)]) -> bool {
    let from_one_answer = FROM_ONE_ANSWER.iter().any(|group| pair.iter().all(|it| group.contains(&it.0)));
    !(from_one_answer && pair.iter().any(|it| it.1 == Found::Unknown))
}

/// Whether a finding is an answer of its own, such as "nothing to do", instead of a reason.
fn decides_alone(check: &str, condition: &str, found: Found) -> bool {
    check == "failback" && found == Found::Wrong && ["latch", "writer"].contains(&condition)
}
