//! Ways between networks, and DNS.

use super::{HOURS, Meter, length};
use crate::proof::model::{Known, Node, Resource, Target};

pub(super) fn endpoint(meter: &mut Meter<'_>, endpoint: &Resource) {
    match meter.known(endpoint, "vpc_endpoint_type", endpoint.at("vpc_endpoint_type").text(), "Gateway".to_owned()) {
        // Gateway endpoints cost nothing.
        Some(kind) if kind == "Gateway" => {}
        Some(kind) if kind == "Interface" => {
            let zones = length(endpoint.at("subnet_ids")).or_else(|| all_subnets(meter, endpoint));
            if let Some(zones) = zones {
                meter.count(endpoint, "endpoint.hours", zones * HOURS);
            }
            meter.used(endpoint, "endpoint.gb", "data_gb");
        }
        Some(kind) => meter.gap(endpoint, format!("there is no price of endpoints of the kind {kind}")),
        None => {}
    }
}

/// Where the subnets depend on something that only AWS knows, those of the network, which are the most that it can be.
fn all_subnets(meter: &mut Meter<'_>, endpoint: &Resource) -> Option<f64> {
    let model = meter.model;
    let Target::Found(network) = model.resolve(&["aws_vpc"], endpoint.at("vpc_id"), endpoint) else {
        meter.gap(endpoint, "in how many zones the endpoint stands is not known".to_owned());
        return None;
    };
    u32::try_from(model.referring("aws_subnet", "vpc_id", network).len()).ok().map(f64::from)
}

pub(super) fn nat_gateway(meter: &mut Meter<'_>, gateway: &Resource) {
    meter.count(gateway, "nat.hours", HOURS);
    meter.used(gateway, "nat.gb", "data_gb");
}

pub(super) fn peering(meter: &mut Meter<'_>, peering: &Resource) {
    let elsewhere = match peering.at("peer_region") {
        Node::Text(region) => region != peering.region_name(),
        _ => false,
    };
    if elsewhere {
        meter.used(peering, "transfer.region", "transfer_gb");
    }
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
