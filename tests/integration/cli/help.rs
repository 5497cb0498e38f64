//! Help and version.

use super::standard_output::command_names;
use crate::common::{dr_synth, golden};

#[test]
fn help_is_data() {
    for arguments in ["--help", "-h", "help", "synth --help", "help synth", "completions --help"] {
        let finished = dr_synth(arguments).succeed();
        assert_eq!(finished.stderr(), "", "{arguments}");
        assert!(finished.stdout().contains("Usage: dr-synth"), "{arguments}");
        assert!(!finished.stdout().contains('\u{1b}'), "{arguments}: colors without a terminal");
    }
}

#[test]
fn help_in_full() {
    insta::assert_snapshot!(dr_synth("--help").succeed().stdout());
}

/// Every command says what it does with an example, and what its exit codes mean.
#[test]
fn every_command_has_an_example() {
    for command in command_names().into_iter().filter(|name| name != "help") {
        let help = dr_synth(&format!("{command} --help")).succeed().stdout();
        let example = help.lines().any(|line| line.trim_start().starts_with(&format!("dr-synth {command}")));
        assert!(example || command == "synth", "{command} has no example: {help}");
    }
}

/// What the commands that say something of a configuration tell of themselves.
#[test]
fn commands_of_proof_in_full() {
    let help = |command: &str| dr_synth(&format!("{command} --help")).succeed().stdout();
    let all = ["objectives", "cost", "graph", "runbook", "report"]
        .map(|command| format!("$ dr-synth {command} --help\n{}", help(command)));
    golden("tests/integration/cli/snapshots/help-of-proof.txt", &all.join("\n"));
}

/// The lines below a heading of the help.
fn section(heading: &str) -> Vec<String> {
    let help = dr_synth("--help").succeed().stdout();
    let below = help.lines().skip_while(|line| !line.starts_with(heading)).skip(1);
    let lines: Vec<_> = below.take_while(|line| !line.is_empty()).map(|line| line.trim().to_owned()).collect();
    assert!(!lines.is_empty(), "{help}");
    lines
}

#[test]
fn its_examples_work() {
    for example in section("Examples:") {
        // A comment is two spaces or more away, and redirection is the shell's business.
        let command = example.split("  ").next().unwrap().replace("> main.tf.json", "");
        dr_synth(command.strip_prefix("dr-synth").unwrap()).succeed();
    }
}

#[test]
fn its_settings_file_is_the_default() {
    let file = section("Settings file").join("\n");
    assert_eq!(dr_synth("").settings(&file).succeed().stdout(), dr_synth("").succeed().stdout());
    for line in file.lines().filter_map(|line| line.strip_prefix("# ")) {
        let document = dr_synth("").settings(line).succeed().document();
        let state = ["backend", "cloud"].map(|block| document["terraform"][block].is_object());
        assert!(state.contains(&true), "{line}");
    }
    // A kind with more keys is a section of its own.
    let lines: Vec<_> = file.lines().filter_map(|line| line.strip_prefix('#')).collect();
    let backends = lines.split(|line| line.starts_with("[[")).next().unwrap().join("\n");
    let backends: Vec<_> = backends.split("[backend]").skip(1).map(|text| format!("[backend]{text}")).collect();
    assert_eq!(backends.len(), 3, "{file}");
    for backend in backends {
        let document = dr_synth("").settings(&backend).succeed().document();
        assert!(["backend", "cloud"].iter().any(|block| document["terraform"][block].is_object()), "{backend}");
    }
}

#[test]
fn version() {
    let expected = format!("dr-synth {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(dr_synth("--version").succeed().stdout(), expected);
    assert_eq!(dr_synth("-V").succeed().stdout(), expected);
}
