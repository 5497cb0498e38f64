//! The rules of a choice, judged by what is known of the data.

use std::collections::BTreeMap;

use serde_json::Value;

/// A rule, as far as it is understood.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Rule {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Present(String, bool),
    Equals(String, Value),
    /// A comparison that is not looked into: it may hold or not.
    Other,
}

/// What is known of a machine's data while it runs: values by path, and values that are excluded.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Facts {
    values: BTreeMap<String, Value>,
    excluded: Vec<(String, Value)>,
}

impl Facts {
    /// Notes a value.
    pub(in super::super) fn set(&mut self, path: &str, value: impl Into<Value>) {
        self.values.insert(path.to_owned(), value.into());
    }

    /// Notes that a value is not this one, or is not there.
    pub(in super::super) fn exclude(&mut self, path: &str, value: impl Into<Value>) {
        self.excluded.push((path.to_owned(), value.into()));
    }

    /// Forgets what stands at a path and below, because something else is put there; everything for `$`.
    pub(in super::super) fn forget(&mut self, path: &str) {
        let below = |known: &str| {
            path == "$" || known.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.values.retain(|known, _| !below(known));
        self.excluded.retain(|(known, _)| !below(known));
    }
}

impl Rule {
    /// Reads a rule of a choice.
    pub(super) fn read(rule: &Value) -> Self {
        let all = |list: &Value| list.as_array().into_iter().flatten().map(Self::read).collect();
        if let Some(list) = rule.get("And") {
            return Self::And(all(list));
        }
        if let Some(list) = rule.get("Or") {
            return Self::Or(all(list));
        }
        if let Some(inner) = rule.get("Not") {
            return Self::Not(Box::new(Self::read(inner)));
        }
        let Some(path) = rule["Variable"].as_str() else { return Self::Other };
        if let Some(wanted) = rule["IsPresent"].as_bool() {
            return Self::Present(path.to_owned(), wanted);
        }
        let equal = ["StringEquals", "BooleanEquals", "NumericEquals"].into_iter().find_map(|name| rule.get(name));
        equal.map_or(Self::Other, |value| Self::Equals(path.to_owned(), value.clone()))
    }

    /// Whether it holds; none where that is not known.
    pub(in super::super) fn holds(&self, facts: &Facts) -> Option<bool> {
        match self {
            Self::And(rules) => junction(rules, facts, false),
            Self::Or(rules) => junction(rules, facts, true),
            Self::Not(rule) => rule.holds(facts).map(|holds| !holds),
            Self::Present(path, wanted) => facts.values.get(path).map(|_| *wanted),
            Self::Equals(path, value) => match facts.values.get(path) {
                Some(known) => Some(known == value),
                None if facts.excluded.iter().any(|(at, not)| at == path && not == value) => Some(false),
                None => None,
            },
            Self::Other => None,
        }
    }

    /// Whether it holds where all is known: what is not there is absent.
    pub(in super::super) fn holds_now(&self, facts: &Facts) -> bool {
        match self {
            Self::And(rules) => rules.iter().all(|rule| rule.holds_now(facts)),
            Self::Or(rules) => rules.iter().any(|rule| rule.holds_now(facts)),
            Self::Not(rule) => !rule.holds_now(facts),
            Self::Present(path, wanted) => facts.values.contains_key(path) == *wanted,
            Self::Equals(path, value) => facts.values.get(path) == Some(value),
            Self::Other => false,
        }
    }

    /// Notes what follows if it holds, or if it does not.
    pub(in super::super) fn assume(&self, holds: bool, facts: &mut Facts) {
        match self {
            Self::And(rules) if holds => rules.iter().for_each(|rule| rule.assume(true, facts)),
            Self::Or(rules) if !holds => rules.iter().for_each(|rule| rule.assume(false, facts)),
            // That one of several does not hold says which only where the others say nothing of a value.
            Self::And(rules) | Self::Or(rules) => {
                let mut telling = rules.iter().filter(|rule| !matches!(rule, Self::Present(..)));
                if let (Some(rule), None) = (telling.next(), telling.next()) {
                    rule.assume(holds, facts);
                }
            }
            Self::Not(rule) => rule.assume(!holds, facts),
            Self::Equals(path, value) if holds => facts.set(path, value.clone()),
            Self::Equals(path, value) => facts.exclude(path, value.clone()),
            Self::Present(..) | Self::Other => {}
        }
    }
}

/// `decisive` is the answer of one that decides for all: `false` for and, `true` for or.
fn junction(rules: &[Rule], facts: &Facts, decisive: bool) -> Option<bool> {
    let mut unknown = false;
    for rule in rules {
        match rule.holds(facts) {
            Some(answer) if answer == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!decisive)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Facts, Rule};

    fn is(path: &str, value: &str) -> Rule {
        Rule::read(&json!({"And": [
            {"Variable": path, "IsPresent": true},
            {"Variable": path, "StringEquals": value},
        ]}))
    }

    #[test]
    fn what_is_not_known_may_hold() {
        let (rule, mut facts) = (is("$.guards.verdict", "proceed"), Facts::default());
        assert_eq!(rule.holds(&facts), None);
        facts.set("$.guards.verdict", "proceed");
        assert_eq!(rule.holds(&facts), Some(true));
        facts.set("$.guards.verdict", "ask");
        assert_eq!(rule.holds(&facts), Some(false));
        facts.forget("$.guards");
        assert_eq!(rule.holds(&facts), None);
    }

    #[test]
    fn an_assumption_decides_later_choices() {
        let (rule, mut facts) = (is("$.guards.verdict", "proceed"), Facts::default());
        rule.assume(false, &mut facts);
        assert_eq!(rule.holds(&facts), Some(false));
        rule.assume(true, &mut facts);
        assert_eq!((rule.holds(&facts), is("$.guards.verdict", "ask").holds(&facts)), (Some(true), Some(false)));
    }

    #[test]
    fn a_negation_is_known_when_its_rule_is() {
        let from_a_person = Rule::read(&json!({"Not": {"Variable": "$.requested_by", "StringEquals": "operator"}}));
        let mut facts = Facts::default();
        assert_eq!(from_a_person.holds(&facts), None);
        facts.set("$.requested_by", "detector");
        assert_eq!(from_a_person.holds(&facts), Some(true));
    }

    #[test]
    fn a_path_is_forgotten_with_what_is_below_it_and_nothing_else() {
        let mut facts = Facts::default();
        facts.set("$.a.b", 1);
        facts.set("$.ab", 1);
        facts.forget("$.a");
        let equal = |path: &str| Rule::read(&json!({"Variable": path, "NumericEquals": 1})).holds(&facts);
        assert_eq!((equal("$.a.b"), equal("$.ab")), (None, Some(true)));
        facts.forget("$");
        assert_eq!(facts, Facts::default());
    }
}
