//! A feature that is switched on or off later: what Terraform would do to a stack that stands.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use dr_synth::settings::Feature;
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::suite::Suite;
use serde_json::Value;

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
        let difference = Difference::of(&dev.document_json()?, &after.document_json()?);
        let planned = outcome.planned;
        let foreign: Vec<_> = planned.iter().filter(|change| !difference.explains(change)).cloned().collect();
        ensure!(foreign.is_empty(), "no feature's own, or a replacement:{}", listed(&foreign));
        Ok(planned)
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
    let Difference { new, gone, changed } = Difference::of(&before, &after);
    ensure!(!(new.is_empty() && gone.is_empty() && changed.is_empty()), "the document is the same");
    let due = single(&new, &after).map(|address| format!("create {address}"));
    let due = due.chain(single(&gone, &before).map(|address| format!("delete {address}")));
    let missing: Vec<_> = due.filter(|change| !planned.contains(change)).collect();
    ensure!(missing.is_empty(), "not planned:{}", listed(&missing));
    Ok(())
}

/// The addresses of blocks that always have one instance.
fn single<'a>(addresses: &'a BTreeSet<String>, document: &'a Value) -> impl Iterator<Item = &'a String> {
    addresses.iter().filter(|address| {
        body(document, address).is_some_and(|body| body["count"].is_null() && body["for_each"].is_null())
    })
}

fn body<'a>(document: &'a Value, address: &str) -> Option<&'a Value> {
    let (kind, name) = address.split_once('.')?;
    document["resource"][kind].get(name)
}

/// Addresses by what becomes of them from one document to another.
struct Difference {
    new: BTreeSet<String>,
    gone: BTreeSet<String>,
    changed: BTreeSet<String>,
}

impl Difference {
    fn of(before: &Value, after: &Value) -> Self {
        let (old, new) = (addresses(before), addresses(after));
        let changed = old.intersection(&new).filter(|it| body(before, it) != body(after, it)).cloned().collect();
        Self { changed, new: new.difference(&old).cloned().collect(), gone: old.difference(&new).cloned().collect() }
    }

    /// Whether a planned change, such as `update aws_vpc.this[0]`, follows from the documents. A replacement never does.
    fn explains(&self, change: &str) -> bool {
        let (action, instance) = change.split_once(' ').unwrap_or((change, ""));
        let address = instance.split('[').next().unwrap_or(instance);
        match action {
            "create" => self.new.contains(address),
            "delete" => self.gone.contains(address),
            "update" => self.changed.contains(address),
            "read" => true,
            _ => false,
        }
    }
}

fn addresses(document: &Value) -> BTreeSet<String> {
    let kinds = document["resource"].as_object().into_iter().flatten();
    kinds
        .flat_map(|(kind, blocks)| {
            blocks.as_object().into_iter().flatten().map(move |(name, _)| format!("{kind}.{name}"))
        })
        .collect()
}
