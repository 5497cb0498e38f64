//! The watcher: compares latch, writer, DNS and probes each minute, and tells people what does not agree.

use super::{Context, metrics};
use crate::aws::iam_policy::Statement;
use crate::components::region_scope::RegionScope;
use crate::components::runbook_link::address;
use crate::components::standalone_function::{Common, Definition, StandaloneFunction};

/// Seven questions side by side, of which the slowest has 20 seconds, and what is told afterwards.
const TIMEOUT_SECONDS: u32 = 55;

/// Adds the function.
pub fn watcher(region: &mut RegionScope<'_>, common: &Common, context: &Context<'_>) -> StandaloneFunction {
    let inputs = context.inputs;
    let runbook_url = region.runbook_url();
    let mut statements: Vec<_> = context.table.allow_keeping(region, "dynamodb:UpdateItem", "watcher").into();
    statements.extend(inputs.notices.allow(region));
    let executions = Statement::allow("SeeWhoHoldsTheLock").action("states:DescribeExecution");
    statements.extend([
        Statement::allow("ReadGlobalDatabase")
            .action("rds:DescribeGlobalClusters")
            .resource(&inputs.global_database.arn),
        context.machines.execution_arns(region).into_iter().fold(executions, Statement::resource),
        metrics::allow_publishing(region),
    ]);
    common.function(
        region,
        Definition {
            module: "watcher",
            description: "Compares latch, writer, DNS and probes, and sends a notification if they disagree".into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: vec![
                ("ALERT_TOPIC_ARN", inputs.notices.topic.arn()),
                ("DR_CLUSTER_ARN", inputs.dr.cluster_arn.clone()),
                ("DR_HEALTH_URL", inputs.dr.health_url.clone()),
                ("ENVIRONMENT", inputs.environment.clone()),
                ("FAILBACK_MACHINE_ARN", context.machines.failback.arn.clone()),
                ("FAILOVER_DOMAIN", inputs.failover_domain.clone()),
                ("FAILOVER_MACHINE_ARN", context.machines.failover.arn.clone()),
                ("GLOBAL_CLUSTER_ID", inputs.global_database.identifier.clone()),
                ("LATCH_URL", inputs.latch_url.clone()),
                ("METRIC_NAMESPACE", metrics::namespace(region)),
                ("PRIMARY_REGION", inputs.primary.region.name().into()),
                ("RUNBOOK_URL", address(&runbook_url)),
                ("STATE_TABLE", context.table.name.clone()),
            ],
            statements,
            reserved_concurrency: None,
        },
    )
}
