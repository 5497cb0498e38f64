//! The day itself: the primary region is cut off under load, returns, and is gone back to; then a drill.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::acts::{CAUGHT_UP, DETECTION, MOVE};
use super::agreement::ThreeNumbers;
use super::day::{self, Cut, Day};
use super::drill;
use super::measures::{LONGEST_PLANNED_WAIT, Loss, RPO_LIMIT, Recovery};
use super::scenario::Scene;
use super::stage::Stage;
use crate::dns::Change;
use crate::failover::Machine;
use crate::leftovers::listed;

/// What the ids of the customers' payments begin with.
const PREFIX: &str = "gameday-";

/// Payments before anything happens.
const QUIET: Duration = Duration::from_secs(15);

/// Longer than Route 53's checkers and a resolver's memory together: a flap would show.
const NO_FLAP: Duration = Duration::from_secs(60);

/// Blocks of the DR region that a plan cannot look at while the primary is gone: they are made after the primary's
/// database, whose password is read back from the primary's secret.
const BEHIND_THE_PRIMARY: [&str; 4] = [
    "aws_rds_cluster.dr_database",
    "aws_rds_cluster_instance.dr_database",
    "aws_db_event_subscription.dr_database",
    "aws_backup_selection.dr_backup_database",
];

/// Runs the day. Each part is a check; a part without which the next makes no sense ends it.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| Story { day, stage: scene.stage }.live());
}

struct Story<'a> {
    day: &'a Day<'a>,
    stage: &'a Stage,
}

impl Story<'_> {
    fn live(&self) {
        let scene = self.day.scene;
        let quiet = scene.check("in quiet times the primary takes every payment", || self.day.quiet(QUIET));
        let Some(cut) = quiet.and_then(|()| scene.check("the primary region is cut off", || self.day.cut())) else {
            return;
        };
        let failed_over = scene.check("the failover runs by itself and is done", || self.failover(cut));
        let Some(recovery) = failed_over else { return };
        scene.check("recovery took less than five minutes, with AWS's plan value for a promotion too", || {
            recovery.within_objective()
        });
        scene.check("what was replicated is there, once; what was lost is within the RPO", || self.loss(cut));
        scene.check("customers who were refused for their signature have signed for the other region", || {
            self.signed_again()
        });
        scene
            .check("terraform plan -refresh=false -target=... works while the primary is gone", || self.partial_plan());
        let back = scene.check("the primary region returns: its database is a standby", || self.return_of_primary());
        if back.is_none() {
            return;
        }
        scene.check("no flap and no split brain: payments stay, the old primary refuses writes", || self.no_flap());
        scene.check("terraform plan after the failover: no changes, of outputs neither", || self.stage.plan_is_empty());
        let failback = scene.check("failback: payments are home, none is lost", || self.failback());
        scene.check("terraform plan after the failback: no changes, of outputs neither", || self.stage.plan_is_empty());
        if let Some(wait) = failback {
            scene.check("nobody waited longer for the failback than 65 s", || in_time(wait));
            let drill = scene.check("a drill passes, and its evidence says so", || drill::passes(self.day));
            if let Some(wait) = drill {
                scene.check("nobody waited longer for the drill than 65 s", || in_time(wait));
            }
            scene
                .check("terraform plan after the drill: no changes, of outputs neither", || self.stage.plan_is_empty());
        }
        scene.check("the recovery time is the same computed, simulated and measured", || self.three_numbers(&recovery));
    }

    fn failover(&self, cut: Cut) -> Result<Recovery> {
        let execution = self.stage.next_of_detector(&[], DETECTION)?;
        self.day.failed_over(&execution, cut)
    }

    fn three_numbers(&self, recovery: &Recovery) -> Result<()> {
        let document = fs::read_to_string(self.stage.workspace.file("main.tf.json")).context("reading the document")?;
        let numbers = ThreeNumbers::of(&document, recovery)?;
        self.day.timeline.say(&numbers.to_string());
        numbers.agree()
    }

    fn signed_again(&self) -> Result<()> {
        let refused = self.day.books.signed_again();
        self.day.timeline.say(&format!("{refused} payments were refused for their region's name and signed again"));
        ensure!(refused > 0, "nobody was refused: a signature for the old region was taken by the new one");
        Ok(())
    }

    fn loss(&self, cut: Cut) -> Result<()> {
        let comparison = self.day.compare(&self.stage.stack.dr.database)?;
        let loss = Loss::of(cut, &self.day.books.so_far()?, &comparison);
        self.day.scene.note(|figures| figures.rpo = Some(loss.reach));
        self.day.timeline.say(&loss.to_string());
        ensure!(loss.reach <= RPO_LIMIT, "lost payments reach back {:?}: {:?}", loss.reach, comparison.lost);
        let late = comparison.lost_after(cut.done);
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
        self.day
            .timeline
            .say(&format!("Terraform plans {} blocks of the DR region without the primary", targets.len()));
        Ok(())
    }

    fn return_of_primary(&self) -> Result<()> {
        let Stage { stack, faults, .. } = self.stage;
        faults.restore(&stack.primary.name)?;
        self.day.timeline.say(&format!("{} is back", stack.primary.name));
        let roles = (stack.primary.database.role()?, stack.dr.database.role()?);
        ensure!(roles == ("reader".to_owned(), "writer".to_owned()), "{roles:?}");
        Ok(())
    }

    fn no_flap(&self) -> Result<()> {
        let Stage { stack, dns, .. } = self.stage;
        let began = Instant::now();
        while began.elapsed() < NO_FLAP {
            let answer = self.stage.api(&stack.primary).pay("split-brain", &json!(1))?;
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
        let ledger = self.day.books.so_far()?;
        let astray: Vec<_> =
            ledger.between(began, Instant::now()).filter(|payment| payment.region != stack.dr.name).collect();
        ensure!(astray.is_empty(), "payments were acknowledged elsewhere: {astray:?}");
        self.day.timeline.say("the old primary answers 503, its PostgreSQL is read-only, DNS has not moved");
        Ok(())
    }

    /// The longest that one customer could not pay for it.
    fn failback(&self) -> Result<Duration> {
        let Stage { failover, stack, .. } = self.stage;
        // A returned database has to have caught up first, which the guards see a moment later.
        thread::sleep(Duration::from_secs(1));
        let began = Instant::now();
        let deadline = began + CAUGHT_UP;
        for attempt in 1.. {
            let execution = failover.start(Machine::Failback, &format!("failback-{attempt}"), &json!({}))?;
            let standing = failover.wait_for_end(&execution, MOVE)?;
            if standing.state == "Done" {
                self.stage.told("Failback done", &execution)?;
                break;
            }
            let is_early = standing.state == "Refused" && Instant::now() < deadline;
            ensure!(is_early, "the failback ended as {standing:?}: {:?}", self.stage.notices.all()?.last());
            thread::sleep(Duration::from_secs(2));
        }
        ensure!(!failover.latch_is_set()?, "the latch is still set");
        let ledger = self.day.everybody_pays_in(&stack.primary.name, began)?;
        let wait = ledger.longest_gap_after(began);
        self.day.scene.note(|figures| {
            figures.planned_waits.insert("failback", wait);
        });
        self.day.timeline.say(&format!(
            "failback took {:.1} s; the longest that one customer could not pay: {:.1} s",
            began.elapsed().as_secs_f64(),
            wait.as_secs_f64()
        ));
        self.day.nothing_lost_since(began, &stack.primary)?;
        Ok(wait)
    }
}

fn in_time(wait: Duration) -> Result<()> {
    ensure!(wait <= LONGEST_PLANNED_WAIT, "one customer could not pay for {:.1} s", wait.as_secs_f64());
    Ok(())
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
