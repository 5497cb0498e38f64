//! The DR region: all that the primary has, as a standby that can take over.

use super::Builder;
use super::primary_region::PrimaryRegion;
use super::region::{self, RegionInputs, RegionKeys, RegionStack};
use crate::components::database::Membership;
use crate::components::sessions::session_table_replica;

/// Adds the DR region.
pub fn build(builder: &mut Builder<'_>, keys: RegionKeys, primary: &PrimaryRegion) -> RegionStack {
    let foundations = builder.foundations();
    let mut scope = builder.dr();
    session_table_replica(&mut scope, &primary.session_table, &keys.sessions, &region::table_protection(foundations));
    region::build(
        &mut scope,
        RegionInputs {
            foundations,
            cidr: &foundations.variables.dr_vpc_cidr,
            keys,
            global_database: &primary.global_database,
            membership: Membership::Replica {
                source: foundations.settings.primary_region,
                writer_instances: &primary.region.database.instances,
            },
            secret_arn: &primary.credentials.replica_secret_arn,
            session_table: &primary.session_table_name,
        },
    )
}
