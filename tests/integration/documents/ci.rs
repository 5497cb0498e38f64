//! The files for continuous integration are YAML, and what they run ends as they expect.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::root;
use crate::common::dr_synth;

/// A configuration with a finding: it names a bucket that is not there.
const FOUND: &str = r#"{"resource": {"aws_s3_bucket": {"a": {"bucket": "${aws_s3_bucket.nowhere.id}"}}}}"#;
/// One without.
const FINE: &str = r#"{"locals": {"a": 1}}"#;

/// A file of `examples/ci`, as Terraform reads YAML.
fn decoded(name: &str) -> Value {
    let text = std::fs::read_to_string(root().join("examples/ci").join(name)).unwrap();
    let run = dr_synth("evaluate .").argument(r#"jsonencode(yamldecode(file("ci.yaml")))"#);
    let json = run.file("ci.yaml", &text).file("main.tf", "").succeed().stdout();
    serde_json::from_str(&serde_json::from_str::<String>(&json).unwrap()).unwrap()
}

/// What a script ends with in a folder that holds this configuration, and beside it the one before.
fn run(script: &str, before: &str, now: &str) -> (i32, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("temporary");
    for (path, text) in [("temporary/base/stack", before), ("checkout/stack", now)] {
        std::fs::create_dir_all(folder.path().join(path)).unwrap();
        std::fs::write(folder.path().join(path).join("main.tf.json"), text).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_dr-synth")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        // As the runner calls it.
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .current_dir(folder.path().join("checkout"))
        .env("PATH", format!("{}:{path}", program.display()))
        .env("FOLDER", "stack")
        .env("RUNNER_TEMP", &temporary)
        .env("GITHUB_OUTPUT", temporary.join("output"))
        .env("GITHUB_STEP_SUMMARY", temporary.join("summary"))
        .output()
        .unwrap();
    let mut left = BTreeMap::new();
    for name in ["checkout/dr-synth.sarif", "checkout/comment.md", "temporary/output", "temporary/summary"] {
        if let Ok(text) = std::fs::read_to_string(folder.path().join(name)) {
            left.insert(name.rsplit('/').next().unwrap().to_owned(), text);
        }
    }
    (output.status.code().unwrap(), left)
}

/// The script of a step of the workflow.
fn script(job: &str, step: &str) -> String {
    let workflow = decoded("github-workflow.yaml");
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
    let found = steps.iter().find(|one| one["name"] == step).unwrap_or_else(|| panic!("{job} has no step {step}"));
    found["run"].as_str().unwrap().to_owned()
}

#[test]
fn the_workflow_has_the_form_of_one() {
    let workflow = decoded("github-workflow.yaml");
    // YAML's `on` is true in the eyes of Terraform, and a word in those of GitHub.
    assert!(workflow["true"]["workflow_call"]["inputs"]["folder"].is_object(), "{workflow}");
    let jobs = workflow["jobs"].as_object().unwrap();
    assert_eq!(jobs.keys().collect::<Vec<_>>(), ["check", "diff"]);
    for step in jobs.values().flat_map(|job| job["steps"].as_array().unwrap()) {
        assert!(step["run"].is_string() != step["uses"].is_string(), "{step}");
        // What comes from outside is never part of a script: it is passed as a variable.
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
    }
}

#[test]
fn findings_are_uploaded_before_the_job_fails() {
    let check = script("check", "Check");
    for (configuration, status, found) in [(FOUND, "1", true), (FINE, "0", false)] {
        let (ended, left) = run(&check, FINE, configuration);
        assert_eq!((ended, left["output"].as_str()), (0, format!("status={status}\n").as_str()));
        let sarif: Value = serde_json::from_str(&left["dr-synth.sarif"]).unwrap();
        assert_eq!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty(), found, "{sarif}");
        let fail = script("check", "Fail if there are findings");
        assert_eq!(run(&format!("STATUS={status}\n{fail}"), FINE, FINE).0 == 0, !found);
    }
    assert_ne!(run(&check.replace("$FOLDER", "nowhere"), FINE, FINE).0, 0);
}

#[test]
fn the_difference_is_a_comment() {
    let compare = script("diff", "Compare");
    let bucket = r#"{"resource": {"aws_s3_bucket": {"kept": {}}}}"#;
    let (ended, left) = run(&compare, bucket, FINE);
    assert_eq!(ended, 0);
    assert!(left["comment.md"].contains("aws_s3_bucket.kept"), "{left:?}");
    assert_eq!(left["comment.md"], left["summary"]);
}

#[test]
fn the_hooks_run() {
    let hooks = decoded("pre-commit-config.yaml");
    let hooks = hooks["repos"][0]["hooks"].as_array().unwrap();
    let entry = |id: &str| hooks.iter().find(|hook| hook["id"] == id).unwrap()["entry"].as_str().unwrap().to_owned();
    for hook in hooks {
        assert_eq!(
            (hook["language"].as_str(), hook["pass_filenames"].as_bool()),
            (Some("system"), Some(false)),
            "{hook}"
        );
        regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
    }
    let in_stack = |id: &str, now: &str| run(&format!("cd stack\n{}", entry(id)), FINE, now).0;
    assert_eq!(in_stack("dr-synth-check", FINE), 0);
    assert_eq!(in_stack("dr-synth-check", FOUND), 1);
    let arguments = entry("dr-synth-document");
    let written =
        dr_synth(arguments.strip_prefix("dr-synth ").unwrap()).settings("environment_suffix = \"ci\"").succeed();
    assert!(written.path().join("main.tf.json").exists());
}
