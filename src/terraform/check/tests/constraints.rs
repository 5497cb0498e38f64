//! Arguments that exclude each other or go together.

use super::{finds, fine};

fn server(arguments: &str) -> String {
    format!(
        r#""variable": {{"key": {{}}}},
        "resource": {{"cloud_server": {{"s": {{"network_ids": ["n"], "disk": {{"size": 1}}, {arguments}}}}}}}"#
    )
}

fn record(arguments: &str) -> String {
    format!(r#""variable": {{"ip": {{}}}}, "resource": {{"cloud_record": {{"r": {{{arguments}}}}}}}"#)
}

#[test]
fn both_halves_of_a_conflict() {
    finds(
        &server(r#""key": "a", "key_prefix": "b""#),
        &["[Conflict] cloud_server.s: `key`, `key_prefix` exclude each other", "fix: keep one of them"],
    );
    finds(
        &server(r#""probe": [{"path": "/"}, {"path": "/", "port": 80}]"#),
        &["[Conflict] cloud_server.s: `probe.path`, `probe.port` exclude each other", "fix: keep one of them"],
    );
    finds(
        &record(r#""ip": "1.2.3.4", "alias": "b", "ttl": 1"#),
        &["[Conflict] cloud_record.r: `ip`, `alias` exclude each other", "fix: keep one of them"],
    );
    fine(&server(r#""key": "a", "key_prefix": null"#));
    // What a variable holds is not known: null is as good as nothing.
    fine(&server(r#""key": "a", "key_prefix": "${var.key}""#));
    fine(&server(r#""key": "${var.key == null ? null : \"x\"}", "key_prefix": "a""#));
    fine(&server(r#""probe": [{"path": "/"}, {"port": 80}]"#));
}

#[test]
fn none_of_those_that_are_needed() {
    finds(&record(r#""ttl": 1"#), &["[MissingArgument] cloud_record.r: exactly one of `ip`, `alias` is required"]);
    finds(
        &record(r#""ip": "1.2.3.4""#),
        &["[MissingArgument] cloud_record.r: at least one of `weight`, `ttl` is required"],
    );
    fine(&record(r#""ip": "${var.ip}", "ttl": 1, "weight": 2"#));
}

#[test]
fn one_without_the_other() {
    finds(
        &record(r#""ip": "1.2.3.4", "ttl": 1, "probe": "p""#),
        &["[MissingArgument] cloud_record.r: `probe` needs `failover` beside it"],
    );
    fine(&record(r#""ip": "1.2.3.4", "ttl": 1, "probe": "p", "failover": "second""#));
    fine(&record(r#""ip": "1.2.3.4", "ttl": 1, "probe": "p", "failover": "${var.ip}""#));
}

#[test]
fn repeated_argument() {
    use crate::terraform::expression::{Expression, Object};
    let mut module = super::module(r#""locals": {}"#);
    let twice: Object = [("range", Expression::from("a")), ("range", Expression::from("b"))].into_iter().collect();
    let mut block = crate::terraform::ResourceBlock::resource("cloud_network", "a");
    block.arguments = twice.clone();
    module.add(block);
    module.add_local::<crate::terraform::Any>("x", twice);
    assert_eq!(
        super::found(&module),
        [
            "[Conflict] local.x: `range` is given twice",
            "[Conflict] cloud_network.a: range: `range` is given twice\n  fix: keep one of the two",
        ]
    );
}
