//! Containers on Fargate take payments: what is added, what stays, and what nobody can reach.

use std::collections::BTreeSet;

use dr_synth::settings::{Features, Settings, WorkloadKind};
use serde_json::{Value, json};

use super::{addresses, document};
use crate::common::{Finished, dr_synth};

fn fargate() -> Settings {
    Settings { workload: WorkloadKind::Fargate, features: Features::all(), ..Settings::default() }
}

fn lambda() -> Settings {
    Settings { features: Features::all(), ..Settings::default() }
}

/// Both images have the digest of this digit.
fn image(region: &str, digit: &str) -> String {
    format!("123456789012.dkr.ecr.{region}.amazonaws.com/team/orders@sha256:{}", digit.repeat(64))
}

fn evaluated(document: &str, values: &[(&str, &str)], expression: &str) -> Finished {
    let images = [
        format!("primary_container_image_uri={}", image("us-east-1", "0")),
        format!("dr_container_image_uri={}", image("us-east-2", "0")),
    ];
    let mut run = dr_synth("evaluate").file("main.tf.json", document);
    for value in images {
        run = run.argument("--var").argument(value);
    }
    for (name, value) in values {
        run = run.argument("--var").argument(format!("{name}={value}"));
    }
    run.argument(".").argument(expression).finish()
}

fn refused(document: &str, values: &[(&str, &str)], name: &str) -> bool {
    let finished = evaluated(document, values, &format!("var.{name}"));
    assert!(finished.status() == 0 || finished.stdout().contains(name), "{}", finished.stdout());
    finished.status() != 0
}

#[test]
fn it_adds_tasks_and_the_way_to_them_and_leaves_out_functions() {
    let (fargate, lambda) = (addresses(&document(&fargate())), addresses(&document(&lambda())));
    let only_in = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        let in_primary = one.difference(other).filter(|address| address.contains(".primary_"));
        in_primary.cloned().collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!("added", only_in(&fargate, &lambda));
    insta::assert_snapshot!("gone", only_in(&lambda, &fargate));
}

/// The one network for both kinds: no route, no address and no rule leads to the internet.
#[test]
fn the_network_gets_endpoints_and_no_way_to_the_internet() {
    let (fargate, lambda) = (document(&fargate()), document(&lambda()));
    for type_name in ["aws_vpc", "aws_subnet", "aws_route_table", "aws_route", "aws_vpc_security_group_egress_rule"] {
        let [with, without] = [&fargate, &lambda].map(|document| document["resource"][type_name].clone());
        let Some(without) = without.as_object() else { continue };
        assert!(without.iter().all(|(name, block)| with[name] == *block), "{type_name}");
    }
    for region in ["primary", "dr"] {
        let name = format!("{region}_tasks");
        let service = &fargate["resource"]["aws_ecs_service"][&name];
        assert_eq!(service["network_configuration"]["assign_public_ip"], false);
        assert_eq!(service["enable_execute_command"], false);
        assert_eq!(fargate["resource"]["aws_lb"][&name]["internal"], true);
        let waits = service["depends_on"].to_string();
        for endpoint in ["ecr_api", "ecr_dkr", "logs", "s3"] {
            assert!(waits.contains(&format!("aws_vpc_endpoint.{region}_{endpoint}")), "{waits}");
        }
        let policy = fargate["resource"]["aws_vpc_endpoint"][format!("{region}_s3")]["policy"].to_string();
        assert!(policy.contains("starport-layer-bucket"), "{policy}");
        let policy = lambda["resource"]["aws_vpc_endpoint"][format!("{region}_s3")]["policy"].to_string();
        assert!(!policy.contains("starport-layer-bucket"), "{policy}");
        let rules = &fargate["resource"]["aws_vpc_security_group_ingress_rule"];
        let to_balancer = |rule: &Value| rule["security_group_id"].to_string().contains("_balancer");
        assert!(!rules.as_object().unwrap().values().any(to_balancer));
    }
}

#[test]
fn tasks_have_the_environment_and_the_permissions_of_functions() {
    let [fargate, lambda] = [fargate(), lambda()].map(|settings| document(&settings));
    let policies = |document: &Value, name: &str| document["resource"]["aws_iam_role_policy"][name]["policy"].clone();
    let of_tasks = policies(&fargate, "dr_tasks").to_string();
    let of_function = policies(&lambda, "dr_payments").to_string();
    for sid in ["WritePayments", "ReadDatabaseCredentials", "ClaimPayments", "WriteReceipts", "UseSecretKey"] {
        let sid = format!("\\\"Sid\\\" = \\\"{sid}\\\"");
        assert!(of_function.contains(&sid) && of_tasks.contains(&sid), "{sid} {of_tasks}");
    }
    assert!(!of_tasks.contains("JoinNetwork") && !of_tasks.contains("logs:"), "{of_tasks}");
    let containers = fargate["resource"]["aws_ecs_task_definition"]["dr_tasks"]["container_definitions"].to_string();
    for name in ["DATABASE_CLUSTER_ARN", "DATABASE_NAME", "DATABASE_SECRET_ARN", "RECEIPTS_BUCKET", "SESSION_TABLE"] {
        assert!(containers.contains(name), "{name}");
    }
}

#[test]
fn who_starts_a_task_may_pull_its_image_and_no_other() {
    let text = dr_synth("--workload fargate").succeed().stdout();
    let document = document(&fargate());
    let policy = document["resource"]["aws_iam_role_policy"]["dr_task_execution"]["policy"].as_str().unwrap();
    // The rest of the policy names a log group that is not there before an apply.
    let repository = &policy[policy.find("replace(var.dr_container_image_uri").unwrap()..];
    let repository = &repository[..repository.find("$3\")").unwrap() + 4];
    let found = evaluated(&text, &[], repository);
    assert_eq!(found.stdout().trim(), "\"arn:aws:ecr:us-east-2:123456789012:repository/team/orders\"", "{repository}");
}

#[test]
fn a_task_is_well_when_its_port_is_open_because_a_standby_denies_its_health_all_day() {
    let document = document(&fargate());
    let check = &document["resource"]["aws_lb_target_group"]["dr_tasks"]["health_check"];
    assert_eq!((&check["protocol"], &check["path"]), (&json!("TCP"), &Value::Null));
}

#[test]
fn values_that_fargate_does_not_have_are_refused() {
    let text = dr_synth("--workload fargate").succeed().stdout();
    for (name, values) in [
        ("task_cpu", vec![("task_cpu", "300")]),
        ("task_memory_mb", vec![("task_cpu", "256"), ("task_memory_mb", "1536")]),
        ("task_memory_mb", vec![("task_cpu", "512"), ("task_memory_mb", "8192")]),
        ("task_memory_mb", vec![("task_cpu", "1024"), ("task_memory_mb", "2500")]),
        ("container_user", vec![("container_user", "0:0")]),
        ("container_port", vec![("container_port", "80")]),
        ("container_architecture", vec![("container_architecture", "arm64")]),
        ("task_endpoint_services", vec![("task_endpoint_services", "[\"ecr.api\"]")]),
        ("task_environment", vec![("task_environment", "{ SESSION_TABLE = \"x\" }")]),
        ("task_environment", vec![("task_environment", "{ API_TOKEN = \"x\" }")]),
    ] {
        assert!(refused(&text, &values, name), "{values:?}");
    }
    for values in [
        vec![("task_cpu", "256"), ("task_memory_mb", "512")],
        vec![("task_cpu", "4096"), ("task_memory_mb", "30720")],
        vec![("task_cpu", "16384"), ("task_memory_mb", "122880")],
    ] {
        assert!(!refused(&text, &values, "task_memory_mb"), "{values:?}");
    }
    let other = [("dr_container_image_uri", image("us-east-2", "1"))];
    assert!(refused(&text, &other.each_ref().map(|(name, value)| (*name, value.as_str())), "dr_container_image_uri"));
}

#[test]
fn no_variable_is_left_that_nothing_reads() {
    let document = document(&fargate());
    let text = document.to_string();
    for name in document["variable"].as_object().unwrap().keys() {
        let read = text.matches(&format!("var.{name}")).count();
        let own = document["variable"][name].to_string().matches(&format!("var.{name}")).count();
        assert!(read > own, "{name}");
    }
}

#[test]
fn a_service_name_of_any_length_fits() {
    dr_synth("--workload fargate --service-name abcdefghijklmn").succeed();
}

#[test]
fn both_layouts_and_every_command_work_on_it() {
    dr_synth("--workload fargate --layout modules --out modules").succeed();
    let text = dr_synth("--workload fargate").succeed().stdout();
    for command in ["check", "objectives", "cost", "graph", "report", "runbook", "permissions"] {
        dr_synth(command).file("main.tf.json", &text).succeed();
    }
    let permissions = dr_synth("permissions").file("main.tf.json", &text).succeed().stdout();
    for action in ["ecs:CreateService", "elasticloadbalancing:CreateLoadBalancer", "iam:PassRole"] {
        assert!(permissions.contains(action), "{action}");
    }
    let cost = dr_synth("cost").file("main.tf.json", &text).succeed().stdout();
    assert!(cost.contains("Fargate") && cost.contains("load balancers"), "{cost}");
}

#[test]
fn settings_that_it_does_not_go_with_are_refused() {
    insta::assert_snapshot!(dr_synth("--workload fargate").settings("[workload]\npackage = \"image\"").refuse());
    let existing = "[network]\nexisting = true";
    insta::assert_snapshot!(dr_synth("--workload fargate").settings(existing).refuse());
    dr_synth("--workload fargate").settings("[network]\nexisting = true\nendpoints = \"own\"").succeed();
}
