//! Traces: which of the API's requests X-Ray keeps, and where people find them.

use super::encryption::{KeyProtection, KeyPurpose, key};
use super::naming::NameKind;
use super::payments_api::{PaymentsApi, STAGE};
use super::region_scope::RegionScope;
use crate::aws::xray;
use crate::terraform::{Number, Value, concat};

/// X-Ray's name for what answers (API Gateway developer guide, "Configure AWS X-Ray sampling rules").
const SERVICE_TYPE: &str = "AWS::ApiGateway::Stage";

/// The only version of the rules' format.
const RULE_VERSION: u32 = 1;

/// X-Ray asks rules in the order of their priorities, 1 to 9999, and its own rule last.
const FIRST_PRIORITY: u32 = 1000;

/// Checkers ask every few seconds whatever happens: one answer in a hundred says enough.
const HEALTH_CHECK_PERCENT: u32 = 1;

/// Adds the sampling rules and the group of a region's API. X-Ray does not tell API Gateway's paths apart, but its methods:
/// payments are posted, health is got.
pub fn sampling(region: &mut RegionScope<'_>, api: &PaymentsApi, traced_percent: &Value<Number>) {
    let service = concat([api.name.clone(), "/".into(), STAGE.into()]);
    let payments = (FIRST_PRIORITY, 1, percent(traced_percent));
    let checks = (FIRST_PRIORITY + 1, 0, percent(&HEALTH_CHECK_PERCENT.into()));
    for (method, (priority, each_second, rate)) in [("POST", payments), ("GET", checks)] {
        let purpose = method.to_lowercase();
        let name = region.name(NameKind::Trace, &purpose);
        region.add(
            xray::SamplingRule::new(
                purpose,
                rate,
                "*",
                method,
                priority,
                each_second,
                "*",
                &service,
                SERVICE_TYPE,
                "*",
                RULE_VERSION,
            )
            .rule_name(name),
        );
    }
    let name = region.name(NameKind::Trace, "api");
    let of_this_api = concat(["service(\"".into(), service, "\")".into()]);
    region.add(
        xray::Group::new("payments", of_this_api, name)
            // Insights cost as much again for each trace.
            .insights_configuration(xray::group::InsightsConfiguration::new(false)),
    );
}

/// Encrypts the account's traces in the region with a key of their own.
///
/// It is one setting for all that the account traces there, and Terraform leaves it as it is when it destroys it: whoever
/// switches this off must set the account back first, or X-Ray stores nothing once the key is gone.
pub fn trace_encryption(region: &mut RegionScope<'_>, protection: &KeyProtection) {
    // X-Ray uses the key by a grant of whoever sets it, so the key's policy names no service (X-Ray developer guide,
    // "Data protection").
    let purpose = KeyPurpose {
        name: "traces",
        description: "X-Ray traces of the account".to_owned(),
        service_statements: Vec::new(),
    };
    let key = key(region, purpose, protection);
    region.add(xray::EncryptionConfig::new("traces", "KMS").key_id(key.arn()));
}

/// X-Ray takes shares of one.
fn percent(value: &Value<Number>) -> Value<Number> {
    value.clone().divided_by(100)
}
