//! The format with a small provider that has one of everything, and with bytes that are no schema.

use proptest::prelude::*;

use super::constraint::{Constraint, ConstraintKind, ConstraintSet};
use super::{
    Attribute, BlockNesting, BlockSchema, Identity, NestedBlock, Schema, SchemaError, TypeReference, TypeSchema,
    encode, provider_json,
};
use crate::terraform::ResourceMode;

const SOURCE: &str = "registry.terraform.io/example/everything";

const JSON: &str = r#"{
  "format_version": "1.0",
  "provider_schemas": {"registry.terraform.io/example/everything": {
    "provider": {"version": 0, "block": {"attributes": {"token": {"type": "string", "optional": true, "sensitive": true}}}},
    "resource_schemas": {"everything_thing": {"version": 1, "block": {
      "attributes": {
        "any": {"type": "dynamic", "optional": true},
        "count_of": {"type": "number", "required": true},
        "enabled": {"type": "bool", "optional": true, "deprecated": true},
        "id": {"type": "string", "computed": true},
        "pair": {"type": ["tuple", ["string", ["list", "number"]]], "optional": true},
        "secret": {"type": "string", "optional": true, "write_only": true},
        "settings": {"type": ["object", {"name": "string", "size": "number"}, ["size"]], "optional": true},
        "names": {"type": ["set", "string"], "optional": true},
        "rules": {"optional": true, "nested_type": {"nesting_mode": "list", "attributes": {
          "port": {"type": "number", "required": true}
        }}}
      },
      "block_types": {
        "label": {"nesting_mode": "map", "block": {"attributes": {"text": {"type": "string", "required": true}}}},
        "size": {"nesting_mode": "list", "min_items": 1, "max_items": 3, "block": {"deprecated": true}},
        "timeouts": {"nesting_mode": "single", "block": {"attributes": {"create": {"type": "string", "optional": true}}}}
      }
    }}},
    "data_source_schemas": {"everything_thing": {"version": 0, "block": {}}},
    "functions": {"twice": {"return_type": "number"}}
  }}
}"#;

fn everything() -> Schema {
    Schema::from_json(JSON, SOURCE).unwrap()
}

fn thing(schema: &Schema) -> BlockSchema<'_> {
    schema.block_type(ResourceMode::Managed, "everything_thing").unwrap()
}

#[test]
fn reads_another_provider_from_json() {
    let schema = everything();
    assert_eq!((schema.source(), schema.provider_name(), schema.version()), (SOURCE, "everything", ""));
    assert!(schema.provider_configuration().attribute("token").unwrap().sensitive());
    assert!(schema.has_function("twice") && !schema.has_function("thrice"));
    assert_eq!(schema.type_names(ResourceMode::Ephemeral).len(), 0);
    let data = schema.block_type(ResourceMode::Data, "everything_thing").unwrap();
    assert_eq!(data.attributes().len(), 0);
}

#[test]
fn keeps_every_flag_of_an_attribute() {
    let schema = everything();
    let thing = thing(&schema);
    let names: Vec<_> = thing.attributes().map(Attribute::name).collect();
    assert_eq!(names, ["any", "count_of", "enabled", "id", "names", "pair", "rules", "secret", "settings"]);
    assert!(thing.attribute("count_of").unwrap().required());
    assert!(thing.attribute("enabled").unwrap().deprecated());
    assert!(thing.attribute("secret").unwrap().write_only());
    let id = thing.attribute("id").unwrap();
    assert!(id.computed() && !id.settable());
}

#[test]
fn keeps_every_kind_of_type() {
    let schema = everything();
    let type_of = |name| thing(&schema).attribute(name).unwrap().value_type();
    assert!(matches!(type_of("any"), TypeSchema::Dynamic));
    assert!(matches!(type_of("count_of"), TypeSchema::Number));
    assert!(matches!(type_of("enabled"), TypeSchema::Bool));
    assert!(matches!(type_of("names"), TypeSchema::Set(element) if matches!(element.resolve(), TypeSchema::String)));
    let TypeSchema::Tuple(pair) = type_of("pair") else { panic!("a tuple") };
    let elements: Vec<_> = pair.elements().map(TypeReference::resolve).collect();
    assert!(matches!(elements.as_slice(), [TypeSchema::String, TypeSchema::List(_)]));
    let TypeSchema::Object(settings) = type_of("settings") else { panic!("an object") };
    assert!(settings.field("size").unwrap().optional());
    assert!(settings.field("name").unwrap().required());
}

#[test]
fn keeps_attributes_with_attributes_of_their_own() {
    let schema = everything();
    let TypeSchema::Nested(nesting, rules) = thing(&schema).attribute("rules").unwrap().value_type() else {
        panic!("a nested type")
    };
    assert_eq!(nesting, BlockNesting::List);
    assert!(rules.attribute("port").unwrap().required());
}

#[test]
fn keeps_nested_blocks() {
    let schema = everything();
    let names: Vec<_> = thing(&schema).nested_blocks().map(NestedBlock::name).collect();
    assert_eq!(names, ["label", "size", "timeouts"]);
    let size = thing(&schema).nested_block("size").unwrap();
    assert_eq!((size.min_items(), size.max_items()), (1, Some(3)));
    assert!(size.block().deprecated());
    let label = thing(&schema).nested_block("label").unwrap();
    assert_eq!((label.nesting(), label.max_items()), (BlockNesting::Map, None));
    assert_eq!(thing(&schema).nested_block("timeouts").unwrap().max_items(), Some(1));
}

#[test]
fn keeps_constraints() {
    let document: provider_json::Document = serde_json::from_str(JSON).unwrap();
    let mut constraints = ConstraintSet::default();
    let pair = Constraint { kind: ConstraintKind::Conflicts, paths: vec!["any".into(), "rules.port".into()] };
    let one = Constraint { kind: ConstraintKind::ExactlyOneOf, paths: vec!["names".into(), "pair".into()] };
    constraints.resource.insert("everything_thing".into(), vec![pair, one]);
    let identity = Identity { source: SOURCE, version: "1.2.3" };
    let bytes = encode(&document.provider_schemas[SOURCE], identity, &constraints).unwrap();
    let schema = Schema::open(bytes).unwrap();
    let groups: Vec<_> = schema
        .constraints(ResourceMode::Managed, "everything_thing")
        .map(|group| (group.kind(), group.paths().collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        groups,
        [(ConstraintKind::Conflicts, vec!["any", "rules.port"]), (ConstraintKind::ExactlyOneOf, vec!["names", "pair"])]
    );
    assert_eq!(schema.constraints(ResourceMode::Data, "everything_thing").count(), 0);
    assert_eq!(schema.version(), "1.2.3");
}

#[test]
fn says_which_providers_the_json_has() {
    let error = Schema::from_json(JSON, "registry.terraform.io/example/other").unwrap_err();
    assert!(matches!(&error, SchemaError::NoSuchProvider { found, .. } if found == &[SOURCE]), "{error}");
    assert!(matches!(Schema::from_json("[]", SOURCE), Err(SchemaError::Json(_))));
}

#[test]
fn equal_input_gives_equal_bytes() {
    assert_eq!(everything().as_bytes(), everything().as_bytes());
}

#[test]
fn a_schema_that_is_cut_off_or_too_long_is_refused() {
    let bytes = everything().as_bytes().to_vec();
    for length in 0..bytes.len() {
        assert!(Schema::open(bytes[..length].to_vec()).is_err(), "{length} of {} bytes", bytes.len());
    }
    assert!(matches!(Schema::open([&bytes[..], &[0]].concat()), Err(SchemaError::Damaged)));
    assert!(matches!(Schema::open(b"{}".as_slice()), Err(SchemaError::NotASchema)));
}

/// Looks at everything a schema has. Ends, because nodes refer backwards only; the budget is for damage that makes
/// one node many times another's child.
fn read_everything(schema: &Schema) {
    let mut budget = 20_000;
    let mut blocks = vec![schema.provider_configuration()];
    for mode in [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral] {
        for name in schema.type_names(mode).take(1000) {
            blocks.extend(schema.block_type(mode, name));
            for group in schema.constraints(mode, name).take(1000) {
                group.paths().take(1000).for_each(drop);
            }
        }
    }
    let mut types = Vec::new();
    while let (Some(block), 1..) = (blocks.pop(), budget) {
        for attribute in block.attributes().take(1000) {
            budget -= 1;
            let _ = block.attribute(attribute.name());
            types.push(attribute.value_type());
        }
        for nested in block.nested_blocks().take(1000) {
            budget -= 1;
            let _ = block.nested_block(nested.name());
            blocks.push(nested.block());
        }
        while let (Some(value_type), 1..) = (types.pop(), budget) {
            budget -= 1;
            match value_type {
                TypeSchema::List(element) | TypeSchema::Set(element) | TypeSchema::Map(element) => {
                    types.push(element.resolve());
                }
                TypeSchema::Object(object) => {
                    types.extend(object.fields().take(1000).map(Attribute::value_type));
                }
                TypeSchema::Tuple(tuple) => types.extend(tuple.elements().take(1000).map(TypeReference::resolve)),
                TypeSchema::Nested(_, block) => blocks.push(block),
                TypeSchema::String | TypeSchema::Number | TypeSchema::Bool | TypeSchema::Dynamic => {}
            }
        }
    }
    schema.function_names().take(1000).for_each(drop);
    let _ = (schema.source(), schema.version(), schema.has_function("twice"));
}

proptest! {
    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let bytes = [super::layout::MAGIC.as_slice(), &bytes].concat();
        if let Ok(schema) = Schema::open(bytes) {
            read_everything(&schema);
        }
    }

    #[test]
    fn damage_never_panics(damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)) {
        let mut bytes = everything().as_bytes().to_vec();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(schema) = Schema::open(bytes) {
            read_everything(&schema);
        }
    }

    #[test]
    fn damage_behind_the_header_never_panics(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut bytes = everything().as_bytes().to_vec();
        for (place, byte) in damage {
            let place = super::layout::HEADER + place.index(bytes.len() - super::layout::HEADER);
            bytes[place] = byte;
        }
        // The header alone decides whether a schema opens.
        read_everything(&Schema::open(bytes).unwrap());
    }
}
