//! What the APIs log, and that no service had to make a group for it.

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::{Deployment, Region};
use serde_json::{Value, json};

/// Refusals of API Gateway itself are among the requests before: a body that is no JSON, and a path that is not there.
pub(crate) fn every_line_is_json(stack: &Deployment) -> Result<()> {
    for region in [&stack.primary, &stack.dr] {
        region.api.post("/", "{\"quoted\": \"\\\"\"")?;
        let group = log_group(stack, region, "api_access")?;
        let messages = messages(stack, region, &group)?;
        ensure!(!messages.is_empty(), "{group} is empty");
        for message in messages {
            let line: Value = serde_json::from_str(&message).with_context(|| format!("{group}: {message}"))?;
            ensure!(line["status"].is_string() && line["error"].is_string(), "{group}: {message}");
        }
    }
    Ok(())
}

pub(crate) fn execution_logs_have_key_and_end(stack: &Deployment) -> Result<()> {
    for region in [&stack.primary, &stack.dr] {
        let request = json!({"logGroupNamePrefix": log_group(stack, region, "api_execution")?});
        let answer = stack.aws.json(&region.name, "logs", "Logs_20140328.DescribeLogGroups", &request)?;
        let group = &answer["logGroups"][0];
        ensure!(group["kmsKeyId"].is_string() && group["retentionInDays"].is_u64(), "{answer}");
    }
    Ok(())
}

fn log_group(stack: &Deployment, region: &Region, purpose: &str) -> Result<String> {
    let prefix = if region.name == stack.primary.name { "primary" } else { "dr" };
    let group = stack
        .resources()
        .into_iter()
        .find(|one| one["address"] == format!("aws_cloudwatch_log_group.{prefix}_{purpose}").as_str())
        .with_context(|| format!("there is no log group {prefix}_{purpose}"))?;
    group["values"]["name"].as_str().map(str::to_owned).context("a group without a name")
}

fn messages(stack: &Deployment, region: &Region, group: &str) -> Result<Vec<String>> {
    let request = json!({"logGroupName": group});
    let answer = stack.aws.json(&region.name, "logs", "Logs_20140328.FilterLogEvents", &request)?;
    let events = answer["events"].as_array().context("an answer without events")?;
    Ok(events.iter().filter_map(|event| event["message"].as_str()).map(str::to_owned).collect())
}
