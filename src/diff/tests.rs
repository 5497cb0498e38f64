//! Changes of small configurations, each with what it does.

use std::fs;

use super::*;
use crate::terraform::parse;

fn configuration(text: &str) -> Configuration {
    Configuration::from(parse::document(text).unwrap())
}

/// Each change in a line: the action, the address, its arguments; and each danger in another.
fn told(comparison: &Comparison) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &comparison.changes {
        let action = match &change.action {
            Action::Added => "added".to_owned(),
            Action::Changed => "changed".to_owned(),
            Action::Moved { from } => format!("from {from} to"),
            Action::Destroyed => "destroyed".to_owned(),
            Action::Forgotten => "forgotten".to_owned(),
        };
        let arguments = change.arguments.iter().map(|argument| match &argument.through {
            Some(through) => format!(" {}<{through}", argument.path),
            None => format!(" {}", argument.path),
        });
        lines.push(format!("{action} {}{}", change.address, arguments.collect::<String>()));
        lines.extend(
            change
                .dangers
                .iter()
                .map(|danger| format!("! {}{}", if danger.is_certain { "" } else { "maybe " }, danger.why)),
        );
    }
    lines
}

fn between(old: &str, new: &str) -> Vec<String> {
    told(&compare(&configuration(old), &configuration(new)).unwrap())
}

fn table(arguments: &str) -> String {
    format!(r#"{{"resource": {{"aws_dynamodb_table": {{"t": {{{arguments}}}}}}}}}"#)
}

#[test]
fn the_same_is_no_change() {
    let text = r#"{"resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16", "tags": {"a": "b", "c": "d"}}}}}"#;
    let other =
        r#"{"resource": {"aws_vpc": {"a": {"tags": {"c": "d", "a": "b"}, "cidr_block": "${\"10.0.0.0/16\"}"}}}}"#;
    assert_eq!(between(text, other), [""; 0]);
}

#[test]
fn arguments_that_replace_lose_the_data() {
    let old = table(r#""name": "a", "hash_key": "id", "billing_mode": "PROVISIONED""#);
    let new = table(r#""name": "b", "hash_key": "id", "billing_mode": "PAY_PER_REQUEST""#);
    assert_eq!(
        between(&old, &new),
        ["changed aws_dynamodb_table.t billing_mode name", "! `name` changes, and cannot be changed in place"]
    );
    let ignored = new.replace("\"name\": \"b\"", "\"name\": \"b\", \"lifecycle\": {\"ignore_changes\": [\"name\"]}");
    assert_eq!(between(&old, &ignored), ["changed aws_dynamodb_table.t billing_mode name"]);
}

#[test]
fn what_is_gone_is_destroyed_unless_a_block_says_what_became_of_it() {
    let old = table(r#""name": "a""#);
    let renamed = r#""aws_dynamodb_table": {"u": {"name": "a"}}"#;
    assert_eq!(
        between(&old, &format!(r#"{{"resource": {{{renamed}}}}}"#)),
        [
            "destroyed aws_dynamodb_table.t",
            "! it is no longer in the configuration, and no `moved` block says where it went",
            "added aws_dynamodb_table.u",
        ]
    );
    let moved = r#""moved": [{"from": "aws_dynamodb_table.t", "to": "aws_dynamodb_table.u"}]"#;
    assert_eq!(
        between(&old, &format!(r#"{{"resource": {{{renamed}}}, {moved}}}"#)),
        ["from aws_dynamodb_table.t to aws_dynamodb_table.u"]
    );
    let removed = r#"{"removed": [{"from": "aws_dynamodb_table.t", "lifecycle": {"destroy": false}}]}"#;
    assert_eq!(between(&old, removed), ["forgotten aws_dynamodb_table.t"]);
    assert_eq!(between(r#"{"resource": {"aws_vpc": {"a": {"cidr_block": "x"}}}}"#, "{}"), ["destroyed aws_vpc.a"]);
}

#[test]
fn moves_lead_on_and_end() {
    let old = table(r#""name": "a""#);
    let chain = |to: &str| {
        let new = r#""resource": {"aws_dynamodb_table": {"v": {"name": "a"}}}"#;
        let moves = [("t", "u"), ("u", to)]
            .map(|(from, to)| format!(r#"{{"from": "aws_dynamodb_table.{from}", "to": "aws_dynamodb_table.{to}"}}"#));
        between(&old, &format!(r#"{{{new}, "moved": [{}]}}"#, moves.join(", ")))
    };
    assert_eq!(chain("v"), ["from aws_dynamodb_table.t to aws_dynamodb_table.v"]);
    assert_eq!(chain("t").len(), 3, "a circle leads nowhere");
}

#[test]
fn nothing_moves_to_where_another_object_is() {
    let both = r#"{"resource": {"aws_dynamodb_table": {"t": {"name": "a"}, "u": {"name": "b"}}}}"#;
    let new = r#"{"resource": {"aws_dynamodb_table": {"u": {"name": "b"}}},
        "moved": [{"from": "aws_dynamodb_table.t", "to": "aws_dynamodb_table.u"}]}"#;
    assert_eq!(between(both, new)[0], "destroyed aws_dynamodb_table.t");
    assert_eq!(between(both, new).len(), 2);
}

#[test]
fn references_to_what_moved_are_no_change() {
    let text = |key: &str, more: &str| {
        format!(
            r#"{{"resource": {{"aws_kms_key": {{"{key}": {{}}}},
            "aws_rds_cluster": {{"c": {{"engine": "x", "kms_key_id": "${{aws_kms_key.{key}.arn}}"}}}}}}{more}}}"#
        )
    };
    let moved = r#", "moved": [{"from": "aws_kms_key.a", "to": "aws_kms_key.b"}]"#;
    assert_eq!(between(&text("a", ""), &text("b", moved)), ["from aws_kms_key.a to aws_kms_key.b"]);
    let lost = between(&text("a", ""), &text("b", ""));
    assert!(lost.contains(&"! `kms_key_id` changes, and cannot be changed in place".to_owned()), "{lost:#?}");
}

#[test]
fn a_replaced_object_takes_along_what_refers_to_it() {
    let text = |region: bool| {
        format!(
            r#"{{"resource": {{"aws_kms_key": {{"a": {{"multi_region": {region}, "description": "d"}}}},
            "aws_rds_cluster": {{
                "c": {{"engine": "x", "kms_key_id": "${{aws_kms_key.a.arn}}"}},
                "d": {{"engine": "${{aws_kms_key.a.description}}"}}
            }}}}}}"#
        )
    };
    assert_eq!(
        between(&text(false), &text(true)),
        [
            "changed aws_kms_key.a multi_region",
            "! `multi_region` changes, and cannot be changed in place",
            "changed aws_rds_cluster.c kms_key_id<aws_kms_key.a",
            "! maybe `kms_key_id` may change with aws_kms_key.a, and cannot be changed in place",
        ]
    );
}

#[test]
fn defaults_and_locals_are_followed() {
    let text = |default: &str| {
        format!(
            r#"{{"variable": {{"suffix": {{"default": "{default}"}}}}, "locals": {{"name": "t-${{var.suffix}}"}},
            "resource": {{"aws_dynamodb_table": {{"t": {{"name": "${{local.name}}"}}}}}}}}"#
        )
    };
    assert_eq!(
        between(&text("a"), &text("b")),
        [
            "changed aws_dynamodb_table.t name<var.suffix",
            "! maybe `name` may change with var.suffix, and cannot be changed in place",
            "changed var.suffix default",
        ]
    );
    let inlined = text("a").replace("${local.name}", "t-${var.suffix}");
    assert_eq!(between(&text("a"), &inlined), [""; 0], "the same by another way");
}

#[test]
fn repetition_may_lose_objects() {
    let counted = |count: &str| table(&format!(r#""name": "a"{count}"#));
    let lost = |old: &str, new: &str| between(&counted(old), &counted(new)).iter().any(|line| line.starts_with("! "));
    assert!(!lost("", r#", "count": 1"#), "Terraform takes it for the first");
    assert!(lost("", r#", "count": 0"#));
    assert!(lost(r#", "count": 2"#, r#", "count": 1"#));
    assert!(!lost(r#", "count": 1"#, r#", "count": 2"#));
    assert!(lost(r#", "count": "${var.a}""#, r#", "count": "${var.b}""#));
    let each = |keys: &str| format!(r#", "for_each": "${{toset([{keys}])}}""#);
    assert!(!lost(&each(r#"\"a\""#), &each(r#"\"a\", \"b\""#)));
    assert!(lost(&each(r#"\"a\", \"b\""#), &each(r#"\"b\""#)));
    assert!(lost("", &each(r#"\"a\""#)));
    assert!(lost(&each(r#"\"a\""#), ""));
}

#[test]
fn another_region_is_another_object() {
    let text = |region: &str| {
        format!(
            r#"{{"provider": {{"aws": [{{"alias": "dr", "region": "{region}"}}]}},
            "resource": {{"aws_s3_bucket": {{"b": {{"provider": "aws.dr", "bucket": "x"}}}}}}}}"#
        )
    };
    let told = between(&text("us-east-1"), &text("us-east-2"));
    assert_eq!(told[0], "changed aws_s3_bucket.b provider aws.dr: region");
    assert!(told[1].starts_with("! maybe it is looked for in another region"), "{told:#?}");
}

/// A role and `allowed_account_ids` say which account it is, whoever signs in.
#[test]
fn the_account_is_known_by_its_role_and_by_what_is_allowed() {
    let bucket = |provider: &str| {
        format!(
            r#"{{"provider": {{"aws": {{"region": "r", {provider}}}}}, "resource": {{"aws_s3_bucket": {{"b": {{"bucket": "x"}}}}}}}}"#
        )
    };
    let role = |account: &str, name: &str, more: &str| {
        bucket(&format!(r#""assume_role": {{"role_arn": "arn:aws:iam::{account}:role/{name}"}}{more}"#))
    };
    let allowed = |accounts: &str| bucket(&format!(r#""allowed_account_ids": [{accounts}]"#));
    let none: [String; 0] = [];
    assert_eq!(between(&role("1", "a", ""), &role("1", "b", r#", "profile": "p""#)), none);
    assert_eq!(between(&allowed(r#""1""#), &allowed(r#""1", "2""#)), none);
    for (old, new) in [(role("1", "a", ""), role("2", "a", "")), (allowed(r#""1""#), allowed(r#""2""#))] {
        let told = between(&old, &new);
        assert!(told[0].starts_with("changed aws_s3_bucket.b provider aws: a"), "{told:?}");
        assert!(told.iter().any(|line| line.contains("it is looked for in another account")), "{told:?}");
    }
}

#[test]
fn the_same_objects_in_a_module_that_moved_are_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "single.tf.json",
        r#"{"provider": {"aws": [{"alias": "dr", "region": "r"}]}, "variable": {"name": {"default": "n"}},
        "resource": {
            "aws_kms_key": {"k": {"provider": "aws.dr"}},
            "aws_s3_bucket": {"b": {"provider": "aws.dr", "bucket": "${var.name}-${aws_kms_key.k.key_id}"}}}}"#,
    );
    write(
        "modules/main.tf.json",
        r#"{"provider": {"aws": [{"alias": "dr", "region": "r"}]}, "variable": {"name": {"default": "n"}},
        "module": {
            "keys": {"source": "./keys", "providers": {"aws.here": "aws.dr"}},
            "storage": {"source": "./storage", "providers": {"aws": "aws.dr"}, "name": "${var.name}",
                "key": "${module.keys.key_id}"}},
        "moved": [
            {"from": "aws_kms_key.k", "to": "module.keys.aws_kms_key.k"},
            {"from": "aws_s3_bucket.b", "to": "module.storage.aws_s3_bucket.b"}]}"#,
    );
    write(
        "modules/keys/main.tf.json",
        r#"{"resource": {"aws_kms_key": {"k": {"provider": "aws.here"}}},
        "output": {"key_id": {"value": "${aws_kms_key.k.key_id}"}}}"#,
    );
    write(
        "modules/storage/main.tf.json",
        r#"{"variable": {"name": {}, "key": {}},
        "resource": {"aws_s3_bucket": {"b": {"bucket": "${var.name}-${var.key}"}}}}"#,
    );
    let read = |path: &str| Configuration::read(&folder.path().join(path)).unwrap();
    assert_eq!(
        told(&compare(&read("single.tf.json"), &read("modules")).unwrap()),
        ["from aws_kms_key.k to module.keys.aws_kms_key.k", "from aws_s3_bucket.b to module.storage.aws_s3_bucket.b",]
    );
    // And back without a word about it: both are lost.
    let back = compare(&read("modules"), &read("single.tf.json")).unwrap();
    assert_eq!(back.dangers().count(), 2);
    write("modules/keys/main.tf.json", r#"{"module": {"again": {"source": "../keys"}}}"#);
    let endless = Configuration::read(&folder.path().join("modules"));
    assert!(matches!(endless, Err(ReadError::TooLarge(_))), "{endless:?}");
}

#[test]
fn modules_from_elsewhere_are_named() {
    let text = |version: &str| format!(r#"{{"module": {{"m": {{"source": "a/b/c", "version": "{version}"}}}}}}"#);
    let comparison = compare(&configuration(&text("1")), &configuration(&text("2"))).unwrap();
    assert_eq!(
        told(&comparison),
        ["changed module.m version", "! maybe it changes, and what that does to what it made is not known"]
    );
    assert_eq!(comparison.unread, ["module.m comes from `a/b/c`: what is in it is not known"]);
}

#[test]
fn locals_that_grow_without_end_are_an_error() {
    let doubled: Vec<_> = (1..60).map(|n| format!(r#""l{n}": "${{local.l{0}}}${{local.l{0}}}""#, n - 1)).collect();
    let text = format!(
        r#"{{"locals": {{"l0": "x", {}}}, "resource": {{"aws_vpc": {{"a": {{"cidr_block": "${{local.l59}}"}}}}}}}}"#,
        doubled.join(", ")
    );
    let (old, new) = (configuration(&text), configuration(&text.replace("\"x\"", "\"y\"")));
    assert!(matches!(compare(&old, &new), Err(ReadError::TooLarge(_))));
    assert_eq!(compare(&old, &old).unwrap(), Comparison::default(), "the same word for word is no change");
}

#[test]
fn locals_in_a_circle_stay_names() {
    let text = r#"{"locals": {"a": "${local.b}", "b": "${local.a}"},
        "resource": {"aws_vpc": {"a": {"cidr_block": "${local.a}"}}}}"#;
    assert_eq!(between(text, text), [""; 0]);
    assert_eq!(
        between(text, &text.replace("\"a\": {\"cidr", "\"b\": {\"cidr")),
        ["destroyed aws_vpc.a", "added aws_vpc.b"]
    );
}

#[test]
fn a_data_source_under_another_name_reads_the_same() {
    let text = |name: &str, region: &str| {
        format!(
            r#"{{"provider": {{"aws": [{{"region": "{region}"}}]}}, "data": {{"aws_caller_identity": {{"{name}": {{}}}}}},
               "resource": {{"aws_s3_bucket": {{"b": {{"bucket": "x-${{data.aws_caller_identity.{name}.account_id}}"}}}}}}}}"#
        )
    };
    assert_eq!(between(&text("here", "us-east-1"), &text("current", "us-east-1")), [""; 0]);
    let other = text("current", "us-east-1").replace("\"current\": {}", "\"current\": {\"provider\": \"aws.other\"}");
    assert_ne!(between(&text("here", "us-east-1"), &other), [""; 0]);
}

/// A table whose name is an expression, next to other blocks: the verdict where `old` in them becomes `new`.
fn verdict(name: &str, blocks: &str, old: &str, new: &str) -> Verdict {
    let table = format!("resource \"aws_dynamodb_table\" \"t\" {{\n  name = {name}\n}}\n");
    assert!(blocks.contains(old), "{old}");
    let side = |blocks: &str| {
        let (module, found) = parse::lenient_native(&format!("{table}{blocks}"));
        assert!(found.is_empty(), "{blocks}: {found:?}");
        Configuration::from(module)
    };
    compare(&side(blocks), &side(&blocks.replacen(old, new, 1))).unwrap().verdict()
}

#[test]
fn data_sources_are_followed_to_what_they_feed() {
    const DATA: &str = "data \"aws_ssm_parameter\" \"c\" {\n  name = NAME\n}\n";
    let data = |name: &str, more: &str| DATA.replace("NAME", name) + more;
    let waits = "\"c\"\n  depends_on = [aws_sqs_queue.q]";
    let queue = "resource \"aws_sqs_queue\" \"q\" {\n  delay_seconds = 1\n}\n";
    let two = "provider \"aws\" {\n  region = \"us-east-1\"\n}\nprovider \"aws\" {\n  alias  = \"b\"\n  region = \"us-east-2\"\n}\n";
    let id = "resource \"random_id\" \"r\" {\n  byte_length = 4\n}\n";
    let value = "data.aws_ssm_parameter.c.value";
    for (why, blocks, old, new, due) in [
        (
            "a data source of a data source",
            data("data.aws_ssm_parameter.b.value", "data \"aws_ssm_parameter\" \"b\" {\n  name = \"x\"\n}\n"),
            "\"x\"",
            "\"y\"",
            Verdict::MayBeLost,
        ),
        ("an object that is replaced", data("random_id.r.hex", id), "4", "5", Verdict::MayBeLost),
        ("it waits for what changes", data(waits, queue), "= 1", "= 2", Verdict::MayBeLost),
        (
            "it waits for what is new",
            data("\"c\"\n  depends_on = [aws_sqs_queue.q]", ""),
            "  depends_on = [aws_sqs_queue.q]\n}",
            "  depends_on = [aws_sqs_queue.q]\n}\nresource \"aws_sqs_queue\" \"q\" {\n}",
            Verdict::MayBeLost,
        ),
        ("it waits for nothing", data("\"c\"", queue), "= 1", "= 2", Verdict::NoLossKnown),
        (
            "it waits for what Terraform alone sees",
            data(waits, "resource \"aws_sqs_queue\" \"q\" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n"),
            "= true",
            "= false",
            Verdict::NoLossKnown,
        ),
        (
            "it is read elsewhere",
            data("\"c\"\n  provider = aws", two),
            "provider = aws",
            "provider = aws.b",
            Verdict::MayBeLost,
        ),
        (
            "what it names is said",
            data(
                "aws_sqs_queue.q.name",
                "resource \"aws_sqs_queue\" \"q\" {\n  name = \"q\"\n  delay_seconds = 1\n}\n",
            ),
            "= 1",
            "= 2",
            Verdict::NoLossKnown,
        ),
    ] {
        assert_eq!(verdict(value, &blocks, old, new), due, "{why}");
    }
}

#[test]
fn what_is_computed_again_in_place_is_followed() {
    for (name, kind, old, new, due) in [
        ("terraform_data.r.output", "terraform_data\" \"r\" {\n  input = \"x\"", "\"x\"", "\"y\"", Verdict::MayBeLost),
        ("terraform_data.r.id", "terraform_data\" \"r\" {\n  input = \"x\"", "\"x\"", "\"y\"", Verdict::NoLossKnown),
        (
            "aws_ssm_parameter.p.version",
            "aws_ssm_parameter\" \"p\" {\n  name = \"p\"\n  type = \"String\"\n  value = \"1\"",
            "\"1\"",
            "\"2\"",
            Verdict::MayBeLost,
        ),
        (
            "aws_ssm_parameter.p.version",
            "aws_ssm_parameter\" \"p\" {\n  name = \"p\"\n  type = \"String\"\n  value = \"1\"\n  description = \"a\"",
            "\"a\"",
            "\"b\"",
            Verdict::NoLossKnown,
        ),
        (
            "aws_lambda_function.f.version",
            "aws_lambda_function\" \"f\" {\n  function_name = \"f\"\n  role = \"r\"\n  publish = true\n  timeout = 3",
            "= 3",
            "= 4",
            Verdict::MayBeLost,
        ),
        (
            "aws_lambda_function.f.version",
            "aws_lambda_function\" \"f\" {\n  function_name = \"f\"\n  role = \"r\"\n  timeout = 3",
            "= 3",
            "= 4",
            Verdict::NoLossKnown,
        ),
        (
            "aws_launch_template.l.latest_version",
            "aws_launch_template\" \"l\" {\n  image_id = \"ami-1\"",
            "ami-1",
            "ami-2",
            Verdict::MayBeLost,
        ),
        (
            "aws_s3_object.o.version_id",
            "aws_s3_object\" \"o\" {\n  bucket = \"b\"\n  key = \"k\"\n  content = \"x\"",
            "\"x\"",
            "\"y\"",
            Verdict::MayBeLost,
        ),
    ] {
        let blocks = format!("resource \"{kind}\n}}\n");
        assert_eq!(verdict(name, &blocks, old, new), due, "{name}: {kind}");
    }
}

#[test]
fn triggers_are_compared_at_the_whole_way() {
    let verdict = |trigger: &str, input: &str, old: &str, new: &str| {
        let name = format!("\"t\"\n  lifecycle {{\n    replace_triggered_by = [terraform_data.r.{trigger}]\n  }}");
        verdict(&name, &format!("resource \"terraform_data\" \"r\" {{\n  input = {input}\n}}\n"), old, new)
    };
    for (trigger, input, old, new, due) in [
        ("input.a", "{ a = 1, b = 2 }", "b = 2", "b = 3", Verdict::NoLossKnown),
        ("input.a", "{ a = 1, b = 2 }", "a = 1", "a = 3", Verdict::Lost),
        ("input", "{ a = 1, b = 2 }", "b = 2", "b = 3", Verdict::Lost),
        ("input[0]", "[1, 2]", "2]", "2, 3]", Verdict::NoLossKnown),
        ("input[1]", "[1, 2]", "2]", "3]", Verdict::Lost),
        ("output", "\"x\"", "\"x\"", "\"y\"", Verdict::Lost),
    ] {
        assert_eq!(verdict(trigger, input, old, new), due, "{trigger}: {old} -> {new}");
    }
}
