//! Literals as Terraform itself evaluates them: the real thing, on a document of nothing but outputs and variables, so
//! that no provider and no network is needed.

use std::fs;
use std::path::Path;
use std::process::Command;

use dr_synth::terraform::expression::{Key, TemplatePart};
use dr_synth::terraform::{Any, Expression, Module, Number, Object, Output, Value, Variable, parse};
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::any_expression::any_number;
use super::any_text::any_text;
use super::round_trips::render;

/// The same values in every run.
fn some<T>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T>
where
    T: std::fmt::Debug,
{
    let mut runner = TestRunner::deterministic();
    vec(strategy, count).new_tree(&mut runner).expect("nothing is rejected for good").current()
}

/// Terraform holds every string in Unicode's normalization form C; nothing that is written can change that.
fn as_terraform_holds_it(text: &str) -> String {
    text.nfc().collect()
}

fn value(expression: Expression) -> Value<Any> {
    Value::new(expression)
}

/// Applies a document in a directory of its own and returns its outputs.
fn apply(document: &str) -> serde_json::Value {
    let directory = tempfile::tempdir().expect("a temporary directory");
    fs::write(directory.path().join("main.tf.json"), document).expect("a document in it");
    terraform(directory.path(), &["apply", "-auto-approve", "-no-color", "-input=false"]);
    serde_json::from_slice(&terraform(directory.path(), &["output", "-json"]))
        .expect("`terraform output -json` is JSON")
}

pub(crate) fn terraform(directory: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("terraform")
        .args(arguments)
        .current_dir(directory)
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_CLI_ARGS")
        .env_remove("TF_WORKSPACE")
        .env_remove("TF_DATA_DIR")
        .output()
        .expect("this test needs `terraform` (1.11 or later) on the PATH: https://developer.hashicorp.com/terraform/install");
    assert!(
        output.status.success(),
        "terraform {arguments:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Each text alone, as JSON string and inside an expression, between interpolations, as a key, and as a default.
#[test]
fn literals_come_back_from_real_terraform_unchanged() {
    let texts = some(any_text(), 400);
    let numbers = some(any_number(), 200);
    let literal = |text: &String| Expression::Text(text.clone().into());
    let interpolated = |text: &String| {
        let inner = || TemplatePart::Interpolation(Expression::call("upper", ["x".into()]));
        let directive = TemplatePart::If {
            condition: Expression::Bool(true),
            then: vec![TemplatePart::Literal(text.clone().into())],
            otherwise: vec![TemplatePart::Literal("never".into())],
        };
        Expression::template([
            TemplatePart::Literal(text.clone().into()),
            inner(),
            TemplatePart::Literal(text.clone().into()),
            directive,
            TemplatePart::Literal(text.clone().into()),
        ])
    };
    let keys = |entry: &dyn Fn(&String) -> Key| {
        let mut object = Object::new();
        for (index, text) in texts.iter().enumerate() {
            object.insert(entry(&format!("{text}{index}")), Expression::Number(index.into()));
        }
        Expression::Object(object)
    };
    let list = |items: &dyn Fn(&String) -> Expression| Expression::List(texts.iter().map(items).collect());
    let in_expression = |expression| Expression::call("try", [expression]);

    let mut module = Module::new();
    let default = module.add_variable::<Any>(Variable::new("default").default(list(&literal)));
    let literal_key = |text: &String| Key::Literal(text.clone().into());
    let computed_key = |text: &String| {
        Key::Computed(Box::new(Expression::call("join", ["".into(), Expression::List(vec![literal(text)])])))
    };
    for (name, expression) in [
        ("texts", list(&literal)),
        ("texts_in_expression", in_expression(list(&literal))),
        ("default", default.into_expression()),
        ("interpolated", list(&interpolated)),
        ("interpolated_in_expression", in_expression(list(&interpolated))),
        ("keys", keys(&literal_key)),
        ("keys_in_expression", in_expression(keys(&literal_key))),
        ("computed_keys", keys(&computed_key)),
        ("numbers", Expression::List(numbers.iter().cloned().map(Expression::Number).collect())),
        (
            "numbers_in_expression",
            in_expression(Expression::List(numbers.iter().cloned().map(Expression::Number).collect())),
        ),
    ] {
        module.add_output(Output::new(name, value(expression)));
    }
    let outputs = apply(&render(&module));

    let came_back = |name: &str| outputs[name]["value"].clone();
    let expected_texts: Vec<_> = texts.iter().map(|text| as_terraform_holds_it(text)).collect();
    for name in ["texts", "texts_in_expression", "default"] {
        same_items(name, &came_back(name), &expected_texts);
    }
    let expected_templates: Vec<_> =
        texts.iter().map(|text| as_terraform_holds_it(&format!("{text}X{text}{text}{text}"))).collect();
    for name in ["interpolated", "interpolated_in_expression"] {
        same_items(name, &came_back(name), &expected_templates);
    }
    for name in ["keys", "keys_in_expression", "computed_keys"] {
        let came_back = came_back(name);
        assert_eq!(came_back.as_object().map(serde_json::Map::len), Some(texts.len()), "{name}");
        for (index, text) in texts.iter().enumerate() {
            let key = as_terraform_holds_it(&format!("{text}{index}"));
            assert_eq!(came_back[&key], index, "{name}: {key:?}");
        }
    }
    for name in ["numbers", "numbers_in_expression"] {
        let came_back = came_back(name);
        for (index, number) in numbers.iter().enumerate() {
            assert!(is_same_number(&came_back[index], number), "{name}: {number} came back as {}", came_back[index]);
        }
    }
}

fn same_items(name: &str, came_back: &serde_json::Value, expected: &[String]) {
    assert_eq!(came_back.as_array().map(Vec::len), Some(expected.len()), "{name}");
    for (index, text) in expected.iter().enumerate() {
        assert_eq!(came_back[index], *text, "{name}[{index}]");
    }
}

/// Terraform writes `1.0` as `1`, large numbers with all their zeros, and knows no negative zero.
fn is_same_number(came_back: &serde_json::Value, number: &Number) -> bool {
    if number.is_f64() {
        came_back.as_f64() == number.as_f64()
    } else {
        *came_back == serde_json::Value::from(number.clone())
    }
}

/// Strings whose value depends on how their expressions are grouped, where splats end and what is stripped.
const EXPRESSIONS: [&str; 34] = [
    "${1 + 2 * 3 - 4 / 2 % 3}",
    "${2 - 3 - 4}",
    "${-2 - -3}",
    "${-(-1)}",
    "${!true || true && false}",
    "${1 < 2 == true}",
    "${1 + 1 == 2 && 3 >= 3 ? \"yes\" : \"no\"}",
    "${false ? 1 : true ? 2 : 3}",
    "${(true ? false : true) ? 1 : 2}",
    "${-local.list[1].n}",
    "${local.list[*].n}",
    "${local.list[*].deep[0]}",
    "${local.list.*.deep[0]}",
    "${(local.list[*].deep)[0]}",
    "${local.list.*.deep.0}",
    "${local.list.1.n}",
    "${local.list[*].deep[*]}",
    "${local.map[\"a\"] + local.map.b}",
    "${[for x in local.list : x.n if x.n > 1]}",
    "${{for k, v in local.map : v => k...}}",
    "${{for k, v in local.map : upper(k) => v + 1}}",
    "${{a = 1, \"b c\" : 2, (local.name) = 3, \"${local.name}!\" = 4}}",
    "${[for local in [1, 2] : local * 2]}",
    "${max([1, 5, 3]...)}",
    "${\"${local.name}\"}",
    "${\"a${local.map.a}$${b}\\u00e9\"}",
    " ${~ local.map.a ~} ",
    "${\"\"}${local.map.a}",
    "a\n  ${~ local.name ~}  \n  b",
    "%{ if local.map.a > 1 }x%{ else }y%{ endif }z",
    "%{ for k, v in local.map ~} ${k}=${v} %{ endfor ~} end",
    "%{ for x in local.list }%{ if x.n == 1 }one%{ else }$${x}%{ endif }%{ endfor }",
    "$${a} %%{b} $ % ${\"$\"}${local.name}",
    "${/* one */ 1 // two\n}",
];

#[test]
fn expressions_mean_the_same_to_real_terraform_after_a_round_trip() {
    let names = |prefix: &str| (0..EXPRESSIONS.len()).map(|index| format!("{prefix}_{index}")).collect::<Vec<_>>();
    let (written, read) = (names("written"), names("read"));
    let mut outputs = serde_json::Map::new();
    for ((written, read), source) in written.iter().zip(&read).zip(EXPRESSIONS) {
        let parsed = parse::template(source).unwrap_or_else(|error| panic!("{error}\n{}", error.draw(source)));
        outputs.insert(written.clone(), json!({ "value": source }));
        let rewritten: serde_json::Value = serde_json::from_str(&parsed.to_json()).unwrap();
        outputs.insert(read.clone(), json!({ "value": rewritten }));
    }
    let list = json!([{ "n": 1, "deep": [10, 11] }, { "n": 2, "deep": [20, 21] }]);
    let locals = json!({ "list": list, "map": { "a": 1, "b": 2 }, "name": "name" });
    let outputs = apply(&json!({ "locals": locals, "output": outputs }).to_string());
    for ((written, read), source) in written.iter().zip(&read).zip(EXPRESSIONS) {
        assert!(outputs[read]["value"] != serde_json::Value::Null, "{source}");
        assert_eq!(outputs[read], outputs[written], "{source}");
    }
}
