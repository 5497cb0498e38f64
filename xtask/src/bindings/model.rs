//! What is generated, before it is text: one structure for resources and for the blocks nested in them.

use dr_synth::terraform::ResourceMode;
use dr_synth::terraform::schema::BlockNesting;
use dr_synth::terraform::schema::constraint::{Constraint, ConstraintKind};
use dr_synth::terraform::schema::provider_json::{Attribute, Block, NestedBlock, Type};

use crate::Outcome;
use crate::services::{Binding, GONE_IN_VERSION_6, UNTYPED_BLOCKS, camel};

/// Attributes of resources that the provider alone should set although its schema lets anyone.
const PROVIDER_SETS: &[&str] = &["id", "tags_all"];

/// A struct with a constructor and setters.
pub(super) struct Struct {
    pub(super) rust_name: String,
    /// What the provider calls it: a type, or the way to a nested block.
    pub(super) provider_name: String,
    pub(super) description: String,
    pub(super) arguments: Vec<Argument>,
}

/// An argument or nested block that a struct takes.
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) value: ArgumentValue,
    /// Facts and the provider's words about it.
    pub(super) documentation: Documentation,
}

pub(super) enum ArgumentValue {
    /// `Value<T>` of this Rust type.
    Value(Type),
    /// The struct of a nested block, if it has one.
    Block { rust_name: Option<String>, repeated: bool },
}

/// What can be read from a handle.
pub(super) struct Readable {
    pub(super) name: String,
    pub(super) value_type: Type,
    pub(super) documentation: Documentation,
}

#[derive(Default)]
pub(super) struct Documentation {
    /// The type in words.
    pub(super) kind: String,
    pub(super) notes: Vec<&'static str>,
    pub(super) description: String,
}

/// A resource, data source or ephemeral with everything that belongs to it.
pub(super) struct Bound {
    pub(super) binding: Binding,
    /// Which arguments go together and which do not, a sentence each.
    pub(super) rules: Vec<String>,
    pub(super) top: Struct,
    pub(super) readable: Vec<Readable>,
    pub(super) nested: Vec<Struct>,
}

impl Bound {
    pub(super) fn new(binding: Binding, block: &Block, constraints: &[Constraint]) -> Outcome<Self> {
        let gone = |name: &str| GONE_IN_VERSION_6.contains(&(binding.mode, binding.type_name.as_str(), name));
        let mut collector = Collector { type_name: &binding.type_name, constraints, nested: Vec::new() };
        let top = Struct {
            rust_name: binding.rust_name.clone(),
            provider_name: binding.type_name.clone(),
            description: block.description.clone(),
            arguments: collector.arguments("", block).into_iter().filter(|argument| !gone(&argument.name)).collect(),
        };
        let readable = readable(&binding, block).into_iter().filter(|readable| !gone(&readable.name)).collect();
        let mut nested = collector.nested;
        nested.sort_by(|left, right| left.rust_name.cmp(&right.rust_name));
        if let Some(pair) = nested.windows(2).find(|pair| pair[0].rust_name == pair[1].rust_name) {
            let [left, right] = [&pair[0].provider_name, &pair[1].provider_name];
            return Err(format!("{}: {left} and {right} would both be {}", binding.type_name, pair[0].rust_name));
        }
        let rules = constraints.iter().filter_map(rule).collect();
        Ok(Self { binding, rules, top, readable, nested })
    }
}

/// A constraint in words; nothing if the constructor takes care of it.
fn rule(constraint: &Constraint) -> Option<String> {
    let quoted: Vec<_> = constraint.paths.iter().map(|path| format!("`{path}`")).collect();
    let (first, others) = quoted.split_first()?;
    Some(match constraint.kind {
        ConstraintKind::Conflicts => format!("At most one of {}.", quoted.join(", ")),
        ConstraintKind::ExactlyOneOf => format!("Exactly one of {}.", quoted.join(", ")),
        ConstraintKind::AtLeastOneOf if others.is_empty() => return None,
        ConstraintKind::AtLeastOneOf => format!("At least one of {}.", quoted.join(", ")),
        ConstraintKind::RequiredWith => format!("{first} only with {}.", others.join(", ")),
    })
}

/// Collects the structs of the blocks nested in a type.
struct Collector<'a> {
    type_name: &'a str,
    constraints: &'a [Constraint],
    nested: Vec<Struct>,
}

impl Collector<'_> {
    /// The arguments of the block at `path`, the required ones first.
    fn arguments(&mut self, path: &str, block: &Block) -> Vec<Argument> {
        let attributes = block.attributes.iter().filter(|(name, attribute)| {
            (attribute.required || attribute.optional)
                && !attribute.deprecated
                && !(path.is_empty() && is_set_by_provider(name, attribute))
        });
        let mut arguments: Vec<Argument> =
            attributes.map(|(name, attribute)| attribute_argument(name, attribute)).collect();
        for (name, entry) in &block.block_types {
            if !entry.block.deprecated {
                arguments.push(self.block_argument(path, name, entry));
            }
        }
        // Stable: attributes stay before blocks, and both sorted by name.
        arguments.sort_by_key(|argument| !argument.required);
        arguments
    }

    fn block_argument(&mut self, path: &str, name: &str, entry: &NestedBlock) -> Argument {
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let typed = !UNTYPED_BLOCKS.contains(&(self.type_name, path.as_str()));
        let rust_name = camel(&path.replace('.', "_"));
        if typed {
            let inner = Struct {
                rust_name: rust_name.clone(),
                provider_name: path.clone(),
                description: entry.block.description.clone(),
                arguments: self.arguments(&path, &entry.block),
            };
            self.nested.push(inner);
        }
        let single = matches!(entry.nesting_mode, BlockNesting::Single | BlockNesting::Group);
        let repeated = !single && entry.max_items != 1;
        let kind = if repeated { "a nested block that may be repeated" } else { "a nested block" };
        Argument {
            name: name.to_owned(),
            required: entry.min_items > 0 || self.is_required(&path),
            value: ArgumentValue::Block { rust_name: typed.then_some(rust_name), repeated },
            documentation: Documentation { kind: kind.to_owned(), ..Documentation::default() },
        }
    }

    /// Some blocks are only required by the provider's own code, which the schema does not tell.
    fn is_required(&self, path: &str) -> bool {
        self.constraints
            .iter()
            .any(|constraint| constraint.kind == ConstraintKind::AtLeastOneOf && constraint.paths == [path.to_owned()])
    }
}

fn is_set_by_provider(name: &str, attribute: &Attribute) -> bool {
    attribute.computed && PROVIDER_SETS.contains(&name)
}

fn attribute_argument(name: &str, attribute: &Attribute) -> Argument {
    let value_type = type_of(attribute);
    let mut notes = Vec::new();
    if attribute.optional && attribute.computed {
        notes.push("The provider chooses it where it is left out.");
    }
    if attribute.sensitive {
        notes.push("Sensitive: hidden in output, but stored in the state.");
    }
    if attribute.write_only {
        notes.push("Write-only: never stored in plan or state, so it may be an ephemeral value.");
    }
    Argument {
        name: name.to_owned(),
        required: attribute.required,
        documentation: Documentation { kind: words(&value_type), notes, description: attribute.description.clone() },
        value: ArgumentValue::Value(value_type),
    }
}

fn type_of(attribute: &Attribute) -> Type {
    // Attributes with attributes of their own are objects to the outside.
    attribute.value_type.clone().unwrap_or(Type::Dynamic)
}

fn readable(binding: &Binding, block: &Block) -> Vec<Readable> {
    let attributes = block.attributes.iter().filter(|(_, attribute)| {
        // Reading a write-only argument gives null.
        !attribute.write_only && (!attribute.deprecated || attribute_is_id(binding, block, attribute))
    });
    let attributes = attributes.map(|(name, attribute)| {
        let value_type = type_of(attribute);
        let notes = if attribute.sensitive { vec!["Sensitive: hidden in output."] } else { Vec::new() };
        let description = attribute.description.clone();
        let documentation = Documentation { kind: words(&value_type), notes, description };
        Readable { name: name.clone(), value_type, documentation }
    });
    let blocks = block.block_types.iter().filter(|(name, entry)| !entry.block.deprecated && *name != "timeouts");
    let blocks = blocks.map(|(name, entry)| {
        let value_type = match entry.nesting_mode {
            BlockNesting::Single | BlockNesting::Group => Type::Dynamic,
            BlockNesting::List | BlockNesting::Set => Type::List(Box::new(Type::Dynamic)),
            BlockNesting::Map => Type::Map(Box::new(Type::Dynamic)),
        };
        let kind = format!("the nested block, {}", words(&value_type));
        Readable { name: name.clone(), value_type, documentation: Documentation { kind, ..Documentation::default() } }
    });
    attributes.chain(blocks).collect()
}

/// The provider marks the `id` of some resources as deprecated in favour of the attribute it repeats; it stays readable
/// in both major versions.
fn attribute_is_id(binding: &Binding, block: &Block, attribute: &Attribute) -> bool {
    binding.mode == ResourceMode::Managed && block.attributes.get("id").is_some_and(|id| std::ptr::eq(id, attribute))
}

/// A type in words.
fn words(value_type: &Type) -> String {
    match value_type {
        Type::String => "string".to_owned(),
        Type::Number => "number".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Dynamic => "any type".to_owned(),
        Type::Object { .. } => "object".to_owned(),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::List(element) => format!("list of {}", words(element)),
        Type::Set(element) => format!("set of {}", words(element)),
        Type::Map(element) => format!("map of {}", words(element)),
    }
}
