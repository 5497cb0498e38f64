//! A bad release in both regions: payments fail everywhere. A failover would cure nothing, so a person is asked.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::gameday::acts::{DETECTION, DNS_FOLLOWS, JUDGEMENT, wait_until};
use crate::gameday::scenario::Scene;
use crate::gameday::stage::Stage;

/// What answers callers, in both regions.
const RELEASED: [&str; 4] = [
    "aws_lambda_function.primary_payments",
    "aws_lambda_function.primary_health",
    "aws_lambda_function.dr_payments",
    "aws_lambda_function.dr_health",
];

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    let Scene { stage, .. } = scene;
    scene.check("payments fail in both regions: a person is asked, says no, and nothing happens", || released(stage));
    scene.check("when the release is taken back, payments go on where they were", || taken_back(stage));
}

fn released(stage: &Stage) -> Result<()> {
    let Stage { stack, faults, .. } = stage;
    let before = stage.by_detector()?;
    let mut broken = Vec::new();
    for address in RELEASED {
        broken.push(faults.begin("function_dies", &json!({"function_name": function(stage, address)?}))?);
    }
    for region in [&stack.primary, &stack.dr] {
        let answer = stage.api(region).pay("release-0", &json!(1))?;
        ensure!(answer.status >= 500, "{}: {} {}", region.name, answer.status, answer.text);
    }
    let execution = stage.next_of_detector(&before, DETECTION)?;
    let question = stage.asked(&execution, "standby_endpoint")?;
    stage.reject(&question)?;
    stage.ends(&execution, JUDGEMENT, "FAILED", "NotApproved")?;
    ensure!(stage.failover.writer_region()? == stack.primary.name, "the writer has moved");
    ensure!(!stage.failover.latch_is_set()?, "the latch is set");
    drop(broken);
    Ok(())
}

fn function(stage: &Stage, address: &str) -> Result<Value> {
    let resources = stage.stack.resources();
    let found = resources.into_iter().find(|resource| resource["address"] == address);
    found.map(|found| found["values"]["function_name"].clone()).with_context(|| format!("the state has no {address}"))
}

fn taken_back(stage: &Stage) -> Result<()> {
    let Stage { stack, .. } = stage;
    stage.wait_for_dns(&stack.primary.name, DNS_FOLLOWS)?;
    wait_until("the primary takes payments", JUDGEMENT, || {
        Ok(stage.api(&stack.primary).pay("release-1", &json!(1))?.status == 200)
    })?;
    stage.unchanged()
}
