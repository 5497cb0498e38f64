//! Every variable with a validation takes a value that fits it and refuses one that does not, as the evaluator has it: `check`, `cost`
//! and the others stop where they believe a value to be refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use dr_synth::settings::Settings;
use dr_synth::terraform::Configuration;
use dr_synth::terraform::evaluation::{Evaluator, Input, Inputs, ModuleId, ModuleTree, NoSchemas};
use dr_synth::terraform::parse;

use super::document;

/// A variable, text that its type reads as a value that fits, and one that does not.
const VALUES: [(&str, &str, &str); 38] = [
    ("alert_emails", r#"["on-call@example.org"]"#, r#"["nobody"]"#),
    ("alert_https_endpoints", r#"["https://pager.example.org/a?b=c"]"#, r#"["http://pager.example.org"]"#),
    ("allowed_account_ids", r#"["123456789012"]"#, r#"["12345678901"]"#),
    ("api_burst_limit", "5000", "5001"),
    ("api_rate_limit", "10000", "0"),
    ("backup_retention_days", "14", "13"),
    ("database_backup_retention_days", "35", "36"),
    ("database_credentials_version", "2", "1.5"),
    ("database_engine_version", "17.10", "17"),
    ("database_instance_class", "db.r8g.2xlarge", "db.t4g.medium"),
    ("database_instances_per_region", "15", "16"),
    ("database_name", "ledger_2", "2ledger"),
    ("domain_name", "pay.example.co.uk", "example"),
    ("dr_provider_role_arn", "arn:aws:iam::123456789012:role/path/terraform", "terraform"),
    ("dr_vpc_cidr", "10.64.0.0/18", "10.64.0.0/21"),
    ("drill_schedule", "rate(14 days)", "every month"),
    ("environment_suffix", "blue-2", "Blue"),
    ("function_architecture", "x86_64", "arm"),
    ("function_endpoint_services", r#"["sqs"]"#, r#"["SQS"]"#),
    ("function_environment", r#"{ MODE = "strict" }"#, r#"{ AWS_REGION = "us-east-1" }"#),
    ("function_handler", "main.handler", "main handler"),
    ("function_memory_mb", "10240", "255"),
    ("function_package_path", "main.tf.json", "nowhere.zip"),
    (
        "function_permissions",
        r#"[{ actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:us-east-1:123456789012:orders"] }]"#,
        r#"[{ actions = [], resources = ["arn:aws:sqs:us-east-1:123456789012:orders"] }]"#,
    ),
    ("function_reserved_concurrency", "-1", "-2"),
    ("function_runtime", "nodejs24.x", "nodejs12.x"),
    ("hosted_zone_id", "Z2FDTNDATAQYW2", "example.org"),
    ("log_retention_days", "3653", "31"),
    ("monthly_budget_usd", "1", "0"),
    ("primary_provider_role_arn", "arn:aws-us-gov:iam::123456789012:role/t", "arn:aws:iam::1:role/t"),
    ("primary_vpc_cidr", "192.168.0.0/16", "11.0.0.0/16"),
    ("runbook_url", "https://wiki.example.org/runbook?id=7", "wiki.example.org"),
    ("tags", r#"{ "Größe: 1" = "", Owner = "platform@example.org" }"#, r#"{ Owner = "payments, platform" }"#),
    ("tags", r#"{ Team = "platform" }"#, r#"{ "aws:team" = "platform" }"#),
    ("tags", r#"{ Team = "a b" }"#, r#"{ Team = "a\tb" }"#),
    ("tags", r#"{ a = "" }"#, r#"{ "" = "a" }"#),
    ("traced_percent", "0", "101"),
    ("waf_rate_limit", "100", "99"),
];

#[test]
fn every_variable_takes_what_fits_and_refuses_what_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let document = document(&Settings::default());
    fs::write(folder.path().join("main.tf.json"), document.to_string()).unwrap();
    let configuration = Configuration::read(folder.path()).unwrap();
    let tree = ModuleTree::of_configuration(&configuration);
    let taken = |name: &str, text: &str| {
        let variables = BTreeMap::from([(name.to_owned(), Input::Text(text.to_owned()))]);
        let inputs = Inputs { variables, folder: Some(folder.path().to_owned()), ..Inputs::default() };
        let evaluator = Evaluator::new(&tree, &inputs, &NoSchemas);
        evaluator.evaluate(ModuleId::ROOT, &parse::expression(&format!("var.{name}")).unwrap())
    };
    for (name, fitting, broken) in VALUES {
        taken(name, fitting).unwrap_or_else(|error| panic!("{name} = {fitting}: {error}"));
        assert!(taken(name, broken).is_err(), "{name} = {broken} is taken");
    }
    let validated = document["variable"].as_object().unwrap().iter().filter(|(_, it)| it["validation"].is_array());
    let validated: BTreeSet<&str> = validated.map(|(name, _)| name.as_str()).collect();
    assert_eq!(VALUES.iter().map(|(name, ..)| *name).collect::<BTreeSet<_>>(), validated);
}
