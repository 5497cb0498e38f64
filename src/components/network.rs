//! A region's network: private subnets only, no way to the internet in either direction.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::vpc;
use crate::terraform::functions::cidrsubnet;
use crate::terraform::{Handle, Value};

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

/// What a network is made from.
#[derive(Debug)]
pub struct NetworkInputs {
    /// The address range of the VPC.
    pub cidr: Value<String>,
    /// How many availability zones it spans.
    pub availability_zones: u8,
}

/// What the rest of a region builds on.
#[derive(Debug)]
pub struct Network {
    /// The VPC.
    pub vpc: Handle<vpc::Vpc>,
    /// The private subnets, one for each availability zone.
    pub subnets: Vec<Handle<vpc::Subnet>>,
    /// The route table of the private subnets.
    pub route_table: Handle<vpc::RouteTable>,
    /// What functions carry.
    pub function_group: Handle<vpc::SecurityGroup>,
    /// What database instances carry.
    pub database_group: Handle<vpc::SecurityGroup>,
    /// What interface endpoints carry.
    pub endpoint_group: Handle<vpc::SecurityGroup>,
}

impl Network {
    /// The ids of the private subnets.
    pub fn subnet_ids(&self) -> Value<Vec<String>> {
        self.subnets.iter().map(Handle::<vpc::Subnet>::id).collect()
    }
}

/// Adds the network.
pub fn network(region: &mut RegionScope<'_>, inputs: &NetworkInputs) -> Network {
    let vpc = region.add(
        vpc::Vpc::new("network")
            .cidr_block(&inputs.cidr)
            // Interface endpoints answer under the service's own name only with both of these.
            .enable_dns_support(true)
            .enable_dns_hostnames(true),
    );
    // The default group of a VPC lets its members talk to each other and everyone out; without rules it lets nothing.
    region.add(vpc::DefaultSecurityGroup::new("unused").vpc_id(vpc.id()));
    let route_table = region.add(vpc::RouteTable::new("private", vpc.id()));
    let subnets = private_subnets(region, inputs, &vpc, &route_table);

    let function_group = security_group(region, &vpc, "functions", "Payment functions");
    let database_group = security_group(region, &vpc, "database", "Aurora instances");
    let endpoint_group = security_group(region, &vpc, "endpoints", "Interface endpoints of AWS services");
    let network = Network { vpc, subnets, route_table, function_group, database_group, endpoint_group };
    allow(region, &network.function_group, &network.database_group, POSTGRESQL_PORT, "database");
    allow(region, &network.function_group, &network.endpoint_group, HTTPS_PORT, "endpoints");
    network
}

fn private_subnets(
    region: &mut RegionScope<'_>,
    inputs: &NetworkInputs,
    vpc: &Handle<vpc::Vpc>,
    route_table: &Handle<vpc::RouteTable>,
) -> Vec<Handle<vpc::Subnet>> {
    // Local Zones count as availability zones of a region too, and take no Aurora instances. The oldest zone of us-east-1
    // has no newer instance classes and misses services; which name it has differs from account to account.
    let zones = region.add(
        vpc::AvailabilityZonesData::new("available")
            .state("available")
            .exclude_zone_ids([OLDEST_ZONE])
            .filter(vpc::availability_zones_data::Filter::new("opt-in-status", ["opt-in-not-required"])),
    );
    (0..u32::from(inputs.availability_zones))
        .map(|number| {
            let name = format!("private_{}", number + 1);
            let subnet = region.add(
                vpc::Subnet::new(name.clone(), vpc.id())
                    .availability_zone(zones.names().element(number as usize))
                    .cidr_block(cidrsubnet(&inputs.cidr, SUBNET_BITS, number))
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
    vpc: &Handle<vpc::Vpc>,
    purpose: &'static str,
    description: &'static str,
) -> Handle<vpc::SecurityGroup> {
    let name = region.name(NameKind::SecurityGroup, purpose);
    region.add(
        vpc::SecurityGroup::new(purpose)
            .name(name)
            .description(description)
            .vpc_id(vpc.id())
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
) {
    region.add(
        vpc::SecurityGroupEgressRule::new(format!("functions_to_{purpose}"), "tcp", from.id())
            .description(format!("Payment functions to {purpose}"))
            .from_port(port)
            .to_port(port)
            .referenced_security_group_id(to.id()),
    );
    region.add(
        vpc::SecurityGroupIngressRule::new(format!("{purpose}_from_functions"), "tcp", to.id())
            .description("From the payment functions")
            .from_port(port)
            .to_port(port)
            .referenced_security_group_id(from.id()),
    );
}
