//! Blocks to validate.

use dr_synth::terraform::ResourceMode;
use dr_synth::terraform::schema::BlockNesting;
use dr_synth::terraform::schema::provider_json::{Attribute, Block, NestedBlock, Type};
use serde_json::{Map, Value, json};

/// A block to validate.
pub(super) struct Probe {
    mode: ResourceMode,
    type_name: String,
    body: Value,
    /// Its place among the probes of its type.
    number: usize,
}

/// All probes of a type: for the block itself and each block nested in it, what is optional in none, one and two.
pub(super) fn probes(mode: ResourceMode, type_name: &str, block: &Block) -> Vec<Probe> {
    let mut bodies = Vec::new();
    walk(block, &|body| body, &mut bodies);
    let probe = |(number, body)| Probe { mode, type_name: type_name.to_owned(), body, number };
    bodies.into_iter().enumerate().map(probe).collect()
}

/// One document with all of them.
pub(super) fn document(probes: &[Probe]) -> Value {
    let mut document = Map::new();
    for Probe { mode, type_name, body, number } in probes {
        document
            .entry(mode.keyword())
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .map(|types| types.entry(type_name.as_str()).or_insert_with(|| json!({})))
            .and_then(Value::as_object_mut)
            .map(|blocks| blocks.insert(format!("probe_{number}"), body.clone()));
    }
    Value::Object(document)
}

/// Adds the bodies for `block`; `embed` puts a body of this block into one of the whole resource.
fn walk(block: &Block, embed: &dyn Fn(Value) -> Value, bodies: &mut Vec<Value>) {
    let optional = optional(block);
    bodies.push(embed(with(block, &[])));
    for (position, first) in optional.iter().enumerate() {
        bodies.push(embed(with(block, &[first])));
        bodies.extend(optional.iter().skip(position + 1).map(|second| embed(with(block, &[first, second]))));
    }
    for (name, nested) in &block.block_types {
        let embed = |inner: Value| {
            let mut body = required(block);
            body.insert(name.clone(), repeat(nested, &inner));
            embed(Value::Object(body))
        };
        walk(&nested.block, &embed, bodies);
    }
}

/// An optional argument or nested block with a value that is right in type, if not in content.
type Item = (String, Value);

fn optional(block: &Block) -> Vec<Item> {
    let attributes = block.attributes.iter().filter(|(_, attribute)| attribute.optional);
    let attributes = attributes.map(|(name, attribute)| (name.clone(), attribute_value(attribute)));
    let blocks = block.block_types.iter().filter(|(_, nested)| nested.min_items == 0);
    let blocks = blocks.map(|(name, nested)| (name.clone(), block_value(nested)));
    attributes.chain(blocks).collect()
}

fn with(block: &Block, items: &[&Item]) -> Value {
    let mut body = required(block);
    body.extend(items.iter().map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(body)
}

fn required(block: &Block) -> Map<String, Value> {
    let attributes = block.attributes.iter().filter(|(_, attribute)| attribute.required);
    let attributes = attributes.map(|(name, attribute)| (name.clone(), attribute_value(attribute)));
    let blocks = block.block_types.iter().filter(|(_, nested)| nested.min_items > 0);
    let blocks = blocks.map(|(name, nested)| (name.clone(), block_value(nested)));
    attributes.chain(blocks).collect()
}

fn block_value(nested: &NestedBlock) -> Value {
    repeat(nested, &Value::Object(required(&nested.block)))
}

/// The block as often as it must be there.
fn repeat(nested: &NestedBlock, body: &Value) -> Value {
    match nested.nesting_mode {
        BlockNesting::Single | BlockNesting::Group => body.clone(),
        BlockNesting::List | BlockNesting::Set => Value::Array(vec![body.clone(); nested.min_items.max(1) as usize]),
        BlockNesting::Map => json!({ "x": body }),
    }
}

fn attribute_value(attribute: &Attribute) -> Value {
    attribute.value_type.as_ref().map_or(Value::Null, value)
}

/// Some value of a type. Known and not null: rules about presence take no notice of anything else.
fn value(value_type: &Type) -> Value {
    match value_type {
        Type::String | Type::Dynamic => json!("x"),
        Type::Number => json!(1),
        Type::Bool => json!(true),
        Type::List(element) | Type::Set(element) => json!([value(element)]),
        Type::Map(element) => json!({ "x": value(element) }),
        Type::Tuple(elements) => elements.iter().map(value).collect(),
        Type::Object { fields, .. } => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), value(field))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_none_one_and_two_of_what_is_optional_at_every_level() {
        let block: Block = serde_json::from_value(json!({
            "attributes": {
                "name": {"type": "string", "required": true},
                "size": {"type": "number", "optional": true},
                "arn": {"type": "string", "computed": true}
            },
            "block_types": {
                "rule": {"nesting_mode": "list", "max_items": 1, "block": {
                    "attributes": {"tags": {"type": ["map", "string"], "optional": true}}
                }}
            }
        }))
        .unwrap();
        let bodies: Vec<Value> =
            probes(ResourceMode::Managed, "thing", &block).into_iter().map(|probe| probe.body).collect();
        assert_eq!(
            bodies,
            [
                json!({"name": "x"}),
                json!({"name": "x", "size": 1}),
                json!({"name": "x", "size": 1, "rule": [{}]}),
                json!({"name": "x", "rule": [{}]}),
                json!({"name": "x", "rule": [{}]}),
                json!({"name": "x", "rule": [{"tags": {"x": "x"}}]}),
            ]
        );
    }
}
