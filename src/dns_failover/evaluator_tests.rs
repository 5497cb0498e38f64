//! The status of health checks, probe by probe.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::{
    Endpoint, Evaluator, FailureThreshold, HealthCheck, HealthCheckId, InvalidChecks, Kind, Probe, Protocol, Status,
    Transition, UnknownChecker,
};

fn id(name: &str) -> HealthCheckId {
    HealthCheckId::new(name)
}

fn endpoint(threshold: u64) -> HealthCheck {
    let failure_threshold = FailureThreshold::new(threshold).unwrap();
    let endpoint = Endpoint { failure_threshold, ..Endpoint::new(Protocol::Https, "a.example.com") };
    HealthCheck::new(Kind::Endpoint(endpoint))
}

fn calculated(children: &[&str], threshold: usize) -> HealthCheck {
    HealthCheck::new(Kind::Calculated { children: children.iter().map(|child| id(child)).collect(), threshold })
}

fn checks<const N: usize>(checks: [(&str, HealthCheck); N]) -> BTreeMap<HealthCheckId, HealthCheck> {
    checks.into_iter().map(|(name, check)| (id(name), check)).collect()
}

/// Endpoint and latch, and what they decide together: the shape of the stack's own checks.
fn endpoint_and_latch(checkers: usize) -> Evaluator {
    let all = checks([
        ("endpoint", endpoint(3)),
        ("latch", endpoint(3).inverted()),
        ("takes_traffic", calculated(&["endpoint", "latch"], 2)),
    ]);
    Evaluator::new(all, checkers).unwrap()
}

fn observe(evaluator: &mut Evaluator, check: &str, probe: Probe, times: usize) -> Vec<Transition> {
    let checkers = 3;
    let mut seen = Vec::new();
    for _ in 0..times {
        for checker in 0..checkers {
            seen.extend(evaluator.observe(&id(check), checker, probe, Duration::from_secs(7)).unwrap());
        }
    }
    seen
}

fn status(evaluator: &Evaluator, check: &str) -> Status {
    evaluator.status(&id(check)).unwrap()
}

#[test]
fn a_new_check_is_healthy_and_an_inverted_one_unhealthy() {
    let evaluator = endpoint_and_latch(3);
    assert_eq!(status(&evaluator, "endpoint"), Status::Healthy);
    assert_eq!(status(&evaluator, "latch"), Status::Unhealthy);
    assert_eq!(status(&evaluator, "takes_traffic"), Status::Unhealthy);
    assert_eq!(evaluator.status(&id("nothing")), None);
}

#[test]
fn a_change_is_told_with_those_it_causes() {
    let mut evaluator = endpoint_and_latch(3);
    assert_eq!(observe(&mut evaluator, "latch", Probe::Failed, 2), []);
    let at = Duration::from_secs(7);
    let changed = |check: &str| Transition { check: id(check), from: Status::Unhealthy, to: Status::Healthy, at };
    let expected = [changed("latch"), changed("takes_traffic")];
    assert_eq!(observe(&mut evaluator, "latch", Probe::Failed, 1), expected);
}

#[test]
fn the_latch_holds_what_a_recovered_endpoint_would_give_back() {
    let mut evaluator = endpoint_and_latch(3);
    observe(&mut evaluator, "latch", Probe::Failed, 3);
    observe(&mut evaluator, "endpoint", Probe::Failed, 3);
    assert_eq!(status(&evaluator, "takes_traffic"), Status::Unhealthy);
    observe(&mut evaluator, "latch", Probe::Passed, 3);
    observe(&mut evaluator, "endpoint", Probe::Passed, 3);
    assert_eq!(status(&evaluator, "endpoint"), Status::Healthy);
    assert_eq!(status(&evaluator, "takes_traffic"), Status::Unhealthy);
}

#[test]
fn more_than_18_percent_of_the_checkers_decide() {
    for (checkers, healthy, expected) in [
        (3, 1, Status::Healthy),
        (3, 0, Status::Unhealthy),
        (16, 3, Status::Healthy),
        (16, 2, Status::Unhealthy),
        (50, 9, Status::Unhealthy),
        (50, 10, Status::Healthy),
    ] {
        let mut evaluator = Evaluator::new(checks([("endpoint", endpoint(1))]), checkers).unwrap();
        for checker in healthy..checkers {
            evaluator.observe(&id("endpoint"), checker, Probe::Failed, Duration::ZERO).unwrap();
        }
        assert_eq!(status(&evaluator, "endpoint"), expected, "{healthy} of {checkers}");
    }
}

#[test]
fn thresholds_beyond_the_children_decide_by_themselves() {
    let mut evaluator = Evaluator::new(
        checks([
            ("endpoint", endpoint(1)),
            ("always", calculated(&["endpoint"], 0)),
            ("never", calculated(&["endpoint"], 2)),
            ("turned", calculated(&["endpoint"], 1).inverted()),
        ]),
        3,
    )
    .unwrap();
    assert_eq!(status(&evaluator, "always"), Status::Healthy);
    assert_eq!(status(&evaluator, "never"), Status::Unhealthy);
    assert_eq!(status(&evaluator, "turned"), Status::Unhealthy);
    observe(&mut evaluator, "endpoint", Probe::Failed, 1);
    assert_eq!(status(&evaluator, "always"), Status::Healthy);
    assert_eq!(status(&evaluator, "turned"), Status::Healthy);
}

#[test]
fn a_disabled_check_is_healthy_and_not_probed() {
    let disabled = |check: HealthCheck| HealthCheck { disabled: true, ..check };
    let all = checks([("off", disabled(endpoint(1))), ("stopped", disabled(endpoint(1).inverted()))]);
    let mut evaluator = Evaluator::new(all, 3).unwrap();
    assert_eq!(status(&evaluator, "off"), Status::Healthy);
    assert_eq!(status(&evaluator, "stopped"), Status::Unhealthy);
    let refused = evaluator.observe(&id("off"), 0, Probe::Failed, Duration::ZERO);
    assert_eq!(refused, Err(UnknownChecker { check: id("off"), checker: 0 }));
}

#[test]
fn what_is_not_probed_is_unknown_where_it_matters() {
    let alarm = HealthCheck::new(Kind::NotProbed { type_name: "CLOUDWATCH_METRIC".to_owned() });
    let evaluator = Evaluator::new(
        checks([
            ("alarm", alarm),
            ("endpoint", endpoint(1)),
            ("either", calculated(&["alarm", "endpoint"], 1)),
            ("both", calculated(&["alarm", "endpoint"], 2)),
            ("three", calculated(&["alarm", "endpoint"], 3)),
        ]),
        3,
    )
    .unwrap();
    let found = ["alarm", "either", "both", "three"].map(|check| status(&evaluator, check));
    assert_eq!(found, [Status::Unknown, Status::Healthy, Status::Unknown, Status::Unhealthy]);
}

#[test]
fn what_route_53_refuses_is_refused() {
    let unknown = checks([("sum", calculated(&["gone"], 1))]);
    let error = Evaluator::new(unknown, 3).unwrap_err();
    assert_eq!(error, InvalidChecks::UnknownChild { check: id("sum"), child: id("gone") });
    let nested = checks([("sum", calculated(&["inner"], 1)), ("inner", calculated(&[], 0))]);
    let error = Evaluator::new(nested, 3).unwrap_err();
    assert_eq!(error, InvalidChecks::CalculatedChild { check: id("sum"), child: id("inner") });
    assert_eq!(Evaluator::new(BTreeMap::new(), 0).unwrap_err(), InvalidChecks::NoCheckers);
}

#[test]
fn replacing_keeps_what_was_seen_of_the_same_endpoint() {
    let mut before = Evaluator::new(checks([("kept", endpoint(1)), ("changed", endpoint(1))]), 3).unwrap();
    observe(&mut before, "kept", Probe::Failed, 1);
    observe(&mut before, "changed", Probe::Failed, 1);
    let after = checks([("kept", endpoint(1).inverted()), ("changed", endpoint(2)), ("new", endpoint(1))]);
    let after = Evaluator::replacing(&before, after, 3).unwrap();
    assert_eq!(status(&after, "kept"), Status::Healthy);
    assert_eq!(status(&after, "changed"), Status::Healthy);
    assert_eq!(status(&after, "new"), Status::Healthy);
}

fn observations() -> impl Strategy<Value = Vec<(usize, Probe)>> {
    let probe = prop_oneof![Just(Probe::Passed), Just(Probe::Failed)];
    prop::collection::vec((0..3_usize, probe), 0..120)
}

proptest! {
    /// Whatever is seen, the inverted check says the opposite, and inverted twice it says the same.
    #[test]
    fn inversion_is_an_involution(observations in observations(), threshold in 1..=10_u64) {
        let inverted = endpoint(threshold).inverted();
        let all = || checks([
            ("plain", endpoint(threshold)),
            ("inverted", inverted.clone()),
            ("twice", inverted.clone().inverted()),
        ]);
        let mut evaluator = Evaluator::new(all(), 3).unwrap();
        for (checker, probe) in observations {
            for check in ["plain", "inverted", "twice"] {
                evaluator.observe(&id(check), checker, probe, Duration::ZERO).unwrap();
            }
            prop_assert_ne!(status(&evaluator, "plain"), status(&evaluator, "inverted"));
            prop_assert_eq!(status(&evaluator, "plain"), status(&evaluator, "twice"));
        }
    }

    /// No transition is lost and none is told twice: followed from the start, they lead to the status.
    #[test]
    fn transitions_add_up_to_the_status(observations in observations()) {
        let mut evaluator = endpoint_and_latch(3);
        let mut followed = evaluator.statuses();
        for (step, (checker, probe)) in observations.into_iter().enumerate() {
            let check = if step % 2 == 0 { "endpoint" } else { "latch" };
            for transition in evaluator.observe(&id(check), checker, probe, Duration::ZERO).unwrap() {
                let before = followed.insert(transition.check, transition.to);
                prop_assert_eq!(before, Some(transition.from));
            }
            prop_assert_eq!(&followed, &evaluator.statuses());
        }
    }

    /// A probe that fails now and then, but never often enough in a row, moves nothing.
    #[test]
    fn flapping_never_reaches_the_records(runs in prop::collection::vec(1..3_usize, 0..30)) {
        let mut evaluator = endpoint_and_latch(3);
        observe(&mut evaluator, "latch", Probe::Failed, 3);
        for failures in runs {
            prop_assert_eq!(observe(&mut evaluator, "endpoint", Probe::Failed, failures), []);
            prop_assert_eq!(observe(&mut evaluator, "endpoint", Probe::Passed, 1), []);
        }
        prop_assert_eq!(status(&evaluator, "takes_traffic"), Status::Healthy);
    }
}
