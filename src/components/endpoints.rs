//! Private ways from the network to the AWS services that the payment function calls.

use super::network::Network;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::vpc;
use crate::terraform::expression::For;
use crate::terraform::functions::{contains, length};
use crate::terraform::{Any, Condition, Expression, Handle, Lifecycle, Object, Resource, Value};

const HTTPS_PORT: u32 = 443;

/// Adds gateway endpoints, which cost nothing, for S3 and DynamoDB, and an interface endpoint for the Data API.
///
/// Logs and traces of a function leave through the Lambda service, not through its VPC, and the Data API reads the
/// database's secret by itself: no more endpoints are needed.
pub fn endpoints(region: &mut RegionScope<'_>, network: &Network) {
    for service in ["s3", "dynamodb"] {
        let endpoint = gateway(region, network, service);
        region.add(
            vpc::SecurityGroupEgressRule::new(format!("functions_to_{service}"), "tcp", network.function_group.id())
                .description(format!("Payment functions to {service}"))
                .from_port(HTTPS_PORT)
                .to_port(HTTPS_PORT)
                .prefix_list_id(endpoint.prefix_list_id()),
        );
    }
    interface(region, network, "data_api", "rds-data");
}

/// A service is not offered in every zone of a region, and an endpoint that asks for another is refused. Functions in a zone
/// without it reach it through the next one: its name leads to all.
fn interface(region: &mut RegionScope<'_>, network: &Network, name: &'static str, service: &'static str) {
    let offered = region.add(
        vpc::EndpointServiceData::new(name).service_name(endpoint_service(region, service)).service_type("Interface"),
    );
    let policy = PolicyDocument::new([identities_of_this_account(region)]);
    let subnets = subnets_in(network, offered.availability_zones());
    let somewhere = Condition::new(
        length(subnets.clone()).more_than(0),
        format!(
            "The service {service} is offered in none of the availability zones of this network's subnets. Choose other \
             zones or another region."
        ),
    );
    region.add(
        vpc::Endpoint::new(name, network.vpc.id())
            .service_name(endpoint_service(region, service))
            .vpc_endpoint_type("Interface")
            .private_dns_enabled(true)
            .subnet_ids(subnets)
            .security_group_ids([network.endpoint_group.id()])
            .policy(policy)
            .lifecycle(Lifecycle::new().precondition(somewhere)),
    );
}

/// The ids of the subnets that stand in one of these zones.
fn subnets_in(network: &Network, zones: Value<Vec<String>>) -> Value<Vec<String>> {
    let subnet = || Value::<Any>::new(Expression::named("subnet", &[]));
    let subnets = network.subnets.iter().map(|subnet| {
        let fields: Object = [("id", subnet.id()), ("zone", subnet.availability_zone())].into_iter().collect();
        Expression::Object(fields)
    });
    Value::new(Expression::For(Box::new(For {
        key: None,
        value: "subnet".to_owned(),
        collection: Expression::List(subnets.collect()),
        result_key: None,
        result: subnet().field::<String>("id").into(),
        grouping: false,
        condition: Some(contains(zones, subnet().field::<String>("zone")).into()),
    })))
}

fn gateway(region: &mut RegionScope<'_>, network: &Network, service: &'static str) -> Handle<vpc::Endpoint> {
    let policy = PolicyDocument::new([identities_of_this_account(region).when(
        "StringEquals",
        "aws:ResourceAccount",
        region.account_id(),
    )]);
    region.add(
        vpc::Endpoint::new(service, network.vpc.id())
            .service_name(endpoint_service(region, service))
            .vpc_endpoint_type("Gateway")
            .route_table_ids([network.route_table.id()])
            .policy(policy),
    )
}

fn endpoint_service(region: &RegionScope<'_>, service: &str) -> Value<String> {
    format!("com.amazonaws.{}.{service}", region.region().name()).into()
}

/// Nobody takes data out through the endpoint with credentials of another account, nor, where buckets and tables are
/// reached, into one.
fn identities_of_this_account(region: &RegionScope<'_>) -> Statement {
    Statement::allow("IdentitiesOfThisAccount").action("*").resource("*").principal(Principal::Anyone).when(
        "StringEquals",
        "aws:PrincipalAccount",
        region.account_id(),
    )
}
