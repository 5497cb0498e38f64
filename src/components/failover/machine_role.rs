//! What the state machines may do.

use super::latch::ITEM;
use super::machine_names::MachineName;
use super::machine_steps::EPOCH_ITEM;
use super::state_machines::MachineInputs;
use crate::aws::iam;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::components::encryption::{LOG_DELIVERY_CONTEXT, identity_may_use, log_delivery_source};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Value, text};

/// What one machine does that others do not.
#[derive(Debug)]
pub(super) struct MachinePermissions {
    /// The functions that it calls, by ARN.
    pub(super) functions: Vec<Value<String>>,
    /// What it asks of the database.
    pub(super) database_action: &'static str,
    /// Whether it writes down when the last failover was.
    pub(super) remembers_failovers: bool,
    /// Whether it begins epochs.
    pub(super) epochs: bool,
}

/// A machine's role, and the policy that the machine cannot do without.
#[derive(Debug)]
pub(super) struct MachineRole {
    pub(super) role: Handle<iam::Role>,
    pub(super) policy: Handle<iam::RolePolicy>,
}

/// Adds the role of the machine.
pub(super) fn machine_role(
    region: &mut RegionScope<'_>,
    machine: &MachineName,
    permissions: MachinePermissions,
    inputs: &MachineInputs<'_>,
) -> MachineRole {
    let name = region.name(NameKind::Role, machine.role_purpose);
    let trust = PolicyDocument::assumed_by("states.amazonaws.com", &region.account_id());
    let role = region.add(
        iam::Role::new(machine.local_name, trust.to_json()).name(name).description("A state machine of the failover"),
    );
    let mut statements = work_statements(region, permissions, inputs);
    statements.extend(execution_statements(region, machine, inputs));
    let policy = PolicyDocument::new(statements).to_json();
    let policy = region.add(iam::RolePolicy::new(machine.local_name, policy, role.id()).name("run-machine"));
    MachineRole { role, policy }
}

/// What the steps of the machine do.
fn work_statements(
    region: &RegionScope<'_>,
    permissions: MachinePermissions,
    inputs: &MachineInputs<'_>,
) -> Vec<Statement> {
    let invoke = Statement::allow("CallFunctions").action("lambda:InvokeFunction");
    let sessions = region.arn("dynamodb", ["table/".into(), inputs.session_table_name.clone()]);
    let remember = permissions
        .remembers_failovers
        .then(|| write_item("RememberFailover", "dynamodb:PutItem", "failover", &inputs.state_table_arn));
    let epochs = permissions.epochs.then(|| write_item("BeginEpochs", "dynamodb:UpdateItem", EPOCH_ITEM, &sessions));
    let work = vec![
        permissions.functions.into_iter().fold(invoke, Statement::resource),
        // Lock and latch stand in one item, and every write of it is an update on a condition.
        write_item("MoveLatch", "dynamodb:UpdateItem", ITEM, &inputs.state_table_arn),
        identity_may_use("UseTableKey", inputs.table_key.arn(), region.service("dynamodb")),
        Statement::allow("TellPeople").action("sns:Publish").resource(&inputs.topic_arn),
        inputs.topic_key.allow("UseTopicKey", region, &inputs.topic_arn),
        Statement::allow("ChangeWriter")
            .action(permissions.database_action)
            .resource(&inputs.global_cluster_arn)
            .resource(&inputs.primary_cluster_arn)
            .resource(&inputs.dr_cluster_arn),
    ];
    work.into_iter().chain(remember).chain(epochs).collect()
}

fn write_item(sid: &'static str, action: &'static str, item: &'static str, table_arn: &Value<String>) -> Statement {
    Statement::allow(sid).action(action).resource(table_arn).when_any(
        "ForAllValues:StringEquals",
        "dynamodb:LeadingKeys",
        [text(item)],
    )
}

/// What Step Functions does in the machine's name to keep, log and trace its executions (Step Functions developer guide,
/// "Data at rest encryption", "Using CloudWatch Logs to log execution history" and "Trace workflows with X-Ray"). It
/// calls the key itself, not through a service, and knows no resources for deliveries of logs and for traces.
fn execution_statements(region: &RegionScope<'_>, machine: &MachineName, inputs: &MachineInputs<'_>) -> Vec<Statement> {
    let mut statements = vec![
        Statement::allow("EncryptExecutions")
            .actions(["kms:Decrypt", "kms:GenerateDataKey"])
            .resource(inputs.operations_key.arn())
            .when("StringEquals", "kms:EncryptionContext:aws:states:stateMachineArn", &machine.arn),
        Statement::allow("EncryptLog").action("kms:GenerateDataKey").resource(inputs.operations_key.arn()).when(
            "StringEquals",
            LOG_DELIVERY_CONTEXT,
            log_delivery_source(region),
        ),
        Statement::allow("DeliverLog")
            .actions([
                "logs:CreateLogDelivery",
                "logs:GetLogDelivery",
                "logs:UpdateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:DescribeResourcePolicies",
                "logs:DescribeLogGroups",
            ])
            .resource("*"),
    ];
    if inputs.tracing {
        statements.push(
            Statement::allow("SendTraces")
                .actions([
                    "xray:PutTraceSegments",
                    "xray:PutTelemetryRecords",
                    "xray:GetSamplingRules",
                    "xray:GetSamplingTargets",
                ])
                .resource("*"),
        );
    }
    statements
}
