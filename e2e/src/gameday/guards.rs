//! Days on which nothing may happen, or only after somebody was asked: every guard of the failover trips here for a real
//! reason.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::acts::{CAUGHT_UP, DETECTION, JUDGEMENT, MOVE, wait_until};
use super::customer::{Attempt, Customer};
use super::scenario::Scene;
use super::stage::Stage;
use crate::failover::Execution;
use crate::faults::Fault;

/// The longest lag that still lets a failover go on by itself, and a little more.
const OVER_THE_RPO: Duration = Duration::from_secs(66);

/// As long as a person has to approve here.
const TO_APPROVE: Duration = Duration::from_secs(60);

/// A minute to approve, and the time to notice that it is over.
const NOBODY_CAME: Duration = Duration::from_secs(150);

/// As long as the machine waits for a promotion before it calls for people: as often as it looks, five seconds from one to
/// the next, and as long as a look may take before the next one, on a machine with other work.
const HANGING: Duration = Duration::from_secs(36 * (5 + 15));

/// The objective of five minutes leaves 180 s for a promotion. The machine looks 27 times in them; on the emulator a look takes no time, so
/// that what is left are the pauses.
const PAUSES_OF_A_PROMOTION: Duration = Duration::from_secs(26 * 5);

/// For a run of the detector to come, on a busy machine.
const A_RUN: Duration = Duration::from_secs(150);

/// As long as API Gateway waits for an answer: a slow machine is not what is tested, a refusal is.
const ANSWERED: Duration = Duration::from_secs(29);

/// For what a region has missed to arrive when it is back.
const ARRIVES: Duration = Duration::from_secs(60);

/// How long the DR region is gone: longer than Route 53's checkers need to see it.
const DR_OUTAGE: Duration = Duration::from_secs(45);

/// Runs all of them on one stack, those that change nothing first.
pub fn run(scene: &Scene<'_>) {
    let guards = Guards { stage: scene.stage };
    scene.check("kill switch: refused, and people are told", || guards.kill_switch());
    scene.check("version mismatch: refused, and people are told", || guards.version_mismatch());
    scene.check("lag unknown: a person is asked, says no, and nothing happens", || guards.lag_unknown());
    scene.check("lag over RPO: a person is asked, nobody comes, and nothing happens", || guards.lag_over_rpo());
    scene.check("one bad probe: nothing is started", || guards.one_bad_probe());
    scene.check("DR region down: customers of the primary notice nothing", || guards.dr_region_down());
    scene.check("until here there was no failover", || guards.nothing_happened());
    let crashed =
        scene.check("detector crash: the next run goes on with the same incident", || guards.detector_crash());
    let Some((execution, hang)) = crashed else { return };
    scene.check("promotion hangs: people are called in time, a second start does nothing", || {
        guards.promotion_hangs(&execution)
    });
    let home = scene
        .check("the hanging promotion ends late: the machine notices, payments work, failback goes home", || {
            guards.late_promotion(&execution, hang)
        });
    if home.is_some() {
        scene.check("orchestrator started twice at once: one failover", || guards.started_twice());
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
        self.stage.ends(&execution, JUDGEMENT, "FAILED", "Refused")?;
        let notice = self.stage.told("Failover refused by its guards", &execution)?;
        ensure!(notice.message.contains(&format!("{check}:")), "another reason than {check}: {}", notice.message);
        self.stage.unchanged()
    }

    fn lag_unknown(&self) -> Result<()> {
        let _unknown = self.stage.faults.begin("lag_unknown", &json!({}))?;
        let execution = self.stage.failover.start_by_operator("lag-unknown")?;
        let question = self.stage.asked(&execution, "the lag is unknown")?;
        self.stage.reject(&question)?;
        self.stage.ends(&execution, JUDGEMENT, "FAILED", "NotApproved")?;
        self.stage.told("Failover not approved", &execution)?;
        self.stage.unchanged()
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
        self.stage.asked(&execution, "over 60000 ms")?;
        self.stage.ends(&execution, NOBODY_CAME, "FAILED", "NotApproved")?;
        let waited = self.between(&execution, "AskForApproval", "NotifyNotApproved")?;
        ensure!(waited > TO_APPROVE.mul_f64(0.95), "nobody was waited for: {waited:?}");
        self.stage.told("Failover not approved", &execution)?;
        self.stage.unchanged()
    }

    /// From the first entry of one state to that of another, as the machine's history has it.
    fn between(&self, execution: &Execution, from: &str, to: &str) -> Result<Duration> {
        let entered = self.stage.failover.entered(execution)?;
        let at = |state: &str| {
            let found = entered.iter().find(|entered| entered.state == state);
            found.map(|found| found.at).with_context(|| format!("it was never in {state}: {entered:?}"))
        };
        Duration::try_from_secs_f64(at(to)? - at(from)?).with_context(|| format!("{to} came before {from}"))
    }

    fn one_bad_probe(&self) -> Result<()> {
        let failover = &self.stage.failover;
        let answers = self.stage.dns.events().len();
        // Each prober fails once: Route 53's three checkers here, and the detector, by whose name the watcher probes too.
        let drop_next = |user_agent: &str, count: u32| {
            let primary = &self.stage.stack.primary.name;
            let needs = json!({
                "region": primary, "path_suffix": "/health", "user_agent": user_agent, "count": count
            });
            self.stage.faults.begin("drop_next_requests", &needs)
        };
        let _checkers = drop_next("Amazon-Route53-Health-Check-Service", 3)?;
        let detector = drop_next("payments-failover", u32::MAX)?;
        wait_until("the detector has counted a failed probe", A_RUN, || Ok(failover.streak()?.0 > 0))?;
        drop(detector);
        wait_until("a good probe ends the streak", A_RUN, || Ok(failover.streak()?.0 == 0))?;
        let events = self.stage.dns.events().split_off(answers);
        ensure!(events.is_empty(), "Route 53 has changed its mind: {events:?}");
        let by_detector = self.stage.by_detector()?;
        ensure!(by_detector.is_empty(), "the detector has started {by_detector:?}");
        self.stage.unchanged()
    }

    fn dr_region_down(&self) -> Result<()> {
        let Stage { stack, faults, dns, internet, domain, .. } = self.stage;
        let mut customer = Customer::new(internet, dns, domain, 1.0)?;
        customer.waits(internet, ANSWERED)?;
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
            wait_until(&format!("{payment_id} is in the standby's database"), ARRIVES, || {
                Ok(stack.dr.database.payment(payment_id).is_ok_and(|rows| !rows.is_empty()))
            })?;
            wait_until(&format!("the claim of {payment_id} is in DR"), ARRIVES, || {
                Ok(stack.claim(&stack.dr, payment_id)?.is_some())
            })?;
            wait_until(&format!("the receipt of {payment_id} is in DR"), ARRIVES, || {
                Ok(stack.receipt(&stack.dr, payment_id)?.is_some())
            })?;
        }
        self.stage.unchanged()
    }

    fn nothing_happened(&self) -> Result<()> {
        let done: Vec<_> =
            self.stage.notices.all()?.into_iter().filter(|notice| notice.subject == "Failover done").collect();
        ensure!(done.is_empty(), "{done:?}");
        let last = self.stage.failover.item("failover")?;
        ensure!(last.is_null(), "a failover was done: {last}");
        let owner = self.stage.failover.item("latch")?["locked_by"].take();
        ensure!(owner.is_null(), "the lock is still held: {owner}");
        self.stage.unchanged()
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
        wait_until("the next run has started the failover", DETECTION, || Ok(!self.stage.by_detector()?.is_empty()))?;
        let mut all = self.stage.by_detector()?;
        ensure!(all.len() == 1, "more than one failover: {all:?}");
        let execution = all.remove(0);
        ensure!(
            execution.name() == format!("failover-{incident}-1"),
            "another incident than {incident}: {execution:?}"
        );
        Ok((execution, hang))
    }

    fn promotion_hangs(&self, execution: &Execution) -> Result<()> {
        let Stage { failover, stack, .. } = self.stage;
        failover.wait_for_state(execution, "WaitForRoles", JUDGEMENT)?;
        let second = failover.start_by_operator("second-start")?;
        self.stage.ends(&second, JUDGEMENT, "FAILED", "Refused")?;
        let notice = self.stage.told("Failover refused by its guards", &second)?;
        ensure!(notice.message.contains("lock:"), "another reason: {}", notice.message);
        failover.wait_for_state(execution, "SettleAfterHanging", HANGING)?;
        let waited = self.between(execution, "WaitForRoles", "NotifyHangs")?;
        ensure!(waited > PAUSES_OF_A_PROMOTION.mul_f64(0.95), "people were called after {waited:?} already");
        self.stage.told("FAILOVER HANGS: act now", execution)?;
        // DNS stays with the region that is about to be able, and nothing is half done.
        ensure!(failover.latch_is_set()?, "the latch is not set");
        let answer = stack.dr.api.pay("while-it-hangs", &json!(1))?;
        ensure!(answer.status == 503, "{} {}", answer.status, answer.text);
        Ok(())
    }

    fn late_promotion(&self, execution: &Execution, hang: Fault) -> Result<()> {
        let Stage { faults, stack, .. } = self.stage;
        drop(hang);
        self.stage.ends(execution, JUDGEMENT, "SUCCEEDED", "Done")?;
        self.stage.told("Failover done", execution)?;
        wait_until("the DR region takes payments", JUDGEMENT, || {
            Ok(stack.dr.api.pay("late-1", &json!(1))?.status == 200)
        })?;
        faults.restore(&stack.primary.name)?;
        self.stage.go_home()?;
        ensure!(stack.primary.database.payment("late-1")?.len() == 1, "the payment has not come home");
        self.stage.unchanged()
    }

    fn started_twice(&self) -> Result<()> {
        let Stage { failover, faults, stack, .. } = self.stage;
        // The last failover is less than half an hour ago.
        failover.forget_last_failover()?;
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
            ends.push(failover.wait_for_end(execution, MOVE)?.state);
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
}
