//! Arguments and nested blocks beside their schema.

use super::{finds, fine};

/// A server with these arguments beside the required ones.
fn server(arguments: &str) -> String {
    format!(
        r#""resource": {{
            "cloud_network": {{"a": {{"range": "10.0.0.0/16"}}}},
            "cloud_server": {{"s": {{"network_ids": ["n"], "disk": {{"size": 1}}, {arguments}}}}}
        }}"#
    )
}

/// A server with these arguments and no others.
fn bare_server(arguments: &str) -> String {
    format!(r#""resource": {{"cloud_server": {{"s": {{{arguments}}}}}}}"#)
}

#[track_caller]
fn finds_in_server(arguments: &str, text: &str) {
    finds(&server(arguments), text);
}

#[track_caller]
fn fine_in_server(arguments: &str) {
    fine(&server(arguments));
}

#[test]
fn nothing_wrong() {
    fine_in_server(
        r#""//": "a comment with ${nothing} in it", "ports": [80, "443"], "key": "k", "password_wo": null,
        "rules": [{"port": 1, "source": null}], "limits": {"cores": 2, "//": "x"}, "timeouts": {"create": "5m"},
        "probe": [{"path": "/"}, {"path": "/b"}], "id": null"#,
    );
    fine(&bare_server(r#""network_ids": ["n"], "disk": [{"size": "1", "encryption": [{"key": "k"}]}, {"size": 2}]"#));
}

#[test]
fn unknown_type() {
    finds(r#""resource": {"cloud_netwrk": {"a": {}}}"#, "");
    finds(r#""resource": {"cloud_zone": {"a": {}}}"#, "");
    finds(r#""ephemeral": {"cloud_pasword": {"a": {}}}"#, "");
}

#[test]
fn types_of_unknown_providers_are_checked_for_references_only() {
    let sections = |value: &str| {
        format!(
            r#""provider": {{"cloud": {{}}, "other": {{}}}},
            "terraform": {{"required_providers": {{"cloud": {{"source": "a/cloud"}}, "other": {{"source": "a/other"}}}}}},
            "resource": {{"other_thing": {{"a": {{"whatever": {{"deep": ["{value}"]}}}}}}}},
            "locals": {{"x": "${{other_thing.a.any[0].thing}}"}}"#
        )
    };
    fine(&sections("x"));
    finds(&sections("${local.y}"), "");
}

#[test]
fn unknown_argument() {
    finds_in_server(r#""key_prefx": "k""#, "");
    finds_in_server(r#""disks": []"#, "");
    finds(&bare_server(r#""network_ids": ["n"], "disk": {"size": 1, "encryption": {"key": "k", "ky": "k"}}"#), "");
    finds_in_server(r#""limits": {"cores": 1, "core": 2}"#, "");
    finds_in_server(r#""rules": [{"port": 1, "source": "a", "sauce": "b"}]"#, "");
    finds(r#""provider": {"cloud": [{"zon": "a"}, {"alias": "standby"}]}"#, "");
}

#[test]
fn missing_argument() {
    finds(&bare_server(r#""disk": {"size": 1}"#), "");
    finds(&bare_server(r#""disk": {"size": 1}, "network_ids": null"#), "");
    finds(&bare_server(r#""network_ids": ["n"]"#), "");
    finds(&bare_server(r#""network_ids": ["n"], "disk": []"#), "");
    finds(&bare_server(r#""network_ids": ["n"], "disk": [{"size": 1}, {}]"#), "");
    finds_in_server(r#""limits": {"memory": 1}"#, "");
    finds_in_server(r#""rules": [{"port": 1}]"#, "");
}

#[test]
fn read_only_argument() {
    finds_in_server(r#""address": "10.0.0.1""#, "");
    finds(&bare_server(r#""network_ids": ["n"], "disk": {"size": 1, "device": "sda"}"#), "");
}

#[test]
fn block_count() {
    finds(&bare_server(r#""network_ids": ["n"], "disk": [{"size": 1}, {"size": 1}, {"size": 1}]"#), "");
    finds_in_server(r#""timeouts": [{"create": "1m"}, {"create": "2m"}]"#, "");
}

#[test]
fn block_that_is_none() {
    finds_in_server(r#""probe": "x""#, "");
    finds_in_server(r#""probe": ["${cloud_network.a.id}"]"#, "");
    finds(&bare_server(r#""network_ids": ["n"], "disk": "${cloud_server.t.disk}""#).replace(
        r#""s": "#,
        r#""t": {"network_ids": ["n"], "disk": {"size": 1}}, "s": "#,
    ), "");
}

#[test]
fn literals_of_the_wrong_type() {
    finds_in_server(r#""key": ["k"]"#, "");
    finds_in_server(r#""key": {"k": 1}"#, "");
    finds_in_server(r#""ports": 80"#, "");
    finds_in_server(r#""ports": "80""#, "");
    finds_in_server(r#""ports": {"a": 80}"#, "");
    finds_in_server(r#""ports": ["http"]"#, "");
    finds_in_server(r#""ports": [true]"#, "");
    finds_in_server(r#""limits": {"cores": false}"#, "");
    finds_in_server(r#""rules": ["x"]"#, "");
    finds_in_server(r#""rules": [{"port": "x", "source": "a"}]"#, "");
}

#[test]
fn literals_that_terraform_converts() {
    let network = |arguments: &str| format!(r#""resource": {{"cloud_network": {{"a": {{"range": 10, {arguments}}}}}}}"#);
    for arguments in [
        r#""private": "true""#,
        r#""private": "1""#,
        r#""size": "1e3""#,
        r#""size": "-4.5""#,
        r#""labels": {"a": 1, "b": true, "c": null}"#,
    ] {
        fine(&network(arguments));
    }
    finds(&network(r#""private": 1"#), "");
    finds(&network(r#""private": "yes""#), "");
    finds(&network(r#""size": true"#), "");
    finds(&network(r#""labels": ["a"]"#), "");
    finds(&network(r#""labels": {"a": ["b"]}"#), "");
}

#[test]
fn references_of_the_wrong_type() {
    finds_in_server(r#""key": "${cloud_network.a.labels}""#, "");
    finds_in_server(r#""ports": "${cloud_network.a.size}""#, "");
    finds_in_server(r#""limits": {"cores": "${cloud_network.a.private}"}"#, "");
    finds_in_server(r#""key": "a-${cloud_network.a.labels}""#, "");
    finds(&bare_server(r#""disk": {"size": 1}, "network_ids": ["${cloud_server.t.ports}"]"#).replace(
        r#""s": "#,
        r#""t": {"network_ids": ["n"], "disk": {"size": 1}}, "s": "#,
    ), "");
    finds_in_server(r#""key": "${cloud_network.a.private ? \"x\" : cloud_network.a.labels}""#, "");
    finds_in_server(r#""ports": "${[for label in cloud_network.a.labels : label == \"x\"]}""#, "");
    fine_in_server(r#""key": "${cloud_network.a.size}", "ports": ["${cloud_network.a.id}"]"#);
    fine_in_server(r#""ports": "${cloud_network.a[*].size}""#);
}

#[test]
fn dynamic_blocks() {
    fine(&bare_server(
        r#""network_ids": ["n"], "dynamic": {"disk": {"for_each": [1, 2], "content": {"size": "${disk.value}"}}}"#,
    ));
    fine_in_server(
        r#""dynamic": [{"probe": [{"for_each": {"a": "/"}, "iterator": "each_probe",
        "content": [{"path": "${each_probe.key}${each_probe.value}"}]}]}]"#,
    );
    fine_in_server(r#""dynamic": {"rules": {"for_each": [1], "content": {"port": "${rules.value}"}}}"#);
    finds_in_server(r#""dynamic": {"prob": {"for_each": [1], "content": {}}}"#, "");
    finds_in_server(r#""dynamic": {"key": {"for_each": [1], "content": {}}}"#, "");
    finds_in_server(r#""dynamic": {"probe": {"for_each": [1], "content": {"pth": "x"}}}"#, "");
    finds_in_server(r#""dynamic": {"rules": {"for_each": [1], "content": {"prt": 1}}}"#, "");
    finds_in_server(r#""dynamic": {"probe": {"for_each": [1]}}"#, "");
    finds_in_server(r#""dynamic": {"probe": {"for_each": "x", "content": {}}}"#, "");
    finds_in_server(r#""dynamic": {"probe": {"for_each": [1], "content": {}, "contents": {}}}"#, "");
    finds_in_server(r#""dynamic": {"probe": {"for_each": [1], "content": {"path": "${probe.valu}"}}}"#, "");
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [1], "iterator": "p", "content": {"path": "${probe.value}"}}}"#,
        "",
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [{"a": "x"}], "content": {"path": "${cloud_network.a.nme}"}}}"#,
        "",
    );
}
