//! The payment function: takes payments in its own region, from its own region's stores only.

use super::database::Database;
use super::database_setup::DatabaseSetup;
use super::encryption::identity_may_use;
use super::function_code::{CodeSource, FunctionCode, function_code};
use super::further_permissions::further_permissions;
use super::log_group::LogGroupInputs;
use super::network::Network;
use super::network_function::{NetworkFunction, network_function};
use super::region_scope::RegionScope;
use super::storage::Storage;
use crate::aws::iam_policy::Statement;
use crate::aws::{iam, kms, lambda};
use crate::terraform::{Any, Handle, Map, Number, Value, concat};

/// Longer than the slowest payment, shorter than the 29 seconds that API Gateway waits.
const TIMEOUT_SECONDS: u32 = 27;

/// What the stack tells the functions' code in its environment.
pub const OWN_ENVIRONMENT: [&str; 5] =
    ["DATABASE_CLUSTER_ARN", "DATABASE_NAME", "DATABASE_SECRET_ARN", "RECEIPTS_BUCKET", "SESSION_TABLE"];

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
    /// Where its code comes from.
    pub code: CodeSource<'a>,
    /// The processors that it runs on.
    pub architecture: &'a Value<String>,
    /// The user's own part of its environment.
    pub environment: &'a Value<Map<String>>,
    /// What it may do beside what the stack lets it do.
    pub permissions: &'a Value<Any>,
    /// Where it runs.
    pub network: &'a Network,
    /// Where payments are written.
    pub database: &'a Database,
    /// The database inside the cluster.
    pub database_name: &'a Value<String>,
    /// What must have been done to the database before. In the DR region nothing: waiting for the writer would draw the
    /// primary into every plan of the standby, which cannot take payments before it has the writer's tables and users.
    pub setup: Option<&'a DatabaseSetup>,
    /// Its region's secret with the credentials of the functions' role.
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
    /// Its role.
    pub role: Handle<iam::Role>,
    /// Its code.
    pub code: FunctionCode,
}

/// Adds the function.
pub fn payments_function(region: &mut RegionScope<'_>, inputs: &FunctionInputs<'_>) -> PaymentsFunction {
    let code = function_code(region, inputs.code, inputs.storage);
    let statements = data_statements(region, inputs);
    let definition = NetworkFunction {
        name: "payments",
        purpose: "api",
        log: "function",
        description: "Takes payments",
        role_description: "The payment function",
        policy: "take-payments",
        timeout_seconds: TIMEOUT_SECONDS,
        reserved_concurrency: inputs.reserved_concurrency.clone(),
        statements,
    };
    let function = network_function(region, inputs, &code, definition);
    further_permissions(region, &function.role, inputs.permissions);
    function
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
        // A receipt that is there already is compared, not written again.
        Statement::allow("WriteReceipts").actions(["s3:GetObject", "s3:PutObject"]).resource(receipts),
        through("UseSecretKey", inputs.keys.secrets, "secretsmanager"),
        through("UseSessionKey", inputs.keys.sessions, "dynamodb"),
        through("UseReceiptKey", inputs.keys.storage, "s3"),
    ]
}
