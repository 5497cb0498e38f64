//! Topics that exist and replace those of the stack.

use dr_synth::settings::{FailoverMode, Feature, Features, Settings};
use serde_json::{Value, json};

use super::{document, resources};
use crate::common::dr_synth;

const REGIONS: [(&str, &str); 2] = [("primary", "us-east-1"), ("dr", "us-east-2")];
const ALERTS: &str = "arn:aws:sns:us-east-1:123456789012:on-call";

fn existing() -> Settings {
    Settings { existing_topics: true, features: Features::all(), ..Settings::default() }
}

fn values() -> Vec<String> {
    let topics = REGIONS.map(|(role, region)| {
        ["alert", "event"]
            .map(|topic| format!("--var {role}_{topic}_topic_arn=arn:aws:sns:{region}:123456789012:on-call"))
    });
    topics.concat()
}

#[test]
fn none_is_made_and_each_is_looked_at() {
    let document = document(&existing());
    let made = ["aws_sns_topic", "aws_sns_topic_policy", "aws_sns_topic_subscription"];
    assert!(made.iter().all(|type_name| document["resource"][*type_name].is_null()));
    for (role, region) in REGIONS {
        for (topic, purpose) in [("alert", "alerts"), ("event", "events")] {
            let variable = format!("{role}_{topic}_topic_arn");
            let data = &document["data"]["aws_sns_topic"][format!("{role}_{purpose}")];
            assert_eq!(data["name"], format!("${{element(split(\":\", var.{variable}), 5)}}"), "{data}");
            let condition = data["lifecycle"]["postcondition"][0]["condition"].as_str().unwrap();
            assert_eq!(condition, format!("${{self.arn == var.{variable}}}"));
            let declared = &document["variable"][&variable];
            assert!(declared["default"].is_null() && declared["nullable"] == json!(false), "{declared}");
            assert!(declared.to_string().contains(&format!("arn:aws:sns:{region}:")), "{declared}");
        }
    }
}

/// Alarms, budgets, databases, functions and machines: whatever named the own topic names the existing one.
#[test]
fn everything_that_tells_somebody_tells_the_topic_of_its_region() {
    let document = document(&existing());
    let arn = |role: &str, purpose: &str| format!("${{data.aws_sns_topic.{role}_{purpose}.arn}}");
    let mut alarms = 0;
    for (_, name, body) in resources(&document).filter(|(type_name, ..)| *type_name == "aws_cloudwatch_metric_alarm") {
        let role = name.split('_').next().unwrap();
        // One that ends an experiment tells nobody.
        if body["alarm_actions"].is_null() {
            continue;
        }
        assert_eq!(body["alarm_actions"], json!([arn(role, "alerts")]), "{name}");
        alarms += 1;
    }
    assert!(alarms > 20, "{alarms}");
    let text = |type_name: &str, name: &str| document["resource"][type_name][name].to_string();
    for (role, _) in REGIONS {
        assert!(text("aws_db_event_subscription", &format!("{role}_database")).contains(&arn(role, "alerts")));
        for rule in ["backup_failures", "config_compliance"] {
            let target = text("aws_cloudwatch_event_target", &format!("{role}_{rule}"));
            assert!(target.contains(&arn(role, "events")), "{target}");
        }
    }
    for (type_name, name) in [
        ("aws_budgets_budget", "dr_budget"),
        ("aws_lambda_function", "dr_failover_detector"),
        ("aws_lambda_function", "dr_failover_watcher"),
        ("aws_sfn_state_machine", "dr_failover_machine"),
    ] {
        assert!(text(type_name, name).contains("data.aws_sns_topic.dr_alerts.arn"), "{type_name}.{name}");
    }
    for (role, _) in REGIONS {
        assert_eq!(document["output"][format!("sns_topic_{role}_arn")]["value"], arn(role, "alerts"));
    }
}

/// The key is whatever the owner has chosen, so what binds its use is the topic.
#[test]
fn roles_may_use_a_key_for_that_topic_only() {
    let document = document(&existing());
    let mut found = 0;
    for (_, name, body) in resources(&document).filter(|(type_name, ..)| *type_name == "aws_iam_role_policy") {
        let policy = body["policy"].to_string();
        if policy.contains("sns:Publish") {
            assert!(policy.contains("kms:EncryptionContext:aws:sns:topicArn"), "{name}: {policy}");
            assert!(policy.contains("kms:ViaService"), "{name}: {policy}");
            found += 1;
        }
    }
    assert_eq!(found, 5, "the detector, the watcher and the three machines");
}

#[test]
fn the_owner_is_given_what_topics_and_their_keys_need() {
    let document = document(&existing());
    for (role, _) in REGIONS {
        let statements = |name: &str| document["output"][format!("{role}_{name}_statements")]["value"].to_string();
        for service in ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "events.rds.amazonaws.com"] {
            let topic = statements("alert_topic");
            assert!(topic.contains(service) && topic.contains("aws:SourceAccount"), "{topic}");
            assert!(statements("alert_topic_key").contains(service));
        }
        // A condition would make EventBridge mute.
        let events = statements("event_topic");
        assert!(events.contains("events.amazonaws.com") && !events.contains("Condition"), "{events}");
        assert!(statements("event_topic_key").contains("kms:GenerateDataKey*"));
        let key = document["resource"]["aws_kms_key"][format!("{role}_operations")].to_string();
        assert!(!key.contains("topicArn"), "no topic of the stack is left to encrypt: {key}");
    }
}

/// With keys that exist, too, the owner of the operations key is not asked for what no topic of the stack needs.
#[test]
fn an_existing_operations_key_need_not_encrypt_topics() {
    let document = document(&Settings { existing_keys: true, ..existing() });
    let statements = document["output"]["dr_operations_key_statements"]["value"].to_string();
    assert!(statements.contains("logs.us-east-2") && !statements.contains("cloudwatch.amazonaws.com"), "{statements}");
}

/// Who is subscribed is not known: nothing is warned of, and a person may have to decide.
#[test]
fn subscriptions_are_the_owners() {
    for mode in [FailoverMode::Automatic, FailoverMode::Approve, FailoverMode::Manual] {
        let document = document(&Settings { failover_mode: mode, ..existing() });
        assert!(document["check"]["alert_subscribers"].is_null());
        let machine = &document["resource"]["aws_sfn_state_machine"]["dr_failover_machine"];
        assert!(machine["lifecycle"]["precondition"].is_null(), "{mode:?}");
    }
}

#[test]
fn route_53s_alarms_tell_a_topic_of_their_own_region() {
    let region = |name: &str| name.parse().unwrap();
    let settings = Settings { primary_region: region("eu-west-1"), dr_region: region("eu-central-1"), ..existing() };
    let document = document(&settings);
    let data = &document["data"]["aws_sns_topic"]["route53_metrics_alerts"];
    assert_eq!(data["provider"], "aws.route53_metrics");
    let variable = document["variable"]["route53_metrics_alert_topic_arn"].to_string();
    assert!(variable.contains("arn:aws:sns:us-east-1:"), "{variable}");
    assert!(document["resource"]["aws_kms_key"]["route53_metrics_operations"].is_null());
    assert!(document["output"]["route53_metrics_alert_topic_statements"].is_object());
}

#[test]
fn without_events_there_is_no_topic_of_them() {
    for (features, has_events) in [
        (Features::none(), false),
        (Features::none().with(Feature::Backup), true),
        (Features::none().with(Feature::Config), true),
    ] {
        let document = document(&Settings { features, ..existing() });
        assert_eq!(document["variable"]["dr_event_topic_arn"].is_object(), has_events);
        assert_eq!(document["data"]["aws_sns_topic"]["dr_events"].is_object(), has_events);
    }
}

/// What is asked of the document with the values, as `dr-synth evaluate` answers it.
fn evaluate(value: &str, expression: &str) -> (i32, String) {
    let document = dr_synth("--existing-topics").succeed().stdout();
    let flags = format!("evaluate {} {value} . {expression}", values().join(" "));
    let run = dr_synth(&flags).file("main.tf.json", &document).finish();
    (run.status(), run.stdout())
}

#[test]
fn what_is_no_standard_topic_of_the_region_is_refused() {
    assert_eq!(evaluate("", "var.primary_alert_topic_arn"), (0, format!("\"{ALERTS}\"\n")));
    for wrong in [
        "arn:aws:sns:us-east-2:123456789012:on-call",
        "arn:aws:sns:us-east-1:123456789012:on-call.fifo",
        "arn:aws:sns:us-east-1:123456789012:on-call:6b0e71bd-7e97-4d97-80ce-4a0994e55286",
        "arn:aws:sqs:us-east-1:123456789012:on-call",
        "on-call",
    ] {
        let (status, said) = evaluate(&format!("--var primary_alert_topic_arn={wrong}"), "var.primary_alert_topic_arn");
        assert_eq!(status, 2, "{wrong}");
        assert!(said.contains("standard topic in us-east-1, not of a FIFO topic"), "{wrong}: {said}");
    }
}

#[test]
fn an_address_that_nothing_would_reach_is_refused() {
    for (variable, address) in
        [("alert_emails", "ops@example.com"), ("alert_https_endpoints", "https://pager.example.com/x")]
    {
        let (status, said) = evaluate(&format!("--var {variable}=[\"{address}\"]"), &format!("var.{variable}"));
        assert_eq!(status, 2, "{variable}");
        assert!(said.contains(&format!("{variable} must be empty")), "{said}");
        assert!(said.contains("primary_alert_topic_arn"), "{said}");
    }
}

/// It would be a line that people fill in.
#[test]
fn the_example_of_values_does_not_ask_for_subscribers() {
    let run = dr_synth("--existing-topics --out .").succeed();
    let example = run.read("terraform.tfvars.example");
    assert!(example.contains("\n#alert_emails = []\n"), "{example}");
    assert!(example.contains("\ndr_alert_topic_arn = \"\"\n"), "{example}");
}

/// Each topic that an event rule sends to takes what `EventBridge` publishes.
#[test]
fn own_topics_of_events_admit_event_bridge() {
    for features in [Features::all(), Features::none().with(Feature::Config), Features::none().with(Feature::Backup)] {
        let document = document(&Settings { features, ..Settings::default() });
        let mut found = 0;
        for (_, name, body) in
            resources(&document).filter(|(type_name, ..)| *type_name == "aws_cloudwatch_event_target")
        {
            let Some(topic) = body["arn"].as_str().unwrap().strip_prefix("${aws_sns_topic.") else { continue };
            let topic = topic.strip_suffix(".arn}").unwrap();
            let policy: &Value = &document["resource"]["aws_sns_topic_policy"][topic]["policy"];
            assert!(policy.to_string().contains("events.amazonaws.com"), "{name} is lost at {topic}: {policy}");
            found += 1;
        }
        assert!(found >= 2, "{found}");
    }
}
