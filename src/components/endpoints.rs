//! Private ways from the network to the AWS services that the payment function calls.

use super::existing_endpoints::{existing_gateway, existing_interface};
use super::network::Network;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::vpc;
use crate::terraform::functions::{bound, contains, each_key, each_of_those, length, toset};
use crate::terraform::{Any, Condition, Handle, Lifecycle, Resource, Value, concat, text};

pub(super) const HTTPS_PORT: u32 = 443;

/// What the names of endpoint services begin with, before the region.
const SERVICE_PREFIX: &str = "com.amazonaws.";

/// The gateway endpoints, which cost nothing.
const GATEWAYS: [&str; 2] = ["s3", "dynamodb"];

/// The interface endpoint: its local name and its service.
const INTERFACE: (&str, &str) = ("data_api", "rds-data");

/// What Fargate needs to start a task in a network without another way out: the image's address and its parts, whose layers
/// come through the gateway of S3, and where it logs (Amazon ECS developer guide, "Amazon ECS interface VPC endpoints").
const OF_TASKS: [(&str, &str); 3] = [("ecr_api", "ecr.api"), ("ecr_dkr", "ecr.dkr"), ("logs", "logs")];

/// What it needs besides in regions that AWS opened after 2023-12-23 (the same page).
const OF_TASKS_IN_NEW_REGIONS: [(&str, &str); 3] =
    [("ecs", "ecs"), ("ecs_agent", "ecs-agent"), ("ecs_telemetry", "ecs-telemetry")];

/// The regions of that kind.
const NEW_REGIONS: [&str; 4] = ["ap-southeast-5", "ap-southeast-7", "ca-west-1", "mx-central-1"];

/// The services that functions reach in any case, as their endpoints name them.
pub const SERVICES: [&str; 3] = [GATEWAYS[0], GATEWAYS[1], INTERFACE.1];

/// The services that tasks reach in any case.
pub const SERVICES_OF_TASKS: [&str; 9] = [
    GATEWAYS[0],
    GATEWAYS[1],
    INTERFACE.1,
    OF_TASKS[0].1,
    OF_TASKS[1].1,
    OF_TASKS[2].1,
    OF_TASKS_IN_NEW_REGIONS[0].1,
    OF_TASKS_IN_NEW_REGIONS[1].1,
    OF_TASKS_IN_NEW_REGIONS[2].1,
];

/// What must be there before a task can start: without its image's registry ECS gives a release up after a few tries.
#[derive(Debug, Default)]
pub struct WaysOut {
    /// The endpoints of the stack's own.
    pub endpoints: Vec<Handle<vpc::Endpoint>>,
    /// What lets functions and tasks reach the gateways.
    pub rules: Vec<Handle<vpc::SecurityGroupEgressRule>>,
}

/// Who reaches services through the endpoints, beside the Data API and the gateways.
#[derive(Debug, Clone, Copy)]
pub struct EndpointUse<'a> {
    /// The services that a service of the user's own needs.
    pub further: Option<&'a Value<Vec<String>>>,
    /// Whether tasks run in the network.
    pub by_tasks: bool,
}

/// Adds gateway endpoints for S3 and DynamoDB, and an interface endpoint for the Data API; or finds them where they exist.
///
/// Logs and traces of a function leave through the Lambda service, not through its VPC, and the Data API reads the
/// database's secret by itself: the payment function needs no more of them. A task leaves through the network, with its image
/// and its log as well.
pub fn endpoints(region: &mut RegionScope<'_>, network: &Network, used: EndpointUse<'_>) -> WaysOut {
    let mut ways = WaysOut::default();
    for service in GATEWAYS {
        let prefix_list = match &network.endpoint_group {
            Some(_) => {
                let gateway = gateway(region, network, service, used.by_tasks);
                ways.endpoints.push(gateway.clone());
                gateway.prefix_list_id()
            }
            None => existing_gateway(region, network, service),
        };
        ways.rules.push(
            region.add(
                vpc::SecurityGroupEgressRule::new(
                    format!("functions_to_{service}"),
                    "tcp",
                    network.function_group.id(),
                )
                .description(format!("Payment functions to {service}"))
                .from_port(HTTPS_PORT)
                .to_port(HTTPS_PORT)
                .prefix_list_id(prefix_list),
            ),
        );
    }
    match &network.endpoint_group {
        Some(group) => {
            ways.endpoints.push(interface(region, network, group, INTERFACE));
            for endpoint in of_tasks(region).filter(|_| used.by_tasks) {
                ways.endpoints.push(interface(region, network, group, endpoint));
            }
            if let Some(services) = used.further {
                further_interfaces(region, network, group, services);
            }
        }
        None => existing_interface(region, network, INTERFACE),
    }
    ways
}

/// The endpoints that tasks need in the region.
fn of_tasks(region: &RegionScope<'_>) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    let is_new = NEW_REGIONS.contains(&region.region().name());
    OF_TASKS.into_iter().chain(OF_TASKS_IN_NEW_REGIONS.into_iter().filter(move |_| is_new))
}

/// A service is not offered in every zone of a region, and an endpoint that asks for another is refused. Functions in a zone
/// without it reach it through the next one: its name leads to all.
fn interface(
    region: &mut RegionScope<'_>,
    network: &Network,
    group: &Handle<vpc::SecurityGroup>,
    (name, service): (&'static str, &'static str),
) -> Handle<vpc::Endpoint> {
    let service_name = endpoint_service(region, service);
    let offered = region.add(offer(name, &service_name));
    let zones = offered.availability_zones();
    let endpoint = private_endpoint(region, network, group, name, (&text(service), &service_name), zones);
    region.add(endpoint)
}

/// One for each service that is named.
fn further_interfaces(
    region: &mut RegionScope<'_>,
    network: &Network,
    group: &Handle<vpc::SecurityGroup>,
    services: &Value<Vec<String>>,
) {
    const NAME: &str = "further_services";
    let service_name = concat([text(SERVICE_PREFIX), region.region().name().into(), text("."), each_key()]);
    let offered = region.add(offer(NAME, &service_name).for_each(toset(services.clone())));
    let zones = offered.key(each_key()).availability_zones();
    let endpoint = private_endpoint(region, network, group, NAME, (&each_key(), &service_name), zones);
    region.add(endpoint.for_each(toset(services.clone())));
}

/// Where a service is offered.
fn offer(name: &'static str, service_name: &Value<String>) -> vpc::EndpointServiceData {
    vpc::EndpointServiceData::new(name).service_name(service_name).service_type("Interface")
}

fn private_endpoint(
    region: &RegionScope<'_>,
    network: &Network,
    group: &Handle<vpc::SecurityGroup>,
    name: &'static str,
    (service, service_name): (&Value<String>, &Value<String>),
    zones: Value<Vec<String>>,
) -> vpc::Endpoint {
    let policy = PolicyDocument::new([identities_of_this_account(region)]);
    let subnets = subnets_in(network, zones);
    let message = [
        text("The service "),
        service.clone(),
        text(
            " is offered in none of the availability zones of this network's subnets. Choose other zones or another region.",
        ),
    ];
    let somewhere = Condition::new(length(subnets.clone()).more_than(0), concat(message));
    vpc::Endpoint::new(name, &network.vpc_id)
        .service_name(service_name)
        .vpc_endpoint_type("Interface")
        .private_dns_enabled(true)
        .subnet_ids(subnets)
        .security_group_ids([group.id()])
        .policy(policy)
        .lifecycle(Lifecycle::new().precondition(somewhere))
}

/// The ids of the subnets that stand in one of these zones.
fn subnets_in(network: &Network, zones: Value<Vec<String>>) -> Value<Vec<String>> {
    let subnet = || bound::<Any>("subnet");
    let is_offered = contains(zones, subnet().field::<String>("zone"));
    each_of_those("subnet", network.subnets.placed.clone(), subnet().field::<String>("id"), is_offered)
}

fn gateway(
    region: &mut RegionScope<'_>,
    network: &Network,
    service: &'static str,
    by_tasks: bool,
) -> Handle<vpc::Endpoint> {
    let own = identities_of_this_account(region).when("StringEquals", "aws:ResourceAccount", region.account_id());
    let layers = (by_tasks && service == GATEWAYS[0]).then(|| image_layers(region));
    let policy = PolicyDocument::new([own].into_iter().chain(layers));
    region.add(
        vpc::Endpoint::new(service, &network.vpc_id)
            .service_name(endpoint_service(region, service))
            .vpc_endpoint_type("Gateway")
            .route_table_ids(network.route_tables.ids())
            .policy(policy),
    )
}

pub(super) fn endpoint_service(region: &RegionScope<'_>, service: &str) -> Value<String> {
    format!("{SERVICE_PREFIX}{}.{service}", region.region().name()).into()
}

/// The layers of images are in a bucket of AWS's own, which no identity of the account owns or signs for (Amazon ECR user guide,
/// "Minimum Amazon S3 Bucket Permissions for Amazon ECR").
fn image_layers(region: &RegionScope<'_>) -> Statement {
    Statement::allow("LayersOfImages")
        .action("s3:GetObject")
        .resource(format!("arn:aws:s3:::prod-{}-starport-layer-bucket/*", region.region().name()))
        .principal(Principal::Anyone)
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
