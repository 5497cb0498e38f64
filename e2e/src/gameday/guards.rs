//! Days on which nothing may happen, or only after somebody was asked: every guard of the failover trips here for a real
//! reason.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::customer::{Attempt, Customer};
use super::stage::Stage;
use crate::failover::{Execution, Machine, Standing};
use crate::faults::Fault;
use crate::notices::Notice;
use crate::suite::Suite;

/// The settings of the stack: a person has one minute to approve, so that nobody waits for a quarter of an hour here.
pub const SETTINGS: &str = "[failover]\napproval_minutes = 1\n";

/// From the start of an execution to its end where it only judges, on a busy machine.
const JUDGEMENT: Duration = Duration::from_secs(60);

/// A notice arrives at once; a busy machine takes a little longer.
const NOTICE: Duration = Duration::from_secs(10);

/// The longest lag that still lets a failover go on by itself, and a little more.
const OVER_THE_RPO: Duration = Duration::from_secs(66);

/// A minute to approve, and the time to notice that it is over.
const NOBODY_CAME: Duration = Duration::from_secs(90);

/// For three failed probes, a run of the detector that dies, and the next one.
const DETECTION: Duration = Duration::from_secs(200);

/// 200 seconds for a new writer, and a busy machine's looks between them.
const HANGING: Duration = Duration::from_secs(400);

/// How long the DR region is gone: longer than Route 53's checkers need to see it.
const DR_OUTAGE: Duration = Duration::from_secs(45);

/// For a returned region's database to follow the writer, and its lag to be measured.
const CAUGHT_UP: Duration = Duration::from_secs(150);

/// For the way back.
const FAILBACK: Duration = Duration::from_secs(400);

/// Runs all of them on one stack, those that change nothing first.
pub fn run(suite: &Suite, stage: &Stage) {
    let guards = Guards { stage };
    suite.check("kill switch: refused, and people are told", || guards.kill_switch());
    suite.check("version mismatch: refused, and people are told", || guards.version_mismatch());
    suite.check("lag unknown: a person is asked, says no, and nothing happens", || guards.lag_unknown());
    suite.check("lag over RPO: a person is asked, nobody comes, and nothing happens", || guards.lag_over_rpo());
    suite.check("one bad probe: nothing is started", || guards.one_bad_probe());
    suite.check("DR region down: customers of the primary notice nothing", || guards.dr_region_down());
    suite.check("until here there was no failover", || guards.nothing_happened());
    let crashed =
        suite.check("detector crash: the next run goes on with the same incident", || guards.detector_crash());
    let Some((execution, hang)) = crashed else { return };
    suite.check("promotion hangs: it is bounded, people are told, a second start does nothing", || {
        guards.promotion_hangs(&execution)
    });
    let home = suite.check("the hanging promotion ends late: payments work, and failback goes home", || {
        guards.late_promotion(hang)
    });
    if home.is_some() {
        suite.check("orchestrator started twice at once: one failover", || guards.started_twice());
    }
}

struct Guards<'a> {
    stage: &'a Stage,
}

impl Guards<'_> {
    fn kill_switch(&self) -> Result<()> {
        let failover = &self.stage.failover;
        failover.set_switch("stopped")?;
        let refused = self.refused("kill-switch", "kill_switch");
        failover.set_switch("armed")?;
        refused
    }

    fn version_mismatch(&self) -> Result<()> {
        let cluster = self.stage.stack.dr.database.cluster_arn();
        let other = json!({"cluster_arn": cluster, "version": "17.1"});
        let _mismatch = self.stage.faults.begin("engine_version", &other)?;
        self.refused("version-mismatch", "versions")
    }

    /// Starts a failover that must be refused because of this check, and leave everything as it is.
    fn refused(&self, name: &str, check: &str) -> Result<()> {
        let execution = self.stage.failover.start_by_operator(name)?;
        self.ends(&execution, JUDGEMENT, "FAILED", "Refused")?;
        let notice = self.told("Failover refused by its guards", &execution)?;
        ensure!(notice.message.contains(&format!("{check}:")), "another reason than {check}: {}", notice.message);
        self.unchanged()
    }

    fn lag_unknown(&self) -> Result<()> {
        let _unknown = self.stage.faults.begin("lag_unknown", &json!({}))?;
        let execution = self.stage.failover.start_by_operator("lag-unknown")?;
        let question = self.asked(&execution, "the lag is unknown")?;
        self.stage.failover.reject(task_token(&question)?)?;
        self.ends(&execution, JUDGEMENT, "FAILED", "NotApproved")?;
        self.told("Failover not approved", &execution)?;
        self.unchanged()
    }

    fn lag_over_rpo(&self) -> Result<()> {
        let stack = &self.stage.stack;
        let pay = |payment_id: &str| {
            let answer = stack.primary.api.pay(payment_id, &json!(1))?;
            ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
            Ok(())
        };
        // The first payment of all makes the table, which the standby has to have.
        pay("lag-0")?;
        stack.dr.database.replicated_payment("lag-0")?;
        let _paused = self.stage.faults.begin("replay_paused", &json!({}))?;
        pay("lag-1")?;
        thread::sleep(OVER_THE_RPO);
        ensure!(stack.dr.database.payment("lag-1")?.is_empty(), "the standby has replayed the payment");
        let execution = self.stage.failover.start_by_operator("lag-over-rpo")?;
        self.asked(&execution, "over 60000 ms")?;
        let asked_at = Instant::now();
        self.ends(&execution, NOBODY_CAME, "FAILED", "NotApproved")?;
        ensure!(asked_at.elapsed() > Duration::from_secs(45), "nobody was waited for: {:?}", asked_at.elapsed());
        self.told("Failover not approved", &execution)?;
        self.unchanged()
    }

    fn one_bad_probe(&self) -> Result<()> {
        let failover = &self.stage.failover;
        let answers = self.stage.dns.events().len();
        // One for each of Route 53's three checkers here, and one for the detector.
        let primary = &self.stage.stack.primary.name;
        let needs = json!({"region": primary, "path_suffix": "/health", "count": 4});
        let _drops = self.stage.faults.begin("drop_next_requests", &needs)?;
        wait_until(
            "the detector has counted a failed probe",
            Duration::from_secs(90),
            || Ok(failover.streak()?.0 > 0),
        )?;
        wait_until("a good probe ends the streak", Duration::from_secs(90), || Ok(failover.streak()?.0 == 0))?;
        let events = self.stage.dns.events().split_off(answers);
        ensure!(events.is_empty(), "Route 53 has changed its mind: {events:?}");
        let by_detector = self.executions_of_detector()?;
        ensure!(by_detector.is_empty(), "the detector has started {by_detector:?}");
        self.unchanged()
    }

    fn dr_region_down(&self) -> Result<()> {
        let Stage { stack, faults, dns, internet, domain, .. } = self.stage;
        let mut customer = Customer::new(internet, dns, domain, 1.0)?;
        faults.cut(&stack.dr.name)?;
        let began = Instant::now();
        let mut paid = Vec::new();
        while began.elapsed() < DR_OUTAGE {
            let payment_id = format!("dr-down-{}", paid.len());
            let attempt = customer.pay(&payment_id, 100);
            let acknowledged = Attempt::Acknowledged { region: stack.primary.name.clone() };
            if attempt != acknowledged {
                faults.restore(&stack.dr.name)?;
                anyhow::bail!("{payment_id} came to {attempt:?}");
            }
            paid.push(payment_id);
            thread::sleep(Duration::from_secs(1));
        }
        let active = self.stage.active_region();
        faults.restore(&stack.dr.name)?;
        ensure!(active? == stack.primary.name, "DNS has left the primary");
        // What the standby missed arrives when it is back, in all three stores.
        for payment_id in &paid {
            stack.dr.database.replicated_payment(payment_id)?;
            ensure!(stack.claim(&stack.dr, payment_id)?.is_some(), "no claim of {payment_id} in DR");
            ensure!(stack.receipt(&stack.dr, payment_id)?.is_some(), "no receipt of {payment_id} in DR");
        }
        self.unchanged()
    }

    /// No latch, the writer at home, DNS too.
    fn unchanged(&self) -> Result<()> {
        let Stage { failover, stack, .. } = self.stage;
        ensure!(!failover.latch_is_set()?, "the latch is set");
        ensure!(failover.writer_region()? == stack.primary.name, "the writer has moved");
        ensure!(self.stage.active_region()? == stack.primary.name, "DNS has moved");
        Ok(())
    }

    fn nothing_happened(&self) -> Result<()> {
        let done: Vec<_> =
            self.stage.notices.all()?.into_iter().filter(|notice| notice.subject == "Failover done").collect();
        ensure!(done.is_empty(), "{done:?}");
        let claim = self.stage.failover.item("failover")?;
        ensure!(claim.is_null(), "a failover has claimed its turn: {claim}");
        self.unchanged()
    }

    /// The detector dies between its second and its third failed probe. What it counted is in the table.
    /// The promotion that follows hangs until the fault's handle is gone.
    fn detector_crash(&self) -> Result<(Execution, Fault)> {
        let Stage { failover, faults, stack, .. } = self.stage;
        // The lag and the DR region's outage are behind us; what is tested here is not whether a person is asked.
        failover.wait_until_ready(CAUGHT_UP)?;
        let hang = faults.begin("promotion_hangs", &json!({}))?;
        faults.cut(&stack.primary.name)?;
        wait_until("two probes have failed", DETECTION, || Ok(failover.streak()?.0 == 2))?;
        let (_, incident) = failover.streak()?;
        let incident = incident.context("a streak without an incident")?;
        let detector = stack.resources().into_iter().find_map(|resource| {
            let is_detector = resource["address"] == "aws_lambda_function.dr_failover_detector";
            is_detector.then(|| resource["values"]["function_name"].clone())
        });
        let needs = json!({"function_name": detector.context("the state has no detector")?, "region": stack.dr.name});
        // Dead for a moment only: the schedule's next run is a new process.
        drop(faults.begin("function_dies", &needs)?);
        wait_until("the next run has started the failover", DETECTION, || {
            Ok(!self.executions_of_detector()?.is_empty())
        })?;
        let mut all = self.executions_of_detector()?;
        ensure!(all.len() == 1, "more than one failover: {all:?}");
        let execution = all.remove(0);
        ensure!(execution.name() == format!("failover-{incident}"), "another incident than {incident}: {execution:?}");
        Ok((execution, hang))
    }

    fn promotion_hangs(&self, execution: &Execution) -> Result<()> {
        let Stage { failover, stack, .. } = self.stage;
        failover.wait_for_state(execution, "WaitForWriter", JUDGEMENT)?;
        let waiting = Instant::now();
        let second = failover.start_by_operator("second-start")?;
        self.ends(&second, JUDGEMENT, "FAILED", "Refused")?;
        let notice = self.told("Failover refused by its guards", &second)?;
        ensure!(notice.message.contains("cool_down:"), "another reason: {}", notice.message);
        self.ends(execution, HANGING, "FAILED", "PromotionHangs")?;
        let waited = waiting.elapsed();
        ensure!(waited > Duration::from_secs(190), "it was given up after {waited:?} already");
        self.told("FAILOVER HANGS: act now", execution)?;
        // DNS stays with the region that is about to be able, and nothing is half done.
        ensure!(failover.latch_is_set()?, "the latch is not set");
        let answer = stack.dr.api.pay("while-it-hangs", &json!(1))?;
        ensure!(answer.status == 503, "{} {}", answer.status, answer.text);
        Ok(())
    }

    fn late_promotion(&self, hang: Fault) -> Result<()> {
        let Stage { faults, stack, .. } = self.stage;
        drop(hang);
        wait_until("the DR region takes payments", JUDGEMENT, || {
            Ok(stack.dr.api.pay("late-1", &json!(1))?.status == 200)
        })?;
        faults.restore(&stack.primary.name)?;
        self.go_home()?;
        ensure!(stack.primary.database.payment("late-1")?.len() == 1, "the payment has not come home");
        self.unchanged()
    }

    /// Starts the failback until its guards let it: the old primary has to be a replica that has caught up.
    fn go_home(&self) -> Result<()> {
        let failover = &self.stage.failover;
        let deadline = Instant::now() + CAUGHT_UP;
        for attempt in 1.. {
            let execution = failover.start(Machine::Failback, &format!("home-{attempt}"), &json!({}))?;
            let standing = failover.wait_for_end(&execution, FAILBACK)?;
            if standing.state == "Done" {
                return Ok(());
            }
            let is_early = standing.state == "Refused" && Instant::now() < deadline;
            ensure!(is_early, "the failback ended as {standing:?}: {:?}", self.stage.notices.all()?.last());
            thread::sleep(Duration::from_secs(5));
        }
        Ok(())
    }

    fn started_twice(&self) -> Result<()> {
        let Stage { failover, faults, stack, .. } = self.stage;
        // The command that notices name: the last failover is less than half an hour ago.
        failover.release_claim()?;
        failover.wait_until_ready(CAUGHT_UP)?;
        faults.cut(&stack.primary.name)?;
        let both = thread::scope(|scope| {
            let starts = ["one", "two"].map(|name| scope.spawn(move || failover.start_by_operator(name)));
            starts.map(|start| start.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a start panicked"))))
        });
        let [one, two] = both;
        let executions = [one?, two?];
        let mut ends = Vec::new();
        for execution in &executions {
            ends.push(failover.wait_for_end(execution, FAILBACK)?.state);
        }
        let done = ends.iter().filter(|state| *state == "Done").count();
        let gave_way = |state: &&String| ["AlreadyClaimed", "AlreadyDone", "Refused"].contains(&state.as_str());
        ensure!(done == 1 && ends.iter().filter(gave_way).count() == 1, "they ended in {ends:?}");
        let promotions = executions.iter().filter(|execution| {
            let entered = failover.entered(execution).unwrap_or_default();
            entered.iter().any(|entered| entered.state == "Promote")
        });
        ensure!(promotions.count() == 1, "both have promoted the database");
        ensure!(failover.writer_region()? == stack.dr.name, "the DR region is not the writer");
        Ok(())
    }

    fn executions_of_detector(&self) -> Result<Vec<Execution>> {
        let all = self.stage.failover.executions(Machine::Failover)?;
        Ok(all.into_iter().filter(|execution| execution.name().starts_with("failover-")).collect())
    }

    fn ends(&self, execution: &Execution, timeout: Duration, status: &str, state: &str) -> Result<()> {
        let standing = self.stage.failover.wait_for_end(execution, timeout)?;
        let expected = Standing { status: status.to_owned(), state: state.to_owned() };
        ensure!(standing == expected, "{} ended as {standing:?} instead of {expected:?}", execution.name());
        Ok(())
    }

    fn asked(&self, execution: &Execution, reason: &str) -> Result<Notice> {
        self.stage.failover.wait_for_state(execution, "AskForApproval", JUDGEMENT)?;
        let question = self.told("DECIDE NOW: approve the failover?", execution)?;
        ensure!(question.message.contains(reason), "another reason than {reason:?}: {}", question.message);
        Ok(question)
    }

    fn told(&self, subject: &str, execution: &Execution) -> Result<Notice> {
        self.stage.notices.wait_for(subject, &execution.arn, NOTICE)
    }
}

/// The token in the command that the notice tells a person to run.
fn task_token(question: &Notice) -> Result<&str> {
    let after = question.message.split("--task-token ").nth(1);
    after.and_then(|rest| rest.split_whitespace().next()).context("the question names no task token")
}

fn wait_until(what: &str, timeout: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + timeout;
    while !holds()? {
        ensure!(Instant::now() < deadline, "not within {} s: {what}", timeout.as_secs());
        thread::sleep(Duration::from_millis(250));
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
