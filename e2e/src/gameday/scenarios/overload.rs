//! The primary region is there and rejects calls. A failover would lose payments and cure nothing, so a person is
//! asked, and nothing happens by itself.

use anyhow::{Result, ensure};
use serde_json::json;
use std::time::Duration;

use crate::failover::Machine;
use crate::gameday::acts::{DETECTION, DNS_FOLLOWS, JUDGEMENT, wait_until};
use crate::gameday::scenario::Scene;
use crate::gameday::stage::Stage;

/// A minute to decide, and the time to notice that it is over.
const NOBODY_CAME: Duration = Duration::from_secs(150);

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    let Scene { stage, .. } = scene;
    scene
        .check("the primary rejects calls: a person is asked, nobody comes, and nothing happens", || overloaded(stage));
    scene.check("when it takes callers again, payments go on where they were", || over(stage));
}

fn overloaded(stage: &Stage) -> Result<()> {
    let Stage { stack, faults, failover, .. } = stage;
    let before = stage.by_detector()?;
    let _overload = faults.begin("api_overloaded", &json!({"region": stack.primary.name}))?;
    let answer = stage.api(&stack.primary).pay("overload-0", &json!(1))?;
    ensure!(answer.status == 429, "{} {}", answer.status, answer.text);
    let execution = stage.next_of_detector(&before, DETECTION)?;
    ensure!(execution.name().starts_with("failover-overload-"), "another reason: {}", execution.name());
    stage.asked(&execution, "rejects calls")?;
    stage.ends(&execution, NOBODY_CAME, "FAILED", "NotApproved")?;
    stage.told("Failover not approved", &execution)?;
    ensure!(failover.writer_region()? == stack.primary.name, "the writer has moved");
    ensure!(!failover.latch_is_set()?, "the latch is set");
    let of_detector = stage.by_detector()?.len();
    ensure!(of_detector == before.len() + 1, "the detector has started more: {:?}", stage.by_detector()?);
    let promoted = failover.executions(Machine::Failover)?.iter().any(|execution| {
        failover.entered(execution).is_ok_and(|entered| entered.iter().any(|entered| entered.state == "Promote"))
    });
    ensure!(!promoted, "the database was promoted");
    Ok(())
}

fn over(stage: &Stage) -> Result<()> {
    let Stage { stack, .. } = stage;
    // Route 53 counts a refusal as a failure, so DNS may have left; it comes back by itself.
    stage.wait_for_dns(&stack.primary.name, DNS_FOLLOWS)?;
    wait_until("the primary takes payments", JUDGEMENT, || {
        Ok(stage.api(&stack.primary).pay("overload-1", &json!(1))?.status == 200)
    })?;
    stage.unchanged()
}
