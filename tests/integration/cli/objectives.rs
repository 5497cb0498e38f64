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

#[test]
fn no_time_is_negative_where_no_promotion_is_fast_enough() {
    let document = dr_synth("").succeed().stdout();
    let found = dr_synth("objectives --rto 100 --format json").file("main.tf.json", &document).finish().document();
    assert_eq!(found["recovery_time"]["longest_promotion_seconds"], serde_json::Value::Null);
}

#[test]
fn backups_and_logs_are_lost_with_the_region_unless_they_are_copied() {
    let document = dr_synth("").succeed().stdout();
    let found = dr_synth("objectives --format json").file("main.tf.json", &document).finish().document();
    let points = found["recovery_points"].as_array().unwrap();
    let of = |store: &str| points.iter().find(|point| point["store"] == store).unwrap();
    let plan = of("aws_backup_plan.primary_backup");
    // A copy each week, an hour for the job to begin and one for the copy.
    assert_eq!((&plan["left"], &plan["rpo_seconds"]), (&"survives".into(), &(7 * 86_400 + 2 * 3_600).into()));
    assert_eq!(of("aws_cloudwatch_log_group.primary_function")["left"], "loses");
    assert!(points.iter().all(|point| point["store"] != "aws_cloudwatch_log_group.dr_function"), "the standby's stay");
}

#[test]
fn what_a_game_day_measured_stands_beside_what_is_computed() {
    let document = dr_synth("").succeed().stdout();
    let evidence = r#"{"schema_version": 1, "started_at": 1790000000, "scenarios": [{
        "name": "story", "what": "the primary is lost", "outcome": "passed",
        "figures": {"rto_seconds": 74.25, "rto_with_aws_promotion_seconds": 160, "lost": [], "doubled": 0}}]}"#;
    let run = |flags: &str| {
        let run = dr_synth(&format!("objectives --evidence gameday.json {flags}"));
        run.file("main.tf.json", &document).file("gameday.json", evidence).finish()
    };
    let text = run("").stdout();
    assert!(text.contains("  story    74.2   160.0 with AWS's promotion     0 lost     0 doubled  passed\n"), "{text}");
    let observed = &run("--format json").document()["observed"];
    assert_eq!((&observed[0]["scenario"], &observed[0]["evidence"]), (&"story".into(), &"observed".into()));
    let broken = dr_synth("objectives --evidence main.tf.json").file("main.tf.json", &document).finish();
    assert_eq!(broken.status(), 2);
    assert!(broken.stderr().contains("no report of a game day"), "{}", broken.stderr());
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

#[test]
fn a_warehouse_and_a_durable_cache_are_databases() {
    let document = r#"{"provider": {"aws": {"region": "us-east-1"}}, "resource": {
        "aws_redshift_cluster": {"w": {"cluster_identifier": "w", "node_type": "ra3.large"}},
        "aws_memorydb_cluster": {"m": {"name": "m", "node_type": "db.r7g.large", "acl_name": "a"}}}}"#;
    let text = dr_synth("objectives --rpo 60").file("main.tf.json", document).finish().stdout();
    assert!(!text.contains("there is no database"), "{text}");
    for store in ["aws_redshift_cluster.w", "aws_memorydb_cluster.m"] {
        assert!(text.lines().any(|line| line.trim_start().starts_with(store) && line.contains("missed")), "{text}");
    }
}
