//! The primary region is lost in the middle of a drill's switchover: the drill breaks off and says what to type, and that
//! works.

use anyhow::{Result, bail, ensure};
use serde_json::json;
use std::time::Duration;

use crate::failover::Machine;
use crate::gameday::acts::{DETECTION, JUDGEMENT, MOVE, wait_until};
use crate::gameday::day::{self, Day};
use crate::gameday::scenario::Scene;

const PREFIX: &str = "lost-in-drill-";

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| {
        let quiet = scene.check("in quiet times the primary takes every payment", || day.quiet(Duration::from_secs(5)));
        let done = quiet.and_then(|()| {
            scene.check("the drill breaks off, and the command of its notice fails over", || broken_off(day))
        });
        if done.is_some() {
            scene.check("payments go home", || scene.stage.go_home());
        }
    });
}

fn broken_off(day: &Day<'_>) -> Result<()> {
    let stage = day.scene.stage;
    let hang = stage.faults.begin("promotion_hangs", &json!({}))?;
    let request = json!({"requested_by": "operator"});
    let drill = stage.failover.start(Machine::Drill, "lost-in-drill", &request)?;
    // The emulator's history has no states of branches, so RDS is asked.
    let switching =
        wait_until("the drill's switchover is under way", DETECTION, || stage.failover.roles_are_changing());
    if let Err(error) = switching {
        let refused = stage.told_within("Failover drill refused by its guards", &drill, Duration::from_secs(1));
        bail!(
            "{error:#}; {}",
            refused.map_or_else(|_| "the drill was not refused".to_owned(), |notice| notice.message)
        );
    }
    let cut = day.cut()?;
    let notice = stage.told_within("FAILOVER DRILL BROKEN OFF: look now", &drill, JUDGEMENT)?;
    ensure!(notice.message.contains("accept_data_loss"), "it does not say what to type: {}", notice.message);
    ensure!(!stage.failover.latch_is_set()?, "the drill's latch keeps the detector from seeing the outage");
    // The switchover that was under way comes to nothing: its writer is gone.
    drop(hang);
    let request = json!({"requested_by": "operator", "reason": "lost in a drill", "accept_data_loss": true});
    let execution = stage.failover.start(Machine::Failover, "lost-in-drill", &request)?;
    day.failed_over(&execution, cut)?;
    let standing = stage.failover.wait_for_end(&drill, MOVE)?;
    ensure!(standing.status == "FAILED", "the drill ended as {standing:?}");
    Ok(())
}
