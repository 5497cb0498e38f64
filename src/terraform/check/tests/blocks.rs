//! What each kind of block lets its expressions name.

use super::{finds, fine};

fn network(arguments: &str) -> String {
    format!(
        r#""variable": {{"secret": {{"ephemeral": true}}, "plain": {{}}}},
        "ephemeral": {{"cloud_password": {{"p": {{"length": 20}}}}}},
        "data": {{"cloud_zone": {{"here": {{}}}}}},
        "resource": {{"cloud_network": {{
            "other": {{"range": "10.0.0.0/16"}},
            "several": {{"count": 2, "range": "10.0.0.0/16"}},
            "a": {{"range": "10.0.0.0/16", {arguments}}}
        }}}}"#
    )
}

#[track_caller]
fn network_finds(arguments: &str, text: &str) {
    finds(&network(arguments), text);
}

#[track_caller]
fn network_is_fine(arguments: &str) {
    fine(&network(arguments));
}

#[test]
fn count_and_for_each() {
    network_is_fine(r#""count": "${var.plain ? 1 : 0}", "labels": {"a": "${count.index}"}"#);
    network_is_fine(r#""for_each": "${var.plain}", "labels": {"a": "${each.key}-${each.value.any}"}"#);
    network_is_fine(r#""for_each": {"a": {"b": 1}}, "labels": {"a": "${each.value.b}"}"#);
    network_is_fine(r#""for_each": "${cloud_network.other.labels}", "labels": {"a": "${each.value}"}"#);
    network_finds(r#""count": 1, "for_each": {"a": 1}"#, "");
    network_finds(r#""count": "two""#, "");
    network_finds(r#""count": -1"#, "");
    network_finds(r#""count": null"#, "");
    network_finds(r#""for_each": ["a"]"#, "");
    network_finds(r#""for_each": "a""#, "");
    network_finds(r#""for_each": "${toset([1])}""#, "");
    network_finds(r#""for_each": null"#, "");
    network_finds(r#""labels": {"a": "${each.key}"}"#, "");
    network_finds(r#""for_each": {"a": 1}, "labels": {"a": "${each.ky}"}"#, "");
    network_finds(r#""for_each": "${toset([\"a\"])}", "labels": {"a": "${each.value.b}"}"#, "");
    network_finds(r#""for_each": {"a": 1}, "labels": {"a": "${count.index}"}"#, "");
    network_finds(r#""count": 1, "labels": {"a": "${count.indx}"}"#, "");
    network_finds(r#""count": "${count.index}""#, "");
}

#[test]
fn depends_on() {
    network_is_fine(r#""depends_on": ["cloud_network.other", "cloud_network.several[0]", "ephemeral.cloud_password.p"]"#);
    network_finds(r#""depends_on": ["cloud_network.other.id"]"#, "");
    network_finds(r#""depends_on": ["cloud_network.othr"]"#, "");
}

#[test]
fn lifecycle() {
    network_is_fine(
        r#""lifecycle": {
            "create_before_destroy": true, "ignore_changes": ["labels[\"x\"]", "range"],
            "replace_triggered_by": ["cloud_network.other.range", "cloud_network.several[count.index].id"],
            "precondition": [{"condition": "${var.plain == 1}", "error_message": "No ${var.plain}."}],
            "postcondition": [{"condition": "${self.id == \"x\"}", "error_message": "No ${self.size}."}]
        }, "count": 1"#,
    );
    network_is_fine(r#""lifecycle": {"ignore_changes": "all"}"#);
    let condition = |kind: &str, condition: &str| {
        let condition = condition.replace('"', "\\\"");
        format!(r#""lifecycle": {{"{kind}": [{{"condition": "${{{condition}}}", "error_message": "No."}}]}}"#)
    };
    network_finds(r#""lifecycle": {"ignore_changes": ["lables"]}"#, "");
    network_finds(r#""lifecycle": {"replace_triggered_by": ["var.plain"]}"#, "");
    network_finds(r#""lifecycle": {"replace_triggered_by": ["data.cloud_zone.here"]}"#, "");
    network_finds(r#""lifecycle": {"replace_triggered_by": ["cloud_network.other.rnge"]}"#, "");
    network_finds(&condition("precondition", "self.id == 1"), "");
    network_finds(&condition("precondition", "cloud_network.a.id == 1"), "");
    network_finds(&condition("postcondition", "cloud_network.a.id == 1"), "");
    network_finds(&condition("postcondition", "self.idd == 1"), "");
    network_finds(&condition("postcondition", "self.labels"), "");
    network_finds(&condition("precondition", "1 == 1"), "");
    network_finds(
        r#""lifecycle": {"precondition": [{"condition": "${var.plain}", "error_message": ["${var.plain}"]}]}"#,
        "",
    );
    network_finds(r#""labels": {"a": "${self.id}"}"#, "");
    finds(r#""data": {"cloud_zone": {"here": {"lifecycle": {"prevent_destroy": true}}}}"#, "");
}

#[test]
fn deep_ways_to_ignore() {
    let server = |way: &str| {
        format!(
            r#""resource": {{"cloud_server": {{"s": {{
                "network_ids": [], "disk": {{"size": 1}}, "lifecycle": {{"ignore_changes": ["{way}"]}}
            }}}}}}"#
        )
    };
    fine(&server("disk[0].encryption[0].key"));
    fine(&server("limits.cores"));
    finds(&server("disk[0].encryption[0].ky"), "");
}

#[test]
fn ephemeral_values() {
    network_is_fine(r#""labels": {"a": "${ephemeralasnull(var.secret)}"}"#);
    network_finds(r#""labels": {"a": "${var.secret}"}"#, "");
    network_finds(r#""labels": {"a": "x-${ephemeral.cloud_password.p.value}"}"#, "");
    network_finds(r#""count": "${length(var.secret)}""#, "");
    network_finds(r#""for_each": "${var.secret}""#, "");
    network_finds(r#""labels": {"a": "${terraform.applying ? 1 : 2}"}"#, "");
    network_finds(
        r#""lifecycle": {"precondition": [{"condition": "${var.secret == 1}", "error_message": "Not ${var.secret}."}]}"#,
        "",
    );
    let secret = |sections: &str| format!(r#""variable": {{"secret": {{"ephemeral": true}}}}, {sections}"#);
    fine(&secret(r#""provider": {"cloud": [{"zone": "${var.secret}"}, {"alias": "standby"}]}"#));
    fine(&secret(r#""output": {"x": {"value": "${var.secret}", "ephemeral": true}}"#));
    fine(&secret(r#""module": {"m": {"source": "./m", "secret": "${var.secret}"}}"#));
    finds(&secret(r#""output": {"x": {"value": "${var.secret}"}}"#), "");
    finds(&secret(r#""locals": {"s": "a${var.secret}"}, "data": {"cloud_zone": {"a": {"name": "${local.s}"}}}"#), "");
    let server = |arguments: &str| {
        secret(&format!(
            r#""resource": {{"cloud_server": {{"s": {{"network_ids": [], "disk": {{"size": 1}}, {arguments}}}}}}}"#
        ))
    };
    fine(&server(r#""password_wo": "${var.secret}""#));
    finds(&server(r#""password": "${var.secret}", "key": "k""#), "");
}

#[test]
fn variables() {
    fine(
        r#""variable": {
            "a": {"type": "number", "default": "5"},
            "b": {"type": "object({x=string, y=optional(number)})", "default": {"x": 1}},
            "c": {"type": "map(list(string))", "default": {"x": ["a", 1]}},
            "d": {"validation": [{"condition": "${var.d != var.a && local.x != var.d}", "error_message": "No ${var.a}."}]}
        }, "locals": {"x": 1}"#,
    );
    // In a document, what looks like an expression there is literal text; a module can still be built with one.
    fine(r#""variable": {"a": {"default": "${path.module}"}}"#);
    let mut module = super::module(r#""locals": {}"#);
    let computed = crate::terraform::expression::Expression::named("path", &["module"]);
    module.add_variable::<String>(crate::terraform::Variable::new("a").default(computed));
    super::finds_in(&module, "");
    finds(r#""variable": {"a": {"type": "number", "default": "five"}}"#, "");
    finds(r#""variable": {"a": {"type": "list(string)", "default": "x"}}"#, "");
    finds(r#""variable": {"a": {"type": "object({x=string})", "default": {}}}"#, "");
    finds(r#""variable": {"a": {"type": "object({x=string})", "default": {"x": "a", "xx": "b"}}}"#, "");
    finds(r#""variable": {"a": {"nullable": false, "default": null}}"#, "");
    let validation = |condition: &str| {
        format!(r#""variable": {{"a": {{"validation": [{{"condition": "${{{condition}}}", "error_message": "No."}}]}}, "b": {{}}}}"#)
    };
    finds(&validation("var.b == 1"), "");
    finds(&validation("var.a == var.c"), "");
}

#[test]
fn checks_and_their_data_sources() {
    let check = r#""check": {"zone": {
        "data": {"cloud_zone": {"scoped": {}}},
        "assert": [{"condition": "${data.cloud_zone.scoped.name != \"\"}", "error_message": "No ${data.cloud_zone.scoped.id}."}]
    }}"#;
    fine(check);
    finds(&format!(r#"{check}, "locals": {{"x": "${{data.cloud_zone.scoped.id}}"}}"#), "");
    finds(&check.replace("scoped.name", "scoped.nme"), "");
    finds(&check.replace(r#""scoped": {}"#, r#""scoped": {"nam": 1}"#), "");
}

#[test]
fn references_in_every_other_block() {
    finds(r#""output": {"x": {"value": "${local.x}"}}"#, "");
    finds(r#""output": {"x": {"value": 1, "depends_on": ["cloud_network.x"]}}"#, "");
    finds(
        r#""output": {"x": {"value": 1, "precondition": [{"condition": "${local.x}", "error_message": "No."}]}}"#,
        "",
    );
    finds(r#""provider": {"cloud": [{"zone": "${local.x}"}, {"alias": "standby"}]}"#, "");
    finds(r#""module": {"m": {"source": "./m", "x": ["${local.x}"]}}"#, "");
    finds(r#""module": {"m": {"source": "./m", "for_each": "${local.x}"}}"#, "");
    finds(r#""module": {"m": {"source": "./m", "depends_on": ["cloud_network.x"]}}"#, "");
}

#[test]
fn circles() {
    finds(r#""locals": {"a": "${local.a}"}"#, "");
    finds(r#""locals": {"a": "${local.b.x}", "b": {"x": "${local.c}"}, "c": "${local.a}", "d": "${local.a}"}"#, "");
    finds(r#""resource": {"cloud_network": {"a": {"range": "${cloud_network.a.id}"}}}"#, "");
    finds(
        r#""resource": {"cloud_network": {
            "a": {"range": "${cloud_network.b.id}"}, "b": {"range": "x", "depends_on": ["cloud_network.a"]}
        }}"#,
        "",
    );
    // A provider that is configured from what it manages.
    finds(
        r#""resource": {"cloud_network": {"a": {"provider": "cloud.standby", "range": "x"}}},
        "provider": {"cloud": [{"zone": "a"}, {"alias": "standby", "zone": "${cloud_network.a.id}"}]}"#,
        "",
    );
    finds(
        r#""variable": {"v": {"validation": [{"condition": "${var.v != cloud_network.a.id}", "error_message": "No."}]}},
        "resource": {"cloud_network": {"a": {"range": "${var.v}"}}}"#,
        "",
    );
    finds(r#""module": {"m": {"source": "./m", "depends_on": ["module.m"]}}"#, "");
    // What goes into a module may well come out of it.
    fine(r#""module": {"m": {"source": "./m", "in": "${module.m.out}"}}"#);
}

#[test]
fn everything_is_found_at_once_in_the_order_of_the_document() {
    let module = super::module(
        r#""locals": {"x": "${local.y}"}, "output": {"x": {"value": "${local.z}"}},
        "resource": {"cloud_network": {"a b": {"rnge": "${var.x}", "private": 5, "size": []}}}"#,
    );
    let findings = module.check(&super::schemas());
    let places: Vec<String> = findings.iter().map(|finding| format!("{} {}", finding.block, finding.field)).collect();
    assert_eq!(
        places,
        [
            "cloud_network.a b ",
            "local.x ",
            "cloud_network.a b rnge",
            "cloud_network.a b rnge",
            "cloud_network.a b private",
            "cloud_network.a b size",
            "cloud_network.a b ",
            "output.x value",
        ]
    );
    assert_eq!(super::found(&module), super::found(&module.clone()));
}
