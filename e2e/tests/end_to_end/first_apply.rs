//! The first apply as documented for a zone that the stack creates: the zone alone, its name servers, then the rest.
//!
//! The registrar's part is between the two, and no emulator has it: certificates are issued here without delegation.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use dr_synth::proof::model::from_configuration;
use dr_synth::proof::runbook::runbook;
use dr_synth::terraform::Configuration;
use dr_synth::terraform::evaluation::Inputs;
use dr_synth_e2e::aws::{Aws, elements};
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::repository;
use serde_json::Value;

use crate::stage::{Environment, REGIONS, Stage};

/// How many name servers Route 53 gives a zone.
const SERVERS: usize = 4;
const DOCUMENT: &str = "docs/configuration.md";

/// A zone that was applied before everything else.
pub(crate) struct Zone {
    servers: Value,
}

/// The first step, which must create nothing but the zone and say its name servers.
pub(crate) fn zone_alone(stage: &Stage, dev: &Environment) -> Result<Zone> {
    let address = documented_address(dev)?;
    let target = format!("-target={address}");
    dev.progress.step("terraform apply of the zone alone", || dev.workspace.apply(&[&target]))?;
    let applied = dev.workspace.addresses()?;
    let resources: Vec<_> = applied.iter().filter(|found| !found.starts_with("data.")).collect();
    ensure!(resources == [&format!("{address}[0]")], "not the zone alone: {resources:?}");
    let servers = dev.workspace.outputs()?.remove("route53_name_servers").context("no output names the servers")?;
    let named = servers.as_array().context("the name servers are no list")?;
    ensure!(named.len() == SERVERS, "{servers} are not {SERVERS} name servers");
    let answered = answered_by_route53(stage, dev)?;
    let mut told: Vec<_> = named.iter().filter_map(Value::as_str).collect();
    told.sort_unstable();
    ensure!(told == answered, "the output says {told:?}, Route 53 {answered:?}");
    Ok(Zone { servers })
}

/// After the second step: what the registrar was told still holds.
pub(crate) fn zone_kept(zone: &Zone, deployment: &Deployment) -> Result<()> {
    let servers = deployment.outputs.get("route53_name_servers");
    ensure!(servers == Some(&zone.servers), "the servers were {}, and are {servers:?}", zone.servers);
    Ok(())
}

/// What the runbook of this stack says to apply first; the document about the first apply must say the same.
fn documented_address(dev: &Environment) -> Result<String> {
    let configuration = Configuration::read(dev.workspace.path()).context("reading the document")?;
    let book = runbook(&from_configuration(&configuration, &Inputs::default()))?;
    let address = book.names.zone_address.context("the runbook knows no zone of the stack")?;
    let document = fs::read_to_string(repository::root().join(DOCUMENT)).with_context(|| DOCUMENT.to_owned())?;
    for text in [&book.markdown, &document] {
        let command = format!("terraform apply -target={address}");
        let written = text.lines().any(|line| line.split_once("  ").map_or(line, |(before, _)| before) == command);
        ensure!(written, "not documented: {command}");
    }
    Ok(address)
}

fn answered_by_route53(stage: &Stage, dev: &Environment) -> Result<Vec<String>> {
    let applied = dev.workspace.state()?;
    let zone = applied["values"]["root_module"]["resources"].as_array().context("the state has no resources")?;
    let zone = zone.iter().find(|resource| resource["type"] == "aws_route53_zone").context("the state has no zone")?;
    let id = zone["values"]["zone_id"].as_str().context("the zone has no id")?;
    let aws = Aws::at(stage.terraform.endpoint());
    let answer = aws.get(REGIONS[0], "route53", &format!("/2013-04-01/hostedzone/{id}"))?;
    let mut servers: Vec<_> = elements(&answer.text, "NameServer").into_iter().map(str::to_owned).collect();
    servers.sort_unstable();
    Ok(servers)
}
