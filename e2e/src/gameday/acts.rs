//! What every scenario does with a stage: wait for a state, hear a notice, go home.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::customer::Identity;
use super::stage::Stage;
use crate::aws::authorization;
use crate::deployment::Region;
use crate::failover::{Execution, ExecutionStatus, Machine};
use crate::notices::Notice;
use crate::payments::PaymentsApi;

/// How often a wait looks again.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// From the start of an execution to its end where it only judges, on a busy machine.
pub const JUDGEMENT: Duration = Duration::from_secs(90);

/// A notice arrives at once; a busy machine takes its time.
const NOTICE: Duration = Duration::from_secs(60);

/// For a returned region's database to follow the writer, and its lag to be measured.
pub const CAUGHT_UP: Duration = Duration::from_secs(240);

/// For the way back, and for any other machine that moves the writer, on a busy machine.
pub const MOVE: Duration = Duration::from_secs(600);

/// For an outage of the patience, a run of the detector that dies, and the next one.
pub const DETECTION: Duration = Duration::from_secs(280);

/// For health checks to see what has changed, and for DNS to follow.
pub const DNS_FOLLOWS: Duration = Duration::from_secs(120);

impl Stage {
    /// Waits for an execution's end, which has to be this one.
    ///
    /// # Errors
    ///
    /// When it ends otherwise, or not in time.
    pub fn ends(&self, execution: &Execution, timeout: Duration, status: &str, state: &str) -> Result<()> {
        let standing = self.failover.wait_for_end(execution, timeout)?;
        let expected = ExecutionStatus { status: status.to_owned(), state: state.to_owned() };
        ensure!(
            standing == expected,
            "{} ended as {standing:?} instead of {expected:?}; what people were told last: {:?}",
            execution.name(),
            self.notices.all()?.last()
        );
        Ok(())
    }

    /// Waits for a notice of an execution.
    ///
    /// # Errors
    ///
    /// When it does not come.
    pub fn told(&self, subject: &str, execution: &Execution) -> Result<Notice> {
        self.told_within(subject, execution, NOTICE)
    }

    /// The same for what takes longer.
    ///
    /// # Errors
    ///
    /// When it does not come.
    pub fn told_within(&self, subject: &str, execution: &Execution, timeout: Duration) -> Result<Notice> {
        self.notices.wait_for(subject, &execution.arn, timeout)
    }

    /// Waits until an execution asks a person, for this reason.
    ///
    /// # Errors
    ///
    /// When it does not ask, or for another reason.
    pub fn asked(&self, execution: &Execution, reason: &str) -> Result<Notice> {
        self.failover.wait_for_state(execution, "AskForApproval", JUDGEMENT)?;
        let question = self.told("DECIDE NOW: approve the failover?", execution)?;
        ensure!(question.message.contains(reason), "another reason than {reason:?}: {}", question.message);
        Ok(question)
    }

    /// Answers a question with no.
    ///
    /// # Errors
    ///
    /// When the question names no token, or nobody waits for the answer any more.
    pub fn reject(&self, question: &Notice) -> Result<()> {
        self.failover.reject(task_token(question)?)
    }

    /// No latch, the writer at home, DNS too.
    ///
    /// # Errors
    ///
    /// When something has moved.
    pub fn unchanged(&self) -> Result<()> {
        ensure!(!self.failover.latch_is_set()?, "the latch is set");
        ensure!(self.failover.writer_region()? == self.stack.primary.name, "the writer has moved");
        ensure!(self.active_region()? == self.stack.primary.name, "DNS has moved");
        Ok(())
    }

    /// Everything is as a scenario wants to find it: payments at home, a standby that could take over, and no failover
    /// whose cool-down is not over.
    ///
    /// # Errors
    ///
    /// When it does not become so.
    pub fn is_at_home(&self) -> Result<()> {
        self.wait_for_dns(&self.stack.primary.name, DNS_FOLLOWS)?;
        self.unchanged()?;
        self.failover.forget_last_failover()?;
        self.failover.wait_until_ready(CAUGHT_UP)
    }

    /// Brings the regions back and payments home, whatever was before.
    ///
    /// # Errors
    ///
    /// When that cannot be done.
    pub fn go_home(&self) -> Result<()> {
        let Self { stack, faults, failover, .. } = self;
        for region in [&stack.primary, &stack.dr] {
            faults.restore(&region.name)?;
        }
        let deadline = Instant::now() + CAUGHT_UP;
        // The guards let it go as soon as the old primary is a replica that has caught up.
        for attempt in 1.. {
            if !failover.latch_is_set()? && failover.writer_region()? == stack.primary.name {
                return self.wait_for_dns(&stack.primary.name, DNS_FOLLOWS);
            }
            let moment = self.failover.executions(Machine::Failback)?.len();
            let execution = failover.start(Machine::Failback, &format!("home-{moment}-{attempt}"), &json!({}))?;
            let standing = failover.wait_for_end(&execution, MOVE)?;
            if standing.state == "Done" {
                return Ok(());
            }
            let is_early = standing.state == "Refused" && Instant::now() < deadline;
            ensure!(is_early, "the failback ended as {standing:?}: {:?}", self.notices.all()?.last());
            thread::sleep(Duration::from_secs(2));
        }
        Ok(())
    }

    /// The failovers that the detector has started, the oldest first.
    ///
    /// # Errors
    ///
    /// When they cannot be listed.
    pub fn by_detector(&self) -> Result<Vec<Execution>> {
        let mut all = self.failover.executions(Machine::Failover)?;
        all.retain(|execution| execution.name().starts_with("failover-"));
        all.reverse();
        Ok(all)
    }

    /// Waits until the detector has started one more failover than there were.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub fn next_of_detector(&self, before: &[Execution], timeout: Duration) -> Result<Execution> {
        let mut found = None;
        wait_until("the detector starts a failover", timeout, || {
            found = self.by_detector()?.into_iter().find(|execution| !before.contains(execution));
            Ok(found.is_some())
        })?;
        found.context("the detector has started no failover")
    }

    /// A region's API, asked in the way that it wants callers to prove who they are.
    pub fn api(&self, region: &Region) -> PaymentsApi {
        region.api.proving(match &self.identity {
            Identity::Anyone => None,
            Identity::Signs => Some(("Authorization", authorization(&region.name, "execute-api"))),
            Identity::Key(key) => Some(("x-api-key", key.clone())),
        })
    }

    /// The subjects of what people were told since there were this many notices.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub fn subjects_since(&self, before: usize) -> Result<Vec<String>> {
        Ok(self.notices.all()?.into_iter().skip(before).map(|notice| notice.subject).collect())
    }
}

/// The token in the command that the notice tells a person to run.
fn task_token(question: &Notice) -> Result<&str> {
    let after = question.message.split("--task-token ").nth(1);
    after.and_then(|rest| rest.split_whitespace().next()).context("the question names no task token")
}

/// Waits until something is so.
///
/// # Errors
///
/// When it is not in time.
pub fn wait_until(what: &str, timeout: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + timeout;
    while !holds()? {
        ensure!(Instant::now() < deadline, "not within {} s: {what}", timeout.as_secs());
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::task_token;
    use crate::notices::Notice;

    #[test]
    fn the_token_is_in_the_command() {
        let message = "yes:\n  aws stepfunctions send-task-success --task-token AbC=\nno:\n  aws x --task-token AbC=\n";
        let notice = Notice { subject: String::new(), message: message.to_owned() };
        assert_eq!(task_token(&notice).unwrap(), "AbC=");
    }
}
