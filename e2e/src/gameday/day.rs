//! Customers pay while something happens, and are asked afterwards.

use std::cell::Cell;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::acts::MOVE;
use super::ledger::{Comparison, Ledger};
use super::load::{Books, CUSTOMERS, Load, Target};
use super::measures::Recovery;
use super::scenario::Scene;
use super::stage::Stage;
use super::timeline::Timeline;
use super::watcher::Watcher;
use crate::database::Database;
use crate::deployment::Region;
use crate::failover::Execution;

/// For every customer to have dropped the old answer (60 seconds), with the probes before it, on a busy machine.
const CUSTOMERS_LIMIT: Duration = Duration::from_secs(240);

/// The moment of an outage. It takes effect between the two: what is acknowledged meanwhile may be lost or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// When it began.
    pub began: Instant,
    /// When nothing of the region answered any more.
    pub done: Instant,
}

/// A scenario with customers who pay all the time.
pub struct Day<'a> {
    /// The scenario.
    pub scene: &'a Scene<'a>,
    /// What happens, told as it happens.
    pub timeline: &'a Timeline,
    /// What customers know.
    pub books: &'a Books,
    prefix: &'a str,
    cut: Cell<Option<Cut>>,
}

/// Lets customers pay, with ids that begin so, while something happens. At the end every acknowledged payment has to be
/// where payments are taken, once, but for those that an outage has cost.
pub fn live(scene: &Scene<'_>, prefix: &str, happens: impl FnOnce(&Day<'_>)) {
    let stage = scene.stage;
    let timeline = Timeline::new(&stage.progress);
    let books = Books::default();
    let Stage { internet, dns, domain, identity, failover, notices, .. } = stage;
    let target = Target { internet, dns, domain, prefix, identity };
    let watcher = Watcher { timeline: &timeline, failover, notices, dns };
    let (stop, stopped) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || watcher.run(&stopped));
        let day = Day { scene, timeline: &timeline, books: &books, prefix, cut: Cell::new(None) };
        let load = scene.check("customers pay through the failover domain", || {
            timeline.say(&format!("{CUSTOMERS} customers pay through https://{domain}/payments"));
            Load::start(scope, &target, &books)
        });
        if let Some(load) = load {
            happens(&day);
            if scene.check("every answer to a customer was right", || load.finish()).is_some() {
                scene.check("no payment is lost but by an outage, none is there twice", || day.all_there());
            }
        }
        drop(stop);
    });
}

impl Day<'_> {
    /// Payments before anything happens.
    ///
    /// # Errors
    ///
    /// When there are none, or they are taken elsewhere.
    pub fn quiet(&self, duration: Duration) -> Result<()> {
        let began = Instant::now();
        thread::sleep(duration);
        let primary = &self.stage().stack.primary.name;
        self.everybody_pays_in(primary, began)?;
        self.stage().failover.wait_until_ready(super::acts::CAUGHT_UP)?;
        let ledger = self.books.so_far()?;
        let elsewhere: Vec<_> = ledger.acknowledged.iter().filter(|payment| payment.region != *primary).collect();
        ensure!(elsewhere.is_empty(), "not in {primary}: {elsewhere:?}");
        self.timeline.say(&format!("{} payments acknowledged, all in {primary}", ledger.acknowledged.len()));
        Ok(())
    }

    /// The primary region is gone.
    ///
    /// # Errors
    ///
    /// When the emulator refuses.
    pub fn cut(&self) -> Result<Cut> {
        let primary = &self.stage().stack.primary.name;
        let began = Instant::now();
        self.timeline.count_from(began);
        self.stage().faults.cut(primary)?;
        let cut = Cut { began, done: Instant::now() };
        self.timeline.at(began, &format!("CUT: {primary} is gone, its PostgreSQL killed with SIGKILL"));
        self.cut.set(Some(cut));
        Ok(cut)
    }

    /// Waits until a failover is done and every customer pays in the DR region; what that took.
    ///
    /// # Errors
    ///
    /// When it ends otherwise.
    pub fn failed_over(&self, execution: &Execution, cut: Cut) -> Result<Recovery> {
        let Stage { failover, stack, .. } = self.stage();
        self.stage().ends(execution, MOVE, "SUCCEEDED", "Done")?;
        self.stage().told("Failover done", execution)?;
        ensure!(failover.writer_region()? == stack.dr.name, "RDS calls another region the writer");
        ensure!(failover.latch_is_set()?, "the latch is not set");
        let ledger = self.everybody_pays_in(&stack.dr.name, cut.done)?;
        let entered = failover.entered(execution)?;
        let recovery = Recovery::of(cut.began, &entered, self.timeline, &ledger, &stack.dr.name)?;
        self.timeline.say(&recovery.to_string());
        self.scene.note(|figures| {
            figures.rto = Some(recovery.longest_gap);
            figures.rto_with_aws_promotion = Some(recovery.with_aws_promotion());
        });
        Ok(recovery)
    }

    /// Waits until every customer has been acknowledged by this region after a moment.
    ///
    /// # Errors
    ///
    /// When it does not come to that.
    pub fn everybody_pays_in(&self, region: &str, since: Instant) -> Result<Ledger> {
        let deadline = Instant::now() + CUSTOMERS_LIMIT;
        loop {
            let ledger = self.books.so_far()?;
            let there = |customer: usize| {
                let mut later = ledger.acknowledged.iter().filter(|payment| payment.acknowledged > since);
                later.any(|payment| payment.customer == customer && payment.region == region)
            };
            if (0..CUSTOMERS).all(there) {
                return Ok(ledger);
            }
            ensure!(Instant::now() < deadline, "not every customer pays in {region} after {CUSTOMERS_LIMIT:?}");
            thread::sleep(Duration::from_millis(250));
        }
    }

    /// What customers know held against a database, while they go on paying.
    ///
    /// # Errors
    ///
    /// When the two contradict each other; not when a payment is missing.
    pub fn compare(&self, database: &Database) -> Result<Comparison> {
        let comparison = self.books.compare(database, self.prefix)?;
        let acknowledged = comparison.found + comparison.lost.len();
        self.scene.note(|figures| figures.count(acknowledged, &comparison));
        comparison.without_contradiction()
    }

    /// Nothing that was acknowledged since a moment is missing in a region.
    ///
    /// # Errors
    ///
    /// When something is; with what.
    pub fn nothing_lost_since(&self, began: Instant, region: &Region) -> Result<()> {
        let comparison = self.compare(&region.database)?;
        let lost = comparison.lost_after(began);
        ensure!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        Ok(())
    }

    /// At the end every acknowledged payment is where payments are taken, but for those that the outage has cost.
    fn all_there(&self) -> Result<()> {
        let Stage { failover, stack, .. } = self.stage();
        let writer = failover.writer_region()?;
        let region = [&stack.primary, &stack.dr].into_iter().find(|region| region.name == writer);
        let comparison = self.compare(&region.context("the writer is in neither region")?.database)?;
        let late = match self.cut.get() {
            Some(cut) => comparison.lost_after(cut.done),
            None => comparison.lost.iter().collect(),
        };
        ensure!(late.is_empty(), "lost and not by an outage: {late:?}");
        self.timeline.say(&format!("{} payments are there, {} were lost", comparison.found, comparison.lost.len()));
        Ok(())
    }

    fn stage(&self) -> &Stage {
        self.scene.stage
    }
}
