//! How long it takes at most until clients are told of another region.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::health_check::{Endpoint, HealthCheck, HealthCheckId, Kind};
use super::record::{ALIAS_TTL, Record, Target};

/// The time from the loss of an endpoint to the moment when no resolver that keeps to the TTL answers with it any more,
/// in the worst case.
///
/// The interval runs from an answer to the next probe (developer guide, "Values that you specify", "Request interval"),
/// so the worst case is an endpoint that is lost right after it has answered, and that does not refuse connections but
/// lets them hang: each failed probe then takes the interval and the longest that a probe can take. The slowest checker
/// counts, because the endpoint is healthy as long as more than 18 % of them say so. Then resolvers may keep the old answer as long as its TTL allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// Failed probes in a row until the health check is unhealthy.
    pub failures: u8,
    /// The pause before each of them.
    pub interval: Duration,
    /// The longest that each of them takes.
    pub probe_limit: Duration,
    /// How long the old answer may be kept.
    pub ttl: Duration,
}

/// Why the loss of an endpoint does not change an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undetected {
    /// The record depends on no health check.
    #[error("the record has no health check, so it is always answered with")]
    NoHealthCheck,
    /// It depends on a health check that is not known.
    #[error("the record depends on the health check {0}, which is not known")]
    UnknownHealthCheck(HealthCheckId),
    /// No number of lost endpoints makes this check unhealthy: too few of its endpoints count, or it is disabled.
    #[error("the health check {0} stays healthy whatever endpoints are lost")]
    NeverUnhealthy(HealthCheckId),
    /// Its status comes from elsewhere, which takes a time of its own.
    #[error("the health check {0} follows something that is not probed")]
    NotProbed(HealthCheckId),
}

impl Detection {
    /// The worst case for a record that is answered with while its health check passes.
    ///
    /// Of a calculated check's endpoints the slowest counts: any of them may be the lost one. Inverted ones do not count,
    /// a lost endpoint makes them healthy.
    ///
    /// # Errors
    /// If the answer does not follow an endpoint.
    pub fn worst_case(record: &Record, checks: &BTreeMap<HealthCheckId, HealthCheck>) -> Result<Self, Undetected> {
        let id = record.health_check.as_ref().ok_or(Undetected::NoHealthCheck)?;
        let ttl = match &record.target {
            Target::Values { ttl, .. } => *ttl,
            Target::Alias { .. } => ALIAS_TTL,
        };
        slowest_endpoint(id, checks).map(|endpoint| Self {
            failures: endpoint.failure_threshold.probes(),
            interval: endpoint.interval.duration(),
            probe_limit: endpoint.probe_limit(),
            ttl,
        })
    }

    /// Until the health check is unhealthy and new answers are other ones.
    pub fn until_unhealthy(&self) -> Duration {
        (self.interval + self.probe_limit) * u32::from(self.failures)
    }

    /// Until no resolver has the old answer any more.
    pub fn total(&self) -> Duration {
        self.until_unhealthy() + self.ttl
    }
}

impl Display for Detection {
    /// The arithmetic: `3 x (10 s + 6 s) + 60 s = 108 s`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let seconds = [self.interval, self.probe_limit, self.ttl, self.total()].map(|duration| duration.as_secs());
        let [interval, probe_limit, ttl, total] = seconds;
        write!(f, "{} x ({interval} s + {probe_limit} s) + {ttl} s = {total} s", self.failures)
    }
}

fn slowest_endpoint<'a>(
    id: &HealthCheckId,
    checks: &'a BTreeMap<HealthCheckId, HealthCheck>,
) -> Result<&'a Endpoint, Undetected> {
    let check = find(id, checks)?;
    let never = || Undetected::NeverUnhealthy(id.clone());
    if check.inverted || check.disabled {
        return Err(never());
    }
    match &check.kind {
        Kind::Endpoint(endpoint) => Ok(endpoint),
        Kind::NotProbed { .. } => Err(Undetected::NotProbed(id.clone())),
        Kind::Calculated { children, threshold } => {
            let mut lost = Vec::new();
            for child in children {
                let child = find(child, checks)?;
                lost.extend(child.probed_endpoint().filter(|_| !child.inverted));
            }
            // All lost, and those that cannot be lost healthy: are enough left?
            let left = children.len() - lost.len();
            let slowest = lost.into_iter().max_by_key(|endpoint| time_to_fail(endpoint));
            slowest.filter(|_| left < *threshold).ok_or_else(never)
        }
    }
}

fn time_to_fail(endpoint: &Endpoint) -> Duration {
    (endpoint.interval.duration() + endpoint.probe_limit()) * u32::from(endpoint.failure_threshold.probes())
}

fn find<'a>(
    id: &HealthCheckId,
    checks: &'a BTreeMap<HealthCheckId, HealthCheck>,
) -> Result<&'a HealthCheck, Undetected> {
    checks.get(id).ok_or_else(|| Undetected::UnknownHealthCheck(id.clone()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::super::health_check::{Endpoint, HealthCheck, HealthCheckId, Kind, Protocol, RequestInterval};
    use super::super::record::{DomainName, FailoverRole, Record, Routing, Target};
    use super::{Detection, Undetected};

    fn endpoint(interval: RequestInterval) -> HealthCheck {
        let endpoint = Endpoint { interval, ..Endpoint::new(Protocol::Https, "a.example.com") };
        HealthCheck::new(Kind::Endpoint(endpoint))
    }

    fn calculated(children: &[&str], threshold: usize) -> HealthCheck {
        let children = children.iter().map(|child| HealthCheckId::new(*child)).collect();
        HealthCheck::new(Kind::Calculated { children, threshold })
    }

    fn worst_case(checks: &[(&str, HealthCheck)], depends_on: Option<&str>) -> Result<Detection, Undetected> {
        let checks: BTreeMap<_, _> =
            checks.iter().map(|(id, check)| (HealthCheckId::new(*id), check.clone())).collect();
        let record = Record {
            name: DomainName::new("pay.example.com"),
            record_type: "TXT".to_owned(),
            target: Target::Values { values: Vec::new(), ttl: Duration::from_secs(20) },
            routing: Routing::Failover(FailoverRole::Primary),
            health_check: depends_on.map(HealthCheckId::new),
        };
        Detection::worst_case(&record, &checks)
    }

    #[test]
    fn shows_its_arithmetic() {
        let detection = worst_case(&[("a", endpoint(RequestInterval::Fast))], Some("a")).unwrap();
        assert_eq!(detection.to_string(), "3 x (10 s + 6 s) + 20 s = 68 s");
        assert_eq!(detection.until_unhealthy().as_secs(), 48);
    }

    #[test]
    fn the_slowest_child_counts_and_inverted_ones_do_not() {
        let checks = [
            ("fast", endpoint(RequestInterval::Fast)),
            ("latch", endpoint(RequestInterval::Standard).inverted()),
            ("both", calculated(&["fast", "latch"], 2)),
            ("slow", endpoint(RequestInterval::Standard)),
            ("three", calculated(&["fast", "slow", "latch"], 3)),
        ];
        assert_eq!(worst_case(&checks, Some("both")).unwrap().total().as_secs(), 68);
        assert_eq!(worst_case(&checks, Some("three")).unwrap().total().as_secs(), 128);
    }

    #[test]
    fn says_why_nothing_changes() {
        let latch = endpoint(RequestInterval::Fast).inverted();
        let disabled = HealthCheck { disabled: true, ..endpoint(RequestInterval::Fast) };
        let alarm = HealthCheck::new(Kind::NotProbed { type_name: "CLOUDWATCH_METRIC".to_owned() });
        let checks = [
            ("endpoint", endpoint(RequestInterval::Fast)),
            ("latch", latch),
            ("disabled", disabled),
            ("alarm", alarm),
            ("one_of_two", calculated(&["endpoint", "latch"], 1)),
            ("missing_child", calculated(&["gone"], 1)),
        ];
        let reason = |check| worst_case(&checks, check).unwrap_err();
        assert_eq!(reason(None), Undetected::NoHealthCheck);
        assert_eq!(reason(Some("gone")), Undetected::UnknownHealthCheck(HealthCheckId::new("gone")));
        assert_eq!(reason(Some("missing_child")), Undetected::UnknownHealthCheck(HealthCheckId::new("gone")));
        assert_eq!(reason(Some("alarm")), Undetected::NotProbed(HealthCheckId::new("alarm")));
        for never in ["latch", "disabled", "one_of_two"] {
            assert_eq!(reason(Some(never)), Undetected::NeverUnhealthy(HealthCheckId::new(never)));
        }
    }
}
