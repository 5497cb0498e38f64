//! What Terraform itself says of a folder.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::blocks::Folders;
use crate::syntax::{Given, Item};

/// What every message names when the program is missing.
pub(crate) const NEEDED: &str = "`terraform` 1.11.4 on the PATH: https://developer.hashicorp.com/terraform/install";

/// Terraform with these arguments, without anything of this process's settings.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> io::Result<Output> {
    let mut command = Command::new("terraform");
    command.args(arguments).current_dir(folder).env("CHECKPOINT_DISABLE", "1").env("TF_CLI_CONFIG_FILE", "/dev/null");
    for name in ["TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_LOG"] {
        command.env_remove(name);
    }
    command.output()
}

/// Lists the modules as `terraform init` would: nothing else of it is needed, as there is no provider to install.
pub(crate) fn install(folder: &Path, folders: &Folders) -> io::Result<()> {
    let mut modules = vec![json!({ "Key": "", "Source": "", "Dir": "." })];
    calls("", "", folders, &mut modules);
    let manifest = folder.join(".terraform/modules");
    fs::create_dir_all(&manifest)?;
    fs::write(manifest.join("modules.json"), json!({ "Modules": modules }).to_string())
}

fn calls(key: &str, folder: &str, folders: &Folders, modules: &mut Vec<Value>) {
    let join = |left: &str, right: &str, by: &str| {
        if left.is_empty() { right.to_owned() } else { format!("{left}{by}{right}") }
    };
    for item in folders.get(folder).into_iter().flatten() {
        let Item::Block(block) = item else { continue };
        let source = block.body.iter().find_map(|item| match item {
            Item::Argument(name, Given::Text(text)) if name == "source" => text.strip_prefix("./"),
            _ => None,
        });
        let ([label], Some(source), "module") = (&block.labels[..], source, block.kind.as_str()) else { continue };
        let (key, below) = (join(key, label, "."), join(folder, source, "/"));
        modules.push(json!({ "Key": key, "Source": format!("./{source}"), "Dir": below }));
        calls(&key, &below, folders, modules);
    }
}

/// The errors among the diagnostics of `validate -json`, or of the lines of `plan -json`.
pub(crate) fn errors(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>().map_while(Result::ok);
    let diagnostics = documents.flat_map(|document| match &document["diagnostics"] {
        Value::Array(list) => list.clone(),
        _ => vec![document["diagnostic"].clone()],
    });
    diagnostics.filter(|diagnostic| diagnostic["severity"] == "error").collect()
}
