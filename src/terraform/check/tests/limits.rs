//! Literals that Terraform takes and the API behind the provider does not, wherever they stand.

use super::{module, schemas};
use crate::terraform::check::Schemas;
use crate::terraform::document::Document;
use crate::terraform::schema::limits::Limits;

/// Limits of every kind.
const LIMITS: &str = "model 1
=cloud_network
labels\tnet:Create Labels.Value\tt\t\t8\t\t^[a-z ]*$
labels{}\tnet:Create Labels.Key\tt\t2\t\t\t^[a-z]+$
range\tnet:Create Range\ttr\t1\t\t\t(a|b)[0-9]+
size\tnet:Create Size\tn\t2\t9\t
=cloud_record
alias\tdns:Create Alias\tt\t\t\tone|two
ttl\tdns:Create Ttl\tnr\t1\t\t
weight\tdns:Create Weight\tn\t\t\t0|5|10
=cloud_server
probe.path\tvm:Create Probes.Path\tt\t\t4\t\t[a-z]+
network_ids\tvm:Create Networks\tt\t\t\t\tn-[0-9]+
rules.source\tvm:Create Rules.Source\tt\t\t\t\t^[a-z]*$
";

/// What is found in a document, without the reason, which is always the same.
#[track_caller]
fn found(sections: &str) -> Vec<String> {
    let cloud = schemas().get("cloud").cloned().unwrap_or_default().with_limits(Limits::open(LIMITS));
    let schemas = Schemas::new().with("cloud", cloud);
    let module = module(sections);
    let findings = module.check(&schemas);
    assert_eq!(Document::new(module, &schemas).is_ok(), findings.is_empty());
    let lines = findings.iter().map(|finding| format!("{}: {}: {}", finding.block, finding.field, finding.message));
    lines.collect()
}

fn network(arguments: &str) -> String {
    format!(r#""resource": {{"cloud_network": {{"n": {{{arguments}}}}}}}"#)
}

fn server(arguments: &str) -> String {
    format!(r#""resource": {{"cloud_server": {{"s": {{"network_ids": ["n-1"], {arguments}}}}}}}"#)
}

#[test]
fn each_kind_of_limit() {
    let one = |arguments: &str| found(&network(&format!(r#""range": "a1", {arguments}"#)));
    assert_eq!(
        one(r#""labels": {"k": "it's"}"#),
        [
            "cloud_network.n: labels.k: is 1 character long, but needs 2 at least",
            r#"cloud_network.n: labels.k: "it's" has `'` in it, which is not among the allowed characters"#
        ]
    );
    assert_eq!(
        one(r#""labels": {"key": "much too long"}"#),
        ["cloud_network.n: labels.key: is 13 characters long, but takes 8 at most"]
    );
    assert_eq!(one(r#""size": 1"#), ["cloud_network.n: size: 1 is less than 2, the least it takes"]);
    assert_eq!(one(r#""size": "12""#), ["cloud_network.n: size: 12 is more than 9, the most it takes"]);
    assert_eq!(
        found(&network(r#""range": "c1""#)),
        [r#"cloud_network.n: range: "c1" does not have the form it must have"#]
    );
    let record = |arguments: &str| found(&format!(r#""resource": {{"cloud_record": {{"r": {{{arguments}}}}}}}"#));
    assert_eq!(
        record(r#""alias": "twp", "weight": 7, "ttl": 0"#),
        [
            r#"cloud_record.r: alias: "twp" is not one of the values it takes"#,
            "cloud_record.r: weight: 7 is not one of the numbers it takes",
            "cloud_record.r: ttl: 0 is less than 1, the least it takes",
        ]
    );
}

#[test]
fn what_fits_and_what_is_left_out() {
    for fine in [
        network(r#""range": "b77", "size": 9, "labels": {"key": "a b"}"#),
        network(r#""range": "a1", "size": 0, "labels": {"key": ""}"#),
        network(r#""range": "a1", "size": null, "labels": {}"#),
        format!(r#""variable": {{"v": {{}}}}, {}"#, network(r#""range": "${var.v}""#)),
        format!(r#""variable": {{"v": {{}}}}, {}"#, network(r#""range": "x${var.v}""#)),
        server(r#""disk": {"size": 1}, "rules": [{"port": 1, "source": "x"}]"#),
        // A validation may also say what is not allowed.
        format!(
            r#""variable": {{"v": {{"validation": {{"condition": "${{!contains([\"c\"], var.v)}}", "error_message": "m"}}}}}},
            {}"#,
            network(r#""range": "${var.v}""#)
        ),
    ] {
        assert_eq!(found(&fine), [""; 0], "{fine}");
    }
}

#[test]
fn in_lists_and_nested_blocks() {
    let lines = [
        (server(r#""disk": {"size": 1}"#).replace("n-1", "x"), "network_ids[0]"),
        (
            server(r#""disk": {"size": 1}, "rules": [{"port": 1, "source": "a"}, {"port": 1, "source": "A"}]"#),
            "rules[1].source",
        ),
        (server(r#""disk": {"size": 1}, "probe": {"path": "a1"}"#), "probe.path"),
        (server(r#""disk": {"size": 1}, "probe": [{"port": 2}, {"path": "abcde"}]"#), "probe[1].path"),
        (
            server(
                r#""disk": {"size": 1},
                "dynamic": {"probe": {"for_each": ["a", "b'"], "content": {"path": "${probe.value}"}}}"#,
            ),
            "dynamic.probe.content.path",
        ),
    ];
    for (sections, field) in lines {
        let found = found(&sections);
        assert_eq!(found.len(), 1, "{sections}: {found:?}");
        assert!(found[0].starts_with(&format!("cloud_server.s: {field}: ")), "{found:?}");
    }
}

#[test]
fn behind_what_hands_them_on() {
    let behind = |blocks: &str, value: &str| {
        let sections = format!("{blocks} {}", network(&format!(r#""range": "a1", "labels": {{"key": "{value}"}}"#)));
        let found = found(&sections);
        assert_eq!(found.len(), 1, "{sections}: {found:?}");
        let start = "cloud_network.n: labels.key: ";
        assert!(found[0].starts_with(start), "{found:?}");
        found[0].replace(start, "")
    };
    let refused = |text: &str, character: &str| {
        format!("{text:?} has `{character}` in it, which is not among the allowed characters")
    };
    let local = r#""locals": {"l": "${local.m}", "m": "A", "o": {"p": ["a", "B"]}},"#;
    assert_eq!(behind(local, "${local.l}"), format!("from `local.m`: {}", refused("A", "A")));
    assert_eq!(behind(local, "${local.o.p[1]}"), format!("from `local.o`: {}", refused("B", "B")));
    assert_eq!(behind(local, "${one(local.o[\\\"p\\\"][*])}"), format!("from `local.o`: {}", refused("B", "B")));
    let variable = r#""variable": {"v": {"default": "x1"}, "b": {"type": "bool"}},"#;
    assert_eq!(behind(variable, "${var.v}"), format!("from the default of `var.v`: {}", refused("x1", "1")));
    assert_eq!(behind(variable, "${var.b ? \\\"a\\\" : \\\"2\\\"}"), refused("2", "2"));
    assert_eq!(behind(variable, "${coalesce(null, \\\"A\\\")}"), refused("A", "A"));
    assert_eq!(behind(variable, "of ${var.b}'s"), refused("of 's", "'"));
    assert_eq!(behind(variable, "123456789${var.b}"), "is 9 characters long, but takes 8 at most");
    let validated = r#""variable": {"v": {"default": "a", "validation": {"error_message": "m",
        "condition": "${contains([\"a\", \"B\"], var.v) || var.v == null}"}}},"#;
    assert_eq!(behind(validated, "${var.v}"), format!("from the validation of `var.v`: {}", refused("B", "B")));
}

#[test]
fn in_what_a_block_is_repeated_for() {
    let each = |for_each: &str, value: &str| {
        found(&format!(
            r#""locals": {{"l": {{"one": {{"d": "A"}}}}}},
            "resource": {{"cloud_network": {{"n": {{"for_each": {for_each}, "range": "a1", "labels": {{"key": "{value}"}}}}}}}}"#
        ))
    };
    assert_eq!(each(r#"{"one": {"d": "A"}}"#, "${each.value.d}").len(), 1);
    assert_eq!(each(r#"{"One": "a"}"#, "${each.key}").len(), 1);
    assert_eq!(each(r#""${toset([\"a\", \"B\"])}""#, "${each.value}").len(), 1);
    assert_eq!(each(r#""${local.l}""#, "${each.value[\\\"d\\\"]}").len(), 1);
    assert_eq!(each(r#""${local.l}""#, "${each.key}").len(), 0);
}

#[test]
fn says_why_and_what_goes() {
    let cloud = schemas().get("cloud").cloned().unwrap_or_default().with_limits(Limits::open(LIMITS));
    let schemas = Schemas::new().with("cloud", cloud);
    let findings = module(&network(r#""range": "a1", "labels": {"key": "it's"}"#)).check(&schemas);
    assert_eq!(
        findings[0].reason.as_deref(),
        Some("the API would refuse it at apply: net:Create Labels.Value (model 1)")
    );
    assert_eq!(findings[0].help.as_deref(), Some("allowed characters: a-z, space"));
}
