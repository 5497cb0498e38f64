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
fn network_finds(arguments: &str, lines: &[&str]) {
    finds(&network(arguments), lines);
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
    network_finds(
        r#""count": 1, "for_each": {"a": 1}"#,
        &["[Conflict] cloud_network.a: `count` and `for_each` exclude each other", "fix: keep one of the two"],
    );
    network_finds(
        r#""count": "two""#,
        &[
            r#"[WrongType] cloud_network.a: count: needs a number, but "two" is a string that cannot become one"#,
            "fix: write a number such as `5`",
        ],
    );
    network_finds(r#""count": -1"#, &["[WrongType] cloud_network.a: count: needs a whole number from 0, but is `-1`"]);
    network_finds(
        r#""count": null"#,
        &["[WrongType] cloud_network.a: count: needs a whole number from 0, but is `null`"],
    );
    network_finds(
        r#""for_each": ["a"]"#,
        &[
            r#"[WrongType] cloud_network.a: for_each: needs a map or a set of strings, but `["a"]` is a list"#,
            "fix: make it a set: `toset(...)`",
        ],
    );
    network_finds(
        r#""for_each": "a""#,
        &[r#"[WrongType] cloud_network.a: for_each: needs a map or a set of strings, but `"a"` is a string"#],
    );
    network_finds(
        r#""for_each": "${toset([1])}""#,
        &[
            "[WrongType] cloud_network.a: for_each: needs a map or a set of strings, but `toset([1])` is a set of number",
            "fix: make strings of its elements: `toset([for x in ... : tostring(x)])`",
        ],
    );
    network_finds(
        r#""for_each": null"#,
        &["[WrongType] cloud_network.a: for_each: needs a map or a set of strings, but is `null`"],
    );
    network_finds(
        r#""labels": {"a": "${each.key}"}"#,
        &[
            "[MisplacedReference] cloud_network.a: labels.a: `each.key` may not stand here",
            "why: `each` means something in blocks with `for_each` only",
        ],
    );
    network_finds(
        r#""for_each": {"a": 1}, "labels": {"a": "${each.ky}"}"#,
        &[
            "[UndefinedAttribute] cloud_network.a: labels.a: `each.ky`: there is no attribute `ky`",
            "did you mean `key`?",
        ],
    );
    network_finds(
        r#""for_each": "${toset([\"a\"])}", "labels": {"a": "${each.value.b}"}"#,
        &["[UndefinedAttribute] cloud_network.a: labels.a: `each.value.b`: a string does not take `.b`"],
    );
    network_finds(
        r#""for_each": {"a": 1}, "labels": {"a": "${count.index}"}"#,
        &[
            "[MisplacedReference] cloud_network.a: labels.a: `count.index` may not stand here",
            "why: `count` means something in blocks with `count` only",
        ],
    );
    network_finds(
        r#""count": 1, "labels": {"a": "${count.indx}"}"#,
        &[
            "[UndefinedAttribute] cloud_network.a: labels.a: `count.indx`: there is no attribute `indx`",
            "did you mean `index`?",
        ],
    );
    network_finds(
        r#""count": "${count.index}""#,
        &[
            "[MisplacedReference] cloud_network.a: count: `count.index` may not stand here",
            "why: `count` means something in blocks with `count` only",
        ],
    );
}

#[test]
fn depends_on() {
    network_is_fine(
        r#""depends_on": ["cloud_network.other", "cloud_network.several[0]", "ephemeral.cloud_password.p"]"#,
    );
    network_finds(
        r#""depends_on": ["cloud_network.other.id"]"#,
        &[
            "[MisplacedReference] cloud_network.a: depends_on[0]: `cloud_network.other.id` is not a whole block",
            "fix: name the block without any attribute",
        ],
    );
    network_finds(
        r#""depends_on": ["cloud_network.othr"]"#,
        &[
            "[UndefinedAddress] cloud_network.a: depends_on[0]: there is no `cloud_network.othr`",
            "did you mean `cloud_network.other`?",
        ],
    );
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
    network_finds(
        r#""lifecycle": {"ignore_changes": ["lables"]}"#,
        &[
            "[UndefinedAttribute] cloud_network.a: lifecycle.ignore_changes[0]: `lables`: there is no argument `lables` whose changes could be ignored",
            "did you mean `labels`?",
        ],
    );
    network_finds(
        r#""lifecycle": {"replace_triggered_by": ["var.plain"]}"#,
        &[
            "[MisplacedReference] cloud_network.a: lifecycle.replace_triggered_by[0]: `var.plain` is not a resource or a part of one",
            "fix: keep the value in a `terraform_data` resource and refer to that",
        ],
    );
    network_finds(
        r#""lifecycle": {"replace_triggered_by": ["data.cloud_zone.here"]}"#,
        &[
            "[MisplacedReference] cloud_network.a: lifecycle.replace_triggered_by[0]: `data.cloud_zone.here` is not a resource or a part of one",
            "fix: keep the value in a `terraform_data` resource and refer to that",
        ],
    );
    network_finds(
        r#""lifecycle": {"replace_triggered_by": ["cloud_network.other.rnge"]}"#,
        &[
            "[UndefinedAttribute] cloud_network.a: lifecycle.replace_triggered_by[0]: `cloud_network.other.rnge`: there is no attribute `rnge`",
            "did you mean `range`?",
        ],
    );
    network_finds(
        &condition("precondition", "self.id == 1"),
        &[
            "[MisplacedReference] cloud_network.a: lifecycle.precondition[0].condition: `self.id` may not stand here",
            "why: `self` means something in postconditions only",
        ],
    );
    network_finds(
        &condition("precondition", "cloud_network.a.id == 1"),
        &[
            "[MisplacedReference] cloud_network.a: lifecycle.precondition[0].condition: `cloud_network.a.id`: a condition may not refer to its own block by address",
            "fix: use `self` in a postcondition; a precondition runs before the object exists",
        ],
    );
    network_finds(
        &condition("postcondition", "cloud_network.a.id == 1"),
        &[
            "[MisplacedReference] cloud_network.a: lifecycle.postcondition[0].condition: `cloud_network.a.id`: a condition may not refer to its own block by address",
            "fix: use `self` in a postcondition; a precondition runs before the object exists",
        ],
    );
    network_finds(
        &condition("postcondition", "self.idd == 1"),
        &[
            "[UndefinedAttribute] cloud_network.a: lifecycle.postcondition[0].condition: `self.idd`: there is no attribute `idd`",
            "did you mean `id`?",
        ],
    );
    network_finds(
        &condition("postcondition", "self.labels"),
        &[
            "[WrongType] cloud_network.a: lifecycle.postcondition[0].condition: needs a bool, but `self.labels` is a map of string",
        ],
    );
    network_finds(
        &condition("precondition", "1 == 1"),
        &[
            "[MisplacedReference] cloud_network.a: lifecycle.precondition[0].condition: `1 == 1` refers to nothing, so it checks nothing",
        ],
    );
    network_finds(
        r#""lifecycle": {"precondition": [{"condition": "${var.plain}", "error_message": ["${var.plain}"]}]}"#,
        &[
            "[WrongType] cloud_network.a: lifecycle.precondition[0].error_message: needs a string, but `[var.plain]` is a list",
            "fix: take one element, as with `[0]`",
        ],
    );
    network_finds(
        r#""labels": {"a": "${self.id}"}"#,
        &[
            "[MisplacedReference] cloud_network.a: labels.a: `self.id` may not stand here",
            "why: `self` means something in postconditions only",
        ],
    );
    finds(
        r#""data": {"cloud_zone": {"here": {"lifecycle": {"prevent_destroy": true}}}}"#,
        &["[UnknownArgument] data.cloud_zone.here: lifecycle.prevent_destroy: a `data` block takes conditions only"],
    );
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
    finds(
        &server("disk[0].encryption[0].ky"),
        &[
            "[UndefinedAttribute] cloud_server.s: lifecycle.ignore_changes[0]: `disk[0].encryption[0].ky`: there is no argument `ky` whose changes could be ignored",
            "did you mean `key`?",
        ],
    );
}

#[test]
fn text_that_is_no_way_to_ignore() {
    use crate::terraform::{Lifecycle, Resource, ResourceBlock};
    let mut module = super::module(r#""locals": {}"#);
    let network = ResourceBlock::resource("cloud_network", "a").set("range", "10.0.0.0/16");
    module.add(network.lifecycle(Lifecycle::new().ignore_changes(["labels["])));
    super::finds_in(
        &module,
        &[
            "[Syntax] cloud_network.a: lifecycle.ignore_changes[0]: `labels[` is no way to an argument",
            "fix: write it as in `tags[\"Owner\"]` or `rule[0].prefix`",
        ],
    );
}

#[test]
fn ephemeral_values() {
    network_is_fine(r#""labels": {"a": "${ephemeralasnull(var.secret)}"}"#);
    network_finds(
        r#""labels": {"a": "${var.secret}"}"#,
        &[
            "[MisplacedReference] cloud_network.a: labels: `var.secret` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
        ],
    );
    network_finds(
        r#""labels": {"a": "x-${ephemeral.cloud_password.p.value}"}"#,
        &[
            "[MisplacedReference] cloud_network.a: labels: `ephemeral.cloud_password.p.value` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
        ],
    );
    network_finds(
        r#""count": "${length(var.secret)}""#,
        &[
            "[MisplacedReference] cloud_network.a: count: `var.secret` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
        ],
    );
    network_finds(
        r#""for_each": "${var.secret}""#,
        &[
            "[MisplacedReference] cloud_network.a: for_each: `var.secret` is ephemeral and may not decide how many instances there are",
        ],
    );
    network_finds(
        r#""labels": {"a": "${terraform.applying ? 1 : 2}"}"#,
        &[
            "[MisplacedReference] cloud_network.a: labels: `terraform.applying` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
        ],
    );
    network_finds(
        r#""lifecycle": {"precondition": [{"condition": "${var.secret == 1}", "error_message": "Not ${var.secret}."}]}"#,
        &[
            "[MisplacedReference] cloud_network.a: lifecycle.precondition[0].error_message: `var.secret` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
        ],
    );
    let secret = |sections: &str| format!(r#""variable": {{"secret": {{"ephemeral": true}}}}, {sections}"#);
    fine(&secret(r#""provider": {"cloud": [{"zone": "${var.secret}"}, {"alias": "standby"}]}"#));
    fine(&secret(r#""output": {"x": {"value": "${var.secret}", "ephemeral": true}}"#));
    fine(&secret(r#""module": {"m": {"source": "./m", "secret": "${var.secret}"}}"#));
    finds(
        &secret(r#""output": {"x": {"value": "${var.secret}"}}"#),
        &[
            "[MisplacedReference] output.x: value: `var.secret` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
        ],
    );
    finds(
        &secret(r#""locals": {"s": "a${var.secret}"}, "data": {"cloud_zone": {"a": {"name": "${local.s}"}}}"#),
        &[
            "[MisplacedReference] data.cloud_zone.a: name: `local.s` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
        ],
    );
    let server = |arguments: &str| {
        secret(&format!(
            r#""resource": {{"cloud_server": {{"s": {{"network_ids": [], "disk": {{"size": 1}}, {arguments}}}}}}}"#
        ))
    };
    fine(&server(r#""password_wo": "${var.secret}""#));
    finds(
        &server(r#""password": "${var.secret}", "key": "k""#),
        &[
            "[MisplacedReference] cloud_server.s: password: `var.secret` is ephemeral and may not stand here",
            "why: the value would be stored in plan and state, which ephemeral values never are",
            "fix: its write-only arguments may be ephemeral: password_wo",
        ],
    );
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
    super::finds_in(
        &module,
        &[
            "[MisplacedReference] var.a: default: `path.module` is computed, but a default is plain text",
            "why: Terraform reads defaults before anything else exists",
            "fix: leave the default `null` and compute it in a local value",
        ],
    );
    finds(
        r#""variable": {"a": {"type": "number", "default": "five"}}"#,
        &[
            r#"[WrongType] var.a: default: needs a number, but "five" is a string that cannot become one"#,
            "fix: write a number such as `5`",
        ],
    );
    finds(
        r#""variable": {"a": {"type": "list(string)", "default": "x"}}"#,
        &[
            r#"[WrongType] var.a: default: needs a list of string, but `"x"` is a string"#,
            "fix: put the value into brackets",
        ],
    );
    finds(
        r#""variable": {"a": {"type": "object({x=string})", "default": {}}}"#,
        &[
            "[MissingArgument] var.a: default: needs `x`",
            "why: an object has all of its fields; `null` leaves one empty",
        ],
    );
    finds(
        r#""variable": {"a": {"type": "object({x=string})", "default": {"x": "a", "xx": "b"}}}"#,
        &["[UnknownArgument] var.a: default.xx: there is no field `xx`", "did you mean `x`?"],
    );
    finds(
        r#""variable": {"a": {"nullable": false, "default": null}}"#,
        &["[WrongType] var.a: default: the default is `null`, which the variable does not take"],
    );
    let validation = |condition: &str| {
        format!(
            r#""variable": {{"a": {{"validation": [{{"condition": "${{{condition}}}", "error_message": "No."}}]}}, "b": {{}}}}"#
        )
    };
    finds(
        &validation("var.b == 1"),
        &["[MisplacedReference] var.a: validation[0].condition: the condition does not look at `var.a`"],
    );
    finds(
        &validation("var.a == var.c"),
        &["[UndefinedAddress] var.a: validation[0].condition: there is no `var.c`", "nearest: var.a, var.b"],
    );
}

#[test]
fn checks_and_their_data_sources() {
    let check = r#""check": {"zone": {
        "data": {"cloud_zone": {"scoped": {}}},
        "assert": [{"condition": "${data.cloud_zone.scoped.name != \"\"}", "error_message": "No ${data.cloud_zone.scoped.id}."}]
    }}"#;
    fine(check);
    finds(
        &format!(r#"{check}, "locals": {{"x": "${{data.cloud_zone.scoped.id}}"}}"#),
        &[
            "[MisplacedReference] local.x: `data.cloud_zone.scoped.id` is in the check `zone`, outside of which nothing sees it",
            "fix: move the data source out of the check",
        ],
    );
    finds(
        &check.replace("scoped.name", "scoped.nme"),
        &[
            "[UndefinedAttribute] check.zone: assert[0].condition: `data.cloud_zone.scoped.nme`: there is no attribute `nme`",
            "did you mean `name`?",
        ],
    );
    finds(
        &check.replace(r#""scoped": {}"#, r#""scoped": {"nam": 1}"#),
        &["[UnknownArgument] data.cloud_zone.scoped: nam: there is no argument `nam`", "did you mean `name`?"],
    );
}

#[test]
fn references_in_every_other_block() {
    finds(
        r#""output": {"x": {"value": "${local.x}"}}"#,
        &["[UndefinedAddress] output.x: value: there is no `local.x`"],
    );
    finds(
        r#""output": {"x": {"value": 1, "depends_on": ["cloud_network.x"]}}"#,
        &["[UndefinedAddress] output.x: depends_on[0]: there is no `cloud_network.x`"],
    );
    finds(
        r#""output": {"x": {"value": 1, "precondition": [{"condition": "${local.x}", "error_message": "No."}]}}"#,
        &["[UndefinedAddress] output.x: precondition[0].condition: there is no `local.x`"],
    );
    finds(
        r#""provider": {"cloud": [{"zone": "${local.x}"}, {"alias": "standby"}]}"#,
        &["[UndefinedAddress] provider.cloud: zone: there is no `local.x`"],
    );
    finds(
        r#""module": {"m": {"source": "./m", "x": ["${local.x}"]}}"#,
        &["[UndefinedAddress] module.m: x[0]: there is no `local.x`"],
    );
    finds(
        r#""module": {"m": {"source": "./m", "for_each": "${local.x}"}}"#,
        &["[UndefinedAddress] module.m: for_each: there is no `local.x`"],
    );
    finds(
        r#""module": {"m": {"source": "./m", "depends_on": ["cloud_network.x"]}}"#,
        &["[UndefinedAddress] module.m: depends_on[0]: there is no `cloud_network.x`"],
    );
}

#[test]
fn circles() {
    finds(
        r#""locals": {"a": "${local.a}"}"#,
        &["[Cycle] local.a: refers to itself", "why: it would have to exist before it exists"],
    );
    finds(
        r#""locals": {"a": "${local.b.x}", "b": {"x": "${local.c}"}, "c": "${local.a}", "d": "${local.a}"}"#,
        &[
            "[Cycle] local.a: depends on itself: local.a -> local.b -> local.c -> local.a",
            "why: each would have to exist before the others",
        ],
    );
    finds(
        r#""resource": {"cloud_network": {"a": {"range": "${cloud_network.a.id}"}}}"#,
        &["[Cycle] cloud_network.a: refers to itself", "why: it would have to exist before it exists"],
    );
    finds(
        r#""resource": {"cloud_network": {
            "a": {"range": "${cloud_network.b.id}"}, "b": {"range": "x", "depends_on": ["cloud_network.a"]}
        }}"#,
        &[
            "[Cycle] cloud_network.a: depends on itself: cloud_network.a -> cloud_network.b -> cloud_network.a",
            "why: each would have to exist before the others",
        ],
    );
    // A provider that is configured from what it manages.
    finds(
        r#""resource": {"cloud_network": {"a": {"provider": "cloud.standby", "range": "x"}}},
        "provider": {"cloud": [{"zone": "a"}, {"alias": "standby", "zone": "${cloud_network.a.id}"}]}"#,
        &[
            "[Cycle] provider.cloud.standby: depends on itself: provider.cloud.standby -> cloud_network.a -> provider.cloud.standby",
            "why: each would have to exist before the others",
        ],
    );
    finds(
        r#""variable": {"v": {"validation": [{"condition": "${var.v != cloud_network.a.id}", "error_message": "No."}]}},
        "resource": {"cloud_network": {"a": {"range": "${var.v}"}}}"#,
        &[
            "[Cycle] var.v: depends on itself: var.v -> cloud_network.a -> var.v",
            "why: each would have to exist before the others",
        ],
    );
    finds(
        r#""module": {"m": {"source": "./m", "depends_on": ["module.m"]}}"#,
        &["[Cycle] module.m: refers to itself", "why: it would have to exist before it exists"],
    );
    // What goes into a module may well come out of it.
    fine(r#""module": {"m": {"source": "./m", "in": "${module.m.out}"}}"#);
}

#[test]
fn blocks_that_all_refer_to_each_other() {
    let all: Vec<String> = (0..100).map(|number| format!("${{local.l{number}}}")).collect();
    let locals: Vec<String> = (0..100).map(|number| format!(r#""l{number}": {all:?}"#)).collect();
    let module = super::module(&format!(r#""locals": {{{}}}"#, locals.join(",")));
    let rings = super::found(&module);
    assert_eq!(rings.len(), 20);
    assert!(rings[0].starts_with("[Cycle] local.l0: refers to itself"), "{}", rings[0]);
}

#[test]
fn very_many_undefined_addresses() {
    let locals: Vec<String> = (0..300).map(|number| format!(r#""l{number}": "${{local.m{number}}}""#)).collect();
    let module = super::module(&format!(r#""locals": {{{}}}"#, locals.join(",")));
    let findings = module.check(&super::schemas());
    assert_eq!(findings.len(), 300);
    assert_eq!(findings.iter().filter(|finding| !finding.candidates.is_empty()).count(), 100);
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
