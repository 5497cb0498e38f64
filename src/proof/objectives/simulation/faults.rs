//! The catalogue of faults. How often each happens nobody publishes: the shares are assumed, and shown with the result.

use super::random::Chance;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The region is lost, and connections to it hang.
    Lost,
    /// The region is lost, and refuses connections at once.
    Refuses,
    /// The region is away for less than the detector's patience, and comes back.
    Interruption,
    /// The region is lost, and a function of the failover fails once when it is called.
    FunctionFails,
    /// The region is lost, and the database's control plane refuses requests for up to two minutes.
    Throttled,
    /// The region is lost, and the promotion takes longer than it is planned with, up to seven minutes.
    SlowPromotion,
    /// The region is lost, and the replication lag is too large or unknown.
    Lag,
    /// The region is lost, and the promotion never ends.
    NoPromotion,
}

/// In percent.
const SHARES: [(Fault, f64); 8] = [
    (Fault::Lost, 40.0),
    (Fault::Refuses, 20.0),
    (Fault::Interruption, 20.0),
    (Fault::FunctionFails, 6.0),
    (Fault::Throttled, 5.0),
    (Fault::SlowPromotion, 5.0),
    (Fault::Lag, 3.0),
    (Fault::NoPromotion, 1.0),
];

impl Fault {
    /// All of them, the most frequent first.
    pub const ALL: [Self; 8] = [
        Self::Lost,
        Self::Refuses,
        Self::Interruption,
        Self::FunctionFails,
        Self::Throttled,
        Self::SlowPromotion,
        Self::Lag,
        Self::NoPromotion,
    ];

    /// In a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lost => "region lost, connections hang",
            Self::Refuses => "region lost, connections are refused",
            Self::Interruption => "region away for less than the patience",
            Self::FunctionFails => "region lost, a function fails once",
            Self::Throttled => "region lost, RDS refuses for up to 2 min",
            Self::SlowPromotion => "region lost, promotion of 2 to 7 min",
            Self::Lag => "region lost, lag too large or unknown",
            Self::NoPromotion => "region lost, promotion never ends",
        }
    }

    /// Whether nothing fails but the region: what the computed numbers are about.
    pub fn is_plain(self) -> bool {
        matches!(self, Self::Lost | Self::Refuses)
    }

    /// How many of a hundred faults are this one.
    pub fn percent(self) -> f64 {
        SHARES.iter().find(|(fault, _)| *fault == self).map_or(0.0, |(_, percent)| *percent)
    }

    pub(super) fn any(chance: &mut Chance) -> Self {
        let mut left = chance.between(0.0, 100.0);
        for (fault, percent) in SHARES {
            if left < percent {
                return fault;
            }
            left -= percent;
        }
        Self::Lost
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, SHARES};

    #[test]
    fn the_shares_are_all_of_a_hundred() {
        assert!((SHARES.iter().map(|(_, percent)| percent).sum::<f64>() - 100.0).abs() < 1e-9);
        assert!(Fault::ALL.iter().all(|fault| fault.percent() > 0.0));
    }
}
