//! What the game day has measured, and what it would have been with AWS's durations.

use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use dr_synth::proof::objectives::Measured;

use super::day::Cut;
use super::ledger::{Comparison, Ledger};
use super::timeline::Timeline;
use crate::failover::Entered;

/// The recovery objective.
pub const RTO_LIMIT: Duration = Duration::from_secs(300);

/// What may be lost of the last payments.
pub const RPO_LIMIT: Duration = Duration::from_secs(60);

/// The longest that a planned move may keep one customer from paying: DNS goes ahead of the writer, so that it is an answer of
/// DNS that is kept for 60 seconds, or the switchover and the looks around it (`src/components/failover/planned_move.rs`).
pub const LONGEST_PLANNED_WAIT: Duration = Duration::from_secs(65);

/// A promotion on AWS, as it is planned with: `FailoverGlobalCluster` completes "typically within a few minutes" (Aurora
/// user guide, "Performing managed failovers for Aurora global databases"), about a minute at its launch in 2023. There is
/// no guarantee.
const AWS_PROMOTION: Duration = Duration::from_secs(120);

/// When the objective is used up and the state machine calls for people.
const PROMOTION_LIMIT: Duration = Duration::from_secs(180);

/// The moments of a failover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// When the primary region was cut off.
    pub cut: Instant,
    /// When the failover machine started: the detector and Route 53 agreed.
    pub detected: Instant,
    /// When the database was asked to become the writer.
    pub promotion: Instant,
    /// When it was one, as the machine saw it.
    pub writer: Instant,
    /// When the first payment was acknowledged in the DR region.
    pub first_payment: Instant,
    /// The longest time for which one customer could not pay.
    pub longest_gap: Duration,
}

impl Recovery {
    /// The recovery as the failover machine's history and the customers tell it.
    ///
    /// # Errors
    ///
    /// When the machine did not go the whole way, or nobody has paid in the DR region.
    pub fn of(cut: Instant, entered: &[Entered], timeline: &Timeline, ledger: &Ledger, region: &str) -> Result<Self> {
        let state = |name: &str| {
            let found = entered.iter().find(|entered| entered.state == name);
            found.map(|found| timeline.moment(found.at)).with_context(|| format!("the machine was never in {name}"))
        };
        let mut after = ledger.acknowledged.iter().filter(|payment| payment.acknowledged > cut);
        let first = after.find(|payment| payment.region == region).context("no payment was acknowledged in DR")?;
        Ok(Self {
            cut,
            detected: state("Guards")?,
            promotion: state("Promote")?,
            writer: state("WriteProbe")?,
            first_payment: first.acknowledged,
            longest_gap: ledger.longest_gap_after(cut),
        })
    }

    /// Whether that holds the objective, here and with AWS's plan value for a promotion.
    ///
    /// # Errors
    ///
    /// When it does not; with all numbers.
    pub fn within_objective(&self) -> Result<()> {
        let restated = self.with_aws_promotion();
        ensure!(self.longest_gap < RTO_LIMIT && restated < RTO_LIMIT, "over the objective\n{self}");
        Ok(())
    }

    /// What is held against the computed recovery time.
    pub fn measured(&self) -> Measured {
        let since = |moment: Instant| moment.saturating_duration_since(self.cut).as_secs_f64();
        Measured {
            detection_seconds: since(self.detected),
            request_seconds: since(self.promotion),
            first_write_seconds: self.first_write().as_secs_f64(),
            longest_wait_seconds: self.longest_gap.as_secs_f64(),
        }
    }

    /// The recovery with AWS's plan value for a promotion.
    pub fn with_aws_promotion(&self) -> Duration {
        self.with_promotion_of(AWS_PROMOTION)
    }

    /// The same with another duration of the promotion. Customers wait for DNS and for the database side by side, so it is
    /// the longer of both ways.
    fn with_promotion_of(&self, promotion: Duration) -> Duration {
        let database = self.promotion.duration_since(self.cut) + promotion + self.first_write();
        database.max(self.longest_gap)
    }

    /// From the writer to the first payment, if that came after it.
    fn first_write(&self) -> Duration {
        self.first_payment.saturating_duration_since(self.writer)
    }
}

impl Display for Recovery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let since = |moment: Instant| moment.duration_since(self.cut).as_secs_f64();
        writeln!(f, "recovery, in seconds since the cut (measured here):")?;
        writeln!(f, "  {:6.1}  detector and Route 53 agree, the failover machine starts", since(self.detected))?;
        writeln!(f, "  {:6.1}  guards passed, latch set, promotion requested", since(self.promotion))?;
        writeln!(
            f,
            "  {:6.1}  the database is the writer, as the machine sees it, which looks every 5 s",
            since(self.writer)
        )?;
        writeln!(f, "  {:6.1}  first payment acknowledged in the DR region", since(self.first_payment))?;
        writeln!(
            f,
            "  {:6.1}  the longest that one customer could not pay: the RTO measured here",
            self.longest_gap.as_secs_f64()
        )?;
        writeln!(f, "with AWS's durations instead of the emulator's promotion (everything else as measured):")?;
        let restated = |promotion| self.with_promotion_of(promotion).as_secs_f64();
        writeln!(
            f,
            "  {:6.1}  promotion of {} s, the plan value for AWS's \"within a few minutes\"",
            restated(AWS_PROMOTION),
            AWS_PROMOTION.as_secs()
        )?;
        writeln!(
            f,
            "  {:6.1}  promotion of {} s, where the machine calls for people",
            restated(PROMOTION_LIMIT),
            PROMOTION_LIMIT.as_secs()
        )?;
        write!(f, "  {:6.1}  objective", RTO_LIMIT.as_secs_f64())
    }
}

/// What the cut has cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Payments that were acknowledged before the cut.
    pub acknowledged: usize,
    /// Those of them that the promoted database has not.
    pub lost: usize,
    /// How long before the cut the oldest lost one was acknowledged.
    pub reach: Duration,
    /// Payments that were sent more than once.
    pub repeated: usize,
}

impl Loss {
    /// The loss that a comparison shows.
    pub fn of(cut: Cut, ledger: &Ledger, comparison: &Comparison) -> Self {
        let reaches = comparison.lost.iter().map(|(_, at)| cut.began.saturating_duration_since(*at));
        Self {
            acknowledged: ledger.acknowledged.iter().filter(|payment| payment.acknowledged <= cut.done).count(),
            lost: comparison.lost.len(),
            reach: reaches.max().unwrap_or_default(),
            repeated: ledger.acknowledged.iter().filter(|payment| payment.attempts > 1).count(),
        }
    }
}

impl Display for Loss {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "loss: {} of {} payments acknowledged before the cut are not there (RPO {:.3} s, objective {} s); {} payments \
             were sent more than once, each is there once",
            self.lost,
            self.acknowledged,
            self.reach.as_secs_f64(),
            RPO_LIMIT.as_secs(),
            self.repeated
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Loss, Recovery};
    use crate::gameday::day::Cut;
    use crate::gameday::ledger::{Acknowledgement, Comparison, Ledger};

    fn recovery(longest_gap: u64) -> Recovery {
        let cut = Instant::now();
        let at = |seconds| cut + Duration::from_secs(seconds);
        Recovery {
            cut,
            detected: at(35),
            promotion: at(36),
            writer: at(41),
            first_payment: at(45),
            longest_gap: Duration::from_secs(longest_gap),
        }
    }

    #[test]
    fn a_longer_promotion_takes_its_place() {
        assert_eq!(recovery(46).with_promotion_of(Duration::from_secs(120)), Duration::from_secs(36 + 120 + 4));
    }

    #[test]
    fn who_waits_for_dns_waits_no_longer() {
        assert_eq!(recovery(90).with_promotion_of(Duration::from_secs(10)), Duration::from_secs(90));
    }

    #[test]
    fn the_objective_is_held_or_not() {
        assert!(recovery(46).within_objective().is_ok());
        assert!(recovery(301).within_objective().is_err());
    }

    #[test]
    fn a_loss_reaches_back_to_its_oldest_payment() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let payment = |seconds, attempts| Acknowledgement {
            payment_id: format!("p-{seconds}"),
            cents: 1,
            customer: 0,
            region: "r".to_owned(),
            sent: at(seconds),
            acknowledged: at(seconds),
            attempts,
        };
        let ledger = Ledger { acknowledged: vec![payment(1, 1), payment(7, 1), payment(30, 3)], ..Ledger::default() };
        let lost = vec![("p-7".to_owned(), at(7)), ("p-1".to_owned(), at(1))];
        let comparison = Comparison { found: 1, lost, ..Comparison::default() };
        let found = Loss::of(Cut { began: at(10), done: at(11) }, &ledger, &comparison);
        assert_eq!(found, Loss { acknowledged: 2, lost: 2, reach: Duration::from_secs(9), repeated: 1 });
    }
}
