//! What `terraform providers schema -json` prints, as far as this crate reads it.
//!
//! <https://developer.hashicorp.com/terraform/cli/commands/providers/schema>

use std::collections::BTreeMap;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};

use super::BlockNesting;

/// The whole output.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The version of the format.
    pub format_version: String,
    /// The providers, by source such as `registry.terraform.io/hashicorp/aws`.
    #[serde(default)]
    pub provider_schemas: BTreeMap<String, ProviderSchema>,
}

/// One provider.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProviderSchema {
    /// The `provider` block.
    #[serde(default)]
    pub provider: TopLevelBlock,
    /// The types of `resource` blocks.
    #[serde(default)]
    pub resource_schemas: BTreeMap<String, TopLevelBlock>,
    /// The types of `data` blocks.
    #[serde(default)]
    pub data_source_schemas: BTreeMap<String, TopLevelBlock>,
    /// The types of `ephemeral` blocks.
    #[serde(default)]
    pub ephemeral_resource_schemas: BTreeMap<String, TopLevelBlock>,
    /// The functions; only their names are read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub functions: BTreeMap<String, serde_json::Value>,
}

/// A block with its version, which this crate does not read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TopLevelBlock {
    /// The block.
    pub block: Block,
}

/// A block.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Attribute>,
    /// The blocks nested in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub block_types: BTreeMap<String, NestedBlock>,
    /// The provider's words about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether the provider means to drop it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
}

/// An attribute: either with a type or with attributes of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
// The flags are those of Terraform's own format, one by one.
#[allow(clippy::struct_excessive_bools)]
pub struct Attribute {
    /// The type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub value_type: Option<Type>,
    /// The attributes of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nested_type: Option<NestedType>,
    /// The provider's words about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether a block must have it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether a block may have it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// Whether the provider gives it a value where the block does not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub computed: bool,
    /// Whether its value is hidden in output.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// Whether its value is never stored.
    #[serde(default, skip_serializing_if = "is_false")]
    pub write_only: bool,
    /// Whether the provider means to drop it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
}

/// The attributes of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NestedType {
    /// The attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Attribute>,
    /// How it is repeated.
    pub nesting_mode: BlockNesting,
}

/// A block nested in another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NestedBlock {
    /// How it is repeated.
    pub nesting_mode: BlockNesting,
    /// What is in it.
    #[serde(default)]
    pub block: Block,
    /// How many there must be at least.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub min_items: u32,
    /// How many there may be at most; no limit if 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max_items: u32,
}

// serde calls these by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A type as JSON has it: `"string"`, `["list", "string"]`, `["object", {...}, ["optional"]]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `"string"`
    String,
    /// `"number"`
    Number,
    /// `"bool"`
    Bool,
    /// `"dynamic"`
    Dynamic,
    /// `["list", T]`
    List(Box<Type>),
    /// `["set", T]`
    Set(Box<Type>),
    /// `["map", T]`
    Map(Box<Type>),
    /// `["object", {name: T}, [optional names]]`
    Object {
        /// The fields.
        fields: BTreeMap<String, Type>,
        /// Those that may be left out.
        optional: Vec<String>,
    },
    /// `["tuple", [T]]`
    Tuple(Vec<Type>),
}

impl Serialize for Type {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn pair<S: Serializer>(serializer: S, kind: &str, argument: &impl Serialize) -> Result<S::Ok, S::Error> {
            let mut sequence = serializer.serialize_seq(Some(2))?;
            sequence.serialize_element(kind)?;
            sequence.serialize_element(argument)?;
            sequence.end()
        }
        match self {
            Self::String => serializer.serialize_str("string"),
            Self::Number => serializer.serialize_str("number"),
            Self::Bool => serializer.serialize_str("bool"),
            Self::Dynamic => serializer.serialize_str("dynamic"),
            Self::List(element) => pair(serializer, "list", element),
            Self::Set(element) => pair(serializer, "set", element),
            Self::Map(element) => pair(serializer, "map", element),
            Self::Tuple(elements) => pair(serializer, "tuple", elements),
            Self::Object { fields, optional } if optional.is_empty() => pair(serializer, "object", fields),
            Self::Object { fields, optional } => {
                let mut sequence = serializer.serialize_seq(Some(3))?;
                sequence.serialize_element("object")?;
                sequence.serialize_element(fields)?;
                sequence.serialize_element(optional)?;
                sequence.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TypeVisitor)
    }
}

struct TypeVisitor;

impl<'de> Visitor<'de> for TypeVisitor {
    type Value = Type;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a type such as \"string\" or [\"list\", \"string\"]")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Type, E> {
        match name {
            "string" => Ok(Type::String),
            "number" => Ok(Type::Number),
            "bool" => Ok(Type::Bool),
            "dynamic" => Ok(Type::Dynamic),
            other => Err(E::unknown_variant(other, &["string", "number", "bool", "dynamic"])),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Type, A::Error> {
        fn next<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(sequence: &mut A) -> Result<T, A::Error> {
            sequence.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &TypeVisitor))
        }
        let kind: String = next(&mut sequence)?;
        match kind.as_str() {
            "list" => next(&mut sequence).map(Type::List),
            "set" => next(&mut sequence).map(Type::Set),
            "map" => next(&mut sequence).map(Type::Map),
            "tuple" => next(&mut sequence).map(Type::Tuple),
            "object" => {
                let fields = next(&mut sequence)?;
                Ok(Type::Object { fields, optional: sequence.next_element()?.unwrap_or_default() })
            }
            other => Err(de::Error::unknown_variant(other, &["list", "set", "map", "tuple", "object"])),
        }
    }
}
