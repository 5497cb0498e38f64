//! `dr-synth objectives`: what it prints, and with which status it ends.

use crate::common::{dr_synth, golden};

#[test]
fn the_default_document_in_full() {
    let document = dr_synth("").succeed().stdout();
    let run = dr_synth("objectives").file("main.tf.json", &document).finish();
    golden("tests/integration/cli/snapshots/objectives.txt", &run.stdout());
    assert_eq!((run.status(), run.stderr()), (0, String::new()));
}

#[test]
fn programs_get_the_same_numbers() {
    let document = dr_synth("").succeed().stdout();
    let run = dr_synth("objectives --format json").file("main.tf.json", &document).finish();
    assert_eq!(run.status(), 0);
    let found = run.document();
    golden("tests/integration/cli/snapshots/objectives.json", &run.stdout());
    assert_eq!((&found["version"], &found["verdict"]), (&1.into(), &"met".into()));
}

#[test]
fn a_missed_objective_shows_its_arithmetic() {
    let document = dr_synth("").succeed().stdout();
    let run = dr_synth("objectives --rto 200").file("main.tf.json", &document).finish();
    assert_eq!(run.status(), 1);
    let text = run.stdout();
    let line = text.lines().find(|line| line.starts_with("Missed: ")).expect("the arithmetic");
    let (sum, rest) = line.trim_start_matches("Missed: ").split_once(" = ").expect("a sum");
    let total: f64 = sum.split(" + ").map(|part| part.parse::<f64>().expect("a number")).sum();
    let said: f64 = rest.split(' ').next().expect("a number").parse().expect("a number");
    assert!((total - said).abs() < 0.5, "{line}");
    assert!(line.ends_with("200 s are wanted."), "{line}");
}

#[test]
fn an_objective_that_no_promotion_meets() {
    let document = dr_synth("").succeed().stdout();
    let text = dr_synth("objectives --rto 100").file("main.tf.json", &document).finish().stdout();
    assert!(text.contains("No promotion can meet the objective of 100 s: the other steps take "), "{text}");
    assert!(!text.contains("is met as long as"), "{text}");
}

/// The region that takes over is known also where a person decides when.
#[test]
fn stores_of_the_standby_are_not_lost_in_any_mode() {
    for mode in ["automatic", "approve", "manual"] {
        let document = dr_synth("--failover-mode").argument(mode).succeed().stdout();
        let found = dr_synth("objectives --format json").file("main.tf.json", &document).finish().document();
        let points = found["recovery_points"].as_array().unwrap();
        let state = points.iter().find(|point| point["store"] == "aws_dynamodb_table.dr_failover_state").unwrap();
        let left_out = state["left_out_because"].as_str().unwrap_or_default();
        assert!(left_out.contains("us-east-2, the region that takes over"), "{mode}: {state:#}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for flags in ["--rto -1", "--rpo=-0.5", "--rto NaN", "--rpo inf", "--rto soon"] {
        dr_synth(&format!("objectives {flags}")).file("main.tf.json", "{}").refuse();
    }
    dr_synth("objectives").refuse();
}

#[test]
fn its_examples_are_in_its_help() {
    let help = dr_synth("objectives --help").succeed().stdout();
    assert!(help.contains("dr-synth objectives infrastructure") && help.contains("Exit codes:"), "{help}");
}
