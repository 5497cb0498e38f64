//! The database passwords are in Secrets Manager and nowhere else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::{Deployment, Region};
use serde_json::{Value, json};

use crate::stage::Environment;

pub(crate) fn nowhere(dev: &Environment, stack: &Deployment) -> Result<()> {
    let passwords = passwords(stack, &stack.primary)?;
    ensure!(
        passwords.keys().map(String::as_str).eq(["payments_admin", "payments_app"]),
        "users: {:?}",
        passwords.keys()
    );
    ensure!(passwords == self::passwords(stack, &stack.dr)?, "the replica of a secret differs");
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
    for (user, password) in &passwords {
        ensure!(password.len() >= 16, "the password of {user} has only {} characters", password.len());
        let escaped = json!(password).to_string();
        for (place, content) in &places {
            for form in [password.as_str(), escaped.trim_matches('"')] {
                ensure!(!holds(content, form.as_bytes()), "the database password of {user} is in {place}");
            }
        }
    }
    Ok(())
}

/// The passwords in the secrets that carry this environment's suffix, by user, read as the Data API does.
fn passwords(stack: &Deployment, region: &Region) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
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
        if let (Some(user), Some(password)) = (content["username"].as_str(), content["password"].as_str()) {
            found.insert(user.to_owned(), password.to_owned());
        }
    }
    Ok(found)
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
