//! Functions of a user's own: the archive, the values that go with it, and what it answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::repository;
use serde_json::{Value, json};

const ARCHIVE: &str = "orders.zip";

/// Where the code in Python is: the handler of its own, and the payment function that it calls.
const FOLDERS: [&str; 3] = ["e2e/tests/shapes/own_function", "functions/payments", "functions/shared"];

/// Where the template in Rust is.
const TEMPLATE: &str = "examples/service_in_rust";

/// The code that the functions run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnFunction {
    /// A handler in Python that takes payments.
    Payments,
    /// The template in Rust, which does no work and answers what it was asked.
    TemplateInRust,
}

impl OwnFunction {
    /// Values that go with it: handler, runtime, environment, permissions and a way to a service that are not the default.
    pub(crate) const fn values(self) -> &'static str {
        match self {
            Self::Payments => {
                r#"function_package_path = "orders.zip"
function_handler = "orders.main"
function_runtime = "python3.12"
function_architecture = "x86_64"
function_environment = { ORDERS_SERVICE = "dynamodb" }
function_permissions = [{
  actions = ["dynamodb:DescribeTable"]
  resources = ["arn:aws:dynamodb:*:*:table/payments-sessions-*"]
}]
function_endpoint_services = ["secretsmanager"]
"#
            }
            Self::TemplateInRust => {
                r#"function_package_path = "orders.zip"
function_handler = "bootstrap"
function_runtime = "provided.al2023"
function_architecture = "x86_64"
"#
            }
        }
    }

    /// Packs it into a folder.
    pub(crate) fn pack(self, folder: &Path, progress: &Progress) -> Result<()> {
        let files = match self {
            Self::Payments => {
                let folders = FOLDERS.iter().map(|name| sources(&repository::root().join(name)));
                folders.collect::<Result<Vec<_>>>()?.concat()
            }
            Self::TemplateInRust => vec![progress.step("cargo build of the template in Rust", build_template)?],
        };
        let mut command = Command::new("python3");
        command.args(["-m", "zipfile", "-c"]).arg(folder.join(ARCHIVE)).args(files);
        let packed = command.output().context("starting python3; install Python 3.11 or newer")?;
        ensure!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
        Ok(())
    }
}

/// Runs the template's own tests, and builds it for this machine: the emulator starts the program here.
fn build_template() -> Result<PathBuf> {
    let target = repository::target_directory().join("service_in_rust");
    for command in ["test", "build"] {
        cargo(command, &target)?;
    }
    Ok(target.join("debug/bootstrap"))
}

fn cargo(command: &str, target: &Path) -> Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(program)
        .args([command, "--locked", "--manifest-path"])
        .arg(repository::root().join(TEMPLATE).join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        // With the information for a debugger it is larger than a package may be.
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .output()
        .context("starting cargo; install Rust from https://rustup.rs")?;
    let (output, errors) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    ensure!(done.status.success(), "cargo {command} of the template failed:\n{output}{errors}");
    Ok(())
}

/// The template answers as the contract says: the writer's region works, the standby waits.
pub(crate) fn keeps_the_contract(deployment: &Deployment) -> Result<()> {
    let request = json!({ "payment_id": "test-123", "amount": 100 });
    let (primary, dr) = (&deployment.primary, &deployment.dr);
    let expected = [
        (primary.api.get("/health")?, 200, json!({ "region": primary.name, "failing": [] })),
        (primary.api.post("/", &request.to_string())?, 200, request.clone()),
        (dr.api.get("/health")?, 503, json!({ "region": dr.name, "failing": ["database"] })),
        (dr.api.post("/", &request.to_string())?, 503, json!({ "error": "unavailable" })),
    ];
    for (answer, status, document) in expected {
        let given: Value = serde_json::from_str(&answer.text).with_context(|| answer.text.clone())?;
        ensure!(answer.status == status && given == document, "{} {}", answer.status, answer.text);
    }
    Ok(())
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    let paths: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "py")).collect())
}
