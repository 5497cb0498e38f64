//! A function inside the VPC's private subnets, with the payment function's code: what takes payments, and what tells
//! whether they can be taken.

use super::function_code::FunctionCode;
use super::function_role::{send_traces, write_own_log};
use super::log_group::log_group;
use super::naming::NameKind;
use super::payments_function::{FunctionInputs, PaymentsFunction};
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::{cloudwatch, iam, lambda};
use crate::terraform::{Handle, Number, Resource, Value, concat};

/// Function deletion waits for the release of its network interfaces.
const INTERFACE_RELEASE: &str = "60m";

/// What makes one function another one than the next.
#[derive(Debug)]
pub(super) struct NetworkFunction {
    /// The local name of its blocks.
    pub(super) name: &'static str,
    /// What its name in AWS ends in, and its role's.
    pub(super) purpose: &'static str,
    /// The local name of its log group.
    pub(super) log: &'static str,
    /// What it does.
    pub(super) description: &'static str,
    /// Whose role it is.
    pub(super) role_description: &'static str,
    /// The name of what it may do.
    pub(super) policy: &'static str,
    /// Seconds after which a run is given up.
    pub(super) timeout_seconds: u32,
    /// Runs at once that are kept free for it, -1 for none.
    pub(super) reserved_concurrency: Value<Number>,
    /// What it may do, beside writing its log and joining the network.
    pub(super) statements: Vec<Statement>,
}

/// Adds a function that runs this code.
pub(super) fn network_function(
    region: &mut RegionScope<'_>,
    inputs: &FunctionInputs<'_>,
    code: &FunctionCode,
    definition: NetworkFunction,
) -> PaymentsFunction {
    let name = region.name(NameKind::Function, definition.purpose);
    let log = log_group(region, definition.log, concat(["/aws/lambda/".into(), name.clone()]), inputs.logs);
    let (role, policy) = role(region, inputs, &definition, &name, &log);
    let function = lambda::Function::new(definition.name, &name, role.arn())
        .description(definition.description)
        .architectures([inputs.architecture])
        .memory_size(inputs.memory_mb)
        .timeout(definition.timeout_seconds)
        .reserved_concurrent_executions(definition.reserved_concurrency)
        .kms_key_arn(inputs.stores.keys.secrets.arn())
        .environment(lambda::function::Environment::new().variables(inputs.stores.environment(inputs.environment)))
        .vpc_config(lambda::function::VpcConfig::new([inputs.network.function_group.id()], &inputs.network.subnets.ids))
        .logging_config(lambda::function::LoggingConfig::new("Text").log_group(log.name()))
        .tracing_config(lambda::function::TracingConfig::new(if inputs.tracing { "Active" } else { "PassThrough" }))
        .timeouts(lambda::function::Timeouts::new().delete(INTERFACE_RELEASE))
        // The function is created inside the VPC with the permissions of this policy, and would fail before it is attached.
        .depends_on(&policy);
    let function = region.add(code.run_by(function));
    PaymentsFunction { function, name, role, code: code.clone() }
}

fn role(
    region: &mut RegionScope<'_>,
    inputs: &FunctionInputs<'_>,
    definition: &NetworkFunction,
    function_name: &Value<String>,
    log: &Handle<cloudwatch::LogGroup>,
) -> (Handle<iam::Role>, Handle<iam::RolePolicy>) {
    let name = region.name(NameKind::Role, definition.purpose);
    let role = region.add(
        iam::Role::new(definition.name, PolicyDocument::assumed_by_service("lambda.amazonaws.com").to_json())
            .name(name)
            .description(definition.role_description),
    );
    let own = definition.statements.iter().cloned().chain([write_own_log(log)]);
    let statements = own.chain(network_statements(region, function_name)).chain(inputs.tracing.then(send_traces));
    let policy = PolicyDocument::new(statements).to_json();
    let policy = iam::RolePolicy::new(definition.name, policy, role.id()).name(definition.policy);
    // The function follows its policy. Neither changes to another secret before the database knows the user in it.
    let policy = region.add(inputs.setup.into_iter().fold(policy, iam::RolePolicy::depends_on));
    (role, policy)
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
/// in an Amazon VPC"). It has to be a permission for everything of EC2 in the account: Lambda asks before there is an interface,
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
