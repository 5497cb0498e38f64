//! The DR region: all that the primary has, as a standby that can take over.

use super::Builder;
use super::foundations::Foundations;
use super::primary_region::PrimaryRegion;
use super::region::{self, FrontInputs, RegionBase, RegionInputs, RegionKeys, RegionStack};
use crate::components::database::Membership;
use crate::components::failover::latch_api::latch_api;
use crate::components::failover::{Latch, LatchInputs, latch};
use crate::components::function_package::FunctionPackage;
use crate::components::region_scope::RegionScope;
use crate::components::sessions::session_table_replica;
use crate::components::standalone_function::CommonInputs;
use crate::components::workload::Probed;
use crate::settings::Feature;
use crate::terraform::Value;

/// The DR region, and the latch that its API answers for.
#[derive(Debug)]
pub struct DrRegion {
    /// What both regions have.
    pub region: RegionStack,
    /// What tells that payments have moved here.
    pub latch: Latch,
    /// Where it is told whether they have.
    pub answers_for_latch: Probed,
}

/// Adds the DR region.
pub fn build(builder: &mut Builder<'_>, keys: RegionKeys, primary: &PrimaryRegion) -> DrRegion {
    let foundations = builder.foundations();
    let mut scope = builder.dr();
    session_table_replica(&mut scope, &primary.session_table, &keys.sessions, &region::table_protection(foundations));
    let base = region::base(
        &mut scope,
        RegionInputs {
            foundations,
            network: &foundations.variables.dr_network,
            existing: &foundations.variables.existing.dr,
            keys,
            global_database: &primary.global_database.cluster,
            membership: Membership::Replica {
                source: foundations.settings.primary_region,
                writer_instances: &primary.region.base.database.instances,
                engine_version: &version_of_writer(foundations, primary),
            },
            secret_arn: &primary.credentials.application.replica_secret_arn,
            setup: None,
            session_table: &primary.session_table_name,
            image_uri: region::image_uri(foundations, region::Role::Standby),
        },
    );
    let latch = failover_latch(&mut scope, foundations, &base);
    let inputs = FrontInputs {
        foundations,
        existing: &foundations.variables.existing.dr,
        further_routes: std::slice::from_ref(&latch.route),
        endpoint: &foundations.variables.dr_endpoint,
    };
    let region = region::front(&mut scope, base, &inputs);
    let answers_for_latch = match region.workload.api() {
        Some(api) => api.latch(foundations.settings.dr_region),
        None => latch_api(&mut scope, &latch.route),
    };
    DrRegion { region, latch, answers_for_latch }
}

/// One that was there before may run any minor version of the major one that is asked for.
fn version_of_writer(foundations: &Foundations, primary: &PrimaryRegion) -> Value<String> {
    if primary.found_database.is_some() {
        primary.global_database.cluster.engine_version()
    } else {
        foundations.variables.database_engine_version.clone()
    }
}

fn failover_latch(scope: &mut RegionScope<'_>, foundations: &Foundations, base: &RegionBase) -> Latch {
    let inputs = LatchInputs {
        common: CommonInputs {
            family: "failover",
            storage: &base.storage,
            key: &base.keys.secrets,
            logs: &base.logs,
            tracing: foundations.settings.features.has(Feature::Xray),
        },
        table_key: &base.keys.sessions,
        table_protection: &region::table_protection(foundations),
        reserve_concurrency: &foundations.variables.reserve_failover_concurrency,
    };
    latch(scope, FunctionPackage::failover(), &inputs)
}
