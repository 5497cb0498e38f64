//! Texts that Terraform refuses, and what is said about them.

use dr_synth::terraform::parse;

#[test]
fn what_terraform_refuses_is_refused() {
    for text in [
        "",
        "1 +",
        "(1",
        "[1",
        "{a = 1",
        "{a}",
        "{a = 1 b = 2}",
        "f(",
        "f(1",
        "f(1 2)",
        "f(a...,)",
        "f::",
        "a.",
        "a[",
        "a[]",
        "a[*",
        "1.2.3",
        "1e5e5",
        "0x1",
        "'a'",
        "\"a",
        "\"\\q\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"a\nb\"",
        "1 2",
        "a ? 1",
        "[for x : 1]",
        "[for x in y]",
        "[for x in y : x => 1]",
        "{for x in y : x}",
        "{a.b = 1}",
        "a.0.0.1",
        "a.*.b.*.c",
        "a[*].b.*.c[0]",
        "/* ",
        "<<EOT\na\nEOT",
        "a & b",
        "a === b",
        "@",
        "%",
        "\u{a0}1",
        "a.b = 1",
        "~}",
        "}",
    ] {
        assert!(parse::expression(text).is_err(), "{text}");
    }
    for text in [
        "${",
        "${}",
        "${1",
        "${1 2}",
        "%{",
        "%{ if }",
        "%{ if true }",
        "%{ endif }",
        "%{ else }",
        "%{ for x in [] }%{ endif }",
        "%{ if true }%{ endfor }",
        "%{ if true }%{ else }%{ else }%{ endif }",
        "%{ nonsense }",
        "${<<EOT\n}",
        "${\"a}",
        "${aws:username}",
    ] {
        assert!(parse::template(text).is_err(), "{text}");
    }
}

#[test]
fn an_error_shows_the_place_and_what_could_stand_there() {
    let source = "jsonencode(var.a var.b)";
    let error = parse::expression(source).unwrap_err();
    assert_eq!(error.to_string(), "this call is not closed; expected , or )");
    assert_eq!(error.draw(source), "jsonencode(var.a var.b)\n                 ^^^");
}

#[test]
fn a_text_between_markers_that_does_not_end_is_named_as_such() {
    for text in ["${<<EOT\nhello\nEOT}", "${<<EOT\nhello EOT\n}", "${<<EOT hello\nEOT\n}", "${<<EOT\n${\nEOT\n}\n}"] {
        let error = parse::template(text).unwrap_err();
        assert!(error.message.contains("marker") || error.message.contains("missing"), "{text}: {error}");
    }
}

#[test]
fn the_place_is_found_in_long_and_many_lines() {
    let source = format!("{}é + \n + 1", " ".repeat(200));
    let error = parse::expression(&source).unwrap_err();
    assert_eq!(error.draw(&source), " + 1\n ^");
    let source = format!("[{}&, {}]", "1, ".repeat(100), "2, ".repeat(100));
    let drawing = parse::expression(&source).unwrap_err().draw(&source);
    let (line, caret) = drawing.split_once('\n').unwrap();
    assert!(line.chars().count() < 130 && line.starts_with('…') && line.ends_with('…'), "{line}");
    assert_eq!(line.chars().nth(caret.chars().count() - 1), Some('&'));
}

/// Every way to nest without end is refused before the stack is exhausted, also in the threads of tests.
#[test]
fn hostile_depth_is_an_error() {
    const MANY: usize = 100_000;
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{a=", "1", "}"),
        ("f(", "1", ")"),
        ("!", "true", ""),
        ("-", "1", ""),
        ("a[", "1", "]"),
        ("1+", "1", ""),
        ("1 ? 1 : ", "1", ""),
        ("\"${", "1", "}\""),
        ("[for x in ", "1", ": x]"),
        ("\"%{ if true }", "", "%{ endif }\""),
    ] {
        let text = format!("{}{middle}{}", open.repeat(MANY), close.repeat(MANY));
        assert!(parse::expression(&text).is_err(), "{open}");
    }
    for step in ["[0]", ".a", "[*]"] {
        let text = format!("f(){}", step.repeat(MANY));
        assert!(parse::expression(&text).is_err() || step == "[*]", "{step}");
    }
    assert!(parse::template(&format!("{}{}", "%{ if true }".repeat(MANY), "%{ endif }".repeat(MANY))).is_err());
    assert!(parse::type_constraint(&format!("{}any{}", "list(".repeat(MANY), ")".repeat(MANY))).is_err());
    assert!(parse::document(&format!("{}{}", "[".repeat(MANY), "]".repeat(MANY))).is_err());
}

/// What is not refused can be used: read, compared, written and dropped within the stack of a thread.
#[test]
fn the_deepest_document_that_is_read_is_written_again() {
    let deepest = |open: &str, close: &str| {
        let expression = format!("${{{}1{}}}", open.repeat(99), close.repeat(99));
        let value = format!("{}{}{}", "[".repeat(120), serde_json::Value::from(expression), "]".repeat(120));
        format!("{{\"locals\": {{\"deep\": {value}}}}}")
    };
    for (open, close) in [("f(", ")"), ("a[", "]"), ("[for x in ", ": x]"), ("!", "")] {
        let module = parse::document(&deepest(open, close)).unwrap_or_else(|errors| panic!("{open}: {errors:?}"));
        let mut rendered = Vec::new();
        module.write(&mut rendered).unwrap();
        assert!(rendered.len() > 200);
        assert_eq!(module.clone(), module);
    }
}

#[test]
fn width_is_no_depth() {
    let wide = format!("[{}]", "var.a + 1, ".repeat(5_000));
    assert!(parse::expression(&wide).is_ok());
    assert!(parse::template(&"a ${var.b} ".repeat(5_000)).is_ok());
}
