//! A feature that is switched on or off later: what Terraform would do to a stack that stands.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use dr_synth::diff::{self, Action, Change, Effect};
use dr_synth::settings::Feature;
use dr_synth::terraform::Configuration;
use dr_synth_e2e::documents::{Difference, has_one_instance};
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::suite::Suite;

use crate::stage::{DEV, Environment, Stage};

/// The names of all features, as a flag takes them.
pub(crate) fn all() -> String {
    Feature::ALL.map(Feature::name).join(",")
}

/// Plans `dev` with every feature the other way round: off where it is on, and on where it is off. One plan for all of
/// them, because each takes half a minute of a processor; a document for each tells whose each change is.
pub(crate) fn toggle(suite: &Suite, stage: &Stage, dev: &Environment) {
    let switched = suite.check("features switched the other way round touch their own addresses only", || {
        let after = other_way_round(stage, dev)?;
        let outcome = dev.progress.step("plan of switched features", || after.workspace.plan(&["-refresh=false"]))?;
        ensure!(outcome.exit_code() == 2, "the plan has no changes at all");
        let foreign = Difference::of(&dev.document_json()?, &after.document_json()?).unexplained(&outcome.planned);
        ensure!(foreign.is_empty(), "no feature's own, or a replacement:{}", listed(&foreign));
        Ok((after, outcome.planned))
    });
    let Some((after, planned)) = switched else { return };
    suite.check("dr-synth diff tells the same changes as the plan", || diff_tells(dev, &after, &planned));
    for feature in Feature::ALL {
        let check = format!("{} does what its document says", flag(feature));
        suite.check(&check, || is_due(stage, dev, feature, &after, &planned));
    }
}

/// Compares the two documents as `dr-synth diff` does, block by block. It has no state, so it also tells of blocks with
/// `count` or `for_each` that have no instance.
fn diff_tells(dev: &Environment, after: &Environment, planned: &[String]) -> Result<()> {
    let read = |environment: &Environment| Configuration::read(&environment.workspace.file("main.tf.json"));
    let comparison = diff::compare(&read(dev)?, &read(after)?)?;
    let told: BTreeSet<String> = comparison.changes.iter().map(|change| block(told(change))).collect();
    let planned: BTreeSet<String> = planned.iter().filter(|change| !change.starts_with("read ")).map(block).collect();
    let untold: Vec<_> = planned.difference(&told).cloned().collect();
    ensure!(untold.is_empty(), "planned, and diff does not tell:{}", listed(&untold));
    let documents = [dev.document_json()?, after.document_json()?];
    let single = |change: &&String| {
        let address = change.split_once(' ').map_or(change.as_str(), |(_, address)| address);
        documents.iter().any(|document| has_one_instance(document, address))
    };
    let unplanned: Vec<_> = told.difference(&planned).filter(single).cloned().collect();
    ensure!(unplanned.is_empty(), "diff tells, and is not planned:{}", listed(&unplanned));
    Ok(())
}

/// A change in the plan's words: `create aws_vpc.primary`.
fn told(change: &Change) -> String {
    let replaces = change.arguments.iter().any(|argument| argument.effect == Effect::Replaces);
    let action = match change.action {
        Action::Added => "create",
        Action::Destroyed => "delete",
        Action::Changed if replaces => "replace",
        Action::Changed => "update",
        _ => "move",
    };
    format!("{action} {}", change.address)
}

/// A planned change without its instance.
fn block(change: impl AsRef<str>) -> String {
    let change = change.as_ref();
    change.split_once('[').map_or(change, |(block, _)| block).to_owned()
}

/// The flag that switches a feature to what it is not by default.
fn flag(feature: Feature) -> String {
    format!("{}={feature}", if feature.is_default() { "--disable" } else { "--enable" })
}

/// A workspace with `dev`'s state and every feature switched.
fn other_way_round(stage: &Stage, dev: &Environment) -> Result<Environment> {
    let flags = Feature::ALL.map(flag);
    let copy = stage.environment(DEV, &flags.each_ref().map(String::as_str))?;
    std::fs::write(copy.workspace.file("terraform.tfstate"), dev.workspace.state_file()?)
        .context("copying the state")?;
    Ok(copy)
}

/// Everything that one feature brings or takes along is planned, but for what another one that is switched needs too, such as the
/// topic of events.
fn is_due(
    stage: &Stage,
    dev: &Environment,
    feature: Feature,
    switched: &Environment,
    planned: &[String],
) -> Result<()> {
    let document = stage.program.synthesize(DEV, &[&flag(feature)], dev.workspace.path())?;
    let (before, after) =
        (dev.document_json()?, serde_json::from_slice(&document).context("the document is not JSON")?);
    let difference = Difference::of(&before, &after);
    ensure!(!difference.is_empty(), "the document is the same");
    let switched = switched.document_json()?;
    let is_kept = |change: &String| change.strip_prefix("delete ").is_some_and(|it| has_one_instance(&switched, it));
    let missing: Vec<_> = difference.missing(planned).into_iter().filter(|change| !is_kept(change)).collect();
    ensure!(missing.is_empty(), "not planned:{}", listed(&missing));
    Ok(())
}
