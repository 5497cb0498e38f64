//! Traversals and functions in expressions.

use super::{finds, fine};

/// Blocks to refer to, and one local value with the expression.
fn sections(expression: &str) -> String {
    let expression = expression.replace('"', "\\\"");
    format!(
        r#""resource": {{
            "cloud_network": {{
                "one": {{"range": "10.0.0.0/16", "labels": {{}}}},
                "main_network": {{"range": "10.0.0.0/16"}},
                "counted": {{"count": 2, "range": "10.0.0.0/16"}},
                "named": {{"for_each": {{"a": 1, "b": 2}}, "range": "10.0.0.0/16"}},
                "of_set": {{"for_each": "${{toset([\"a\", \"b\"])}}", "range": "10.0.0.0/16"}}
            }},
            "cloud_server": {{"one": {{"network_ids": [], "disk": {{"size": 1}}}}}}
        }},
        "data": {{"cloud_zone": {{"here": {{}}}}}},
        "variable": {{
            "settings": {{"type": "object({{name=string, ports=list(object({{from=number}}))}})"}},
            "anything": {{}}
        }},
        "module": {{"single": {{"source": "./m"}}, "several": {{"source": "./m", "count": 2}}}},
        "locals": {{
            "tree": {{"leaf": "x", "list": ["a", "b"], "network": "${{cloud_network.one}}"}},
            "x": "${{{expression}}}"
        }}"#
    )
}

#[track_caller]
fn expression_finds(expression: &str, text: &str) {
    finds(&sections(expression), text);
}

#[track_caller]
fn expression_is_fine(expression: &str) {
    fine(&sections(expression));
}

#[test]
fn everything_that_is_there() {
    for expression in [
        "cloud_network.one.id",
        "cloud_network.one",
        "cloud_network.one.labels.any",
        r#"cloud_network.one.labels["any"]"#,
        "cloud_network.one[*].id",
        "cloud_network.counted",
        "cloud_network.counted[1].id",
        "cloud_network.counted[*].id",
        "cloud_network.counted.*.id",
        r#"cloud_network.named["a"].id"#,
        r#"cloud_network.of_set["b"].id"#,
        "cloud_network.named[var.anything].id",
        "values(cloud_network.named)[*].id",
        "{ for key, network in cloud_network.named : key => network.id }",
        "cloud_server.one.disk[0].encryption[0].key",
        "cloud_server.one.disk.0.size",
        "cloud_server.one.disk[*].size",
        "cloud_server.one.rules[0].port",
        "cloud_server.one.limits.cores",
        "cloud_server.one.timeouts.create",
        "one(cloud_server.one.network_ids)",
        "tolist(cloud_server.one.probe)[0].path",
        "data.cloud_zone.here.name",
        "var.settings.name",
        "var.settings.ports[0].from",
        "var.anything.at[0].all",
        "local.tree.leaf",
        r#"local.tree["leaf"]"#,
        "local.tree.list[1]",
        "local.tree.network.id",
        "module.single.anything[0].at_all",
        "module.several[0].anything",
        "module.several[*].anything",
        "path.module",
        "terraform.workspace",
        "try(local.tree.twig, var.settings.nme, 1)",
        "can(local.tree.twig)",
    ] {
        expression_is_fine(expression);
    }
}

#[test]
fn undefined_address() {
    expression_finds("cloud_network.oen.id", "");
    expression_finds("cloud_network.main_netwrok.id", "");
    expression_finds("cloud_server.counted.id", "");
    expression_finds("cloud_zone.here.id", "");
    expression_finds("data.cloud_network.one.id", "");
    expression_finds("var.setings.name", "");
    expression_finds("var.tree", "");
    expression_finds("local.tre", "");
    expression_finds("module.singel.x", "");
    expression_finds("aws_vpc.zebra.id", "");
    expression_finds("whatever", "");
    expression_finds("try(cloud_network.nowhere_at_all.id, 1)", "");
    expression_finds("cloud_network.counted[var.anythin].id", "");
    expression_finds("[for network in cloud_network.counted : networc.id]", "");
}

#[test]
fn undefined_attribute() {
    expression_finds("cloud_network.one.ident", "");
    expression_finds("try(cloud_network.one.idd, 1)", "");
    expression_finds("cloud_network.counted[0].idd", "");
    expression_finds("cloud_network.counted[*].idd", "");
    expression_finds("values(cloud_network.named)[*].idd", "");
    expression_finds("[for network in cloud_network.counted : network.idd]", "");
    expression_finds("[for network in cloud_network.named : network.idd]", "");
    expression_finds("cloud_server.one.disk[0].encryption[0].ky", "");
    expression_finds("cloud_server.one.rules[0].prt", "");
    expression_finds("cloud_server.one.limits.core", "");
    expression_finds("var.settings.ports[0].to", "");
    expression_finds("local.tree.laef", "");
    expression_finds(r#"local.tree["laef"]"#, "");
    expression_finds("local.tree.network.idd", "");
    expression_finds("local.tree.list[2]", "");
    expression_finds("path.modul", "");
    expression_finds("path", "");
    expression_finds("terraform.env", "");
    expression_finds("(cloud_network.one).idd", "");
}

#[test]
fn steps_that_lead_nowhere() {
    expression_finds("cloud_network.one.id.length", "");
    expression_finds("cloud_network.one.id[0]", "");
    expression_finds("cloud_server.one.disk.size", "");
    expression_finds("cloud_server.one.probe[0]", "");
    expression_finds(r#"cloud_server.one.disk["first"]"#, "");
    expression_finds("cloud_server.one.disk[cloud_network.one.labels]", "");
    expression_finds("local.tree.leaf.vein", "");
}

#[test]
fn instances() {
    expression_finds("cloud_network.counted.id", "");
    expression_finds("cloud_network.named.id", "");
    expression_finds("module.several.anything", "");
    expression_finds("cloud_network.one[0].id", "");
    expression_finds("module.single[0].anything", "");
    expression_finds("cloud_network.counted[2].id", "");
    expression_finds(r#"cloud_network.counted["a"].id"#, "");
    expression_finds(r#"cloud_network.one["id"]"#, "");
    expression_finds("cloud_network.named[0].id", "");
    expression_finds(r#"cloud_network.named["c"].id"#, "");
    expression_finds(r#"cloud_network.of_set["bb"].id"#, "");
    expression_finds("cloud_network.named[*].id", "");
}

#[test]
fn functions() {
    expression_finds("jsonencod({})", "");
    expression_finds("replace(local.tree.leaf, \"a\")", "");
    expression_finds("upper(\"a\", \"b\")", "");
    expression_finds("timestamp(1)", "");
    expression_finds("join()", "");
    expression_finds("upper(\"a\", \"b\", local.tree.list...)", "");
    expression_finds("provider::cloud::zone_off(1)", "");
    expression_finds("join(\",\", \"a\")", "");
    expression_finds("upper(local.tree.list)", "");
    expression_finds("abs(\"x\")", "");
    expression_finds("length(5)", "");
    expression_finds("element(cloud_server.one.network_ids, 0)", "");
    expression_finds("lookup({}, \"a\", 1, 2)", "");
    expression_finds("merge([for x in [] : x]...).a + keys(1)[0]", "");
    expression_is_fine("provider::cloud::zone_of(1)");
    expression_is_fine("provider::other::anything(1)");
    expression_is_fine("core::upper(\"a\")");
    expression_is_fine("merge(var.anything...)");
    expression_is_fine("max(1, 2, 3)");
}

#[test]
fn operands() {
    expression_finds("local.tree.list + 1", "");
    expression_finds("!cloud_network.one.labels", "");
    expression_finds("-cloud_network.one.private", "");
    expression_finds("var.settings ? 1 : 2", "");
    expression_finds("var.anything ? [1] : {}", "");
    expression_finds("cloud_network.one.size && true", "");
    expression_finds("cloud_network.one.private > 1", "");
    expression_finds("[for letter in \"abc\" : letter]", "");
    expression_finds("{ for x in local.tree.list : [x] => x }", "");
    expression_finds("\"%{ for x in 5 }${x}%{ endfor }\"", "");
    expression_finds("\"%{ if local.tree.list }a%{ endif }\"", "");
    expression_is_fine("\"1\" + cloud_network.one.id");
}

#[test]
fn names_bound_outside_are_not_seen_by_values_from_elsewhere() {
    // `network` in the local value is not the one that the `for` here binds.
    fine(
        r#""locals": {
            "list": [{"name": "a"}],
            "inner": "${[for network in local.list : network.name]}",
            "outer": "${[for network in [\"x\"] : local.inner]}"
        }"#,
    );
}
