//! What is the account's: who works in it, its tags, the role with which API Gateway logs, and who hears of alarms.

use dr_synth::settings::{FailoverMode, Settings};
use serde_json::{Value, json};

use super::{document, resources};

fn assertions(document: &Value, check: &str) -> Vec<Value> {
    match &document["check"][check]["assert"] {
        Value::Array(several) => several.clone(),
        one => vec![one.clone()],
    }
}

#[test]
fn a_role_that_is_gone_is_found_in_both_regions() {
    let document = document(&Settings::default());
    let found = assertions(&document, "api_gateway_logging_role");
    assert_eq!(found.len(), 2);
    for (assertion, prefix) in found.iter().zip(["primary", "dr"]) {
        let condition = assertion["condition"].as_str().unwrap();
        for needed in ["aws_api_gateway_account", "data.aws_iam_roles"] {
            assert!(condition.contains(&format!("{needed}.{prefix}_")), "{condition}");
        }
        assert!(assertion["error_message"].as_str().unwrap().contains("aws apigateway update-account"));
    }
}

#[test]
fn nobody_to_tell_is_a_warning_and_an_error_where_somebody_must_decide() {
    for mode in [FailoverMode::Automatic, FailoverMode::Approve, FailoverMode::Manual] {
        let document = document(&Settings { failover_mode: mode, ..Settings::default() });
        let condition = assertions(&document, "alert_subscribers")[0]["condition"].to_string();
        assert!(
            condition.contains("var.alert_emails") && condition.contains("var.alert_https_endpoints"),
            "{condition}"
        );
        let machine = &document["resource"]["aws_sfn_state_machine"]["dr_failover_machine"];
        let conditions = &machine["lifecycle"]["precondition"];
        assert_eq!(conditions.is_null(), mode == FailoverMode::Automatic, "{mode:?}: {conditions}");
    }
}

#[test]
fn each_topic_tells_the_endpoints_too() {
    let document = document(&Settings::default());
    for (topic, prefix) in [("primary_alerts", "primary"), ("dr_alerts", "dr")] {
        let subscription = &document["resource"]["aws_sns_topic_subscription"][format!("{prefix}_https")];
        assert_eq!(subscription["protocol"], "https");
        assert_eq!(subscription["for_each"], "${toset(var.alert_https_endpoints)}");
        assert_eq!(subscription["topic_arn"], format!("${{aws_sns_topic.{topic}.arn}}").as_str());
    }
}

#[test]
fn terraform_works_in_the_accounts_and_roles_that_are_named() {
    for (primary, dr, roles) in [
        ("us-east-1", "us-east-2", &["primary", "dr"][..]),
        ("eu-west-1", "eu-central-1", &["primary", "dr", "primary"][..]),
    ] {
        let settings = Settings {
            primary_region: primary.parse().unwrap(),
            dr_region: dr.parse().unwrap(),
            ..Settings::default()
        };
        let document = document(&settings);
        let providers = document["provider"]["aws"].as_array().unwrap();
        assert_eq!(providers.len(), roles.len());
        for (provider, role) in providers.iter().zip(roles) {
            assert!(
                provider["allowed_account_ids"].as_str().unwrap().contains("var.allowed_account_ids"),
                "{provider}"
            );
            let assumed = provider["dynamic"]["assume_role"].to_string();
            assert!(assumed.contains(&format!("var.{role}_provider_role_arn")), "{assumed}");
        }
    }
}

/// Later arguments of `merge` win.
#[test]
fn tags_of_ones_own_are_added_and_never_win() {
    let document = document(&Settings::default());
    for provider in document["provider"]["aws"].as_array().unwrap() {
        let tags = provider["default_tags"]["tags"].as_str().unwrap();
        assert!(tags.starts_with("${merge(var.tags, {"), "{tags}");
        for own in [r#""CostCenter" = "Operations""#, r#""Criticality" = "High""#, r#""Environment" = "DR""#] {
            assert!(tags.contains(own), "{tags}");
        }
    }
    for (type_name, name, body) in resources(&document) {
        assert!(body["tags"].is_null() || body["tags"]["Name"].is_string(), "{type_name}.{name}");
    }
    assert_eq!(document["variable"]["tags"]["default"], json!({}));
}

/// Zones of a region differ in what AWS offers there, and an endpoint in a zone without its service is refused.
#[test]
fn interface_endpoints_stand_in_zones_that_have_their_service() {
    let document = document(&Settings::default());
    let mut seen = 0;
    for (name, body) in document["resource"]["aws_vpc_endpoint"].as_object().unwrap() {
        if body["vpc_endpoint_type"] == "Interface" {
            let subnets = body["subnet_ids"].as_str().unwrap();
            // Those of a user's own services are one block for all.
            let instance = if body["for_each"].is_null() { "" } else { "[each.key]" };
            let zones = format!("data.aws_vpc_endpoint_service.{name}{instance}.availability_zones");
            assert!(subnets.contains(&zones), "{subnets}");
            assert!(body["lifecycle"]["precondition"].to_string().contains("availability_zones"), "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 4);
}
