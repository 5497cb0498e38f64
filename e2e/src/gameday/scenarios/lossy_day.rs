//! Replication stops some seconds before the primary region is lost: what was acknowledged in them is lost with it.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use crate::aws::elements;
use crate::deployment::Region;
use crate::failover::Execution;
use crate::gameday::acts::DETECTION;
use crate::gameday::day::{self, Cut, Day};
use crate::gameday::measures::RPO_LIMIT;
use crate::gameday::scenario::Scene;
use crate::gameday::stage::Stage;

const PREFIX: &str = "lossy-";

/// For how long payments are acknowledged that the standby does not get: under the RPO, so that nobody is asked.
const LAG: Duration = Duration::from_secs(15);

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| {
        let quiet = scene.check("in quiet times the primary takes every payment", || day.quiet(Duration::from_secs(5)));
        // Of the scenarios before it on the same stack.
        let earlier = scene.check("earlier failovers are known", || scene.stage.by_detector());
        let Some(earlier) = earlier else { return };
        let lost =
            quiet.and_then(|()| scene.check("replication stops, then the primary region is cut off", || lose(day)));
        let Some((stopped, cut)) = lost else { return };
        let detected = scene.check("the failover runs by itself and is done, with every customer", || {
            let execution = scene.stage.next_of_detector(&earlier, DETECTION)?;
            day.failed_over(&execution, cut)?;
            Ok(execution)
        });
        let Some(execution) = detected else { return };
        scene.check("what was acknowledged without replication is lost, and nothing else", || loss(day, stopped, cut));
        scene.check("the evidence names each lost payment, and no other", || evidence(day, &execution));
        scene.check("a lost payment that is sent again is processed, once", || again(day));
        scene.check("payments go home", || scene.stage.go_home());
    });
}

/// Since when the standby has got nothing, and the outage.
fn lose(day: &Day<'_>) -> Result<(Instant, Cut)> {
    let cut_off = day.scene.stage.faults.begin("replication_cut", &json!({}))?;
    let stopped = Instant::now();
    day.timeline.say("the standby receives nothing more");
    thread::sleep(LAG);
    let cut = day.cut()?;
    // The primary is gone; there is nothing to receive from.
    drop(cut_off);
    Ok((stopped, cut))
}

fn loss(day: &Day<'_>, stopped: Instant, cut: Cut) -> Result<()> {
    let comparison = day.compare(&day.scene.stage.stack.dr.database)?;
    let ledger = day.books.so_far()?;
    ensure!(!comparison.lost.is_empty(), "nothing was lost");
    let lost = comparison.lost_ids();
    // What was under way when replication stopped may be on either side: a row is replicated before its acknowledgement arrives.
    let after = ledger.between(stopped, cut.began).filter(|payment| payment.sent >= stopped);
    let kept: Vec<_> = after.map(|payment| &payment.payment_id).filter(|id| !lost.contains(*id)).collect();
    ensure!(kept.is_empty(), "sent and acknowledged after replication had stopped, and there: {kept:?}");
    let reach =
        comparison.lost.iter().map(|(_, at)| cut.began.saturating_duration_since(*at)).max().unwrap_or_default();
    ensure!(reach <= RPO_LIMIT, "lost payments reach back {reach:?}");
    day.scene.note(|figures| figures.rpo = Some(reach));
    let late = comparison.lost_after(cut.done);
    ensure!(late.is_empty(), "acknowledged after the cut and lost: {late:?}");
    day.timeline.say(&format!("{} acknowledged payments are lost: {}", lost.len(), lost.join(", ")));
    Ok(())
}

/// The record that the search for lost payments has left in the DR bucket, against what customers know.
fn evidence(day: &Day<'_>, execution: &Execution) -> Result<()> {
    let Stage { stack, .. } = day.scene.stage;
    let ending = format!("-{}.json", execution.name());
    let Region { name, bucket, .. } = &stack.dr;
    let listing = stack.aws.get(name, "s3", &format!("/{bucket}?list-type=2&prefix=evidence/losses/"))?;
    let keys = elements(&listing.text, "Key");
    let found = keys.iter().find(|key| key.ends_with(&ending));
    let key = found.with_context(|| format!("no object of {}: {keys:?}", execution.name()))?;
    let record = stack.aws.get(name, "s3", &format!("/{bucket}/{key}"))?.json()?;
    ensure!(record["complete"] == true, "{record}");
    let payments = record["payments"].as_array().context("no payments are listed")?;
    let ids = payments.iter().filter_map(|payment| payment["payment_id"].as_str());
    let named: BTreeSet<String> = ids.map(str::to_owned).collect();
    let lost: BTreeSet<String> = day.compare(&stack.dr.database)?.lost_ids().into_iter().collect();
    ensure!(named == lost, "named: {named:?}; lost: {lost:?}");
    day.timeline.say(&format!("{key} names {} lost payments", named.len()));
    Ok(())
}

/// Whoever repeats a lost payment is served as for the first time; claim and receipt of the lost one do not stand against
/// it. The row names another region than the acknowledgement did, so this payment is none of the customers'.
fn again(day: &Day<'_>) -> Result<()> {
    let Stage { stack, .. } = day.scene.stage;
    let ledger = day.books.so_far()?;
    let lost = day.compare(&stack.dr.database)?.lost_ids();
    let payment = ledger.acknowledged.iter().find(|payment| lost.contains(&payment.payment_id));
    let Some(payment) = payment else { bail!("no lost payment is in the books") };
    let body = format!(
        r#"{{"payment_id":{},"amount":{}.{:02}}}"#,
        json!(payment.payment_id),
        payment.cents / 100,
        payment.cents % 100
    );
    for _ in 0..2 {
        let answer = day.scene.stage.api(&stack.dr).post("/payments", &body)?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
    }
    let rows = stack.dr.database.payment(&payment.payment_id)?;
    ensure!(rows.len() == 1, "{rows:?}");
    day.books.repeated(&payment.payment_id, &stack.dr.name);
    Ok(())
}
