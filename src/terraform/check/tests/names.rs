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
    finds(
        r#""locals": {"1st": 1}"#,
        &[
            "[IllegalName] local.1st: the name `1st` does not start with a letter or an underscore",
            "why: a name is a letter or an underscore, then letters, digits, underscores and dashes",
        ],
    );
    finds(
        r#""output": {"vpc id": {"value": 1}}"#,
        &[
            "[IllegalName] output.vpc id: the name `vpc id` contains ' '",
            "why: a name is a letter or an underscore, then letters, digits, underscores and dashes",
        ],
    );
    finds(
        r#""resource": {"cloud_network": {"": {"range": "10.0.0.0/16"}}}"#,
        &[
            "[IllegalName] cloud_network.: the name is empty",
            "why: a name is a letter or an underscore, then letters, digits, underscores and dashes",
        ],
    );
    finds(
        r#""check": {"a.b": {"assert": [{"condition": "${path.module != \"\"}", "error_message": "No."}]}}"#,
        &[
            "[IllegalName] check.a.b: the name `a.b` contains '.'",
            "why: a name is a letter or an underscore, then letters, digits, underscores and dashes",
        ],
    );
    finds(
        r#""module": {"a/b": {"source": "./a"}}"#,
        &[
            "[IllegalName] module.a/b: the name `a/b` contains '/'",
            "why: a name is a letter or an underscore, then letters, digits, underscores and dashes",
        ],
    );
    finds(
        r#""variable": {"ä-1_x": {}, "a!": {}}"#,
        &[
            "[IllegalName] var.a!: the name `a!` contains '!'",
            "why: a name is a letter or an underscore, then letters, digits, underscores and dashes",
        ],
    );
}

#[test]
fn reserved_variable_name() {
    finds(
        r#""variable": {"version": {}}"#,
        &[
            "[IllegalName] var.version: no variable may be called `version`",
            "why: a `module` block has an argument of that name with a meaning of its own",
        ],
    );
}

#[test]
fn illegal_provider_names() {
    let mut module = base();
    module.add_provider(Provider::aliased("cloud", "us east"));
    finds_in(
        &module,
        &[
            "[IllegalName] provider.cloud.us east: the alias `us east` contains ' '",
            "why: a name is a letter or an underscore, then letters, digits, underscores and dashes",
        ],
    );
    let mut module = base();
    module.settings.required_providers.insert(
        "Cloud".into(),
        RequiredProvider { source: "example/cloud".into(), version: None, configuration_aliases: Vec::new() },
    );
    finds_in(
        &module,
        &["[IllegalName] terraform: the provider name `Cloud` has capital letters", "fix: write `cloud`"],
    );
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
    finds_in(&module, &["[IllegalName] local.x: `a b` cannot be bound: it is not a name"]);
}

#[test]
fn duplicate_resource() {
    let mut module = base();
    module.add(network("main"));
    module.add(ResourceBlock::data("cloud_zone", "main"));
    module.add(network("main").set("range", "10.1.0.0/16"));
    finds_in(
        &module,
        &[
            r#"[DuplicateAddress] cloud_network.main: declared twice: block 1 has range = "10.0.0.0/16", block 3 has range = "10.1.0.0/16""#,
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    module.add(network("main"));
    module.add(network("main").provider(&ProviderReference::new("cloud", Some("standby".into()))));
    finds_in(
        &module,
        &[
            "[DuplicateAddress] cloud_network.main: declared twice: block 1 has no provider, block 2 has the provider cloud.standby",
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    module.add(network("main"));
    module.add(network("main"));
    finds_in(
        &module,
        &[
            "[DuplicateAddress] cloud_network.main: declared twice: block 1 is declared first, block 2 says the same",
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
}

#[test]
fn duplicate_data_source_of_a_check() {
    let mut module = base();
    module.add(ResourceBlock::data("cloud_zone", "here"));
    let zone = Value::<String>::new(Expression::reference(
        std::sync::Arc::new(ResourceBlock::data("cloud_zone", "here").address()),
        Vec::new(),
    ));
    let check =
        Check::new("zone", Condition::new(zone.is_null(), "No.")).data(ResourceBlock::data("cloud_zone", "here"));
    module.add_check(check);
    finds_in(
        &module,
        &[
            "[DuplicateAddress] data.cloud_zone.here: declared twice: block 1 is declared first, block 2 says the same",
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
}

#[test]
fn other_duplicates() {
    let mut module = base();
    module.add_variable::<String>(Variable::new("zone").default("a"));
    module.add_variable::<String>(Variable::new("zone"));
    finds_in(
        &module,
        &[
            r#"[DuplicateAddress] var.zone: declared twice: variable 1 has default = "a", variable 2 has no default"#,
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    module.add_local("x", text("first"));
    module.add_local("x", text("second"));
    finds_in(
        &module,
        &[
            r#"[DuplicateAddress] local.x: declared twice: local value 1 has value = "first", local value 2 has value = "second""#,
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    module.add_output(Output::new("x", text("a".repeat(80))));
    module.add_output(Output::new("x", text("b")));
    finds_in(
        &module,
        &[
            r#"[DuplicateAddress] output.x: declared twice: output 1 has value = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..., output 2 has value = "b""#,
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    let condition = || Condition::new(Value::new(Expression::named("path", &["root"])), "No.");
    module.add_check(Check::new("x", condition()));
    module.add_check(Check::new("x", condition()));
    finds_in(
        &module,
        &[
            "[DuplicateAddress] check.x: declared twice: check 1 is declared first, check 2 says the same",
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    module.add_module_call(ModuleCall::new("x", "./a").set("size", 1));
    module.add_module_call(ModuleCall::new("x", "./b"));
    finds_in(
        &module,
        &[
            "[DuplicateAddress] module.x: declared twice: module call 1 has size = 1, module call 2 has no size",
            "why: in the document the second would silently take the first one's place",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    module.add_provider(Provider::aliased("cloud", "standby").set("zone", "c"));
    finds_in(
        &module,
        &[
            r#"[DuplicateAddress] provider.cloud.standby: declared twice: provider configuration 2 has zone = "b", provider configuration 3 has zone = "c""#,
            "why: a block that names it could mean either",
            "fix: give one of the two another name",
        ],
    );
    let mut module = base();
    module.add(network("main"));
    module.add_import(Import { to: "cloud_network.main".into(), id: "a".into(), for_each: None, provider: None });
    module.add_import(Import { to: "cloud_network.main".into(), id: "b".into(), for_each: None, provider: None });
    finds_in(
        &module,
        &[
            r#"[DuplicateAddress] import cloud_network.main: declared twice: import 1 has id = "a", import 2 has id = "b""#,
            "why: only one thing can become of an object",
            "fix: remove one of the two",
        ],
    );
}

#[test]
fn duplicate_moves() {
    let mut module = base();
    module.add(network("a"));
    module.add(network("b"));
    module.add_moved(Moved { from: "cloud_network.old".into(), to: "cloud_network.a".into() });
    module.add_moved(Moved { from: "cloud_network.old".into(), to: "cloud_network.b".into() });
    finds_in(
        &module,
        &[
            "[DuplicateAddress] moved cloud_network.old: declared twice: move 1 goes to cloud_network.a, move 2 goes to cloud_network.b",
            "why: only one thing can become of an object",
            "fix: remove one of the two",
        ],
    );
    finds(
        r#""removed": [
            {"from": "cloud_network.old", "lifecycle": {"destroy": false}},
            {"from": "cloud_network.old", "lifecycle": {"destroy": true}}
        ]"#,
        &[
            "[DuplicateAddress] removed cloud_network.old: declared twice: removal 1 is declared first, removal 2 says the same",
            "why: only one thing can become of an object",
            "fix: remove one of the two",
        ],
    );
}

#[test]
fn undeclared_provider_configuration() {
    finds(
        r#""resource": {"cloud_network": {"a": {"provider": "cloud.standbye", "range": "10.0.0.0/16"}}}"#,
        &[
            "[Provider] cloud_network.a: provider: there is no provider configuration `cloud.standbye`",
            "nearest: cloud.standby, cloud",
        ],
    );
    finds(
        r#""module": {"a": {"source": "./a", "providers": {"cloud": "other"}}}"#,
        &[
            "[Provider] module.a: providers.cloud: there is no provider configuration `other`",
            "nearest: cloud, cloud.standby",
        ],
    );
    finds(
        r#""resource": {"cloud_network": {"a": {"range": "10.0.0.0/16"}}},
        "import": [{"to": "cloud_network.a", "id": "x", "provider": "cloud.x"}]"#,
        &[
            "[Provider] import cloud_network.a: provider: there is no provider configuration `cloud.x`",
            "nearest: cloud, cloud.standby",
        ],
    );
}

#[test]
fn no_default_provider_configuration() {
    let mut module = Module::new();
    let source =
        |aliases| RequiredProvider { source: "example/cloud".into(), version: None, configuration_aliases: aliases };
    module.settings(TerraformSettings::new().required_provider("cloud", source(Vec::new())));
    let standby = module.add_provider(Provider::aliased("cloud", "standby"));
    module.add(network("main").provider(&standby));
    assert_eq!(found(&module), Vec::<String>::new());
    module.add(network("other"));
    finds_in(
        &module,
        &[
            "[Provider] cloud_network.other: names no provider, and `cloud` has no default configuration",
            "why: the block would land wherever an empty configuration points, which may be another region",
            "fix: name the configuration that manages it",
            "did you mean `cloud.standby`?",
        ],
    );

    let expected = ProviderReference::new("cloud", Some("caller".into()));
    let mut module = Module::new();
    module.settings(TerraformSettings::new().required_provider("cloud", source(vec![expected.clone()])));
    module.add(network("main").provider(&expected));
    assert_eq!(found(&module), Vec::<String>::new());
}

#[test]
fn provider_that_is_not_required() {
    finds(
        r#""provider": {"clod": {}}"#,
        &[
            "[Provider] provider.clod: `clod` is not among the required providers",
            "why: without an entry Terraform guesses where it comes from and takes any version",
            "fix: add `clod` with its source and version to `required_providers`",
            "did you mean `cloud`?",
        ],
    );
}

#[test]
fn built_in_provider_needs_nothing() {
    fine(r#""resource": {"terraform_data": {"a": {"input": "x"}}}, "locals": {"x": "${terraform_data.a.output.any}"}"#);
    finds(
        r#""data": {"terraform_remote_state": {"a": {"backend": "local"}}},
        "locals": {"x": "${data.terraform_remote_state.a.output}"}"#,
        &[
            "[UndefinedAttribute] local.x: `data.terraform_remote_state.a.output`: there is no attribute `output`",
            "did you mean `outputs`?",
        ],
    );
}

const NETWORK: &str =
    r#""resource": {"cloud_network": {"a": {"range": "10.0.0.0/16"}, "many": {"count": 2, "range": "10.0.0.0/16"}}}"#;

#[track_caller]
fn finds_beside_networks(sections: &str, lines: &[&str]) {
    finds(&format!("{NETWORK}, {sections}"), lines);
}

#[test]
fn moves() {
    fine(&format!(r#"{NETWORK}, "moved": [{{"from": "cloud_network.old", "to": "cloud_network.a"}}]"#));
    fine(&format!(r#"{NETWORK}, "moved": [{{"from": "cloud_network.old", "to": "cloud_network.many[0]"}}]"#));
    fine(&format!(r#"{NETWORK}, "moved": [{{"from": "module.x.cloud_network.old[\"k\"]", "to": "cloud_network.a"}}]"#));
    finds_beside_networks(
        r#""moved": [{"from": "cloud_network.old", "to": "cloud_network.b"}]"#,
        &[
            "[UndefinedAddress] moved cloud_network.old: to: `cloud_network.b`: there is no `cloud_network.b`",
            "did you mean `cloud_network.a`?",
        ],
    );
    finds_beside_networks(
        r#""moved": [{"from": "data.cloud_zone.old", "to": "cloud_network.a"}]"#,
        &[
            "[Syntax] moved data.cloud_zone.old: from: `data.cloud_zone.old` is no address of a resource or a module",
            "fix: write it as in `aws_vpc.main`, `aws_vpc.main[0]` or `module.network.aws_vpc.main`",
        ],
    );
    fine(&format!(
        r#"{NETWORK}, "moved": [
            {{"from": "cloud_network.oldest", "to": "cloud_network.old"}},
            {{"from": "cloud_network.old", "to": "cloud_network.a"}}
        ]"#
    ));
    let mut module = module(NETWORK);
    module.add_moved(Moved { from: "cloud network".into(), to: "cloud_network.a".into() });
    finds_in(
        &module,
        &[
            "[Syntax] moved cloud network: from: `cloud network` is no address of a resource or a module",
            "fix: write it as in `aws_vpc.main`, `aws_vpc.main[0]` or `module.network.aws_vpc.main`",
        ],
    );
    finds_beside_networks(
        r#""moved": [{"from": "cloud_network.a", "to": "cloud_network.a"}]"#,
        &["[Conflict] moved cloud_network.a: moves an object to where it is"],
    );
    finds_beside_networks(
        r#""moved": [{"from": "cloud_network.a", "to": "cloud_network.many[1]"}]"#,
        &["[Conflict] moved cloud_network.a: from: `cloud_network.a` is still in the document"],
    );
    finds_beside_networks(
        r#""moved": [{"from": "module.old", "to": "cloud_network.a"}]"#,
        &["[WrongType] moved module.old: a resource cannot become a module, nor the other way round"],
    );
    finds_beside_networks(
        r#""moved": [{"from": "cloud_network.old", "to": "module.new.cloud_network.a"}]"#,
        &["[UndefinedAddress] moved cloud_network.old: to: `module.new.cloud_network.a`: there is no `module.new`"],
    );
}

#[test]
fn removals() {
    fine(r#""removed": [{"from": "cloud_network.old", "lifecycle": {"destroy": false}}]"#);
    finds_beside_networks(
        r#""removed": [{"from": "cloud_network.a", "lifecycle": {"destroy": false}}]"#,
        &["[Conflict] removed cloud_network.a: from: `cloud_network.a` is still in the document"],
    );
    finds_beside_networks(
        r#""removed": [{"from": "cloud_network.old[0]", "lifecycle": {"destroy": false}}]"#,
        &[
            "[Instances] removed cloud_network.old[0]: from: `cloud_network.old[0]` names one instance, but only a whole block can be removed",
        ],
    );
    finds(
        r#""module": {"a": {"source": "./a"}}, "removed": [{"from": "module.a", "lifecycle": {"destroy": false}}]"#,
        &["[Conflict] removed module.a: from: `module.a` is still in the document"],
    );
}

#[test]
fn imports() {
    fine(&format!(
        r#"{NETWORK}, "import": [{{"to": "cloud_network.a", "id": "x"}}, {{"to": "cloud_network.many[0]", "id": "y"}}]"#
    ));
    finds_beside_networks(
        r#""import": [{"to": "cloud_network.b", "id": "x"}]"#,
        &[
            "[UndefinedAddress] import cloud_network.b: to: `cloud_network.b`: there is no `cloud_network.b`",
            "did you mean `cloud_network.a`?",
        ],
    );
    finds_beside_networks(
        r#""import": [{"to": "cloud_network.many", "id": "x"}]"#,
        &[
            "[Instances] import cloud_network.many: to: `cloud_network.many` names no instance, but the block has `count` or `for_each`",
        ],
    );
    finds_beside_networks(
        r#""import": [{"to": "cloud_network.a[0]", "id": "x"}]"#,
        &[
            "[Instances] import cloud_network.a[0]: to: `cloud_network.a[0]` names an instance, but the block has neither `count` nor `for_each`",
        ],
    );
    finds_beside_networks(
        r#""import": [{"to": "cloud_network.a", "id": "${var.id}"}]"#,
        &["[UndefinedAddress] import cloud_network.a: id: there is no `var.id`"],
    );
    finds(
        r#""module": {"a": {"source": "./a"}}, "import": [{"to": "module.a", "id": "x"}]"#,
        &["[WrongType] import module.a: to: `module.a` is a module, not a resource"],
    );
    fine(&format!(
        r#"{NETWORK}, "import": [{{"for_each": {{"0": "x"}}, "to": "cloud_network.many[each.key]", "id": "${{each.value}}"}}]"#
    ));
    finds_beside_networks(
        r#""import": [{"to": "cloud_network.a", "id": "${each.key}"}]"#,
        &[
            "[MisplacedReference] import cloud_network.a: id: `each.key` may not stand here",
            "why: `each` means something in blocks with `for_each` only",
        ],
    );
}
