//! Outputs that show what Terraform hides, and those that do not.

use super::{finds, fine};

/// A module with hidden values, and outputs.
fn hidden(outputs: &str) -> String {
    let server =
        r#""resource": {"cloud_server": {"s": {"network_ids": [], "disk": {"size": 1}, "password": "p", "count": 1}}}"#;
    let variables = r#""variable": {"secret": {"sensitive": true}, "open": {}}"#;
    let locals = r#""locals": {"token": "a${var.secret}", "parts": {"a": "${var.secret}", "b": 1}, "x": "${local.y}", "y": "${local.token}"}"#;
    format!(r#"{variables}, {locals}, {server}, "output": {{{outputs}}}"#)
}

#[test]
fn outputs_that_show_what_is_hidden() {
    let shows = |value: &str, source: &str| {
        finds(
            &hidden(&format!(r#""x": {{"value": {value}}}"#)),
            &[
                &format!("[Sensitive] output.x: value: `{source}` is sensitive, and the output is not"),
                "why: Terraform refuses to plan an output of the root that shows what it hides elsewhere",
                "fix: mark the output as sensitive, or say with `nonsensitive(...)` that the value may be seen",
            ],
        );
    };
    shows(r#""${var.secret}""#, "var.secret");
    shows(r#""a-${var.secret}""#, "var.secret");
    shows(r#"{"a": [1, "${var.secret}"]}"#, "var.secret");
    shows(r#""${local.x}""#, "var.secret");
    shows(r#""${cloud_server.s[0].password}""#, "cloud_server.s[0].password");
    shows(r#""${cloud_server.s[*].password}""#, "cloud_server.s[*].password");
    shows(r#""${format(\"%s\", upper(var.secret))}""#, "var.secret");
    shows(r#""${sensitive(1)}""#, "sensitive(1)");
    shows(r#""${var.secret == 1 ? 2 : 3}""#, "var.secret");
    shows(r#""${var.open == 1 ? var.secret : local.token}""#, "var.secret");
}

#[test]
fn outputs_that_may_be_seen() {
    let fine_value = |value: &str| fine(&hidden(&format!(r#""x": {{"value": {value}}}"#)));
    fine(&hidden(r#""x": {"value": "${var.secret}", "sensitive": true}"#));
    fine_value(r#""${nonsensitive(var.secret)}""#);
    fine_value(r#""${length([var.secret])}""#);
    fine_value(r#""${merge({a = var.secret}, {a = 1})}""#);
    fine_value(r#""${local.parts.b}""#);
    fine_value(r#""${cloud_server.s[0].address}""#);
    fine_value(r#""${cloud_server.s[0].password_wo}""#);
    fine_value(r#""${var.open == 1 ? var.secret : var.open}""#);
}
