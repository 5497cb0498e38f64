//! Command lines that are none.

use crate::common::dr_synth;

#[test]
fn an_unknown_flag() {
    insta::assert_snapshot!(dr_synth("--primry-region us-east-1").refuse(), @r"
    error: unexpected argument '--primry-region' found
     |
     = fix: `dr-synth --help` lists commands and flags
     = nearest: `--primary-region`
    ");
}

#[test]
fn an_unknown_command() {
    insta::assert_snapshot!(dr_synth("synht").refuse(), @r"
    error: unknown command `synht`
     |
     = fix: the commands are synth, diff, check, explain, objectives, graph, evaluate, cost, runbook,
            report, permissions, adopt, settings, completions, man
     = nearest: `synth`
    ");
}

#[test]
fn a_flag_without_its_value() {
    insta::assert_snapshot!(dr_synth("--out").refuse(), @r"
    error: a value is required for '--out <DIR>' but none was supplied
     |
     = fix: `dr-synth --help` lists commands and flags
    ");
}

#[test]
fn a_flag_twice() {
    insta::assert_snapshot!(dr_synth("--out a --out b").refuse(), @r"
    error: the argument '--out <DIR>' cannot be used multiple times
     |
     = fix: `dr-synth --help` lists commands and flags
    ");
}

#[test]
fn flags_before_a_subcommand() {
    insta::assert_snapshot!(dr_synth("--out a synth").refuse(), @r"
    error: the subcommand 'synth' cannot be used with '--out <DIR>'
     |
     = fix: `dr-synth --help` lists commands and flags
    ");
}

#[test]
fn force_without_a_folder() {
    insta::assert_snapshot!(dr_synth("--force").refuse(), @r"
    error: the following required arguments were not provided: --out <DIR>
     |
     = fix: `dr-synth --help` lists commands and flags
    ");
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_text() {
    use std::os::unix::ffi::OsStrExt;
    let stderr = dr_synth("--dr-region").argument(std::ffi::OsStr::from_bytes(b"us-\xff")).refuse();
    insta::assert_snapshot!(stderr, @r"
    error: invalid UTF-8 was detected in one or more arguments
     |
     = fix: `dr-synth --help` lists commands and flags
    ");
}

#[test]
fn a_word_that_is_no_command() {
    insta::assert_snapshot!(dr_synth("plan").refuse(), @r"
    error: unknown command `plan`
     |
     = fix: `dr-synth --out .` writes the document; `terraform plan` is a command of Terraform
    ");
    insta::assert_snapshot!(dr_synth("version").refuse(), @r"
    error: unknown command `version`
     |
     = fix: `dr-synth --version` prints the version
    ");
    insta::assert_snapshot!(dr_synth("main.tf.json").refuse(), @r"
    error: unknown command `main.tf.json`
     |
     = fix: `dr-synth check main.tf.json` checks a configuration; `dr-synth > main.tf.json` would
            write one
    ");
    insta::assert_snapshot!(dr_synth("zebra").refuse(), @r"
    error: unknown command `zebra`
     |
     = fix: the commands are synth, diff, check, explain, objectives, graph, evaluate, cost, runbook,
            report, permissions, adopt, settings, completions, man
    ");
}
