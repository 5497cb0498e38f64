//! Recovery time and recovery point, of dr-synth's own documents and of others.

use dr_synth::proof::model;
use dr_synth::proof::objectives::{
    Assessment, Evidence, GivenTargets, Measured, Source, Verdict, agreement, objectives,
};
use dr_synth::settings::objectives::PROMOTION_SECONDS;
use dr_synth::settings::{FailoverMode, Settings};
use dr_synth::stack;
use dr_synth::terraform::evaluation::Inputs;
use dr_synth::terraform::{Configuration, parse};
use serde_json::{Value, json};

fn of_text(text: &str, wanted: GivenTargets) -> Assessment {
    let module = parse::document(text).expect("a configuration");
    objectives(&model::from_configuration(&Configuration::from(module), &Inputs::default()), wanted)
}

fn text_of(settings: &Settings) -> String {
    let document = stack::build(settings).document().expect("a document");
    String::from_utf8(document.to_bytes()).expect("text")
}

fn of_settings(settings: &Settings) -> Assessment {
    of_text(&text_of(settings), GivenTargets::default())
}

fn of(resources: &Value, rto_seconds: f64) -> Assessment {
    let providers = json!([{"region": "us-east-1"}, {"alias": "other", "region": "us-west-2"}]);
    let mut configuration = json!({"provider": {"aws": providers}, "variable": {"given": {}}});
    if resources.as_object().is_some_and(|blocks| !blocks.is_empty()) {
        configuration["resource"] = resources.clone();
    }
    of_text(&configuration.to_string(), GivenTargets { rto_seconds: Some(rto_seconds), rpo_seconds: Some(60.0) })
}

/// Two failover records, the first with this health check.
fn pair(check: &Value, ttl: u32) -> Value {
    let record = |role: &str, extra: Value| {
        let mut record = json!({"name": "a.example.com", "type": "CNAME", "zone_id": "Z", "ttl": ttl, "records": [role],
            "set_identifier": role, "failover_routing_policy": {"type": role}});
        record.as_object_mut().expect("an object").extend(extra.as_object().cloned().unwrap_or_default());
        record
    };
    json!({
        "aws_route53_health_check": {"one": check},
        "aws_route53_record": {
            "first": record("PRIMARY", json!({"health_check_id": "${aws_route53_health_check.one.id}"})),
            "second": record("SECONDARY", json!({})),
        },
    })
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.05
}

fn why(found: &Assessment, name: &str) -> String {
    let way = found.recovery_time.ways.iter().find(|way| way.name.starts_with(name)).expect(name);
    way.steps.as_ref().expect_err("it cannot be told").clone()
}

#[test]
fn the_default_document_meets_what_it_declares() {
    let found = of_settings(&Settings::default());
    assert!(!found.fail());
    let [rto, rpo] = [&found.targets.rto, &found.targets.rpo].map(|target| target.as_ref().expect("a target").seconds);
    assert!(close(rto, 300.0) && close(rpo, 60.0), "{rto} {rpo}");
    let time = &found.recovery_time;
    let total = time.total.expect("a total");
    assert_eq!(time.verdict, Verdict::Met);
    assert!(total.best < total.expected && total.expected < total.worst && total.worst < 300.0, "{total:?}");
    let longest = time.longest_promotion.expect("a promotion");
    // What stays for the promotion is what the rest leaves of the objective.
    assert!(close(longest, 300.0 - (total.worst - 120.0)), "{longest}");
    let called = time.people_are_called_after.expect("a limit");
    assert!(called.best < called.expected && called.expected < called.worst, "{called:?}");
}

#[test]
fn every_number_has_a_source_that_is_there() {
    let document = text_of(&Settings::default());
    let found = of_text(&document, GivenTargets::default());
    let steps: Vec<_> = found.recovery_time.ways.iter().flat_map(|way| way.steps.as_ref().expect("steps")).collect();
    assert!(steps.len() > 10, "{}", steps.len());
    for step in steps {
        assert!(!step.sources.is_empty() && !step.arithmetic.is_empty(), "{}", step.name);
        assert!(step.evidence != Evidence::Observed, "{}: nothing was measured on AWS", step.name);
        for source in &step.sources {
            let Source::Field { address, .. } = source else { continue };
            let name = address.split('.').nth(1).expect("a name");
            assert!(document.contains(&format!("\"{name}\": {{")), "{address}");
        }
    }
}

#[test]
fn a_person_in_the_way_is_no_number() {
    for (mode, said) in
        [(FailoverMode::Approve, "AskForApproval"), (FailoverMode::Manual, "only when a person starts it")]
    {
        let found = of_settings(&Settings { failover_mode: mode, ..Settings::default() });
        let reason = why(&found, "database");
        assert!(reason.contains(said), "{reason}");
        assert_eq!(found.recovery_time.verdict, Verdict::CannotTell);
        assert!(found.fail());
    }
}

#[test]
fn another_objective_is_held_against_the_same_numbers() {
    let document = text_of(&Settings::default());
    let found = of_text(&document, GivenTargets { rto_seconds: Some(120.0), rpo_seconds: Some(10.0) });
    assert_eq!(found.recovery_time.verdict, Verdict::Missed);
    let missed: Vec<&str> = found
        .recovery_points
        .iter()
        .filter(|point| point.left_out.is_none() && point.verdict == Verdict::Missed)
        .map(|point| point.store.as_str())
        .collect();
    assert_eq!(missed, ["aws_dynamodb_table.primary_sessions", "aws_rds_cluster.primary_database"]);
}

#[test]
fn buckets_are_listed_as_what_they_are() {
    let found = of_settings(&Settings::default());
    let bucket =
        found.recovery_points.iter().find(|point| point.store == "aws_s3_bucket.primary_receipts").expect("it");
    assert_eq!((bucket.verdict, bucket.left_out.is_some()), (Verdict::Missed, true));
}

#[test]
fn dns_alone_takes_what_its_checks_take() {
    for (check, ttl, worst) in [
        (
            json!({"type": "HTTPS", "fqdn": "x", "request_interval": 30, "failure_threshold": 3}),
            300,
            3.0 * 36.0 + 300.0,
        ),
        (json!({"type": "HTTPS", "fqdn": "x", "request_interval": 10, "failure_threshold": 2}), 30, 2.0 * 16.0 + 30.0),
        (json!({"type": "HTTP_STR_MATCH", "fqdn": "x", "search_string": "ok"}), 60, 3.0 * 38.0 + 60.0),
        (json!({"type": "TCP", "ip_address": "192.0.2.1", "request_interval": 10}), 60, 3.0 * 20.0 + 60.0),
    ] {
        let found = of(&pair(&check, ttl), 200.0);
        let total = found.recovery_time.total.expect("a total");
        assert!(close(total.worst, worst) && total.expected < total.worst, "{check}: {total:?}");
        assert_eq!(found.recovery_time.verdict, if worst <= 200.0 { Verdict::Met } else { Verdict::Missed });
        assert_eq!(found.recovery_time.longest_promotion, None);
    }
}

#[test]
fn what_does_not_change_an_answer_says_why() {
    for (check, said) in [
        (json!({"type": "CLOUDWATCH_METRIC", "cloudwatch_alarm_name": "a"}), "not probed"),
        (json!({"type": "HTTPS", "fqdn": "x", "disabled": true}), "stays healthy"),
        (json!({"type": "HTTPS", "fqdn": "x", "request_interval": 20}), "neither 10 nor 30"),
        (json!({"type": "HTTPS", "fqdn": "x", "failure_threshold": 11}), "not from 1 to 10"),
        (json!({"type": "CALCULATED", "child_healthchecks": ["abc"], "child_health_threshold": 1}), "abc"),
        (json!({"type": "HTTPS", "fqdn": "x", "request_interval": "${var.given}"}), "request_interval"),
    ] {
        let reason = why(&of(&pair(&check, 60), 300.0), "traffic");
        assert!(reason.contains(said), "{check}: {reason}");
    }
}

#[test]
fn a_name_without_a_secondary_that_answers_otherwise_fails_over_to_nothing_that_is_known() {
    let check =
        json!({"type": "HTTPS", "fqdn": "a.example.net", "port": 443, "request_interval": 10, "failure_threshold": 3});
    let mut alone = pair(&check, 60);
    alone["aws_route53_record"].as_object_mut().unwrap().remove("second");
    assert!(why(&of(&alone, 300.0), "traffic").contains("SECONDARY"));
    let mut elsewhere = pair(&check, 60);
    elsewhere["aws_route53_record"]["second"]["zone_id"] = json!("another");
    assert!(why(&of(&elsewhere, 300.0), "traffic").contains("SECONDARY"));
    let mut same = pair(&check, 60);
    same["aws_route53_record"]["second"]["records"] = json!(["PRIMARY"]);
    assert!(why(&of(&same, 300.0), "traffic").contains("same"));
    assert!(of(&pair(&check, 60), 300.0).recovery_time.total.is_some());
}

#[test]
fn every_database_that_waits_for_a_promotion_is_a_way() {
    let mut resources = pair(&json!({"type": "TCP", "ip_address": "192.0.2.1", "port": 443}), 60);
    resources["aws_rds_cluster"] = json!({
        "a": {"cluster_identifier": "a", "engine": "aurora-mysql", "master_username": "u"},
        "b": {"provider": "aws.other", "cluster_identifier": "b", "engine": "aurora-mysql", "replication_source_identifier": "${aws_rds_cluster.a.arn}"},
    });
    resources["aws_db_instance"] = json!({
        "a": {"identifier": "a", "engine": "mysql", "backup_retention_period": 7},
        "b": {"provider": "aws.other", "identifier": "b", "replicate_source_db": "${aws_db_instance.a.arn}"},
    });
    let found = of(&resources, 300.0);
    let names: Vec<&str> = found.recovery_time.ways.iter().map(|way| way.name.as_str()).collect();
    assert_eq!(names, ["traffic: a.example.com", "database: aws_rds_cluster.b", "database: aws_db_instance.b"]);
    assert!(found.recovery_time.total.is_none());
}

#[test]
fn what_starts_a_machine_is_named_whatever_it_is() {
    let machine = json!({"name": "m", "role_arn": "r", "definition": json!({"StartAt": "P", "States": {
        "P": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:failoverGlobalCluster", "End": true}}}).to_string()});
    let resources = |target: Value| {
        json!({
            "aws_rds_global_cluster": {"g": {"global_cluster_identifier": "g", "engine": "aurora-postgresql"}},
            "aws_sfn_state_machine": {"m": machine},
            "aws_cloudwatch_event_target": {"t": {"rule": "r", "arn": target}},
        })
    };
    let started = of(&resources(json!("${aws_sfn_state_machine.m.arn}")), 300.0);
    assert!(
        why(&started, "database").contains("aws_cloudwatch_event_target.t starts aws_sfn_state_machine.m"),
        "{}",
        why(&started, "database")
    );
    let alone = of(&resources(json!("arn:aws:sns:us-east-1:1:x")), 300.0);
    assert!(why(&alone, "database").contains("is seen to start"), "{}", why(&alone, "database"));
}

#[test]
fn nothing_that_fails_over_is_no_number() {
    let found = of(&json!({}), 300.0);
    assert_eq!((found.recovery_time.total, found.recovery_time.verdict), (None, Verdict::CannotTell));
    assert!(why(&found, "traffic").contains("failover routing"));
}

#[test]
fn a_database_that_nobody_promotes_is_no_number() {
    let mut resources = pair(&json!({"type": "HTTPS", "fqdn": "x"}), 60);
    let members = json!({
        "aws_rds_global_cluster": {"g": {"global_cluster_identifier": "g", "engine": "aurora-postgresql"}},
        "aws_rds_cluster": {
            "a": {"global_cluster_identifier": "${aws_rds_global_cluster.g.id}", "master_username": "m"},
            "b": {"global_cluster_identifier": "${aws_rds_global_cluster.g.id}", "provider": "aws.other"},
        },
    });
    resources.as_object_mut().expect("an object").extend(members.as_object().cloned().unwrap_or_default());
    let found = of(&resources, 300.0);
    assert!(why(&found, "database").contains("no state machine"), "{}", why(&found, "database"));
    // How the traffic moves is known all the same.
    assert!(found.recovery_time.ways[0].total().is_some() && found.recovery_time.total.is_none());
}

#[test]
fn a_function_of_somebody_else_decides_by_code_that_is_not_known() {
    let mut resources = pair(&json!({"type": "HTTPS", "fqdn": "x"}), 60);
    let definition = json!({"StartAt": "Go", "States": {"Go": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::aws-sdk:rds:failoverGlobalCluster"}}});
    let others = json!({
        "aws_rds_global_cluster": {"g": {"global_cluster_identifier": "g"}},
        "aws_sfn_state_machine": {"m": {"name": "m", "role_arn": "r", "definition": definition.to_string()}},
        "aws_lambda_function": {"f": {"function_name": "f", "role": "r", "handler": "own.handler",
            "environment": {"variables": {"MACHINE": "${aws_sfn_state_machine.m.arn}"}}}},
    });
    resources.as_object_mut().expect("an object").extend(others.as_object().cloned().unwrap_or_default());
    let reason = why(&of(&resources, 300.0), "database");
    assert!(reason.contains("aws_lambda_function.f") && reason.contains("code"), "{reason}");
}

#[test]
fn a_zone_costs_what_its_instances_need() {
    let zone = |instance: Value| {
        let mut resources = pair(&json!({"type": "HTTPS", "fqdn": "x"}), 60);
        resources.as_object_mut().expect("an object").insert("aws_db_instance".to_owned(), json!({"d": instance}));
        let found = of(&resources, 3_600.0);
        found.scenarios.into_iter().find(|time| time.scenario == dr_synth::proof::Scenario::Zone).expect("it").seconds
    };
    assert_eq!(zone(json!({"identifier": "d", "multi_az": true})), Some(120.0));
    assert_eq!(zone(json!({"identifier": "d"})), None);
    assert_eq!(zone(json!({"identifier": "d", "multi_az": "${var.given}"})), None);
}

#[test]
fn a_game_day_is_held_against_what_is_computed_and_simulated() {
    let text = stack::build(&Settings::default()).document().expect("a document").to_string();
    let module = parse::document(&text).expect("a configuration");
    let model = model::from_configuration(&Configuration::from(module), &Inputs::default());
    let day = Measured {
        detection_seconds: 95.0,
        request_seconds: 96.0,
        first_write_seconds: 2.0,
        longest_wait_seconds: 110.0,
    };
    let of = |measured| agreement(&model, measured, 1_000, 1).expect("an agreement");
    assert!(of(day).holds(), "{:?}", of(day));
    let late = of(Measured { first_write_seconds: 30.0, ..day });
    assert!(late.is_within() && !late.holds(), "{late:?}");
    let never = of(Measured { longest_wait_seconds: 400.0, ..day });
    assert!(!never.is_within() && !never.holds(), "{never:?}");
    // A day that detects later is computed as such.
    let (early, later) = (of(day), of(Measured { detection_seconds: 105.0, request_seconds: 106.0, ..day }));
    assert!((later.computed_for_the_day - early.computed_for_the_day - 10.0).abs() < 1e-9);
    let nothing = parse::document("{\"locals\": {\"a\": 1}}").expect("a configuration");
    let nothing = model::from_configuration(&Configuration::from(nothing), &Inputs::default());
    assert!(agreement(&nothing, day, 10, 1).is_err());
}

/// The documents say that people are called once the objective is used up: the machine's own numbers have to say so too.
#[test]
fn people_are_called_when_the_objective_is_used_up_and_not_before_a_slow_promotion_ends() {
    let settings = Settings::default();
    let limit = f64::from(settings.objectives().promotion_limit_seconds());
    let called = of_settings(&settings).recovery_time.people_are_called_after.expect("a limit");
    assert!(called.expected <= limit && called.expected > 0.95 * limit, "{called:?}, and the limit is {limit} s");
    assert!(
        called.best > f64::from(PROMOTION_SECONDS),
        "a promotion as it is planned with would call people: {called:?}"
    );
}
