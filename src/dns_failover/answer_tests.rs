//! What a zone answers.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    ALIAS_TTL, Answer, DomainName, Endpoint, Evaluator, FailoverRole, FailureThreshold, HealthCheck, HealthCheckId,
    HostedZone, Kind, NoAnswer, Probe, Protocol, Record, Routing, Target,
};

const NAME: &str = "pay.example.com";

fn values(values: &[&str]) -> Target {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Target::Values { values, ttl: Duration::from_secs(10) }
}

fn alias(name: &str, evaluate_target_health: bool) -> Target {
    Target::Alias { name: DomainName::new(name), evaluate_target_health }
}

fn record(name: &str, record_type: &str, target: Target) -> Record {
    Record {
        name: DomainName::new(name),
        record_type: record_type.to_owned(),
        target,
        routing: Routing::Simple,
        health_check: None,
    }
}

fn failover(role: FailoverRole, target: Target, check: Option<&str>) -> Record {
    Record {
        routing: Routing::Failover(role),
        health_check: check.map(HealthCheckId::new),
        ..record(NAME, "A", target)
    }
}

fn zone(records: impl IntoIterator<Item = Record>) -> HostedZone {
    HostedZone { name: DomainName::new("example.com."), records: records.into_iter().collect() }
}

/// Health checks of these names, of which those that are named after them fail.
fn health(failing: &[&str]) -> Evaluator {
    let endpoint = Endpoint {
        failure_threshold: FailureThreshold::new(1).unwrap(),
        ..Endpoint::new(Protocol::Https, "a.example.com")
    };
    let mut checks: BTreeMap<_, _> = ["one", "two"]
        .map(|name| (HealthCheckId::new(name), HealthCheck::new(Kind::Endpoint(endpoint.clone()))))
        .into();
    let alarm = Kind::NotProbed { type_name: "CLOUDWATCH_METRIC".to_owned() };
    checks.insert(HealthCheckId::new("alarm"), HealthCheck::new(alarm));
    let mut evaluator = Evaluator::new(checks, 1).unwrap();
    for check in failing {
        evaluator.observe(&HealthCheckId::new(*check), 0, Probe::Failed, Duration::ZERO).unwrap();
    }
    evaluator
}

fn ask(zone: &HostedZone, name: &str, record_type: &str, health: &Evaluator) -> Result<Answer, NoAnswer> {
    zone.answer(&DomainName::new(name), record_type, health)
}

fn aliased(target: &str) -> Answer {
    Answer::Alias { target: DomainName::new(target), ttl: ALIAS_TTL }
}

fn valued(record_type: &str, value: &str) -> Answer {
    let (record_type, values) = (record_type.to_owned(), vec![value.to_owned()]);
    Answer::Values { record_type, values, ttl: Duration::from_secs(10) }
}

#[test]
fn failover_follows_the_health_of_both() {
    use FailoverRole::{Primary, Secondary};
    let with = |secondary| {
        zone([
            failover(Primary, alias("d-1.example.net", false), Some("one")),
            failover(Secondary, alias("d-2.example.net", false), secondary),
        ])
    };
    let checked = with(Some("two"));
    for (failing, expected) in [
        (&[][..], "d-1.example.net"),
        (&["one"], "d-2.example.net"),
        (&["two"], "d-1.example.net"),
        // If neither is healthy, the primary answers.
        (&["one", "two"], "d-1.example.net"),
    ] {
        assert_eq!(ask(&checked, NAME, "A", &health(failing)), Ok(aliased(expected)), "{failing:?}");
    }
    // A record without a health check is always healthy.
    assert_eq!(ask(&with(None), NAME, "A", &health(&["one"])), Ok(aliased("d-2.example.net")));
}

#[test]
fn an_alias_depends_on_its_target_only_if_it_says_so() {
    use FailoverRole::{Primary, Secondary};
    for (evaluate, expected) in [(true, "192.0.2.2"), (false, "192.0.2.1")] {
        let group = zone([
            failover(Primary, alias("use1.example.com", evaluate), None),
            failover(Secondary, alias("use2.example.com", evaluate), None),
            Record {
                health_check: Some(HealthCheckId::new("one")),
                ..record("use1.example.com", "A", values(&["192.0.2.1"]))
            },
            record("use2.example.com", "A", values(&["192.0.2.2"])),
        ]);
        // An alias within the zone answers with the target's values and TTL.
        assert_eq!(ask(&group, NAME, "A", &health(&["one"])), Ok(valued("A", expected)));
    }
}

#[test]
fn absence_has_its_kinds() {
    let group = zone([
        record("example.com", "NS", values(&["ns-1.example.net"])),
        record("a.b.example.com", "A", values(&["192.0.2.1"])),
    ]);
    let health = health(&[]);
    assert_eq!(ask(&group, "example.net", "A", &health), Err(NoAnswer::OtherZone));
    assert_eq!(ask(&group, "c.example.com", "A", &health), Err(NoAnswer::NoSuchName));
    assert_eq!(ask(&group, "a.b.example.com", "TXT", &health), Err(NoAnswer::NoSuchType));
    // Nothing has this name, and something lies below it.
    assert_eq!(ask(&group, "b.example.com", "A", &health), Err(NoAnswer::NoSuchType));
    assert_eq!(ask(&group, "EXAMPLE.com.", "ns", &health), Ok(valued("NS", "ns-1.example.net")));
}

#[test]
fn a_cname_answers_for_every_type() {
    let group = zone([record("www.example.com", "CNAME", values(&["pay.example.com"]))]);
    for record_type in ["A", "TXT", "CNAME"] {
        assert_eq!(ask(&group, "www.example.com", record_type, &health(&[])), Ok(valued("CNAME", "pay.example.com")));
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    use FailoverRole::{Primary, Secondary};
    let reason = |zone: &HostedZone, name: &str, failing: &[&str]| match ask(zone, name, "A", &health(failing)) {
        Err(NoAnswer::NotEvaluable(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let alarmed = zone([
        failover(Primary, values(&["192.0.2.1"]), Some("alarm")),
        failover(Secondary, values(&["192.0.2.2"]), Some("two")),
    ]);
    assert_eq!(reason(&alarmed, NAME, &[]), "pay.example.com depends on alarm, whose status no probe tells");
    // With the secondary unhealthy, the primary answers either way.
    assert_eq!(ask(&alarmed, NAME, "A", &health(&["two"])), Ok(valued("A", "192.0.2.1")));
    let weighted =
        zone([Record { routing: Routing::Other("weighted".to_owned()), ..record(NAME, "A", values(&["192.0.2.1"])) }]);
    assert_eq!(reason(&weighted, NAME, &[]), "pay.example.com has weighted routing, which is not evaluated");
    let wildcard = zone([record("\\052.example.com", "A", values(&["192.0.2.1"]))]);
    assert_eq!(reason(&wildcard, NAME, &[]), "the wildcard record \\052.example.com is not evaluated");
    let circle = zone([record(NAME, "A", alias(NAME, true))]);
    assert_eq!(reason(&circle, NAME, &[]), "the alias pay.example.com leads to itself");
    let unknown = zone([
        failover(Primary, values(&["192.0.2.1"]), Some("gone")),
        failover(Secondary, values(&["192.0.2.2"]), None),
    ]);
    assert_eq!(reason(&unknown, NAME, &[]), "pay.example.com depends on the health check gone, which is not known");
}
