//! The layout of modules: the same plan as the one document, states that move there and back, and modules that a team
//! uses without Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::repository;
use dr_synth_e2e::workspace::Workspace;
use serde_json::{Value, json};

use crate::stage::{DEV, Environment, Stage};

/// The roots by hand, in `tests/modules`.
const BY_HAND: [&str; 3] = ["primary_region", "dr_region", "global"];

/// `terraform validate` of each root by hand on the modules that are checked in.
pub(crate) fn by_hand(stage: &Stage) -> Result<()> {
    for name in BY_HAND {
        let workspace = Workspace::empty(&stage.terraform, &stage.progress.labelled("modules"))?;
        copy_folder(&repository::root().join("modules"), &workspace.file("modules"))?;
        let file = repository::root().join("tests/modules").join(name).join("main.tf");
        let root = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let from_there = "\"../../../modules/";
        ensure!(root.contains(from_there), "{} calls no module of the repository", file.display());
        fs::write(workspace.file("main.tf"), root.replace(from_there, "\"./modules/"))?;
        workspace.init()?;
        workspace.validate().with_context(|| format!("tests/modules/{name}"))?;
    }
    Ok(())
}

/// Both layouts, each in an empty directory, plan the same resources with the same arguments.
pub(crate) fn plan_the_same(stage: &Stage) -> Result<()> {
    let single = stage.environment(DEV, &[])?;
    let modules = Workspace::empty(&stage.terraform, &single.progress)?;
    stage.program.write(DEV, "modules", modules.path())?;
    modules.init()?;
    let plan = |workspace: &Workspace, what: &str| {
        single.progress.step(&format!("plan of the layout {what}"), || workspace.plan(&["-out=new.tfplan"]))?;
        workspace.saved_plan("new.tfplan")
    };
    let addresses = moves(&modules)?;
    let from_single = changes(&plan(&single.workspace, "single")?, &addresses)?;
    let from_modules = changes(&plan(&modules, "modules")?, &BTreeMap::new())?;
    ensure!(from_single.len() > 200, "only {} resources are planned", from_single.len());
    let differing: BTreeSet<&String> = from_single
        .keys()
        .chain(from_modules.keys())
        .filter(|address| from_single.get(*address) != from_modules.get(*address))
        .collect();
    let differing: Vec<String> = differing.into_iter().cloned().collect();
    ensure!(differing.is_empty(), "planned differently:{}", listed(&differing));
    Ok(())
}

/// Switches an applied environment to the other layout: nothing is added, changed or destroyed, and every object moves.
pub(crate) fn moves_to_modules(stage: &Stage, environment: &Environment) -> Result<()> {
    stage.program.write(environment.suffix, "modules", environment.workspace.path())?;
    moves_only(environment, "to modules")
}

/// And back.
pub(crate) fn moves_back(stage: &Stage, environment: &Environment) -> Result<()> {
    let workspace = &environment.workspace;
    stage.program.write(environment.suffix, "single", workspace.path())?;
    ensure!(fs::read(workspace.file("main.tf.json"))? == environment.document, "the document is another one");
    ensure!(!workspace.file("modules").exists(), "the modules are still there");
    moves_only(environment, "back to one document")
}

fn moves_only(environment: &Environment, what: &str) -> Result<()> {
    let Environment { workspace, progress, .. } = environment;
    let objects = workspace.addresses()?.into_iter().filter(|address| !is_data(address)).count();
    progress.step("terraform init", || workspace.init())?;
    let planned = progress.step(&format!("plan {what}"), || workspace.plan(&["-out=moved.tfplan"]))?;
    ensure!(planned.added + planned.changed + planned.removed == 0, "{}:{}", what, listed(&planned.planned));
    let plan = workspace.saved_plan("moved.tfplan")?;
    let moved = items(&plan["resource_changes"]).filter(|change| change["previous_address"].is_string()).count();
    ensure!(moved == objects, "{what}: {moved} of {objects} objects move");
    let other = items(&plan["resource_changes"]).filter(|change| change["change"]["actions"] != json!(["no-op"]));
    let other: Vec<String> = other.map(|change| change["address"].to_string()).collect();
    ensure!(other.is_empty(), "{what}, more than moves:{}", listed(&other));
    progress.step(&format!("apply {what}"), || workspace.apply(&["moved.tfplan"])).map(drop)
}

fn is_data(address: &str) -> bool {
    address.split('.').any(|part| part == "data")
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// What becomes of each address, by the root of the layout of modules.
fn moves(modules: &Workspace) -> Result<BTreeMap<String, String>> {
    let root: Value = serde_json::from_slice(&fs::read(modules.file("main.tf.json"))?)?;
    let ends = |moved: &Value| Some((moved["from"].as_str()?.to_owned(), moved["to"].as_str()?.to_owned()));
    items(&root["moved"]).map(|moved| ends(moved).context("a move from somewhere to somewhere")).collect()
}

/// The planned changes by address, in terms of the layout of modules.
fn changes(plan: &Value, moves: &BTreeMap<String, String>) -> Result<BTreeMap<String, Value>> {
    let managed = items(&plan["resource_changes"]).filter(|change| change["mode"] == "managed");
    managed
        .map(|change| {
            let address = change["address"].as_str().context("a change has an address")?;
            let (block, key) = address.find('[').map_or((address, ""), |start| address.split_at(start));
            let block = moves.get(block).map_or(block, String::as_str);
            Ok((format!("{block}{key}"), change["change"].clone()))
        })
        .collect()
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
