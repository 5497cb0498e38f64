//! The shortest way through a machine, by what its choices may decide.

use std::collections::VecDeque;

use super::{Facts, Keep, Kind, Machine};

/// A way through a machine.
#[derive(Debug, Clone)]
pub(in super::super) struct Route {
    /// The states on it, the first and the last included.
    pub(in super::super) states: Vec<usize>,
    /// What must be so for it to be taken.
    pub(in super::super) facts: Facts,
}

/// Real machines take some hundred steps; one that takes more than this is none that anybody can follow.
const MOST_STEPS: usize = 5_000;

/// The shortest way from a state to one that `is_goal`; only through people if `people` says so. Errors lead nowhere.
pub(in super::super) fn route(
    machine: &Machine,
    from: usize,
    facts: &Facts,
    people: bool,
    is_goal: impl Fn(usize) -> bool,
) -> Option<Route> {
    let mut waiting = VecDeque::from([Route { states: vec![from], facts: facts.clone() }]);
    for _ in 0..MOST_STEPS {
        let route = waiting.pop_front()?;
        let position = *route.states.last()?;
        if is_goal(position) {
            return Some(route);
        }
        for (next, facts) in following(machine, position, route.facts, people) {
            // A way that comes back to where it was is not the shortest.
            if !route.states.contains(&next) {
                let states = route.states.iter().copied().chain([next]).collect();
                waiting.push_back(Route { states, facts });
            }
        }
    }
    None
}

/// Where a state may lead, and what is known then.
fn following(machine: &Machine, position: usize, mut facts: Facts, people: bool) -> Vec<(usize, Facts)> {
    let put = |facts: &mut Facts, keep: &Keep| {
        if let Keep::At(path) = keep {
            facts.forget(path);
        }
    };
    match &machine.states[position].kind {
        Kind::Task(task) if task.asks && !people => Vec::new(),
        Kind::Task(task) => {
            put(&mut facts, &task.keep);
            task.next.map(|next| (next, facts)).into_iter().collect()
        }
        Kind::Pass { keep, next } => {
            put(&mut facts, keep);
            next.map(|next| (next, facts)).into_iter().collect()
        }
        Kind::Wait { next, .. } => next.map(|next| (next, facts)).into_iter().collect(),
        Kind::Choice { rules, default } => {
            let mut ways = Vec::new();
            for (rule, next) in rules {
                match rule.holds(&facts) {
                    Some(true) => {
                        ways.push((*next, facts));
                        return ways;
                    }
                    Some(false) => {}
                    None => {
                        let mut held = facts.clone();
                        rule.assume(true, &mut held);
                        ways.push((*next, held));
                        rule.assume(false, &mut facts);
                    }
                }
            }
            ways.extend(default.map(|next| (next, facts)));
            ways
        }
        Kind::Succeed | Kind::Fail | Kind::Unread => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Facts, Machine};
    use super::route;

    const TEXT: &str = r#"{"StartAt": "Guards", "States": {
        "Guards": {"Type": "Task", "Resource": "x", "ResultPath": "$.guards", "Next": "Decide"},
        "Decide": {"Type": "Choice", "Default": "Stop", "Choices": [
            {"Variable": "$.guards.verdict", "StringEquals": "done", "Next": "Lock"},
            {"Variable": "$.by", "StringEquals": "detector", "Next": "Ask"},
            {"Variable": "$.guards.verdict", "StringEquals": "go", "Next": "Lock"}]},
        "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken", "ResultPath": null, "Next": "Lock"},
        "Lock": {"Type": "Task", "Resource": "y", "ResultPath": null, "Next": "IsItDone"},
        "IsItDone": {"Type": "Choice", "Default": "Promote", "Choices": [
            {"Variable": "$.guards.verdict", "StringEquals": "done", "Next": "End"}]},
        "Promote": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:failoverGlobalCluster", "End": true},
        "End": {"Type": "Succeed"}, "Stop": {"Type": "Fail"}}}"#;

    fn names(facts: &Facts, people: bool) -> Option<Vec<String>> {
        let machine = Machine::read(TEXT).expect("a machine");
        let goals: Vec<usize> = machine.tasks_of("rds:failoverGlobalCluster").collect();
        let route = route(&machine, machine.start, facts, people, |position| goals.contains(&position))?;
        Some(route.states.iter().map(|position| machine.states[*position].name.clone()).collect())
    }

    #[test]
    fn what_one_choice_assumed_another_one_knows() {
        let mut other = Facts::default();
        other.set("$.by", "operator");
        assert_eq!(names(&other, false).expect("a way"), ["Guards", "Decide", "Lock", "IsItDone", "Promote"]);
    }

    #[test]
    fn a_way_through_people_is_one_only_if_people_may_be_asked() {
        let mut facts = Facts::default();
        facts.set("$.by", "detector");
        assert_eq!(names(&facts, false), None);
        assert_eq!(names(&facts, true).expect("a way"), ["Guards", "Decide", "Ask", "Lock", "IsItDone", "Promote"]);
    }

    #[test]
    fn a_machine_that_nobody_can_follow_has_no_way() {
        // Every choice doubles the ways: 2^60 of them.
        let mut states: Vec<String> = (0..60)
            .map(|n| {
                format!(
                    r#""C{n}": {{"Type": "Choice", "Default": "B{n}", "Choices": [{{"Variable": "$.x{n}", "StringEquals": "y", "Next": "A{n}"}}]}},
                    "A{n}": {{"Type": "Pass", "ResultPath": null, "Next": "C{next}"}},
                    "B{n}": {{"Type": "Pass", "ResultPath": null, "Next": "C{next}"}}"#,
                    next = n + 1
                )
            })
            .collect();
        states.push(r#""C60": {"Type": "Succeed"}"#.to_owned());
        let machine =
            Machine::read(&format!(r#"{{"StartAt": "C0", "States": {{{}}}}}"#, states.join(","))).expect("a machine");
        assert!(route(&machine, machine.start, &Facts::default(), false, |_| false).is_none());
    }
}
