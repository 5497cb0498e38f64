//! What Terraform plans from one configuration to another, for the pairs that `dr-synth diff` is held against.
//!
//! All pairs stand side by side as modules of one root, so that Terraform runs a few times and not a few hundred. The state
//! of the old side is written by hand: what its plan says, with something in place of what only AWS knows. Nothing is
//! refreshed and nobody is called.
//!
//! `UPDATE_PLANS=1` writes the plans into the table.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on with")]

mod state;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dr_synth_e2e::terraform::ProviderSource;
use serde_json::{Value, json};

const TABLE: &str = "../tests/integration/diff/pairs.json";

#[test]
fn terraform_plans_what_the_table_says() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    let mut pairs: Vec<Value> = serde_json::from_slice(&fs::read(&table).unwrap()).unwrap();
    let root = Root::new();
    root.write(&pairs, "old");
    root.init();
    let mut state = state::State::of(&root.plan());
    root.write_state(&state);
    // A provider may put something else in place of what was put there; what it settles on is taken.
    for _ in 0..2 {
        state.settle(&root.plan());
        root.write_state(&state);
    }
    root.write(&pairs, "new");
    root.init();
    let mut plans = planned(&root.plan());
    let mut wrong = Vec::new();
    for (number, pair) in pairs.iter_mut().enumerate() {
        let plan = json!(plans.remove(&number).unwrap_or_default());
        if pair["plan"] != plan {
            wrong.push(format!("{}: planned {plan}, the table says {}", pair["name"], pair["plan"]));
        }
        pair["plan"] = plan;
    }
    if std::env::var_os("UPDATE_PLANS").is_some() {
        let lines: Vec<_> = pairs.iter().map(Value::to_string).collect();
        fs::write(&table, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
}

/// What happens to each address of each pair, in one word.
fn planned(plan: &Value) -> BTreeMap<usize, BTreeMap<String, &'static str>> {
    let mut plans: BTreeMap<usize, BTreeMap<String, &'static str>> = BTreeMap::new();
    for change in plan["resource_changes"].as_array().into_iter().flatten() {
        let actions: Vec<_> =
            change["change"]["actions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let word = match actions[..] {
            ["create"] => "create",
            ["update"] => "update",
            ["delete"] => "delete",
            ["delete", "create"] | ["create", "delete"] => "replace",
            ["forget"] => "forget",
            _ if change.get("previous_address").is_some() => "move",
            _ => continue,
        };
        let address = change["address"].as_str().unwrap();
        let (pair, inner) = address.strip_prefix("module.pair_").unwrap().split_once('.').unwrap();
        plans.entry(pair.parse().unwrap()).or_default().insert(inner.to_owned(), word);
    }
    plans
}

/// A folder with all pairs as modules, and Terraform in it.
struct Root {
    folder: tempfile::TempDir,
    provider: ProviderSource,
}

impl Root {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), provider: ProviderSource::find().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One side of every pair, each in a module of its own.
    fn write(&self, pairs: &[Value], side: &str) {
        let mut calls = serde_json::Map::new();
        for (number, pair) in pairs.iter().enumerate() {
            let name = format!("pair_{number}");
            fs::create_dir_all(self.path(&format!("{name}/inner"))).unwrap();
            fs::write(self.path(&format!("{name}/main.tf.json")), pair[side].to_string()).unwrap();
            if let Some(inner) = pair.get("inner") {
                fs::write(self.path(&format!("{name}/inner/main.tf.json")), inner.to_string()).unwrap();
            }
            calls.insert(name.clone(), json!({ "source": format!("./{name}") }));
        }
        let root = json!({
            "terraform": { "required_providers": { "aws": { "source": "hashicorp/aws", "version": "5.100.0" } } },
            "provider": { "aws": {
                "region": "us-east-1", "access_key": "x", "secret_key": "x", "skip_credentials_validation": true,
                "skip_metadata_api_check": "true", "skip_region_validation": true, "skip_requesting_account_id": true,
            } },
            "module": calls,
        });
        fs::write(self.path("main.tf.json"), root.to_string()).unwrap();
    }

    fn write_state(&self, state: &state::State) {
        fs::write(self.path("terraform.tfstate"), state.document().to_string()).unwrap();
    }

    fn init(&self) {
        let mut init = self.command(&["init", "-input=false", "-no-color"]);
        self.provider.apply_to(&mut init);
        run(init);
    }

    fn plan(&self) -> Value {
        run(self.command(&["plan", "-refresh=false", "-input=false", "-no-color", "-out=plan"]));
        serde_json::from_slice(&run(self.command(&["show", "-json", "plan"]))).unwrap()
    }

    /// Terraform with nothing of the caller's AWS or Terraform settings.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
        for name in
            names.filter(|name| name.starts_with("AWS_") || name.starts_with("TF_VAR_") || name.starts_with("TF_CLI"))
        {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(self.folder.path());
        command
    }
}

fn run(mut command: Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
