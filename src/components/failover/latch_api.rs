//! The API of the latch, where the stack has no API of its own: Route 53 can ask for nothing but an address.

use crate::components::naming::NameKind;
use crate::components::payments_api::{OpenApi, Route, open_api};
use crate::components::region_scope::RegionScope;
use crate::components::workload::Probed;

/// Adds the API, and tells where it answers.
pub fn latch_api(region: &mut RegionScope<'_>, route: &Route) -> Probed {
    let name = region.name(NameKind::Api, "failover-latch");
    open_api(
        region,
        &OpenApi { local_name: "failover_latch", name, description: "Tells whether payments have moved" },
        route,
    )
}
