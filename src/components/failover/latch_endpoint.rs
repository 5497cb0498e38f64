//! The latch as Route 53 asks for it: `GET /latch` answers 200 while the DR region takes payments, and else 404.

use super::state_table::StateTable;
use crate::components::payments_api::{LATCH_PATH, Route};
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::{Common, Definition};
use crate::terraform::Value;

/// Route 53's checkers wait four seconds for an answer (Route 53 developer guide, "How Amazon Route 53 determines whether
/// a health check is healthy").
const TIMEOUT_SECONDS: u32 = 3;

/// The answers that all checkers together may ask for at once. An answer that is refused for want of concurrency looks
/// like a latch that is not set.
const CONCURRENT_ANSWERS: u32 = 5;

/// Adds the function behind the route, and tells its name. Only the DR region has one: the primary takes payments unless this says otherwise.
pub fn latch_endpoint(
    region: &mut RegionScope<'_>,
    common: &Common,
    table: &StateTable,
    reserve_concurrency: &Value<bool>,
) -> (Route, Value<String>) {
    let statements = table.allow_reading(region).into();
    let latch = common.function(
        region,
        Definition {
            module: "latch",
            description: "Tells whether payments have moved to this region".into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: vec![("STATE_TABLE", table.name.clone())],
            statements,
            reserved_concurrency: Some(Value::from(CONCURRENT_ANSWERS).when(reserve_concurrency, -1)),
        },
    );
    (Route { name: "failover_latch", path: LATCH_PATH, function: latch.function }, latch.name)
}
