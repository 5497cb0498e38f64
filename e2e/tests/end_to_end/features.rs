//! A feature that is switched on or off later: what Terraform would do to a stack that stands.

use anyhow::{Context as _, Result, ensure};
use dr_synth::settings::Feature;
use dr_synth_e2e::documents::Difference;
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
        Ok(outcome.planned)
    });
    let Some(planned) = switched else { return };
    for feature in Feature::ALL {
        suite
            .check(&format!("{} does what its document says", flag(feature)), || is_due(stage, dev, feature, &planned));
    }
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

/// Everything that one feature brings or takes along is planned.
fn is_due(stage: &Stage, dev: &Environment, feature: Feature, planned: &[String]) -> Result<()> {
    let document = stage.program.synthesize(DEV, &[&flag(feature)], dev.workspace.path())?;
    let (before, after) =
        (dev.document_json()?, serde_json::from_slice(&document).context("the document is not JSON")?);
    let difference = Difference::of(&before, &after);
    ensure!(!difference.is_empty(), "the document is the same");
    let missing = difference.missing(planned);
    ensure!(missing.is_empty(), "not planned:{}", listed(&missing));
    Ok(())
}
