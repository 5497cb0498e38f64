//! RDS's control plane is overrun in the hour in which a region is lost, and answers `Throttling` for two minutes.

use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::gameday::acts::JUDGEMENT;
use crate::gameday::day::{self, Day};
use crate::gameday::scenario::Scene;

const PREFIX: &str = "throttled-";

/// For how long it takes no request.
const THROTTLED: Duration = Duration::from_secs(120);

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| {
        let quiet = scene.check("in quiet times the primary takes every payment", || day.quiet(Duration::from_secs(5)));
        if quiet.is_none() {
            return;
        }
        let done = scene.check("the promotion is asked for again until RDS takes it", || promotion(day));
        if done.is_some() {
            scene.check("payments go home", || scene.stage.go_home());
        }
    });
}

fn promotion(day: &Day<'_>) -> Result<()> {
    let stage = day.scene.stage;
    let throttled = stage.faults.begin("role_changes_throttled", &json!({}))?;
    let cut = day.cut()?;
    let execution = stage.failover.start_by_operator("throttled")?;
    stage.failover.wait_for_state(&execution, "Promote", JUDGEMENT)?;
    thread::sleep(THROTTLED);
    let standing = stage.failover.status_of(&execution)?;
    ensure!(standing.status == "RUNNING" && standing.state == "Promote", "it has given up: {standing:?}");
    drop(throttled);
    day.timeline.say("RDS takes requests again");
    day.failed_over(&execution, cut)?;
    let entered = stage.failover.entered(&execution)?;
    let took =
        entered.iter().find(|it| it.state == "WaitForRoles").zip(entered.iter().find(|it| it.state == "Promote"));
    ensure!(took.is_some_and(|(after, before)| after.at - before.at >= THROTTLED.as_secs_f64()), "{entered:?}");
    Ok(())
}
