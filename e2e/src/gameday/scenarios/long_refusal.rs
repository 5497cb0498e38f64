//! The guards refuse twice, for a reason that then goes away: the detector attempts the failover until it happens.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::gameday::acts::{DETECTION, JUDGEMENT};
use crate::gameday::day::{self, Day};
use crate::gameday::scenario::Scene;

const PREFIX: &str = "refused-";

/// The pause before the third attempt is four minutes; then comes a run of the detector.
const NEXT_ATTEMPT: Duration = Duration::from_secs(420);

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| {
        let quiet = scene.check("in quiet times the primary takes every payment", || day.quiet(Duration::from_secs(5)));
        let done = quiet.and_then(|()| scene.check("refused twice, then done", || refused_twice(day)));
        if done.is_some() {
            scene.check("payments go home", || scene.stage.go_home());
        }
    });
}

fn refused_twice(day: &Day<'_>) -> Result<()> {
    let stage = day.scene.stage;
    let needs = json!({"cluster_arn": stage.stack.dr.database.cluster_arn(), "version": "17.1"});
    let mismatch = stage.faults.begin("engine_version", &needs)?;
    let mut before = stage.by_detector()?;
    let cut = day.cut()?;
    let mut incident = None;
    for attempt in 1..=2 {
        let execution = stage.next_of_detector(&before, DETECTION)?;
        stage.ends(&execution, JUDGEMENT, "FAILED", "Refused")?;
        stage.told("Failover refused by its guards", &execution)?;
        let found = execution.name().strip_suffix(&format!("-{attempt}")).map(str::to_owned);
        ensure!(found.is_some(), "attempt {attempt} is called {}", execution.name());
        ensure!(incident.is_none() || incident == found, "another incident: {found:?} after {incident:?}");
        incident = found;
        before.push(execution);
    }
    drop(mismatch);
    day.timeline.say("the reason is gone");
    let execution = stage.next_of_detector(&before, NEXT_ATTEMPT)?;
    day.failed_over(&execution, cut)?;
    Ok(())
}
