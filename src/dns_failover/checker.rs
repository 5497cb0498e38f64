//! One checker's view of an endpoint.

use super::health_check::FailureThreshold;
use super::probe::Probe;

/// One of the places that an endpoint is probed from.
///
/// It takes the endpoint for healthy at first, and changes its mind after as many probes in a row as the failure
/// threshold says, in either direction. A new health check counts as healthy until there is enough data, an inverted one
/// as unhealthy: that is this beginning, inverted (developer guide, "How Route 53 determines whether a health check is
/// healthy").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checker {
    threshold: FailureThreshold,
    opinion: Probe,
    contradictions: u8,
}

impl Checker {
    /// A checker that has not probed yet.
    pub fn new(threshold: FailureThreshold) -> Self {
        Self { threshold, opinion: Probe::Passed, contradictions: 0 }
    }

    /// Takes note of a probe.
    pub fn observe(&mut self, probe: Probe) {
        if probe == self.opinion {
            self.contradictions = 0;
            return;
        }
        self.contradictions += 1;
        if self.contradictions >= self.threshold.probes() {
            self.opinion = probe;
            self.contradictions = 0;
        }
    }

    /// Whether it takes the endpoint for healthy.
    pub fn reports_healthy(&self) -> bool {
        self.opinion == Probe::Passed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::health_check::FailureThreshold;
    use super::super::probe::Probe;
    use super::Checker;

    fn probes() -> impl Strategy<Value = Vec<Probe>> {
        prop::collection::vec(prop_oneof![Just(Probe::Passed), Just(Probe::Failed)], 0..60)
    }

    fn threshold() -> impl Strategy<Value = FailureThreshold> {
        (1..=10_u64).prop_filter_map("in range", FailureThreshold::new)
    }

    proptest! {
        #[test]
        fn changes_its_mind_exactly_after_a_full_run(probes in probes(), threshold in threshold()) {
            let mut checker = Checker::new(threshold);
            for end in 1..=probes.len() {
                let before = checker.reports_healthy();
                checker.observe(probes[end - 1]);
                let last = probes[end - 1];
                let run = probes[..end].iter().rev().take_while(|probe| **probe == last).count();
                let full = run >= usize::from(threshold.probes());
                let expected = if full { last == Probe::Passed } else { before };
                prop_assert_eq!(checker.reports_healthy(), expected);
            }
        }

        #[test]
        fn flapping_below_the_threshold_changes_nothing(runs in prop::collection::vec(1..10_u8, 0..20)) {
            let threshold = FailureThreshold::new(10).unwrap();
            let mut checker = Checker::new(threshold);
            for run in runs {
                for _ in 0..run {
                    checker.observe(Probe::Failed);
                }
                checker.observe(Probe::Passed);
                prop_assert!(checker.reports_healthy());
            }
        }
    }
}
