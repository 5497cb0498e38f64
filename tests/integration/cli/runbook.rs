//! `dr-synth runbook`: what it prints, what it writes, and what it refuses.

use std::fs;

use crate::common::{Run, dr_synth, golden};

fn in_stack(arguments: &str) -> Run {
    dr_synth(arguments).file("main.tf.json", &dr_synth("").succeed().stdout())
}

#[test]
fn the_runbook_of_the_default_stack_is_the_one_in_the_documents() {
    let checked_in = include_str!("../../../docs/runbook-of-the-default-stack.md");
    assert!(in_stack("runbook").succeed().stdout() == checked_in, "run: cargo xtask docs");
}

#[test]
fn values_of_variables_are_in_the_commands() {
    let text = in_stack("runbook --var environment_suffix=prod").succeed().stdout();
    assert!(text.contains("--name payments-failover-switch-use2-prod") && !text.contains("use2-dev"), "{text}");
}

#[test]
fn programs_get_names_and_commands() {
    let run = in_stack("runbook --format json").succeed();
    golden("tests/integration/cli/snapshots/runbook.json", &run.stdout());
    let book = run.document();
    assert_eq!(book["version"], 1);
    assert_eq!(book["names"]["dr"]["region"], "us-east-2");
    let commands = book["commands"].as_array().unwrap();
    assert!(commands.iter().any(|command| command["name"] == "stop" && command["not_on_emulator"].is_null()));
}

#[test]
fn it_replaces_only_what_dr_synth_wrote() {
    let first = in_stack("runbook -o runbook.md").succeed();
    assert_eq!(first.stderr(), "wrote runbook.md\n");
    let text = first.read("runbook.md");
    let again = in_stack("runbook -o runbook.md").file("runbook.md", &text).succeed();
    assert_eq!((again.stderr(), again.stdout()), ("unchanged runbook.md\n".to_owned(), String::new()));
    let refused = in_stack("runbook -o runbook.md").file("runbook.md", "# Mine\n").refuse();
    assert!(refused.contains("did not write") && refused.contains("--force"), "{refused}");
    let forced = in_stack("runbook -o runbook.md --force").file("runbook.md", "# Mine\n").succeed();
    assert_eq!(forced.read("runbook.md"), text);
    assert!(
        in_stack("runbook -o folder").prepare(|path| fs::create_dir(path.join("folder")).unwrap()).finish().status()
            == 2
    );
    assert_eq!(in_stack("runbook -o nowhere/runbook.md").finish().status(), 2);
    assert_eq!(dr_synth("runbook --force").finish().status(), 2);
}

#[test]
fn a_stack_of_somebody_elses_is_refused_with_what_is_missing() {
    let refused = dr_synth("runbook").file("main.tf.json", "{\"locals\": {\"a\": 1}}").refuse();
    let refused = refused.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(refused.contains("no stack of dr-synth") && refused.contains("there is no global database"), "{refused}");
}
