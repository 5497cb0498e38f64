//! Terraform's native syntax as the JSON that says the same, so that one reader reads both.
//!
//! Where JSON takes a reference or a type as bare text (`depends_on`, `type`, `from`), the text of the expression stands there;
//! where it evaluates nothing, the value; everywhere else a template with nothing but the expression in it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use super::json::Json;
use super::repeated_keys::{self, NativeBody};
use crate::terraform::parse::{SyntaxError, constant};

/// Where a body stands, which decides how its arguments are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Document,
    /// A file of tests, a run in one, and what is in that.
    TestFile,
    Run,
    TestModule,
    PlanOptions,
    /// A file of mocks, or a provider that is mocked.
    Mock,
    MockedType,
    Override,
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
    json_of(text, Context::Document)
}

/// The JSON that says what a text says that is not a module's.
pub(super) fn json_of(text: &str, context: Context) -> Result<Json, SyntaxError> {
    let text = &*without_mark(text);
    let NativeBody { body, repeated } = repeated_keys::parse(text)?;
    let converter = Converter { text, repeated, wrong: RefCell::default() };
    let entries = converter.entries(&body, context);
    converter.wrong.into_inner().map_or(Ok(Json::Object(entries)), Err)
}

/// The names and expressions of a text that is nothing but arguments, as in a file of values.
pub(crate) fn arguments(text: &str) -> Result<Vec<(String, String)>, SyntaxError> {
    let text = &*without_mark(text);
    let NativeBody { body, repeated } = repeated_keys::parse(text)?;
    let converter = Converter { text, repeated, wrong: RefCell::default() };
    let mut arguments = Vec::new();
    for structure in &body {
        match structure {
            Structure::Attribute(attribute) => {
                arguments.push((attribute.key.to_string(), converter.closed_source(&attribute.value)));
            }
            Structure::Block(block) => converter.refuse(block.span(), "no block belongs here"),
        }
    }
    converter.wrong.into_inner().map_or(Ok(arguments), Err)
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
    /// The keys that have another name in the body than in the text.
    repeated: BTreeMap<usize, String>,
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
        let is_nested = block.labels.is_empty() && !matches!(context, Context::Document | Context::TestFile);
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
            (Context::Lifecycle, "replace_triggered_by") => self.unquoted(value),
            (Context::Lifecycle, "ignore_changes")
            | (Context::Generator, "iterator")
            | (Context::Run, "command")
            | (Context::PlanOptions, "mode")
            | (Context::Override, "target")
            | (Context::Override | Context::Mock | Context::MockedType, "override_during") => {
                if matches!(value, Expression::String(_)) {
                    self.refuse(value.span(), "no quotes belong here");
                }
                self.bare(value)
            }
            (Context::Resource | Context::Module | Context::Output, "depends_on")
            | (Context::Static, "experiments" | "language")
            | (Context::Resource | Context::Import, "provider")
            | (Context::Module | Context::Run, "providers")
            | (Context::Run, "expect_failures")
            | (Context::PlanOptions, "replace" | "target")
            | (Context::Provisioner, "when" | "on_failure") => self.bare(value),
            // Quotes are refused here.
            (Context::Variable, "type") | (Context::Move, "from" | "to") | (Context::Import, "to") => {
                Json::Text(self.source(value).trim().to_owned())
            }
            (Context::RequiredProviders, _) => self.required_provider(value),
            (Context::Static | Context::Variable, _)
            | (Context::Output, "description" | "sensitive" | "ephemeral")
            | (Context::Module | Context::TestModule, "source" | "version")
            | (Context::Mock, "alias" | "source")
            | (Context::PlanOptions, "refresh")
            | (Context::Run, "state_key")
            | (Context::Provider, "alias" | "version")
            | (Context::Lifecycle, "create_before_destroy" | "prevent_destroy" | "destroy") => {
                self.value(value, context)
            }
            _ => self.evaluated(value),
        }
    }

    /// References of which none is in quotes.
    fn unquoted(&self, expression: &Expression) -> Json {
        if let Expression::Array(items) = expression {
            for item in items.iter().filter(|item| matches!(item, Expression::String(_))) {
                self.refuse(item.span(), "a reference is written without quotes here");
            }
        }
        self.bare(expression)
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
        let context = Context::RequiredProviders;
        let Expression::Object(object) = expression else { return self.value(expression, context) };
        let entries = object.iter().map(|(key, value)| {
            let name = self.key(key);
            let bare = name == "configuration_aliases";
            let json = if bare { self.bare(value.expr()) } else { self.value(value.expr(), context) };
            (name, json)
        });
        Json::Object(last_of_each(entries.collect()))
    }

    /// A value where there are no names and no functions.
    fn value(&self, expression: &Expression, context: Context) -> Json {
        match expression {
            Expression::Null(_) => Json::Null,
            Expression::Bool(value) => Json::Bool(*value.value()),
            Expression::String(text) => Json::Text(text.as_str().to_owned()),
            Expression::Array(items) => Json::List(items.iter().map(|item| self.value(item, context)).collect()),
            Expression::Object(object) => {
                let entry = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                    (self.static_key(key, context), self.value(value.expr(), context))
                };
                Json::Object(last_of_each(object.iter().map(entry).collect()))
            }
            other => self.computed(other, context),
        }
    }

    /// What is computed without names and functions. Where one is used, that is refused here or where the value is read.
    fn computed(&self, expression: &Expression, context: Context) -> Json {
        let computed = constant::json(&self.closed_source(expression)).and_then(|json| Json::parse(&json));
        computed.unwrap_or_else(|error| {
            if matches!(context, Context::Variable | Context::Output) {
                self.refuse(expression.span(), &error.message);
            }
            self.evaluated(expression)
        })
    }

    fn static_key(&self, key: &ObjectKey, context: Context) -> String {
        match key {
            _ if self.repeated(key).is_some() => self.key(key),
            ObjectKey::Expression(other) if !matches!(other, Expression::String(_)) => {
                match self.computed(other, context) {
                    Json::Text(text) | Json::LargeNumber(text) => text,
                    Json::Number(number) => number.to_string(),
                    Json::Bool(value) => value.to_string(),
                    _ => self.key(key),
                }
            }
            _ => self.key(key),
        }
    }

    fn evaluated(&self, expression: &Expression) -> Json {
        match expression {
            Expression::Null(_) => Json::Null,
            Expression::Bool(value) => Json::Bool(*value.value()),
            other => Json::Text(format!("${{{}}}", self.closed_source(other))),
        }
    }

    /// What a key is that is there twice.
    fn repeated(&self, key: &ObjectKey) -> Option<&String> {
        self.repeated.get(&key.span()?.start)
    }

    fn key(&self, key: &ObjectKey) -> String {
        if let Some(name) = self.repeated(key) {
            return name.clone();
        }
        match key {
            ObjectKey::Ident(name) => name.to_string(),
            ObjectKey::Expression(Expression::String(text)) => text.as_str().to_owned(),
            ObjectKey::Expression(other) => self.source(other).trim().to_owned(),
        }
    }

    /// The text of an expression.
    fn source(&self, expression: &Expression) -> String {
        match expression.span() {
            Some(span) => self.text.get(span).unwrap_or_default().to_owned(),
            None => expression.to_string(),
        }
    }

    /// The text of an expression where more follows it: a text between markers ends with a line break.
    fn closed_source(&self, expression: &Expression) -> String {
        let mut source = self.source(expression);
        if source.contains("<<") {
            source.push('\n');
        }
        source
    }
}

/// Of two entries of one key the later counts in native syntax.
fn last_of_each(mut entries: Vec<(String, Json)>) -> Vec<(String, Json)> {
    let mut seen = HashSet::new();
    let mut kept: Vec<bool> = entries.iter().rev().map(|(key, _)| seen.insert(key.clone())).collect();
    entries.retain(|_| kept.pop().unwrap_or(true));
    entries
}

/// Whether Terraform takes an argument of this name where it stands.
fn takes_argument(name: &str, context: Context) -> bool {
    match context {
        Context::Document | Context::TestFile => false,
        Context::Run => matches!(name, "command" | "providers" | "expect_failures" | "state_key"),
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
        Context::Locals
        | Context::RequiredProviders
        | Context::TestModule
        | Context::PlanOptions
        | Context::MockedType
        | Context::Override => false,
        Context::Run => !matches!(keyword, "command" | "providers" | "expect_failures" | "state_key"),
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
        | (Context::TestFile, "run" | "provider" | "mock_provider")
        | (Context::Mock, "mock_resource" | "mock_data")
        | (_, "dynamic") => Some(1),
        (Context::Document, "terraform" | "locals" | "moved" | "removed" | "import")
        | (Context::Static, "required_providers" | "cloud")
        | (Context::Resource | Context::Move | Context::Module, "lifecycle")
        | (Context::Resource | Context::Provisioner, "connection")
        | (Context::Variable, "validation")
        | (Context::Output | Context::Lifecycle, "precondition" | "postcondition")
        | (Context::TestFile | Context::Run, "variables")
        | (Context::Run, "assert" | "plan_options" | "module")
        | (
            Context::TestFile | Context::Run | Context::Mock,
            "override_resource" | "override_data" | "override_module",
        ) => Some(0),
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
        (Context::Document, "locals") | (Context::TestFile | Context::Run, "variables") => Context::Locals,
        (Context::Document, "variable") => Context::Variable,
        (Context::Document, "output") => Context::Output,
        (Context::Document, "module") => Context::Module,
        (Context::Document | Context::TestFile, "provider") => Context::Provider,
        (Context::Document, "resource" | "data" | "ephemeral") | (Context::Free, "data") => Context::Resource,
        (Context::Document, "moved" | "removed") => Context::Move,
        (Context::Document, "import") => Context::Import,
        (Context::Resource | Context::Move | Context::Module, "lifecycle") => Context::Lifecycle,
        (Context::Resource | Context::Move, "provisioner") => Context::Provisioner,
        (Context::TestFile, "run") => Context::Run,
        (Context::TestFile, "mock_provider") => Context::Mock,
        (Context::Run, "plan_options") => Context::PlanOptions,
        (Context::Run, "module") => Context::TestModule,
        (Context::Mock, "mock_resource" | "mock_data") => Context::MockedType,
        (
            Context::TestFile | Context::Run | Context::Mock,
            "override_resource" | "override_data" | "override_module",
        ) => Context::Override,
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

    /// Each as Terraform 1.11.4 computes it.
    #[test]
    fn what_is_between_markers_is_what_terraform_makes_of_it() {
        for (text, value) in [
            ("<<E\necho $${i:-x} %%{http_code} \\n \"t\"\nE", "echo ${i:-x} %{http_code} \\n \"t\"\n"),
            (
                "<<-E\n    x\n    %{ for x in [\"a\",\"b\"] ~}\n    ${x}\n    %{ endfor ~}\n    y\n    E",
                "x\n    a\n    b\n    y\n",
            ),
            ("<<-E\n    x\n${\"q\"}b\n      z\n    E", "    x\nqb\n      z\n"),
            ("<<-E\n\n    x ${~ \"q\" ~} \n      z\n    E", "\nxq      z\n"),
            ("<<E\n${<<B\nin\nB\n}\nE", "in\n\n"),
            ("<<E\n  ${~ \"q\" ~}\n  z\n%{ if true }\n  w\n  %{~ endif ~}\n  v\nE", "q  z\n\n  w\n  v\n"),
            ("<<E\nE", ""),
            ("<<E\n${true}\nE", "true\n"),
        ] {
            let (module, found) = parse::lenient_native(&format!("locals {{\n  a = {text}\n}}\n"));
            assert!(found.is_empty(), "{text}: {found:?}");
            let found = crate::terraform::evaluation::constant(&module.locals[0].value);
            assert_eq!(found.unwrap().as_text(), Some(value), "{text}");
        }
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
