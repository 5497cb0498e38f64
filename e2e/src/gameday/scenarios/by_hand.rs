//! Somebody moves the database in the console, and the stack learns of it by itself: the latch follows, DNS stays, people
//! are told.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::gameday::acts::{DETECTION, MOVE};
use crate::gameday::day::{self, Day};
use crate::gameday::scenario::Scene;

const PREFIX: &str = "by-hand-";

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| {
        let quiet = scene.check("in quiet times the primary takes every payment", || day.quiet(Duration::from_secs(5)));
        let done = quiet.and_then(|()| scene.check("a switchover in the console: latch and DNS follow", || moved(day)));
        if done.is_some() {
            scene.check("payments go home", || scene.stage.go_home());
        }
    });
}

fn moved(day: &Day<'_>) -> Result<()> {
    let stage = day.scene.stage;
    let dr = &stage.stack.dr;
    let before = stage.by_detector()?;
    let began = Instant::now();
    stage.failover.switch_over_by_hand(&stage.stack.primary.name, dr.database.cluster_arn())?;
    day.timeline.say("somebody asks RDS for a switchover");
    let execution = stage.next_of_detector(&before, DETECTION)?;
    stage.ends(&execution, MOVE, "SUCCEEDED", "AlreadyDone")?;
    ensure!(stage.failover.latch_is_set()?, "the latch is not set");
    stage.told("Failover made up for: the database had moved already", &execution)?;
    let ledger = day.everybody_pays_in(&dr.name, began)?;
    day.scene.note(|figures| figures.rto = Some(ledger.longest_gap_after(began)));
    day.nothing_lost_since(began, dr)
}
