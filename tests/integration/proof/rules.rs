//! Every rule about instances: a configuration that trips it, and one that passes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use dr_synth::proof::rules::{self, Examine};
use dr_synth::proof::{Finding, Group, Severity, Subject, check, model};
use dr_synth::terraform::evaluation::{Input, Inputs};
use dr_synth::terraform::read;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    rule: String,
    trips: serde_json::Value,
    passes: serde_json::Value,
}

fn cases() -> Vec<Case> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/integration/proof/rules.json"].iter().collect();
    serde_json::from_str(&std::fs::read_to_string(path).expect("the cases")).expect("cases")
}

fn findings(configuration: &serde_json::Value) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.tf.json"), configuration.to_string()).expect("a file");
    let reading = read::read(folder.path()).expect("a configuration");
    let model = model::from_configuration(&reading.configuration, &Inputs::default());
    check(&Subject::new(&reading, &model), &[Group::Aws, Group::Dr, Group::Security])
}

#[test]
fn each_rule_is_tripped_and_passed() {
    for Case { rule, trips, passes } in cases() {
        let of_rule = |all: Vec<Finding>| all.into_iter().filter(|finding| finding.rule == rule).collect::<Vec<_>>();
        let tripped = of_rule(findings(&trips));
        assert!(tripped.iter().any(|finding| finding.severity > Severity::Unknown), "{rule} is not tripped");
        assert!(tripped.iter().all(|finding| finding.advice.fix.is_some() && !finding.address().is_empty()), "{rule}");
        assert_eq!(of_rule(findings(&passes)), [], "{rule} is not passed");
    }
}

#[test]
fn no_rule_about_instances_is_without_its_case_and_no_id_is_given_twice() {
    let tried: BTreeSet<String> = cases().into_iter().map(|case| case.rule).collect();
    let mut ids = BTreeSet::new();
    for rule in rules::all() {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        if let Examine::Instances(..) = rule.examine {
            assert!(tried.contains(rule.id), "{} has no case", rule.id);
        }
        assert!(!rule.title.is_empty() && !rule.reason.is_empty() && !rule.source.is_empty(), "{}", rule.id);
    }
}

/// A value that only a run is given is in no configuration; a default is.
#[test]
fn a_password_that_is_given_to_a_run_is_not_in_the_configuration() {
    let of = |default: Option<&str>| {
        let folder = tempfile::tempdir().expect("a folder");
        let text = serde_json::json!({
            "variable": {"p": default.map_or(serde_json::json!({}), |value| serde_json::json!({"default": value}))},
            "locals": {"q": "${var.p}!"},
            "provider": {"aws": {"region": "us-east-1"}},
            "module": {"m": {"source": "./m", "password": "${local.q}"}},
        });
        let inner = serde_json::json!({
            "variable": {"password": {}},
            "resource": {"aws_rds_cluster": {"a": {"engine": "aurora-mysql", "master_password": "${var.password}"}}},
        });
        std::fs::create_dir(folder.path().join("m")).expect("a folder");
        std::fs::write(folder.path().join("main.tf.json"), text.to_string()).expect("a file");
        std::fs::write(folder.path().join("m/main.tf.json"), inner.to_string()).expect("a file");
        let reading = read::read(folder.path()).expect("a configuration");
        let variables = [("p".to_owned(), Input::Text("secret".to_owned()))].into();
        let inputs = Inputs { variables, ..Inputs::default() };
        let model = model::from_configuration(&reading.configuration, &inputs);
        let found = check(&Subject::new(&reading, &model), &[Group::Security]);
        found.iter().filter(|finding| finding.rule == "SEC009").count()
    };
    assert_eq!(of(None), 0);
    assert_eq!(of(Some("old")), 1);
}

/// Values of an instance, wherever they come from; nothing is said of what AWS gives at the apply, or of an instance that is not made.
#[test]
fn what_an_api_refuses_is_found_where_it_is_known() {
    let refused = |resources: serde_json::Value| -> Vec<String> {
        let document = serde_json::json!({"provider": {"aws": {"region": "us-east-1"}}, "resource": resources});
        let all = findings(&document).into_iter().filter(|finding| finding.rule == "AWS060");
        all.map(|finding| format!("{} {}", finding.address(), finding.message)).collect()
    };
    let trust = r#"{"Version": "2012-10-17", "Statement": []}"#;
    let role = |name: &str| serde_json::json!({"name": name, "assume_role_policy": trust});
    assert_eq!(refused(serde_json::json!({"aws_iam_role": {"r": role("payments")}})), [""; 0]);
    assert_eq!(
        refused(serde_json::json!({"aws_iam_role": {"r": role("${join(\" \", [\"two\", \"words\"])}")}})),
        [
            "aws_iam_role.r name: \"two words\" has the character U+0020 in it, which is not among the allowed characters"
        ]
    );
    let mut none = role("two words");
    none["count"] = 0.into();
    assert_eq!(refused(serde_json::json!({"aws_iam_role": {"r": none}})), [""; 0]);
    let cluster = serde_json::json!({"cluster_identifier": "c", "backup_retention_period": 45});
    let found = refused(serde_json::json!({"aws_rds_cluster": {"c": cluster}}));
    assert_eq!(found, ["aws_rds_cluster.c backup_retention_period: 45 is more than 35, the most it takes"]);
    // The role's ARN is not known, and has the form of one.
    let function = serde_json::json!({"function_name": "f", "role": "${aws_iam_role.r.arn}", "tags": {"Who": "me"}});
    let found =
        refused(serde_json::json!({"aws_iam_role": {"r": role("payments")}, "aws_lambda_function": {"f": function}}));
    assert_eq!(found, [""; 0]);
}
