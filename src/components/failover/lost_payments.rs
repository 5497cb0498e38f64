//! The search for lost payments: after a failover, what the other region has acknowledged and the database here does not
//! have, each by its name.

use super::site::allow_sql;
use super::{Context, metrics};
use crate::aws::iam_policy::Statement;
use crate::components::bucket::bucket_arn;
use crate::components::encryption::identity_may_use;
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::{Common, Definition, StandaloneFunction};
use crate::terraform::{Value, concat};

/// How long it looks at the most: people wait for what it finds, payments do not.
pub(super) const TIMEOUT_SECONDS: u32 = 90;

/// Where its records lie in the bucket. Other accounts may read those of drills: these name payments.
const EVIDENCE_PREFIX: &str = "evidence/losses/";

/// Adds the function.
pub fn lost_payments(region: &mut RegionScope<'_>, common: &Common, context: &Context<'_>) -> StandaloneFunction {
    common.function(
        region,
        Definition {
            module: "lost_payments",
            description:
                "After a failover, names the payments that were acknowledged elsewhere and are not in the database"
                    .into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: environment(region, context),
            statements: statements(region, context),
            reserved_concurrency: None,
        },
    )
}

fn environment(region: &RegionScope<'_>, context: &Context<'_>) -> Vec<(&'static str, Value<String>)> {
    let inputs = context.inputs;
    vec![
        ("DATABASE_NAME", inputs.database_name.clone()),
        ("DR_BUCKET", inputs.dr.receipts_bucket.clone()),
        ("DR_CLUSTER_ARN", inputs.dr.cluster_arn.clone()),
        ("DR_SECRET_ARN", inputs.dr.secret_arn.clone()),
        ("ENVIRONMENT", inputs.environment.clone()),
        ("EVIDENCE_BUCKET", inputs.evidence.bucket.name.clone()),
        ("METRIC_NAMESPACE", metrics::namespace(region)),
        ("PRIMARY_REGION", inputs.primary.region.name().into()),
        ("SESSION_TABLE", inputs.session_table.clone()),
    ]
}

fn statements(region: &RegionScope<'_>, context: &Context<'_>) -> Vec<Statement> {
    let inputs = context.inputs;
    let sessions = region.arn("dynamodb", ["table/".into(), inputs.session_table.clone()]);
    let receipts = concat([bucket_arn(&inputs.dr.receipts_bucket), "/receipts/*".into()]);
    let records = concat([inputs.evidence.bucket.arn(), "/".into(), EVIDENCE_PREFIX.into(), "*".into()]);
    let mut statements: Vec<_> = allow_sql([&inputs.dr]).into();
    statements.extend([
        Statement::allow("ReadClaims").action("dynamodb:Scan").resource(sessions),
        identity_may_use("UseTableKey", context.table.key.arn(), region.service("dynamodb")),
        Statement::allow("ReadReceipts").action("s3:GetObject").resource(receipts),
        // Without it S3 calls a receipt forbidden that is not there (Amazon S3 API reference, `GetObject`).
        Statement::allow("TellMissingReceipts")
            .action("s3:ListBucket")
            .resource(bucket_arn(&inputs.dr.receipts_bucket)),
        Statement::allow("WriteRecords").action("s3:PutObject").resource(records),
        identity_may_use("UseRecordKey", inputs.evidence.key.arn(), region.service("s3")),
        metrics::allow_publishing(region),
    ]);
    statements
}
