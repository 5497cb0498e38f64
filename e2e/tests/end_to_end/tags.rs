//! The tags that the operations team relies on.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::leftovers::listed;
use serde_json::Value;

const FIXED: [(&str, &str); 3] = [("Environment", "DR"), ("CostCenter", "Operations"), ("Criticality", "High")];

/// `terraform show -json` lists every attribute of a type, so whatever takes tags has this one.
const TAGS: &str = "tags_all";

pub(crate) fn complete(stack: &Deployment) -> Result<()> {
    let tagged = tagged(stack);
    ensure!(tagged.len() > 50, "only {} resources take tags", tagged.len());
    let mut wrong = Vec::new();
    for resource in tagged {
        let tags = &resource["values"][TAGS];
        for (name, value) in FIXED {
            if tags[name] != value {
                wrong.push(format!("{}: {name} is {}", resource["address"], tags[name]));
            }
        }
        if tags["Name"].as_str().is_none_or(str::is_empty) {
            wrong.push(format!("{}: no Name", resource["address"]));
        }
    }
    ensure!(wrong.is_empty(), "{} wrong tags:{}", wrong.len(), listed(&wrong));
    Ok(())
}

pub(crate) fn names(stack: &Deployment) -> Result<()> {
    let mut seen: BTreeMap<(&str, &str), &Value> = BTreeMap::new();
    let mut wrong = Vec::new();
    for resource in tagged(stack) {
        let (kind, name) = (resource["type"].as_str().unwrap_or("?"), resource["values"][TAGS]["Name"].as_str());
        let Some(name) = name else { continue };
        if !name.contains(&stack.suffix) {
            wrong.push(format!("{} is named {name}, without the suffix", resource["address"]));
        }
        if let Some(other) = seen.insert((kind, name), &resource["address"]) {
            wrong.push(format!("{} and {other} are both named {name}", resource["address"]));
        }
    }
    ensure!(wrong.is_empty(), "{} wrong names:{}", wrong.len(), listed(&wrong));
    Ok(())
}

fn tagged(stack: &Deployment) -> Vec<&Value> {
    stack.resources().into_iter().filter(|resource| resource["values"].get(TAGS).is_some()).collect()
}
