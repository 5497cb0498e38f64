//! DNS that fails over.

use super::super::instance::{Opinion, broken_if, wants};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Resource};

pub(super) const RULES: [Rule; 5] = [
    Rule {
        id: "DR030",
        group: Group::Dr,
        severity: Severity::Error,
        title: "the primary of a failover pair has a health check",
        reason: "Without one Route 53 always takes it for healthy, and never answers with the other",
        source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html",
        examine: Examine::Instances(&["aws_route53_record"], primary_check),
    },
    Rule {
        id: "DR031",
        group: Group::Dr,
        severity: Severity::Error,
        title: "a failover pair has both halves",
        reason: "A primary without a secondary has nothing to fail over to",
        source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-failover.html",
        examine: Examine::Instances(&["aws_route53_record"], both_halves),
    },
    Rule {
        id: "DR032",
        group: Group::Dr,
        severity: Severity::Note,
        title: "a health check looks every ten seconds",
        reason: "Three failures thirty seconds apart take a minute and a half to be seen",
        source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
        examine: Examine::Instances(&["aws_route53_health_check"], slow_check),
    },
    Rule {
        id: "DR033",
        group: Group::Dr,
        severity: Severity::Error,
        title: "a health check does not ask an endpoint that is switched off",
        reason: "A disabled execute-api endpoint answers 403 to every check, which is a failover without end",
        source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html",
        examine: Examine::Instances(&["aws_route53_health_check"], disabled_endpoint),
    },
    Rule {
        id: "DR034",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a health check is not disabled",
        reason: "A disabled check counts as healthy for ever",
        source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
        examine: Examine::Instances(&["aws_route53_health_check"], disabled),
    },
];

fn is_primary(record: &Resource) -> bool {
    record.at("failover_routing_policy.type").is_text("PRIMARY")
}

fn primary_check(_: &Model, record: &Resource) -> Opinion {
    broken_if(
        is_primary(record)
            && !record.at("health_check_id").is_set()
            && record.at("alias.evaluate_target_health").flag().get() != Some(true),
        || "the primary has no health_check_id".to_owned(),
        "add a health check of its endpoint",
    )
}

fn both_halves(model: &Model, record: &Resource) -> Opinion {
    if !is_primary(record) {
        return Opinion::Fine;
    }
    let Known::Is(name) = record.at("name").text() else { return Opinion::Fine };
    let is_half = |other: &Resource| {
        !is_primary(other) && other.at("failover_routing_policy").is_set() && other.at("type") == record.at("type")
    };
    broken_if(
        !model.saying("aws_route53_record", "name", &name).any(is_half),
        || format!("no record of type SECONDARY has the name {name}"),
        "add the other half with the same name and type",
    )
}

fn slow_check(_: &Model, check: &Resource) -> Opinion {
    let kinds = ["HTTP", "HTTPS", "TCP", "HTTP_STR_MATCH", "HTTPS_STR_MATCH"];
    let asks = kinds.iter().any(|kind| check.at("type").is_text(kind));
    let interval = check.at("request_interval").number().or(30.0);
    broken_if(
        asks && matches!(interval, Known::Is(seconds) if seconds > 10.0),
        || "the check looks every thirty seconds".to_owned(),
        "set request_interval to 10",
    )
}

fn disabled_endpoint(model: &Model, check: &Resource) -> Opinion {
    let Known::Is(host) = check.at("fqdn").text() else { return Opinion::Fine };
    if !host.contains(".execute-api.") {
        return Opinion::Fine;
    }
    let id = host.split('.').next().unwrap_or_default();
    let off = model
        .known_as("aws_api_gateway_rest_api", id)
        .find(|api| api.at("disable_execute_api_endpoint").flag().get() == Some(true));
    off.map_or(Opinion::Fine, |api| {
        Opinion::Broken(
            format!("the check asks the execute-api endpoint of {}, which is disabled", api.address),
            "ask the regional custom domain instead",
        )
    })
}

fn disabled(_: &Model, check: &Resource) -> Opinion {
    wants(check.at("disabled"), false, false, "the health check is disabled", "take disabled out")
}
