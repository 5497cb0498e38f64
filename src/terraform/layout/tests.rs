//! One configuration in both layouts, document by document.

use serde_json::{Value, json};

use super::{Assignment, ModulePath};
use crate::terraform::check::tests::{module, schemas};
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::document::Document;
use crate::terraform::layout::Documents;
use crate::terraform::module::Module;

/// A module whose blocks have assignments: `address` at `path/in/the/tree`, under its name without the first word.
fn placed(sections: &str, assignments: &[(&str, &str)]) -> Module {
    let mut module = module(sections);
    for block in &mut module.resources {
        let address = block.address().to_string();
        let Some((_, path)) = assignments.iter().find(|(placed, _)| *placed == address) else { continue };
        let mut names = path.split('/').map(str::to_owned);
        let first = ModulePath::new(names.next().unwrap());
        let short = block.name.split_once('_').map_or(block.name.to_string(), |(_, short)| short.to_owned());
        block.assignment =
            Some(Assignment { module: names.fold(first, |path, name| path.child(name)), name: short.into() });
    }
    module
}

fn configuration(sections: &str, assignments: &[(&str, &str)]) -> Documents {
    Documents::new(placed(sections, assignments), &schemas())
        .unwrap_or_else(|found| panic!("{}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn json_of(document: &Document) -> Value {
    serde_json::from_slice(&document.to_bytes()).unwrap()
}

/// The root and the modules by their paths.
fn documents(sections: &str, assignments: &[(&str, &str)]) -> (Value, Vec<(String, Value)>) {
    let configuration = configuration(sections, assignments);
    let modules = configuration.modules().iter();
    let modules = modules.map(|(path, document)| (path.to_string(), json_of(document))).collect();
    (json_of(configuration.root()), modules)
}

const NETWORK: &str = r#""cloud_network": {"a_main": {"range": "10.0.0.0/16"}}"#;

#[test]
fn a_reference_across_becomes_output_variable_and_argument() {
    let (root, modules) = documents(
        &format!(
            r#""resource": {{{NETWORK}, "cloud_record": {{
                "b_www": {{"ttl": 1, "ip": "${{cloud_network.a_main.id}}", "provider": "cloud.standby"}}}}}}"#
        ),
        &[("cloud_network.a_main", "a"), ("cloud_record.b_www", "b")],
    );
    assert_eq!(
        modules,
        [
            (
                "module.a".to_owned(),
                json!({
                    "terraform": {"required_providers": {"cloud": {"source": "example/cloud"}}},
                    "resource": {"cloud_network": {"main": {"range": "10.0.0.0/16"}}},
                    "output": {"main_network_id": {
                        "description": "The id of cloud_network.main.", "value": "${cloud_network.main.id}"
                    }}
                })
            ),
            (
                "module.b".to_owned(),
                json!({
                    "terraform": {"required_providers": {"cloud": {
                        "source": "example/cloud", "configuration_aliases": ["cloud.standby"]
                    }}},
                    "resource": {"cloud_record": {
                        "www": {"ttl": 1, "ip": "${var.a_main_network_id}", "provider": "cloud.standby"}
                    }},
                    "variable": {"a_main_network_id": {
                        "description": "The id of cloud_network.main in module.a.", "type": "string"
                    }}
                })
            )
        ]
    );
    assert_eq!(
        root["module"],
        json!({
            "a": {"source": "./modules/a", "providers": {"cloud": "cloud"}},
            "b": {
                "source": "./modules/b", "providers": {"cloud.standby": "cloud.standby"},
                "a_main_network_id": "${module.a.main_network_id}"
            }
        })
    );
    assert_eq!(
        root["moved"],
        json!([
            {"from": "cloud_network.a_main", "to": "module.a.cloud_network.main"},
            {"from": "cloud_record.b_www", "to": "module.b.cloud_record.www"}
        ])
    );
    assert_eq!(root["resource"], Value::Null);
}

#[test]
fn a_value_goes_up_to_the_common_caller_and_down_from_there() {
    let (root, modules) = documents(
        &format!(
            r#""resource": {{{NETWORK}, "cloud_record": {{
                "b_www": {{"ttl": 1, "ip": "${{cloud_network.a_main.id}}"}},
                "c_www": {{"ttl": 1, "ip": "${{cloud_network.a_main.id}}"}}}}}},
               "output": {{"id": {{"value": "${{cloud_network.a_main.id}}"}}}}"#
        ),
        &[
            ("cloud_network.a_main", "top/left/low"),
            ("cloud_record.b_www", "top/right"),
            ("cloud_record.c_www", "other"),
        ],
    );
    let of = |path: &str| &modules.iter().find(|(it, _)| it == path).unwrap().1;
    assert_eq!(of("module.top.module.left")["output"]["low_main_network_id"]["value"], "${module.low.main_network_id}");
    let top = of("module.top");
    assert_eq!(top["module"]["right"]["left_low_main_network_id"], "${module.left.low_main_network_id}");
    assert_eq!(top["output"]["left_low_main_network_id"]["value"], "${module.left.low_main_network_id}");
    assert_eq!(top["variable"], Value::Null, "nothing is passed through whom it does not concern");
    assert_eq!(root["module"]["other"]["top_left_low_main_network_id"], "${module.top.left_low_main_network_id}");
    assert_eq!(root["output"]["id"]["value"], "${module.top.left_low_main_network_id}");
}

#[test]
fn of_repeated_blocks_all_instances_are_passed_on() {
    let (_, modules) = documents(
        r#""resource": {
            "cloud_network": {
                "a_many": {"range": "r", "count": 2},
                "a_named": {"range": "r", "for_each": {"x": 1, "y": 2}}
            },
            "cloud_record": {
                "b_one": {"ttl": 1, "ip": "${cloud_network.a_many[0].id}", "alias": null},
                "b_each": {"ttl": 1, "ip": "${cloud_network.a_many[count.index].labels[\"x\"]}", "count": 2},
                "b_all": {"ttl": 1, "ip": "${join(\",\", cloud_network.a_many[*].id)}"},
                "b_parts": {"ttl": 1, "ip": "${join(\",\", cloud_network.a_many[*].labels.x)}"},
                "b_key": {"ttl": 1, "ip": "${cloud_network.a_named[each.key].id}", "for_each": {"x": 1}},
                "b_whole": {"ttl": 1, "ip": "${length(cloud_network.a_named)}"}
            }}"#,
        &[
            ("cloud_network.a_many", "a"),
            ("cloud_network.a_named", "a"),
            ("cloud_record.b_one", "b"),
            ("cloud_record.b_each", "b"),
            ("cloud_record.b_all", "b"),
            ("cloud_record.b_parts", "b"),
            ("cloud_record.b_key", "b"),
            ("cloud_record.b_whole", "b"),
        ],
    );
    let records = &modules[1].1["resource"]["cloud_record"];
    let ip = |name: &str| &records[name]["ip"];
    assert_eq!(ip("one"), "${var.a_many_network_id[0]}");
    assert_eq!(ip("each"), "${var.a_many_network_labels[count.index][\"x\"]}");
    assert_eq!(ip("all"), "${join(\",\", var.a_many_network_id)}");
    assert_eq!(ip("parts"), "${join(\",\", var.a_many_network_labels[*].x)}");
    assert_eq!(ip("key"), "${var.a_named_network_id[each.key]}");
    assert_eq!(ip("whole"), "${length(var.a_named_network)}");
    let types = &modules[1].1["variable"];
    assert_eq!(types["a_many_network_id"]["type"], "list(string)");
    assert_eq!(types["a_many_network_labels"]["type"], "list(map(string))");
    assert_eq!(types["a_named_network_id"]["type"], "map(string)");
    assert_eq!(types["a_named_network"]["type"], "any");
    let values = &modules[0].1["output"];
    assert_eq!(values["many_network_id"]["value"], "${cloud_network.many[*].id}");
    assert_eq!(
        values["named_network_id"]["value"],
        "${{for key, instance in cloud_network.named : key => instance.id}}"
    );
}

#[test]
fn what_is_secret_stays_secret_on_its_way() {
    let (_, modules) = documents(
        r#""ephemeral": {"cloud_password": {"a_login": {"length": 9}}},
           "resource": {
               "cloud_network": {"a_main": {"range": "r"}},
               "cloud_server": {
                   "a_old": {"network_ids": [], "disk": {"size": 1}},
                   "b_new": {"network_ids": [], "disk": {"size": 1}, "password_wo": "${ephemeral.cloud_password.a_login.value}",
                             "password": "${cloud_server.a_old.password}"}}}"#,
        &[("ephemeral.cloud_password.a_login", "a"), ("cloud_server.a_old", "a"), ("cloud_server.b_new", "b")],
    );
    for (section, prefix, module) in [("output", "", &modules[0].1), ("variable", "a_", &modules[1].1)] {
        assert_eq!(module[section][format!("{prefix}login_password_value")]["ephemeral"], true);
        assert_eq!(module[section][format!("{prefix}old_server_password")]["sensitive"], true);
    }
}

#[test]
fn what_waits_for_a_block_elsewhere_waits_for_a_value() {
    let sections = |extra: &str| {
        format!(
            r#""resource": {{"cloud_network": {{"a_main": {{"range": "r"}}, "main": {{"range": "r"}}}},
               "cloud_record": {{"b_www": {{"ip": "i", "ttl": 1,
                    "depends_on": ["cloud_network.a_main", "cloud_network.main"]}},
                    "www": {{"ip": "i", "ttl": 1, "depends_on": ["cloud_network.a_main"]}}}}}}{extra}"#
        )
    };
    let assignments = [("cloud_network.a_main", "a/low"), ("cloud_record.b_www", "b")];
    let (root, modules) = documents(&sections(""), &assignments);
    let of = |path: &str| &modules.iter().find(|(it, _)| it == path).unwrap().1;
    let ready = &of("module.a.module.low")["output"]["main_network_ready"];
    assert_eq!((&ready["value"], &ready["depends_on"]), (&json!(true), &json!(["cloud_network.main"])));
    assert_eq!(of("module.a")["output"]["low_main_network_ready"]["value"], "${module.low.main_network_ready}");
    assert_eq!(
        of("module.b")["resource"]["cloud_record"]["www"]["depends_on"],
        json!(["var.a_low_main_network_ready", "var.main_network"])
    );
    assert_eq!(root["module"]["b"]["main_network"], "${cloud_network.main}");
    assert_eq!(root["resource"]["cloud_record"]["www"]["depends_on"], json!(["module.a.low_main_network_ready"]));
}

#[test]
fn inside_of_a_module_what_waits_is_given_the_block_itself() {
    let (_, modules) = documents(
        r#""resource": {"cloud_network": {"a_main": {"range": "r"}},
           "cloud_record": {"a_www": {"ip": "i", "ttl": 1, "depends_on": ["cloud_network.a_main"]}}}"#,
        &[("cloud_network.a_main", "a"), ("cloud_record.a_www", "a/low")],
    );
    assert_eq!(modules[0].1["module"]["low"]["main_network"], "${cloud_network.main}");
    assert_eq!(modules[1].1["resource"]["cloud_record"]["www"]["depends_on"], json!(["var.main_network"]));
}

#[test]
fn variables_are_handed_down_and_locals_go_along() {
    let (root, modules) = documents(
        r#""variable": {
               "name": {"type": "string", "default": "n", "validation": [
                   {"condition": "${var.name != \"\"}", "error_message": "empty"},
                   {"condition": "${var.name != var.other}", "error_message": "the same"}]},
               "other": {"type": "string", "default": "o"}
           },
           "locals": {"greeting": "hello ${local.who}", "who": "${upper(var.name)}", "unused": 1,
                      "once": "${timestamp()}", "folder": "${path.module}"},
           "resource": {"cloud_record": {
               "b_www": {"ttl": 1, "ip": "${local.greeting}", "alias": null},
               "b_now": {"ttl": 1, "ip": "${local.once}${local.folder}"},
               "c_now": {"ttl": 1, "ip": "${local.once}"}}}"#,
        &[("cloud_record.b_www", "b/low"), ("cloud_record.b_now", "b/low"), ("cloud_record.c_now", "c")],
    );
    let low = &modules[1].1;
    assert_eq!(
        low["locals"],
        json!({"greeting": "hello ${local.who}", "who": "${upper(var.name)}", "folder": "${path.root}"})
    );
    assert_eq!(low["variable"]["name"]["default"], "n");
    assert_eq!(low["variable"]["name"]["validation"].as_array().unwrap().len(), 1, "what looks at others stays above");
    assert_eq!(low["resource"]["cloud_record"]["now"]["ip"], "${var.once}${local.folder}");
    assert_eq!(modules[0].1["module"]["low"]["name"], "${var.name}");
    assert_eq!(modules[2].1["variable"].as_object().unwrap().len(), 1, "nothing is handed to whom it does not concern");
    assert_eq!(root["module"]["b"]["once"], "${local.once}");
    assert_eq!(root["locals"], json!({"unused": 1, "once": "${timestamp()}"}));
    assert_eq!(root["variable"]["name"]["validation"].as_array().unwrap().len(), 2);
}

#[test]
fn names_that_would_clash_are_numbered() {
    let (root, modules) = documents(
        r#""variable": {"a_main_network_id": {"type": "string", "default": "mine"}},
           "resource": {"cloud_network": {"a_main": {"range": "r"}},
               "cloud_record": {"b_www": {"ttl": 1, "ip": "${cloud_network.a_main.id}${var.a_main_network_id}"}}}"#,
        &[("cloud_network.a_main", "a"), ("cloud_record.b_www", "b")],
    );
    assert_eq!(
        modules[1].1["resource"]["cloud_record"]["www"]["ip"],
        "${var.a_main_network_id_2}${var.a_main_network_id}"
    );
    assert_eq!(root["module"]["b"]["a_main_network_id_2"], "${module.a.main_network_id}");
    assert_eq!(root["module"]["b"]["a_main_network_id"], "${var.a_main_network_id}");
}

#[test]
fn what_looks_at_the_whole_stands_in_the_root() {
    let (root, modules) = documents(
        r#""provider": {"cloud": [{"zone": "${cloud_network.a_main.id}"}, {"alias": "standby", "zone": "b"}]},
           "check": {"range": {
               "data": {"cloud_zone": {"here": {"name": "${cloud_network.a_main.id}"}}},
               "assert": [{"condition": "${data.cloud_zone.here.id == cloud_network.a_main.id}", "error_message": "no"}]}},
           "import": [{"to": "cloud_network.a_main", "id": "n-1", "provider": "cloud.standby"}],
           "moved": [{"from": "cloud_network.old", "to": "cloud_network.a_main"}],
           "resource": {"cloud_network": {"a_main": {"range": "r", "provider": "cloud.standby"}}}"#,
        &[("cloud_network.a_main", "a")],
    );
    assert_eq!(modules.len(), 1);
    assert_eq!(root["provider"]["cloud"][0]["zone"], "${module.a.main_network_id}");
    assert_eq!(root["check"]["range"]["data"]["cloud_zone"]["here"]["name"], "${module.a.main_network_id}");
    assert_eq!(
        root["check"]["range"]["assert"][0]["condition"],
        "${data.cloud_zone.here.id == module.a.main_network_id}"
    );
    assert_eq!(root["import"], json!([{"to": "module.a.cloud_network.main", "id": "n-1"}]));
    assert_eq!(
        root["moved"],
        json!([
            {"from": "cloud_network.old", "to": "cloud_network.a_main"},
            {"from": "cloud_network.a_main", "to": "module.a.cloud_network.main"}
        ])
    );
}

#[test]
fn the_way_back_leads_over_the_earliest_address() {
    let mut module = placed(
        r#""moved": [{"from": "cloud_network.older", "to": "cloud_network.old"},
                     {"from": "cloud_network.old", "to": "cloud_network.a_main"}],
           "resource": {"cloud_network": {"a_main": {"range": "r"}, "a_other": {"range": "r"}}}"#,
        &[("cloud_network.a_main", "a"), ("cloud_network.a_other", "a")],
    );
    module.add_moves_out_of_modules();
    let document = json_of(&Document::new(module, &schemas()).unwrap());
    assert_eq!(
        document["moved"].as_array().unwrap()[2..],
        [
            json!({"from": "module.a.cloud_network.main", "to": "cloud_network.older"}),
            json!({"from": "module.a.cloud_network.other", "to": "cloud_network.a_other"})
        ]
    );
}

#[test]
fn a_trigger_in_another_module_is_an_error() {
    let module = placed(
        r#""resource": {"cloud_network": {"a_main": {"range": "r"}},
           "cloud_record": {"b_www": {"ttl": 1, "ip": "i", "lifecycle": {"replace_triggered_by": ["cloud_network.a_main.id"]}}}}"#,
        &[("cloud_network.a_main", "a"), ("cloud_record.b_www", "b")],
    );
    let found: Vec<String> =
        Documents::new(module, &schemas()).unwrap_err().iter().map(Diagnostic::to_string).collect();
    assert_eq!(
        found,
        [
            "cloud_record.b_www: lifecycle.replace_triggered_by[0]: `cloud_network.a_main.id` is in module.a, this block \
          in module.b\n  why: Terraform replaces a block for changes in its own module only\n  fix: put both into \
          one module"
        ]
    );
}

#[test]
fn what_runs_on_an_object_names_others_as_its_module_does() {
    let (_, modules) = documents(
        r#""resource": {"cloud_network": {"a_main": {"range": "r"}}, "cloud_record": {"b_www": {"ttl": 1, "ip": "i",
           "connection": {"host": "${cloud_network.a_main.id}"}, "provisioner": [{"remote-exec": {
               "inline": ["echo ${cloud_network.a_main.id}"], "connection": {"host": "${cloud_network.a_main.id}"}}}]}}}"#,
        &[("cloud_network.a_main", "a"), ("cloud_record.b_www", "b")],
    );
    let record = &modules[1].1["resource"]["cloud_record"]["www"];
    assert_eq!(record["connection"]["host"], "${var.a_main_network_id}");
    let remote = &record["provisioner"][0]["remote-exec"];
    assert_eq!(remote["inline"][0], "echo ${var.a_main_network_id}");
    assert_eq!(remote["connection"]["host"], "${var.a_main_network_id}");
}

#[test]
fn two_blocks_under_one_name_in_a_module_are_an_error() {
    let networks = r#""resource": {"cloud_network": {"a_main": {"range": "r"}, "b_main": {"range": "q"}}}"#;
    let module = placed(networks, &[("cloud_network.a_main", "a"), ("cloud_network.b_main", "a")]);
    let found: Vec<String> =
        Documents::new(module, &schemas()).unwrap_err().iter().map(Diagnostic::to_string).collect();
    assert!(
        matches!(found.as_slice(), [only] if only.starts_with("module.a.cloud_network.main: declared twice")),
        "{found:?}"
    );
}

#[test]
fn a_name_that_a_for_binds_is_nobodys_address() {
    let (_, modules) = documents(
        r#""resource": {"cloud_network": {"a_main": {"range": "r"}},
           "cloud_record": {"b_www": {"ttl": 1, "ip": "${join(\"\", [for cloud_network in [{a_main = \"x\"}] : cloud_network.a_main])}"}}}"#,
        &[("cloud_network.a_main", "a"), ("cloud_record.b_www", "b")],
    );
    assert_eq!(modules[0].1["output"], Value::Null);
}

#[test]
fn a_call_is_held_to_the_module_it_calls() {
    use crate::terraform::check::Surroundings;
    let called = module(
        r#""terraform": {"required_providers": {"cloud": {"source": "example/cloud", "configuration_aliases": ["cloud.east"]}}},
           "variable": {"size": {"type": "number"}, "label": {"default": "x"}},
           "output": {"id": {"value": 1}}"#,
    );
    let root = module(
        r#""module": {"site": {"source": "./site", "sise": 1, "providers": {"cloud.eats": "cloud"}}},
           "output": {"id": {"value": "${module.site.ids}"}}"#,
    );
    let surroundings = Surroundings { called: [("site", &called)].into(), ..Surroundings::default() };
    let found: Vec<String> = root.check_among(&schemas(), &surroundings).iter().map(Diagnostic::to_string).collect();
    assert_eq!(
        found,
        [
            "module.site: providers: the module `site` expects the provider configuration `cloud.east`",
            "module.site: providers: the module `site` expects no provider configuration `cloud.eats`\n  \
             did you mean `cloud.east`?",
            "module.site: sise: the module `site` has no variable `sise`\n  did you mean `size`?",
            "module.site: the module `site` needs a value for `size`",
            "output.id: value: `module.site.ids`: the module `site` has no output `ids`\n  did you mean `id`?",
        ]
    );
}
