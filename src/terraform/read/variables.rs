//! The values of the root module's variables: from the environment, from files and from the command line, the later of
//! which win (<https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence>).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::terraform::Module;
use crate::terraform::evaluation::{Input, Value, constant, value_of_json};
use crate::terraform::parse::{self, SyntaxError};

/// What was given on the command line, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// `--var name=value`
    Variable(String),
    /// `--var-file path`
    File(PathBuf),
}

/// Why values cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct VariablesError {
    /// Where they stand: a file, or what was given.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// The prefix of environment variables that are values.
const ENVIRONMENT_PREFIX: &str = "TF_VAR_";

type Inputs = BTreeMap<String, Input>;

/// All values, by Terraform's precedence. `folder` is that of the root module, `environment` that of the process.
///
/// # Errors
/// A file that cannot be read or is none of values, and a value for a variable that there is not.
pub fn variables(
    module: &Module,
    folder: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    given: &[Given],
) -> Result<Inputs, VariablesError> {
    let mut inputs = Inputs::new();
    for (name, text) in environment {
        if let Some(name) = name.strip_prefix(ENVIRONMENT_PREFIX) {
            inputs.insert(name.to_owned(), Input::Text(text));
        }
    }
    for path in folder.map(automatic).unwrap_or_default() {
        inputs.extend(file(&path)?);
    }
    for given in given {
        match given {
            Given::File(path) => inputs.extend(file(path)?),
            Given::Variable(text) => {
                let failed = |message: &str| VariablesError { place: format!("--var {text}"), message: message.into() };
                let (name, value) =
                    text.split_once('=').ok_or_else(|| failed("a name, an equals sign and a value are expected"))?;
                let name = name.trim();
                if !module.variables().iter().any(|variable| variable.name() == name) {
                    return Err(failed("the root module has no variable of this name"));
                }
                inputs.insert(name.to_owned(), Input::Text(value.to_owned()));
            }
        }
    }
    Ok(inputs)
}

/// The files of values that Terraform reads by itself, in its order.
fn automatic(folder: &Path) -> Vec<PathBuf> {
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| folder.join(name));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    names.sort();
    fixed.into_iter().filter(|path| path.is_file()).chain(names.iter().map(|name| folder.join(name))).collect()
}

/// The values of a file: in native syntax, or JSON by its name.
fn file(path: &Path) -> Result<Inputs, VariablesError> {
    let failed = |message: String| VariablesError { place: path.display().to_string(), message };
    let text = fs::read_to_string(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let values = if is_json { json(&text) } else { native(&text) };
    let values = values.map_err(failed)?;
    Ok(values.into_iter().map(|(name, value)| (name, Input::Value(value))).collect())
}

fn json(text: &str) -> Result<BTreeMap<String, Value>, String> {
    let value = value_of_json(text)?;
    let entries = value.entries().ok_or("an object of values is expected")?;
    Ok(entries.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
}

/// Lines of `name = value`.
fn native(text: &str) -> Result<BTreeMap<String, Value>, String> {
    let failed = |error: &SyntaxError, text: &str| format!("{error}\n{}", error.draw(text));
    let mut values = BTreeMap::new();
    for (name, source) in parse::arguments(text).map_err(|error| failed(&error, text))? {
        let expression = parse::expression(&source).map_err(|error| failed(&error, &source))?;
        let value = constant(&expression).map_err(|error| format!("{name}: {error}"))?;
        if values.insert(name.clone(), value).is_some() {
            return Err(format!("{name} is set twice"));
        }
    }
    Ok(values)
}
