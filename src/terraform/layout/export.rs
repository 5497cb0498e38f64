//! What one module can have of another: the value where it comes from, and how it is named and described on its way.

use std::borrow::Cow;
use std::sync::Arc;

use super::numbering::ModuleNumber;
use super::placement::{Instances, Placed};
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::check::Schemas;
use crate::terraform::expression::{Expression, For, Root, Step, Traversal};
use crate::terraform::schema::{Attribute, TypeSchema};
use crate::terraform::variable::TypeConstraint;

/// Names what is passed on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ExportKey {
    /// An attribute of a block: of each instance, if it has several.
    Attribute(usize, Cow<'static, str>),
    /// A block with all of its attributes and instances.
    Whole(usize),
    /// That a block is there, for those that wait for it.
    Ready(usize),
    /// A local value of the root.
    Local(usize),
    /// A module that the root calls beside those of the layout.
    Call(usize),
}

/// What is passed on.
#[derive(Debug)]
pub(super) struct Export {
    /// Where it comes from.
    pub(super) module: ModuleNumber,
    /// The value in there.
    pub(super) value: Expression,
    /// What the value waits for, without naming it.
    pub(super) depends_on: Vec<Expression>,
    /// Its name, without the modules it comes through.
    pub(super) name: String,
    /// What it is, in words, with a gap for where it stands.
    pub(super) description: [String; 2],
    pub(super) of_type: TypeConstraint,
    pub(super) sensitive: bool,
    pub(super) ephemeral: bool,
}

/// The way from a block to what is wanted of it, cut where a module boundary may be: what is passed on, and the steps
/// that are left to whoever receives it.
///
/// Only what is there in any case is passed on: an attribute of a single block, or of all instances of a repeated one.
/// An index may be out of range, or be guarded by a condition that only the receiver knows.
pub(super) fn cut(block: usize, instances: Instances, steps: &[Step]) -> (ExportKey, Vec<Step>) {
    let attribute = |name: &Cow<'static, str>| ExportKey::Attribute(block, name.clone());
    match (instances, steps) {
        (Instances::Single, [Step::Attribute(name), rest @ ..]) => (attribute(name), rest.to_vec()),
        (Instances::Counted, [Step::Splat, Step::Attribute(name)]) => (attribute(name), Vec::new()),
        (Instances::Counted, [Step::Splat, Step::Attribute(name), rest @ ..]) => {
            (attribute(name), [&[Step::Splat], rest].concat())
        }
        (Instances::Counted | Instances::Named, [index @ Step::Index(_), Step::Attribute(name), rest @ ..]) => {
            (attribute(name), [std::slice::from_ref(index), rest].concat())
        }
        _ => (ExportKey::Whole(block), steps.to_vec()),
    }
}

impl Export {
    /// An attribute of a block.
    pub(super) fn attribute(placed: &Placed, name: &str, provider: &str, schemas: &Schemas) -> Self {
        let schema = attribute_schema(&placed.address, name, provider, schemas);
        let single = schema.as_ref().map_or(TypeConstraint::Any, |schema| plain_type(schema.value_type()));
        let of_type = match (placed.instances, single) {
            (Instances::Single, single) => single,
            (_, TypeConstraint::Any) => TypeConstraint::Any,
            (Instances::Counted, single) => TypeConstraint::List(Box::new(single)),
            (Instances::Named, single) => TypeConstraint::Map(Box::new(single)),
        };
        let subject = match placed.instances {
            Instances::Single => format!("The {name} of {}", placed.address),
            _ => format!("The {name} of each instance of {}", placed.address),
        };
        Self {
            name: attribute_name(&short_name(&placed.address), name),
            description: [subject, ".".to_owned()],
            of_type,
            // A list of sensitive values has a length that anybody may know; its elements stay sensitive anyhow.
            sensitive: placed.instances == Instances::Single && schema.is_some_and(Attribute::sensitive),
            value: attribute_value(placed, name),
            ..Self::whole(placed)
        }
    }

    /// A block with all of its attributes and instances.
    pub(super) fn whole(placed: &Placed) -> Self {
        Self {
            module: placed.module,
            value: Expression::reference(Arc::clone(&placed.address), Vec::new()),
            depends_on: Vec::new(),
            name: short_name(&placed.address),
            description: [placed.address.to_string(), ", with all of its attributes.".to_owned()],
            of_type: TypeConstraint::Any,
            sensitive: false,
            ephemeral: matches!(*placed.address, Address::Resource { mode: ResourceMode::Ephemeral, .. }),
        }
    }

    /// That a block is there: a value that nobody looks at, and that is not known before.
    pub(super) fn ready(placed: &Placed) -> Self {
        let Self { module, value, name, .. } = Self::whole(placed);
        Self {
            module,
            value: Expression::Bool(true),
            depends_on: vec![value],
            name: format!("{name}_ready"),
            description: [
                format!("True once {}", placed.address),
                " is there: what must come after it waits for this.".to_owned(),
            ],
            of_type: TypeConstraint::Bool,
            sensitive: false,
            ephemeral: false,
        }
    }

    /// Something of the root that has no type of its own.
    pub(super) fn of_root(address: Address) -> Self {
        Self {
            module: super::numbering::ROOT,
            name: address.name().to_owned(),
            description: [address.to_string(), ".".to_owned()],
            value: Expression::reference(Arc::new(address), Vec::new()),
            depends_on: Vec::new(),
            of_type: TypeConstraint::Any,
            sensitive: false,
            ephemeral: false,
        }
    }
}

fn attribute_value(placed: &Placed, name: &str) -> Expression {
    let address = Arc::clone(&placed.address);
    let attribute = Step::Attribute(name.to_owned().into());
    match placed.instances {
        Instances::Single => Expression::reference(address, vec![attribute]),
        Instances::Counted => Expression::reference(address, vec![Step::Splat, attribute]),
        Instances::Named => Expression::For(Box::new(For {
            key: Some("key".to_owned()),
            value: "instance".to_owned(),
            collection: Expression::reference(address, Vec::new()),
            result_key: Some(Expression::named("key", &[])),
            result: Expression::Traversal(Traversal { root: Root::Name("instance".into()), steps: vec![attribute] }),
            grouping: false,
            condition: None,
        })),
    }
}

/// `storage_kms_key` of `aws_kms_key.storage`.
fn short_name(address: &Address) -> String {
    let Address::Resource { type_name, name, .. } = address else { return address.name().to_owned() };
    let kind = type_name.split_once('_').map_or(type_name.as_ref(), |(_, kind)| kind);
    format!("{name}_{kind}")
}

/// `payments_stage` and `stage_name` are `payments_stage_name`.
fn attribute_name(short_name: &str, attribute: &str) -> String {
    let last = short_name.rsplit('_').next().unwrap_or_default();
    let rest = attribute.strip_prefix(last).and_then(|rest| rest.strip_prefix('_')).unwrap_or(attribute);
    format!("{short_name}_{rest}")
}

fn attribute_schema<'s>(address: &Address, name: &str, provider: &str, schemas: &'s Schemas) -> Option<Attribute<'s>> {
    let Address::Resource { mode, type_name, .. } = address else { return None };
    schemas.get(provider)?.block_type(*mode, type_name)?.attribute(name)
}

/// The type as a variable says it. Of objects nothing is said: another version of the provider may add to them.
fn plain_type(schema: TypeSchema<'_>) -> TypeConstraint {
    let collection = |element: TypeConstraint, of: fn(Box<TypeConstraint>) -> TypeConstraint| match element {
        TypeConstraint::Any => TypeConstraint::Any,
        element => of(Box::new(element)),
    };
    match schema {
        TypeSchema::String => TypeConstraint::String,
        TypeSchema::Number => TypeConstraint::Number,
        TypeSchema::Bool => TypeConstraint::Bool,
        TypeSchema::List(element) => collection(plain_type(element.resolve()), TypeConstraint::List),
        TypeSchema::Set(element) => collection(plain_type(element.resolve()), TypeConstraint::Set),
        TypeSchema::Map(element) => collection(plain_type(element.resolve()), TypeConstraint::Map),
        _ => TypeConstraint::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::attribute_name;

    #[test]
    fn no_word_is_said_twice_in_a_row() {
        assert_eq!(attribute_name("payments_stage", "stage_name"), "payments_stage_name");
        assert_eq!(attribute_name("payments_stage", "stages"), "payments_stage_stages");
        assert_eq!(attribute_name("payments_stage", "id"), "payments_stage_id");
    }
}
