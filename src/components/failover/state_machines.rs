//! The three state machines: failover, the way back, and the drill of both.

use super::machine_names::{MachineName, MachineNames};
use super::machine_role::{MachineRole, machine_role};
use super::{drill_machine, failback_machine, failover_machine};
use crate::aws::sfn;
use crate::aws::sfn::state_machine::{EncryptionConfiguration, LoggingConfiguration, TracingConfiguration};
use crate::aws::states_language::Definition;
use crate::aws::{cloudwatch, kms};
use crate::components::log_group::{LogGroupInputs, log_group};
use crate::components::region_scope::RegionScope;
use crate::components::topic_use::TopicKey;
use crate::settings::{FailoverMode, Objectives, Region};
use crate::terraform::{Condition, Handle, Lifecycle, Resource, Value, concat};

/// Seconds that a data key encrypts executions before Step Functions asks for another one: AWS's default, written down
/// because the provider would otherwise read it back as a change.
const DATA_KEY_REUSE_SECONDS: u32 = 300;

/// The function that looks for lost payments.
#[derive(Debug, Clone)]
pub struct Search {
    /// Its ARN.
    pub arn: Value<String>,
    /// Its name.
    pub name: Value<String>,
}

/// What the machines build on. ARNs and names instead of handles: those of the primary region are composed, so that a
/// plan of the DR region alone does not need it.
#[derive(Debug)]
pub struct MachineInputs<'a> {
    /// What the machines are called.
    pub names: &'a MachineNames,
    /// The function that looks and judges.
    pub guards_function_arn: Value<String>,
    /// The function that looks until something has come about.
    pub lookout_function_arn: Value<String>,
    /// The function that writes a row and reads it back.
    pub probe_function_arn: Value<String>,
    /// The function that does the steps of a drill.
    pub drill_function_arn: Value<String>,
    /// What looks for lost payments, where the stack knows what a payment is.
    pub search: Option<Search>,
    /// What is said where there is no search.
    pub loss_unknown: Option<&'static str>,
    /// The table of claim and latch.
    pub state_table_name: Value<String>,
    /// The same table.
    pub state_table_arn: Value<String>,
    /// The global session table, which holds the epoch. Its key is the state table's.
    pub session_table_name: Value<String>,
    /// Where people are told.
    pub topic_arn: Value<String>,
    /// What encrypts what people are told.
    pub topic_key: TopicKey<'a>,
    /// Where the runbook is, or null.
    pub runbook_url: Value<String>,
    /// The global database.
    pub global_cluster_identifier: Value<String>,
    /// The same database.
    pub global_cluster_arn: Value<String>,
    /// Its member in the primary region.
    pub primary_cluster_arn: Value<String>,
    /// Its member in the DR region.
    pub dr_cluster_arn: Value<String>,
    /// Where payments are taken in ordinary times.
    pub primary_region: Region,
    /// Where they are taken after a failover, and where the machines run.
    pub dr_region: Region,
    /// Who decides that a failover starts.
    pub mode: FailoverMode,
    /// Whether anybody is told of what is published, where the stack makes the subscriptions.
    pub somebody_is_told: Option<&'a Value<bool>>,
    /// How many minutes a person has to approve it.
    pub approval_minutes: u8,
    /// How long payments may fail: what a promotion may take follows from it.
    pub objectives: Objectives,
    /// Seconds after a failover in which there is no other one. The guards hold to it; people are told of it.
    pub cool_down_seconds: u32,
    /// Where the machines log.
    pub logs: &'a LogGroupInputs,
    /// The key of alerts and logs, and of executions.
    pub operations_key: &'a Handle<kms::Key>,
    /// The key of the state table.
    pub table_key: &'a Handle<kms::Key>,
    /// Whether executions are traced.
    pub tracing: bool,
}

/// The machines.
#[derive(Debug)]
pub struct StateMachines {
    /// Makes the DR region the one that takes payments.
    pub failover: Handle<sfn::StateMachine>,
    /// Makes the primary region that again.
    pub failback: Handle<sfn::StateMachine>,
    /// Does both, planned, and measures it.
    pub drill: Handle<sfn::StateMachine>,
}

/// What the definitions are written from: the inputs, and the ARNs that messages name for people to call.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) inputs: &'a MachineInputs<'a>,
    pub(super) names: &'a MachineNames,
}

/// Adds the machines, their roles and their log.
pub fn state_machines(region: &mut RegionScope<'_>, inputs: &MachineInputs<'_>) -> StateMachines {
    let names = inputs.names;
    let plan = Plan { inputs, names };
    let path = concat(["/aws/vendedlogs/states/".into(), names.failover.name.clone()]);
    let log = log_group(region, "failover_machines", path, inputs.logs);
    let failover = failover_machine::definition(&plan);
    let failback = failback_machine::definition(&plan);
    let drill = drill_machine::definition(&plan);
    let mut machine = |name: &MachineName, permissions, definition: &Definition, lifecycle| {
        let role = machine_role(region, name, permissions, inputs);
        add(region, MachineParts { name, definition, role, log: &log, inputs, lifecycle })
    };
    StateMachines {
        failover: machine(&names.failover, failover_machine::permissions(inputs), &failover, asks_somebody(inputs)),
        failback: machine(&names.failback, failback_machine::permissions(inputs), &failback, Lifecycle::new()),
        drill: machine(&names.drill, drill_machine::permissions(inputs), &drill, Lifecycle::new()),
    }
}

struct MachineParts<'a> {
    name: &'a MachineName,
    definition: &'a Definition,
    role: MachineRole,
    log: &'a Handle<cloudwatch::LogGroup>,
    inputs: &'a MachineInputs<'a>,
    lifecycle: Lifecycle,
}

fn add(region: &mut RegionScope<'_>, parts: MachineParts<'_>) -> Handle<sfn::StateMachine> {
    for problem in parts.definition.problems(&format!("aws_sfn_state_machine.{}", parts.name.local_name)) {
        region.report(problem);
    }
    let inputs = parts.inputs;
    region.add(
        sfn::StateMachine::new(parts.name.local_name, parts.definition.to_json(), parts.role.role.arn())
            .name(&parts.name.name)
            .type_("STANDARD")
            .publish(false)
            .encryption_configuration(
                EncryptionConfiguration::new()
                    .type_("CUSTOMER_MANAGED_KMS_KEY")
                    .kms_key_id(inputs.operations_key.arn())
                    .kms_data_key_reuse_period_seconds(DATA_KEY_REUSE_SECONDS),
            )
            .logging_configuration(
                LoggingConfiguration::new()
                    .level("ALL")
                    // What was decided on which numbers must outlive the 90 days of an execution's own history. An
                    // approval's token is among it, as it is in the mail that asks for the approval; it opens nothing
                    // without the permission `states:SendTaskSuccess`.
                    .include_execution_data(true)
                    .log_destination(concat([parts.log.arn(), ":*".into()])),
            )
            .tracing_configuration(TracingConfiguration::new().enabled(inputs.tracing))
            // Step Functions tries the role's permissions on log and key when it creates the machine.
            .depends_on(&parts.role.policy)
            .lifecycle(parts.lifecycle),
    )
}

/// Where a person has to decide, somebody must hear of it. Who is subscribed to a topic that exists is not known.
fn asks_somebody(inputs: &MachineInputs<'_>) -> Lifecycle {
    let mode = inputs.mode;
    let Some(somebody_is_told) = inputs.somebody_is_told.filter(|_| mode != FailoverMode::Automatic) else {
        return Lifecycle::new();
    };
    let wants = if mode == FailoverMode::Manual { "is started by a person" } else { "needs approval" };
    Lifecycle::new().precondition(Condition::new(
        somebody_is_told,
        format!(
            "With failover.mode \"{mode}\" a failover {wants}, and no one would receive the notification: set \
             alert_emails or alert_https_endpoints."
        ),
    ))
}
