//! The payment function: takes payments in its own region, from its own region's stores only.

use super::database::Database;
use super::encryption::identity_may_use;
use super::function_package::{FunctionPackage, HANDLER, RUNTIME};
use super::function_role::{send_traces, write_own_log};
use super::log_group::{LogGroupInputs, log_group};
use super::naming::NameKind;
use super::network::Network;
use super::region_scope::RegionScope;
use super::storage::Storage;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::{cloudwatch, iam, kms, lambda, s3};
use crate::terraform::{Handle, Number, Resource, Value, concat};

/// Longer than the slowest payment, shorter than the 29 seconds that API Gateway waits.
const TIMEOUT_SECONDS: u32 = 27;

/// Where the package lies in the operations bucket.
const PACKAGE_KEY: &str = "functions/payments.zip";

/// Function deletion waits for the release of its network interfaces.
const INTERFACE_RELEASE: &str = "60m";

/// The package and its digest as Terraform values: the embedded one, or the user's own.
#[derive(Debug, Clone)]
pub struct PackageValues {
    /// The archive in base64.
    pub content_base64: Value<String>,
    /// The archive's SHA-256 in base64.
    pub sha256_base64: Value<String>,
}

impl PackageValues {
    /// The embedded package, unless `path` names a zip file of the user's own.
    pub fn new(package: &FunctionPackage, path: &Value<String>) -> Self {
        let choose = |embedded: &'static str, function: &'static str| {
            let own = crate::terraform::Expression::call(function, [path.clone().into()]);
            Value::<String>::from(embedded).when(path.clone().is_null(), Value::new(own))
        };
        Self {
            content_base64: choose(package.content_base64, "filebase64"),
            sha256_base64: choose(package.sha256_base64, "filebase64sha256"),
        }
    }
}

/// The keys behind the stores that the function uses.
#[derive(Debug)]
pub struct StoreKeys<'a> {
    /// Of the receipts.
    pub storage: &'a Handle<kms::Key>,
    /// Of the session table.
    pub sessions: &'a Handle<kms::Key>,
    /// Of the database's secret, and of the function's own environment.
    pub secrets: &'a Handle<kms::Key>,
}

/// What a region gives its function.
#[derive(Debug)]
pub struct FunctionInputs<'a> {
    /// Its code.
    pub package: &'a PackageValues,
    /// Where it runs.
    pub network: &'a Network,
    /// Where payments are written.
    pub database: &'a Database,
    /// The database inside the cluster.
    pub database_name: &'a Value<String>,
    /// Its region's secret with the database's credentials.
    pub secret_arn: &'a Value<String>,
    /// The session table's name.
    pub session_table: &'a Value<String>,
    /// Its region's buckets.
    pub storage: &'a Storage,
    /// Its region's keys.
    pub keys: StoreKeys<'a>,
    /// Where its log goes.
    pub logs: &'a LogGroupInputs,
    /// Its memory in MB.
    pub memory_mb: &'a Value<Number>,
    /// How many run at once at the most; -1 for the account's limit.
    pub reserved_concurrency: &'a Value<Number>,
    /// Whether requests are traced.
    pub tracing: bool,
}

/// The function and its log.
#[derive(Debug)]
pub struct PaymentsFunction {
    /// The function.
    pub function: Handle<lambda::Function>,
    /// Its name, known before the function is.
    pub name: Value<String>,
}

/// Adds the function.
pub fn payments_function(region: &mut RegionScope<'_>, inputs: &FunctionInputs<'_>) -> PaymentsFunction {
    let name = region.name(NameKind::Function, "api");
    let log = log_group(region, "function", concat(["/aws/lambda/".into(), name.clone()]), inputs.logs);
    let role = role(region, inputs, &name, &log);
    let object = package_object(region, inputs);
    let variables = environment(inputs);
    let function = lambda::Function::new("payments", &name, role.role.arn())
        .description("Takes payments and answers health checks")
        .runtime(RUNTIME)
        .handler(HANDLER)
        .architectures(["arm64"])
        .memory_size(inputs.memory_mb)
        .timeout(TIMEOUT_SECONDS)
        .reserved_concurrent_executions(inputs.reserved_concurrency)
        .s3_bucket(object.bucket())
        .s3_key(object.key_())
        .s3_object_version(object.version_id())
        .source_code_hash(&inputs.package.sha256_base64)
        .kms_key_arn(inputs.keys.secrets.arn())
        .environment(lambda::function::Environment::new().variables(variables))
        .vpc_config(lambda::function::VpcConfig::new([inputs.network.function_group.id()], inputs.network.subnet_ids()))
        .logging_config(lambda::function::LoggingConfig::new("Text").log_group(log.name()))
        .tracing_config(lambda::function::TracingConfig::new(if inputs.tracing { "Active" } else { "PassThrough" }))
        .timeouts(lambda::function::Timeouts::new().delete(INTERFACE_RELEASE))
        // The function is created inside the VPC with the rights of this policy, and would fail before it is attached.
        .depends_on(&role.policy);
    PaymentsFunction { function: region.add(function), name }
}

fn package_object(region: &mut RegionScope<'_>, inputs: &FunctionInputs<'_>) -> Handle<s3::Object> {
    let operations = &inputs.storage.operations;
    region.add(
        s3::Object::new("payments_package", operations.bucket.id(), PACKAGE_KEY)
            .content_base64(&inputs.package.content_base64)
            .content_type("application/zip")
            .source_hash(&inputs.package.sha256_base64)
            // Without versioning the object has no version for the function to name.
            .depends_on(&operations.versioning),
    )
}

fn environment(inputs: &FunctionInputs<'_>) -> [(&'static str, Value<String>); 5] {
    [
        ("DATABASE_CLUSTER_ARN", inputs.database.arn.clone()),
        ("DATABASE_NAME", inputs.database_name.clone()),
        ("DATABASE_SECRET_ARN", inputs.secret_arn.clone()),
        ("RECEIPTS_BUCKET", inputs.storage.receipts.name.clone()),
        ("SESSION_TABLE", inputs.session_table.clone()),
    ]
}

struct FunctionRole {
    role: Handle<iam::Role>,
    policy: Handle<iam::RolePolicy>,
}

fn role(
    region: &mut RegionScope<'_>,
    inputs: &FunctionInputs<'_>,
    function_name: &Value<String>,
    log: &Handle<cloudwatch::LogGroup>,
) -> FunctionRole {
    let name = region.name(NameKind::Role, "api");
    let role = region.add(
        iam::Role::new("payments", PolicyDocument::assumed_by_service("lambda.amazonaws.com").to_json())
            .name(name)
            .description("The payment function"),
    );
    let mut statements = data_statements(region, inputs);
    statements.push(write_own_log(log));
    statements.extend(network_statements(region, function_name));
    if inputs.tracing {
        statements.push(send_traces());
    }
    let policy = region.add(
        iam::RolePolicy::new("payments", PolicyDocument::new(statements).to_json(), role.id()).name("take-payments"),
    );
    FunctionRole { role, policy }
}

fn data_statements(region: &RegionScope<'_>, inputs: &FunctionInputs<'_>) -> Vec<Statement> {
    let table_arn = region.arn("dynamodb", ["table/".into(), inputs.session_table.clone()]);
    let receipts = concat([inputs.storage.receipts.arn(), "/receipts/*".into()]);
    let through = |sid, key: &Handle<kms::Key>, service| identity_may_use(sid, key.arn(), region.service(service));
    vec![
        Statement::allow("WritePayments").action("rds-data:ExecuteStatement").resource(&inputs.database.arn),
        Statement::allow("ReadDatabaseCredentials").action("secretsmanager:GetSecretValue").resource(inputs.secret_arn),
        Statement::allow("ClaimPayments")
            .actions(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"])
            .resource(table_arn),
        Statement::allow("WriteReceipts").action("s3:PutObject").resource(receipts),
        through("UseSecretKey", inputs.keys.secrets, "secretsmanager"),
        through("UseSessionKey", inputs.keys.sessions, "dynamodb"),
        through("UseReceiptKey", inputs.keys.storage, "s3"),
    ]
}

/// What Lambda does to network interfaces in the function's name.
const INTERFACE_CHANGES: [&str; 4] = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
];

/// What it looks at; EC2 ties these to no resource (service authorization reference, Amazon EC2).
const INTERFACE_LOOKS: [&str; 2] = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];

/// Lambda makes the function's network interfaces with the function's own role. The function's code has the same role and
/// needs none of this, so the same is denied to it (Lambda developer guide, "Giving Lambda functions access to resources
/// in an Amazon VPC"). It has to be a right to everything of EC2 in the account: Lambda asks before there is an interface,
/// and with `network-interface/*` refuses to make the function (the guide, and hashicorp/terraform-provider-aws issue 20698).
fn network_statements(region: &RegionScope<'_>, function_name: &Value<String>) -> [Statement; 3] {
    let of_code = region.arn("lambda", ["function:".into(), function_name.clone()]);
    [
        Statement::allow("JoinNetwork").actions(INTERFACE_CHANGES).resource(region.arn("ec2", ["*/*".into()])),
        Statement::allow("FindNetwork").actions(INTERFACE_LOOKS).resource("*"),
        Statement::deny("NoNetworkChangesByCode")
            .actions(INTERFACE_CHANGES)
            .actions(INTERFACE_LOOKS)
            .resource("*")
            .when("ArnEquals", "lambda:SourceFunctionArn", of_code),
    ]
}
