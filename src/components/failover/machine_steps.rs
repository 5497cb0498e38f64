//! Steps that more than one machine takes.

use super::lost_payments;
use super::state_machines::{MachineInputs, Search};
use crate::aws::states_language::{EVERY_ERROR, Path, Payload, Resource, Retry, Rule, Task};
use crate::settings::{Objectives, Region};
use crate::terraform::Value;

/// Seconds for a call of the guards: their own 30, and the time to start.
const GUARDS_SECONDS: u32 = 35;

/// Seconds for one look, of which many follow each other: a look that takes longer is given up for the next one.
const LOOK_SECONDS: u32 = 15;

/// How long a look takes on average: between a fifth of a second and the four that a function needs which starts first. The
/// objectives are computed with the same (`proof/objectives/durations.rs`).
const LOOK_MILLISECONDS: u32 = 1_700;

/// Seconds for a write probe, which goes through the Data API of a database that has just changed its role.
const PROBE_SECONDS: u32 = 20;

/// Seconds for a write to the state table.
pub(super) const TABLE_SECONDS: u32 = 10;

/// Seconds for a request to the database's control plane.
pub(super) const REQUEST_SECONDS: u32 = 30;

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

/// What it answers when it cannot change the writer in the state that it is in (RDS API reference,
/// `FailoverGlobalCluster`): a change is under way, perhaps this very one, whose answer was lost; the writer has changed
/// already; or something else is done to a cluster. Which of them it is, a look at the roles tells.
pub(super) const NOT_IN_THIS_STATE: [&str; 2] =
    ["Rds.InvalidGlobalClusterStateException", "Rds.InvalidDbClusterStateException"];

/// The condition of a write does not hold. The prefix is that of the optimized integration, which differs from the SDK's
/// (Step Functions developer guide, "Call DynamoDB with Step Functions", "Exception prefix differences").
pub(super) const CONDITION_BROKEN: &str = "DynamoDB.ConditionalCheckFailedException";

/// What a wait that may be broken off ends with: the classes of `functions/failover/failures.py`.
pub(super) const BROKEN_OFF: [&str; 2] = ["PrimaryLost", "LockLost"];

/// The item of the session table that names the epoch.
pub(super) const EPOCH_ITEM: &str = "failover#epoch";

/// Where the answer of the guards is kept.
pub(super) const GUARDS: &str = "guards";

/// Where it is kept who writes.
pub(super) const ROLES: &str = "roles";

/// Where it is kept what is lost.
pub(super) const LOSS: &str = "loss";

/// Where an error is kept.
pub(super) const ERROR: &str = "error";

/// How often something is looked at until it is so, and how many seconds apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) attempts: u32,
    pub(super) interval_seconds: u32,
}

impl Patience {
    /// For a new writer after a failover: as long as a promotion may take before the objective is used up. The looks count,
    /// not only the pauses between them.
    pub(super) const fn failover(objectives: Objectives) -> Self {
        let interval_seconds = 5;
        let attempts = objectives.promotion_limit_seconds() * 1_000 / (interval_seconds * 1_000 + LOOK_MILLISECONDS);
        Self { attempts, interval_seconds }
    }
    /// For a new writer after a switchover, which first brings the replica up to date.
    pub(super) const SWITCHOVER: Self = Self { attempts: 60, interval_seconds: 5 };
    /// For the first row.
    pub(super) const PROBE: Self = Self { attempts: 12, interval_seconds: 5 };
    /// For an endpoint to find its writer again.
    pub(super) const ENDPOINT: Self = Self { attempts: 24, interval_seconds: 5 };
    /// For three health checks of 10 seconds, and for an answer of 60 seconds to be forgotten; often, because callers may wait for
    /// what comes next.
    pub(super) const DNS: Self = Self { attempts: 40, interval_seconds: 5 };
    /// For the end of whatever is under way.
    pub(super) const SETTLED: Self = Self { attempts: 60, interval_seconds: 5 };
    /// For a look that is not repeated.
    pub(super) const ONCE: Self = Self { attempts: 1, interval_seconds: 1 };
    /// For the same where people have been called already.
    pub(super) const AFTERMATH: Self = Self { attempts: 24, interval_seconds: 5 };

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

/// Asks the guards for a verdict, and until when the lock may be held by a machine that takes so long at the most. They
/// only read: whatever goes wrong, they are asked again.
pub(super) fn guards(
    name: &'static str,
    inputs: &MachineInputs<'_>,
    check: &'static str,
    machine_seconds: u32,
) -> Task {
    let event = [
        ("check", check.into()),
        ("request", Path::context(["Execution", "Input"]).into()),
        ("machine_seconds", machine_seconds.into()),
    ];
    Task::new(name, Resource::Function(inputs.guards_function_arn.clone()), event, GUARDS_SECONDS)
        .retry(Retry::after([EVERY_ERROR], 1, 3).doubling())
        .keep([GUARDS])
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
pub(super) fn settle(name: &'static str, inputs: &MachineInputs<'_>, patience: Patience) -> Task {
    look(name, inputs, [("check", "settled".into())].into(), patience)
}

/// Waits until a region has become the writer, or the database is at rest without having changed it: then it has to be
/// asked again. Learns where the writer is.
pub(super) fn wait_for_roles(
    name: &'static str,
    inputs: &MachineInputs<'_>,
    region: Region,
    patience: Patience,
) -> Task {
    let event = [
        ("check", "roles".into()),
        ("region", region.name().into()),
        ("since", Path::context(["State", "EnteredTime"]).into()),
    ];
    look(name, inputs, event.into(), patience).keep([ROLES])
}

/// Whether the writer was found in a region.
pub(super) fn writer_is_in(region: Region) -> Rule {
    Rule::is_given_as(Path::input([ROLES, "writer_region"]), region.name())
}

fn look(name: &'static str, inputs: &MachineInputs<'_>, event: Payload, patience: Patience) -> Task {
    Task::new(name, Resource::Function(inputs.lookout_function_arn.clone()), event, LOOK_SECONDS)
        .retry(Retry::never(BROKEN_OFF))
        .retry(patience.retry())
}

/// Lets a wait end at once where it is useless: see `functions/failover/break_off.py`.
pub(super) fn breaking_off(look: Task) -> Task {
    look.telling("execution", Path::context(["Execution", "Id"]))
}

/// Writes a row in a region and reads it back.
pub(super) fn write_probe(name: &'static str, inputs: &MachineInputs<'_>, region: Region) -> Task {
    let function = Resource::Function(inputs.probe_function_arn.clone());
    Task::new(name, function, [("region", region.name().into())], PROBE_SECONDS).retry(Patience::PROBE.retry())
}

/// Looks for payments that the failover has lost. It reads, and writes what it has found: doing it twice does no harm.
pub(super) fn find_lost_payments(name: &'static str, search: &Search) -> Task {
    let event = Payload::from([("execution", Path::context(["Execution", "Id"]).into())]);
    // Its own limit, and the time to start.
    call(name, &search.arn, event, lost_payments::TIMEOUT_SECONDS + 10).keep([LOSS])
}

/// Begins an epoch in the global session table. With a region, it alone acknowledges payments from now on, whoever else may
/// still be able to write; without one, whoever is the writer does, which planned moves of the writer make sure of. A planned
/// move that was announced is over with it. Payment and health functions hold to it: see `functions/payments/epoch.py`. Doing it
/// twice counts twice and changes nothing else.
pub(super) fn begin_epoch(name: &'static str, inputs: &MachineInputs<'_>, only: Option<Region>) -> Task {
    write_epoch(name, inputs, epoch_change(only)).retry(table_retry())
}

/// Begins the epoch of a region unless it has begun, which is [`CONDITION_BROKEN`] then: a payment that sees two of them
/// has to be sent again. Tried for a minute, since nothing waits for it.
pub(super) fn confirm_epoch(name: &'static str, inputs: &MachineInputs<'_>, only: Region) -> Task {
    let unless_begun = "attribute_not_exists(writer_region) OR writer_region <> :region";
    write_epoch(name, inputs, epoch_change(Some(only)).with("ConditionExpression", unless_begun))
        .retry(Retry::never([CONDITION_BROKEN]))
        .retry(Retry::after([EVERY_ERROR], 1, 6).doubling().capped(20))
}

/// A change of the epoch's item, before its retries.
pub(super) fn write_epoch(name: &'static str, inputs: &MachineInputs<'_>, change: Payload) -> Task {
    let parameters = change
        .with("TableName", &inputs.session_table_name)
        .with("Key", [("session_id", Payload::from([("S", EPOCH_ITEM.into())]))]);
    Task::new(name, Resource::Action("dynamodb:updateItem"), parameters, TABLE_SECONDS)
}

fn epoch_change(only: Option<Region>) -> Payload {
    let number = |value: &'static str| Payload::from([("N", value.into())]);
    let zero = (":zero", number("0"));
    let one = (":one", number("1"));
    let since = (":since", [("S", Path::context(["State", "EnteredTime"]).into())].into());
    let by = (":execution", [("S", Path::context(["Execution", "Id"]).into())].into());
    let (expression, values) = match only {
        Some(region) => {
            let region = (":region", Payload::from([("S", region.name().into())]));
            (
                "SET epoch = if_not_exists(epoch, :zero) + :one, changed_at = :since, changed_by = :execution, \
                 writer_region = :region REMOVE announced_region, announced_at",
                Payload::from([zero, one, since, by, region]),
            )
        }
        None => (
            "SET epoch = if_not_exists(epoch, :zero) + :one, changed_at = :since, changed_by = :execution \
             REMOVE writer_region, announced_region, announced_at",
            Payload::from([zero, one, since, by]),
        ),
    };
    Payload::from([("UpdateExpression", expression.into()), ("ExpressionAttributeValues", values)])
}

/// Repeats a write to the state table, of which none does harm when it is done twice.
pub(super) fn table_retry() -> Retry {
    Retry::after([EVERY_ERROR], 1, 3).doubling()
}

/// A write to the state table, before its retries.
pub(super) fn put_item(name: &'static str, parameters: Payload) -> Task {
    Task::new(name, Resource::Action("dynamodb:putItem"), parameters, TABLE_SECONDS)
}

/// Asks the database's control plane of the DR region for another writer, for five minutes if it is in trouble.
pub(super) fn change_writer(name: &'static str, action: &'static str, parameters: Payload) -> Task {
    Task::new(name, Resource::Action(action), parameters, REQUEST_SECONDS)
        .retry(Retry::after(DATABASE_TROUBLE, 2, 16).doubling().capped(20))
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
