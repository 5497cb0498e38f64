//! How callers prove who they are, and that a drill can do so too.

use dr_synth::settings::{ApiAuthorization, Settings};
use serde_json::Value;

use super::document;

fn of(authorization: ApiAuthorization) -> Value {
    document(&Settings { api_authorization: authorization, ..Settings::default() })
}

fn drill(document: &Value) -> (&Value, String) {
    let variables = &document["resource"]["aws_lambda_function"]["dr_failover_drill"]["environment"]["variables"];
    let policy = &document["resource"]["aws_iam_role_policy"]["dr_failover_drill"]["policy"];
    (variables, policy.to_string())
}

#[test]
fn a_drill_is_told_how_callers_prove_who_they_are() {
    for authorization in ApiAuthorization::ALL {
        let document = of(authorization);
        let (variables, policy) = drill(&document);
        assert_eq!(variables["API_AUTHORIZATION"], authorization.name());
        assert_eq!(policy.contains("execute-api:Invoke"), authorization == ApiAuthorization::AwsIam, "{policy}");
        assert_eq!(policy.contains("ReadApiKey"), authorization == ApiAuthorization::ApiKey, "{policy}");
    }
}

/// In the middle of a drill DNS leads to the other region.
#[test]
fn a_drill_that_signs_may_pay_in_both_regions_and_nothing_else() {
    let document = of(ApiAuthorization::AwsIam);
    let (_, policy) = drill(&document);
    for region in ["primary", "dr"] {
        let path = format!("${{aws_api_gateway_rest_api.{region}_payments.execution_arn}}/live/POST/payments");
        assert!(policy.contains(&path), "{region}: {policy}");
    }
    assert!(!policy.contains("execution_arn}/*"), "{policy}");
}

#[test]
fn the_key_of_a_drill_is_a_secret_whose_value_terraform_never_has() {
    let document = of(ApiAuthorization::ApiKey);
    let (variables, _) = drill(&document);
    assert_eq!(variables["API_KEY_SECRET_ARN"], "${aws_secretsmanager_secret.dr_failover_drill_api_key.arn}");
    let versions = document["resource"]["aws_secretsmanager_secret_version"].as_object().unwrap();
    assert!(versions.values().all(|version| !version["secret_id"].to_string().contains("drill_api_key")));
    assert!(document["resource"]["aws_api_gateway_api_key"].is_null());
}
