//! The guards: what must hold before anything is moved, read and never changed. And the lookout, which the machines wait
//! with: apart from the guards, because looking in vain is its daily work, and an error of the guards is a defect.

use super::{Context, metrics};
use crate::aws::iam_policy::Statement;
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::{Common, Definition, StandaloneFunction};
use crate::terraform::Value;

/// AWS answers within seconds; the guards ask some ten times.
const TIMEOUT_SECONDS: u32 = 30;

/// A lag that was measured longer ago says nothing about what a failover would lose.
pub const MAXIMUM_LAG_AGE_SECONDS: u32 = 300;

/// How long after a failover the next one is refused: a database that has just been promoted is no better for it.
pub const COOL_DOWN_SECONDS: u32 = 1800;

/// Adds the guards.
pub fn guards(region: &mut RegionScope<'_>, common: &Common, context: &Context<'_>) -> StandaloneFunction {
    let inputs = context.inputs;
    let mut statements: Vec<_> = context.table.allow_reading(region).into();
    let executions = Statement::allow("SeeWhoHoldsTheLock").action("states:DescribeExecution");
    statements.extend([
        context.switch.allow(),
        read_global_database(context),
        Statement::allow("ReadClusters")
            .action("rds:DescribeDBClusters")
            .resource(&inputs.primary.cluster_arn)
            .resource(&inputs.dr.cluster_arn),
        Statement::allow("ReadInstances")
            .action("rds:DescribeDBInstances")
            .resource(inputs.primary.instance_arns(region.account_id()))
            .resource(inputs.dr.instance_arns(region.account_id())),
        metrics::allow_reading(),
        Statement::allow("FindRunningFailover")
            .action("states:ListExecutions")
            .resource(&context.machines.failover.arn),
        context.machines.execution_arns(region).into_iter().fold(executions, Statement::resource),
    ]);
    common.function(
        region,
        Definition {
            module: "guards",
            description: "Says whether a failover, a failback or a drill may go on".into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: environment(context),
            statements,
            reserved_concurrency: None,
        },
    )
}

/// Adds the lookout.
pub fn lookout(region: &mut RegionScope<'_>, common: &Common, context: &Context<'_>) -> StandaloneFunction {
    let statements = context.table.allow_reading(region).into_iter().chain([read_global_database(context)]).collect();
    common.function(
        region,
        Definition {
            module: "lookout",
            description: "Looks whether roles, an endpoint or DNS have got where a state machine wants them".into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: environment(context),
            statements,
            reserved_concurrency: None,
        },
    )
}

fn read_global_database(context: &Context<'_>) -> Statement {
    Statement::allow("ReadGlobalDatabase")
        .action("rds:DescribeGlobalClusters")
        .resource(&context.inputs.global_database.arn)
}

fn environment(context: &Context<'_>) -> Vec<(&'static str, Value<String>)> {
    let inputs = context.inputs;
    vec![
        ("COOL_DOWN_SECONDS", COOL_DOWN_SECONDS.to_string().into()),
        ("DR_CLUSTER_ARN", inputs.dr.cluster_arn.clone()),
        ("DR_HEALTH_URL", inputs.dr.health_url.clone()),
        ("FAILOVER_DOMAIN", inputs.failover_domain.clone()),
        ("FAILOVER_MACHINE_ARN", context.machines.failover.arn.clone()),
        ("GLOBAL_CLUSTER_ID", inputs.global_database.identifier.clone()),
        ("MAXIMUM_LAG_AGE_SECONDS", MAXIMUM_LAG_AGE_SECONDS.to_string().into()),
        ("MAXIMUM_LAG_MS", inputs.objectives.maximum_lag_milliseconds().to_string().into()),
        ("PATIENCE_SECONDS", inputs.objectives.patience_seconds().to_string().into()),
        ("PRIMARY_CLUSTER_ARN", inputs.primary.cluster_arn.clone()),
        ("PRIMARY_HEALTH_URL", inputs.primary.health_url.clone()),
        ("PRIMARY_REGION", inputs.primary.region.name().into()),
        ("STATE_TABLE", context.table.name.clone()),
        ("SWITCH_PARAMETER", context.switch.name.clone()),
    ]
}
