//! `dr-synth evaluate`: one line a value, and the worst exit status.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn evaluate(folder: &Path, arguments: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_dr-synth"))
        .arg("evaluate")
        .arg(folder)
        .args(arguments)
        .env_clear()
        .env("TF_VAR_from_environment", "7")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

const DOCUMENT: &str = r#"{
    "variable": {
        "from_environment": {"type": "number"},
        "from_file": {"default": "default"},
        "given": {"type": "list(number)", "default": []},
        "positive": {"type": "number", "default": -1,
            "validation": {"condition": "${var.positive > 0}", "error_message": "Must be positive."}}
    },
    "locals": {"names": ["a", "b"], "broken": "${tonumber(\"x\")}"},
    "resource": {"x_thing": {
        "all": {"count": 2, "name": "n-${count.index}"},
        "each": {"for_each": "${toset(local.names)}", "name": "${each.key}",
            "dynamic": {"part": {"for_each": "${[1, 2]}", "content": {"size": "${part.value}"}}}}
    }},
    "module": {"inner": {"source": "./inner", "name": "from outside"}}
}"#;

const INNER: &str = r#"{
    "variable": {"name": {"type": "string"}},
    "output": {"name": {"value": "${upper(var.name)}"}, "path": {"value": "${path.module}"}}
}"#;

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf.json"), DOCUMENT).unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    fs::write(folder.path().join("inner/main.tf.json"), INNER).unwrap();
    fs::write(
        folder.path().join("terraform.tfvars"),
        "# of the team\nfrom_file = \"file\"\ngiven = [\n  1,\n  2,\n]\n",
    )
    .unwrap();
    folder
}

#[test]
fn a_line_for_each_value_and_the_worst_status() {
    let folder = project();
    let known = [
        ("var.from_environment + 1", "8"),
        ("var.from_file", "\"file\""),
        ("var.given", "[1,2]"),
        ("x_thing.all[*].name", "[\"n-0\",\"n-1\"]"),
        ("x_thing.each[\"b\"].part[*].size", "[1,2]"),
        ("module.inner", "{\"name\":\"FROM OUTSIDE\",\"path\":\"inner\"}"),
        ("terraform.workspace", "\"default\""),
        ("-1", "-1"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ];
    let expressions: Vec<_> = known.iter().map(|(expression, _)| *expression).collect();
    let output = evaluate(folder.path(), &expressions, "");
    let expected: String = known.iter().flat_map(|(_, value)| [*value, "\n"]).collect();
    assert_eq!(stdout(&output), expected, "{output:?}");
    assert_eq!(output.status.code(), Some(0));

    let output = evaluate(folder.path(), &["1", "x_thing.all[0].id"], "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stdout(&output).lines().nth(1).unwrap().starts_with("unknown: "), "{output:?}");

    for error in ["local.broken", "var.nope", "var.positive", "1 +", "can(local.broken)"] {
        let output = evaluate(folder.path(), &["1", error, "x_thing.all[0].id"], "");
        assert_eq!(output.status.code(), Some(2), "{error}: {output:?}");
        assert_eq!(stdout(&output).lines().count(), 3, "{error}: {output:?}");
    }
}

#[test]
fn values_are_given_in_the_order_of_the_command_line() {
    let folder = project();
    let file = folder.path().join("more.tfvars.json");
    fs::write(&file, r#"{"from_file": "literal ${text}", "given": [3]}"#).unwrap();
    let file = file.to_str().unwrap();
    let output = evaluate(folder.path(), &["--var", "given=[4]", "--var-file", file, "var.given"], "");
    assert_eq!(stdout(&output), "[3]\n", "{output:?}");
    let output = evaluate(folder.path(), &["--var-file", file, "--var", "given=[4]", "var.given", "var.from_file"], "");
    assert_eq!(stdout(&output), "[4]\n\"literal ${text}\"\n", "{output:?}");
    assert_eq!(evaluate(folder.path(), &["--var", "nope=1", "1"], "").status.code(), Some(2));
}

#[test]
fn files_of_values_are_read_as_terraform_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf.json"), r#"{"variable": {"a": {}, "b": {"default": 1}}}"#).unwrap();
    for (values, expected) in [
        ("a = <<E\n$${x} ${1}\nE\n", Some("\"${x} 1\\n\"\n")),
        ("a = { Name = 1 }\n", Some("{\"Name\":1}\n")),
        ("a = 1\na = 2\n", None),
        ("\"a\" = 1\n", None),
        ("a : 1\n", None),
        ("a = 1, b = 2\n", None),
        ("a {\n}\n", None),
    ] {
        fs::write(folder.path().join("terraform.tfvars"), values).unwrap();
        let output = evaluate(folder.path(), &["var.a"], "");
        assert_eq!(output.status.success(), expected.is_some(), "{values}: {output:?}");
        assert!(expected.is_none_or(|expected| stdout(&output) == expected), "{values}: {output:?}");
    }
}

#[test]
fn lines_of_standard_input_are_answered_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let output = evaluate(folder.path(), &["--stdin"], "\"1 + 1\"\n\"timestamp()\"\n\"nope\"\nnot JSON\n");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let answers: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0], serde_json::json!({"value": 2}));
    assert!(answers[1]["unknown"].is_string() && answers[2]["error"].is_string() && answers[3]["error"].is_string());
    assert_eq!(evaluate(folder.path(), &[], "").status.code(), Some(2));
}
