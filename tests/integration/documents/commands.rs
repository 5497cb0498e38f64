//! Every `dr-synth` command of the README succeeds as it is printed, one after the other in an empty folder. Every `dr-synth` and
//! every `terraform` command of all pages is run, or is in a table with the reason why it is not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regex::Regex;
use serde_json::{Map, Value, json};

use super::{code_blocks, pages, root};
use crate::common::dr_synth;

/// Commands that are not run, each with the reason.
const NOT_RUN: [(&str, &str); 1] = [(
    "terraform state rm aws_rds_cluster.primary_database aws_rds_cluster_instance.primary_database",
    "needs a state with a cluster; the shape `existing_database` of the end-to-end tests runs it",
)];

/// The README's lines that call the program, without their comments.
fn commands(readme: &str) -> Vec<String> {
    let lines = code_blocks(readme, "console").into_iter().flat_map(str::lines);
    let calls = lines.filter(|line| line.starts_with("dr-synth "));
    calls.map(|line| line.split("  #").next().unwrap().trim_end().to_owned()).collect()
}

/// A line of shell as a reader runs it.
fn shell(line: &str, folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_dr-synth"));
    let before = std::env::var_os("PATH").unwrap_or_default();
    let path = [program.parent().unwrap().to_owned()].into_iter().chain(std::env::split_paths(&before));
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(folder).env("PATH", std::env::join_paths(path).unwrap());
    for name in ["ENVIRONMENT_SUFFIX", "DR_SYNTH_SERVICE_NAME", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR"] {
        shell.env_remove(name);
    }
    shell.env("CHECKPOINT_DISABLE", "1").env("TF_CLI_CONFIG_FILE", "/dev/null").output().unwrap()
}

#[test]
fn the_readme_is_short() {
    let bytes = std::fs::metadata(root().join("README.md")).unwrap().len();
    assert!(bytes <= 10_000, "{bytes} bytes: move details to docs/");
}

#[test]
fn every_command_of_the_readme_runs_as_printed() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.len() >= 8, "only {commands:?}");
    let folder = tempfile::tempdir().unwrap();
    for command in commands {
        let output = shell(&command, folder.path());
        // `diff` and `check` say with 1 that they have found something, which these may.
        let finds = command.starts_with("dr-synth diff") || command.starts_with("dr-synth check");
        let status = output.status.code();
        let fine = status == Some(0) || finds && status == Some(1);
        assert!(fine, "`{command}` ended with {status:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The commands of a page in their order, each from a block of shell: whole lines, and what is between `$(` and `)`. What other
/// programs make of an output is their matter.
fn calls(page: &str, program: &str) -> Vec<String> {
    let blocks = ["console", "sh", "bash"].into_iter().flat_map(|language| code_blocks(page, language));
    let text = blocks.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let inner = Regex::new(&format!(r"\$\(({program} [^)]*)\)")).unwrap();
    let mut calls = Vec::new();
    for line in text.lines().map(|line| line.trim_start_matches("$ ").split("  #").next().unwrap().trim()) {
        calls.extend(inner.captures_iter(line).map(|found| found[1].to_owned()));
        for part in line.split(" && ").flat_map(|part| part.split(" || ")) {
            if part.starts_with(&format!("{program} ")) || part == program {
                calls.push(part.split(" | ").next().unwrap().trim_end_matches(" 2>&1").to_owned());
            }
        }
    }
    calls.retain(|call| !NOT_RUN.iter().any(|(line, _)| line == call));
    calls
}

/// A plan of one table.
fn plan() -> String {
    json!({
        "planned_values": {"root_module": {"resources": [{
            "address": "aws_dynamodb_table.t", "mode": "managed", "type": "aws_dynamodb_table", "name": "t", "values": {"name": "t"},
        }]}},
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}},
            "root_module": {"resources": [{"address": "aws_dynamodb_table.t", "provider_config_key": "aws"}]},
        },
    })
    .to_string()
}

/// A folder with what a page speaks of: configurations, a plan, a usage, a log, a game day.
fn reader(page: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let document = dr_synth("").succeed().stdout();
    let log = "aws_sns_topic.primary_alerts: Creating...\n";
    let usage = fs::read_to_string(root().join("examples/usage.toml")).unwrap();
    let files = [
        ("main.tf.json", document.as_str()),
        ("new.tf.json", &document),
        ("infrastructure/main.tf.json", &document),
        ("deployed/main.tf.json", &document),
        ("old/main.tf.json", &document),
        ("new/main.tf.json", &document),
        ("plan.json", &plan()),
        ("usage.toml", &usage),
        ("apply.log", log),
        ("target/gameday.json", crate::cli::GAME_DAY),
    ];
    for (path, text) in
        files.into_iter().filter(|(path, _)| *path == "main.tf.json" || page.contains(path.split('/').next().unwrap()))
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn every_command_of_every_page_runs_as_printed() {
    let mut count = 0;
    // Those of the README have a test of their own, in an empty folder.
    for page in pages().into_iter().filter(|page| !page.ends_with("README.md")) {
        let text = fs::read_to_string(&page).unwrap();
        let folder = reader(&text);
        for call in calls(&text, "dr-synth") {
            let output = shell(&call, folder.path());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(matches!(output.status.code(), Some(0 | 1)), "{}: `{call}`: {said}", page.display());
            count += 1;
        }
    }
    assert!(count >= 25, "only {count} commands were found");
}

/// A configuration with the variables and outputs of the document and without its provider: what a command line names is in it, and
/// needs no account.
fn stand_in(document: &Value) -> Value {
    let all = |section: &str| document[section].as_object().unwrap().keys().cloned();
    let variables: Map<String, Value> = all("variable").map(|name| (name, json!({ "default": null }))).collect();
    let outputs: Map<String, Value> = all("output").map(|name| (name, json!({ "value": "x" }))).collect();
    json!({ "variable": variables, "output": outputs, "resource": { "terraform_data": { "some": {} } } })
}

/// What a command line names is in the document.
fn assert_named(call: &str, document: &Value, page: &Path) {
    let names = |pattern: &str| -> Vec<String> {
        Regex::new(pattern)
            .unwrap()
            .captures_iter(call)
            .map(|found| found[1].trim_matches(['"', '\'']).to_owned())
            .collect()
    };
    for name in names(r"-var[= ]'?([a-z_]+)=") {
        assert!(document["variable"][&name].is_object(), "{}: `{call}`: no variable {name}", page.display());
    }
    for name in names(r"^terraform output (?:-\w+ )*([a-z]\w*)") {
        assert!(document["output"][&name].is_object(), "{}: `{call}`: no output {name}", page.display());
    }
    for address in names(r"-target=(\S+)") {
        let (kind, name) = address.split_once('.').unwrap();
        assert!(document["resource"][kind][name].is_object(), "{}: `{call}`: no {address}", page.display());
    }
}

/// Terraform itself takes every command line, and does what it says: on a configuration that needs no account.
#[test]
fn every_terraform_command_of_every_page_runs_as_printed() {
    let document = dr_synth("").succeed().document();
    let mut by_page: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for page in pages() {
        let calls = calls(&fs::read_to_string(&page).unwrap(), "terraform");
        if !calls.is_empty() {
            by_page.insert(page, calls);
        }
    }
    let count: usize = by_page.values().map(Vec::len).sum();
    assert!(count >= 25, "only {count} commands were found: {by_page:?}");
    for (page, calls) in by_page {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.tf.json"), stand_in(&document).to_string()).unwrap();
        for line in ["terraform init", "terraform apply -auto-approve"] {
            assert!(shell(line, folder.path()).status.success(), "{line}");
        }
        for call in calls {
            assert_named(&call, &document, &page);
            let output = shell(&format!("yes yes | {call}"), folder.path());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{}: `{call}`: {said}", page.display());
        }
    }
}

#[test]
fn commands_are_found_in_lines_and_within_others() {
    let page = "```console\nterraform plan -out p && terraform show -json p > x.json   # why\ncurl \"$(terraform output -raw a)\" -d x\n\
                cd a && terraform apply 2>&1 | tee -a log\n```\n```json\nterraform no\n```\n";
    let found = calls(page, "terraform");
    let expected =
        ["terraform plan -out p", "terraform show -json p > x.json", "terraform output -raw a", "terraform apply"];
    assert_eq!(found, expected);
}
