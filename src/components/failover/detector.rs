//! The detector: probes the primary every ten seconds, and attempts a failover once it has failed for as long as the
//! objective leaves patience, and Route 53's checkers see it as well.

use super::{Context, metrics};
use crate::aws::iam_policy::Statement;
use crate::aws::lambda;
use crate::components::region_scope::RegionScope;
use crate::components::runbook_link::address;
use crate::components::standalone_function::{Common, Definition, StandaloneFunction};
use crate::terraform::Value;

/// A run probes for the minute until the next one starts.
const TIMEOUT_SECONDS: u32 = 60;

/// The run of one minute may still be probing when the next one starts.
const OVERLAPPING_RUNS: u32 = 2;

/// A probe that comes late says nothing about now: the next minute has its own.
const MAXIMUM_EVENT_AGE_SECONDS: u32 = 60;

/// Adds the detector.
pub fn detector(
    region: &mut RegionScope<'_>,
    common: &Common,
    context: &Context<'_>,
    reserve_concurrency: &Value<bool>,
) -> StandaloneFunction {
    let inputs = context.inputs;
    let runbook_url = region.runbook_url();
    let mut statements: Vec<_> = context.table.allow_keeping(region, "dynamodb:UpdateItem", "detector").into();
    statements.extend(inputs.notices.allow(region));
    statements.extend([
        Statement::allow("StartFailover")
            .actions(["states:ListExecutions", "states:StartExecution"])
            .resource(&context.machines.failover.arn),
        metrics::allow_publishing(region),
    ]);
    let function = common.function(
        region,
        Definition {
            module: "detector",
            description: "Probes the region that takes payments and starts the failover when it is gone".into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: vec![
                ("ALERT_TOPIC_ARN", inputs.notices.topic.arn()),
                ("ENVIRONMENT", inputs.environment.clone()),
                ("FAILOVER_DOMAIN", inputs.failover_domain.clone()),
                ("FAILOVER_MACHINE_ARN", context.machines.failover.arn.clone()),
                ("METRIC_NAMESPACE", metrics::namespace(region)),
                ("PATIENCE_SECONDS", inputs.objectives.patience_seconds().to_string().into()),
                ("PRIMARY_HEALTH_URL", inputs.primary.health_url.clone()),
                ("PRIMARY_REGION", inputs.primary.region.name().into()),
                ("RUNBOOK_URL", address(&runbook_url)),
                ("STATE_TABLE", context.table.name.clone()),
            ],
            statements,
            reserved_concurrency: Some(Value::from(OVERLAPPING_RUNS).when(reserve_concurrency, -1)),
        },
    );
    region.add(
        lambda::FunctionEventInvokeConfig::new("failover_detector", function.function.function_name())
            .maximum_retry_attempts(0)
            .maximum_event_age_in_seconds(MAXIMUM_EVENT_AGE_SECONDS),
    );
    function
}
