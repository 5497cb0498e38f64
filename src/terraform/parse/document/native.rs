//! Terraform's native syntax as the JSON that says the same, so that one reader reads both.
//!
//! Where JSON takes a reference or a type as bare text (`depends_on`, `type`, `from`), the text of the expression stands there;
//! where it evaluates nothing, the value; everywhere else a template with nothing but the expression in it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body, Structure};
use hcl_edit::template::{Element, HeredocTemplate};
use hcl_edit::visit::{Visit, visit_expr, visit_heredoc_template};

use super::json::Json;
use crate::terraform::expression::Number;
use crate::terraform::parse::SyntaxError;

/// Where a body stands, which decides how its arguments are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Document,
    Locals,
    /// Nothing is evaluated in here.
    Static,
    RequiredProviders,
    Variable,
    Output,
    Module,
    Provider,
    Resource,
    Lifecycle,
    Provisioner,
    Move,
    Import,
    /// `dynamic`, up to its content.
    Generator,
    /// Every argument is evaluated.
    Free,
}

/// The JSON that says what a text in native syntax says.
pub(super) fn json(text: &str) -> Result<Json, SyntaxError> {
    let text = &*without_mark(text);
    let body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let at = error.location().offset().min(text.len());
        SyntaxError::new(at..at, format!("this is not Terraform's native syntax: {}", error.message()))
    })?;
    let converter = Converter { text, wrong: RefCell::default() };
    let entries = converter.entries(&body, Context::Document);
    converter.wrong.into_inner().map_or(Ok(Json::Object(entries)), Err)
}

/// The text with blanks in the place of a byte order mark, which Terraform passes over here, so that places stay what they are.
pub(crate) fn without_mark(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Cow::Owned(format!("   {rest}")),
        None => Cow::Borrowed(text),
    }
}

struct Converter<'s> {
    text: &'s str,
    /// The first block where an argument belongs, or the other way round: in JSON the two look alike.
    wrong: RefCell<Option<SyntaxError>>,
}

impl Converter<'_> {
    /// Arguments and blocks; blocks of one type and without labels stand together, as they do in JSON.
    fn entries(&self, body: &Body, context: Context) -> Vec<(String, Json)> {
        let mut entries: Vec<(String, Json)> = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    if !takes_argument(attribute.key.as_str(), context) {
                        self.refuse(attribute.span(), "a block belongs here, not an argument");
                    }
                    entries.push((attribute.key.to_string(), self.attribute(attribute, context)));
                }
                Structure::Block(block) => self.block(block, context, &mut entries),
            }
        }
        entries
    }

    fn block(&self, block: &Block, context: Context, entries: &mut Vec<(String, Json)>) {
        let keyword = block.ident.to_string();
        if !takes_block(&keyword, context) {
            self.refuse(block.span(), "no block belongs here; an argument is written with `=`");
        }
        if let Some(count) = labels(&keyword, context).filter(|count| *count != block.labels.len()) {
            let names = ["no name", "one name", "two names"].get(count).copied().unwrap_or("other names");
            self.refuse(block.span(), &format!("a `{keyword}` block has {names}"));
        }
        let inner = inside(&keyword, context);
        let mut json = Json::Object(self.entries(&block.body, inner));
        for label in block.labels.iter().rev() {
            json = Json::Object(vec![(label.as_str().to_owned(), json)]);
        }
        let is_nested = block.labels.is_empty() && !matches!(context, Context::Document);
        let earlier =
            entries.iter_mut().find(|(name, json)| is_nested && *name == keyword && matches!(json, Json::List(_)));
        match earlier {
            Some((_, Json::List(items))) => items.push(json),
            _ if is_nested => entries.push((keyword, Json::List(vec![json]))),
            _ => entries.push((keyword, json)),
        }
    }

    fn refuse(&self, span: Option<Range<usize>>, message: &str) {
        let start = span.map_or(0, |span| span.start);
        self.wrong.borrow_mut().get_or_insert_with(|| SyntaxError::new(start..start, message));
    }

    fn attribute(&self, attribute: &Attribute, context: Context) -> Json {
        let value = &attribute.value;
        match (context, attribute.key.as_str()) {
            (Context::Resource | Context::Module | Context::Output, "depends_on")
            | (Context::Lifecycle, "replace_triggered_by" | "ignore_changes")
            | (Context::Static, "experiments" | "language")
            | (Context::Resource | Context::Import, "provider")
            | (Context::Module, "providers")
            | (Context::Provisioner, "when" | "on_failure")
            | (Context::Generator, "iterator") => self.bare(value),
            // Quotes are refused here.
            (Context::Variable, "type") | (Context::Move, "from" | "to") | (Context::Import, "to") => {
                Json::Text(self.source(value).trim().to_owned())
            }
            (Context::RequiredProviders, _) => self.required_provider(value),
            (Context::Static | Context::Variable, _)
            | (Context::Output, "description" | "sensitive" | "ephemeral")
            | (Context::Module, "source" | "version")
            | (Context::Provider, "alias" | "version")
            | (Context::Lifecycle, "create_before_destroy" | "prevent_destroy" | "destroy") => self.value(value),
            _ => self.evaluated(value),
        }
    }

    /// References and types as they stand.
    fn bare(&self, expression: &Expression) -> Json {
        match expression {
            Expression::Array(items) => Json::List(items.iter().map(|item| self.bare(item)).collect()),
            Expression::Object(object) => {
                let entries = object.iter().map(|(key, value)| (self.key(key), self.bare(value.expr())));
                Json::Object(entries.collect())
            }
            // Before 0.12 references were written in quotes; Terraform still takes them.
            Expression::String(text) => Json::Text(text.as_str().to_owned()),
            Expression::Null(_) => Json::Null,
            other => Json::Text(self.source(other).trim().to_owned()),
        }
    }

    fn required_provider(&self, expression: &Expression) -> Json {
        let Expression::Object(object) = expression else { return self.value(expression) };
        let entries = object.iter().map(|(key, value)| {
            let name = self.key(key);
            let bare = name == "configuration_aliases";
            let json = if bare { self.bare(value.expr()) } else { self.value(value.expr()) };
            (name, json)
        });
        Json::Object(entries.collect())
    }

    /// A value where nothing is evaluated; what is computed becomes a template, which is refused there.
    fn value(&self, expression: &Expression) -> Json {
        match expression {
            Expression::Null(_) => Json::Null,
            Expression::Bool(value) => Json::Bool(*value.value()),
            Expression::Number(_) => self.number(expression),
            Expression::String(text) => Json::Text(text.as_str().to_owned()),
            Expression::Array(items) => Json::List(items.iter().map(|item| self.value(item)).collect()),
            Expression::Object(object) => {
                Json::Object(object.iter().map(|(key, value)| (self.key(key), self.value(value.expr()))).collect())
            }
            Expression::Parenthesis(inner) => self.value(inner.inner()),
            Expression::HeredocTemplate(heredoc) if heredoc.template.iter().all(is_literal) => {
                Json::Text(heredoc.template.iter().filter_map(literal).collect())
            }
            other => self.evaluated(other),
        }
    }

    fn number(&self, expression: &Expression) -> Json {
        let text = self.source(expression);
        match text.trim().parse::<Number>() {
            Ok(number) => Json::Number(number),
            Err(_) => self.evaluated(expression),
        }
    }

    fn evaluated(&self, expression: &Expression) -> Json {
        match expression {
            Expression::Null(_) => Json::Null,
            Expression::Bool(value) => Json::Bool(*value.value()),
            other => Json::Text(format!("${{{}}}", self.source(other))),
        }
    }

    fn key(&self, key: &ObjectKey) -> String {
        match key {
            ObjectKey::Ident(name) => name.to_string(),
            ObjectKey::Expression(Expression::String(text)) => text.as_str().to_owned(),
            ObjectKey::Expression(other) => self.source(other).trim().to_owned(),
        }
    }

    /// The text of an expression, texts between markers (`<<EOT`) as texts in quotes.
    fn source(&self, expression: &Expression) -> String {
        let Some(span) = expression.span() else { return expression.to_string() };
        let text = self.text.get(span.clone()).unwrap_or_default();
        if !text.contains("<<") {
            return text.to_owned();
        }
        let mut heredocs = Heredocs { converter: self, found: Vec::new() };
        heredocs.visit_expr(expression);
        let mut result = String::with_capacity(text.len());
        let mut at = span.start;
        for (place, quoted) in heredocs.found {
            result.push_str(self.text.get(at..place.start).unwrap_or_default());
            result.push_str(&quoted);
            at = place.end;
        }
        result.push_str(self.text.get(at..span.end).unwrap_or_default());
        result
    }

    fn quoted(&self, heredoc: &HeredocTemplate) -> String {
        let mut quoted = String::from("\"");
        for element in &heredoc.template {
            match (literal(element), element.span()) {
                (Some(text), _) => quoted.push_str(&escaped(text)),
                (None, Some(span)) => quoted.push_str(self.text.get(span).unwrap_or_default()),
                (None, None) => {}
            }
        }
        quoted.push('"');
        quoted
    }
}

/// The texts between markers in an expression, and what stands in their place.
struct Heredocs<'c, 's> {
    converter: &'c Converter<'s>,
    found: Vec<(Range<usize>, String)>,
}

impl Visit for Heredocs<'_, '_> {
    fn visit_expr(&mut self, node: &Expression) {
        if let (Expression::HeredocTemplate(heredoc), Some(span)) = (node, node.span()) {
            self.found.push((span, self.converter.quoted(heredoc)));
        } else {
            visit_expr(self, node);
        }
    }

    fn visit_heredoc_template(&mut self, node: &HeredocTemplate) {
        visit_heredoc_template(self, node);
    }
}

fn is_literal(element: &Element) -> bool {
    literal(element).is_some()
}

fn literal(element: &Element) -> Option<&str> {
    match element {
        Element::Literal(text) => Some(text.as_str()),
        _ => None,
    }
}

/// A text as it stands between quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Whether Terraform takes an argument of this name where it stands.
fn takes_argument(name: &str, context: Context) -> bool {
    match context {
        Context::Document => false,
        Context::Static => !matches!(name, "required_providers" | "backend" | "cloud" | "provider_meta"),
        Context::Variable => name != "validation",
        Context::Output => name != "precondition",
        Context::Resource => !matches!(name, "lifecycle" | "connection" | "provisioner" | "dynamic"),
        Context::Lifecycle => !matches!(name, "precondition" | "postcondition"),
        _ => true,
    }
}

/// Whether Terraform takes a block of this type where it stands.
fn takes_block(keyword: &str, context: Context) -> bool {
    match context {
        Context::Locals | Context::RequiredProviders => false,
        Context::Module => keyword == "lifecycle",
        Context::Variable => keyword == "validation",
        Context::Output => keyword == "precondition",
        Context::Resource => !matches!(keyword, "count" | "for_each" | "provider" | "depends_on"),
        Context::Lifecycle => matches!(keyword, "precondition" | "postcondition" | "action_trigger"),
        Context::Provisioner => keyword == "connection",
        _ => true,
    }
}

/// How many names follow a keyword of the language; nothing if the keyword is not of the language.
fn labels(keyword: &str, context: Context) -> Option<usize> {
    match (context, keyword) {
        (Context::Document, "resource" | "data" | "ephemeral") => Some(2),
        (Context::Document, "variable" | "output" | "module" | "provider" | "check")
        | (Context::Static, "backend" | "provider_meta")
        | (Context::Resource | Context::Move, "provisioner")
        | (_, "dynamic") => Some(1),
        (Context::Document, "terraform" | "locals" | "moved" | "removed" | "import")
        | (Context::Static, "required_providers" | "cloud")
        | (Context::Resource | Context::Move | Context::Module, "lifecycle")
        | (Context::Resource | Context::Provisioner, "connection")
        | (Context::Variable, "validation")
        | (Context::Output | Context::Lifecycle, "precondition" | "postcondition") => Some(0),
        _ => None,
    }
}

/// How a block's arguments are read, from its keyword and where it stands.
fn inside(keyword: &str, context: Context) -> Context {
    match (context, keyword) {
        (Context::Document, "terraform") | (Context::Static, "backend" | "cloud" | "provider_meta" | "workspaces") => {
            Context::Static
        }
        (Context::Static, "required_providers") => Context::RequiredProviders,
        (Context::Document, "locals") => Context::Locals,
        (Context::Document, "variable") => Context::Variable,
        (Context::Document, "output") => Context::Output,
        (Context::Document, "module") => Context::Module,
        (Context::Document, "provider") => Context::Provider,
        (Context::Document, "resource" | "data" | "ephemeral") | (Context::Free, "data") => Context::Resource,
        (Context::Document, "moved" | "removed") => Context::Move,
        (Context::Document, "import") => Context::Import,
        (Context::Resource | Context::Move | Context::Module, "lifecycle") => Context::Lifecycle,
        (Context::Resource | Context::Move, "provisioner") => Context::Provisioner,
        (_, "dynamic") => Context::Generator,
        (Context::Static, _) => Context::Static,
        _ => Context::Free,
    }
}

#[cfg(test)]
mod tests {
    use crate::terraform::parse;

    /// The native text reads as the module that the JSON text reads as.
    fn same(native: &str, json: &str) {
        let (native, found) = parse::lenient_native(native);
        assert!(found.is_empty(), "{found:#?}");
        let mut json = parse::document(json).unwrap();
        for (block, native) in json.resources.iter_mut().zip(&native.resources) {
            block.native.clone_from(&native.native);
        }
        assert_eq!(native, json);
    }

    #[test]
    fn blocks_arguments_and_references() {
        same(
            r#"
            terraform {
              required_version = ">= 1.11"
              required_providers {
                aws = {
                  source                = "hashicorp/aws"
                  configuration_aliases = [aws.a]
                }
              }
            }
            variable "v" {
              type    = list(string)
              default = ["a", 1]
            }
            resource "x_y" "z" {
              count      = length(var.v)
              name       = "a-${count.index}"
              text       = "$${literal}"
              provider   = aws.a
              depends_on = [x_y.w]
              rule {
                n = 1
              }
              rule {
                n = 2
              }
              dynamic "more" {
                for_each = var.v
                iterator = it
                content {
                  value = it.value
                }
              }
              lifecycle {
                ignore_changes = [tags["a"]]
              }
            }
            moved {
              from = x_y.old
              to   = x_y.z
            }
            "#,
            r#"{
              "terraform": {"required_version": ">= 1.11", "required_providers": {"aws":
                {"source": "hashicorp/aws", "configuration_aliases": ["aws.a"]}}},
              "variable": {"v": {"type": "list(string)", "default": ["a", 1]}},
              "resource": {"x_y": {"z": {"count": "${length(var.v)}", "name": "a-${count.index}", "text": "$${literal}",
                "provider": "aws.a", "depends_on": ["x_y.w"], "rule": [{"n": 1}, {"n": 2}],
                "dynamic": {"more": {"for_each": "${var.v}", "iterator": "it", "content": [{"value": "${it.value}"}]}},
                "lifecycle": {"ignore_changes": ["tags[\"a\"]"]}}}},
              "moved": {"from": "x_y.old", "to": "x_y.z"}
            }"#,
        );
    }

    #[test]
    fn texts_between_markers() {
        same(
            "locals {\n  a = <<-EOT\n    x \"${var.v}\"\n      y\\n\n  EOT\n  b = upper(<<EOT\nz\nEOT\n  )\n}\n",
            r#"{"locals": {"a": "x \"${var.v}\"\n  y\\n\n", "b": "${upper(\"z\\n\")}"}}"#,
        );
    }

    #[test]
    fn blocks_where_arguments_belong_and_arguments_where_blocks_belong_are_errors() {
        for text in [
            "a = 1\n",
            "locals {\n  a {\n  }\n}\n",
            "output \"o\" {\n  value {\n  }\n}\n",
            "terraform {\n  required_providers = {}\n}\n",
            "resource \"a_b\" \"c\" {\n  count {\n  }\n}\n",
            "module \"m\" {\n  source = \"./m\"\n  providers {\n  }\n}\n",
            "variable \"v\" {\n  validation = {}\n}\n",
            "locals \"a\" {\n}\n",
            "provider \"a\" \"b\" {\n}\n",
            "terraform {\n  backend \"a\" \"b\" {\n  }\n}\n",
            "terraform {\n  cloud \"a\" {\n  }\n}\n",
            "resource \"a_b\" \"c\" {\n  dynamic {\n  }\n}\n",
        ] {
            let (_, found) = parse::lenient_native(text);
            assert_eq!(found.len(), 1, "{text}: {found:#?}");
        }
    }

    #[test]
    fn what_is_no_native_syntax_is_an_error() {
        let (_, found) = parse::lenient_native("resource \"a\" {\n  b = \n}\n");
        assert_eq!(found.len(), 1, "{found:#?}");
    }
}
