//! A network that exists: what is looked up of it, and what must hold before anything is put into it.
//!
//! What is wrong for certain stops the plan. What AWS's answer only advises against is a warning: a network may have been
//! short of addresses, or have had a way out, before the stack came.

use super::network::{ExistingParts, Ground, RouteTables, Subnets, usable_zones};
use super::region_scope::RegionScope;
use crate::aws::vpc;
use crate::terraform::functions::{
    alltrue, bound, coalesce, contains, count_index, distinct, each_of, each_of_those, flatten, join, length,
    startswith,
};
use crate::terraform::{
    Any, Check, Condition, Expression, Handle, Lifecycle, Number, Object, Resource, Value, concat, text,
};

/// Interfaces of functions in a subnet: one for all functions, because they share their subnets and security group (Lambda
/// developer guide, "Hyperplane ENIs"), and one more while that is replaced: the old one lasts until it is released.
const OF_FUNCTIONS: u32 = 2;

/// What RDS recommends to leave free in a subnet for recovery (Aurora user guide, "Working with a DB cluster in a VPC").
const OF_RECOVERY: u32 = 1;

/// An interface endpoint has one address in each of its subnets.
const OF_ENDPOINT: u32 = 1;

/// The gateway of a route within the VPC.
const LOCAL: &str = "local";

const INTERNET_GATEWAY: &str = "igw-";

/// The fields of a route that leads to the internet for certain, if only outwards.
const WAYS_OUT: [&str; 2] = ["nat_gateway_id", "egress_only_gateway_id"];

/// The fields of a route that may lead anywhere, also to the internet behind a firewall.
const UNKNOWN_TARGETS: [&str; 7] = [
    "transit_gateway_id",
    "network_interface_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
    "core_network_arn",
    "local_gateway_id",
    "carrier_gateway_id",
];

/// What was found of a network.
#[derive(Debug)]
pub struct FoundNetwork {
    subnets: Handle<vpc::SubnetData>,
    route_tables: Handle<vpc::RouteTableData>,
}

/// Looks at the network.
pub(super) fn existing_network(region: &mut RegionScope<'_>, parts: &ExistingParts, availability_zones: u8) -> Ground {
    let of_this_id = vpc::vpc_data::Filter::new("vpc-id", [parts.vpc_id.clone()]);
    let vpc = region.add(vpc::VpcData::new("network").filter(of_this_id).lifecycle(answers_names()));
    let subnets = subnets(region, parts);
    let route_tables = route_tables(region, parts);
    Ground {
        vpc_id: parts.vpc_id.clone(),
        vpc_arn: vpc.arn(),
        cidr: vpc.cidr_block(),
        condition: Some(spans_zones(&subnets, availability_zones)),
        subnets: found_subnets(parts, &subnets),
        route_tables: RouteTables::Several(parts.route_table_ids.clone()),
        found: Some(FoundNetwork { subnets, route_tables }),
    }
}

/// An attribute of the object that a condition is about.
fn own<T>(attribute: &'static str) -> Value<T> {
    Value::new(Expression::named("self", &[attribute]))
}

/// Interface endpoints answer under the service's own name only with both.
fn answers_names() -> Lifecycle {
    let both = own::<bool>("enable_dns_support").and(own::<bool>("enable_dns_hostnames"));
    let message = concat([
        text("The VPC "),
        own("id"),
        text(
            " does not answer names of AWS services with private addresses: set its attributes enableDnsSupport and \
             enableDnsHostnames to true.",
        ),
    ]);
    Lifecycle::new().postcondition(Condition::new(both, message))
}

fn subnets(region: &mut RegionScope<'_>, parts: &ExistingParts) -> Handle<vpc::SubnetData> {
    let zones = usable_zones(region);
    let usable = Condition::new(
        contains(zones.names(), own::<String>("availability_zone")),
        concat([
            text("The subnet "),
            own("id"),
            text(" is in "),
            own("availability_zone"),
            text(
                ", which is a Local Zone, not available, or use1-az3, where services are missing. Name a subnet in another \
                 availability zone.",
            ),
        ]),
    );
    let subnets = vpc::SubnetData::new("private")
        .count(length(parts.subnet_ids.clone()))
        .filter(vpc::subnet_data::Filter::new("subnet-id", [at_count(&parts.subnet_ids)]))
        .lifecycle(Lifecycle::new().postcondition(in_vpc("subnet", "id", parts)).postcondition(usable));
    region.add(subnets)
}

fn route_tables(region: &mut RegionScope<'_>, parts: &ExistingParts) -> Handle<vpc::RouteTableData> {
    let private = Condition::new(
        alltrue(each_of("route", own::<Vec<Any>>("routes"), !startswith(gateway(), INTERNET_GATEWAY))),
        concat([
            text("The route table "),
            own("route_table_id"),
            text(
                " leads to an internet gateway, so its subnets are public. Name the route tables of private subnets: \
                 neither the database nor the functions need the internet.",
            ),
        ]),
    );
    let route_tables = vpc::RouteTableData::new("private")
        .count(length(parts.route_table_ids.clone()))
        .route_table_id(at_count(&parts.route_table_ids))
        .lifecycle(
            Lifecycle::new().postcondition(in_vpc("route table", "route_table_id", parts)).postcondition(private),
        );
    region.add(route_tables)
}

/// The element of a list that a block with `count` is about.
fn at_count(list: &Value<Vec<String>>) -> Value<String> {
    Value::new(Expression::Index(Box::new(list.clone().into()), Box::new(count_index())))
}

fn in_vpc(what: &'static str, id: &'static str, parts: &ExistingParts) -> Condition {
    let message = concat([
        text(format!("The {what} ")),
        own(id),
        text(" is in the VPC "),
        own("vpc_id"),
        text(", and not in "),
        parts.vpc_id.clone(),
        text(format!(": name a {what} of that VPC.")),
    ]);
    Condition::new(own::<String>("vpc_id").equals(&parts.vpc_id), message)
}

/// Aurora refuses a subnet group in a single zone, and a region that is in one zone does not survive it.
fn spans_zones(subnets: &Handle<vpc::SubnetData>, availability_zones: u8) -> Condition {
    let zones = || distinct(subnets.of_every_instance::<String>("availability_zone"));
    let message = concat([
        text("The private subnets are in these availability zones only: "),
        join(", ", zones()),
        text(format!(". Name subnets in {availability_zones} availability zones at least.")),
    ]);
    Condition::new(length(zones()).at_least(u64::from(availability_zones)), message)
}

fn found_subnets(parts: &ExistingParts, subnets: &Handle<vpc::SubnetData>) -> Subnets {
    let subnet = || bound::<Any>("subnet");
    let fields: Object =
        [("id", subnet().field::<String>("id")), ("zone", subnet().field("availability_zone"))].into_iter().collect();
    Subnets {
        ids: parts.subnet_ids.clone(),
        arns: subnets.of_every_instance("arn"),
        zones: distinct(subnets.of_every_instance("availability_zone")),
        placed: each_of("subnet", subnets.object(), Expression::Object(fields)),
    }
}

/// The gateway of the route at hand; one without any counts as local, other fields tell where it leads.
fn gateway() -> Value<String> {
    coalesce([bound::<Any>("route").field("gateway_id"), LOCAL.into()])
}

/// Whether the route at hand has none of these fields.
fn has_none_of(fields: impl IntoIterator<Item = &'static str>) -> Value<bool> {
    const NONE: &str = "none";
    let targets = fields.into_iter().map(|field| bound::<Any>("route").field::<String>(field));
    coalesce(targets.chain([NONE.into()])).equals(NONE)
}

impl FoundNetwork {
    /// What a plan warns of: too few addresses, and ways out that the stack does not need.
    pub fn check(&self, role: &str, needs: &AddressNeeds<'_>) -> Check {
        Check::new(format!("{role}_network"), self.has_addresses(role, needs))
            .assertion(self.is_without_way_out(role))
            .assertion(self.routes_are_known(role))
            .assertion(self.knows_every_route_table(role))
    }

    fn has_addresses(&self, role: &str, needs: &AddressNeeds<'_>) -> Condition {
        let free = self.subnets.of_every_instance::<Number>("available_ip_address_count");
        let enough = each_of("free", free, bound::<Number>("free").at_least(needs.each_subnet()));
        let message = concat([
            text(format!("A private subnet of {role}_private_subnet_ids has fewer than ")),
            Value::new(needs.each_subnet().into_expression()),
            text(format!(
                " free addresses. Needed in each: {}. Free some, or name larger subnets.",
                needs.arithmetic()
            )),
        ]);
        Condition::new(alltrue(enough), message)
    }

    fn routes(&self) -> Value<Vec<Any>> {
        flatten(self.route_tables.of_every_instance::<Vec<Any>>("routes"))
    }

    fn is_without_way_out(&self, role: &str) -> Condition {
        Condition::new(
            alltrue(each_of("route", self.routes(), has_none_of(WAYS_OUT))),
            format!(
                "A route table of {role}_route_table_ids leads to the internet through a NAT gateway or an egress-only \
                 internet gateway. The stack does not need it; the security groups of its functions and of its database \
                 allow no connection that way."
            ),
        )
    }

    /// What is behind a transit gateway, an appliance or another network, its route does not tell.
    fn routes_are_known(&self, role: &str) -> Condition {
        let known = gateway().equals(LOCAL).or(startswith(gateway(), INTERNET_GATEWAY));
        Condition::new(
            alltrue(each_of("route", self.routes(), known.and(has_none_of(UNKNOWN_TARGETS)))),
            format!(
                "It is unknown whether a route of {role}_route_table_ids leads to the internet: it goes through a transit \
                 gateway, a virtual private gateway, a network interface or another network. Ask the owner of the network."
            ),
        )
    }

    /// A subnet without a table of its own has the main one.
    fn knows_every_route_table(&self, role: &str) -> Condition {
        let associations: Value<Vec<Any>> = flatten(self.route_tables.of_every_instance::<Vec<Any>>("associations"));
        let association = || bound::<Any>("association");
        let associated = each_of("association", associations.clone(), association().field::<String>("subnet_id"));
        let main: Value<Vec<bool>> =
            each_of_those("association", associations, true, association().field::<bool>("main"));
        let each_named = each_of(
            "subnet_id",
            self.subnets.of_every_instance::<String>("id"),
            contains(associated, bound::<String>("subnet_id")),
        );
        Condition::new(
            length(main).more_than(0).or(alltrue(each_named)),
            format!(
                "A private subnet of {role}_private_subnet_ids has a route table that {role}_route_table_ids does not name: \
                 where its routes lead is unknown. Name the route tables of all of these subnets."
            ),
        )
    }
}

/// How many addresses the stack takes.
#[derive(Debug)]
pub struct AddressNeeds<'a> {
    /// Database instances, which may all be in one subnet.
    pub instances: &'a Value<Number>,
    /// Whether an interface endpoint of the stack's own is in each subnet.
    pub endpoint: bool,
}

impl AddressNeeds<'_> {
    fn fixed(&self) -> u32 {
        OF_FUNCTIONS + OF_RECOVERY + if self.endpoint { OF_ENDPOINT } else { 0 }
    }

    /// The addresses that must be free in each subnet. They are needed again when what took them is replaced.
    fn each_subnet(&self) -> Value<Number> {
        self.instances.clone().plus(self.fixed())
    }

    fn arithmetic(&self) -> String {
        let endpoint =
            if self.endpoint { format!(", {OF_ENDPOINT} for the interface endpoint") } else { String::new() };
        format!(
            "1 for each of database_instances_per_region, {OF_RECOVERY} for recovery by RDS, {OF_FUNCTIONS} for interfaces \
             of functions, one of them while the other is replaced{endpoint}"
        )
    }
}
