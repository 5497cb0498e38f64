//! A region's network: private subnets only, no way to the internet in either direction. Either the stack makes it, or it
//! exists and the stack only puts its own security groups into it.

use super::existing_network::{FoundNetwork, existing_network};
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::vpc;
use crate::settings::Endpoints;
use crate::terraform::functions::cidrsubnet;
use crate::terraform::{Any, Condition, Handle, Lifecycle, Object, Resource, Value};

/// Subnets are a sixteenth of the network each: 4,096 addresses of a /16.
const SUBNET_BITS: u32 = 4;

/// Network interfaces of functions linger up to 45 minutes after the function is gone, and hold subnets and groups
/// (terraform-provider-aws issues 10329 and 32130).
const INTERFACE_RELEASE: &str = "60m";

/// The port PostgreSQL listens on.
pub const POSTGRESQL_PORT: u32 = 5432;

const HTTPS_PORT: u32 = 443;

/// A zone's id, which is the same in every account.
const OLDEST_ZONE: &str = "use1-az3";

/// Where a region's network comes from.
#[derive(Debug, Clone)]
pub enum NetworkPlace {
    /// The stack makes it.
    Own {
        /// The address range of the VPC.
        cidr: Value<String>,
    },
    /// It exists, and has an owner of its own.
    Existing(ExistingParts),
}

/// What is named of a network that exists.
#[derive(Debug, Clone)]
pub struct ExistingParts {
    /// The VPC.
    pub vpc_id: Value<String>,
    /// The private subnets.
    pub subnet_ids: Value<Vec<String>>,
    /// The route tables of these subnets.
    pub route_table_ids: Value<Vec<String>>,
}

/// What a network is made from.
#[derive(Debug)]
pub struct NetworkInputs<'a> {
    /// Where it comes from.
    pub place: &'a NetworkPlace,
    /// How many availability zones it spans.
    pub availability_zones: u8,
    /// Whose the endpoints in it are.
    pub endpoints: Endpoints,
}

/// What the rest of a region builds on: the same for a network of the stack's own and for one that exists.
#[derive(Debug)]
pub struct Network {
    /// The VPC's id.
    pub vpc_id: Value<String>,
    /// The VPC's ARN.
    pub vpc_arn: Value<String>,
    /// The VPC's address range.
    pub cidr: Value<String>,
    /// The private subnets.
    pub subnets: Subnets,
    /// The route tables of the private subnets.
    pub route_tables: RouteTables,
    /// What functions carry.
    pub function_group: Handle<vpc::SecurityGroup>,
    /// What database instances carry.
    pub database_group: Handle<vpc::SecurityGroup>,
    /// What interface endpoints of the stack's own carry.
    pub endpoint_group: Option<Handle<vpc::SecurityGroup>>,
    /// What lets functions and tasks reach those endpoints.
    pub endpoint_rules: Option<Allowed>,
    /// What was found of a network that exists.
    pub found: Option<FoundNetwork>,
}

/// Both sides of a permission to open connections.
#[derive(Debug)]
pub struct Allowed {
    /// That of who opens them.
    pub egress: Handle<vpc::SecurityGroupEgressRule>,
    /// That of who is reached.
    pub ingress: Handle<vpc::SecurityGroupIngressRule>,
}

/// The private subnets of a network: lists in the same order.
#[derive(Debug)]
pub struct Subnets {
    /// Their ids.
    pub ids: Value<Vec<String>>,
    /// Their ARNs.
    pub arns: Value<Vec<String>>,
    /// The names of their availability zones.
    pub zones: Value<Vec<String>>,
    /// Objects of the id and the zone of each.
    pub placed: Value<Vec<Any>>,
}

/// The route tables of a network.
#[derive(Debug)]
pub enum RouteTables {
    /// One for all private subnets.
    One(Value<String>),
    /// As many as are named.
    Several(Value<Vec<String>>),
}

impl RouteTables {
    /// The ids of all of them.
    pub fn ids(&self) -> Value<Vec<String>> {
        match self {
            Self::One(id) => [id.clone()].into(),
            Self::Several(ids) => ids.clone(),
        }
    }
}

/// What components build on of a network before it has security groups.
pub(super) struct Ground {
    pub(super) vpc_id: Value<String>,
    pub(super) vpc_arn: Value<String>,
    pub(super) cidr: Value<String>,
    pub(super) subnets: Subnets,
    pub(super) route_tables: RouteTables,
    pub(super) found: Option<FoundNetwork>,
    /// What must hold before anything is put into it.
    pub(super) condition: Option<Condition>,
}

/// Adds the network, or looks at the one that exists, and adds the security groups.
pub fn network(region: &mut RegionScope<'_>, inputs: &NetworkInputs<'_>) -> Network {
    let mut ground = match inputs.place {
        NetworkPlace::Own { cidr } => own_network(region, cidr, inputs.availability_zones),
        NetworkPlace::Existing(parts) => existing_network(region, parts, inputs.availability_zones),
    };
    let vpc_id = ground.vpc_id.clone();
    let lifecycle = ground.condition.take().map_or_else(Lifecycle::new, |it| Lifecycle::new().precondition(it));
    let function_group = security_group(region, &vpc_id, "functions", "Payment functions", lifecycle);
    let database_group = security_group(region, &vpc_id, "database", "Aurora instances", Lifecycle::new());
    let endpoint_group = (inputs.endpoints == Endpoints::Own).then(|| {
        let description = "Interface endpoints of AWS services";
        security_group(region, &vpc_id, "endpoints", description, Lifecycle::new())
    });
    allow(region, &function_group, &database_group, POSTGRESQL_PORT, "database");
    let endpoint_rules =
        endpoint_group.as_ref().map(|group| allow(region, &function_group, group, HTTPS_PORT, "endpoints"));
    let Ground { vpc_arn, cidr, subnets, route_tables, found, .. } = ground;
    Network {
        vpc_id,
        vpc_arn,
        cidr,
        subnets,
        route_tables,
        function_group,
        database_group,
        endpoint_group,
        endpoint_rules,
        found,
    }
}

fn own_network(region: &mut RegionScope<'_>, cidr: &Value<String>, availability_zones: u8) -> Ground {
    let vpc = region.add(
        vpc::Vpc::new("network")
            .cidr_block(cidr)
            // Interface endpoints answer under the service's own name only with both of these.
            .enable_dns_support(true)
            .enable_dns_hostnames(true),
    );
    // The default group of a VPC lets its members talk to each other and everyone out; without rules it lets nothing.
    region.add(vpc::DefaultSecurityGroup::new("unused").vpc_id(vpc.id()));
    let route_table = region.add(vpc::RouteTable::new("private", vpc.id()));
    let subnets = private_subnets(region, cidr, availability_zones, &vpc, &route_table);
    Ground {
        vpc_id: vpc.id(),
        vpc_arn: vpc.arn(),
        cidr: cidr.clone(),
        subnets: Subnets::of(&subnets),
        route_tables: RouteTables::One(route_table.id()),
        found: None,
        condition: None,
    }
}

impl Subnets {
    fn of(subnets: &[Handle<vpc::Subnet>]) -> Self {
        let placed = subnets.iter().map(|subnet| {
            let fields: Object = [("id", subnet.id()), ("zone", subnet.availability_zone())].into_iter().collect();
            Value::<Any>::from(fields)
        });
        Self {
            ids: subnets.iter().map(Handle::<vpc::Subnet>::id).collect(),
            arns: subnets.iter().map(Handle::<vpc::Subnet>::arn).collect(),
            zones: subnets.iter().map(Handle::<vpc::Subnet>::availability_zone).collect(),
            placed: placed.collect(),
        }
    }
}

/// The zones that private subnets can be in.
///
/// Local Zones count as availability zones of a region too, and take no Aurora instances. The oldest zone of us-east-1
/// has no newer instance classes and misses services; which name it has differs from account to account.
pub(super) fn usable_zones(region: &mut RegionScope<'_>) -> Handle<vpc::AvailabilityZonesData> {
    region.add(
        vpc::AvailabilityZonesData::new("available")
            .state("available")
            .exclude_zone_ids([OLDEST_ZONE])
            .filter(vpc::availability_zones_data::Filter::new("opt-in-status", ["opt-in-not-required"])),
    )
}

fn private_subnets(
    region: &mut RegionScope<'_>,
    cidr: &Value<String>,
    availability_zones: u8,
    vpc: &Handle<vpc::Vpc>,
    route_table: &Handle<vpc::RouteTable>,
) -> Vec<Handle<vpc::Subnet>> {
    let zones = usable_zones(region);
    (0..u32::from(availability_zones))
        .map(|number| {
            let name = format!("private_{}", number + 1);
            let subnet = region.add(
                vpc::Subnet::new(name.clone(), vpc.id())
                    .availability_zone(zones.names().element(number as usize))
                    .cidr_block(cidrsubnet(cidr, SUBNET_BITS, number))
                    .map_public_ip_on_launch(false)
                    .timeouts(vpc::subnet::Timeouts::new().delete(INTERFACE_RELEASE)),
            );
            region.add(vpc::RouteTableAssociation::new(name, route_table.id()).subnet_id(subnet.id()));
            subnet
        })
        .collect()
}

fn security_group(
    region: &mut RegionScope<'_>,
    vpc_id: &Value<String>,
    purpose: &'static str,
    description: &'static str,
    lifecycle: Lifecycle,
) -> Handle<vpc::SecurityGroup> {
    let name = region.name(NameKind::SecurityGroup, purpose);
    region.add(
        vpc::SecurityGroup::new(purpose)
            .name(name)
            .description(description)
            .vpc_id(vpc_id)
            .lifecycle(lifecycle)
            .timeouts(vpc::security_group::Timeouts::new().delete(INTERFACE_RELEASE)),
    )
}

/// Lets `from` open connections to `to`, and says so on both sides.
fn allow(
    region: &mut RegionScope<'_>,
    from: &Handle<vpc::SecurityGroup>,
    to: &Handle<vpc::SecurityGroup>,
    port: u32,
    purpose: &'static str,
) -> Allowed {
    let egress = region.add(
        vpc::SecurityGroupEgressRule::new(format!("functions_to_{purpose}"), "tcp", from.id())
            .description(format!("Payment functions to {purpose}"))
            .from_port(port)
            .to_port(port)
            .referenced_security_group_id(to.id()),
    );
    let ingress = region.add(
        vpc::SecurityGroupIngressRule::new(format!("{purpose}_from_functions"), "tcp", to.id())
            .description("From the payment functions")
            .from_port(port)
            .to_port(port)
            .referenced_security_group_id(from.id()),
    );
    Allowed { egress, ingress }
}
