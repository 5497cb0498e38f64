//! Looks at the stack all the time and tells the timeline what has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::timeline::Timeline;
use crate::dns::DnsDataPlane;
use crate::failover::{Failover, Machine};
use crate::notices::Notices;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A streak that is longer says nothing new.
const FAILURES_WORTH_TELLING: u32 = 3;

/// What is watched.
pub struct Watcher<'a> {
    /// Where it is told.
    pub timeline: &'a Timeline,
    /// State machines and the detector.
    pub failover: &'a Failover,
    /// What people are told.
    pub notices: &'a Notices,
    /// Health checks and DNS.
    pub dns: &'a DnsDataPlane,
}

/// What has been told already.
#[derive(Default)]
struct Told {
    dns_events: usize,
    notices: usize,
    failures: u32,
    states: BTreeMap<String, usize>,
    /// Executions whose history says nothing new any more.
    ended: BTreeSet<String>,
}

impl Watcher<'_> {
    /// Watches until the other side of the channel is gone.
    pub fn run(&self, stop: &Receiver<()>) {
        let mut told = Told::default();
        // What was before the watch is no news.
        let _ = self.look(&mut told, |_, _| ());
        while matches!(stop.recv_timeout(LOOK_EVERY), Err(RecvTimeoutError::Timeout)) {
            // A look that fails, for want of an answer, is repeated; what it would have told comes then.
            let _ = self.look(&mut told, |moment, what| self.timeline.at(moment, what));
        }
    }

    fn look(&self, told: &mut Told, tell: impl Fn(Instant, &str)) -> Result<()> {
        let events = self.dns.events();
        for event in &events[told.dns_events.min(events.len())..] {
            tell(event.at, &event.change.to_string());
        }
        told.dns_events = events.len();
        let (failures, _) = self.failover.streak()?;
        if failures != told.failures && failures.max(told.failures) <= FAILURES_WORTH_TELLING {
            tell(Instant::now(), &format!("detector: {failures} failed probes in a row"));
        }
        told.failures = failures;
        for machine in Machine::ALL {
            for execution in self.failover.executions(machine)? {
                if told.ended.contains(&execution.arn) {
                    continue;
                }
                // In this order: what is entered before the end is told after it.
                let is_over = self.failover.status(&execution)? != "RUNNING";
                let entered = self.failover.entered(&execution)?;
                if is_over {
                    told.ended.insert(execution.arn.clone());
                }
                let count = told.states.entry(execution.arn).or_default();
                for state in &entered[(*count).min(entered.len())..] {
                    let what = format!("{} machine: {}", machine.name(), state.state);
                    tell(self.timeline.moment(state.at), &what);
                }
                *count = entered.len();
            }
        }
        let notices = self.notices.all()?;
        for notice in &notices[told.notices.min(notices.len())..] {
            tell(Instant::now(), &format!("notice: {}", notice.subject));
        }
        told.notices = notices.len();
        Ok(())
    }
}
