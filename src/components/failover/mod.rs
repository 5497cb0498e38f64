//! Failover: what notices that the primary is gone, decides, promotes the database and holds traffic in the DR region
//! until failback; and what shows, every half hour and at every drill, that it would work.
//!
//! ```text
//! schedule ─> detector ─> failover machine ─┬─ guards ── may it?
//!    │                                      ├─ lock ──── one machine at a time
//!    └─> watcher: do all agree?             ├─ latch ─── DNS stays where payments are
//!                                           ├─ promotion of the database
//!                                           ├─ probe ─── does it take writes?
//!                                           ├─ search ── what is lost?
//!                                           └─ notices
//! ```
//!
//! All of it stands in the DR region and works without the primary. It comes in two parts, because the latch is a route of
//! the region's API, and the rest must know where that API is.

pub mod alarms;
mod commands;
pub mod detector;
pub mod drill;
mod drill_identity;
mod drill_machine;
pub mod experiments;
mod failback_machine;
mod failover_machine;
mod failover_notices;
pub mod guards;
pub mod kill_switch;
mod latch;
pub mod latch_api;
pub mod latch_endpoint;
mod lock;
pub mod lost_payments;
pub mod machine_names;
mod machine_role;
mod machine_steps;
pub mod metrics;
mod notice;
pub mod notices;
mod planned_move;
pub mod probe;
pub mod readiness;
pub mod schedules;
pub mod site;
pub mod state_machines;
pub mod state_table;
pub mod watcher;

use crate::aws::{acm, kms};
use crate::components::bucket::Bucket;
use crate::components::function_package::FunctionPackage;
use crate::components::log_group::LogGroupInputs;
use crate::components::payments_api::Route;
use crate::components::region_scope::RegionScope;
use crate::components::sessions::TableProtection;
use crate::components::standalone_function::{self, Common, CommonInputs, StandaloneFunction};
use crate::settings::{ApiAuthorization, FailoverMode, Objectives};
use crate::terraform::{Handle, Value};
use alarms::{ErrorPatience, Watched};
use kill_switch::{KillSwitch, kill_switch};
use machine_names::{MachineNames, machine_names};
use notices::Notices;
use schedules::{ScheduleInputs, schedules};
use site::{GlobalDatabaseName, Site};
use state_machines::{MachineInputs, Search, StateMachines, state_machines};
use state_table::{StateTable, state_table};

/// What the latch is made from.
#[derive(Debug)]
pub struct LatchInputs<'a> {
    /// What all functions of the failover are made from.
    pub common: CommonInputs<'a>,
    /// Encrypts the table of what the failover knows.
    pub table_key: &'a Handle<kms::Key>,
    /// How that table is protected.
    pub table_protection: &'a TableProtection,
    /// Whether detector and latch keep concurrency of their own.
    pub reserve_concurrency: &'a Value<bool>,
}

/// The first part: the latch, and what the second part shares with it.
#[derive(Debug)]
pub struct Latch {
    /// The route that tells whether the latch is set.
    pub route: Route,
    function: Value<String>,
    table: StateTable,
    common: Common,
    reserve_concurrency: Value<bool>,
}

impl Latch {
    /// The name of the function that answers.
    pub fn function_name(&self) -> &Value<String> {
        &self.function
    }
}

/// What the failover acts on, asks and tells.
#[derive(Debug)]
pub struct FailoverInputs<'a> {
    /// Who decides that it starts.
    pub mode: FailoverMode,
    /// How long a person has to approve it.
    pub approval_minutes: u8,
    /// How long payments may fail, and how much of them may be lost.
    pub objectives: Objectives,
    /// The region that takes payments in ordinary times.
    pub primary: Site,
    /// The region of the scope, which takes them after a failover.
    pub dr: Site,
    /// Where the DR region tells whether the latch is set.
    pub latch_url: Value<String>,
    /// The database that spans both.
    pub global_database: GlobalDatabaseName,
    /// The database inside the clusters.
    pub database_name: &'a Value<String>,
    /// The key of the DR region's cluster.
    pub database_key: &'a Handle<kms::Key>,
    /// How callers of the APIs prove who they are.
    pub authorization: ApiAuthorization,
    /// The name that fails over.
    pub failover_domain: &'a Value<String>,
    /// The DR region's certificate of that name.
    pub certificate: &'a Handle<acm::Certificate>,
    /// The session table's name.
    pub session_table: &'a Value<String>,
    /// The name of the function without which nothing works in the DR region: what takes payments, or else what answers for
    /// the latch.
    pub payments_function: &'a Value<String>,
    /// What is said where the stack cannot name the payments that a failover has lost; none where it can, because it knows
    /// what one is.
    pub loss_unknown: Option<&'static str>,
    /// Where records of drills are kept.
    pub evidence: Evidence<'a>,
    /// Who is told.
    pub notices: Notices<'a>,
    /// Whether anybody is, where the stack makes the subscriptions.
    pub somebody_is_told: Option<&'a Value<bool>>,
    /// Where logs go.
    pub logs: &'a LogGroupInputs,
    /// Whether runs are traced.
    pub tracing: bool,
    /// What tells this environment's metrics from those of another.
    pub environment: &'a Value<String>,
    /// Whether drills run by themselves.
    pub drill_enabled: &'a Value<bool>,
    /// When they do.
    pub drill_schedule: &'a Value<String>,
}

/// Where records of drills are kept.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The bucket.
    pub bucket: &'a Bucket,
    /// The key that encrypts it.
    pub key: &'a Handle<kms::Key>,
}

/// What the functions of the second part work with.
#[derive(Debug)]
pub struct Context<'a> {
    /// What the failover acts on, asks and tells.
    pub inputs: &'a FailoverInputs<'a>,
    /// What the failover knows.
    pub table: &'a StateTable,
    /// What stops it.
    pub switch: &'a KillSwitch,
    /// Its state machines.
    pub machines: &'a MachineNames,
}

/// What operators use of it.
#[derive(Debug)]
pub struct Failover {
    /// The state machines.
    pub machines: StateMachines,
    /// The name of the parameter that stops them.
    pub switch_parameter: Value<String>,
    /// The name of the table of what the failover knows.
    pub state_table: Value<String>,
}

/// Adds the first part.
pub fn latch(region: &mut RegionScope<'_>, package: FunctionPackage, inputs: &LatchInputs<'_>) -> Latch {
    let common = standalone_function::common(region, package, &inputs.common);
    let table = state_table(region, inputs.table_key, inputs.table_protection);
    let (route, function) = latch_endpoint::latch_endpoint(region, &common, &table, inputs.reserve_concurrency);
    Latch { route, function, table, common, reserve_concurrency: inputs.reserve_concurrency.clone() }
}

/// Adds the second part.
pub fn failover(region: &mut RegionScope<'_>, latch: &Latch, inputs: &FailoverInputs<'_>) -> Failover {
    let Latch { table, common, reserve_concurrency, .. } = latch;
    let switch = kill_switch(region);
    let names = machine_names(region);
    let context = Context { inputs, table, switch: &switch, machines: &names };
    let detector = detector::detector(region, common, &context, reserve_concurrency);
    let readiness = readiness::readiness(region, common, &context);
    let watcher = watcher::watcher(region, common, &context);
    let lost_payments = inputs.loss_unknown.is_none().then(|| lost_payments::lost_payments(region, common, &context));
    let (guards, machines) = machines(region, common, &context, lost_payments.as_ref());
    schedules(
        region,
        ScheduleInputs {
            key: inputs.notices.key,
            detector_arn: detector.function.arn(),
            readiness_arn: readiness.function.arn(),
            watcher_arn: watcher.function.arn(),
            drill_machine_arn: machines.drill.arn(),
            drill_enabled: inputs.drill_enabled,
            drill_schedule: inputs.drill_schedule,
        },
    );
    let search =
        lost_payments.iter().map(|search| watched("failover_lost_payments", &search.name, ErrorPatience::None));
    let mut functions = vec![
        watched("failover_detector", &detector.name, ErrorPatience::Lasting),
        watched("failover_guards", &guards, ErrorPatience::None),
        watched("failover_latch", &latch.function, ErrorPatience::Lasting),
    ];
    functions.extend(search);
    functions.extend([
        watched("failover_readiness", &readiness.name, ErrorPatience::None),
        watched("failover_watcher", &watcher.name, ErrorPatience::Lasting),
    ]);
    alarms::alarms(
        region,
        &alarms::AlarmInputs {
            topic: inputs.notices.topic,
            environment: inputs.environment,
            machines: &names,
            functions,
        },
    );
    Failover { machines, switch_parameter: switch.name, state_table: table.name.clone() }
}

fn watched<'a>(name: &'static str, function: &'a Value<String>, patience: ErrorPatience) -> Watched<'a> {
    Watched { name, function, patience }
}

/// The state machines, and the functions that are their steps; tells the guards' name.
fn machines(
    region: &mut RegionScope<'_>,
    common: &Common,
    context: &Context<'_>,
    lost_payments: Option<&StandaloneFunction>,
) -> (Value<String>, StateMachines) {
    let Context { inputs, table, .. } = context;
    let guards = guards::guards(region, common, context);
    let lookout = guards::lookout(region, common, context);
    let probe = probe::probe(region, common, context);
    let drill = drill::drill(region, common, context);
    let runbook_url = region.runbook_url();
    let machines = state_machines(
        region,
        &MachineInputs {
            names: context.machines,
            guards_function_arn: guards.function.arn(),
            lookout_function_arn: lookout.function.arn(),
            probe_function_arn: probe.function.arn(),
            drill_function_arn: drill.function.arn(),
            loss_unknown: inputs.loss_unknown,
            search: lost_payments.map(|search| Search { arn: search.function.arn(), name: search.name.clone() }),
            state_table_name: table.name.clone(),
            state_table_arn: table.arn.clone(),
            session_table_name: inputs.session_table.clone(),
            topic_arn: inputs.notices.topic.arn(),
            topic_key: inputs.notices.topic_key,
            runbook_url,
            global_cluster_identifier: inputs.global_database.identifier.clone(),
            global_cluster_arn: inputs.global_database.arn.clone(),
            primary_cluster_arn: inputs.primary.cluster_arn.clone(),
            dr_cluster_arn: inputs.dr.cluster_arn.clone(),
            primary_region: inputs.primary.region,
            dr_region: inputs.dr.region,
            mode: inputs.mode,
            somebody_is_told: inputs.somebody_is_told,
            approval_minutes: inputs.approval_minutes,
            objectives: inputs.objectives,
            cool_down_seconds: guards::COOL_DOWN_SECONDS,
            logs: inputs.logs,
            operations_key: inputs.notices.key,
            table_key: &table.key,
            tracing: inputs.tracing,
        },
    );
    (guards.name, machines)
}
