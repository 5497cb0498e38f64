//! Help, manual pages and messages fit 100 columns.

use super::standard_output::command_names;
use crate::common::dr_synth;

const COLUMNS: usize = 100;

/// The lines of a text that are too long.
fn long(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.chars().count() > COLUMNS).map(str::to_owned).collect()
}

#[test]
fn every_help_fits() {
    for command in command_names().iter().map(String::as_str).filter(|name| *name != "help").chain([""]) {
        for flag in ["--help", "-h"] {
            let help = dr_synth(&format!("{command} {flag}")).succeed().stdout();
            assert_eq!(long(&help), [""; 0], "dr-synth {command} {flag}");
        }
    }
}

/// `man` fills paragraphs; what it shows as it stands is the text of examples and exit codes.
#[test]
fn what_a_manual_page_shows_as_it_stands_fits() {
    for command in command_names().iter().map(String::as_str).filter(|name| *name != "help").chain([""]) {
        let page = dr_synth(&format!("man {command}")).succeed().stdout();
        let shown = page.lines().filter(|line| line.starts_with("  ") || line.starts_with(r"\&  "));
        let long: Vec<_> = shown
            .map(|line| line.replace(r"\-", "-").replace(r"\\", r"\").replace(r"\*(Aq", "'"))
            .flat_map(|line| long(&line))
            .collect();
        assert_eq!(long, [""; 0], "dr-synth man {command}");
    }
}

/// Every command line that is refused in the tests of usage, and longer ones.
#[test]
fn messages_fit() {
    let region = "x".repeat(30);
    for arguments in [
        "zebra",
        "plan",
        "--primary-region nowhere --workload none --api-authorization AWS_IAM",
        "--enable nothing --backend nothing --layout nothing --dialect nothing --provider nothing",
        "--backend s3:payments-state/prod/terraform.tfstate@us-east-1",
        "--backend http:https://user:password@state.example.com/payments/production/terraform/state",
        "--availability-zones 9 --primary-region us-west-1",
        "check nowhere",
        "check --rules nothing",
        "check --deny nothing",
        "explain nothing",
        "graph --format nothing",
        "evaluate . nope(1)",
        "cost --compare nowhere",
        "report --evidence nowhere",
        "settings nowhere",
        "adopt nowhere",
        "man nothing",
        "completions nothing",
        "objectives --rto never",
        "permissions --for nothing --account 1",
        &format!("--dr-region {region}"),
    ] {
        let finished = dr_synth(arguments).file("dr-synth.toml", "[regions]\nprimry = \"us-east-1\"\n").finish();
        assert_ne!(finished.status(), 0, "{arguments}");
        assert_eq!(long(&finished.stderr()), [""; 0], "dr-synth {arguments}");
    }
}
