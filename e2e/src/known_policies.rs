//! The policies of a plan, also those that only an apply would tell.
//!
//! A policy that names the ARN of something new is "known after apply". A judge sees nothing of it and passes it, so it is
//! filled in from the document, with stand-ins for what AWS makes up. Where the plan knows a policy itself, the two must
//! say the same.

use anyhow::{Context as _, Result, bail, ensure};
use dr_synth::aws::policies::{Policy, policies};
use dr_synth::terraform::parse;
use serde_json::Value;

/// Fills the policies of the document into its plan (`terraform show -json`). Returns how many were unknown.
///
/// # Errors
///
/// When a policy cannot be read from the document, or the plan has another one in its place.
pub fn fill_in(plan: &mut Value, document: &str) -> Result<usize> {
    let module = parse::document(document).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let mut filled = 0;
    for policy in policies(&module)? {
        filled += fill_in_one(plan, &policy).with_context(|| format!("{} {}", policy.resource, policy.argument))?;
    }
    Ok(filled)
}

fn fill_in_one(plan: &mut Value, policy: &Policy) -> Result<usize> {
    let address = policy.resource.to_string();
    let text = Value::String(policy.document.to_string());
    let mut filled = 0;
    for resource in entries(&mut plan["planned_values"]["root_module"]["resources"], &address) {
        match resource["values"].get(&policy.argument) {
            None | Some(Value::Null) => {
                resource["values"][&policy.argument] = text.clone();
                filled += 1;
            }
            Some(Value::String(known)) => {
                let known: Value = serde_json::from_str(known).context("the plan's policy is no JSON")?;
                ensure!(known == policy.document, "the plan says {known}, the document {}", policy.document);
            }
            Some(other) => bail!("the plan has {other} here"),
        }
    }
    for change in entries(&mut plan["resource_changes"], &address) {
        let change = &mut change["change"];
        if let Some(unknown) = change["after_unknown"].as_object_mut().filter(|it| it.contains_key(&policy.argument)) {
            unknown.remove(&policy.argument);
            change["after"][&policy.argument] = text.clone();
        }
    }
    Ok(filled)
}

/// The entries of a list that are instances of this resource.
fn entries<'plan>(list: &'plan mut Value, address: &str) -> impl Iterator<Item = &'plan mut Value> {
    let entries = list.as_array_mut().into_iter().flatten();
    entries.filter(move |entry| entry["address"].as_str().is_some_and(|found| found.split('[').next() == Some(address)))
}

#[cfg(test)]
mod tests {
    use super::fill_in;
    use serde_json::{Value, json};

    const DOCUMENT: &str = r#"{"resource": {"aws_sns_topic_policy": {"alerts": {
        "arn": "arn", "policy": "${jsonencode({\"Statement\" = [{\"Effect\" = \"Allow\", \"Resource\" = aws_sns_topic.alerts.arn}]})}"}},
        "aws_sns_topic": {"alerts": {"name": "alerts", "provider": "aws.here"}}},
        "provider": {"aws": [{"alias": "here", "region": "us-east-1"}]}}"#;

    fn plan(values: &Value) -> Value {
        let address = "aws_sns_topic_policy.alerts";
        json!({
            "planned_values": {"root_module": {"resources": [{"address": address, "values": values}]}},
            "resource_changes": [{"address": address, "change": {"after": {}, "after_unknown": {"policy": true}}}],
        })
    }

    #[test]
    fn what_the_plan_does_not_know_is_filled_in() {
        let mut plan = plan(&json!({}));
        assert_eq!(fill_in(&mut plan, DOCUMENT).unwrap(), 1);
        let policy = r#"{"Statement":[{"Effect":"Allow","Resource":"arn:aws:sns:us-east-1:123456789012:alerts"}]}"#;
        assert_eq!(plan["planned_values"]["root_module"]["resources"][0]["values"]["policy"], policy);
        assert_eq!(plan["resource_changes"][0]["change"], json!({"after": {"policy": policy}, "after_unknown": {}}));
    }

    #[test]
    fn what_the_plan_knows_must_be_the_same() {
        let mut plan = plan(&json!({"policy": r#"{"Statement": []}"#}));
        let error = format!("{:#}", fill_in(&mut plan, DOCUMENT).unwrap_err());
        assert!(error.starts_with("aws_sns_topic_policy.alerts policy: the plan says"), "{error}");
    }
}
