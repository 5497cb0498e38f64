//! A local state: which objects Terraform has written down.
//!
//! Terraform writes it in place. One that was being written when Terraform was killed is empty, and Terraform takes that for no state;
//! what an earlier apply has made is then in no state either, although its log says that it is complete.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// The addresses of the managed objects in a state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State(BTreeSet<String>);

#[derive(Deserialize)]
struct File {
    /// Every state has it, and other JSON has not.
    #[serde(rename = "version")]
    _version: u32,
    #[serde(default)]
    resources: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(default)]
    module: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    type_name: String,
    name: String,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(default)]
    index_key: Option<Value>,
    /// An object that was replaced and is still to be destroyed.
    #[serde(default)]
    deposed: Option<String>,
}

impl State {
    /// Reads the text of `terraform.tfstate`; nothing is in an empty one.
    ///
    /// # Errors
    /// A text that is no state.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let file: File = serde_json::from_str(text)?;
        let blocks = file.resources.iter().filter(|block| block.mode == "managed");
        Ok(Self(blocks.flat_map(Block::addresses).collect()))
    }

    pub(super) fn has(&self, address: &str) -> bool {
        self.0.contains(address)
    }
}

impl Block {
    fn addresses(&self) -> impl Iterator<Item = String> {
        let module = self.module.as_ref().map(|module| format!("{module}.")).unwrap_or_default();
        let block = format!("{module}{}.{}", self.type_name, self.name);
        let current = self.instances.iter().filter(|instance| instance.deposed.is_none());
        current.map(move |instance| match &instance.index_key {
            None => block.clone(),
            // As Terraform prints it: a number, or text in quotes.
            Some(key) => format!("{block}[{key}]"),
        })
    }
}
