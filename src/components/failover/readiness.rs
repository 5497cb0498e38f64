//! Readiness: whether the DR region could take over now, asked every half hour in quiet times instead of in the disaster.

use super::guards::MAXIMUM_LAG_AGE_SECONDS;
use super::{Context, metrics};
use crate::aws::iam_policy::Statement;
use crate::components::bucket::bucket_arn;
use crate::components::encryption::identity_may_use;
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::{Common, Definition, StandaloneFunction};
use crate::terraform::Value;
use crate::terraform::functions::join;

/// Some twenty questions, a few of them to the other region.
const TIMEOUT_SECONDS: u32 = 120;

/// Adds the function.
pub fn readiness(region: &mut RegionScope<'_>, common: &Common, context: &Context<'_>) -> StandaloneFunction {
    let mut statements: Vec<_> = context.table.allow_keeping(region, "dynamodb:PutItem", "installation").into();
    statements.extend(database_statements(region, context));
    statements.extend(store_statements(region, context));
    statements.extend([
        metrics::allow_reading(),
        metrics::allow_publishing(region),
        context.switch.allow(),
        context
            .machines
            .arns()
            .into_iter()
            .fold(Statement::allow("ReadMachines").action("states:DescribeStateMachine"), Statement::resource),
        // A description holds the definition, which is encrypted.
        Statement::allow("UseMachineKey").action("kms:Decrypt").resource(context.inputs.notices.key.arn()).when_any(
            "StringEquals",
            "kms:EncryptionContext:aws:states:stateMachineArn",
            context.machines.arns(),
        ),
        Statement::allow("ReadCertificate")
            .action("acm:DescribeCertificate")
            .resource(context.inputs.certificate.arn()),
        Statement::allow("ReadPaymentsFunction")
            .actions(["lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency"])
            .resource(region.arn("lambda", ["function:".into(), context.inputs.payments_function.clone()])),
    ]);
    common.function(
        region,
        Definition {
            module: "readiness",
            description: "Says whether this region could take over payments now".into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: environment(region, context),
            statements,
            reserved_concurrency: None,
        },
    )
}

fn database_statements(region: &RegionScope<'_>, context: &Context<'_>) -> [Statement; 5] {
    let inputs = context.inputs;
    [
        Statement::allow("ReadGlobalDatabase")
            .action("rds:DescribeGlobalClusters")
            .resource(&inputs.global_database.arn),
        Statement::allow("ReadCluster").action("rds:DescribeDBClusters").resource(&inputs.dr.cluster_arn),
        Statement::allow("ReadInstances")
            .action("rds:DescribeDBInstances")
            .resource(inputs.dr.instance_arns(region.account_id())),
        Statement::allow("ReadDatabaseCredentials")
            .action("secretsmanager:GetSecretValue")
            .resource(&inputs.dr.secret_arn),
        identity_may_use("UseSecretKey", &inputs.dr.secret_key_arn, inputs.dr.service("secretsmanager")),
    ]
}

fn store_statements(region: &RegionScope<'_>, context: &Context<'_>) -> [Statement; 4] {
    let inputs = context.inputs;
    let sessions = region.arn("dynamodb", ["table/".into(), inputs.session_table.clone()]);
    [
        Statement::allow("ReadSessionTable").action("dynamodb:DescribeTable").resource(sessions),
        Statement::allow("ReadReplication")
            .action("s3:GetReplicationConfiguration")
            .resource(bucket_arn(&inputs.primary.receipts_bucket))
            .resource(bucket_arn(&inputs.dr.receipts_bucket)),
        Statement::allow("ReadEncryption")
            .action("s3:GetEncryptionConfiguration")
            .resource(bucket_arn(&inputs.dr.receipts_bucket)),
        Statement::allow("ReadKeys")
            .action("kms:DescribeKey")
            .resource(inputs.evidence.key.arn())
            .resource(inputs.database_key.arn()),
    ]
}

fn environment(region: &RegionScope<'_>, context: &Context<'_>) -> Vec<(&'static str, Value<String>)> {
    let inputs = context.inputs;
    vec![
        ("CERTIFICATE_ARN", inputs.certificate.arn()),
        ("DR_BUCKET", inputs.dr.receipts_bucket.clone()),
        ("DR_CLUSTER_ARN", inputs.dr.cluster_arn.clone()),
        ("DR_HEALTH_URL", inputs.dr.health_url.clone()),
        ("DR_SECRET_ARN", inputs.dr.secret_arn.clone()),
        ("ENVIRONMENT", inputs.environment.clone()),
        ("FAILOVER_DOMAIN", inputs.failover_domain.clone()),
        ("GLOBAL_CLUSTER_ID", inputs.global_database.identifier.clone()),
        ("MACHINE_ARNS", join(",", context.machines.arns())),
        ("MAXIMUM_LAG_AGE_SECONDS", MAXIMUM_LAG_AGE_SECONDS.to_string().into()),
        ("MAXIMUM_LAG_MS", inputs.objectives.maximum_lag_milliseconds().to_string().into()),
        ("METRIC_NAMESPACE", metrics::namespace(region)),
        ("PAYMENTS_FUNCTION", inputs.payments_function.clone()),
        ("PRIMARY_BUCKET", inputs.primary.receipts_bucket.clone()),
        ("PRIMARY_REGION", inputs.primary.region.name().into()),
        ("SESSION_TABLE", inputs.session_table.clone()),
        ("STATE_TABLE", context.table.name.clone()),
        ("SWITCH_PARAMETER", context.switch.name.clone()),
    ]
}
