//! From probes to the status of every health check.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::checker::Checker;
use super::health_check::{Endpoint, HealthCheck, HealthCheckId, Kind};
use super::probe::Probe;

/// An endpoint is healthy if more than this share of its checkers says so, in percent (developer guide, "How Route 53
/// determines whether a health check is healthy", which adds that the value may change).
const HEALTHY_PERCENT: usize = 18;

/// The status of a health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Records that depend on it are answered with.
    Healthy,
    /// They are not.
    Unhealthy,
    /// It depends on something that no probe tells, such as a CloudWatch alarm.
    Unknown,
}

impl Status {
    fn from_health(healthy: bool) -> Self {
        if healthy { Self::Healthy } else { Self::Unhealthy }
    }

    fn inverted_if(self, inverted: bool) -> Self {
        match self {
            Self::Healthy if inverted => Self::Unhealthy,
            Self::Unhealthy if inverted => Self::Healthy,
            same => same,
        }
    }

    /// The status that holds if both must be healthy.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unhealthy, _) | (_, Self::Unhealthy) => Self::Unhealthy,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Healthy, Self::Healthy) => Self::Healthy,
        }
    }
}

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Unknown => "unknown",
        })
    }
}

/// A health check that changed its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Which one.
    pub check: HealthCheckId,
    /// What it was.
    pub from: Status,
    /// What it is.
    pub to: Status,
    /// When the probe that changed it ended, on the observer's clock.
    pub at: Duration,
}

/// Health checks that Route 53 would not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChecks {
    /// There must be at least one checker for each endpoint.
    #[error("no checker probes the endpoints: at least one is needed")]
    NoCheckers,
    /// A calculated check counts one that does not exist.
    #[error("health check {check} counts {child}, which does not exist: create it or take it out")]
    UnknownChild {
        /// The calculated check.
        check: HealthCheckId,
        /// The child that is missing.
        child: HealthCheckId,
    },
    /// A calculated check counts a calculated one (developer guide, "Values that you specify", "Health checks to
    /// monitor").
    #[error(
        "health check {check} counts {child}, which is calculated itself: Route 53 does not take that, so count its \
         children instead"
    )]
    CalculatedChild {
        /// The calculated check.
        check: HealthCheckId,
        /// The calculated child.
        child: HealthCheckId,
    },
}

/// A probe of a checker that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("health check {check} is not probed by a checker number {checker}")]
pub struct UnknownChecker {
    /// The health check that was named.
    pub check: HealthCheckId,
    /// The checker's number.
    pub checker: usize,
}

/// The status of health checks, kept up to date by what their checkers see.
#[derive(Debug, Clone)]
pub struct Evaluator {
    checks: BTreeMap<HealthCheckId, HealthCheck>,
    checkers: BTreeMap<HealthCheckId, Vec<Checker>>,
}

impl Evaluator {
    /// New health checks, each endpoint with this many checkers.
    ///
    /// # Errors
    /// If Route 53 would not take the checks.
    pub fn new(checks: BTreeMap<HealthCheckId, HealthCheck>, checkers: usize) -> Result<Self, InvalidChecks> {
        if checkers == 0 {
            return Err(InvalidChecks::NoCheckers);
        }
        validate(&checks)?;
        let new_checkers = |endpoint: &Endpoint| vec![Checker::new(endpoint.failure_threshold); checkers];
        let checkers = checks
            .iter()
            .filter_map(|(id, check)| Some((id.clone(), new_checkers(check.probed_endpoint()?))))
            .collect();
        Ok(Self { checks, checkers })
    }

    /// Health checks that take the place of others: what is probed as before keeps what its checkers have seen.
    ///
    /// # Errors
    /// If Route 53 would not take the checks.
    pub fn replacing(
        before: &Self,
        checks: BTreeMap<HealthCheckId, HealthCheck>,
        checkers: usize,
    ) -> Result<Self, InvalidChecks> {
        let mut after = Self::new(checks, checkers)?;
        for (id, checkers) in &mut after.checkers {
            let endpoint = |of: &Self| of.checks.get(id).and_then(HealthCheck::probed_endpoint).cloned();
            let unchanged = endpoint(before) == after.checks.get(id).and_then(HealthCheck::probed_endpoint).cloned();
            if let Some(seen) = before.checkers.get(id).filter(|seen| unchanged && seen.len() == checkers.len()) {
                checkers.clone_from(seen);
            }
        }
        Ok(after)
    }

    /// The health checks.
    pub fn checks(&self) -> &BTreeMap<HealthCheckId, HealthCheck> {
        &self.checks
    }

    /// Takes note of what one checker's probe said, and tells which checks changed by it: the endpoint's own, then those
    /// that count it.
    ///
    /// # Errors
    /// If there is no such checker.
    pub fn observe(
        &mut self,
        check: &HealthCheckId,
        checker: usize,
        probe: Probe,
        at: Duration,
    ) -> Result<Vec<Transition>, UnknownChecker> {
        let observer = self
            .checkers
            .get_mut(check)
            .and_then(|checkers| checkers.get_mut(checker))
            .ok_or_else(|| UnknownChecker { check: check.clone(), checker })?;
        let mut after = observer.clone();
        after.observe(probe);
        if after.reports_healthy() == observer.reports_healthy() {
            // Who does not change its mind changes no status.
            *observer = after;
            return Ok(Vec::new());
        }
        let before = self.statuses();
        if let Some(observer) = self.checkers.get_mut(check).and_then(|checkers| checkers.get_mut(checker)) {
            *observer = after;
        }
        let mut changed = self.changes_since(&before, at);
        changed.sort_by_key(|transition| transition.check != *check);
        Ok(changed)
    }

    /// What has another status than before, of the checks that were there before.
    pub fn changes_since(&self, before: &BTreeMap<HealthCheckId, Status>, at: Duration) -> Vec<Transition> {
        let after = self.statuses();
        let transitions = after.into_iter().filter_map(|(check, to)| {
            let from = *before.get(&check)?;
            (from != to).then_some(Transition { check, from, to, at })
        });
        transitions.collect()
    }

    /// The status of every health check.
    pub fn statuses(&self) -> BTreeMap<HealthCheckId, Status> {
        self.checks.iter().map(|(id, check)| (id.clone(), self.status_of(id, check))).collect()
    }

    /// The status of one health check, if it exists.
    pub fn status(&self, id: &HealthCheckId) -> Option<Status> {
        self.checks.get(id).map(|check| self.status_of(id, check))
    }

    fn status_of(&self, id: &HealthCheckId, check: &HealthCheck) -> Status {
        let status = match &check.kind {
            _ if check.disabled => Status::Healthy,
            Kind::Endpoint(_) => self.endpoint_status(id),
            Kind::Calculated { children, threshold } => {
                calculated(children.iter().map(|child| self.status(child).unwrap_or(Status::Unknown)), *threshold)
            }
            Kind::NotProbed { .. } => Status::Unknown,
        };
        status.inverted_if(check.inverted)
    }

    fn endpoint_status(&self, id: &HealthCheckId) -> Status {
        let checkers = self.checkers.get(id).map_or(&[][..], Vec::as_slice);
        let healthy = checkers.iter().filter(|checker| checker.reports_healthy()).count();
        Status::from_health(healthy * 100 > checkers.len() * HEALTHY_PERCENT)
    }
}

/// Counts children; unknown ones matter only where they could tip the scales.
fn calculated(children: impl Iterator<Item = Status>, threshold: usize) -> Status {
    let (mut healthy, mut unknown) = (0, 0);
    for child in children {
        healthy += usize::from(child == Status::Healthy);
        unknown += usize::from(child == Status::Unknown);
    }
    if healthy >= threshold {
        Status::Healthy
    } else if healthy + unknown < threshold {
        Status::Unhealthy
    } else {
        Status::Unknown
    }
}

fn validate(checks: &BTreeMap<HealthCheckId, HealthCheck>) -> Result<(), InvalidChecks> {
    for (id, check) in checks {
        let Kind::Calculated { children, .. } = &check.kind else { continue };
        for child in children {
            match checks.get(child).map(|found| &found.kind) {
                None => return Err(InvalidChecks::UnknownChild { check: id.clone(), child: child.clone() }),
                Some(Kind::Calculated { .. }) => {
                    return Err(InvalidChecks::CalculatedChild { check: id.clone(), child: child.clone() });
                }
                Some(Kind::Endpoint(_) | Kind::NotProbed { .. }) => {}
            }
        }
    }
    Ok(())
}
