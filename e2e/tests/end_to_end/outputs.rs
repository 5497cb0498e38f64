//! The outputs by their promised names, with values of the right kind.

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::{Deployment, OUTPUTS};
use dr_synth_e2e::emulator::ACCOUNT;

pub(crate) fn complete(stack: &Deployment) -> Result<()> {
    for name in OUTPUTS {
        ensure!(!stack.output(name)?.is_empty(), "the output {name} is empty");
    }
    for name in stack.outputs.keys().filter(|name| name.starts_with("primary_") || name.starts_with("dr_")) {
        let (role, rest) = name.split_once('_').context("a name with an underscore")?;
        let twin = format!("{}_{rest}", if role == "dr" { "primary" } else { "dr" });
        ensure!(stack.outputs.contains_key(&twin), "there is {name} but no {twin}");
    }
    Ok(())
}

pub(crate) fn shapes(stack: &Deployment) -> Result<()> {
    for (role, region) in [("primary", "us-east-1"), ("dr", "us-east-2")] {
        let output = |name: &str| stack.output(&format!("{role}_{name}"));
        let vpc = output("vpc_id")?;
        ensure!(is_hexadecimal(vpc.strip_prefix("vpc-")), "{role}_vpc_id is {vpc}");
        let url = output("api_url")?;
        let host = format!(".execute-api.{region}.amazonaws.com/");
        ensure!(url.starts_with("https://") && url.contains(&host) && !url.ends_with('/'), "{role}_api_url is {url}");
        let bucket = output("bucket_name")?;
        ensure!(bucket.contains(&stack.suffix), "{role}_bucket_name {bucket} lacks the suffix");
        ensure!(!output("cluster_endpoint")?.contains('/'), "{role}_cluster_endpoint is no host name");
        let topic = stack.output(&format!("sns_topic_{role}_arn"))?;
        let prefix = format!("arn:aws:sns:{region}:{ACCOUNT}:");
        ensure!(topic.starts_with(&prefix) && topic.contains(&stack.suffix), "sns_topic_{role}_arn is {topic}");
    }
    let zone = stack.output("route53_zone_id")?;
    ensure!(zone.starts_with('Z') && zone.chars().all(|c| c.is_ascii_alphanumeric()), "route53_zone_id is {zone}");
    let servers = stack.outputs.get("route53_name_servers").and_then(serde_json::Value::as_array);
    ensure!(servers.is_some_and(|servers| servers.len() >= 2), "route53_name_servers is {servers:?}");
    let domain = stack.output("failover_domain")?;
    ensure!(domain.contains('.') && !domain.contains("://"), "failover_domain is {domain}");
    let table = stack.output("dynamodb_table_name")?;
    ensure!(table.contains(&stack.suffix), "dynamodb_table_name {table} lacks the suffix");
    for machine in ["failover", "failback", "drill"] {
        let arn = stack.output(&format!("{machine}_state_machine_arn"))?;
        let expected =
            format!("arn:aws:states:us-east-2:{ACCOUNT}:stateMachine:payments-{machine}-use2-{}", stack.suffix);
        ensure!(arn == expected, "{machine}_state_machine_arn is {arn}, not {expected}");
    }
    for name in ["failover_switch_parameter", "failover_state_table"] {
        let value = stack.output(name)?;
        ensure!(value.ends_with(&stack.suffix), "{name} {value} lacks the suffix");
    }
    for (one, other) in [
        ("primary_vpc_id", "dr_vpc_id"),
        ("primary_api_url", "dr_api_url"),
        ("primary_bucket_name", "dr_bucket_name"),
        ("primary_cluster_endpoint", "dr_cluster_endpoint"),
    ] {
        ensure!(stack.output(one)? != stack.output(other)?, "{one} and {other} are the same");
    }
    Ok(())
}

/// Roles swap with a failover while names stay: a name that says "primary" or "dr" would be wrong half of the time.
pub(crate) fn names_do_not_tell_roles(stack: &Deployment) -> Result<()> {
    for resource in stack.resources() {
        let values = &resource["values"];
        for field in ["name", "bucket", "identifier", "cluster_identifier", "function_name", "alarm_name"] {
            let Some(name) = values[field].as_str() else { continue };
            let tells = name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "primary" || word == "dr");
            // The product's own name has a "dr" in it.
            ensure!(!tells || name.contains("dr-synth"), "{} is named {name}", resource["address"]);
        }
    }
    Ok(())
}

fn is_hexadecimal(id: Option<&str>) -> bool {
    id.is_some_and(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_hexdigit()))
}
