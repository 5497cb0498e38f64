//! `cargo xtask`: makes what is derived, from the AWS provider's schema or from the stack, and checks that it is up to date.

mod bindings;
mod check;
mod constraints;
mod docs;
mod extract;
mod line_diff;
mod models;
mod modules;
mod provider;
mod published;
mod rule_pages;
mod services;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dr_synth::terraform::schema::constraint::ConstraintSet;
use dr_synth::terraform::schema::provider_json::ProviderSchema;
use dr_synth::terraform::schema::{Identity, encode};
use provider::WorkingDirectory;
use sha2::{Digest, Sha256};

/// Everything here fails with a sentence for the person who ran it.
type Outcome<T> = Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask
       cargo xtask schema
       cargo xtask published
       cargo xtask models
       cargo xtask bindings
       cargo xtask modules
       cargo xtask docs
       cargo xtask --check
  (nothing)  bindings, then modules, then docs
  schema     asks Terraform for the AWS provider's schema, and the provider for the rules that the schema does not
             tell; writes both encoded, and extracts of them, under schema/; takes some minutes
  published  downloads the package that was generated from a younger provider, and writes the types in it under schema/
  models     asks AWS's published models (botocore, pinned with the emulator) what the bound types' arguments may be, and
             writes that under schema/
  bindings   writes src/aws/<service>.rs from the extract; needs no Terraform
  modules    writes modules/, the default stack in the layout of modules; needs no Terraform
  docs       writes what is computed in docs/: costs, the runbook of the default stack, a page for each rule of `check`
  --check    compares what is checked in with what would be written; fails and names what is stale";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let project = Project::new();
    let outcome = match arguments.as_slice() {
        ["schema"] => project.write_schema(),
        ["published"] => published::write(&project),
        ["models"] => models::write(&project),
        ["bindings"] => project.write_bindings(),
        ["modules"] => modules::write(&project),
        ["docs"] => docs::write(&project),
        [] => project.write_bindings().and_then(|()| modules::write(&project)).and_then(|()| docs::write(&project)),
        ["--check"] => check::check(&project),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            report(&message);
            ExitCode::FAILURE
        }
    }
}

// A command for people: its report belongs on standard error.
#[allow(clippy::print_stderr)]
fn report(message: &str) {
    eprintln!("{message}");
}

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// The project's files.
struct Project {
    root: PathBuf,
}

impl Project {
    fn new() -> Self {
        Self { root: Path::new(env!("CARGO_MANIFEST_DIR")).join("..") }
    }

    fn encoded_path() -> PathBuf {
        PathBuf::from(format!("schema/aws-{}.schema", provider::VERSION))
    }

    fn digest_path() -> PathBuf {
        PathBuf::from(format!("schema/aws-{}.schema.sha256", provider::VERSION))
    }

    fn extract_path() -> PathBuf {
        PathBuf::from(format!("schema/aws-{}.bindings.json", provider::VERSION))
    }

    fn read(&self, path: &Path) -> Outcome<String> {
        read(&self.root.join(path))
    }

    fn write(&self, path: &Path, content: impl AsRef<[u8]>) -> Outcome<()> {
        std::fs::write(self.root.join(path), content)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    fn constraints_path() -> PathBuf {
        PathBuf::from(format!("schema/aws-{}.constraints.json", provider::VERSION))
    }

    fn write_schema(&self) -> Outcome<()> {
        let directory = WorkingDirectory::new()?;
        let provider = provider::parse(&directory.schema_json()?)?;
        let document = extract::extract(&provider)?;
        self.write(&Self::extract_path(), extract::to_text(&document)?)?;
        let constraints = constraints::collect(&directory, &self.extract()?)?;
        self.write(&Self::constraints_path(), extract::to_text(&constraints)?)?;
        let identity = Identity { source: provider::SOURCE, version: provider::VERSION };
        let encoded = encode(&provider, identity, &constraints).map_err(|error| error.to_string())?;
        self.write(&Self::digest_path(), digest_line(&encoded, provider::VERSION))?;
        self.write(&Self::encoded_path(), encoded)
    }

    /// The provider's schema as the extract has it.
    fn extract(&self) -> Outcome<ProviderSchema> {
        provider::parse(&self.read(&Self::extract_path())?)
    }

    /// The constraints that were collected with the schema.
    fn constraints(&self) -> Outcome<ConstraintSet> {
        let path = Self::constraints_path();
        serde_json::from_str(&self.read(&path)?).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn write_bindings(&self) -> Outcome<()> {
        for file in bindings::generate(&self.root, &self.extract()?, &self.constraints()?)? {
            self.write(&file.path, &file.text)?;
        }
        Ok(())
    }
}

/// The line that `sha256sum --check` reads, run in the schema's directory.
fn digest_line(encoded: &[u8], version: &str) -> String {
    let mut line = String::new();
    for byte in Sha256::digest(encoded) {
        // Writing into a string never fails.
        let _ = write!(line, "{byte:02x}");
    }
    let _ = writeln!(line, "  aws-{version}.schema");
    line
}
