//! The health function: says whether its region can take a payment, with the payment function's own code and stores.
//!
//! It is a function of its own, so that a flood of payments cannot keep it from answering: an answer that is refused for
//! want of concurrency looks like a region that is lost. And it may do less, because everybody may ask it.

use super::encryption::identity_may_use;
use super::further_permissions::further_permissions_of_health;
use super::network_function::{NetworkFunction, network_function};
use super::payments_function::{FunctionInputs, PaymentsFunction};
use super::region_scope::RegionScope;
use crate::aws::iam_policy::Statement;
use crate::terraform::{Value, concat};

/// It answers within two seconds; the first run also loads the code.
const TIMEOUT_SECONDS: u32 = 10;

/// Answers at once. More than the API lets through: at [`REQUESTS_PER_SECOND`], with two seconds for each, none is refused
/// by Lambda, whose refusal API Gateway passes on as 500 and not as 429.
const CONCURRENT_ANSWERS: u32 = 10;

/// Requests a second in the long run. Route 53 has up to four checkers in each of the four regions that the health check
/// names, each asks every ten seconds, and so does the detector: less than two a second.
pub const REQUESTS_PER_SECOND: u32 = 5;

/// Requests at one moment, when checkers happen to ask together.
pub const REQUESTS_AT_ONCE: u32 = 10;

/// The item whose write is tried and never done, and the one that names the epoch; see `functions/payments/health.py`.
const PROBED_ITEM: &str = "health#none";
const EPOCH_ITEM: &str = "failover#epoch";

/// Adds the function.
pub fn health_function(
    region: &mut RegionScope<'_>,
    inputs: &FunctionInputs<'_>,
    payments: &PaymentsFunction,
    reserve_concurrency: &Value<bool>,
) -> PaymentsFunction {
    let statements = statements(region, inputs);
    let definition = NetworkFunction {
        name: "health",
        purpose: "health",
        log: "health_function",
        description: "Tells whether payments can be taken",
        role_description: "The health function",
        policy: "answer-health-checks",
        timeout_seconds: TIMEOUT_SECONDS,
        reserved_concurrency: Value::from(CONCURRENT_ANSWERS).when(reserve_concurrency, -1),
        statements,
    };
    let function = network_function(region, inputs, &payments.code, definition);
    further_permissions_of_health(region, &function.role, inputs.permissions);
    function
}

fn statements(region: &RegionScope<'_>, inputs: &FunctionInputs<'_>) -> Vec<Statement> {
    let table_arn = region.arn("dynamodb", ["table/".into(), inputs.stores.session_table.clone()]);
    let item = |sid, action, key: &'static str| {
        Statement::allow(sid).action(action).resource(&table_arn).when_any(
            "ForAllValues:StringEquals",
            "dynamodb:LeadingKeys",
            [Value::<String>::from(key)],
        )
    };
    let probe = concat([inputs.stores.storage.receipts.arn(), "/receipts/health/*".into()]);
    vec![
        Statement::allow("AskDatabase").action("rds-data:ExecuteStatement").resource(&inputs.stores.database.arn),
        Statement::allow("ReadDatabaseCredentials")
            .action("secretsmanager:GetSecretValue")
            .resource(inputs.stores.secret_arn),
        item("ReadEpoch", "dynamodb:GetItem", EPOCH_ITEM),
        item("TryClaim", "dynamodb:PutItem", PROBED_ITEM),
        Statement::allow("TryReceipt").action("s3:PutObject").resource(probe),
        identity_may_use("UseSecretKey", inputs.stores.keys.secrets.arn(), region.service("secretsmanager")),
        identity_may_use("UseSessionKey", inputs.stores.keys.sessions.arn(), region.service("dynamodb")),
        identity_may_use("UseReceiptKey", inputs.stores.keys.storage.arn(), region.service("s3")),
    ]
}
