//! Completion scripts.

use crate::common::dr_synth;

#[test]
fn a_script_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let finished = dr_synth(&format!("completions {shell}")).succeed();
        assert_eq!(finished.stderr(), "");
        for part in ["dr-region", "eu-central-1", "flow_logs", "AWS_IAM", "approve"] {
            // Elvish and PowerShell complete flags, not their values.
            if part == "dr-region" || !matches!(shell, "elvish" | "powershell") {
                assert!(finished.stdout().contains(part), "{shell}: {part}");
            }
        }
    }
}

#[test]
fn bash_reads_the_script() {
    let script = dr_synth("completions bash").succeed().stdout();
    let check = std::process::Command::new("bash").args(["-n", "-c", &script]).status().unwrap();
    assert!(check.success());
}

#[test]
fn an_unknown_shell() {
    insta::assert_snapshot!(dr_synth("completions bsh").refuse(), @r"
    error: invalid value 'bsh' for '<SHELL>'
     |
     = fix: `dr-synth --help` lists commands and flags
     = nearest: `bash`
    ");
    insta::assert_snapshot!(dr_synth("completions nothing-like-it").refuse(), @r"
    error: invalid value 'nothing-like-it' for '<SHELL>'
     |
     = fix: choose one of bash, elvish, fish, powershell, zsh
    ");
    insta::assert_snapshot!(dr_synth("completions").refuse(), @r"
    error: the following required arguments were not provided: <SHELL>
     |
     = fix: `dr-synth --help` lists commands and flags
    ");
}
