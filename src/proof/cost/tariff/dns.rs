//! Route 53: zones, queries, health checks.

use super::Meter;
use crate::proof::model::{Known, Resource};

/// The ends of the names that AWS gives: queries of aliases to them cost nothing.
const OF_AWS: [&str; 7] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".cloudfront.net",
    ".awsglobalaccelerator.com",
    ".elasticbeanstalk.com",
    ".awsapprunner.com",
    ".on.aws",
];

/// Routing policies whose queries cost more.
const ROUTINGS: [(&str, &str); 4] = [
    ("latency_routing_policy", "route53.queries.latency"),
    ("geolocation_routing_policy", "route53.queries.place"),
    ("geoproximity_routing_policy", "route53.queries.place"),
    ("cidr_routing_policy", "route53.queries.cidr"),
];

/// An alias to another record is charged as what it is asked for.
pub(super) fn record(meter: &mut Meter<'_>, record: &Resource) {
    if let Known::Unknown(reason) = record.at("alias.name").text() {
        return meter
            .gap(record, format!("whether its queries cost nothing, as for an alias to AWS, is not known: {reason}"));
    }
    let target = record.at("alias.name").text().get().unwrap_or_default();
    let target = target.trim_end_matches('.').to_ascii_lowercase();
    if OF_AWS.iter().any(|end| target.ends_with(end)) || target.starts_with("s3-website") {
        return;
    }
    let price =
        ROUTINGS.iter().find(|(policy, _)| record.at(policy).is_set()).map_or("route53.queries", |(_, price)| *price);
    meter.used(record, price, "queries");
}

pub(super) fn zone(meter: &mut Meter<'_>, zone: &Resource) {
    meter.count(zone, "route53.zones", 1.0);
}

pub(super) fn health_check(meter: &mut Meter<'_>, check: &Resource) {
    let Some(kind) = meter.known(check, "type", check.at("type").text(), String::new()) else { return };
    let is_fast = check.at("request_interval").number() == Known::Is(10.0);
    let options = [
        kind.starts_with("HTTPS"),
        kind.ends_with("STR_MATCH"),
        check.at("measure_latency").flag() == Known::Is(true),
        is_fast,
    ];
    let options = options.into_iter().filter(|option| *option).fold(0.0, |count, _| count + 1.0);
    let is_aws = match check.at("fqdn").text() {
        Known::Is(name) => name.ends_with(".amazonaws.com"),
        // A check of other checks or of an alarm asks nobody.
        Known::Absent => !check.at("ip_address").is_set(),
        Known::Unknown(reason) => {
            meter.gap(check, format!("whether the check asks AWS is not known, the dearer price is counted: {reason}"));
            false
        }
    };
    let outside = if is_aws { "" } else { ".outside" };
    meter.count(check, &format!("route53.checks{outside}"), 1.0);
    meter.count(check, &format!("route53.options{outside}"), options);
}
