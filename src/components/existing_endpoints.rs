//! Endpoints that exist: what is looked up of them, and what must hold so that functions reach AWS services through them.
//!
//! Their policies and the rules of their security groups are the owner's; what those allow is not looked into.

use super::endpoints::{HTTPS_PORT, endpoint_service};
use super::network::Network;
use super::region_scope::RegionScope;
use crate::aws::vpc::{self, endpoint_data::Filter};
use crate::terraform::functions::{each_value, length, setsubtract};
use crate::terraform::{Condition, Expression, Lifecycle, Resource, Value, concat, text};

/// Finds the gateway endpoint of a service: the id of its prefix list.
pub(super) fn existing_gateway(
    region: &mut RegionScope<'_>,
    network: &Network,
    service: &'static str,
) -> Value<String> {
    let without = setsubtract(network.route_tables.ids(), own::<Vec<String>>("route_table_ids"));
    let message = concat([
        text("The gateway endpoint "),
        own("id"),
        text(format!(
            " of {service} is not in all route tables of the private subnets: add it to each of them, for without it the \
             functions do not reach {service}."
        )),
    ]);
    let everywhere = Condition::new(length(without).equals(0), message);
    let endpoint =
        found(region, network, service, service, "Gateway").lifecycle(Lifecycle::new().postcondition(everywhere));
    region.add(endpoint).prefix_list_id()
}

/// Finds the interface endpoint of a service, and lets functions reach it by the security groups that it has.
pub(super) fn existing_interface(
    region: &mut RegionScope<'_>,
    network: &Network,
    (name, service): (&'static str, &'static str),
) {
    let message = concat([
        text("The interface endpoint "),
        own("id"),
        text(format!(
            " of {service} does not answer the service's own name: enable private DNS names for it. The functions know no \
             other name."
        )),
    ]);
    let answers = Condition::new(own::<bool>("private_dns_enabled"), message);
    let endpoint =
        found(region, network, name, service, "Interface").lifecycle(Lifecycle::new().postcondition(answers));
    let endpoint = region.add(endpoint);
    region.add(
        vpc::SecurityGroupEgressRule::new("functions_to_endpoints", "tcp", network.function_group.id())
            .for_each(endpoint.security_group_ids())
            .description("Payment functions to endpoints")
            .from_port(HTTPS_PORT)
            .to_port(HTTPS_PORT)
            .referenced_security_group_id(each_value::<String>()),
    );
}

/// S3 and DynamoDB have endpoints of both kinds, which may be in one network.
fn found(
    region: &RegionScope<'_>,
    network: &Network,
    name: &'static str,
    service: &'static str,
    kind: &'static str,
) -> vpc::EndpointData {
    vpc::EndpointData::new(name)
        .vpc_id(&network.vpc_id)
        .service_name(endpoint_service(region, service))
        .state("available")
        .filter(Filter::new("vpc-endpoint-type", [kind]))
}

/// An attribute of the endpoint that a condition is about.
fn own<T>(attribute: &'static str) -> Value<T> {
    Value::new(Expression::named("self", &[attribute]))
}
