//! The JSON schema of the settings file, which editors read, says what the program says.

use dr_synth::settings::{
    ApiAuthorization, BackendKind, Dialect, Endpoints, FailoverMode, Feature, Layout, PackageKind, Settings,
    WorkloadKind, file,
};
use serde_json::{Value, json};

use super::root;

fn schema() -> Value {
    let text = std::fs::read_to_string(root().join("docs/dr-synth.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The property of a key.
fn property<'a>(schema: &'a Value, section: &str, key: &str) -> &'a Value {
    let table = if section.is_empty() { schema } else { &schema["properties"][section] };
    &table["properties"][key]
}

/// Every key of the schema with its section, but for the section of `check`.
fn keys(schema: &Value) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    for (name, property) in schema["properties"].as_object().unwrap() {
        match property["properties"].as_object() {
            Some(_) if name == "check" => {}
            Some(table) => keys.extend(table.keys().map(|key| (name.clone(), key.clone()))),
            None => keys.push((String::new(), name.clone())),
        }
    }
    keys.sort();
    keys
}

#[test]
fn it_has_every_key_and_no_other() {
    let mut known: Vec<_> = file::known().map(|(section, key)| (section.to_owned(), key.to_owned())).collect();
    known.sort();
    assert_eq!(keys(&schema()), known);
}

#[test]
fn its_values_are_those_of_the_program() {
    let schema = schema();
    let values = |section, key| property(&schema, section, key)["enum"].clone();
    assert_eq!(values("", "dialect"), json!(Dialect::ALL.map(Dialect::name)));
    assert_eq!(values("", "layout"), json!(Layout::ALL.map(Layout::name)));
    assert_eq!(values("api", "authorization"), json!(ApiAuthorization::ALL.map(ApiAuthorization::name)));
    assert_eq!(values("backend", "kind"), json!(BackendKind::ALL.map(BackendKind::name)));
    assert_eq!(values("network", "endpoints"), json!(Endpoints::ALL.map(Endpoints::name)));
    assert_eq!(values("workload", "kind"), json!(WorkloadKind::ALL.map(WorkloadKind::name)));
    assert_eq!(values("workload", "package"), json!(PackageKind::ALL.map(PackageKind::name)));
    assert_eq!(values("failover", "mode"), json!(FailoverMode::ALL.map(FailoverMode::name)));
}

/// Each key with the schema's default alone leaves the settings as they are; past its limits it is refused.
#[test]
fn its_defaults_and_limits_are_those_of_the_program() {
    let schema = schema();
    for (section, key) in keys(&schema).iter().filter(|(section, _)| section != "backend") {
        let property = property(&schema, section, key);
        let head = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
        let read = |value: &Value| file::read(&format!("{head}{key} = {value}\n"));
        let settings = read(&property["default"]).unwrap().settle().unwrap();
        assert_eq!(settings, Settings::default(), "{section}.{key}");
        for (limit, step) in [("minimum", -1), ("maximum", 1)] {
            if let Some(limit) = property[limit].as_i64() {
                assert!(read(&json!(limit)).is_ok(), "{section}.{key} = {limit}");
                assert!(read(&json!(limit + step)).is_err(), "{section}.{key} = {}", limit + step);
            }
        }
    }
    assert!(Feature::ALL.iter().all(|feature| keys(&schema).iter().any(|(_, key)| key == feature.name())));
}
