//! The recovery objectives, and every number that follows from them.
//!
//! ```text
//! rto                                                                              300 s
//!   what a promotion is planned with                                              - 120
//!   what resolvers keep of an old answer                                          -  60
//!   guards, write probe, the detector's longest pause between probes, and margin  -  30
//! = patience: how long the primary may fail before a failover starts              =  90 s
//! ```
//!
//! Resolvers drop the old answer while the database is promoted. So a promotion may take as long as both together, 180
//! seconds, before the objective is used up; at that moment the failover machine calls for people.

use std::ops::RangeInclusive;

use super::error::SettingsError;

/// A promotion on AWS, as it is planned with: `FailoverGlobalCluster` completes "typically within a few minutes" (Aurora
/// user guide, "Performing managed failovers for Aurora global databases"). There is no guarantee.
pub const PROMOTION_SECONDS: u32 = 120;

/// How long resolvers keep the answer of an alias to API Gateway.
pub const ALIAS_SECONDS: u32 = 60;

/// What guards, write probe and the pause between two probes take at the most, and a margin.
pub const OVERHEAD_SECONDS: u32 = 30;

/// Less patience than three probes, ten seconds apart, would take a pause for an outage.
const SHORTEST_PATIENCE_SECONDS: u32 = 30;

/// What a recovery time objective can be, in seconds.
pub const RTO_SECONDS: RangeInclusive<u32> =
    PROMOTION_SECONDS + ALIAS_SECONDS + OVERHEAD_SECONDS + SHORTEST_PATIENCE_SECONDS..=3_600;

/// What a recovery point objective can be, in seconds.
pub const RPO_SECONDS: RangeInclusive<u32> = 1..=3_600;

/// How long payments may fail, and how many seconds of them may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objectives {
    rto_seconds: u32,
    rpo_seconds: u32,
}

impl Objectives {
    /// Five minutes, and one.
    pub const DEFAULT: Self = Self { rto_seconds: 300, rpo_seconds: 60 };

    /// These objectives, of which [`rto`] and [`rpo`] say whether they can be held.
    pub(super) const fn new(recovery_time: u32, recovery_point: u32) -> Self {
        Self { rto_seconds: recovery_time, rpo_seconds: recovery_point }
    }

    /// How long payments may fail.
    pub const fn rto_seconds(self) -> u32 {
        self.rto_seconds
    }

    /// How many seconds of acknowledged payments may be lost.
    pub const fn rpo_seconds(self) -> u32 {
        self.rpo_seconds
    }

    /// How long the primary may fail before a failover starts.
    pub const fn patience_seconds(self) -> u32 {
        self.rto_seconds - PROMOTION_SECONDS - ALIAS_SECONDS - OVERHEAD_SECONDS
    }

    /// How long a promotion may take before the objective is used up, and people are called.
    pub const fn promotion_limit_seconds(self) -> u32 {
        self.rto_seconds - self.patience_seconds() - OVERHEAD_SECONDS
    }

    /// The replication lag that a failover may have without asking a person.
    pub const fn maximum_lag_milliseconds(self) -> u32 {
        self.rpo_seconds * 1_000
    }

    /// The replication lag that wakes a person: half of what may be lost, so that time is left to act.
    pub const fn lag_alarm_milliseconds(self) -> u32 {
        self.rpo_seconds * 500
    }

    /// The recovery time objective in whole minutes, for what is measured by the minute.
    pub const fn rto_minutes(self) -> u32 {
        self.rto_seconds / 60
    }
}

impl Default for Objectives {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Checks a recovery time objective.
///
/// # Errors
/// It is none of [`RTO_SECONDS`].
pub fn rto(number: i64) -> Result<u32, SettingsError> {
    within(number, RTO_SECONDS).ok_or_else(|| {
        SettingsError::new(format!(
            "a recovery time objective of {number} seconds is not between {} and {}",
            RTO_SECONDS.start(),
            RTO_SECONDS.end()
        ))
        .because(format!(
            "a promotion is planned with {PROMOTION_SECONDS} seconds, resolvers keep an old answer for {ALIAS_SECONDS}, \
             guards, write probe and margin take {OVERHEAD_SECONDS}, and {SHORTEST_PATIENCE_SECONDS} are three failed \
             probes"
        ))
        .help("choose 300, the default, or a number in that range")
    })
}

/// Checks a recovery point objective.
///
/// # Errors
/// It is none of [`RPO_SECONDS`].
pub fn rpo(number: i64) -> Result<u32, SettingsError> {
    within(number, RPO_SECONDS).ok_or_else(|| {
        SettingsError::new(format!(
            "a recovery point objective of {number} seconds is not between {} and {}",
            RPO_SECONDS.start(),
            RPO_SECONDS.end()
        ))
        .because(
            "replication is asynchronous, so nothing at all cannot be promised; its lag is measured in milliseconds",
        )
        .help("choose 60, the default, or a number in that range")
    })
}

fn within(number: i64, range: RangeInclusive<u32>) -> Option<u32> {
    u32::try_from(number).ok().filter(|seconds| range.contains(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_gives_ninety_seconds_of_patience() {
        let objectives = Objectives::default();
        assert_eq!(300 - 120 - 60 - 30, objectives.patience_seconds());
        assert_eq!(objectives.patience_seconds(), 90);
        assert_eq!(objectives.promotion_limit_seconds(), 180);
        assert_eq!(objectives.maximum_lag_milliseconds(), 60_000);
    }

    #[test]
    fn every_part_adds_up_to_the_objective() {
        for seconds in RTO_SECONDS {
            let objectives = Objectives::new(seconds, 60);
            assert!(objectives.patience_seconds() >= SHORTEST_PATIENCE_SECONDS);
            let parts = objectives.patience_seconds() + OVERHEAD_SECONDS + objectives.promotion_limit_seconds();
            assert_eq!(parts, seconds);
        }
    }

    #[test]
    fn what_cannot_be_held_is_refused() {
        for number in [i64::MIN, -1, 0, 60, 239, 3_601, i64::MAX] {
            assert!(rto(number).is_err(), "{number}");
        }
        for number in [i64::MIN, -1, 0, 3_601, i64::MAX] {
            assert!(rpo(number).is_err(), "{number}");
        }
        assert_eq!((rto(240), rto(300), rto(3_600)), (Ok(240), Ok(300), Ok(3_600)));
        assert_eq!((rpo(1), rpo(60), rpo(3_600)), (Ok(1), Ok(60), Ok(3_600)));
    }
}
