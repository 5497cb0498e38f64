//! What is evaluated: a root module with the modules it calls, and what is given to it.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::sync::Arc;

use super::functions::clean;
use super::value::{Entries, Value};
use crate::terraform::{Configuration, Module, ResourceBlock};

/// A module with the modules it calls.
#[derive(Debug, Clone)]
pub struct ModuleTree<'a> {
    /// The module.
    pub module: &'a Module,
    /// What `path.module` is in it: `.` in the root.
    pub path: String,
    /// The modules that it calls, by the name of the call, as far as they could be read.
    pub children: BTreeMap<&'a str, ModuleTree<'a>>,
}

impl<'a> ModuleTree<'a> {
    /// A root module that calls no others, or none that could be read.
    pub fn of_root(module: &'a Module) -> Self {
        Self { module, path: ".".to_owned(), children: BTreeMap::new() }
    }

    /// A configuration as it was read.
    pub fn of_configuration(configuration: &'a Configuration) -> Self {
        Self::at(configuration, ".".to_owned())
    }

    fn at(configuration: &'a Configuration, path: String) -> Self {
        let module = configuration.module();
        let children = configuration.children().iter().map(|(name, child)| {
            let call = module.module_calls.iter().find(|call| call.name == *name);
            let source = call.map(|call| call.source.as_ref()).unwrap_or_default();
            (name.as_str(), Self::at(child, clean(&format!("{path}/{source}"))))
        });
        Self { module, children: children.collect(), path }
    }
}

/// What a run is given besides the configuration.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The root module's variables, by name.
    pub variables: BTreeMap<String, Input>,
    /// `terraform.workspace`; `default` if it is empty.
    pub workspace: String,
    /// The folder that functions find files in, and `path.cwd`; no files are read without one.
    pub folder: Option<PathBuf>,
}

/// The value given for a variable.
#[derive(Debug, Clone)]
pub enum Input {
    /// A value, as a file of variables has it.
    Value(Value),
    /// Text from the command line or the environment, which the type of the variable says how to read.
    Text(String),
}

/// What tells one instance of a block from the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstanceKey {
    /// The only one.
    None,
    /// One of `count`.
    Number(u64),
    /// One of `for_each`.
    Text(Arc<str>),
}

impl Display for InstanceKey {
    /// What stands after the block's address: nothing, `[0]` or `["a"]`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Number(number) => write!(f, "[{number}]"),
            Self::Text(text) => {
                let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{");
                write!(f, "[\"{escaped}\"]")
            }
        }
    }
}

/// The instances of a block.
#[derive(Debug, Clone)]
pub enum Instances {
    /// One without a key: neither `count` nor `for_each`.
    One,
    /// As many as `count` says.
    Count(u64),
    /// One for each of these, with what `each.value` is in it.
    ForEach(Arc<Entries>),
    /// How many there are is not known, and why. `is_count` tells what the keys would be.
    Unknown {
        /// Whether `count` decides, not `for_each`.
        is_count: bool,
        /// Why they are not known.
        reason: Arc<str>,
    },
}

impl Instances {
    /// The keys of the instances, in order, and what `each.value` is in each; none where they are not known.
    pub fn keys(&self) -> Vec<Repetition> {
        match self {
            Self::One => vec![Repetition::none()],
            Self::Count(count) => (0..*count).map(Repetition::count).collect(),
            Self::ForEach(entries) => {
                entries.iter().map(|(key, value)| Repetition::each(key.clone(), value.clone())).collect()
            }
            Self::Unknown { .. } => Vec::new(),
        }
    }

    /// Why it is not known which there are.
    pub fn unknown_reason(&self) -> Option<&Arc<str>> {
        match self {
            Self::Unknown { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

/// Which instance of a block is evaluated.
#[derive(Debug, Clone)]
pub struct Repetition {
    /// The instance's key.
    pub key: InstanceKey,
    /// `each.value`
    pub each_value: Option<Value>,
}

impl Repetition {
    /// A block that is there once.
    pub fn none() -> Self {
        Self { key: InstanceKey::None, each_value: None }
    }

    /// An instance of `count`.
    pub fn count(index: u64) -> Self {
        Self { key: InstanceKey::Number(index), each_value: None }
    }

    /// An instance of `for_each`.
    pub fn each(key: Arc<str>, value: Value) -> Self {
        Self { key: InstanceKey::Text(key), each_value: Some(value) }
    }
}

/// What resources have besides the arguments that are written: the values that only a provider or a run knows.
pub trait ComputedAttributes {
    /// What a reference to an instance gives, made of the arguments that its configuration sets: of the types that its
    /// schema says, and unknown where nothing is set that the provider computes.
    ///
    /// # Errors
    /// An argument cannot be what the schema says.
    fn instance(&self, block: &ResourceBlock, address: &str, arguments: Entries) -> Result<Value, String>;

    /// Whether [`instance`](Self::instance) also answers for this data source, from its arguments; nobody knows what it gives
    /// otherwise.
    fn reads(&self, data: &ResourceBlock) -> bool {
        let _ = data;
        false
    }
}

/// No schema at all: what is written is known, everything else may be there and is not known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSchemas;

impl ComputedAttributes for NoSchemas {
    fn instance(&self, block: &ResourceBlock, address: &str, arguments: Entries) -> Result<Value, String> {
        let own = super::built_in::instance(block, address, &arguments);
        Ok(own.unwrap_or_else(|| Value::open_object(arguments)))
    }
}
