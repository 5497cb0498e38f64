//! A drill under load, and what its evidence has to say.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::acts::MOVE;
use super::day::Day;
use super::measures::RTO_LIMIT;
use super::stage::Stage;
use crate::deployment::Region;
use crate::failover::Machine;

/// Lets a drill run, and holds its evidence against what customers know; the longest that one of them could not pay.
///
/// # Errors
///
/// When it does not pass, a payment is lost, or it does not say what it should.
pub fn passes(day: &Day<'_>) -> Result<Duration> {
    let stage = day.scene.stage;
    let began = Instant::now();
    let execution = stage.failover.start(Machine::Drill, "drill", &json!({"requested_by": "operator"}))?;
    stage.ends(&execution, MOVE, "SUCCEEDED", "Passed")?;
    stage.told("Failover drill passed", &execution)?;
    let record = evidence(stage)?;
    let recovery = &record["recovery"];
    ensure!(record["passed"] == true, "the evidence says: {record}");
    for nothing in ["rpo_payments_lost", "payments_duplicated"] {
        ensure!(recovery[nothing] == 0, "{nothing}: {recovery}");
    }
    let gap = recovery["rto_seconds"].as_f64().with_context(|| format!("no rto_seconds: {recovery}"))?;
    ensure!(gap <= RTO_LIMIT.as_secs_f64(), "customers of the drill waited {gap} s");
    let (sent, acknowledged) = (&recovery["payments_sent"], &recovery["payments_acknowledged"]);
    ensure!(sent == acknowledged && sent.as_u64() > Some(10), "{recovery}");
    day.timeline.say(&format!("the drill's evidence: {recovery}"));
    let ledger = day.everybody_pays_in(&stage.stack.primary.name, Instant::now())?;
    let wait = ledger.longest_gap_after(began);
    day.scene.note(|figures| {
        figures.planned_waits.insert("drill", wait);
    });
    day.timeline.say(&format!("the longest that one customer could not pay: {:.1} s", wait.as_secs_f64()));
    day.nothing_lost_since(began, &stage.stack.primary)?;
    Ok(wait)
}

/// The record that the drill left in the DR bucket.
fn evidence(stage: &Stage) -> Result<Value> {
    let Stage { failover, stack, .. } = stage;
    let item = failover.item("drill")?;
    let key = item["evidence"]["S"].as_str().with_context(|| format!("no evidence is noted: {item}"))?;
    let Region { name, bucket, .. } = &stack.dr;
    let answer = stack.aws.get(name, "s3", &format!("/{bucket}/{key}"))?;
    ensure!(answer.status == 200, "GET {key}: {} {}", answer.status, answer.text);
    answer.json()
}
