//! The JSON schema of the settings file, which editors read, says what the program says.

use dr_synth::settings::{
    ApiAuthorization, BackendKind, Dialect, Endpoints, FailoverMode, Feature, Layout, PackageKind, Settings,
    WorkloadKind, file,
};
use serde_json::{Value, json};
use std::fmt::Write as _;

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

/// Settings in JSON, as the schema sees them and as a file has them.
fn as_file(settings: &Value) -> String {
    let mut text = String::new();
    let sections = settings.as_object().unwrap();
    let is_table = |value: &&Value| value.is_object();
    for (key, value) in sections.iter().filter(|(_, value)| !is_table(value)) {
        writeln!(text, "{key} = {value}").unwrap();
    }
    for (name, section) in sections.iter().filter(|(_, value)| is_table(value)) {
        writeln!(text, "[{name}]").unwrap();
        for (key, value) in section.as_object().unwrap() {
            writeln!(text, "{key} = {value}").unwrap();
        }
    }
    text
}

/// What goes together for the schema goes together for the program.
#[test]
fn it_refuses_the_combinations_that_the_program_refuses() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let cases = [
        (true, json!({"workload": {"kind": "none"}, "api": {"authorization": "NONE"}})),
        (false, json!({"workload": {"kind": "none"}, "api": {"authorization": "AWS_IAM"}})),
        (true, json!({"workload": {"kind": "lambda"}, "api": {"authorization": "AWS_IAM"}})),
        (true, json!({"workload": {"kind": "fargate"}, "api": {"authorization": "AWS_IAM"}})),
        (false, json!({"workload": {"kind": "fargate", "package": "image"}})),
        (false, json!({"workload": {"kind": "fargate"}, "network": {"existing": true}})),
        (false, json!({"workload": {"kind": "fargate"}, "network": {"existing": true, "endpoints": "existing"}})),
        (true, json!({"workload": {"kind": "fargate"}, "network": {"existing": true, "endpoints": "own"}})),
        (true, json!({"workload": {"kind": "fargate"}, "existing": {"web_acl": true}})),
        (true, json!({"network": {"existing": true, "endpoints": "existing"}})),
        (true, json!({"network": {"existing": true, "endpoints": "own"}})),
        (false, json!({"network": {"existing": false, "endpoints": "existing"}})),
        (false, json!({"network": {"endpoints": "existing"}})),
        (false, json!({"network": {"existing": true, "primary_cidr": "10.8.0.0/16"}})),
        (true, json!({"network": {"existing": true, "primary_cidr": "10.0.0.0/16"}})),
        (true, json!({"network": {"primary_cidr": "10.8.0.0/16"}})),
        (true, json!({"existing": {"topics": true, "web_acl": true, "log_archive": true}})),
        (false, json!({"existing": {"web_acl": true}, "features": {"waf": false}})),
        (false, json!({"existing": {"web_acl": true}, "workload": {"kind": "none"}})),
        (true, json!({"existing": {"web_acl": false}, "workload": {"kind": "none"}})),
        (false, json!({"existing": {"log_archive": true}, "features": {"access_logs": false}})),
        (true, json!({"existing": {"log_archive": true}, "features": {"access_logs": false, "config": true}})),
        (false, json!({"dialect": "opentofu", "backend": {"kind": "cloud", "organization": "acme", "workspace": "p"}})),
        (true, json!({"dialect": "terraform", "backend": {"kind": "cloud", "organization": "acme", "workspace": "p"}})),
        (true, json!({"dialect": "opentofu", "backend": {"kind": "gcs", "bucket": "acme"}})),
        (false, json!({"workload": "none"})),
        (false, json!({"backend": {"bucket": "acme"}})),
        (true, json!({})),
    ];
    for (is_fine, settings) in cases {
        let by_program = file::read(&as_file(&settings)).and_then(dr_synth::settings::Choices::settle);
        assert_eq!(by_program.is_ok(), is_fine, "the program: {settings} {by_program:?}");
        assert_eq!(validator.is_valid(&settings), is_fine, "the schema: {settings}");
    }
}

/// Each kind of backend with what it needs, without one part of that, and with what it does not take.
#[test]
fn its_backends_are_those_of_the_program() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let is_valid = |backend: &Value| validator.is_valid(&json!({ "backend": backend }));
    let all = dr_synth::settings::backend::argument_names();
    for kind in BackendKind::ALL {
        let whole = || {
            let needed = kind.arguments().filter(|(_, is_required)| *is_required);
            let entries =
                needed.map(|(name, _)| (name.to_owned(), json!("x"))).chain([("kind".to_owned(), json!(kind.name()))]);
            Value::Object(entries.collect())
        };
        assert!(is_valid(&whole()), "{}", whole());
        for name in &all {
            let mut changed = whole();
            let argument = kind.arguments().find(|(own, _)| own == name);
            match argument {
                Some((_, true)) => _ = changed.as_object_mut().unwrap().remove(*name),
                _ => changed[*name] = json!("x"),
            }
            assert_eq!(is_valid(&changed), matches!(argument, Some((_, false))), "{changed}");
        }
    }
}
