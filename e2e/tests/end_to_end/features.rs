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

/// For each feature: a plan of `dev` with it off where it is on, and on where it is off.
pub(crate) fn toggle(suite: &Suite, stage: &Stage, dev: &Environment) {
    let Some(copy) = suite.check("a copy of dev's state to switch features on and off in", || copied(stage, dev))
    else {
        return;
    };
    for feature in Feature::ALL {
        let flag = if feature.is_default() { "--disable" } else { "--enable" };
        suite.check(&format!("{flag} {feature} touches its own addresses only"), || {
            touches_its_own(stage, dev, &copy, &[flag, feature.name()])
        });
    }
}

fn copied(stage: &Stage, dev: &Environment) -> Result<Environment> {
    let copy = stage.environment(DEV, &[])?;
    std::fs::write(copy.workspace.file("terraform.tfstate"), dev.workspace.state_file()?)
        .context("copying the state")?;
    Ok(copy)
}

fn touches_its_own(stage: &Stage, dev: &Environment, copy: &Environment, flags: &[&str]) -> Result<()> {
    let document = stage.program.synthesize(DEV, flags, copy.workspace.path())?;
    copy.workspace.write_document(&document)?;
    let (before, after) =
        (dev.document_json()?, serde_json::from_slice(&document).context("the document is not JSON")?);
    let name = flags.join(" ");
    let outcome = copy.progress.step(&format!("plan {name}"), || copy.workspace.plan(&["-refresh=false"]))?;
    let difference = Difference::of(&before, &after);
    let unexpected: Vec<_> = outcome.planned.iter().filter(|change| !difference.explains(change)).cloned().collect();
    ensure!(unexpected.is_empty(), "not the feature's own:{}", listed(&unexpected));
    let due = single(&difference.new, &after).map(|address| format!("create {address}"));
    let due = due.chain(single(&difference.gone, &before).map(|address| format!("delete {address}")));
    let missing: Vec<_> = due.filter(|change| !outcome.planned.contains(change)).collect();
    ensure!(missing.is_empty(), "not planned:{}", listed(&missing));
    ensure!(outcome.exit_code() == 2, "the plan has no changes at all");
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
