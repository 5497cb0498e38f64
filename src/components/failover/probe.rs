//! The write probe: a database that says it is the writer is believed when a row has been written to it and read back.

use super::Context;
use super::site::allow_sql;
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::{Common, Definition, StandaloneFunction};

/// Two statements, and a Data API that may be starting.
const TIMEOUT_SECONDS: u32 = 30;

/// Adds the probe.
pub fn probe(region: &mut RegionScope<'_>, common: &Common, context: &Context<'_>) -> StandaloneFunction {
    let inputs = context.inputs;
    common.function(
        region,
        Definition {
            module: "probe",
            description: format!("Writes a row to the {} database and reads it back", region.service_name()).into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: vec![
                ("DATABASE_NAME", inputs.database_name.clone()),
                ("DR_CLUSTER_ARN", inputs.dr.cluster_arn.clone()),
                ("DR_SECRET_ARN", inputs.dr.secret_arn.clone()),
                ("PRIMARY_CLUSTER_ARN", inputs.primary.cluster_arn.clone()),
                ("PRIMARY_REGION", inputs.primary.region.name().into()),
                ("PRIMARY_SECRET_ARN", inputs.primary.secret_arn.clone()),
            ],
            statements: allow_sql([&inputs.primary, &inputs.dr]).into(),
            reserved_concurrency: None,
        },
    )
}
