//! The types of a provider that cannot be run where this is built: they come out of a package that was generated from its schema.
//!
//! `published_types.py` reads the package and says what it cannot tell. What is checked in is encoded like the schema of the provider
//! that was asked, with a digest of its own.

use std::path::PathBuf;
use std::process::Command;

use dr_synth::terraform::schema::constraint::ConstraintSet;
use dr_synth::terraform::schema::provider_json::Document;
use dr_synth::terraform::schema::{Identity, encode};
use serde::Deserialize;

use crate::{Outcome, Project, digest_line, provider, read};

/// The package, by name and version.
const PACKAGE: &str = "@cdktn/provider-aws@25.7.0";

/// Its hash, as the registry records it.
const INTEGRITY: &str =
    "sha512-E/nhu0yVZE4mXMgIPuI8tEFt1BExLkA7ARjihdG+/HmfDfzLr+OEF3dkFRvI6glRt30lrrBWQLwXqCJBxcmyUg==";

/// The version of the provider that it was generated from.
const VERSION: &str = "6.66.0";

/// What `published_types.py` prints.
#[derive(Deserialize)]
struct Printed {
    provider_version: String,
    schema: Document,
}

fn encoded_path() -> PathBuf {
    PathBuf::from(format!("schema/aws-{VERSION}.schema"))
}

fn digest_path() -> PathBuf {
    PathBuf::from(format!("schema/aws-{VERSION}.schema.sha256"))
}

/// Downloads the package and writes its types, encoded.
pub(crate) fn write(project: &Project) -> Outcome<()> {
    let script = project.root.join("xtask/published_types.py");
    let output = Command::new("python3")
        .arg(script)
        .args([PACKAGE, "--integrity", INTEGRITY])
        .output()
        .map_err(|error| format!("cannot run `python3`: {error}"))?;
    if !output.status.success() {
        return Err(format!("published_types.py failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let mut printed: Printed =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("published_types.py: {error}"))?;
    if printed.provider_version != VERSION {
        return Err(format!("{PACKAGE} is of provider {}, not of {VERSION}", printed.provider_version));
    }
    let schema = printed.schema.provider_schemas.remove(provider::SOURCE);
    let schema = schema.ok_or_else(|| format!("{PACKAGE} is not of {}", provider::SOURCE))?;
    let identity = Identity { source: provider::SOURCE, version: VERSION };
    let encoded = encode(&schema, identity, &ConstraintSet::default()).map_err(|error| error.to_string())?;
    project.write(&digest_path(), digest_line(&encoded, VERSION))?;
    project.write(&encoded_path(), encoded)
}

/// The encoded types, if they are not those whose digest was recorded.
pub(crate) fn stale(project: &Project) -> Outcome<Vec<PathBuf>> {
    let path = project.root.join(encoded_path());
    let encoded = std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let is_recorded = read(&project.root.join(digest_path()))? == digest_line(&encoded, VERSION);
    Ok(if is_recorded { Vec::new() } else { vec![encoded_path()] })
}
