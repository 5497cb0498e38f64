//! Expressions and what they are, as Terraform 1.11.4 answered when it was asked.

use std::collections::BTreeMap;

use super::{Evaluator, Input, Inputs, ModuleId, ModuleTree, NoSchemas};
use crate::terraform::{Module, parse};

/// The value as JSON, `unknown: ...`, or `error: ...`.
fn answer(module: &Module, inputs: &Inputs, expression: &str) -> String {
    let tree = ModuleTree::of_root(module);
    let evaluator = Evaluator::new(&tree, inputs, &NoSchemas);
    let parsed = parse::expression(expression).unwrap();
    match evaluator.evaluate(ModuleId::ROOT, &parsed) {
        Ok(value) => value.to_json().unwrap_or_else(|reason| format!("unknown: {reason}")),
        Err(error) => format!("error: {error}"),
    }
}

fn evaluated(expression: &str) -> String {
    answer(&Module::new(), &Inputs::default(), expression)
}

#[test]
fn literals_operators_and_conditionals_are_terraforms() {
    for (expression, expected) in [
        ("1 + 2 * 3", "7"),
        ("0.1 + 0.2", "0.3"),
        ("7 % -3", "1"),
        ("-7 % 3", "-1"),
        ("\"5\" + 1", "6"),
        ("true ? 1 : \"a\"", "\"1\""),
        ("[for x in [1, 2, 3] : x * 2 if x > 1]", "[4,6]"),
        ("{ for k, v in { a = 1, b = 2 } : v => k }", "{\"1\":\"a\",\"2\":\"b\"}"),
        ("{ for x in [\"a\", \"b\", \"a\"] : x => x... }", "{\"a\":[\"a\",\"a\"],\"b\":[\"b\"]}"),
        ("[{ a = 1 }, { a = 2 }][*].a", "[1,2]"),
        ("null == null", "true"),
        ("\"a${1}b\"", "\"a1b\""),
        ("try(null.a, 5)", "5"),
        ("can(tonumber(\"x\"))", "false"),
        ("toset([\"b\", \"a\", \"b\"])", "[\"a\",\"b\"]"),
        ("tolist([1, \"a\", true])", "[\"1\",\"a\",\"true\"]"),
    ] {
        assert_eq!(evaluated(expression), expected, "{expression}");
    }
}

#[test]
fn what_only_a_run_knows_is_unknown_with_its_reason() {
    let document = r#"{
        "variable": {"given": {"type": "number"}, "missing": {}},
        "locals": {"a": "${local.b + 1}", "b": "${var.given}", "circle": "${local.circle}"},
        "resource": {"x": {"one": {"name": "n", "count": 2}, "main": {"name": "m"}}}
    }"#;
    let module = parse::document(document).unwrap();
    let variables = BTreeMap::from([("given".to_owned(), Input::Text("4".to_owned()))]);
    let inputs = Inputs { variables, ..Inputs::default() };
    for (expression, expected) in [
        ("local.a", "5"),
        ("x.main.name", "\"m\""),
        ("x.one[1].name", "\"n\""),
        ("x.one[*].name", "[\"n\",\"n\"]"),
        ("var.missing", "unknown: var.missing is not set"),
        ("\"a-${x.main.id}\" == null", "false"),
    ] {
        assert_eq!(answer(&module, &inputs, expression), expected, "{expression}");
    }
    assert!(answer(&module, &inputs, "x.main.id").starts_with("unknown: "));
    assert!(answer(&module, &inputs, "local.circle").contains("Cycle"));
    assert!(answer(&module, &inputs, "can(local.nope)").contains("undeclared"));
}
