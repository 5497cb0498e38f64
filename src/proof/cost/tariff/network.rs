//! Ways between networks.

use super::super::prices::named;
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
    transfer(meter, peering, peering.at("peer_region"), "transfer_gb");
}

/// What leaves for another region; within one nothing is counted. The price is one of two regions, and holds for both.
pub(super) fn transfer(meter: &mut Meter<'_>, resource: &Resource, to: &Node, key: &str) {
    let to = match to.text() {
        Known::Absent => return,
        Known::Is(region) if region == resource.region_name() => return,
        Known::Is(region) => region,
        Known::Unknown(reason) => {
            return meter.gap(resource, format!("to which region data are transferred is not known: {reason}"));
        }
    };
    if named("transfer.region").is_some_and(|price| price.holds_in(&to)) {
        return meter.used(resource, "transfer.region", key);
    }
    meter.gap(resource, format!("there is no price of transfer from {} to {to}", resource.region_name()));
}
