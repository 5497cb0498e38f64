//! A function of a user's own: the archive, and the values that go with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::repository;

const ARCHIVE: &str = "orders.zip";

/// Where the code is: the handler of its own, and the payment function that it calls.
const FOLDERS: [&str; 3] = ["e2e/tests/shapes/own_function", "functions/payments", "functions/shared"];

/// Handler, runtime, environment, permissions and a way to a service: none of them the default.
pub(crate) const VALUES: &str = r#"function_package_path = "orders.zip"
function_handler = "orders.main"
function_runtime = "python3.12"
function_architecture = "x86_64"
function_environment = { ORDERS_SERVICE = "dynamodb" }
function_permissions = [{
  actions = ["dynamodb:DescribeTable"]
  resources = ["arn:aws:dynamodb:*:*:table/payments-sessions-*"]
}]
function_endpoint_services = ["secretsmanager"]
"#;

/// Packs the function into a folder.
pub(crate) fn pack(folder: &Path) -> Result<()> {
    let files: Vec<PathBuf> =
        FOLDERS.iter().map(|name| sources(&repository::root().join(name))).collect::<Result<Vec<_>>>()?.concat();
    let mut command = Command::new("python3");
    command.args(["-m", "zipfile", "-c"]).arg(folder.join(ARCHIVE)).args(files);
    let packed = command.output().context("starting python3; install Python 3.11 or newer")?;
    ensure!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    Ok(())
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    let paths: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "py")).collect())
}
