//! Logs: every service writes into a group of the document, what expires is gone, and every line can be read.

use dr_synth::settings::Settings;
use serde_json::Value;

use super::{document, resources, whole_document};

const REGIONS: [&str; 2] = ["primary", "dr"];

fn groups(document: &Value) -> Vec<(&str, &Value)> {
    document["resource"]["aws_cloudwatch_log_group"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, body)| (name.as_str(), body))
        .collect()
}

/// The names of the groups that AWS makes by itself for a block if nobody else has, each as the service builds it.
fn made_by_services(type_name: &str, name: &str, body: &Value) -> Option<String> {
    let text = |argument: &str| body[argument].as_str().unwrap().to_owned();
    match type_name {
        "aws_lambda_function" => Some(format!("/aws/lambda/{}", text("function_name"))),
        "aws_rds_cluster" => Some(format!("/aws/rds/cluster/{}/postgresql", text("cluster_identifier"))),
        // API Gateway developer guide, "Set up CloudWatch logging for REST APIs".
        "aws_api_gateway_method_settings" => {
            let prefix = name.split('_').next().unwrap();
            Some(format!("API-Gateway-Execution-Logs_${{aws_api_gateway_rest_api.{prefix}_payments.id}}/live"))
        }
        _ => None,
    }
}

#[test]
fn groups_that_services_make_by_themselves_are_made_first_with_key_and_retention() {
    let document = whole_document();
    let groups = groups(&document);
    let mut seen = 0;
    for (type_name, name, body) in resources(&document) {
        let Some(wanted) = made_by_services(type_name, name, body) else { continue };
        assert!(groups.iter().any(|(_, group)| group["name"] == wanted.as_str()), "{type_name}.{name}: no {wanted}");
        seen += 1;
    }
    assert!(seen > 10, "only {seen}");
    for (name, group) in groups {
        assert!(group["kms_key_id"].is_string(), "{name} has no key");
        assert_eq!(group["retention_in_days"], "${var.log_retention_days}", "{name}");
    }
}

/// Execution logs begin with the settings and end with the stage: the group is there before and gone after both.
#[test]
fn the_stage_waits_for_the_group_of_its_execution_logs() {
    let document = document(&Settings::default());
    for prefix in REGIONS {
        let group = format!("aws_cloudwatch_log_group.{prefix}_api_execution");
        let waits = &document["resource"]["aws_api_gateway_stage"][format!("{prefix}_payments")]["depends_on"];
        assert!(waits.as_array().unwrap().iter().any(|one| *one == group.as_str()), "{waits}");
    }
}

/// A deletion by lifecycle only hides the version below a marker: the version goes by the rule about former versions, the
/// marker by the one about markers that hide nothing (S3 user guide, "Lifecycle configuration elements").
#[test]
fn what_expires_is_gone_the_day_after_and_its_marker_too() {
    let document = whole_document();
    let mut expiring = 0;
    for (name, body) in document["resource"]["aws_s3_bucket_lifecycle_configuration"].as_object().unwrap() {
        let rules = body["rule"].as_array().unwrap();
        let markers = rules.iter().any(|rule| {
            rule["expiration"][0]["expired_object_delete_marker"] == true
                || rule["expiration"]["expired_object_delete_marker"] == true
        });
        assert!(markers, "{name} keeps markers forever");
        for rule in rules.iter().filter(|rule| rule["expiration"].to_string().contains("days")) {
            let former = rule["noncurrent_version_expiration"].to_string();
            assert!(former.contains(r#""noncurrent_days":1"#), "{name}: {rule}");
            expiring += 1;
        }
    }
    assert!(expiring >= 4, "only {expiring}");
}

/// What a request gives the variables of a line.
type Variables = fn(&str) -> Option<&'static str>;

/// The text that a stage writes for a request, by the rule that API Gateway has: variables are put in as they are, those
/// without a value as `-`, and only `messageString` is quoted.
fn access_log_line(format: &str, values: Variables) -> String {
    let mut line = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("$context.") {
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(after.len());
        line.push_str(before);
        let name = &after[..end];
        let quoted = name == "error.messageString";
        let value = values(if quoted { "error.message" } else { name }).unwrap_or("-");
        line.push_str(&if quoted { Value::from(value).to_string() } else { value.to_owned() });
        rest = &after[end..];
    }
    line + rest
}

#[test]
fn every_line_of_the_access_log_is_json_whatever_the_request() {
    let document = document(&Settings::default());
    let requests: [Variables; 3] = [
        |_| None,
        |name| (name == "error.message").then_some(r#"Authorization header requires 'Credential' "x" \ y"#),
        |name| match name {
            "status" => Some("200"),
            "responseLatency" => Some("12"),
            _ => Some("plain"),
        },
    ];
    for prefix in REGIONS {
        let settings =
            &document["resource"]["aws_api_gateway_stage"][format!("{prefix}_payments")]["access_log_settings"];
        let format = settings[0]["format"].as_str().or_else(|| settings["format"].as_str()).unwrap();
        for request in requests {
            let line = access_log_line(format, request);
            let read: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(read["error"].is_string() && read["status"].is_string(), "{line}");
        }
        // A caller chooses these words: nothing but quoted variables may carry them.
        for open in
            ["$context.error.message\"", "$context.identity.userAgent", "$context.path", "$context.identity.caller"]
        {
            assert!(!format.contains(open), "{open} breaks the line of a caller who writes a quote");
        }
    }
}
