//! Many faults, played one by one: the deployed state machine, Route 53's rules, and AWS's durations as chance has them.

mod checkers;
mod day;
mod execution;
mod faults;
mod random;
mod statistics;

use rayon::prelude::*;

use super::automation::Automation;
use super::dns::Dns;
use super::recovery_time::recovery_time;
use crate::proof::model::Model;
use checkers::Checkers;
use day::{Outcome, Setting, play};
pub use faults::Fault;
pub use statistics::{OfFault, Percentiles};

/// What came of all faults.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// How many faults there were.
    pub faults: u64,
    /// What chance was begun with.
    pub seed: u64,
    /// All of them together.
    pub all: Percentiles,
    /// Fault by fault, the most frequent first; only those that happened.
    pub by_fault: Vec<OfFault>,
    /// The fault that people were not needed for and that took longest, as it went: seconds since the loss, and what happened.
    pub worst: Vec<(f64, String)>,
    /// The mean of those in which nothing failed but the region, beside the mean that is computed for them.
    pub mean: Option<(f64, f64)>,
}

/// The most faults that are played at once.
pub const MOST_FAULTS: u64 = 10_000_000;

/// Plays faults on a model. The same seed gives the same result, on any number of cores.
///
/// # Errors
/// Why there is nothing to play: no failover of this configuration is known well enough.
pub fn simulate(model: &Model, faults: u64, seed: u64) -> Result<Simulation, String> {
    let dns = Dns::of(model);
    let computed = recovery_time(model, &dns, &Automation::of(model, &dns), None).total;
    let setting = setting(model, &dns)?;
    let outcomes: Vec<Outcome> =
        (0..faults.min(MOST_FAULTS)).into_par_iter().map(|number| play(&setting, seed, number, None)).collect();
    if let Some(position) = outcomes.iter().find_map(|outcome| outcome.unknown) {
        let state = &setting.automation.machine.states[position].name;
        return Err(format!("what {state} of {} does is not known here", setting.automation.resource.address));
    }
    let plain: Vec<f64> =
        outcomes.iter().filter(|outcome| outcome.fault.is_plain()).filter_map(|outcome| outcome.seconds).collect();
    Ok(Simulation {
        faults,
        seed,
        all: Percentiles::of(&outcomes),
        by_fault: statistics::by_fault(&outcomes),
        worst: worst(&setting, seed, &outcomes),
        mean: statistics::mean(&plain).zip(computed.map(|span| span.expected)),
    })
}

fn setting<'m>(model: &'m Model, dns: &Dns<'m>) -> Result<Setting<'m>, String> {
    let automation = Automation::of(model, dns)?;
    let witness = &automation.detector.witness;
    let witness = (Checkers::of(dns, &witness.check)?, witness.detection.ttl.as_secs_f64());
    let customers = dns.of_customers().map(|record| {
        let change = dns.change(model, record).map_err(|reason| format!("{}: {reason}", record.address))?;
        Ok((Checkers::of(dns, &change.check)?, change.detection.ttl.as_secs_f64()))
    });
    let customers = customers.collect::<Result<Vec<_>, String>>()?;
    if customers.is_empty() {
        return Err("no record with an address has failover routing".to_owned());
    }
    let doers = automation.doers(model);
    let standby = automation.resource.region_name().to_owned();
    Ok(Setting { automation, doers, standby, witness, customers })
}

/// The moments of the longest fault, in their order.
fn worst(setting: &Setting<'_>, seed: u64, outcomes: &[Outcome]) -> Vec<(f64, String)> {
    let known = outcomes.iter().zip(0_u64..).filter_map(|(outcome, number)| Some((outcome.seconds?, number)));
    let Some((_, number)) = known.max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1))) else {
        return Vec::new();
    };
    let mut trace = Vec::new();
    let outcome = play(setting, seed, number, Some(&mut trace));
    let mut moments = vec![(0.0, outcome.fault.name().to_owned())];
    // What the machine does after that is of no interest to who waits.
    trace.retain(|(at, _)| outcome.seconds.is_none_or(|seconds| *at <= seconds));
    trace.sort_by(|one, other| one.0.total_cmp(&other.0));
    moments.extend(trace);
    moments.extend(outcome.seconds.map(|seconds| (seconds, "payments work again".to_owned())));
    moments
}
