//! APIs, the firewalls before them, and certificates.

use super::{Meter, blocks, length};
use crate::proof::model::{Known, Resource, Target};

/// What a method reports in detail: requests, errors of both kinds, latency and the integration's latency.
const METRICS_OF_METHOD: f64 = 5.0;

pub(super) fn rest_api(meter: &mut Meter<'_>, api: &Resource) {
    meter.used(api, "api-gateway.rest", "requests");
}

pub(super) fn stage(meter: &mut Meter<'_>, stage: &Resource) {
    if stage.at("xray_tracing_enabled").flag() == Known::Is(true) {
        meter.used(stage, "xray.traces", "traces");
    }
    if stage.at("cache_cluster_enabled").flag() == Known::Is(true) {
        meter.gap(stage, "there is no price of caches of API Gateway".to_owned());
    }
}

/// Settings for all methods of a stage; those for single ones change nothing about what is charged.
pub(super) fn method_settings(meter: &mut Meter<'_>, settings: &Resource) {
    if !settings.at("method_path").is_text("*/*") || settings.at("settings.metrics_enabled").flag() != Known::Is(true) {
        return;
    }
    let model = meter.model;
    let Target::Found(api) = model.resolve(&["aws_api_gateway_rest_api"], settings.at("rest_api_id"), settings) else {
        return meter.gap(settings, "how many methods report metrics is not known".to_owned());
    };
    let methods = model.referring("aws_api_gateway_method", "rest_api_id", api).len();
    if let Ok(methods) = u32::try_from(methods) {
        meter.count(settings, "metrics.methods", f64::from(methods) * METRICS_OF_METHOD);
    }
}

pub(super) fn web_acl(meter: &mut Meter<'_>, acl: &Resource) {
    meter.count(acl, "waf.acl", 1.0);
    match length(acl.at("rule")) {
        Some(_) => meter.count(acl, "waf.rules", blocks(acl, "rule")),
        None => meter.gap(acl, "how many rules there are is not known".to_owned()),
    }
    meter.used(acl, "waf.requests", "requests");
}

pub(super) fn certificate(meter: &mut Meter<'_>, certificate: &Resource) {
    // Public certificates cost nothing.
    if certificate.at("certificate_authority_arn").is_set() {
        meter.gap(certificate, "there is no price of private certificates".to_owned());
    }
}
