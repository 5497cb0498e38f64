//! `cargo xtask`: makes what is derived from the AWS provider's schema, and checks that it is up to date.

mod provider;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dr_synth::terraform::schema::{Identity, constraint::ConstraintSet, encode};

/// Everything here fails with a sentence for the person who ran it.
type Outcome<T> = Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask schema [--json FILE]
  schema     asks Terraform for the provider's schema and encodes it under schema/
             --json FILE: takes the output of `terraform providers schema -json` from a file instead";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["schema"] => provider::schema_json().and_then(|json| write_schema(&json)),
        ["schema", "--json", file] => read(Path::new(file)).and_then(|json| write_schema(&json)),
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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write_schema(json: &str) -> Outcome<()> {
    let provider = provider::parse(json)?;
    let identity = Identity { source: provider::SOURCE, version: provider::VERSION };
    let bytes = encode(&provider, identity, &ConstraintSet::default()).map_err(|error| error.to_string())?;
    let path = root().join(format!("schema/aws-{}.schema", provider::VERSION));
    std::fs::write(&path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
