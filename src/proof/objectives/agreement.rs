//! Three numbers for one thing: the recovery time as it is computed, as it is simulated, and as it was measured on a game day.

use super::automation::Automation;
use super::dns::Dns;
use super::recovery_time::recovery_time;
use super::simulation::simulate;
use super::span::Span;
use crate::proof::model::Model;

/// By how much of the computed time the others may differ from it.
pub const TOLERANCE: f64 = 0.1;

/// What a game day has measured, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// From the loss of the primary until the failover machine started.
    pub detection_seconds: f64,
    /// From the loss until the database was asked to become the writer.
    pub request_seconds: f64,
    /// From the writer, as the machine saw it, to the first payment in the other region.
    pub first_write_seconds: f64,
    /// The longest that one customer was not served.
    pub longest_wait_seconds: f64,
}

/// The numbers side by side, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// What is computed.
    pub computed: Span,
    /// The mean of the simulated losses of the region.
    pub simulated: f64,
    /// What was measured, with AWS's promotion in place of the one that was seen: an emulator promotes at once.
    pub measured: f64,
    /// What is computed, with the detection of that day in place of the mean of all days.
    pub computed_for_the_day: f64,
}

/// Holds a game day against a model, and so many simulated faults.
///
/// # Errors
/// Why there is nothing to hold it against.
pub fn agreement(model: &Model, measured: Measured, faults: u64, seed: u64) -> Result<Agreement, String> {
    let dns = Dns::of(model);
    let automation = Automation::of(model, &dns);
    let computed = recovery_time(model, &dns, &automation, None).total.ok_or("the recovery time cannot be computed")?;
    let phases = automation?.phases(model);
    let (simulated, _) =
        simulate(model, faults, seed)?.mean.ok_or("no simulated fault was the loss of a region alone")?;
    let database = measured.request_seconds + phases.promotion.expected + measured.first_write_seconds;
    Ok(Agreement {
        computed,
        simulated,
        measured: database.max(measured.longest_wait_seconds),
        computed_for_the_day: computed.expected - phases.detection.expected + measured.detection_seconds,
    })
}

impl Agreement {
    /// By how much of the computed time the simulated one is longer.
    pub fn of_simulated(&self) -> f64 {
        self.simulated / self.computed.expected - 1.0
    }

    /// By how much of the time that is computed for the day the measured one is longer.
    pub fn of_measured(&self) -> f64 {
        self.measured / self.computed_for_the_day - 1.0
    }

    /// Whether the measured time is between the best and the worst that is computed.
    pub fn is_within(&self) -> bool {
        (self.computed.best..=self.computed.worst).contains(&self.measured)
    }

    /// Whether all three agree.
    pub fn holds(&self) -> bool {
        self.is_within() && self.of_simulated().abs() <= TOLERANCE && self.of_measured().abs() <= TOLERANCE
    }
}
