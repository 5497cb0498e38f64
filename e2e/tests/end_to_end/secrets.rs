//! The database password is in Secrets Manager and nowhere else.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::{Deployment, Region};
use serde_json::{Value, json};

use crate::stage::Environment;

pub(crate) fn nowhere(dev: &Environment, stack: &Deployment) -> Result<()> {
    let password = password(stack, &stack.primary)?;
    ensure!(password.len() >= 16, "the password has only {} characters", password.len());
    ensure!(password == self::password(stack, &stack.dr)?, "the replica of the secret differs");
    let mut places = vec![
        ("main.tf.json".to_owned(), dev.document.clone()),
        ("terraform.tfstate".to_owned(), dev.workspace.state_file()?),
        ("the plan as JSON".to_owned(), dev.workspace.saved_plan("again.tfplan")?.to_string().into_bytes()),
        ("the outputs".to_owned(), json!(stack.outputs).to_string().into_bytes()),
    ];
    let unpacked = dev.workspace.file("unpacked_plan");
    unpack(&dev.workspace.file("again.tfplan"), &unpacked)?;
    for entry in fs::read_dir(&unpacked)? {
        let path = entry?.path();
        places.push((format!("the saved plan's {}", path.display()), fs::read(&path).unwrap_or_default()));
    }
    ensure!(places.len() > 5, "the saved plan held nothing to search");
    let escaped = json!(password).to_string();
    for (place, content) in &places {
        for form in [password.as_str(), escaped.trim_matches('"')] {
            ensure!(!holds(content, form.as_bytes()), "the database password is in {place}");
        }
    }
    Ok(())
}

/// The password in the secret that carries this environment's suffix, read as the payment function's database does.
fn password(stack: &Deployment, region: &Region) -> Result<String> {
    let call = |action: &str, body: &Value| {
        stack.aws.json(&region.name, "secretsmanager", &format!("secretsmanager.{action}"), body)
    };
    let listed = call("ListSecrets", &json!({}))?;
    for secret in listed["SecretList"].as_array().into_iter().flatten() {
        let name = secret["Name"].as_str().unwrap_or_default();
        if !name.split(['-', '/', '_']).any(|word| word == stack.suffix) {
            continue;
        }
        let value = call("GetSecretValue", &json!({"SecretId": secret["ARN"]}))?;
        let content: Value = serde_json::from_str(value["SecretString"].as_str().unwrap_or_default())
            .with_context(|| format!("the secret {name} is not JSON"))?;
        if let Some(password) = content["password"].as_str() {
            return Ok(password.to_owned());
        }
    }
    anyhow::bail!("no secret with the suffix {} and a password in {}", stack.suffix, region.name)
}

/// A saved plan is a zip archive, and compression would hide what is searched for.
fn unpack(plan: &Path, folder: &Path) -> Result<()> {
    let status = Command::new("python3").args(["-m", "zipfile", "-e"]).args([plan, folder]).status()?;
    ensure!(status.success(), "python3 could not unpack the saved plan");
    Ok(())
}

fn holds(content: &[u8], searched: &[u8]) -> bool {
    content.windows(searched.len()).any(|window| window == searched)
}
