//! Functions that run the user's own code: what the code is, what it is given, and what is refused.

use dr_synth::settings::{Endpoints, PackageKind, Settings};
use serde_json::{Value, json};

use super::{document, resources};
use crate::common::{Finished, dr_synth};

const FUNCTIONS: [&str; 4] = ["primary_payments", "primary_health", "dr_payments", "dr_health"];

/// Both images have the digest of this digit.
fn image(region: &str, digit: &str) -> String {
    format!("123456789012.dkr.ecr.{region}.amazonaws.com/team/orders@sha256:{}", digit.repeat(64))
}

/// What an expression comes to in a document, with values of variables.
fn evaluated(document: &str, values: &[(&str, &str)], expression: &str) -> Finished {
    let mut run = dr_synth("evaluate").file("main.tf.json", document);
    for (name, value) in values {
        run = run.argument("--var").argument(format!("{name}={value}"));
    }
    run.argument(".").argument(expression).finish()
}

/// What is said where a variable's value is refused; empty where it is not.
fn refused(document: &str, values: &[(&str, &str)], name: &str) -> String {
    let finished = evaluated(document, values, &format!("var.{name}"));
    if finished.status() == 0 { String::new() } else { finished.stdout() }
}

fn default_document() -> String {
    dr_synth("").succeed().stdout()
}

fn image_document() -> String {
    dr_synth("").settings("[workload]\npackage = \"image\"\n").succeed().stdout()
}

/// An attribute of a resource as JSON.
fn attribute(document: &str, values: &[(&str, &str)], expression: &str) -> Value {
    let finished = evaluated(document, values, expression);
    assert_eq!(finished.status(), 0, "{expression}: {}{}", finished.stdout(), finished.stderr());
    let text = finished.stdout();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{expression}: {text}"))
}

#[test]
fn payments_and_health_checks_run_one_code_with_one_environment() {
    let document = document(&Settings::default());
    let functions = &document["resource"]["aws_lambda_function"];
    for name in FUNCTIONS {
        let function = &functions[name];
        assert_eq!(function["handler"], "${var.function_handler}", "{name}");
        assert_eq!(function["runtime"], "${var.function_runtime}", "{name}");
        assert_eq!(function["architectures"], json!(["${var.function_architecture}"]), "{name}");
    }
    // The last map wins: what the stack sets.
    let environment = functions["dr_health"]["environment"]["variables"].as_str().unwrap();
    assert!(
        environment.starts_with(r#"${merge(var.function_environment, {"DATABASE_CLUSTER_ARN" = "#),
        "{environment}"
    );
    assert!(environment.contains(r#""SESSION_TABLE" = "#), "{environment}");
    assert_eq!(functions["primary_payments"]["environment"], functions["primary_health"]["environment"]);
    assert_eq!(functions["primary_payments"]["s3_key"], functions["primary_health"]["s3_key"]);
}

#[test]
fn handler_runtime_and_architecture_reach_the_functions_of_both_regions_and_no_other() {
    let document = default_document();
    let values =
        [("function_handler", "orders.main"), ("function_runtime", "nodejs22.x"), ("function_architecture", "x86_64")];
    for name in FUNCTIONS {
        let of = |attribute_name: &str| {
            attribute(&document, &values, &format!("jsonencode(aws_lambda_function.{name}.{attribute_name})"))
        };
        assert_eq!(of("handler"), "\"orders.main\"");
        assert_eq!(of("runtime"), "\"nodejs22.x\"");
        assert_eq!(of("architectures"), "[\"x86_64\"]");
    }
    let detector = "jsonencode(aws_lambda_function.dr_failover_detector.runtime)";
    assert_eq!(attribute(&document, &values, detector), "\"python3.13\"");
}

#[test]
fn names_that_lambda_or_the_stack_sets_are_refused() {
    let document = default_document();
    for name in ["AWS_REGION", "_HANDLER", "TZ", "SESSION_TABLE", "DATABASE_SECRET_ARN", "A", "1A", "A-B"] {
        let value = format!("{{ \"{name}\" = \"x\" }}");
        let message = refused(&document, &[("function_environment", &value)], "function_environment");
        assert!(message.contains("function_environment"), "{name}: {message:?}");
    }
    for name in ["ORDERS", "AWS_LAMBDA_EXEC_WRAPPER", "AWS_MAX_ATTEMPTS", "Ab"] {
        let value = format!("{{ \"{name}\" = \"x\" }}");
        assert_eq!(refused(&document, &[("function_environment", &value)], "function_environment"), "", "{name}");
    }
}

#[test]
fn secrets_in_the_environment_are_refused() {
    let document = default_document();
    let of = |name: &str, value: &str| {
        let value = format!("{{ \"{name}\" = \"{value}\" }}");
        refused(&document, &[("function_environment", &value)], "function_environment")
    };
    for (name, value) in [
        ("DB_PASSWORD", "hunter2"),
        ("stripe_api_key", "sk_live_1"),
        ("GITHUB_TOKEN", "x"),
        ("SIGNING", "-----BEGIN EC PRIVATE KEY-----"),
        ("UPSTREAM", "AKIAIOSFODNN7EXAMPLE"),
    ] {
        assert!(of(name, value).contains("seems to hold a secret"), "{name}: {}", of(name, value));
    }
    for (name, value) in [
        ("DB_PASSWORD", "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-abcdef"),
        ("TOKEN_LIFETIME", "300"),
        ("SECRET_NAME", "orders/stripe"),
    ] {
        assert_eq!(of(name, value), "", "{name}");
    }
}

#[test]
fn an_environment_that_lambda_would_refuse_for_its_size_is_refused() {
    let value = format!("{{ BLOB = \"{}\" }}", "x".repeat(3000));
    let message = refused(&default_document(), &[("function_environment", &value)], "function_environment");
    assert!(message.contains("3000 characters"), "{message}");
}

#[test]
fn runtimes_handlers_and_architectures_that_lambda_does_not_have_are_refused() {
    let document = default_document();
    for (name, wrong, right) in [
        ("function_runtime", "python3.8", "provided.al2023"),
        ("function_handler", "a b", "bootstrap"),
        ("function_architecture", "arm", "x86_64"),
    ] {
        assert!(refused(&document, &[(name, wrong)], name).contains(name), "{name}");
        assert_eq!(refused(&document, &[(name, right)], name), "", "{name}");
    }
}

const SEND: &str = r#"{ actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:*:123456789012:orders-*"] }"#;
const DECRYPT: &str = r#"{ actions = ["kms:Decrypt"], resources = ["arn:aws:kms:us-east-1:123456789012:key/1"], health = true,
    conditions = { StringEquals = { "kms:ViaService" = ["sqs.us-east-1.amazonaws.com"] } } }"#;

/// The statements of a policy; none where the policy is not made.
fn statements(document: &str, asked: &str, policy: &str) -> Vec<Value> {
    let expression =
        format!("jsonencode([for policy in aws_iam_role_policy.{policy} : jsondecode(policy.policy).Statement])");
    let found = attribute(document, &[("function_permissions", asked)], &expression);
    let found: Vec<Vec<Value>> = serde_json::from_str(found.as_str().unwrap()).unwrap();
    found.into_iter().flatten().collect()
}

#[test]
fn further_permissions_are_of_the_payment_function_and_of_health_checks_only_where_that_is_said() {
    let document = default_document();
    let asked = format!("[{SEND}, {DECRYPT}]");
    let send = json!({
        "Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["arn:aws:sqs:*:123456789012:orders-*"]
    });
    let decrypt = json!({
        "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": ["arn:aws:kms:us-east-1:123456789012:key/1"],
        "Condition": {"StringEquals": {"kms:ViaService": ["sqs.us-east-1.amazonaws.com"]}}
    });
    for region in ["primary", "dr"] {
        let of = |asked: &str, function: &str| statements(&document, asked, &format!("{region}_{function}_further"));
        assert_eq!(of(&asked, "payments"), [send.clone(), decrypt.clone()]);
        assert_eq!(of(&asked, "health"), std::slice::from_ref(&decrypt));
        assert!(of("[]", "payments").is_empty() && of("[]", "health").is_empty());
        assert!(of(&format!("[{SEND}]"), "health").is_empty());
    }
}

#[test]
fn permissions_to_everything_are_refused() {
    let document = default_document();
    let of = |actions: &str, resources: &str| {
        let asked = format!("[{SEND}, {{ actions = [{actions}], resources = [{resources}] }}]");
        refused(&document, &[("function_permissions", &asked)], "function_permissions")
    };
    for (actions, resources) in [
        (r#""sqs:*""#, r#""*""#),
        (r#""sqs:SendMessage", "s3:Get*""#, r#""arn:aws:s3:::orders/*", "*""#),
        (r#""s3:*""#, r#""arn:aws:s3:::*""#),
        (r#""sqs:Send?essage""#, r#""arn:aws:sqs:*:*:*""#),
    ] {
        let message = of(actions, resources);
        assert!(message.contains("with * or ? on all resources"), "{actions} {resources}: {message:?}");
    }
    for (actions, resources) in [
        (r#""*""#, r#""arn:aws:sqs:us-east-1:123456789012:orders""#),
        (r#""sqs:SendMessage""#, ""),
        ("", r#""*""#),
        (r#""sqs:SendMessage""#, r#""orders""#),
    ] {
        let message = of(actions, resources);
        assert!(message.contains("must be statements with actions"), "{actions} {resources}: {message:?}");
    }
    for (actions, resources) in [
        (r#""cloudwatch:PutMetricData""#, r#""*""#),
        (r#""s3:*""#, r#""arn:aws:s3:::orders/*""#),
        (r#""logs:*""#, r#""arn:aws:logs:us-east-1:123456789012:log-group:orders:*""#),
    ] {
        assert_eq!(of(actions, resources), "", "{actions} {resources}");
    }
}

/// IAM takes 10,240 characters without spaces for all policies of a role together.
#[test]
fn the_longest_permissions_fit_beside_those_of_the_stack() {
    for policy in dr_synth::aws::policies::policies(dr_synth::stack::build(&Settings::default()).module()).unwrap() {
        if ["aws_iam_role_policy.primary_payments", "aws_iam_role_policy.dr_health"]
            .contains(&policy.resource.to_string().as_str())
        {
            let longest = policy.document.to_string().len() + 6000;
            assert!(longest < 10_000, "{}: {longest}", policy.resource);
        }
    }
}

#[test]
fn an_endpoint_for_each_service_that_is_asked_for() {
    let document = default_document();
    let count = |services: &str| {
        let keys = "jsonencode(keys(aws_vpc_endpoint.dr_further_services))";
        attribute(&document, &[("function_endpoint_services", services)], keys)
    };
    assert_eq!(count("[]"), "[]");
    assert_eq!(count(r#"["secretsmanager", "sqs"]"#), r#"["secretsmanager","sqs"]"#);
    for wrong in ["s3", "rds-data", "Secrets Manager"] {
        let value = format!("[\"{wrong}\"]");
        let message = refused(&document, &[("function_endpoint_services", &value)], "function_endpoint_services");
        assert!(message.contains("as their endpoints name them"), "{wrong}: {message:?}");
    }
    let existing = Settings { endpoints: Endpoints::Existing, ..Settings::defaults_of_network(true) };
    assert!(super::document(&existing)["variable"]["function_endpoint_services"].is_null());
}

fn with_images() -> Settings {
    Settings { package: PackageKind::Image, ..Settings::default() }
}

#[test]
fn an_image_has_no_handler_no_runtime_and_no_archive() {
    let document = document(&with_images());
    for name in FUNCTIONS {
        let function = &document["resource"]["aws_lambda_function"][name];
        let role = name.split('_').next().unwrap();
        assert_eq!(function["package_type"], "Image", "{name}");
        assert_eq!(function["image_uri"], format!("${{var.{role}_function_image_uri}}"), "{name}");
        for absent in ["handler", "runtime", "s3_bucket", "s3_key", "s3_object_version", "source_code_hash"] {
            assert!(function[absent].is_null(), "{name}: {absent}");
        }
        assert_eq!(function["architectures"], json!(["${var.function_architecture}"]), "{name}");
    }
    assert!(resources(&document).all(|(_, name, _)| !name.ends_with("payments_package")));
    for name in ["function_handler", "function_runtime", "function_package_path"] {
        assert!(document["variable"][name].is_null(), "{name}");
    }
    assert!(document["locals"]["payments_package_base64"].is_null());
}

#[test]
fn images_are_of_their_region_by_digest_and_the_same_in_both() {
    let document = image_document();
    let of = |primary: &str, dr: &str| {
        let values = [("primary_function_image_uri", primary), ("dr_function_image_uri", dr)];
        let found = ["primary", "dr"].map(|role| refused(&document, &values, &format!("{role}_function_image_uri")));
        found.concat()
    };
    let (primary, dr) = (image("us-east-1", "a"), image("us-east-2", "a"));
    assert_eq!(of(&primary, &dr), "");
    assert!(of(&primary, &image("us-east-2", "b")).contains("have different digests"));
    assert!(of(&dr, &dr).contains("in a repository of us-east-1"));
    assert!(of("123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:latest", &dr).contains("by its digest"));
    assert!(of("public.ecr.aws/orders/orders:1", &dr).contains("by its digest"));
}

#[test]
fn every_command_works_on_images() {
    let document = image_document();
    for command in ["check", "objectives", "cost", "graph", "report", "runbook", "permissions"] {
        let run = dr_synth(command).file("main.tf.json", &document);
        let values = [("primary", "us-east-1"), ("dr", "us-east-2")];
        let file: String =
            values.map(|(role, region)| format!("{role}_function_image_uri = \"{}\"\n", image(region, "a"))).concat();
        run.file("terraform.tfvars", &file).succeed();
    }
}

#[test]
fn a_package_of_functions_that_are_not_made_is_refused() {
    let run = dr_synth("--workload none").settings("[workload]\npackage = \"image\"\n");
    insta::assert_snapshot!(run.refuse(), @r#"
    error: the package `image` is of functions that the workload `none` does not have
     --> --workload
      |
     ::: dr-synth.toml:2:11
      |
    2 | package = "image"
      |           ^^^^^^^
      |
      = why: the service runs elsewhere, from a package of its own
      = fix: leave the package out, or choose the workload `lambda`
    "#);
}

/// Neither values nor the way the code comes cost data.
#[test]
fn nothing_is_lost_by_code_of_ones_own() {
    let (old, new) = (default_document(), image_document());
    let finished = dr_synth("diff --format json old new")
        .file("old/main.tf.json", &old)
        .file("new/main.tf.json", &new)
        .file(
            "new/terraform.tfvars",
            &format!(
                "primary_function_image_uri = \"{}\"\ndr_function_image_uri = \"{}\"\n",
                image("us-east-1", "a"),
                image("us-east-2", "a")
            ),
        )
        .finish();
    assert_eq!(finished.document()["verdict"], "no_loss_known", "{}", finished.stdout());
}

#[test]
fn no_variable_is_left_that_nothing_reads() {
    for settings in [Settings::default(), with_images(), Settings::defaults_of_network(true)] {
        let document = document(&settings);
        let text = document.to_string();
        for name in document["variable"].as_object().unwrap().keys() {
            let read = text.matches(&format!("var.{name}")).count();
            let own = document["variable"][name].to_string().matches(&format!("var.{name}")).count();
            assert!(read > own, "{name}");
        }
    }
}
