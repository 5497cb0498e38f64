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

/// Native syntax writes the content of a dynamic block as a block, which is a list of one.
#[test]
fn dynamic_blocks_are_unfolded_in_both_syntaxes() {
    let native = r#"
        resource "x" "main" {
          dynamic "rule" {
            for_each = { a = [1, 2] }
            content {
              name = rule.key
              dynamic "port" {
                for_each = rule.value
                content {
                  number = port.value
                }
              }
            }
          }
        }
    "#;
    let json = r#"{"resource": {"x": {"main": {"dynamic": {"rule": {"for_each": {"a": [1, 2]}, "content":
        {"name": "${rule.key}", "dynamic": {"port": {"for_each": "${rule.value}", "content":
        {"number": "${port.value}"}}}}}}}}}}"#;
    let (native, _) = parse::lenient_native(native);
    for module in [native, parse::document(json).unwrap()] {
        let rules = answer(&module, &Inputs::default(), "x.main.rule");
        assert_eq!(rules, r#"[{"name":"a","port":[{"number":1},{"number":2}]}]"#);
    }
}

#[test]
fn a_plan_knows_the_inputs_of_terraform_data() {
    let document = r#"{"resource": {"terraform_data": {"a": {"input": {"k": 1}}, "b": {}}}}"#;
    let module = parse::document(document).unwrap();
    for (expression, expected) in [
        ("terraform_data.a.input", "{\"k\":1}"),
        ("terraform_data.b.input", "null"),
        ("terraform_data.b.output", "null"),
        ("terraform_data.a.id == null", "false"),
        ("length(terraform_data.a.output)", "1"),
        ("terraform_data.a.output.k", "unknown: terraform_data.a.output is known after apply"),
    ] {
        assert_eq!(answer(&module, &Inputs::default(), expression), expected, "{expression}");
    }
    assert!(answer(&module, &Inputs::default(), "terraform_data.a.nope").starts_with("error: "));
}
