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
fn expression_finds(expression: &str, lines: &[&str]) {
    finds(&sections(expression), lines);
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
    expression_finds(
        "cloud_network.oen.id",
        &["[UndefinedAddress] local.x: there is no `cloud_network.oen`", "did you mean `cloud_network.one`?"],
    );
    expression_finds(
        "cloud_network.main_netwrok.id",
        &[
            "[UndefinedAddress] local.x: there is no `cloud_network.main_netwrok`",
            "did you mean `cloud_network.main_network`?",
        ],
    );
    expression_finds(
        "cloud_server.counted.id",
        &[
            "[UndefinedAddress] local.x: there is no `cloud_server.counted`",
            "why: the name is taken by `cloud_network.counted`, which is of another kind",
            "nearest: cloud_network.counted, cloud_server.one",
        ],
    );
    expression_finds(
        "cloud_zone.here.id",
        &[
            "[UndefinedAddress] local.x: there is no `cloud_zone.here`",
            "why: the name is taken by `data.cloud_zone.here`, which is of another kind",
            "did you mean `data.cloud_zone.here`?",
        ],
    );
    expression_finds(
        "data.cloud_network.one.id",
        &[
            "[UndefinedAddress] local.x: there is no `data.cloud_network.one`",
            "why: the name is taken by `cloud_network.one`, which is of another kind",
            "nearest: cloud_network.one, cloud_server.one",
        ],
    );
    expression_finds(
        "var.setings.name",
        &["[UndefinedAddress] local.x: there is no `var.setings`", "did you mean `var.settings`?"],
    );
    expression_finds(
        "var.tree",
        &[
            "[UndefinedAddress] local.x: there is no `var.tree`",
            "why: the name is taken by `local.tree`, which is of another kind",
            "nearest: local.tree, var.settings, var.anything",
        ],
    );
    expression_finds(
        "local.tre",
        &["[UndefinedAddress] local.x: there is no `local.tre`", "did you mean `local.tree`?"],
    );
    expression_finds(
        "module.singel.x",
        &["[UndefinedAddress] local.x: there is no `module.singel`", "did you mean `module.single`?"],
    );
    expression_finds("aws_vpc.zebra.id", &["[UndefinedAddress] local.x: there is no `aws_vpc.zebra`"]);
    expression_finds("whatever", &["[UndefinedAddress] local.x: `whatever`: nothing is called `whatever`"]);
    expression_finds(
        "try(cloud_network.nowhere_at_all.id, 1)",
        &["[UndefinedAddress] local.x: there is no `cloud_network.nowhere_at_all`"],
    );
    expression_finds(
        "cloud_network.counted[var.anythin].id",
        &["[UndefinedAddress] local.x: there is no `var.anythin`", "did you mean `var.anything`?"],
    );
    expression_finds(
        "[for network in cloud_network.counted : networc.id]",
        &[
            "[UndefinedAddress] local.x: there is no `networc.id`",
            "why: the name is taken by `network.id`, which is of another kind",
            "did you mean `network.id`?",
        ],
    );
}

#[test]
fn undefined_attribute() {
    expression_finds(
        "cloud_network.one.ident",
        &[
            "[UndefinedAttribute] local.x: `cloud_network.one.ident`: there is no attribute `ident`",
            "did you mean `id`?",
        ],
    );
    expression_finds(
        "try(cloud_network.one.idd, 1)",
        &["[UndefinedAttribute] local.x: `cloud_network.one.idd`: there is no attribute `idd`", "did you mean `id`?"],
    );
    expression_finds(
        "cloud_network.counted[0].idd",
        &[
            "[UndefinedAttribute] local.x: `cloud_network.counted[0].idd`: there is no attribute `idd`",
            "did you mean `id`?",
        ],
    );
    expression_finds(
        "cloud_network.counted[*].idd",
        &[
            "[UndefinedAttribute] local.x: `cloud_network.counted[*].idd`: there is no attribute `idd`",
            "did you mean `id`?",
        ],
    );
    expression_finds(
        "values(cloud_network.named)[*].idd",
        &[
            "[UndefinedAttribute] local.x: `values(cloud_network.named)[*].idd`: there is no attribute `idd`",
            "did you mean `id`?",
        ],
    );
    expression_finds(
        "[for network in cloud_network.counted : network.idd]",
        &["[UndefinedAttribute] local.x: `network.idd`: there is no attribute `idd`", "did you mean `id`?"],
    );
    expression_finds(
        "[for network in cloud_network.named : network.idd]",
        &["[UndefinedAttribute] local.x: `network.idd`: there is no attribute `idd`", "did you mean `id`?"],
    );
    expression_finds(
        "cloud_server.one.disk[0].encryption[0].ky",
        &[
            "[UndefinedAttribute] local.x: `cloud_server.one.disk[0].encryption[0].ky`: there is no attribute `ky`",
            "did you mean `key`?",
        ],
    );
    expression_finds(
        "cloud_server.one.rules[0].prt",
        &[
            "[UndefinedAttribute] local.x: `cloud_server.one.rules[0].prt`: there is no attribute `prt`",
            "did you mean `port`?",
        ],
    );
    expression_finds(
        "cloud_server.one.limits.core",
        &[
            "[UndefinedAttribute] local.x: `cloud_server.one.limits.core`: there is no attribute `core`",
            "did you mean `cores`?",
        ],
    );
    expression_finds(
        "var.settings.ports[0].to",
        &["[UndefinedAttribute] local.x: `var.settings.ports[0].to`: there is no attribute `to`"],
    );
    expression_finds(
        "local.tree.laef",
        &["[UndefinedAttribute] local.x: `local.tree.laef`: there is no attribute `laef`", "did you mean `leaf`?"],
    );
    expression_finds(
        r#"local.tree["laef"]"#,
        &[
            r#"[UndefinedAttribute] local.x: `local.tree["laef"]`: there is no attribute `laef`"#,
            "did you mean `leaf`?",
        ],
    );
    expression_finds(
        "local.tree.network.idd",
        &["[UndefinedAttribute] local.x: `local.tree.network.idd`: there is no attribute `idd`", "did you mean `id`?"],
    );
    expression_finds(
        "local.tree.list[2]",
        &["[UndefinedAttribute] local.x: `local.tree.list[2]`: the list has only 2 elements"],
    );
    expression_finds(
        "path.modul",
        &["[UndefinedAttribute] local.x: `path.modul`: there is no attribute `modul`", "did you mean `module`?"],
    );
    expression_finds(
        "path",
        &["[UndefinedAttribute] local.x: `path` is no value by itself", "nearest: path.cwd, path.module, path.root"],
    );
    expression_finds(
        "terraform.env",
        &["[UndefinedAttribute] local.x: `terraform.env`: there is no attribute `env`", "nearest: applying, workspace"],
    );
    expression_finds(
        "(cloud_network.one).idd",
        &["[UndefinedAttribute] local.x: `cloud_network.one.idd`: there is no attribute `idd`", "did you mean `id`?"],
    );
}

#[test]
fn steps_that_lead_nowhere() {
    expression_finds(
        "cloud_network.one.id.length",
        &["[UndefinedAttribute] local.x: `cloud_network.one.id.length`: a string does not take `.length`"],
    );
    expression_finds(
        "cloud_network.one.id[0]",
        &["[UndefinedAttribute] local.x: `cloud_network.one.id[0]`: a string does not take `[0]`"],
    );
    expression_finds(
        "cloud_server.one.disk.size",
        &[
            "[UndefinedAttribute] local.x: `cloud_server.one.disk.size`: a list of object does not take `.size`",
            "fix: take one element with `[0]`, or each of them with `[*]`",
        ],
    );
    expression_finds(
        "cloud_server.one.probe[0]",
        &[
            "[UndefinedAttribute] local.x: `cloud_server.one.probe[0]`: a set of object does not take an index: a set has no order and no keys",
            "fix: take the only element with `one(...)`, or make it a list with `tolist`",
        ],
    );
    expression_finds(
        r#"cloud_server.one.disk["first"]"#,
        &[
            r#"[UndefinedAttribute] local.x: `cloud_server.one.disk["first"]`: a list of object does not take `["first"]`"#,
            "fix: take one element with `[0]`, or each of them with `[*]`",
        ],
    );
    expression_finds(
        "cloud_server.one.disk[cloud_network.one.labels]",
        &[
            "[UndefinedAttribute] local.x: `cloud_server.one.disk[cloud_network.one.labels]`: a list of object does not take `[cloud_network.one.labels]`, which is a map of string",
            "fix: take one element with `[0]`, or each of them with `[*]`",
        ],
    );
    expression_finds(
        "local.tree.leaf.vein",
        &["[UndefinedAttribute] local.x: `local.tree.leaf.vein`: a string does not take `.vein`"],
    );
}

#[test]
fn instances() {
    expression_finds(
        "cloud_network.counted.id",
        &[
            "[Instances] local.x: `cloud_network.counted.id`: because `cloud_network.counted` has `count` set, its attributes must be accessed on specific instances",
            "fix: write `cloud_network.counted[count.index]` to match the instances of this block, or another key",
        ],
    );
    expression_finds(
        "cloud_network.named.id",
        &[
            "[Instances] local.x: `cloud_network.named.id`: because `cloud_network.named` has `for_each` set, its attributes must be accessed on specific instances",
            "fix: write `cloud_network.named[each.key]` to match the instances of this block, or another key",
        ],
    );
    expression_finds(
        "module.several.anything",
        &[
            "[Instances] local.x: `module.several.anything`: because `module.several` has `count` set, its attributes must be accessed on specific instances",
            "fix: write `module.several[count.index]` to match the instances of this block, or another key",
        ],
    );
    expression_finds(
        "cloud_network.one[0].id",
        &[
            "[Instances] local.x: `cloud_network.one[0].id`: `cloud_network.one` has neither `count` nor `for_each`, so it takes no index",
            "fix: remove the index",
        ],
    );
    expression_finds(
        "module.single[0].anything",
        &[
            "[Instances] local.x: `module.single[0].anything`: `module.single` has neither `count` nor `for_each`, so it takes no index",
            "fix: remove the index",
        ],
    );
    expression_finds(
        "cloud_network.counted[2].id",
        &["[Instances] local.x: `cloud_network.counted[2].id`: there are only 2 instances, numbered from 0"],
    );
    expression_finds(
        r#"cloud_network.counted["a"].id"#,
        &[
            r#"[Instances] local.x: `cloud_network.counted["a"].id`: the instances have numbers, because the block has `count` set"#,
        ],
    );
    expression_finds(
        r#"cloud_network.one["id"]"#,
        &[
            r#"[Instances] local.x: `cloud_network.one["id"]`: `cloud_network.one` has neither `count` nor `for_each`, so it takes no index"#,
            "fix: remove the index",
        ],
    );
    expression_finds(
        "cloud_network.named[0].id",
        &[
            "[Instances] local.x: `cloud_network.named[0].id`: the instances have names, because the block has `for_each` set",
        ],
    );
    expression_finds(
        r#"cloud_network.named["c"].id"#,
        &[r#"[Instances] local.x: `cloud_network.named["c"].id`: there is no instance "c""#, "nearest: a, b"],
    );
    expression_finds(
        r#"cloud_network.of_set["bb"].id"#,
        &[r#"[Instances] local.x: `cloud_network.of_set["bb"].id`: there is no instance "bb""#, "did you mean `b`?"],
    );
    expression_finds(
        "cloud_network.named[*].id",
        &[
            "[Instances] local.x: `cloud_network.named[*].id`: `[*]` does not walk the instances of a block with `for_each`",
            "fix: write `values(cloud_network.named)[*]` and on from there",
        ],
    );
}

#[test]
fn functions() {
    expression_finds(
        "jsonencod({})",
        &["[UnknownFunction] local.x: there is no function `jsonencod`", "nearest: jsonencode, jsondecode, one"],
    );
    expression_finds(
        "replace(local.tree.leaf, \"a\")",
        &["[UnknownFunction] local.x: `replace` takes 3 arguments, not 2"],
    );
    expression_finds("upper(\"a\", \"b\")", &["[UnknownFunction] local.x: `upper` takes 1 argument, not 2"]);
    expression_finds("timestamp(1)", &["[UnknownFunction] local.x: `timestamp` takes no arguments, not 1"]);
    expression_finds("join()", &["[UnknownFunction] local.x: `join` takes at least 1 argument, not 0"]);
    expression_finds(
        "upper(\"a\", \"b\", local.tree.list...)",
        &["[UnknownFunction] local.x: `upper` takes 1 argument, not 3"],
    );
    expression_finds(
        "provider::cloud::zone_off(1)",
        &[
            "[UnknownFunction] local.x: there is no function `provider::cloud::zone_off`",
            "did you mean `provider::cloud::zone_of`?",
        ],
    );
    expression_finds(
        "join(\",\", \"a\")",
        &[r#"[WrongType] local.x: needs a list of string, but `"a"` is a string"#, "fix: put the value into brackets"],
    );
    expression_finds(
        "upper(local.tree.list)",
        &[
            "[WrongType] local.x: needs a string, but `local.tree.list` is a list",
            "fix: take one element, as with `[0]`",
        ],
    );
    expression_finds(
        "abs(\"x\")",
        &[
            r#"[WrongType] local.x: needs a number, but "x" is a string that cannot become one"#,
            "fix: write a number such as `5`",
        ],
    );
    expression_finds("length(5)", &["[WrongType] local.x: needs a string or a collection, but `5` is a number"]);
    expression_finds(
        "element(cloud_server.one.network_ids, 0)",
        &["[WrongType] local.x: needs a list, but `cloud_server.one.network_ids` is a set of string"],
    );
    expression_finds("lookup({}, \"a\", 1, 2)", &["[UnknownFunction] local.x: `lookup` takes 2 or 3 arguments, not 4"]);
    expression_finds(
        "merge([for x in [] : x]...).a + keys(1)[0]",
        &["[WrongType] local.x: needs a map, but `1` is a number"],
    );
    expression_is_fine("provider::cloud::zone_of(1)");
    expression_is_fine("provider::other::anything(1)");
    expression_is_fine("core::upper(\"a\")");
    expression_is_fine("merge(var.anything...)");
    expression_is_fine("max(1, 2, 3)");
}

#[test]
fn operands() {
    expression_finds(
        "local.tree.list + 1",
        &[
            "[WrongType] local.x: needs a number, but `local.tree.list` is a list",
            "fix: take one element, as with `[0]`",
        ],
    );
    expression_finds(
        "!cloud_network.one.labels",
        &["[WrongType] local.x: needs a bool, but `cloud_network.one.labels` is a map of string"],
    );
    expression_finds(
        "-cloud_network.one.private",
        &["[WrongType] local.x: needs a number, but `cloud_network.one.private` is a bool"],
    );
    expression_finds("var.settings ? 1 : 2", &["[WrongType] local.x: needs a bool, but `var.settings` is an object"]);
    expression_finds(
        "var.anything ? [1] : {}",
        &["[WrongType] local.x: `var.anything ? [1] : {}` is a list or an object, which have nothing in common"],
    );
    expression_finds(
        "cloud_network.one.size && true",
        &["[WrongType] local.x: needs a bool, but `cloud_network.one.size` is a number"],
    );
    expression_finds(
        "cloud_network.one.private > 1",
        &["[WrongType] local.x: needs a number, but `cloud_network.one.private` is a bool"],
    );
    expression_finds(
        "[for letter in \"abc\" : letter]",
        &[r#"[WrongType] local.x: `"abc"` is a string, which has no elements to walk"#],
    );
    expression_finds(
        "{ for x in local.tree.list : [x] => x }",
        &["[WrongType] local.x: needs a string, but `[x]` is a list", "fix: take one element, as with `[0]`"],
    );
    expression_finds(
        "\"%{ for x in 5 }${x}%{ endfor }\"",
        &["[WrongType] local.x: `5` is a number, which has no elements to walk"],
    );
    expression_finds(
        "\"%{ if local.tree.list }a%{ endif }\"",
        &["[WrongType] local.x: needs a bool, but `local.tree.list` is a list", "fix: take one element, as with `[0]`"],
    );
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
