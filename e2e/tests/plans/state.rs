//! A state as it would be after an apply, made from the plan of one.

use dr_synth::aws;
use dr_synth::terraform::ResourceMode;
use dr_synth::terraform::schema::{BlockSchema, TypeSchema};
use serde_json::{Map, Value, json};

/// The objects in it.
pub(crate) struct State(Vec<Object>);

struct Object {
    module: String,
    type_name: String,
    name: String,
    provider: String,
    version: Value,
    index: Option<Value>,
    attributes: Value,
    /// The ways to what is hidden: without them Terraform would plan to hide it.
    sensitive: Value,
}

impl State {
    /// Everything that a plan creates.
    pub(crate) fn of(plan: &Value) -> Self {
        Self(changes(plan).map(|change| Object::of(change, plan)).collect())
    }

    /// Takes what a plan would change in it.
    pub(crate) fn settle(&mut self, plan: &Value) {
        for change in changes(plan).filter(|change| change["type"] != "terraform_data") {
            let planned = Object::of(change, plan);
            let is_it = |object: &&mut Object| {
                (&object.module, &object.type_name, &object.name, &object.index)
                    == (&planned.module, &planned.type_name, &planned.name, &planned.index)
            };
            if let Some(object) = self.0.iter_mut().find(is_it) {
                object.attributes = planned.attributes;
            }
        }
    }

    /// It as Terraform reads it.
    pub(crate) fn document(&self) -> Value {
        let mut resources: Vec<Value> = Vec::new();
        for object in &self.0 {
            let block = json!({
                "module": object.module, "mode": "managed", "type": object.type_name, "name": object.name,
                "provider": format!("provider[\"{}\"]", object.provider),
            });
            let mut instance = json!({
                "schema_version": object.version, "attributes": object.attributes,
                "sensitive_attributes": object.sensitive,
            });
            if let Some(index) = &object.index {
                instance["index_key"] = index.clone();
            }
            let same = resources
                .iter_mut()
                .find(|resource| ["module", "type", "name"].iter().all(|field| resource[*field] == block[*field]));
            if let Some(resource) = same {
                resource["instances"].as_array_mut().unwrap().push(instance);
            } else {
                let mut resource = block;
                resource["instances"] = json!([instance]);
                resources.push(resource);
            }
        }
        json!({ "version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "pairs", "outputs": {}, "resources": resources })
    }
}

/// The changes of objects that a plan makes or changes.
fn changes(plan: &Value) -> impl Iterator<Item = &Value> {
    let changes = plan["resource_changes"].as_array().into_iter().flatten();
    changes.filter(|change| change["mode"] == "managed" && change["change"]["after"].is_object())
}

impl Object {
    fn of(change: &Value, plan: &Value) -> Self {
        let text = |field: &str| change[field].as_str().unwrap_or_default().to_owned();
        let (after, unknown) = (&change["change"]["after"], &change["change"]["after_unknown"]);
        let type_name = text("type");
        let attributes = if type_name == "terraform_data" {
            builtin(after)
        } else {
            let schema = aws::schema().block_type(ResourceMode::Managed, &type_name).unwrap();
            filled(after, unknown, schema, &text("address"))
        };
        Self {
            module: text("module_address"),
            version: version(&plan["planned_values"]["root_module"], &type_name).unwrap_or_else(|| json!(0)),
            type_name,
            name: text("name"),
            provider: text("provider_name"),
            index: change.get("index").cloned(),
            attributes,
            sensitive: sensitive(&change["change"]["after_sensitive"]),
        }
    }
}

/// The arguments of the object itself that are hidden.
fn sensitive(after: &Value) -> Value {
    let hidden = after.as_object().into_iter().flatten().filter(|(_, is_hidden)| **is_hidden == true);
    hidden.map(|(name, _)| json!([{ "type": "get_attr", "value": name }])).collect()
}

/// The version of a type's schema.
fn version(module: &Value, type_name: &str) -> Option<Value> {
    let mut resources = module["resources"].as_array().into_iter().flatten();
    let found =
        resources.find(|resource| resource["type"] == type_name).map(|resource| resource["schema_version"].clone());
    found.or_else(|| {
        module["child_modules"].as_array().into_iter().flatten().find_map(|child| version(child, type_name))
    })
}

/// The values with something in place of what only AWS knows.
fn filled(values: &Value, unknown: &Value, block: BlockSchema<'_>, address: &str) -> Value {
    let mut filled = values.as_object().cloned().unwrap_or_default();
    for (name, unknown) in unknown.as_object().into_iter().flatten() {
        match (unknown, block.attribute(name), block.nested_block(name)) {
            (Value::Bool(true), Some(_), _) if name == "id" => {
                filled.insert(name.clone(), json!(address));
            }
            (Value::Bool(true), Some(attribute), _) => {
                filled.insert(name.clone(), anything(attribute.value_type(), name));
            }
            (Value::Bool(true), None, _) => {
                filled.insert(name.clone(), json!([]));
            }
            (Value::Array(inner), None, Some(nested)) => {
                let blocks = values[name].as_array().into_iter().flatten().zip(inner);
                let blocks: Vec<_> =
                    blocks.map(|(block, unknown)| self::filled(block, unknown, nested.block(), address)).collect();
                filled.insert(name.clone(), json!(blocks));
            }
            _ => {}
        }
    }
    Value::Object(filled)
}

fn anything(of: TypeSchema<'_>, name: &str) -> Value {
    match of {
        TypeSchema::String if name.ends_with("arn") => json!("arn:aws:service:us-east-1:123456789012:x/y"),
        TypeSchema::String => json!(""),
        TypeSchema::Number => json!(0),
        TypeSchema::Bool => json!(false),
        TypeSchema::List(_) | TypeSchema::Set(_) => json!([]),
        TypeSchema::Map(_) => json!({}),
        _ => Value::Null,
    }
}

/// `terraform_data` keeps values of any type, each with its type.
fn builtin(after: &Value) -> Value {
    let typed = |value: &Value| match value {
        Value::Null => Value::Null,
        value => json!({ "value": value, "type": type_of(value) }),
    };
    let mut attributes = Map::new();
    attributes.insert("id".to_owned(), json!("x"));
    for (name, from) in [("input", "input"), ("output", "input"), ("triggers_replace", "triggers_replace")] {
        attributes.insert(name.to_owned(), typed(&after[from]));
    }
    Value::Object(attributes)
}

/// The type of a value as it is written out.
fn type_of(value: &Value) -> Value {
    match value {
        Value::Null => json!("dynamic"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("string"),
        Value::Array(items) => json!(["tuple", items.iter().map(type_of).collect::<Vec<_>>()]),
        Value::Object(entries) => {
            let types: Map<_, _> = entries.iter().map(|(name, value)| (name.clone(), type_of(value))).collect();
            json!(["object", types])
        }
    }
}
