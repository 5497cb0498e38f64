//! `dr-synth cost`: formats, exit status, usage files, two configurations side by side.

use serde_json::{Value, json};

use crate::common::{Run, dr_synth, golden};

/// A run in a folder with the default document.
fn in_stack(arguments: &str) -> Run {
    dr_synth(arguments).file("main.tf.json", &dr_synth("").succeed().stdout())
}

fn budget(amount: &str) -> String {
    let budget = json!({"budget_type": "COST", "time_unit": "MONTHLY", "limit_unit": "USD", "limit_amount": amount, "name": "b"});
    let key = json!({"a": {"provider": "aws"}, "b": {"provider": "aws"}});
    json!({
        "provider": {"aws": {"region": "us-east-1"}},
        "resource": {"aws_budgets_budget": {"b": budget}, "aws_kms_key": key},
    })
    .to_string()
}

#[test]
fn the_default_stack_is_within_its_budget_and_complete() {
    let run = in_stack("cost").succeed();
    let text = run.stdout();
    golden("tests/integration/cli/cost.txt", &text);
    assert!(text.contains("budget: 5,000.00 USD of aws_budgets_budget.dr_budget: within"), "{text}");
    assert!(!text.contains("not in the sum"), "{text}");
    assert_eq!(run.stderr(), "");
}

#[test]
fn programs_and_spreadsheets_get_the_same_month() {
    golden("tests/integration/cli/snapshots/cost.json", &in_stack("cost --format json").succeed().stdout());
    golden("tests/integration/cli/snapshots/cost.csv", &in_stack("cost --format csv").succeed().stdout());
}

/// The variable decides, from wherever it has its value.
#[test]
fn the_variable_is_the_budget() {
    for run in [
        in_stack("cost --var monthly_budget_usd=500"),
        in_stack("cost").file("terraform.tfvars", "monthly_budget_usd = 500\n"),
        in_stack("cost --var-file b.tfvars").file("b.tfvars", "monthly_budget_usd = 500\n"),
    ] {
        let finished = run.finish();
        assert_eq!(finished.status(), 1, "{}", finished.stderr());
        assert!(finished.stdout().contains("budget: 500.00 USD of aws_budgets_budget.dr_budget: OVER"));
    }
}

#[test]
fn every_feature_has_its_price() {
    let document = dr_synth("--enable config,stacksets,xray_encryption").succeed().stdout();
    let bill = dr_synth("cost --format json").file("main.tf.json", &document).succeed().document();
    assert_eq!(bill["gaps"], json!([]));
    assert_eq!(bill["is_complete"], true);
}

#[test]
fn lines_add_up_to_the_sum() {
    let bill = in_stack("cost --format json").succeed().document();
    let cents = |value: &Value| (value.as_f64().unwrap() * 100.0).round();
    let sum: f64 = bill["lines"].as_array().unwrap().iter().map(|line| cents(&line["usd"])).sum();
    assert!((sum - cents(&bill["usd"])).abs() < 0.5, "{bill:#}");
    let csv = in_stack("cost --format csv").succeed().stdout();
    assert_eq!(csv.lines().count(), bill["lines"].as_array().unwrap().len() + 1);
    assert!(csv.starts_with("service,item,region,quantity,unit,usd,from,"));
}

#[test]
fn the_layout_of_modules_costs_the_same() {
    let single = in_stack("cost --format json").succeed().document();
    let written = dr_synth("--layout modules --out .").succeed();
    let mut run = dr_synth("cost --format json");
    for (path, content) in crate::common::files(written.path()) {
        if let Some(content) = content {
            let path = path.strip_prefix(written.path()).unwrap().to_str().unwrap().to_owned();
            run = run.file(&path, &String::from_utf8(content).unwrap());
        }
    }
    let modules = run.succeed().document();
    assert_eq!((&modules["usd"], &modules["gaps"]), (&single["usd"], &single["gaps"]));
}

#[test]
fn over_the_budget_is_a_finding() {
    let over = dr_synth("cost --format json").file("main.tf.json", &budget("1.5")).finish();
    assert_eq!((over.status(), over.document()["is_over_budget"].as_bool()), (1, Some(true)));
    let text = dr_synth("cost").file("main.tf.json", &budget("1.5")).finish();
    assert!(text.stdout().contains("1.50 USD of aws_budgets_budget.b: OVER"), "{}", text.stdout());
    dr_synth("cost").file("main.tf.json", &budget("100")).succeed();
}

#[test]
fn values_of_variables_decide() {
    let of = |arguments: &str| in_stack(arguments).succeed().document()["usd"].as_f64().unwrap();
    let default = of("cost --format json");
    let cheaper = of("cost --format json --var database_instance_class=db.r6g.large");
    assert!((default - cheaper - 43.8).abs() < 0.01, "{default} {cheaper}");
    let unknown = in_stack("cost --format json --var database_instance_class=db.r5.24xlarge").succeed().document();
    assert!(unknown["gaps"].to_string().contains("db.r5.24xlarge"), "{unknown:#}");
    assert_eq!(unknown["is_complete"], false);
}

#[test]
fn a_usage_file_is_read_with_its_mistakes() {
    let usage = "[[usage]]\ntype = \"aws_kms_key\"\nrequests = 10_000_000\n";
    let run =
        dr_synth("cost --usage usage.toml").file("main.tf.json", &budget("100")).file("usage.toml", usage).succeed();
    assert!(run.stdout().contains("60.00  usage"), "{}", run.stdout());
    let wrong = "[[usage]]\ntype = \"aws_kms_keys\"\n";
    let refused = dr_synth("cost --usage usage.toml").file("main.tf.json", "{}").file("usage.toml", wrong).refuse();
    assert!(refused.contains("usage.toml:2:8") && refused.contains("`aws_kms_key`"), "{refused}");
    let missing = dr_synth("cost --usage nowhere.toml").file("main.tf.json", "{}").refuse();
    assert!(missing.contains("nowhere.toml"), "{missing}");
    let idle = "[[usage]]\ntype = \"aws_sns_topic\"\naddress = \"*x\"\nrequests = 1\n";
    let run = dr_synth("cost --usage usage.toml").file("main.tf.json", "{}").file("usage.toml", idle).succeed();
    assert!(run.stdout().contains("the usage file speaks of aws_sns_topic"), "{}", run.stdout());
}

#[test]
fn the_checked_in_usage_changes_nothing() {
    let usage = include_str!("../../../examples/usage.toml");
    let with = in_stack("cost --format json --usage usage.toml").file("usage.toml", usage).succeed().document();
    let without = in_stack("cost --format json").succeed().document();
    assert_eq!(with["usd"], without["usd"]);
}

#[test]
fn two_configurations_stand_side_by_side() {
    let other = dr_synth("--disable waf").succeed().stdout();
    let run = in_stack("cost --compare other").file("other/main.tf.json", &other).succeed();
    let text = run.stdout();
    assert!(text.contains("WAF: web ACLs, us-east-1") && text.contains("-5.00"), "{text}");
    let json = in_stack("cost --compare other --format json").file("other/main.tf.json", &other).succeed().document();
    assert!(json["compared"]["usd"].as_f64() < json["usd"].as_f64(), "{json:#}");
}

#[test]
fn what_has_no_price_is_missing_on_its_side_of_a_comparison() {
    let unpriced = r#"{"provider": {"aws": {"region": "us-east-1"}}, "resource": {"aws_instance": {"web": {"ami": "ami-1", "instance_type": "x2iezn.metal"}}}}"#;
    let run =
        |flags: &str| in_stack(&format!("cost --compare other {flags}")).file("other/main.tf.json", unpriced).finish();
    let text = run("").stdout();
    assert!(text.contains("a month there: at least "), "{text}");
    assert!(text.contains("sum of what has a price") && !text.contains("sum of everything"), "{text}");
    let missing = text.lines().find(|line| line.starts_with("not in the sum there: ")).expect(&text);
    assert!(missing.contains("aws_instance.web"), "{missing}");
    let csv = run("--format csv").stdout();
    assert!(csv.starts_with("service,item,region,usd_here,usd_there,usd_difference\n"), "{csv}");
    assert!(csv.contains("\nnot in the sum there,") && csv.contains("\nsum of what has a price,,,"), "{csv}");
    assert!(csv.lines().all(|line| line.contains('"') || line.matches(',').count() == 5), "{csv}");
    let compared = &run("--format json").document()["compared"];
    assert_eq!(compared["is_complete"], false);
    assert_eq!(compared["gaps"][0]["addresses"][0], "aws_instance.web", "{compared:#}");
}

#[test]
fn a_folder_without_a_configuration_is_bad_input() {
    assert!(dr_synth("cost").refuse().contains("there is no configuration here"));
    assert!(dr_synth("cost --plan plan.json").file("plan.json", "{\"serial\": 1}").refuse().contains("a state"));
}

/// The range was stated for the default stack, and says nothing of another shape.
#[test]
fn the_expected_range_is_shown_for_the_default_stack_only() {
    let shows = |flags: &str| {
        let document = dr_synth(flags).succeed().stdout();
        let shown = dr_synth("cost").file("main.tf.json", &document).finish().stdout();
        shown.contains("expected of the default stack: 1,000 to 1,500 USD")
    };
    assert!(shows("") && shows("--environment-suffix blue --backend local:state"));
    for flags in ["--workload none", "--disable waf", "--availability-zones 3", "--dr-region us-west-2"] {
        assert!(!shows(flags), "{flags}");
    }
}

/// The volumes of this stack's own functions are no volumes of somebody else's.
#[test]
fn a_function_that_no_usage_speaks_of_is_not_free() {
    let function =
        json!({"function_name": "f", "role": "r", "handler": "h", "runtime": "python3.13", "filename": "f.zip"});
    let document = json!({
        "provider": {"aws": {"region": "us-east-1"}},
        "resource": {"aws_lambda_function": {"f": function}},
    });
    let text = dr_synth("cost").file("main.tf.json", &document.to_string()).finish().stdout();
    assert!(text.contains("no usage says `requests` of aws_lambda_function"), "{text}");
}
