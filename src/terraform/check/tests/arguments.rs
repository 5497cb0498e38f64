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
fn finds_in_server(arguments: &str, lines: &[&str]) {
    finds(&server(arguments), lines);
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
    finds(
        r#""resource": {"cloud_netwrk": {"a": {}}}"#,
        &[
            "[UnknownType] cloud_netwrk.a: the provider `cloud` has no resource `cloud_netwrk`",
            "nearest: cloud_network, cloud_server, cloud_record",
        ],
    );
    finds(
        r#""resource": {"cloud_zone": {"a": {}}}"#,
        &[
            "[UnknownType] cloud_zone.a: the provider `cloud` has no resource `cloud_zone`",
            "fix: it has one as a data source",
        ],
    );
    finds(
        r#""ephemeral": {"cloud_pasword": {"a": {}}}"#,
        &[
            "[UnknownType] ephemeral.cloud_pasword.a: the provider `cloud` has no ephemeral resource `cloud_pasword`",
            "did you mean `cloud_password`?",
        ],
    );
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
    finds(
        &sections("${local.y}"),
        &["[UndefinedAddress] other_thing.a: whatever.deep[0]: there is no `local.y`", "did you mean `local.x`?"],
    );
}

#[test]
fn unknown_argument() {
    finds_in_server(
        r#""key_prefx": "k""#,
        &["[UnknownArgument] cloud_server.s: key_prefx: there is no argument `key_prefx`", "nearest: key_prefix, key"],
    );
    finds_in_server(
        r#""disks": []"#,
        &["[UnknownArgument] cloud_server.s: disks: there is no argument `disks`", "did you mean `disk`?"],
    );
    finds(
        &bare_server(r#""network_ids": ["n"], "disk": {"size": 1, "encryption": {"key": "k", "ky": "k"}}"#),
        &["[UnknownArgument] cloud_server.s: disk.encryption.ky: there is no argument `ky`", "did you mean `key`?"],
    );
    finds_in_server(
        r#""limits": {"cores": 1, "core": 2}"#,
        &["[UnknownArgument] cloud_server.s: limits.core: there is no argument `core`", "did you mean `cores`?"],
    );
    finds_in_server(
        r#""rules": [{"port": 1, "source": "a", "sauce": "b"}]"#,
        &["[UnknownArgument] cloud_server.s: rules[0].sauce: there is no field `sauce`", "did you mean `source`?"],
    );
    finds(
        r#""provider": {"cloud": [{"zon": "a"}, {"alias": "standby"}]}"#,
        &["[UnknownArgument] provider.cloud: zon: there is no argument `zon`", "did you mean `zone`?"],
    );
}

#[test]
fn names_that_are_computed() {
    use crate::terraform::expression::{Expression, Key};
    let mut module = super::module(r#""locals": {}"#);
    let mut network = crate::terraform::ResourceBlock::resource("cloud_network", "a").set("range", "10.0.0.0/16");
    let name = Key::Computed(Box::new(Expression::named("path", &["root"])));
    network.arguments.0.push((name, Expression::Bool(true)));
    module.add(network);
    super::finds_in(
        &module,
        &["[UnknownArgument] cloud_network.a: the name of an argument cannot be computed, as `(path.root)` is"],
    );
}

#[test]
fn missing_argument() {
    finds(
        &bare_server(r#""disk": {"size": 1}"#),
        &["[MissingArgument] cloud_server.s: the argument `network_ids` is required, but missing"],
    );
    finds(
        &bare_server(r#""disk": {"size": 1}, "network_ids": null"#),
        &["[MissingArgument] cloud_server.s: the argument `network_ids` is required, but missing"],
    );
    finds(
        &bare_server(r#""network_ids": ["n"]"#),
        &["[MissingArgument] cloud_server.s: a nested block `disk` is required, but missing"],
    );
    finds(
        &bare_server(r#""network_ids": ["n"], "disk": []"#),
        &["[MissingArgument] cloud_server.s: a nested block `disk` is required, but missing"],
    );
    finds(
        &bare_server(r#""network_ids": ["n"], "disk": [{"size": 1}, {}]"#),
        &["[MissingArgument] cloud_server.s: disk[1]: the argument `size` is required, but missing"],
    );
    finds_in_server(
        r#""limits": {"memory": 1}"#,
        &["[MissingArgument] cloud_server.s: limits: the argument `cores` is required, but missing"],
    );
    finds_in_server(
        r#""rules": [{"port": 1}]"#,
        &[
            "[MissingArgument] cloud_server.s: rules[0]: needs `source`",
            "why: an object has all of its fields; `null` leaves one empty",
        ],
    );
}

#[test]
fn read_only_argument() {
    finds_in_server(
        r#""address": "10.0.0.1""#,
        &["[ReadOnlyArgument] cloud_server.s: address: only the provider sets this", "fix: leave it out"],
    );
    finds(
        &bare_server(r#""network_ids": ["n"], "disk": {"size": 1, "device": "sda"}"#),
        &["[ReadOnlyArgument] cloud_server.s: disk.device: only the provider sets this", "fix: leave it out"],
    );
}

#[test]
fn block_count() {
    finds(
        &bare_server(r#""network_ids": ["n"], "disk": [{"size": 1}, {"size": 1}, {"size": 1}]"#),
        &["[BlockCount] cloud_server.s: disk: is there 3 times, but may be there 2 times at most"],
    );
    finds_in_server(
        r#""timeouts": [{"create": "1m"}, {"create": "2m"}]"#,
        &["[BlockCount] cloud_server.s: timeouts: is there 2 times, but may be there 1 times at most"],
    );
}

#[test]
fn block_that_is_none() {
    finds_in_server(
        r#""probe": "x""#,
        &[
            r#"[WrongType] cloud_server.s: probe: is a nested block, but `"x"` is a string"#,
            "fix: write an object or a list of objects, or repeat the block with `dynamic`",
        ],
    );
    finds_in_server(
        r#""probe": ["${cloud_network.a.id}"]"#,
        &[
            "[WrongType] cloud_server.s: probe[0]: is a nested block, but `cloud_network.a.id` is a string",
            "fix: write an object or a list of objects, or repeat the block with `dynamic`",
        ],
    );
    finds(
        &bare_server(r#""network_ids": ["n"], "disk": "${cloud_server.t.disk}""#)
            .replace(r#""s": "#, r#""t": {"network_ids": ["n"], "disk": {"size": 1}}, "s": "#),
        &[
            "[WrongType] cloud_server.s: disk: is a nested block, but `cloud_server.t.disk` is a list of object",
            "fix: write an object or a list of objects, or repeat the block with `dynamic`",
        ],
    );
}

#[test]
fn literals_of_the_wrong_type() {
    finds_in_server(
        r#""key": ["k"]"#,
        &[
            r#"[WrongType] cloud_server.s: key: needs a string, but `["k"]` is a list"#,
            "fix: take one element, as with `[0]`",
        ],
    );
    finds_in_server(
        r#""key": {"k": 1}"#,
        &[r#"[WrongType] cloud_server.s: key: needs a string, but `{"k" = 1}` is an object"#],
    );
    finds_in_server(
        r#""ports": 80"#,
        &[
            "[WrongType] cloud_server.s: ports: needs a list of number, but `80` is a number",
            "fix: put the value into brackets",
        ],
    );
    finds_in_server(
        r#""ports": "80""#,
        &[
            r#"[WrongType] cloud_server.s: ports: needs a list of number, but `"80"` is a string"#,
            "fix: put the value into brackets",
        ],
    );
    finds_in_server(
        r#""ports": {"a": 80}"#,
        &[r#"[WrongType] cloud_server.s: ports: needs a list of number, but `{"a" = 80}` is an object"#],
    );
    finds_in_server(
        r#""ports": ["http"]"#,
        &[
            r#"[WrongType] cloud_server.s: ports[0]: needs a number, but "http" is a string that cannot become one"#,
            "fix: write a number such as `5`",
        ],
    );
    finds_in_server(
        r#""ports": [true]"#,
        &["[WrongType] cloud_server.s: ports[0]: needs a number, but `true` is a bool"],
    );
    finds_in_server(
        r#""limits": {"cores": false}"#,
        &["[WrongType] cloud_server.s: limits.cores: needs a number, but `false` is a bool"],
    );
    finds_in_server(
        r#""rules": ["x"]"#,
        &[r#"[WrongType] cloud_server.s: rules[0]: needs an object, but `"x"` is a string"#],
    );
    finds_in_server(
        r#""rules": [{"port": "x", "source": "a"}]"#,
        &[
            r#"[WrongType] cloud_server.s: rules[0].port: needs a number, but "x" is a string that cannot become one"#,
            "fix: write a number such as `5`",
        ],
    );
}

#[test]
fn literals_that_terraform_converts() {
    let network =
        |arguments: &str| format!(r#""resource": {{"cloud_network": {{"a": {{"range": 10, {arguments}}}}}}}"#);
    for arguments in [
        r#""private": "true""#,
        r#""private": "1""#,
        r#""size": "1e3""#,
        r#""size": "-4.5""#,
        r#""labels": {"a": 1, "b": true, "c": null}"#,
    ] {
        fine(&network(arguments));
    }
    finds(&network(r#""private": 1"#), &["[WrongType] cloud_network.a: private: needs a bool, but `1` is a number"]);
    finds(
        &network(r#""private": "yes""#),
        &[
            r#"[WrongType] cloud_network.a: private: needs a bool, but "yes" is a string that cannot become one"#,
            "fix: write `true` or `false`",
        ],
    );
    finds(&network(r#""size": true"#), &["[WrongType] cloud_network.a: size: needs a number, but `true` is a bool"]);
    finds(
        &network(r#""labels": ["a"]"#),
        &["[WrongType] cloud_network.a: labels: needs a map of string, but this is a list"],
    );
    finds(
        &network(r#""labels": {"a": ["b"]}"#),
        &[
            r#"[WrongType] cloud_network.a: labels.a: needs a string, but `["b"]` is a list"#,
            "fix: take one element, as with `[0]`",
        ],
    );
}

#[test]
fn references_of_the_wrong_type() {
    finds_in_server(
        r#""key": "${cloud_network.a.labels}""#,
        &["[WrongType] cloud_server.s: key: needs a string, but `cloud_network.a.labels` is a map of string"],
    );
    finds_in_server(
        r#""ports": "${cloud_network.a.size}""#,
        &[
            "[WrongType] cloud_server.s: ports: needs a list of number, but `cloud_network.a.size` is a number",
            "fix: put the value into brackets",
        ],
    );
    finds_in_server(
        r#""limits": {"cores": "${cloud_network.a.private}"}"#,
        &["[WrongType] cloud_server.s: limits.cores: needs a number, but `cloud_network.a.private` is a bool"],
    );
    finds_in_server(
        r#""key": "a-${cloud_network.a.labels}""#,
        &["[WrongType] cloud_server.s: key: needs a string, but `cloud_network.a.labels` is a map of string"],
    );
    finds(
        &bare_server(r#""disk": {"size": 1}, "network_ids": ["${cloud_server.t.ports}"]"#)
            .replace(r#""s": "#, r#""t": {"network_ids": ["n"], "disk": {"size": 1}}, "s": "#),
        &[
            "[WrongType] cloud_server.s: network_ids[0]: needs a string, but `cloud_server.t.ports` is a list of number",
            "fix: take one element, as with `[0]`",
        ],
    );
    finds_in_server(
        r#""key": "${cloud_network.a.private ? \"x\" : cloud_network.a.labels}""#,
        &["[WrongType] cloud_server.s: key: needs a string, but `cloud_network.a.labels` is a map of string"],
    );
    finds_in_server(
        r#""ports": "${[for label in cloud_network.a.labels : label == \"x\"]}""#,
        &[
            r#"[WrongType] cloud_server.s: ports: needs a list of number, but `[for label in cloud_network.a.labels : label == "x"]` is a list of bool"#,
        ],
    );
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
    finds_in_server(
        r#""dynamic": {"prob": {"for_each": [1], "content": {}}}"#,
        &[
            "[UnknownArgument] cloud_server.s: dynamic.prob: there is no nested block `prob` to repeat",
            "did you mean `probe`?",
        ],
    );
    finds_in_server(
        r#""dynamic": {"key": {"for_each": [1], "content": {}}}"#,
        &["[UnknownArgument] cloud_server.s: dynamic.key: there is no nested block `key` to repeat"],
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [1], "content": {"pth": "x"}}}"#,
        &[
            "[UnknownArgument] cloud_server.s: dynamic.probe.content.pth: there is no argument `pth`",
            "did you mean `path`?",
        ],
    );
    finds_in_server(
        r#""dynamic": {"rules": {"for_each": [1], "content": {"prt": 1}}}"#,
        &[
            "[UnknownArgument] cloud_server.s: dynamic.rules.content.prt: there is no field `prt`",
            "did you mean `port`?",
        ],
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [1]}}"#,
        &["[MissingArgument] cloud_server.s: dynamic.probe: a dynamic block needs `content`"],
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": "x", "content": {}}}"#,
        &[r#"[WrongType] cloud_server.s: dynamic.probe.for_each: `"x"` is a string, which has no elements to walk"#],
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [1], "content": {}, "contents": {}}}"#,
        &[
            "[UnknownArgument] cloud_server.s: dynamic.probe.contents: a dynamic block has no `contents`",
            "did you mean `content`?",
        ],
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [1], "content": {"path": "${probe.valu}"}}}"#,
        &[
            "[UndefinedAttribute] cloud_server.s: dynamic.probe.content.path: `probe.valu`: there is no attribute `valu`",
            "nearest: key, value",
        ],
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [1], "iterator": "p", "content": {"path": "${probe.value}"}}}"#,
        &[
            "[UndefinedAddress] cloud_server.s: dynamic.probe.content.path: there is no `probe.value`",
            "why: the name is taken by `p.value`, which is of another kind",
            "did you mean `p.value`?",
        ],
    );
    finds_in_server(
        r#""dynamic": {"probe": {"for_each": [{"a": "x"}], "content": {"path": "${cloud_network.a.nme}"}}}"#,
        &[
            "[UndefinedAttribute] cloud_server.s: dynamic.probe.content.path: `cloud_network.a.nme`: there is no attribute `nme`",
        ],
    );
}
