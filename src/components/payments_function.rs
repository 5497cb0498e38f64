//! The payment function: takes payments in its own region, from its own region's stores only.

use super::database_setup::DatabaseSetup;
use super::function_code::{CodeSource, FunctionCode, function_code};
use super::further_permissions::further_permissions;
use super::log_group::LogGroupInputs;
use super::network::Network;
use super::network_function::{NetworkFunction, network_function};
use super::region_scope::RegionScope;
use super::stores::Stores;
use crate::aws::{iam, lambda};
use crate::terraform::{Any, Handle, Map, Number, Value};

/// Longer than the slowest payment, shorter than the 29 seconds that API Gateway waits.
const TIMEOUT_SECONDS: u32 = 27;

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
    pub stores: &'a Stores<'a>,
    /// What must have been done to the database before. In the DR region nothing: waiting for the writer would draw the
    /// primary into every plan of the standby, which cannot take payments before it has the writer's tables and users.
    pub setup: Option<&'a DatabaseSetup>,
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
    let code = function_code(region, inputs.code, inputs.stores.storage);
    let statements = inputs.stores.take_payments(region);
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
