//! Typed Rust out of the extract.

mod code;
mod model;
mod names;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dr_synth::terraform::ResourceMode;
use dr_synth::terraform::schema::constraint::ConstraintSet;
use dr_synth::terraform::schema::provider_json::ProviderSchema;

use crate::services::{SERVICES, Service};
use crate::{Outcome, extract};

use model::Bound;

/// A generated file, its path relative to the project.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The bindings of all services.
pub(crate) fn generate(root: &Path, provider: &ProviderSchema, constraints: &ConstraintSet) -> Outcome<Vec<File>> {
    SERVICES.iter().map(|service| file(root, provider, constraints, service)).collect()
}

fn file(root: &Path, provider: &ProviderSchema, constraints: &ConstraintSet, service: &Service) -> Outcome<File> {
    let mut bound = Vec::new();
    for binding in service.bindings() {
        let entry = extract::types(provider, binding.mode)
            .get(&binding.type_name)
            .ok_or_else(|| format!("{} is not in the extract; run `cargo xtask schema`", binding.type_name))?;
        let constraints = match binding.mode {
            ResourceMode::Managed => constraints.resource.get(&binding.type_name),
            ResourceMode::Data => constraints.data.get(&binding.type_name),
            ResourceMode::Ephemeral => None,
        };
        bound.push(Bound::new(binding, &entry.block, constraints.map_or(&[], Vec::as_slice))?);
    }
    let text = format(root, &code::file(service, &bound))?;
    Ok(File { path: Path::new("src/aws").join(format!("{}.rs", service.module)), text })
}

/// The text as `cargo fmt` leaves it.
fn format(root: &Path, text: &str) -> Outcome<String> {
    let failed = |error: std::io::Error| format!("cannot run `rustfmt`: {error}\n`rustup component add rustfmt`");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = rustfmt.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(format!("`rustfmt` refused the generated code:\n{text}"));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
