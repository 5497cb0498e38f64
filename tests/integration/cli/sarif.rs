//! `dr-synth check --format sarif` held to the schema of SARIF 2.1.0, and to what GitHub takes in an upload
//! (<https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support>).
//!
//! `sarif-2.1.0.schema.json` is the file of OASIS (`https://github.com/oasis-tcs/sarif-spec`), byte for byte as the crate serde-sarif
//! 0.8.0 (MIT) carries it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::common::{Run, dr_synth};

const SCHEMA: &str = include_str!("sarif-2.1.0.schema.json");
/// Rules and results that GitHub takes at most.
const MOST: usize = 25_000;

/// What the schema says against a document.
fn faults(document: &Value) -> Vec<String> {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    // A stray bracket, which only a lenient engine takes for a character. No language is named here.
    for definition in ["run", "toolComponent"] {
        schema["definitions"][definition]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Runs it, and holds what it says to the schema and to GitHub's rules.
fn results(run: Run) -> Vec<Value> {
    let finished = run.finish();
    assert!(finished.status() <= 1, "{}", finished.stderr());
    let document = finished.document();
    assert_eq!(faults(&document), [""; 0]);
    assert_eq!(document["version"], "2.1.0");
    let [run] = &document["runs"].as_array().unwrap()[..] else {
        panic!("GitHub reads each run as an analysis of its own")
    };
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(rules.len() <= MOST && results.len() <= MOST);
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
        }
    }
    for result in results {
        uploads(result, rules);
    }
    let fingerprints: BTreeSet<String> =
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect();
    assert_eq!(fingerprints.len(), results.len(), "two findings are one in the eyes of GitHub");
    results.clone()
}

/// One result without these, and the whole upload is refused.
fn uploads(result: &Value, rules: &[Value]) {
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(result["ruleId"], rules[index]["id"]);
    assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()), "{result}");
    assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{result}");
    let place = &result["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap_or_else(|| panic!("no file: {result}"));
    assert!(!uri.is_empty() && !uri.starts_with(['/', '.']) && !uri.contains(['\\', ' ', ':']), "{uri}");
    assert!(place["region"]["startLine"].as_u64() >= Some(1), "{result}");
    assert!(result["partialFingerprints"].as_object().is_some_and(|prints| !prints.is_empty()), "{result}");
}

fn file_of(result: &Value) -> &str {
    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap()
}

#[test]
fn every_rule_about_instances_in_one_upload() {
    let cases: Value = serde_json::from_str(include_str!("../proof/rules.json")).unwrap();
    let cases = cases.as_array().unwrap();
    let mut run = dr_synth("check --format sarif");
    let mut calls = serde_json::Map::new();
    for (number, case) in cases.iter().enumerate() {
        calls.insert(format!("m{number}"), json!({ "source": format!("./m {number}") }));
        run = run.file(&format!("m {number}/main.tf.json"), &case["trips"].to_string());
    }
    let results = results(run.file("main.tf.json", &json!({ "module": calls }).to_string()));
    let found: BTreeSet<&str> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
    let missing: Vec<_> = cases.iter().filter(|case| !found.contains(case["rule"].as_str().unwrap())).collect();
    assert!(missing.len() * 3 < cases.len(), "{missing:?}");
    let levels: BTreeSet<&str> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels.len(), 3, "{levels:?}");
    assert!(results.iter().all(|result| file_of(result).starts_with("m%20")), "{results:?}");
}

#[test]
fn two_findings_of_one_field_are_two() {
    let text = r#"{"output": {"o": {"value": "${var.a}${var.b}"}}}"#;
    let results = results(dr_synth("check --rules language --format sarif").file("main.tf.json", text));
    assert_eq!(results.len(), 2, "{results:?}");
}

#[test]
fn a_fingerprint_is_the_same_with_every_build_and_in_every_line() {
    let of = |text: &str| {
        let run = dr_synth("check --rules language --format sarif").file("main.tf", text);
        results(run)[0]["partialFingerprints"].clone()
    };
    let print = of("output \"o\" {\n  value = var.a\n}\n");
    assert_eq!(print, json!({ "addressHash/v2": "55404d3d14ea4974:1" }));
    assert_eq!(of("\n\noutput \"o\" {\n  value = var.a\n}\n"), print);
}

#[test]
fn a_finding_of_a_plan_is_in_the_plan() {
    let plan = json!({
        "planned_values": {"root_module": {"resources": [{
            "address": "aws_db_instance.d", "mode": "managed", "type": "aws_db_instance", "name": "d",
            "values": {"identifier": "d", "engine": "postgres", "publicly_accessible": true},
        }]}},
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}},
            "root_module": {"resources": [{"address": "aws_db_instance.d", "provider_config_key": "aws"}]},
        },
    });
    let run = dr_synth("check --format sarif --plan plan.json").file("plan.json", &plan.to_string());
    let results = results(run);
    assert!(!results.is_empty() && results.iter().all(|result| file_of(result) == "plan.json"), "{results:?}");
}

#[test]
fn a_finding_of_standard_input_is_in_a_file_too() {
    let run = dr_synth("check --rules language --format sarif -").input(r#"{"output": {"o": {"value": "${var.a}"}}}"#);
    assert_eq!(file_of(&results(run)[0]), "stdin");
}

#[test]
fn a_file_that_cannot_be_loaded_is_named() {
    let run = dr_synth("check --format sarif").file("stack/main.tf.json", "\u{feff}{}");
    assert_eq!(file_of(&results(run.argument("stack"))[0]), "stack/main.tf.json");
}

/// Where a path is absolute, the file is named as the repository knows it.
#[test]
fn a_folder_is_the_same_whatever_names_it() {
    for named in ["stack", "./stack", "ABSOLUTE"] {
        let mut folder = std::path::PathBuf::new();
        let run = dr_synth("check --rules language --format sarif")
            .file("stack/main.tf.json", r#"{"output": {"o": {"value": "${var.a}"}}}"#)
            .prepare(|path| folder = path.canonicalize().unwrap());
        let named = if named == "ABSOLUTE" { folder.join("stack") } else { named.into() };
        assert_eq!(file_of(&results(run.argument(&named))[0]), "stack/main.tf.json", "{}", named.display());
    }
}

#[test]
fn no_finding_is_an_upload_too() {
    let document = dr_synth("").succeed().stdout();
    assert_eq!(results(dr_synth("check --format sarif").file("main.tf.json", &document)), [json!(null); 0]);
}

#[test]
fn the_schema_is_asked() {
    assert_ne!(faults(&json!({ "version": "2.1.0", "runs": [{ "results": [] }] })), [""; 0]);
}
