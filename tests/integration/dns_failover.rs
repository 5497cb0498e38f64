//! DNS failover as the stack's own document has it.

use std::collections::BTreeMap;
use std::time::Duration;

use dr_synth::dns_failover::{
    Answer, Detection, DnsBlocks, DomainName, Evaluator, HealthCheckId, HostedZone, NoAnswer, Probe, Status,
    Undetected, Unread, read_module,
};
use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::terraform::Module;
use dr_synth::terraform::parse;

const ENDPOINT: &str = "aws_route53_health_check.primary_endpoint";
const LATCH: &str = "aws_route53_health_check.dr_latch";
const TAKES_TRAFFIC: &str = "aws_route53_health_check.primary_takes_traffic";
const FAILOVER_NAME: &str = "local.failover_domain";
const CHECKERS: usize = 3;

/// What the finished document says, read back from its text.
fn stack() -> DnsBlocks {
    let document = stack::build(&Settings::default()).document().unwrap();
    read_module(&parse::document(&document.to_string()).unwrap())
}

fn parsed(document: &str) -> Module {
    parse::document(document).unwrap()
}

fn observe(evaluator: &mut Evaluator, check: &str, probe: Probe, times: usize) {
    for _ in 0..times {
        for checker in 0..CHECKERS {
            evaluator.observe(&HealthCheckId::new(check), checker, probe, Duration::ZERO).unwrap();
        }
    }
}

#[test]
fn the_answer_is_another_one_within_two_minutes() {
    let blocks = stack();
    let detection = |record: &str| Detection::worst_case(&blocks.records[record], &blocks.checks);
    let address = detection("aws_route53_record.primary_failover").unwrap();
    assert_eq!(address.to_string(), "3 x (10 s + 6 s) + 60 s = 108 s");
    let witness = detection("aws_route53_record.primary_active_region").unwrap();
    assert_eq!(witness.to_string(), "3 x (10 s + 6 s) + 10 s = 58 s");
    assert_eq!(detection("aws_route53_record.dr_failover"), Err(Undetected::NoHealthCheck));
}

#[test]
fn the_records_follow_endpoint_and_latch() {
    let DnsBlocks { checks, records, .. } = stack();
    // Terraform knows the zone's name only when it runs, and the records' names begin with an expression.
    let zone = HostedZone { name: DomainName::new(""), records: records.into_values().collect() };
    let mut evaluator = Evaluator::new(checks, CHECKERS).unwrap();
    let region = |evaluator: &Evaluator| {
        let Answer::Alias { target, .. } = zone.answer(&DomainName::new(FAILOVER_NAME), "A", evaluator).unwrap() else {
            panic!("the failover name is no alias");
        };
        target.as_str().split(['.', '_']).nth(5).map(ToOwned::to_owned)
    };
    // A new inverted check is unhealthy until there is enough data, so right after the first apply DNS leads to DR.
    assert_eq!(region(&evaluator).as_deref(), Some("dr"));
    observe(&mut evaluator, LATCH, Probe::Failed, 3);
    assert_eq!(region(&evaluator).as_deref(), Some("primary"));
    observe(&mut evaluator, ENDPOINT, Probe::Failed, 2);
    assert_eq!(region(&evaluator).as_deref(), Some("primary"));
    observe(&mut evaluator, ENDPOINT, Probe::Failed, 1);
    assert_eq!(region(&evaluator).as_deref(), Some("dr"));
    observe(&mut evaluator, LATCH, Probe::Passed, 3);
    observe(&mut evaluator, ENDPOINT, Probe::Passed, 3);
    assert_eq!(evaluator.status(&HealthCheckId::new(TAKES_TRAFFIC)), Some(Status::Unhealthy));
    assert_eq!(region(&evaluator).as_deref(), Some("dr"));
}

#[test]
fn what_is_not_known_before_terraform_runs_is_named() {
    let blocks = read_module(&parsed(
        r#"{"resource": {
            "aws_route53_health_check": {
                "varied": {"type": "HTTPS", "request_interval": "${var.interval}"},
                "odd": {"type": "HTTP", "request_interval": 20},
                "plain": {"type": "HTTP", "fqdn": "a.example.com", "resource_path": "health", "failure_threshold": "5"},
                "alarm": {"type": "CLOUDWATCH_METRIC", "cloudwatch_alarm_name": "lag"}
            },
            "aws_route53_record": {
                "elsewhere": {"name": "a.example.com", "type": "A", "ttl": 5, "records": ["192.0.2.1"],
                    "health_check_id": "${var.check}"},
                "weighted": {"name": "b.example.com", "type": "A", "ttl": 5, "records": ["192.0.2.1"],
                    "set_identifier": "one", "weighted_routing_policy": {"weight": 1}}
            }
        }}"#,
    ));
    let unread: Vec<_> =
        blocks.unread.iter().map(|Unread { address, reason }| format!("{address}: {reason}")).collect();
    assert_eq!(
        unread,
        [
            "aws_route53_health_check.varied: request_interval is var.interval, not a number that is known before \
             Terraform runs",
            "aws_route53_health_check.odd: request_interval is neither 10 nor 30",
            "aws_route53_record.elsewhere: var.check names no health check of this module",
        ]
    );
    let plain = &blocks.checks[&HealthCheckId::new("aws_route53_health_check.plain")];
    let endpoint = plain.probed_endpoint().unwrap();
    assert_eq!(endpoint.to_string(), "http://a.example.com/health");
    assert_eq!((endpoint.failure_threshold.probes(), endpoint.interval.duration().as_secs()), (5, 30));
    let evaluator = Evaluator::new(blocks.checks, CHECKERS).unwrap();
    assert_eq!(evaluator.status(&HealthCheckId::new("aws_route53_health_check.alarm")), Some(Status::Unknown));
    let records: BTreeMap<_, _> = blocks.records;
    let zone = HostedZone { name: DomainName::new("example.com"), records: records.into_values().collect() };
    let answer = zone.answer(&DomainName::new("b.example.com"), "A", &evaluator);
    assert!(matches!(answer, Err(NoAnswer::NotEvaluable(reason)) if reason.contains("weighted")));
}
