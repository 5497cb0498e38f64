//! A private way between the networks of two regions: to the database's writer wherever it is, and to nothing else.
//!
//! Nothing that replicates needs it. It is for direct connections to the global database's writer endpoint, which may
//! stand in the other region, and for people who look after both.

use super::address_range::disjoint;
use super::network::{Network, POSTGRESQL_PORT, RouteTables};
use super::region_scope::RegionScope;
use crate::aws::vpc::{self, peering_connection_options as options};
use crate::settings::Region;
use crate::terraform::functions::{each_value, toset};
use crate::terraform::{Condition, Handle, Lifecycle, Resource, Value, concat, text};

/// What one network knows of the other.
#[derive(Debug)]
pub struct PeerInputs<'a> {
    /// The network on this side.
    pub network: &'a Network,
    /// The network on the other side.
    pub peer: &'a Network,
}

/// The side that asks. It cannot accept for the other region: `auto_accept` works within one region only.
pub fn request(
    region: &mut RegionScope<'_>,
    network: &Network,
    peer: &Network,
    peer_region: Region,
) -> Handle<vpc::PeeringConnection> {
    let connection = vpc::PeeringConnection::new("peer", &peer.vpc_id, &network.vpc_id).peer_region(peer_region.name());
    region.add(connection.lifecycle(ranges_do_not_overlap(network, peer)))
}

/// The variables of networks that the stack makes say so themselves.
fn ranges_do_not_overlap(network: &Network, peer: &Network) -> Lifecycle {
    if network.found.is_none() {
        return Lifecycle::new();
    }
    let message = concat([
        text("The address ranges of the two networks overlap: "),
        network.cidr.clone(),
        text(" and "),
        peer.cidr.clone(),
        text(". AWS connects no such networks: leave the feature peering out."),
    ]);
    let disjoint = disjoint(&[network.cidr.clone(), peer.cidr.clone()]);
    Lifecycle::new().precondition(Condition::new(disjoint, message))
}

/// The side that accepts.
pub fn accept(
    region: &mut RegionScope<'_>,
    connection: &Handle<vpc::PeeringConnection>,
) -> Handle<vpc::PeeringConnectionAccepter> {
    region.add(vpc::PeeringConnectionAccepter::new("peer", connection.id()).auto_accept(true))
}

/// Lets the side that asked resolve the other's names to private addresses.
pub fn requester_options(region: &mut RegionScope<'_>, accepter: &Handle<vpc::PeeringConnectionAccepter>) {
    let resolve = options::Requester::new().allow_remote_vpc_dns_resolution(true);
    region.add(peering_options(accepter).requester(resolve));
}

/// The same for the side that accepted: each side can only set its own.
pub fn accepter_options(region: &mut RegionScope<'_>, accepter: &Handle<vpc::PeeringConnectionAccepter>) {
    let resolve = options::Accepter::new().allow_remote_vpc_dns_resolution(true);
    region.add(peering_options(accepter).accepter(resolve));
}

/// Options of a connection that is not accepted yet are refused, so they take its id from the accepter.
fn peering_options(accepter: &Handle<vpc::PeeringConnectionAccepter>) -> vpc::PeeringConnectionOptions {
    vpc::PeeringConnectionOptions::new("peer", accepter.id())
}

/// Adds the route to the other network, and lets functions reach its database. Groups of another region cannot be named
/// in rules, only its addresses.
pub fn way_to_peer(
    region: &mut RegionScope<'_>,
    inputs: &PeerInputs<'_>,
    accepter: &Handle<vpc::PeeringConnectionAccepter>,
) {
    let PeerInputs { network, peer } = inputs;
    let peer_cidr = &peer.cidr;
    let route = |table: Value<String>| {
        vpc::Route::new("peer", table).destination_cidr_block(peer_cidr).vpc_peering_connection_id(accepter.id())
    };
    region.add(match &network.route_tables {
        RouteTables::One(id) => route(id.clone()),
        RouteTables::Several(ids) => route(each_value()).for_each(toset(ids.clone())),
    });
    region.add(
        vpc::SecurityGroupEgressRule::new("functions_to_peer_database", "tcp", network.function_group.id())
            .description("Payment functions to the database of the other region")
            .from_port(POSTGRESQL_PORT)
            .to_port(POSTGRESQL_PORT)
            .cidr_ipv4(peer_cidr),
    );
    region.add(
        vpc::SecurityGroupIngressRule::new("database_from_peer", "tcp", network.database_group.id())
            .description("From the network of the other region")
            .from_port(POSTGRESQL_PORT)
            .to_port(POSTGRESQL_PORT)
            .cidr_ipv4(peer_cidr),
    );
}
