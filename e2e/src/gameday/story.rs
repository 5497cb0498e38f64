//! The day itself: the primary region is cut off under load, returns, and is gone back to; then a drill.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::ledger::{Comparison, Ledger};
use super::load::{Books, CUSTOMERS, Load, Target};
use super::measures::{Loss, RPO_LIMIT, RTO_LIMIT, Recovery};
use super::stage::Stage;
use super::timeline::Timeline;
use super::watcher::Watcher;
use crate::deployment::Region;
use crate::dns::Change;
use crate::failover::{Execution, Machine};
use crate::leftovers::listed;
use crate::suite::Suite;

/// What the ids of the customers' payments begin with.
const PREFIX: &str = "gameday-";

/// Payments before anything happens.
const QUIET: Duration = Duration::from_secs(15);

/// For the replication lag to be known after the apply.
const READY: Duration = Duration::from_secs(150);

/// Detection, guards and promotion, each at its limit.
const FAILOVER_LIMIT: Duration = Duration::from_secs(400);

/// For every customer to have dropped the old answer (60 seconds), with the probes before it.
const CUSTOMERS_LIMIT: Duration = Duration::from_secs(150);

/// Longer than Route 53's checkers and a resolver's memory together: a flap would show.
const NO_FLAP: Duration = Duration::from_secs(60);

/// Failback and drill wait for DNS twice at the most.
const MACHINE_LIMIT: Duration = Duration::from_secs(900);

/// Blocks of the DR region that a plan cannot look at while the primary is gone: they are made after the primary's
/// database, whose password is read back from the primary's secret.
const BEHIND_THE_PRIMARY: [&str; 4] = [
    "aws_rds_cluster.dr_database",
    "aws_rds_cluster_instance.dr_database",
    "aws_db_event_subscription.dr_database",
    "aws_backup_selection.dr_backup_database",
];

/// Runs the day. Each part is a check; a part without which the next makes no sense ends it.
pub fn run(suite: &Suite, stage: &Stage) {
    let timeline = Timeline::new(&stage.progress);
    let books = Books::default();
    let target = Target { internet: &stage.internet, dns: &stage.dns, domain: &stage.domain, prefix: PREFIX };
    let watcher = Watcher { timeline: &timeline, failover: &stage.failover, notices: &stage.notices, dns: &stage.dns };
    let (stop, stopped) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || watcher.run(&stopped));
        if let Some(load) = suite.check("customers pay through the failover domain", || {
            timeline.say(&format!("{CUSTOMERS} customers pay through https://{}/payments", stage.domain));
            Load::start(scope, &target, &books)
        }) {
            let day = Day { suite, stage, timeline: &timeline, books: &books };
            day.live();
            if let Some(ledger) = suite.check("every answer to a customer was right", || load.finish()) {
                suite.check("no payment of the whole day after the failover is lost, none is there twice", || {
                    day.all_there(&ledger, &stage.stack.primary)
                });
            }
        }
        drop(stop);
    });
}

struct Day<'a> {
    suite: &'a Suite,
    stage: &'a Stage,
    timeline: &'a Timeline,
    books: &'a Books,
}

impl Day<'_> {
    fn live(&self) {
        let suite = self.suite;
        let quiet = suite.check("in quiet times the primary takes every payment", || self.quiet());
        let Some(cut) = quiet.and_then(|()| suite.check("the primary region is cut off", || self.cut())) else {
            return;
        };
        let failed_over = suite.check("the failover runs by itself and is done", || self.failover(cut));
        let Some(recovery) = failed_over else { return };
        suite.check("recovery took less than five minutes, with AWS's plan value for a promotion too", || {
            recovery.within_objective()
        });
        suite.check("what was replicated is there, once; what was lost is within the RPO", || self.loss(cut));
        suite
            .check("terraform plan -refresh=false -target=... works while the primary is gone", || self.partial_plan());
        let back = suite.check("the primary region returns: its database is a standby", || self.return_of_primary());
        if back.is_none() {
            return;
        }
        suite.check("no flap and no split brain: payments stay, the old primary refuses writes", || self.no_flap());
        suite.check("terraform plan after the failover: no changes, of outputs neither", || self.stage.plan_is_empty());
        let failback = suite.check("failback: payments are home, none is lost", || self.failback());
        suite.check("terraform plan after the failback: no changes, of outputs neither", || self.stage.plan_is_empty());
        if failback.is_some() {
            suite.check("a drill passes, and its evidence says so", || self.drill());
            suite
                .check("terraform plan after the drill: no changes, of outputs neither", || self.stage.plan_is_empty());
        }
    }

    fn quiet(&self) -> Result<()> {
        thread::sleep(QUIET);
        self.stage.failover.wait_until_ready(READY)?;
        let ledger = self.books.so_far()?;
        let primary = &self.stage.stack.primary.name;
        ensure!(ledger.acknowledged.len() >= CUSTOMERS, "only {} payments", ledger.acknowledged.len());
        let elsewhere: Vec<_> = ledger.acknowledged.iter().filter(|payment| payment.region != *primary).collect();
        ensure!(elsewhere.is_empty(), "not in {primary}: {elsewhere:?}");
        self.timeline.say(&format!("{} payments acknowledged, all in {primary}", ledger.acknowledged.len()));
        Ok(())
    }

    fn cut(&self) -> Result<Instant> {
        let primary = &self.stage.stack.primary.name;
        let cut = Instant::now();
        self.timeline.count_from(cut);
        self.stage.faults.cut(primary)?;
        self.timeline.at(cut, &format!("CUT: {primary} is gone, its PostgreSQL killed with SIGKILL"));
        Ok(cut)
    }

    fn failover(&self, cut: Instant) -> Result<Recovery> {
        let Stage { failover, notices, stack, .. } = self.stage;
        let execution = self.first_execution(FAILOVER_LIMIT)?;
        let standing = failover.wait_for_end(&execution, FAILOVER_LIMIT)?;
        ensure!(standing.status == "SUCCEEDED" && standing.state == "Done", "the failover ended as {standing:?}");
        notices.wait_for("Failover done", &execution.arn, Duration::from_secs(10))?;
        ensure!(failover.writer_region()? == stack.dr.name, "RDS calls another region the writer");
        ensure!(failover.latch_is_set()?, "the latch is not set");
        let ledger = self.everybody_pays_in(&stack.dr.name, cut)?;
        let entered = failover.entered(&execution)?;
        let recovery = Recovery::of(cut, &entered, self.timeline, &ledger, &stack.dr.name)?;
        self.timeline.say(&recovery.to_string());
        Ok(recovery)
    }

    fn first_execution(&self, timeout: Duration) -> Result<Execution> {
        let deadline = Instant::now() + timeout;
        loop {
            if let [execution] = &self.stage.failover.executions(Machine::Failover)?[..] {
                return Ok(execution.clone());
            }
            ensure!(Instant::now() < deadline, "no failover was started in {} s", timeout.as_secs());
            thread::sleep(Duration::from_millis(250));
        }
    }

    /// Waits until every customer has been acknowledged by this region after a moment.
    fn everybody_pays_in(&self, region: &str, since: Instant) -> Result<Ledger> {
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

    fn loss(&self, cut: Instant) -> Result<()> {
        let ledger = self.books.so_far()?;
        let comparison = ledger.compare(&self.stage.stack.dr.database, PREFIX)?;
        let loss = Loss::of(cut, &ledger, &comparison);
        self.timeline.say(&loss.to_string());
        ensure!(loss.reach <= RPO_LIMIT, "lost payments reach back {:?}: {:?}", loss.reach, comparison.lost);
        let late: Vec<_> = comparison.lost.iter().filter(|(_, acknowledged)| *acknowledged > cut).collect();
        ensure!(late.is_empty(), "acknowledged after the cut and lost: {late:?}");
        Ok(())
    }

    fn partial_plan(&self) -> Result<()> {
        let Stage { workspace, progress, .. } = self.stage;
        let targets: Vec<_> = workspace.addresses()?.into_iter().filter(|address| is_reachable(address)).collect();
        ensure!(targets.len() > 100, "only {} blocks of the DR region", targets.len());
        let arguments: Vec<_> = targets.iter().map(|address| format!("-target={address}")).collect();
        let mut all = vec!["-refresh=false"];
        all.extend(arguments.iter().map(String::as_str));
        let outcome = progress.step("terraform plan -refresh=false -target=...", || workspace.plan(&all))?;
        ensure!(outcome.exit_code() == 0, "changes:{}", listed(&outcome.planned));
        self.timeline.say(&format!("Terraform plans {} blocks of the DR region without the primary", targets.len()));
        Ok(())
    }

    fn return_of_primary(&self) -> Result<()> {
        let Stage { stack, faults, .. } = self.stage;
        faults.restore(&stack.primary.name)?;
        self.timeline.say(&format!("{} is back", stack.primary.name));
        let roles = (stack.primary.database.role()?, stack.dr.database.role()?);
        ensure!(roles == ("reader".to_owned(), "writer".to_owned()), "{roles:?}");
        Ok(())
    }

    fn no_flap(&self) -> Result<()> {
        let Stage { stack, dns, .. } = self.stage;
        let began = Instant::now();
        while began.elapsed() < NO_FLAP {
            let answer = stack.primary.api.pay("split-brain", &json!(1))?;
            ensure!(answer.status == 503, "the old primary answered {} {}", answer.status, answer.text);
            ensure!(self.stage.active_region()? == stack.dr.name, "DNS has flapped");
            thread::sleep(Duration::from_secs(2));
        }
        let written = stack.primary.database.rows("CREATE TABLE split_brain (id int)");
        let refusal = written.err().context("the old primary's PostgreSQL took a write")?.to_string();
        ensure!(refusal.contains("read-only"), "{refusal}");
        for database in [&stack.primary.database, &stack.dr.database] {
            ensure!(database.payment("split-brain")?.is_empty(), "a refused payment is in the database");
        }
        let answers = dns.events().into_iter().filter(|event| matches!(event.change, Change::Answer { .. }));
        let flaps: Vec<_> = answers.filter(|event| event.at > began).collect();
        ensure!(flaps.is_empty(), "{flaps:?}");
        let ledger = self.books.so_far()?;
        let astray: Vec<_> =
            ledger.between(began, Instant::now()).filter(|payment| payment.region != stack.dr.name).collect();
        ensure!(astray.is_empty(), "payments were acknowledged elsewhere: {astray:?}");
        self.timeline.say("the old primary answers 503, its PostgreSQL is read-only, DNS has not moved");
        Ok(())
    }

    fn failback(&self) -> Result<()> {
        let Stage { failover, notices, stack, .. } = self.stage;
        let began = Instant::now();
        let execution = failover.start(Machine::Failback, "failback", &json!({}))?;
        let standing = failover.wait_for_end(&execution, MACHINE_LIMIT)?;
        ensure!(standing.status == "SUCCEEDED" && standing.state == "Done", "the failback ended as {standing:?}");
        notices.wait_for("Failback done", &execution.arn, Duration::from_secs(10))?;
        ensure!(!failover.latch_is_set()?, "the latch is still set");
        let ledger = self.everybody_pays_in(&stack.primary.name, began)?;
        self.timeline.say(&format!(
            "failback took {:.1} s; the longest that one customer could not pay: {:.1} s",
            began.elapsed().as_secs_f64(),
            ledger.longest_gap_after(began).as_secs_f64()
        ));
        self.nothing_lost_since(&ledger, began)
    }

    /// Nothing that was acknowledged since a moment is missing where payments are taken now.
    fn nothing_lost_since(&self, ledger: &Ledger, began: Instant) -> Result<()> {
        let comparison = ledger.compare(&self.stage.stack.primary.database, PREFIX)?;
        let lost: Vec<_> = comparison.lost.iter().filter(|(_, acknowledged)| *acknowledged > began).collect();
        ensure!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        Ok(())
    }

    fn drill(&self) -> Result<()> {
        let Stage { failover, notices, .. } = self.stage;
        let began = Instant::now();
        let execution = failover.start(Machine::Drill, "drill", &json!({"requested_by": "operator"}))?;
        let standing = failover.wait_for_end(&execution, MACHINE_LIMIT)?;
        ensure!(standing.status == "SUCCEEDED" && standing.state == "Passed", "the drill ended as {standing:?}");
        notices.wait_for("Failover drill passed", &execution.arn, Duration::from_secs(10))?;
        let record = self.evidence()?;
        let recovery = &record["recovery"];
        ensure!(record["passed"] == true, "the evidence says: {record}");
        for nothing in ["rpo_payments_lost", "payments_duplicated"] {
            ensure!(recovery[nothing] == 0, "{nothing}: {recovery}");
        }
        let gap = recovery["rto_seconds"].as_f64().with_context(|| format!("no rto_seconds: {recovery}"))?;
        ensure!(gap <= RTO_LIMIT.as_secs_f64(), "customers of the drill waited {gap} s");
        let (sent, acknowledged) = (&recovery["payments_sent"], &recovery["payments_acknowledged"]);
        ensure!(sent == acknowledged && sent.as_u64() > Some(10), "{recovery}");
        self.timeline.say(&format!("the drill's evidence: {recovery}"));
        self.nothing_lost_since(&self.books.so_far()?, began)
    }

    /// The record that the drill left in the DR bucket.
    fn evidence(&self) -> Result<Value> {
        let Stage { failover, stack, .. } = self.stage;
        let item = failover.item("drill")?;
        let key = item["evidence"]["S"].as_str().with_context(|| format!("no evidence is noted: {item}"))?;
        let Region { name, bucket, .. } = &stack.dr;
        let answer = stack.aws.get(name, "s3", &format!("/{bucket}/{key}"))?;
        ensure!(answer.status == 200, "GET {key}: {} {}", answer.status, answer.text);
        answer.json()
    }

    /// At the end every acknowledged payment is there, but for those that the cut has cost.
    fn all_there(&self, ledger: &Ledger, region: &Region) -> Result<()> {
        let Comparison { found, lost } = ledger.compare(&region.database, PREFIX)?;
        let cut_cost = lost.iter().filter(|(_, acknowledged)| self.timeline.is_before_zero(*acknowledged)).count();
        ensure!(lost.len() == cut_cost, "lost and not by the cut: {lost:?}");
        self.timeline.say(&format!("{found} payments are there, {cut_cost} were lost by the cut"));
        Ok(())
    }
}

fn is_reachable(address: &str) -> bool {
    let name = address.split('.').nth(1).unwrap_or_default();
    let in_dr = address.starts_with("aws_") && name.starts_with("dr_");
    in_dr && !BEHIND_THE_PRIMARY.iter().any(|behind| address.starts_with(behind))
}

#[cfg(test)]
mod tests {
    use super::is_reachable;

    #[test]
    fn the_database_stands_behind_the_primary() {
        assert!(is_reachable("aws_lambda_function.dr_failover_detector"));
        assert!(is_reachable("aws_subnet.dr_private[0]"));
        assert!(!is_reachable("aws_rds_cluster_instance.dr_database[0]"));
        assert!(!is_reachable("aws_lambda_function.primary_payments"));
        assert!(!is_reachable("data.aws_caller_identity.dr"));
    }
}
