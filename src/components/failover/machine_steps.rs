//! Steps that more than one machine takes.

use super::state_machines::MachineInputs;
use crate::aws::states_language::{EVERY_ERROR, Path, Payload, Resource, Retry, Task};
use crate::settings::Region;
use crate::terraform::Value;

/// Seconds for a call of the guards: their own 30, and the time to start.
const GUARDS_SECONDS: u32 = 35;

/// Seconds for one look, of which many follow each other: a look that takes longer is given up for the next one.
const LOOK_SECONDS: u32 = 15;

/// Seconds for a write probe, which goes through the Data API of a database that has just changed its role.
const PROBE_SECONDS: u32 = 20;

/// Seconds for a write to the state table.
const TABLE_SECONDS: u32 = 10;

/// Seconds for a request to the database's control plane.
const REQUEST_SECONDS: u32 = 30;

/// What Lambda answers when it, and not the function, is in trouble (Step Functions developer guide, "Handle transient
/// Lambda service exceptions").
const LAMBDA_TROUBLE: [&str; 4] = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
];

/// What the database's control plane answers when it cannot take the request now: the first is any error that the API
/// does not model, throttling among them.
const DATABASE_TROUBLE: [&str; 3] = ["Rds.RdsException", "Rds.SdkClientException", "States.Timeout"];

/// What it answers when a change of the writer is under way already (RDS API reference, `FailoverGlobalCluster`). A
/// request that was repeated after a lost answer ends here too.
pub(super) const ALREADY_CHANGING: [&str; 2] =
    ["Rds.InvalidGlobalClusterStateException", "Rds.InvalidDbClusterStateException"];

/// Where the answer of the guards is kept.
pub(super) const GUARDS: &str = "guards";

/// Where an error is kept.
pub(super) const ERROR: &str = "error";

/// How often something is looked at until it is so, and how many seconds apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) attempts: u32,
    pub(super) interval_seconds: u32,
}

impl Patience {
    /// For a new writer after a failover: 200 seconds, more than the 180 that are planned with at the most.
    pub(super) const FAILOVER: Self = Self { attempts: 40, interval_seconds: 5 };
    /// For a new writer after a switchover, which first brings the replica up to date.
    pub(super) const SWITCHOVER: Self = Self { attempts: 60, interval_seconds: 5 };
    /// For the first row.
    pub(super) const PROBE: Self = Self { attempts: 12, interval_seconds: 5 };
    /// For an endpoint to find its writer again.
    pub(super) const ENDPOINT: Self = Self { attempts: 24, interval_seconds: 5 };
    /// For three health checks of 10 seconds, and for an answer of 60 seconds to be forgotten.
    pub(super) const DNS: Self = Self { attempts: 30, interval_seconds: 10 };
    /// For the end of whatever is under way.
    pub(super) const SETTLED: Self = Self { attempts: 60, interval_seconds: 5 };

    /// Any error means «not yet»: a look changes nothing, and one that fails for good ends when the attempts do.
    fn retry(self) -> Retry {
        Retry::after([EVERY_ERROR], self.interval_seconds, self.attempts)
    }
}

/// Calls a function, again if Lambda was in trouble.
pub(super) fn call(name: &'static str, arn: &Value<String>, event: Payload, timeout_seconds: u32) -> Task {
    Task::new(name, Resource::Function(arn.clone()), event, timeout_seconds)
        .retry(Retry::after(LAMBDA_TROUBLE, 1, 2).doubling())
}

/// Asks the guards for a verdict.
pub(super) fn guards(name: &'static str, inputs: &MachineInputs<'_>, check: &'static str) -> Task {
    let event = [("check", check.into()), ("request", Path::context(["Execution", "Input"]).into())];
    call(name, &inputs.guards_function_arn, event.into(), GUARDS_SECONDS).keep([GUARDS])
}

/// Waits until the guards find something to be so in a region: `writer`, `endpoint` or `dns`.
pub(super) fn wait_for(
    name: &'static str,
    inputs: &MachineInputs<'_>,
    check: &'static str,
    region: Region,
    patience: Patience,
) -> Task {
    look(name, inputs, [("check", check.into()), ("region", region.name().into())].into(), patience)
}

/// Waits until the database has settled, and learns where the writer is.
pub(super) fn settle(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    look(name, inputs, [("check", "settled".into())].into(), Patience::SETTLED)
}

fn look(name: &'static str, inputs: &MachineInputs<'_>, event: Payload, patience: Patience) -> Task {
    Task::new(name, Resource::Function(inputs.guards_function_arn.clone()), event, LOOK_SECONDS).retry(patience.retry())
}

/// Writes a row in a region and reads it back.
pub(super) fn write_probe(name: &'static str, inputs: &MachineInputs<'_>, region: Region) -> Task {
    let function = Resource::Function(inputs.probe_function_arn.clone());
    Task::new(name, function, [("region", region.name().into())], PROBE_SECONDS).retry(Patience::PROBE.retry())
}

/// Sets or clears the latch that keeps DNS in the DR region.
pub(super) fn put_latch(name: &'static str, inputs: &MachineInputs<'_>, active: bool) -> Task {
    let item = Payload::from([
        ("id", [("S", "latch".into())].into()),
        ("active", [("BOOL", active.into())].into()),
        ("since", [("S", Path::context(["State", "EnteredTime"]).into())].into()),
        ("by", [("S", Path::context(["Execution", "Id"]).into())].into()),
    ]);
    let parameters = [("TableName", (&inputs.state_table_name).into()), ("Item", item)];
    put_item(name, parameters.into()).retry(table_retry())
}

/// Repeats a write to the state table, of which none does harm when it is done twice.
pub(super) fn table_retry() -> Retry {
    Retry::after([EVERY_ERROR], 1, 3).doubling()
}

/// A write to the state table, before its retries.
pub(super) fn put_item(name: &'static str, parameters: Payload) -> Task {
    Task::new(name, Resource::Action("dynamodb:putItem"), parameters, TABLE_SECONDS)
}

/// Asks the database's control plane of the DR region for another writer.
pub(super) fn change_writer(name: &'static str, action: &'static str, parameters: Payload) -> Task {
    Task::new(name, Resource::Action(action), parameters, REQUEST_SECONDS)
        .retry(Retry::after(DATABASE_TROUBLE, 2, 3).doubling())
}

/// Switches over to the primary region without loss. The request goes to where the writer is (RDS API reference,
/// `SwitchoverGlobalCluster`), which then is the region that the machines run in.
pub(super) fn switch_to_primary(name: &'static str, inputs: &MachineInputs<'_>) -> Task {
    let parameters = [
        ("GlobalClusterIdentifier", (&inputs.global_cluster_identifier).into()),
        ("TargetDbClusterIdentifier", (&inputs.primary_cluster_arn).into()),
    ];
    change_writer(name, "aws-sdk:rds:switchoverGlobalCluster", parameters.into())
}
