//! What AWS's published models say about the arguments of the bound types.
//!
//! The models are botocore's, in the version that the emulator is pinned to; `xtask/limits` reads them, because they are
//! Python's, and prints the extract that is checked in. The table that is embedded is made of the extract here.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::{Outcome, Project, extract, provider, report};

/// The folder with a Python that has the pinned botocore, as the emulator's start builds it.
const CACHE: &str = "DR_SYNTH_EMULATOR_CACHE";

/// The extract: limits by type and argument, and what became of all other arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Extract {
    /// How many arguments were found in the models, and which were not.
    coverage: serde_json::Value,
    resource: BTreeMap<String, BTreeMap<String, Limit>>,
    /// The version of the models.
    source: String,
}

/// What a model says of one argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Limit {
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<serde_json::Number>,
    member: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<serde_json::Number>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Number,
    Text,
}

impl Extract {
    fn read(project: &Project) -> Outcome<Self> {
        let path = extract_path();
        serde_json::from_str(&project.read(&path)?).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The table that `dr_synth::terraform::schema::limits` reads.
    fn table(&self) -> String {
        let mut text = format!("{}\n", self.source);
        for (type_name, limits) in &self.resource {
            // Writing into a string never fails.
            let _ = writeln!(text, "={type_name}");
            for (path, limit) in limits {
                let _ = writeln!(text, "{path}\t{}", limit.line());
            }
        }
        text
    }
}

impl Limit {
    fn line(&self) -> String {
        let kind = if self.kind == Kind::Number { "n" } else { "t" };
        let flags = format!("{kind}{}", if self.required { "r" } else { "" });
        let number = |number: &Option<serde_json::Number>| number.as_ref().map(ToString::to_string).unwrap_or_default();
        let values = self.values.join("|");
        let mut fields = vec![self.member.clone(), flags, number(&self.min), number(&self.max), values];
        fields.extend(self.patterns.iter().cloned());
        fields.join("\t")
    }
}

fn extract_path() -> PathBuf {
    PathBuf::from(format!("schema/aws-{}.limits.json", provider::VERSION))
}

fn table_path() -> PathBuf {
    PathBuf::from(format!("schema/aws-{}.limits", provider::VERSION))
}

/// Extracts anew and writes both files.
pub(crate) fn write(project: &Project) -> Outcome<()> {
    let python = python(project).ok_or_else(|| {
        format!("the pinned botocore is not there: start the emulator once (`python3 emulator/start.py`), or name its cache in {CACHE}")
    })?;
    project.write(&extract_path(), extracted(project, &python)?)?;
    project.write(&table_path(), Extract::read(project)?.table())
}

/// The files that are not what would be written. Without botocore the extract is taken as it is, and said to be.
pub(crate) fn stale(project: &Project) -> Outcome<Vec<PathBuf>> {
    let mut stale = Vec::new();
    match python(project) {
        Some(python) if extracted(project, &python)? != project.read(&extract_path())? => stale.push(extract_path()),
        Some(_) => {}
        None => report("the pinned botocore is not there: schema/*.limits.json is not held against AWS's models"),
    }
    if Extract::read(project)?.table() != project.read(&table_path())? {
        stale.push(table_path());
    }
    Ok(stale)
}

/// The Python of the emulator's environment, if it was built.
fn python(project: &Project) -> Option<PathBuf> {
    let default = project.root.join("target/emulator");
    let cache = std::env::var_os(CACHE).map_or(default, PathBuf::from);
    let mut environments: Vec<PathBuf> =
        std::fs::read_dir(cache).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    environments.sort();
    environments.into_iter().map(|environment| environment.join("bin/python")).find(|python| python.exists())
}

/// What `xtask/limits` prints.
fn extracted(project: &Project, python: &PathBuf) -> Outcome<String> {
    let requirements = project.read(&PathBuf::from("emulator/requirements.txt"))?;
    let schema = project.root.join(Project::extract_path());
    let output = Command::new(python)
        .args(["-m", "limits"])
        .arg(schema.canonicalize().map_err(|error| format!("{}: {error}", schema.display()))?)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(project.root.join("xtask"))
        .output()
        .map_err(|error| format!("cannot run {}: {error}", python.display()))?;
    if !output.status.success() {
        return Err(format!("`python -m limits` failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let text =
        String::from_utf8(output.stdout).map_err(|error| format!("`python -m limits` printed no text: {error}"))?;
    let found: Extract = serde_json::from_str(&text).map_err(|error| format!("`python -m limits`: {error}"))?;
    let pin = found.source.replace(' ', "==");
    if !requirements.lines().any(|line| line.split_whitespace().next() == Some(&pin)) {
        return Err(format!("{} has {}, which emulator/requirements.txt does not pin", python.display(), found.source));
    }
    extract::to_text(&found)
}
