//! Recovery time and recovery point of a configuration, from its own values, with the source of every number.
//!
//! ```text
//! Model ─┬─> dns: health checks, records ───────────────> traffic ──┐
//!        ├─> automation: state machine, its detector ───> database ─┴─> recovery time ─┐
//!        ├─> simulation: the same, played many times
//!        └─> coverage ──────────────────────────────────> recovery points ─────────────┴─> objectives
//! ```
//!
//! "Expected" is the mean, "worst" the longest that it takes while AWS keeps to what it says and nothing else fails: no
//! request has to be repeated, no function is throttled. What goes beyond that is what the retries are for; how long they
//! may take stands beside each step as what is allowed.

mod agreement;
mod automation;
mod backups_and_logs;
mod detector;
mod dns;
mod durations;
mod machine;
mod recovery_point;
mod recovery_time;
mod scenarios;
mod simulation;
mod span;
mod standby;
mod step;
mod targets;
mod verdict;

use super::coverage::{Cell, coverage};
use super::model::Model;
pub use agreement::{Agreement, Measured, TOLERANCE, agreement};
use automation::Automation;
use dns::Dns;
pub use recovery_point::RecoveryPoint;
pub use recovery_time::{RecoveryTime, Way};
pub use scenarios::ScenarioTime;
pub use simulation::{Fault, MOST_FAULTS, OfFault, Percentiles, Simulation, simulate};
pub use span::Span;
pub use step::{Evidence, Source, Step};
pub use targets::{GivenTargets, Target, Targets};
pub use verdict::Verdict;

/// What is said of a configuration's objectives.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// What is wanted.
    pub targets: Targets,
    /// How long the service is away when its region is lost.
    pub recovery_time: RecoveryTime,
    /// How much of each store is lost then, and of backups and logs, which are no stores of the service.
    pub recovery_points: Vec<RecoveryPoint>,
    /// How long the service is away after other events.
    pub scenarios: Vec<ScenarioTime>,
    /// What is left of each store after each event.
    pub cells: Vec<Cell>,
}

/// The objectives of a model, held against what it says and what somebody wants.
pub fn objectives(model: &Model, wanted: GivenTargets) -> Assessment {
    let targets = Targets::of(model, wanted);
    let dns = Dns::of(model);
    let automation = Automation::of(model, &dns);
    let recovery_time = recovery_time::recovery_time(model, &dns, &automation, targets.rto.as_ref());
    let promotes = automation.as_ref().ok().map(|automation| automation.resource.region_name());
    let standby = promotes.or_else(|| standby::region(model));
    let cells = coverage(model);
    let mut recovery_points = recovery_point::recovery_points(model, &cells, targets.rpo.as_ref(), standby);
    recovery_points.extend(backups_and_logs::backups_and_logs(model, targets.rpo.as_ref(), standby));
    let scenarios = scenarios::scenarios(model, recovery_time.total, &recovery_points);
    Assessment { targets, recovery_time, recovery_points, scenarios, cells }
}

impl Assessment {
    /// Whether an objective is missed, or cannot be shown to be met.
    pub fn fail(&self) -> bool {
        let held = self.recovery_points.iter().filter(|point| point.left_out.is_none());
        self.recovery_time.verdict.fails() || held.into_iter().any(|point| point.verdict.fails())
    }
}
