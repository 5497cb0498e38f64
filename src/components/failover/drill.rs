//! The steps of a drill that a state machine cannot do by itself: payments while roles are swapped, the count of what was
//! lost, and the record that an auditor asks for.

use super::drill_identity::drill_identity;
use super::site::allow_sql;
use super::{Context, metrics};
use crate::aws::iam_policy::Statement;
use crate::components::encryption::identity_may_use;
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::{Common, Definition, StandaloneFunction};
use crate::terraform::{concat, text};

/// The longest run that Lambda has (Lambda developer guide, "Lambda quotas"): payments are sent for as long as roles are
/// swapped.
const TIMEOUT_SECONDS: u32 = 900;

/// Where records of drills lie in the bucket.
pub const EVIDENCE_PREFIX: &str = "evidence/drills/";

/// Adds the function.
pub fn drill(region: &mut RegionScope<'_>, common: &Common, context: &Context<'_>) -> StandaloneFunction {
    let inputs = context.inputs;
    let sessions = region.arn("dynamodb", ["table/".into(), inputs.session_table.clone()]);
    let records = concat([inputs.evidence.bucket.arn(), "/".into(), EVIDENCE_PREFIX.into(), "*".into()]);
    let mut statements: Vec<_> = context.table.allow_keeping(region, "dynamodb:UpdateItem", "drill").into();
    statements.extend(allow_sql([&inputs.primary, &inputs.dr]));
    statements.extend([
        Statement::allow("ReadGlobalDatabase")
            .action("rds:DescribeGlobalClusters")
            .resource(&inputs.global_database.arn),
        // Without data loss, and in the writer's region (Aurora user guide, "Performing switchovers").
        Statement::allow("SwapRoles")
            .action("rds:SwitchoverGlobalCluster")
            .resource(&inputs.global_database.arn)
            .resource(&inputs.primary.cluster_arn)
            .resource(&inputs.dr.cluster_arn),
        // It registers itself there: see `functions/payments/drills.py`.
        Statement::allow("Register").action("dynamodb:PutItem").resource(sessions).when_any(
            "ForAllValues:StringLike",
            "dynamodb:LeadingKeys",
            [text("drill#*")],
        ),
        Statement::allow("WriteRecords").action("s3:PutObject").resource(records),
        identity_may_use("UseRecordKey", inputs.evidence.key.arn(), region.service("s3")),
        metrics::allow_publishing(region),
    ]);
    let identity = drill_identity(region, inputs);
    statements.extend(identity.statements);
    let mut environment = vec![
        ("DATABASE_NAME", inputs.database_name.clone()),
        ("DR_CLUSTER_ARN", inputs.dr.cluster_arn.clone()),
        ("DR_SECRET_ARN", inputs.dr.secret_arn.clone()),
        ("ENVIRONMENT", inputs.environment.clone()),
        ("EVIDENCE_BUCKET", inputs.evidence.bucket.name.clone()),
        ("FAILOVER_DOMAIN", inputs.failover_domain.clone()),
        ("GLOBAL_CLUSTER_ID", inputs.global_database.identifier.clone()),
        ("METRIC_NAMESPACE", metrics::namespace(region)),
        ("PRIMARY_CLUSTER_ARN", inputs.primary.cluster_arn.clone()),
        ("PRIMARY_REGION", inputs.primary.region.name().into()),
        ("PRIMARY_SECRET_ARN", inputs.primary.secret_arn.clone()),
        ("RECOVERY_OBJECTIVE_SECONDS", inputs.objectives.rto_seconds().to_string().into()),
        ("SESSION_TABLE", inputs.session_table.clone()),
        ("STATE_TABLE", context.table.name.clone()),
    ];
    environment.extend(identity.environment);
    common.function(
        region,
        Definition {
            module: "drill",
            description: "Swaps roles for a drill, sends payments meanwhile and records what became of them".into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment,
            statements,
            reserved_concurrency: None,
        },
    )
}
