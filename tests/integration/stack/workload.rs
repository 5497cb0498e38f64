//! A service that runs elsewhere: everything but what would take its calls.

use std::collections::BTreeSet;

use dr_synth::settings::{Features, Settings, WorkloadKind};
use serde_json::Value;

use super::{addresses, document, resources};
use crate::common::dr_synth;

fn elsewhere() -> Settings {
    Settings { workload: WorkloadKind::None, features: Features::all(), ..Settings::default() }
}

fn lambda() -> Settings {
    Settings { features: Features::all(), ..Settings::default() }
}

#[test]
fn it_adds_the_api_of_the_latch_and_leaves_out_functions_their_api_and_what_watches_them() {
    let (none, lambda) = (addresses(&document(&elsewhere())), addresses(&document(&lambda())));
    let added: BTreeSet<_> = none.difference(&lambda).map(|address| address.split_once('.').unwrap()).collect();
    assert!(added.iter().all(|(_, name)| *name == "dr_failover_latch"), "{added:?}");
    assert!(added.contains(&("aws_api_gateway_rest_api", "dr_failover_latch")));
    let gone: BTreeSet<&str> = lambda.difference(&none).map(|address| address.split('.').next().unwrap()).collect();
    insta::assert_snapshot!(gone.into_iter().collect::<Vec<_>>().join("\n"), @r"
    aws_api_gateway_account
    aws_api_gateway_base_path_mapping
    aws_api_gateway_deployment
    aws_api_gateway_domain_name
    aws_api_gateway_gateway_response
    aws_api_gateway_integration
    aws_api_gateway_method
    aws_api_gateway_method_settings
    aws_api_gateway_model
    aws_api_gateway_request_validator
    aws_api_gateway_resource
    aws_api_gateway_rest_api
    aws_api_gateway_stage
    aws_cloudwatch_log_group
    aws_cloudwatch_log_resource_policy
    aws_cloudwatch_metric_alarm
    aws_fis_experiment_template
    aws_iam_role
    aws_iam_role_policy
    aws_iam_role_policy_attachment
    aws_lambda_function
    aws_lambda_permission
    aws_s3_object
    aws_vpc_endpoint
    aws_wafv2_web_acl
    aws_wafv2_web_acl_association
    aws_wafv2_web_acl_logging_configuration
    aws_xray_group
    aws_xray_sampling_rule
    ");
}

#[test]
fn no_store_and_no_part_of_dns_depends_on_what_takes_payments() {
    let (none, lambda) = (document(&elsewhere()), document(&lambda()));
    for type_name in [
        "aws_rds_cluster",
        "aws_rds_global_cluster",
        "aws_dynamodb_table",
        "aws_s3_bucket",
        "aws_backup_plan",
        "aws_kms_key",
    ] {
        assert_eq!(none["resource"][type_name], lambda["resource"][type_name], "{type_name}");
    }
    let names = |document: &Value| -> BTreeSet<String> {
        let records = document["resource"]["aws_route53_record"].as_object().unwrap();
        records.keys().cloned().collect()
    };
    assert_eq!(names(&none), names(&lambda));
}

#[test]
fn callers_and_probes_are_led_to_the_hosts_of_the_service() {
    let document = document(&elsewhere());
    let records = &document["resource"]["aws_route53_record"];
    for (record, host) in [("primary_failover", "${var.primary_endpoint}"), ("dr_failover", "${var.dr_endpoint}")] {
        assert_eq!(records[record]["type"], "CNAME");
        assert_eq!(records[record]["records"][0], host);
    }
    let check = &document["resource"]["aws_route53_health_check"]["primary_endpoint"];
    assert_eq!((&check["fqdn"], &check["resource_path"]), (&"${var.primary_endpoint}".into(), &"/health".into()));
    let environment = |function: &str| document["resource"]["aws_lambda_function"][function]["environment"].clone();
    let asked = environment("dr_failover_detector")["variables"]["PRIMARY_HEALTH_URL"].clone();
    assert_eq!(asked, "https://${var.primary_endpoint}/health");
    assert_eq!(document["output"]["dr_api_url"]["value"], "https://${var.dr_endpoint}");
    let certificate = &document["output"]["primary_certificate_arn"]["value"];
    assert_eq!(certificate, "${aws_acm_certificate.primary_failover.arn}");
}

/// A search that finds nothing because it knows nothing would say that nothing is lost.
#[test]
fn the_failover_does_not_say_what_it_cannot_know() {
    let document = document(&elsewhere());
    let machine = &document["resource"]["aws_sfn_state_machine"]["dr_failover_machine"]["definition"];
    assert!(machine.as_str().unwrap().contains("which are lost is unknown, because the service runs elsewhere"));
    assert!(!machine.as_str().unwrap().contains("FindLost"));
    let functions = resources(&document).filter(|(type_name, ..)| *type_name == "aws_lambda_function");
    assert!(functions.map(|(_, name, _)| name).all(|name| !name.contains("lost_payments")));
}

#[test]
fn no_variable_is_left_that_nothing_reads() {
    let document = document(&elsewhere());
    let text = document.to_string();
    for name in document["variable"].as_object().unwrap().keys() {
        let read = text.matches(&format!("var.{name}")).count();
        let own = document["variable"][name].to_string().matches(&format!("var.{name}")).count();
        assert!(read > own, "{name}");
    }
}

#[test]
fn every_command_works_on_it() {
    let document = dr_synth("--workload none").succeed().stdout();
    for command in ["check", "objectives", "cost", "graph", "report", "runbook", "permissions"] {
        dr_synth(command).file("main.tf.json", &document).succeed();
    }
    let book = dr_synth("runbook").file("main.tf.json", &document).succeed().stdout();
    assert!(!book.contains("/aws/lambda/ --limit"), "a function without a name");
}

#[test]
fn a_kind_that_is_not_built_is_refused_with_those_that_are() {
    insta::assert_snapshot!(dr_synth("").settings("[workload]\nkind = \"eks\"").refuse(), @r#"
    error: unknown workload `eks`
     --> dr-synth.toml:2:8
      |
    2 | kind = "eks"
      |        ^^^^^
      |
      = fix: choose lambda, fargate or none
    "#);
    insta::assert_snapshot!(dr_synth("--workload none --api-authorization AWS_IAM").refuse(), @r"
    error: the authorization `AWS_IAM` is of an API that the workload `none` does not have
    --> --workload
    ::: --api-authorization
     = why: the service runs elsewhere, and checks its callers itself
     = fix: leave the authorization out, or choose the workload `lambda`
    ");
}

/// The condition is evaluated as Terraform does.
#[test]
fn one_host_for_both_regions_is_refused() {
    let document = dr_synth("--workload none").succeed().stdout();
    let run = |dr: &str| {
        let flags = format!("evaluate --var primary_endpoint=one.example.com --var dr_endpoint={dr} . var.dr_endpoint");
        dr_synth(&flags).file("main.tf.json", &document)
    };
    let refused = run("one.example.com").finish();
    assert_eq!(refused.status(), 2);
    assert!(refused.stdout().contains("are one host"), "{}", refused.stdout());
    assert_eq!(run("two.example.com").succeed().stdout(), "\"two.example.com\"\n");
}
