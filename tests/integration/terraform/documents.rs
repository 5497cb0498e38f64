//! Documents as people and other programs write them.

use dr_synth::terraform::diagnostic::DiagnosticKind;
use dr_synth::terraform::{Diagnostic, Module, parse};
use serde_json::{Value, json};

use super::round_trips::render;

fn parsed(document: &Value) -> Module {
    parse::document(&document.to_string()).unwrap_or_else(|diagnostics| panic!("{diagnostics:#?}"))
}

fn rendered(document: &Value) -> Value {
    serde_json::from_str(&render(&parsed(document))).expect("documents are JSON")
}

/// Reads a document and gives it back unchanged.
fn kept(document: &Value) {
    assert_eq!(rendered(document), *document);
}

fn wrong(document: &str) -> Vec<Diagnostic> {
    parse::document(document).expect_err("something is wrong with it")
}

fn only(document: &Value) -> Diagnostic {
    let mut diagnostics = wrong(&document.to_string());
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    diagnostics.remove(0)
}

#[test]
fn an_empty_document() {
    assert_eq!(parsed(&json!({})), Module::new());
    assert_eq!(render(&Module::new()), "{}\n");
}

#[test]
fn every_kind_of_block() {
    kept(&json!({
        "//": "made by hand",
        "check": { "health": {
            "data": { "http": { "api": { "url": "https://${var.domain}" } } },
            "assert": [{ "condition": "${data.http.api.status_code == 200}", "error_message": "not healthy" }]
        } },
        "data": { "aws_region": { "here": { "provider": "aws.primary" } } },
        "ephemeral": { "random_password": { "database": { "length": 32 } } },
        "import": [{ "to": "aws_vpc.main[each.key]", "id": "${each.value}", "for_each": "${local.vpcs}" }],
        "locals": { "vpcs": { "a": "vpc-1" }, "literal": "$${aws:username}" },
        "module": { "network": {
            "source": "./modules/network", "version": "~> 1.0", "cidr": "10.0.0.0/16",
            "providers": { "aws": "aws.primary" }, "count": 2, "depends_on": ["aws_vpc.main"]
        } },
        "moved": [{ "from": "aws_vpc.old", "to": "module.network[0].aws_vpc.main" }],
        "output": { "id": {
            "value": "${aws_vpc.main[0].id}", "description": "not a ${template}", "sensitive": true,
            "depends_on": ["aws_vpc.main"],
            "precondition": [{ "condition": true, "error_message": "never" }]
        } },
        "provider": { "aws": [{ "region": "us-east-1" }, { "alias": "primary", "region": "${var.region}" }] },
        "removed": [{ "from": "aws_vpc.gone", "lifecycle": { "destroy": false } }],
        "resource": { "aws_vpc": { "main": {
            "cidr_block": "10.0.0.0/16", "count": "${var.many}", "tags": { "${var.key}": 1.5, "a.b": null },
            "timeouts": { "create": "10m" },
            "dynamic": { "setting": [{ "for_each": [1], "content": { "value": "${setting.value}" } }] },
            "lifecycle": {
                "create_before_destroy": true, "prevent_destroy": false,
                "ignore_changes": ["tags[\"Owner\"]"], "replace_triggered_by": ["aws_vpc.other.id"],
                "precondition": [{ "condition": "${var.many > 0}", "error_message": "none" }],
                "postcondition": [{ "condition": "${self.id != \"\"}", "error_message": "none" }]
            },
            "provider": "aws.primary"
        } } },
        "terraform": {
            "required_version": ">= 1.11",
            "required_providers": { "aws": {
                "source": "hashicorp/aws", "version": ">= 5.100.0", "configuration_aliases": ["aws.primary"]
            } },
            "backend": { "s3": {
                "bucket": "state", "key": "a/b", "region": "us-east-1", "encrypt": true, "use_lockfile": true
            } }
        },
        "variable": {
            "many": { "type": "number", "default": 1, "nullable": false, "validation": [
                { "condition": "${var.many < 3}", "error_message": "too many" }
            ] },
            // Terraform takes defaults as they stand.
            "region": { "type": "string", "default": "${no template}", "sensitive": true, "ephemeral": true }
        }
    }));
}

#[test]
fn lists_of_objects_are_blocks_too() {
    let document = json!([
        { "resource": [{ "aws_vpc": [{ "a": { "cidr_block": "x" } }] }, { "aws_vpc": { "b": [{ "cidr_block": "y" }] } }] },
        { "resource": { "aws_subnet": { "c": {} } }, "locals": [{ "x": 1 }, { "y": 2 }] },
        { "output": { "o": [{ "value": 1 }] }, "check": { "c": { "assert": { "condition": true, "error_message": "m" } } } },
        { "terraform": [{ "required_version": "1" }, { "backend": { "local": {} } }], "moved": null },
    ]);
    assert_eq!(
        rendered(&document),
        json!({
            "check": { "c": { "assert": [{ "condition": true, "error_message": "m" }] } },
            "locals": { "x": 1, "y": 2 },
            "output": { "o": { "value": 1 } },
            "resource": {
                "aws_subnet": { "c": {} },
                "aws_vpc": { "a": { "cidr_block": "x" }, "b": { "cidr_block": "y" } }
            },
            "terraform": { "backend": { "local": {} }, "required_version": "1" },
        })
    );
}

#[test]
fn comments_are_no_arguments() {
    let document = json!({
        "//": ["a list is no comment that could be kept"],
        "resource": { "aws_vpc": { "a": { "//": "", "lifecycle": { "//": "" } } } },
        "variable": { "v": { "//": "", "validation": [] } },
        "provider": { "aws": { "//": "" } },
    });
    assert_eq!(
        rendered(&document),
        json!({ "resource": { "aws_vpc": { "a": {} } }, "variable": { "v": {} }, "provider": { "aws": [{}] } })
    );
    // Where names of blocks stand it is one, and in a value it is a key like any other.
    only(&json!({ "resource": { "//": "", "aws_vpc": { "a": {} } } }));
    kept(&json!({ "locals": { "map": { "//": 1 } } }));
}

#[test]
fn backends_that_are_not_known_are_kept_as_they_stand() {
    kept(&json!({ "terraform": { "backend": { "gcs": { "prefix": "${not a template}", "n": [1, { "a": null }] } } } }));
    kept(&json!({ "terraform": { "backend": { "s3": { "bucket": "b", "dynamodb_table": "t" } } } }));
    kept(&json!({ "terraform": { "backend": { "local": { "path": "p", "workspace_dir": "w" } } } }));
}

#[test]
fn short_forms() {
    let document = json!({
        "terraform": { "required_providers": { "aws": "~> 5.0" } },
        "removed": { "from": "aws_vpc.gone" },
        "variable": { "v": { "type": "list", "sensitive": "true" } },
    });
    assert_eq!(
        rendered(&document),
        json!({
            "terraform": { "required_providers": { "aws": { "source": "hashicorp/aws", "version": "~> 5.0" } } },
            "removed": [{ "from": "aws_vpc.gone", "lifecycle": { "destroy": true } }],
            "variable": { "v": { "type": "list(any)", "sensitive": true } },
        })
    );
}

#[test]
fn unknown_keys_name_the_nearest() {
    let diagnostic = only(&json!({ "resourse": {} }));
    assert_eq!(diagnostic.kind, DiagnosticKind::UnknownArgument);
    assert_eq!((diagnostic.block.as_str(), diagnostic.field.as_str()), ("document", "resourse"));
    assert_eq!(diagnostic.candidates, ["resource"]);

    let lifecycle = json!({ "resource": { "aws_vpc": { "main": { "lifecycle": { "prevent_destory": true } } } } });
    let diagnostic = only(&lifecycle);
    assert_eq!((diagnostic.block.as_str(), diagnostic.field.as_str()), ("aws_vpc.main", "lifecycle.prevent_destory"));
    assert_eq!(diagnostic.candidates, ["prevent_destroy"]);

    let diagnostic = only(
        &json!({ "variable": { "v": { "validation": [{ "condition": true, "error_mesage": "m", "error_message": "m" }] } } }),
    );
    assert_eq!((diagnostic.block.as_str(), diagnostic.field.as_str()), ("var.v", "validation[0].error_mesage"));
}

#[test]
fn an_argument_that_is_there_twice_is_an_error_with_its_place() {
    let at = |document: &str| {
        let diagnostic = wrong(document).remove(0);
        assert_eq!(diagnostic.kind, DiagnosticKind::DuplicateKey, "{diagnostic}");
        (diagnostic.block, diagnostic.field)
    };
    let place = |block: &str, field: &str| (block.to_owned(), field.to_owned());
    assert_eq!(at(r#"{"output": {"o": {"value": 1, "value": 2}}}"#), place("output.o", "value"));
    assert_eq!(at(r#"{"locals": {"a": 1, "a": 2}}"#), place("locals", "a"));
    assert_eq!(at(r#"{"variable": {"v": {"default": {"a": [{"b": 1, "b": 1}]}}}}"#), place("var.v", "default.a[0].b"));
    assert!(parse::document(r#"{"//": 1, "//": 2}"#).is_ok());
}

#[test]
fn keys_that_stand_for_blocks_may_be_there_twice() {
    let document = r#"{"locals": {"a": 1}, "locals": {"b": 2}, "variable": {"v": {"default": 1}, "w": {}},
        "resource": {"x_y": {"a": {}}, "x_y": {"b": {}}}, "resource": {"x_y": {"c": [{}]}}}"#;
    let module = parse::document(document).unwrap();
    assert_eq!((module.resources().len(), module.variables().len()), (3, 2));
    // Whether these are blocks or arguments a schema must tell, so both stay.
    let document = r#"{"resource": {"x_y": {"a": {"rule": {"n": 1}, "rule": {"n": 2}}}}}"#;
    assert_eq!(parse::document(document).unwrap().resources()[0].arguments().len(), 2);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let diagnostics = wrong(
        &json!({
            "resource": { "aws_vpc": { "a": 1, "b": { "x": "${", "provider": "aws.a.b", "depends_on": ["1 +", 2] } } },
            "output": { "o": {}, "p": { "value": "${1 +}", "sensitive": "yes" } },
            "variable": { "v": { "type": "strin" } },
            "moved": [{ "from": "aws_vpc.a" }],
            "check": { "c": {} },
            "module": { "m": { "count": 1 } },
        })
        .to_string(),
    );
    let places: Vec<_> = diagnostics.iter().map(|it| (it.block.as_str(), it.field.as_str(), it.kind)).collect();
    assert_eq!(
        places,
        [
            ("check.c", "", DiagnosticKind::MissingArgument),
            ("module.m", "", DiagnosticKind::MissingArgument),
            ("moved", "[0]", DiagnosticKind::MissingArgument),
            ("output.o", "", DiagnosticKind::MissingArgument),
            ("output.p", "value", DiagnosticKind::Syntax),
            ("output.p", "sensitive", DiagnosticKind::WrongType),
            ("aws_vpc.a", "", DiagnosticKind::WrongType),
            ("aws_vpc.b", "depends_on[0]", DiagnosticKind::Syntax),
            ("aws_vpc.b", "depends_on[1]", DiagnosticKind::WrongType),
            ("aws_vpc.b", "provider", DiagnosticKind::Provider),
            ("aws_vpc.b", "x", DiagnosticKind::Syntax),
            ("var.v", "type", DiagnosticKind::Syntax),
        ],
        "{diagnostics:#?}"
    );
}

#[test]
fn a_syntax_error_is_drawn() {
    let diagnostic = only(&json!({ "locals": { "x": "a ${var.b var.c} d" } }));
    assert_eq!(diagnostic.block, "local.x");
    let drawing = "a ${var.b var.c} d\n          ^^^";
    assert!(diagnostic.message.contains(&drawing.replace('\n', "\n  ")), "{diagnostic}");
}

#[test]
fn what_is_no_json_is_an_error_that_shows_the_place() {
    let diagnostic = wrong("{\n  \"a\": }").remove(0);
    assert_eq!(diagnostic.kind, DiagnosticKind::Syntax);
    assert!(diagnostic.message.ends_with("    \"a\": }\n         ^"), "{diagnostic}");
    assert!(parse::document("").is_err());
    assert!(parse::document("3").is_err());
}

#[test]
fn an_iterator_hides_a_resource_type_inside_content_only() {
    use dr_synth::terraform::expression::Root;
    use dr_synth::terraform::expression::{Names, Traversal, Visitor};

    struct Addresses(Vec<String>);
    impl<'e> Visitor<'e> for Addresses {
        fn traversal(&mut self, traversal: &'e Traversal, _: &Names<'_>) {
            if matches!(traversal.root, Root::Address(_)) {
                self.0.push(traversal.to_string());
            }
        }
    }
    let module = parsed(&json!({ "resource": { "a_type": { "name": { "dynamic": {
        "inner": {
            "for_each": "${inner.list}",
            "content": { "x": "${inner.value}", "dynamic": { "deep": {
                "for_each": "${deep.list}", "iterator": "it", "content": { "y": "${[it.value, inner.value, deep.value]}" }
            } } }
        }
    } } } } }));
    let mut addresses = Addresses(Vec::new());
    module.resources()[0].arguments().walk(&Names::none(), &mut addresses);
    assert_eq!(addresses.0, ["deep.value", "deep.list", "inner.list"]);
}
