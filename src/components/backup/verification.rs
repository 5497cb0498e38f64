//! The functions that judge what restore tests restore, and watch that there are tests.

use super::BackupInputs;
use super::restore_role::{restored_bucket, restored_cluster, restored_objects, restored_table};
use super::restore_testing::RestoreTesting;
use crate::aws::event_pattern::{event_pattern, only, words};
use crate::aws::iam_policy::Statement;
use crate::aws::{events, iam, lambda};
use crate::components::encryption::identity_may_use;
use crate::components::failover::metrics::allow_reading;
use crate::components::function_package::FunctionPackage;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::{self, Common, CommonInputs, Definition, StandaloneFunction};
use crate::terraform::{Handle, Value};

/// Whose metrics they are.
pub fn namespace(region: &RegionScope<'_>) -> Value<String> {
    region.metric_namespace("Backup")
}

/// Eleven calls, each of which may be tried twice.
const VALIDATOR_TIMEOUT_SECONDS: u32 = 180;

const AGE_TIMEOUT_SECONDS: u32 = 60;

/// Adds both functions and what starts them, and returns the validator.
pub fn verification(
    region: &mut RegionScope<'_>,
    inputs: &BackupInputs<'_>,
    testing: &RestoreTesting,
    restore_role: &Handle<iam::Role>,
) -> StandaloneFunction {
    let common = standalone_function::common(
        region,
        FunctionPackage::backup_verification(),
        &CommonInputs {
            family: "backup",
            storage: inputs.storage,
            key: inputs.environment_key,
            logs: inputs.logs,
            tracing: inputs.tracing,
        },
    );
    let validator = validator(region, &common, inputs, testing);
    let ended = event_pattern(
        "aws.backup",
        &["Restore Job State Change"],
        [("iamRoleArn", only(restore_role.arn())), ("status", words(&["ABORTED", "COMPLETED", "FAILED"]))],
    );
    let rule = events::Rule::new("backup_validator").description("Restore tests that have ended").event_pattern(ended);
    start(region, "validator", rule, &validator);
    let age = restore_test_age(region, &common, inputs, testing);
    let rule = events::Rule::new("backup_restore_test_age")
        .description("How long ago backups were last found good")
        .schedule_expression("rate(1 hour)");
    start(region, "restore_test_age", rule, &age);
    validator
}

fn validator(
    region: &mut RegionScope<'_>,
    common: &Common,
    inputs: &BackupInputs<'_>,
    testing: &RestoreTesting,
) -> StandaloneFunction {
    let protected = &inputs.protected;
    let statements = vec![
        // AWS Backup ties restore jobs to no resource (service authorization reference, AWS Backup).
        Statement::allow("JudgeRestoreJobs")
            .actions(["backup:DescribeRestoreJob", "backup:PutRestoreValidationResult"])
            .resource("*"),
        Statement::allow("LookAtClusters")
            .action("rds:DescribeDBClusters")
            .resource(restored_cluster(region))
            .resource(&protected.database.arn),
        Statement::allow("LookAtTables")
            .action("dynamodb:DescribeTable")
            .resource(restored_table(region))
            .resource(protected.session_table_arn(region)),
        Statement::allow("ReadRestoredTable").action("dynamodb:Scan").resource(restored_table(region)),
        Statement::allow("ListRestoredBucket").action("s3:ListBucket").resource(restored_bucket()),
        Statement::allow("ReadRestoredReceipts").action("s3:GetObject").resource(restored_objects()),
        identity_may_use("DecryptSessions", protected.sessions_key.arn(), region.service("dynamodb")),
        identity_may_use("DecryptReceipts", protected.receipts_key.arn(), region.service("s3")),
        publish_metrics(region),
    ];
    common.function(
        region,
        Definition {
            module: "validator",
            description: "Judges what restore tests have restored".into(),
            timeout_seconds: VALIDATOR_TIMEOUT_SECONDS,
            environment: vec![
                ("TESTING_PLAN_ARN", testing.plan.arn()),
                ("DATABASE_CLUSTER", protected.database.identifier.clone()),
                ("DATABASE_KEY_ARN", protected.database_key.arn()),
                ("SESSION_TABLE", protected.session_table.clone()),
                ("SESSIONS_KEY_ARN", protected.sessions_key.arn()),
                ("RECEIPTS_KEY_ARN", protected.receipts_key.arn()),
                ("METRIC_NAMESPACE", namespace(region)),
                ("ENVIRONMENT", inputs.environment.clone()),
            ],
            statements,
            reserved_concurrency: None,
        },
    )
}

fn restore_test_age(
    region: &mut RegionScope<'_>,
    common: &Common,
    inputs: &BackupInputs<'_>,
    testing: &RestoreTesting,
) -> StandaloneFunction {
    let plan = region.arn("backup", ["restore-testing-plan:".into(), testing.name.clone(), "-*".into()]);
    let statements = vec![
        Statement::allow("KnowTestingPlan").action("backup:GetRestoreTestingPlan").resource(plan),
        allow_reading(),
        publish_metrics(region),
    ];
    let types = Value::from("Aurora,DynamoDB,S3").when(inputs.receipts.clone(), "Aurora,DynamoDB");
    common.function(
        region,
        Definition {
            module: "restore_test_age",
            description: "Publishes how long ago backups were last found good".into(),
            timeout_seconds: AGE_TIMEOUT_SECONDS,
            environment: vec![
                ("TESTING_PLAN", testing.plan.name()),
                ("RESOURCE_TYPES", types),
                ("METRIC_NAMESPACE", namespace(region)),
                ("ENVIRONMENT", inputs.environment.clone()),
            ],
            statements,
            reserved_concurrency: None,
        },
    )
}

fn publish_metrics(region: &RegionScope<'_>) -> Statement {
    Statement::allow("PublishMetrics").action("cloudwatch:PutMetricData").resource("*").when(
        "StringEquals",
        "cloudwatch:namespace",
        namespace(region),
    )
}

/// Lets a rule start a function.
fn start(region: &mut RegionScope<'_>, purpose: &'static str, rule: events::Rule, target: &StandaloneFunction) {
    let local_name = format!("backup_{purpose}");
    let name = region.name(NameKind::EventRule, &local_name.replace('_', "-"));
    let rule = region.add(rule.name(name));
    region.add(events::Target::new(local_name.clone(), target.function.arn(), rule.name()).target_id("function"));
    region.add(
        lambda::Permission::new(
            local_name,
            "lambda:InvokeFunction",
            target.function.function_name(),
            "events.amazonaws.com",
        )
        .statement_id("AllowRule")
        .source_arn(rule.arn()),
    );
}
