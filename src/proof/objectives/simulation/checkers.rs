//! Route 53's checkers during an outage: probes of every checker, judged by the evaluator.

use std::time::Duration;

use super::super::dns::Dns;
use super::random::Chance;
use crate::dns_failover::{CONNECT_LIMIT, Evaluator, HealthCheckId, Probe, Status};

/// How many checkers look at an endpoint. AWS does not say how many there are in a region; enough for its 18 percent.
const CHECKERS: usize = 16;

/// How long a probe takes that is answered, or refused.
const QUICK: f64 = 0.1;

/// The checkers of one record's health check, while all is well.
#[derive(Debug, Clone)]
pub(super) struct Checkers {
    check: HealthCheckId,
    evaluator: Evaluator,
    /// The endpoints that are lost with the region, with the pause between two probes.
    endpoints: Vec<(HealthCheckId, f64)>,
}

/// When the check turned, in seconds since the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Turned {
    pub(super) unhealthy: Option<f64>,
    pub(super) healthy_again: Option<f64>,
}

impl Checkers {
    pub(super) fn of(dns: &Dns<'_>, check: &HealthCheckId) -> Result<Self, String> {
        let mut evaluator = Evaluator::new(dns.checks.clone(), CHECKERS).map_err(|error| error.to_string())?;
        let mut endpoints = Vec::new();
        for (id, found) in &dns.checks {
            let Some(endpoint) = found.probed_endpoint() else { continue };
            if !found.inverted {
                endpoints.push((id.clone(), endpoint.interval.duration().as_secs_f64()));
                continue;
            }
            // A latch that is not set answers with a failure, which counts as healthy.
            for checker in 0..CHECKERS {
                for _ in 0..endpoint.failure_threshold.probes() {
                    evaluator.observe(id, checker, Probe::Failed, Duration::ZERO).map_err(|error| error.to_string())?;
                }
            }
        }
        if evaluator.status(check) != Some(Status::Healthy) {
            return Err(format!("the health check {check} is not healthy while all is well"));
        }
        Ok(Self { check: check.clone(), evaluator, endpoints })
    }

    /// An outage from now on, for as long as is said, or for good.
    pub(super) fn outage(&self, until: f64, hangs: bool, chance: &mut Chance) -> Turned {
        let mut evaluator = self.evaluator.clone();
        // Every checker of every endpoint, with the moment of its next probe.
        let mut next: Vec<(f64, usize, usize)> = Vec::new();
        for (number, (_, interval)) in self.endpoints.iter().enumerate() {
            next.extend((0..CHECKERS).map(|checker| (chance.between(0.0, *interval), number, checker)));
        }
        let mut turned = Turned { unhealthy: None, healthy_again: None };
        // The longest that a check takes to turn twice: ten probes of 30 seconds each time, and what each may take.
        let end = if until.is_finite() { until + 1_000.0 } else { 1_000.0 };
        while let Some(position) = earliest(&next) {
            let (start, number, checker) = next[position];
            if start > end {
                break;
            }
            let fails = start < until;
            let took = if fails && hangs { CONNECT_LIMIT.as_secs_f64() } else { QUICK };
            let (id, interval) = &self.endpoints[number];
            next[position].0 = start + took + interval;
            let probe = if fails { Probe::Failed } else { Probe::Passed };
            let at = start + took;
            let changed = evaluator.observe(id, checker, probe, Duration::from_secs_f64(at)).unwrap_or_default();
            if let Some(own) = changed.iter().find(|transition| transition.check == self.check) {
                if own.to == Status::Healthy {
                    turned.healthy_again = Some(at);
                    break;
                }
                turned.unhealthy = Some(at);
                if until.is_infinite() {
                    break;
                }
            } else if turned.unhealthy.is_none() && !fails && next.iter().all(|(at, ..)| *at > until + 60.0) {
                // It has come back before the check could turn.
                break;
            }
        }
        turned
    }
}

fn earliest(next: &[(f64, usize, usize)]) -> Option<usize> {
    let found = next.iter().enumerate().min_by(|(_, one), (_, other)| one.0.total_cmp(&other.0));
    found.map(|(position, _)| position)
}
