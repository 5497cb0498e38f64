//! `dr-synth check`: what it says of configurations, and with which status it ends.

use serde_json::Value;

use crate::common::dr_synth;

const UNDECLARED: &str = r#"{"output": {"name": {"value": "${var.nope}"}}}"#;

#[test]
fn what_is_right_says_nothing() {
    let run = dr_synth("check --rules language").file("main.tf.json", r#"{"locals": {"a": 1}}"#).finish();
    assert_eq!((run.status(), run.stdout(), run.stderr()), (0, String::new(), String::new()));
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_rule() {
    let run = dr_synth("check --rules language").file("main.tf.json", UNDECLARED).finish();
    assert_eq!(run.status(), 1);
    let text = run.stdout();
    assert!(text.contains("[TF005]") && text.contains("output.name: value") && text.contains("var.nope"), "{text}");
}

#[test]
fn a_region_that_terraform_takes_from_the_environment_is_not_missing() {
    let state =
        r#"{"data": {"terraform_remote_state": {"a": {"backend": "s3", "config": {"bucket": "b", "key": "k"}}}}}"#;
    let check = |region: &str| {
        let run = dr_synth("check --rules language").file("main.tf.json", state);
        run.variable("AWS_REGION", region).variable("AWS_DEFAULT_REGION", "").finish()
    };
    let missing = check("");
    assert_eq!(missing.status(), 1);
    assert!(missing.stdout().contains("`region` is missing"), "{}", missing.stdout());
    assert_eq!(check("us-east-1").status(), 0);
}

#[test]
fn programs_get_findings_and_coverage() {
    let run = dr_synth("check --rules language --format json").file("main.tf.json", UNDECLARED).finish();
    assert_eq!(run.status(), 1);
    let document: Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["findings"][0]["rule"], "TF005");
    assert_eq!(document["findings"][0]["address"], "output.name");
    assert!(document["coverage"].is_array());
}

#[test]
fn what_terraform_cannot_load_is_a_finding_and_what_cannot_be_opened_is_bad_input() {
    let run = dr_synth("check").file("main.tf.json", "\u{feff}{}").finish();
    assert_eq!(run.status(), 1);
    assert!(run.stdout().contains("main.tf.json"), "{}", run.stdout());
    assert_eq!(dr_synth("check nowhere").finish().status(), 2);
    assert_eq!(dr_synth("check --rules none").finish().status(), 2);
}

#[test]
fn a_plan_gives_a_cell_for_every_store_and_scenario_and_no_finding() {
    let plan = serde_json::json!({
        "planned_values": {"root_module": {"resources": [{
            "address": "aws_dynamodb_table.t", "mode": "managed", "type": "aws_dynamodb_table", "name": "t",
            "values": {"name": "t", "point_in_time_recovery": [{"enabled": true}], "replica": [{"region_name": "us-west-2"}]},
        }]}},
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}},
            "root_module": {"resources": [{"address": "aws_dynamodb_table.t", "provider_config_key": "aws"}]},
        },
    });
    let run =
        dr_synth("check --rules language --plan plan.json --format json").file("plan.json", &plan.to_string()).finish();
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let document: Value = serde_json::from_str(&run.stdout()).expect("JSON");
    assert_eq!(document["findings"], serde_json::json!([]));
    let cells: Vec<_> = document["coverage"].as_array().expect("cells").iter().collect();
    let row: Vec<_> =
        cells.iter().map(|cell| (cell["scenario"].as_str(), cell["verdict"].as_str(), &cell["rpo_seconds"])).collect();
    let expected = [
        ("zone", "survives", Some(0)),
        ("region", "survives", Some(60)),
        ("account", "loses", None),
        ("deletion", "survives", Some(0)),
        ("corruption", "survives", Some(300)),
        ("credential", "loses", None),
    ];
    assert_eq!(row.len(), expected.len());
    for ((scenario, verdict, rpo), (wanted, result, seconds)) in row.into_iter().zip(expected) {
        assert_eq!((scenario, verdict, rpo.as_u64()), (Some(wanted), Some(result), seconds));
    }
    assert!(cells.iter().all(|cell| cell["because"].as_str().is_some_and(|text| !text.is_empty())));
}

#[test]
fn a_plan_that_is_none_is_bad_input() {
    let run = dr_synth("check --plan plan.json").file("plan.json", r#"{"serial": 1}"#).finish();
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("this is a state"), "{}", run.stderr());
}

#[test]
fn native_syntax_is_read_with_its_places() {
    let text = "variable \"x\" {\n  type = string\n}\n\noutput \"o\" {\n  value = var.y\n}\n";
    let run = dr_synth("check --rules language --format json").file("main.tf", text).finish();
    assert_eq!(run.status(), 1);
    let finding = &run.document()["findings"][0];
    assert_eq!((finding["rule"].as_str(), finding["file"].as_str()), (Some("TF005"), Some("main.tf")));
    assert_eq!(finding["line"], 6);
}

#[test]
fn a_byte_order_mark_is_no_place_to_fall_over() {
    let run = dr_synth("check --rules language").file("main.tf", "\u{feff}locals {\n  a = 1\n}\n").finish();
    assert_eq!((run.status(), run.stdout()), (0, String::new()));
    let run = dr_synth("check --rules language").file("main.tf", "\u{feff}locals {\n  é = var.x\n}\n").finish();
    assert_eq!(run.status(), 1, "{}", run.stderr());
    let run = dr_synth("check --rules language").file("main.tf", "é = 1\n").finish();
    assert_eq!(run.status(), 1, "{}", run.stderr());
}

#[test]
fn overrides_are_merged_and_what_they_cannot_change_is_named() {
    let base = r#"{"output": {"o": {"value": "${var.nope}"}}}"#;
    let run = dr_synth("check --rules language")
        .file("main.tf.json", base)
        .file("override.tf.json", r#"{"output": {"o": {"value": 1}}}"#)
        .finish();
    assert_eq!((run.status(), run.stdout()), (0, String::new()));
    let run = dr_synth("check --rules language")
        .file("main.tf.json", base)
        .file("a_override.tf.json", r#"{"output": {"p": {"value": 1}}, "moved": {"from": "a_b.c", "to": "a_b.d"}}"#)
        .finish();
    assert_eq!(run.status(), 1);
    let text = run.stdout();
    assert!(text.contains("output.p") && text.contains("moved a_b.c") && !text.contains("var.nope"), "{text}");
}

#[test]
fn files_of_another_kind_are_called_what_they_are() {
    let cases = [
        (
            "a.tfstate",
            r#"{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": []}"#,
            "a state",
        ),
        ("plan.json", r#"{"format_version": "1.2", "planned_values": {}, "resource_changes": []}"#, "--plan"),
        ("terraform.tfvars", "a = 1\n", "values of variables"),
    ];
    for (name, text, said) in cases {
        let run = dr_synth("check --rules language").argument(name).file(name, text).finish();
        assert_eq!(run.status(), 1, "{name}");
        let found = run.stdout();
        assert!(found.contains(said) && found.matches("error").count() == 1, "{found}");
    }
}

#[test]
fn code_scanning_and_annotations_name_the_line() {
    let file = "{\n  \"output\": {\"name\": {\n    \"value\": \"${var.nope}\"}}\n}\n";
    let run = dr_synth("check --rules language --format sarif").file("main.tf.json", file).finish();
    let run_of = &run.document()["runs"][0];
    let result = &run_of["results"][0];
    assert_eq!((result["ruleId"].as_str(), result["level"].as_str()), (Some("TF005"), Some("error")));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "main.tf.json");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&3.into(), &5.into()));
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run_of["tool"]["driver"]["rules"][index]["id"], "TF005");
    let run = dr_synth("check --rules language --format github").file("main.tf.json", file).finish();
    let lines = run.stdout();
    assert!(lines.starts_with("::error title=TF005,file=main.tf.json,line=3,col=5::output.name: "), "{lines}");
}

#[test]
fn what_is_allowed_is_answered_with_a_reason() {
    let allow =
        |text: &str| dr_synth("check --rules language").settings(text).file("main.tf.json", UNDECLARED).finish();
    assert_eq!(allow("[[check.allow]]\nrule = 'TF005'\nreason = 'a test'\n").status(), 0);
    assert_eq!(allow("[[check.allow]]\nrule = 'TF005'\naddress = 'output.other'\nreason = 'x'\n").status(), 1);
    let run = allow("[[check.allow]]\nrule = 'TF005'\n");
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("its `reason`"), "{}", run.stderr());
    assert_eq!(dr_synth("synth").settings("[[check.allow]]\nrule = 'TF005'\nreason = 'a test'\n").finish().status(), 0);
}

#[test]
fn denied_is_what_is_named() {
    let run =
        |flags: &str| dr_synth(&format!("check --rules language {flags}")).file("main.tf.json", UNDECLARED).finish();
    assert_eq!(run("--deny error").status(), 1);
    assert_eq!(run("--deny unknown").status(), 1);
    assert_eq!(run("--deny TF999").status(), 2);
    assert_eq!(
        dr_synth("explain tf005").succeed().stdout().lines().next(),
        Some("TF005: A reference names a block that is there")
    );
    assert_eq!(dr_synth("explain TF9").finish().status(), 2);
}

/// What is in a module that was not read cannot be told.
#[test]
fn a_module_that_was_not_read_is_unknown() {
    let text = r#"{"module": {"m": {"source": "acme/network/aws", "version": "1.0.0"}}}"#;
    let run = |flags: &str| dr_synth(&format!("check {flags}")).file("main.tf.json", text).finish();
    assert_eq!((run("").status(), run("--deny unknown").status()), (0, 1));
    assert!(run("").stderr().contains("module.m comes from"), "{}", run("").stderr());
}

#[test]
fn the_default_document_has_nothing_that_terraform_refuses() {
    let document = dr_synth("synth").succeed().stdout();
    let run = dr_synth("check --rules language").file("main.tf.json", &document).finish();
    assert_eq!((run.status(), run.stdout()), (0, String::new()));
}

#[test]
fn what_dr_synth_prints_has_no_finding_and_its_payments_outlive_their_region() {
    let document = dr_synth("").succeed().stdout();
    let run = dr_synth("check --format json").file("main.tf.json", &document).finish();
    assert_eq!(run.status(), 0, "{}", run.stdout());
    let found: Value = serde_json::from_str(&run.stdout()).expect("JSON");
    assert_eq!(found["findings"], serde_json::json!([]));
    let cell = |store: &str, scenario: &str| {
        let cells = found["coverage"].as_array().expect("cells");
        let cell = cells.iter().find(|cell| cell["store"] == store && cell["scenario"] == scenario).expect("a cell");
        (cell["verdict"].as_str().expect("a verdict").to_owned(), cell["rpo_seconds"].as_u64())
    };
    let survives = |seconds| ("survives".to_owned(), Some(seconds));
    assert_eq!(cell("aws_rds_cluster.primary_database", "region"), survives(60));
    assert_eq!(cell("aws_rds_cluster.primary_database", "corruption"), survives(300));
    assert_eq!(cell("aws_dynamodb_table.primary_sessions", "region"), survives(60));
    assert_eq!(cell("aws_s3_bucket.primary_receipts", "corruption"), survives(0));
    assert_eq!(cell("aws_rds_cluster.primary_database", "account"), ("loses".to_owned(), None));
}
