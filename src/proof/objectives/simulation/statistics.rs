//! What many outcomes have in common.

use super::day::Outcome;
use super::faults::Fault;

/// How long the service was away, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentiles {
    /// How many faults are counted.
    pub faults: u64,
    /// How many of them needed a person.
    pub people: u64,
    /// Half of them took no longer; none where that half needed a person. So are the others.
    pub half: Option<f64>,
    /// 95 of a hundred took no longer.
    pub of_95: Option<f64>,
    /// 99 of a hundred took no longer.
    pub of_99: Option<f64>,
    /// The longest that needed nobody.
    pub longest: Option<f64>,
}

/// One kind of fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OfFault {
    /// Which.
    pub fault: Fault,
    /// What came of it.
    pub percentiles: Percentiles,
}

impl Percentiles {
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let mut seconds: Vec<f64> = outcomes.iter().filter_map(|outcome| outcome.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        let all = outcomes.len();
        // The rank that this many of a hundred lie at or below; those that need a person come last.
        let at = |percent: usize| seconds.get((all * percent).div_ceil(100).max(1) - 1).copied();
        Self {
            faults: all as u64,
            people: (all - seconds.len()) as u64,
            half: at(50),
            of_95: at(95),
            of_99: at(99),
            longest: seconds.last().copied(),
        }
    }
}

pub(super) fn by_fault(outcomes: &[Outcome]) -> Vec<OfFault> {
    let of = |fault: Fault| {
        let own: Vec<Outcome> = outcomes.iter().copied().filter(|outcome| outcome.fault == fault).collect();
        (!own.is_empty()).then(|| OfFault { fault, percentiles: Percentiles::of(&own) })
    };
    Fault::ALL.into_iter().filter_map(of).collect()
}

pub(super) fn mean(seconds: &[f64]) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53")]
    let count = seconds.len() as f64;
    (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / count)
}

#[cfg(test)]
mod tests {
    use super::super::day::Outcome;
    use super::super::faults::Fault;
    use super::Percentiles;

    #[test]
    fn who_needs_a_person_comes_last() {
        let outcome = |seconds| Outcome { fault: Fault::Lost, seconds, unknown: None };
        let mut outcomes: Vec<Outcome> = (1..=98).map(|seconds| outcome(Some(f64::from(seconds)))).collect();
        outcomes.extend([outcome(None), outcome(None)]);
        let found = Percentiles::of(&outcomes);
        assert_eq!((found.half, found.of_95, found.of_99, found.longest), (Some(50.0), Some(95.0), None, Some(98.0)));
        assert_eq!((found.faults, found.people), (100, 2));
        assert_eq!(Percentiles::of(&[]).half, None);
    }
}
