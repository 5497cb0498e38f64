//! Aurora fences the writer of a lost region on a best effort. Here it does not: the region returns with a database that
//! takes writes which nobody will ever read. The epoch keeps it from acknowledging any.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::gameday::day::{self, Day};
use crate::gameday::scenario::Scene;
use crate::gameday::stage::Stage;

const PREFIX: &str = "unfenced-";

/// For how long the old primary is tried: longer than Route 53's checkers need to see that it is back.
const TRIED: Duration = Duration::from_secs(40);

/// Runs the day.
pub fn run(scene: &Scene<'_>) {
    day::live(scene, PREFIX, |day| {
        let quiet = scene.check("in quiet times the primary takes every payment", || day.quiet(Duration::from_secs(5)));
        if quiet.is_none() {
            return;
        }
        let unfenced =
            scene.check("a failover that an operator starts is done, and the old writer is not fenced", || {
                let unfenced = scene.stage.faults.begin("old_writer_unfenced", &json!({}))?;
                let cut = day.cut()?;
                let execution = scene.stage.failover.start_by_operator("unfenced")?;
                day.failed_over(&execution, cut)?;
                Ok(unfenced)
            });
        let Some(unfenced) = unfenced else { return };
        let back = scene.check("the old primary returns and could write", || returns(scene.stage));
        if back.is_some() {
            scene.check("it acknowledges no payment, and DNS stays", || refuses(day));
        }
        drop(unfenced);
        scene.check("payments go home", || scene.stage.go_home());
    });
}

fn returns(stage: &Stage) -> Result<()> {
    let Stage { stack, faults, .. } = stage;
    faults.restore(&stack.primary.name)?;
    let roles = (stack.primary.database.role()?, stack.dr.database.role()?);
    ensure!(roles == ("writer".to_owned(), "writer".to_owned()), "{roles:?}");
    stack.primary.database.rows("CREATE TABLE astray (id int)").context("the old writer takes no write")?;
    Ok(())
}

fn refuses(day: &Day<'_>) -> Result<()> {
    let stage = day.scene.stage;
    let Stage { stack, .. } = stage;
    let began = Instant::now();
    while began.elapsed() < TRIED {
        let answer = stage.api(&stack.primary).pay("astray", &json!(1))?;
        ensure!(answer.status == 503, "the old primary answered {} {}", answer.status, answer.text);
        ensure!(stage.active_region()? == stack.dr.name, "DNS has gone back");
        thread::sleep(Duration::from_secs(2));
    }
    ensure!(stack.primary.database.payment("astray")?.is_empty(), "a refused payment is in the database");
    let ledger = day.books.so_far()?;
    let astray: Vec<_> =
        ledger.between(began, Instant::now()).filter(|payment| payment.region != stack.dr.name).collect();
    ensure!(astray.is_empty(), "payments were acknowledged elsewhere: {astray:?}");
    day.timeline.say("the old primary's PostgreSQL takes writes, and its API acknowledges none");
    Ok(())
}
