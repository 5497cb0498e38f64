//! A drill where the APIs want a key: its customer has one, kept in a secret.

use std::time::Duration;

use crate::gameday::day;
use crate::gameday::drill;
use crate::gameday::scenario::Scene;

const PREFIX: &str = "keyed-";

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| {
        let quiet = scene.check("in quiet times the primary takes every payment", || day.quiet(Duration::from_secs(5)));
        if quiet.is_some() {
            scene.check("a drill passes, and its evidence says so", || drill::passes(day));
        }
    });
}
