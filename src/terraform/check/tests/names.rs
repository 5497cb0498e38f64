//! Labels, double addresses, provider configurations, and blocks that only move addresses.

use super::{finds, finds_in, fine, found, module};
use crate::terraform::expression::Expression;
use crate::terraform::lifecycle::Condition;
use crate::terraform::value::{Value, text};
use crate::terraform::{
    Check, Import, Module, ModuleCall, Moved, Output, Provider, ProviderReference, RequiredProvider, Resource,
    ResourceBlock, TerraformSettings, Variable,
};

fn network(name: &'static str) -> ResourceBlock {
    ResourceBlock::resource("cloud_network", name).set("range", "10.0.0.0/16")
}

/// A module with nothing but the provider.
fn base() -> Module {
    module(r#""locals": {}"#)
}

#[test]
fn illegal_label() {
    finds(r#""locals": {"1st": 1}"#, "");
    finds(r#""output": {"vpc id": {"value": 1}}"#, "");
    finds(r#""resource": {"cloud_network": {"": {"range": "10.0.0.0/16"}}}"#, "");
    finds(r#""check": {"a.b": {"assert": [{"condition": "${path.module != \"\"}", "error_message": "No."}]}}"#, "");
    finds(r#""module": {"a/b": {"source": "./a"}}"#, "");
    finds(r#""variable": {"ä-1_x": {}, "a!": {}}"#, "");
}

#[test]
fn reserved_variable_name() {
    finds(r#""variable": {"version": {}}"#, "");
}

#[test]
fn illegal_provider_names() {
    let mut module = base();
    module.add_provider(Provider::aliased("cloud", "us east"));
    finds_in(&module, "");
    let mut module = base();
    module.settings.required_providers.insert(
        "Cloud".into(),
        RequiredProvider { source: "example/cloud".into(), version: None, configuration_aliases: Vec::new() },
    );
    finds_in(&module, "");
}

#[test]
fn bound_names() {
    let mut module = base();
    let walk = crate::terraform::expression::For {
        key: None,
        value: "a b".into(),
        collection: Expression::List(Vec::new()),
        result_key: None,
        result: Expression::Null,
        grouping: false,
        condition: None,
    };
    module.add_local::<String>("x", Value::new(Expression::For(Box::new(walk))));
    finds_in(&module, "");
}

#[test]
fn duplicate_resource() {
    let mut module = base();
    module.add(network("main"));
    module.add(ResourceBlock::data("cloud_zone", "main"));
    module.add(network("main").set("range", "10.1.0.0/16"));
    finds_in(&module, "");
    let mut module = base();
    module.add(network("main"));
    module.add(network("main").provider(&ProviderReference::new("cloud", Some("standby".into()))));
    finds_in(&module, "");
    let mut module = base();
    module.add(network("main"));
    module.add(network("main"));
    finds_in(&module, "");
}

#[test]
fn duplicate_data_source_of_a_check() {
    let mut module = base();
    module.add(ResourceBlock::data("cloud_zone", "here"));
    let zone = Value::<String>::new(Expression::reference(
        std::sync::Arc::new(ResourceBlock::data("cloud_zone", "here").address()),
        Vec::new(),
    ));
    let check = Check::new("zone", Condition::new(zone.is_null(), "No.")).data(ResourceBlock::data("cloud_zone", "here"));
    module.add_check(check);
    finds_in(&module, "");
}

#[test]
fn other_duplicates() {
    let mut module = base();
    module.add_variable::<String>(Variable::new("zone").default("a"));
    module.add_variable::<String>(Variable::new("zone"));
    finds_in(&module, "");
    let mut module = base();
    module.add_local("x", text("first"));
    module.add_local("x", text("second"));
    finds_in(&module, "");
    let mut module = base();
    module.add_output(Output::new("x", text("a".repeat(80))));
    module.add_output(Output::new("x", text("b")));
    finds_in(&module, "");
    let mut module = base();
    let condition = || Condition::new(Value::new(Expression::named("path", &["root"])), "No.");
    module.add_check(Check::new("x", condition()));
    module.add_check(Check::new("x", condition()));
    finds_in(&module, "");
    let mut module = base();
    module.add_module_call(ModuleCall::new("x", "./a").set("size", 1));
    module.add_module_call(ModuleCall::new("x", "./b"));
    finds_in(&module, "");
    let mut module = base();
    module.add_provider(Provider::aliased("cloud", "standby").set("zone", "c"));
    finds_in(&module, "");
    let mut module = base();
    module.add(network("main"));
    module.add_import(Import { to: "cloud_network.main".into(), id: "a".into(), for_each: None, provider: None });
    module.add_import(Import { to: "cloud_network.main".into(), id: "b".into(), for_each: None, provider: None });
    finds_in(&module, "");
}

#[test]
fn duplicate_moves() {
    let mut module = base();
    module.add(network("a"));
    module.add(network("b"));
    module.add_moved(Moved { from: "cloud_network.old".into(), to: "cloud_network.a".into() });
    module.add_moved(Moved { from: "cloud_network.old".into(), to: "cloud_network.b".into() });
    finds_in(&module, "");
    finds(
        r#""removed": [
            {"from": "cloud_network.old", "lifecycle": {"destroy": false}},
            {"from": "cloud_network.old", "lifecycle": {"destroy": true}}
        ]"#,
        "",
    );
}

#[test]
fn undeclared_provider_configuration() {
    finds(r#""resource": {"cloud_network": {"a": {"provider": "cloud.standbye", "range": "10.0.0.0/16"}}}"#, "");
    finds(r#""module": {"a": {"source": "./a", "providers": {"cloud": "other"}}}"#, "");
    finds(
        r#""resource": {"cloud_network": {"a": {"range": "10.0.0.0/16"}}},
        "import": [{"to": "cloud_network.a", "id": "x", "provider": "cloud.x"}]"#,
        "",
    );
}

#[test]
fn no_default_provider_configuration() {
    let mut module = Module::new();
    let source = |aliases| RequiredProvider { source: "example/cloud".into(), version: None, configuration_aliases: aliases };
    module.settings(TerraformSettings::new().required_provider("cloud", source(Vec::new())));
    let standby = module.add_provider(Provider::aliased("cloud", "standby"));
    module.add(network("main").provider(&standby));
    assert_eq!(found(&module), Vec::<String>::new());
    module.add(network("other"));
    finds_in(&module, "");

    let expected = ProviderReference::new("cloud", Some("caller".into()));
    let mut module = Module::new();
    module.settings(TerraformSettings::new().required_provider("cloud", source(vec![expected.clone()])));
    module.add(network("main").provider(&expected));
    assert_eq!(found(&module), Vec::<String>::new());
}

#[test]
fn provider_that_is_not_required() {
    finds(r#""provider": {"clod": {}}"#, "");
}

#[test]
fn built_in_provider_needs_nothing() {
    fine(r#""resource": {"terraform_data": {"a": {"input": "x"}}}, "locals": {"x": "${terraform_data.a.output}"}"#);
}

const NETWORK: &str = r#""resource": {"cloud_network": {"a": {"range": "10.0.0.0/16"}, "many": {"count": 2, "range": "10.0.0.0/16"}}}"#;

#[track_caller]
fn finds_beside_networks(sections: &str, text: &str) {
    finds(&format!("{NETWORK}, {sections}"), text);
}

#[test]
fn moves() {
    fine(&format!(r#"{NETWORK}, "moved": [{{"from": "cloud_network.old", "to": "cloud_network.a"}}]"#));
    fine(&format!(r#"{NETWORK}, "moved": [{{"from": "cloud_network.old", "to": "cloud_network.many[0]"}}]"#));
    fine(&format!(r#"{NETWORK}, "moved": [{{"from": "module.x.cloud_network.old[\"k\"]", "to": "cloud_network.a"}}]"#));
    finds_beside_networks(r#""moved": [{"from": "cloud_network.old", "to": "cloud_network.b"}]"#, "");
    finds_beside_networks(r#""moved": [{"from": "data.cloud_zone.old", "to": "cloud_network.a"}]"#, "");
    fine(&format!(
        r#"{NETWORK}, "moved": [
            {{"from": "cloud_network.oldest", "to": "cloud_network.old"}},
            {{"from": "cloud_network.old", "to": "cloud_network.a"}}
        ]"#
    ));
    let mut module = module(NETWORK);
    module.add_moved(Moved { from: "cloud network".into(), to: "cloud_network.a".into() });
    finds_in(&module, "");
    finds_beside_networks(r#""moved": [{"from": "cloud_network.a", "to": "cloud_network.a"}]"#, "");
    finds_beside_networks(r#""moved": [{"from": "cloud_network.a", "to": "cloud_network.many[1]"}]"#, "");
    finds_beside_networks(r#""moved": [{"from": "module.old", "to": "cloud_network.a"}]"#, "");
    finds_beside_networks(r#""moved": [{"from": "cloud_network.old", "to": "module.new.cloud_network.a"}]"#, "");
}

#[test]
fn removals() {
    fine(r#""removed": [{"from": "cloud_network.old", "lifecycle": {"destroy": false}}]"#);
    finds_beside_networks(r#""removed": [{"from": "cloud_network.a", "lifecycle": {"destroy": false}}]"#, "");
    finds_beside_networks(r#""removed": [{"from": "cloud_network.old[0]", "lifecycle": {"destroy": false}}]"#, "");
    finds(
        r#""module": {"a": {"source": "./a"}}, "removed": [{"from": "module.a", "lifecycle": {"destroy": false}}]"#,
        "",
    );
}

#[test]
fn imports() {
    fine(&format!(r#"{NETWORK}, "import": [{{"to": "cloud_network.a", "id": "x"}}, {{"to": "cloud_network.many[0]", "id": "y"}}]"#));
    finds_beside_networks(r#""import": [{"to": "cloud_network.b", "id": "x"}]"#, "");
    finds_beside_networks(r#""import": [{"to": "cloud_network.many", "id": "x"}]"#, "");
    finds_beside_networks(r#""import": [{"to": "cloud_network.a[0]", "id": "x"}]"#, "");
    finds_beside_networks(r#""import": [{"to": "cloud_network.a", "id": "${var.id}"}]"#, "");
    finds(r#""module": {"a": {"source": "./a"}}, "import": [{"to": "module.a", "id": "x"}]"#, "");
    fine(&format!(
        r#"{NETWORK}, "import": [{{"for_each": {{"0": "x"}}, "to": "cloud_network.many[each.key]", "id": "${{each.value}}"}}]"#
    ));
    finds_beside_networks(r#""import": [{"to": "cloud_network.a", "id": "${each.key}"}]"#, "");
}
