//! What values are read with: those that Terraform evaluates, and those that it takes as they stand. Every mistake is
//! collected, none stops.

use std::borrow::Cow;

use super::body::Fields;
use super::json::Json;
use super::place::DocumentPath;
use crate::terraform::constructs::{Construct, Use};
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Key, Names, Object, Step, is_plain};
use crate::terraform::identifier::is_identifier;
use crate::terraform::lifecycle::Condition;
use crate::terraform::nearest::nearest;
use crate::terraform::parse::{SyntaxError, expression, template_within, traversal};
use crate::terraform::provider::ProviderReference;
use crate::terraform::written_keys::{ObjectKeys, WrittenKeys};

/// Reads a document and collects what is wrong with it.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "where the reader is, and what kind of file it reads")]
pub(super) struct Reader {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What the document uses that not every Terraform has.
    pub(super) uses: Vec<Use>,
    /// The keys of objects that must be evaluated.
    pub(super) written_keys: WrittenKeys,
    /// Whether the providers were listed already.
    pub(super) has_required_providers: bool,
    /// Whether the file changes blocks of others.
    pub(super) overrides: bool,
    /// Whether the text is in native syntax.
    pub(super) native: bool,
    /// Whether a data source stands in a check.
    pub(super) in_check: bool,
    pub(super) outputs_without_value: Vec<String>,
    pub(super) switched_off: Vec<String>,
}

impl Reader {
    pub(super) fn report(&mut self, place: &DocumentPath<'_>, kind: DiagnosticKind, message: impl Into<String>) {
        self.diagnostics.push(place.diagnostic(kind, message));
    }

    pub(super) fn wrong_type(&mut self, place: &DocumentPath<'_>, wanted: &str, found: &Json) {
        self.report(place, DiagnosticKind::WrongType, format!("{wanted} belongs here, not {}", found.kind()));
    }

    pub(super) fn syntax(&mut self, place: &DocumentPath<'_>, text: &str, error: &SyntaxError) {
        let drawing = error.draw(text).replace('\n', "\n  ");
        self.report(place, DiagnosticKind::Syntax, format!("{error}\n  {drawing}"));
    }

    pub(super) fn unknown(&mut self, place: &DocumentPath<'_>, name: &str, valid: &[&str]) {
        let diagnostic = place
            .field(name)
            .diagnostic(DiagnosticKind::UnknownArgument, format!("nothing here is called `{name}`"))
            .candidates(nearest(name, valid.iter().copied()));
        self.diagnostics.push(diagnostic);
    }

    /// Notes that something is used which not every Terraform has.
    pub(super) fn uses(&mut self, construct: &'static Construct, place: &DocumentPath<'_>) {
        let Diagnostic { block, field, .. } = place.diagnostic(DiagnosticKind::Construct, "");
        self.uses.push(Use { construct, block, field });
    }

    /// The arguments as an object, to be checked against a schema by somebody who has one. A name may be there twice: what is
    /// a block may be repeated like that.
    pub(super) fn arguments(&mut self, fields: Fields<'_>) -> Object {
        let Fields { place, mut entries, .. } = fields;
        entries.retain(|(name, _)| name != "//");
        let names = Names::none();
        let argument = |(name, json): (String, Json)| {
            let value = if name == "dynamic" {
                self.dynamics(json, &place.field(&name), &names)
            } else {
                self.value(json, &place.field(&name), &names)
            };
            (Key::Literal(Cow::Owned(name)), value)
        };
        Object(entries.into_iter().map(argument).collect())
    }

    /// A value that Terraform evaluates: every string and every key in it is a template.
    pub(super) fn value(&mut self, json: Json, place: &DocumentPath<'_>, names: &Names<'_>) -> Expression {
        match json {
            Json::Text(text) => self.template(text, place, names),
            Json::List(items) => {
                let items = items.into_iter().enumerate();
                Expression::List(items.map(|(index, item)| self.value(item, &place.item(index), names)).collect())
            }
            Json::Object(entries) => Expression::Object(self.object(entries, place, names)),
            other => literal(other),
        }
    }

    fn object(&mut self, entries: Vec<(String, Json)>, place: &DocumentPath<'_>, names: &Names<'_>) -> Object {
        let entry = |(name, json): (String, Json)| {
            let at = place.field(&name);
            let value = if name == "dynamic" { self.dynamics(json, &at, names) } else { self.value(json, &at, names) };
            (self.key(name, place, names), value)
        };
        let object = Object(entries.into_iter().map(entry).collect());
        self.note_keys(&object, place);
        object
    }

    /// Keys that are not what they look like: templates, and texts that may be normalized to the same.
    fn note_keys(&mut self, object: &Object, place: &DocumentPath<'_>) {
        let is_plain = |key: &Key| matches!(key, Key::Literal(name) if name.is_ascii());
        if self.native || object.0.iter().all(|(key, _)| is_plain(key)) {
            return;
        }
        let Diagnostic { block, field, .. } = place.diagnostic(DiagnosticKind::Conflict, "");
        let keys = object.0.iter().map(|(key, _)| key.clone()).collect();
        self.written_keys.0.push(ObjectKeys { block, field, keys });
    }

    /// The key of an entry of what is at `place`.
    fn key(&mut self, name: String, place: &DocumentPath<'_>, names: &Names<'_>) -> Key {
        if is_plain(&name) {
            return Key::Literal(Cow::Owned(name));
        }
        Key::from_expression(self.template(name.clone(), &place.field(&name), names))
    }

    fn template(&mut self, text: String, place: &DocumentPath<'_>, names: &Names<'_>) -> Expression {
        if is_plain(&text) {
            return Expression::Text(Cow::Owned(text));
        }
        template_within(&text, names).unwrap_or_else(|error| {
            self.syntax(place, &text, &error);
            Expression::Text(Cow::Owned(text))
        })
    }

    /// `dynamic` blocks by label, as an object or a list of objects. Without a schema an argument that happens to be called
    /// `dynamic` looks the same; then only the names differ that are bound in it.
    fn dynamics(&mut self, json: Json, place: &DocumentPath<'_>, names: &Names<'_>) -> Expression {
        match json {
            Json::Object(labels) => self.dynamic(labels, place, names),
            Json::List(items) => {
                let items = items.into_iter().enumerate();
                Expression::List(items.map(|(index, item)| self.dynamics(item, &place.item(index), names)).collect())
            }
            other => self.value(other, place, names),
        }
    }

    /// Inside `content` the iterator's name is bound and hides a resource type of that name.
    fn dynamic(&mut self, labels: Vec<(String, Json)>, whole: &DocumentPath<'_>, names: &Names<'_>) -> Expression {
        let block = |(label, json): (String, Json)| {
            let place = whole.field(&label);
            let value = match json {
                Json::Object(generator) => self.generator(generator, &label, &place, names),
                Json::List(items) => {
                    let items = items.into_iter().enumerate().map(|(index, item)| match item {
                        Json::Object(generator) => self.generator(generator, &label, &place.item(index), names),
                        other => self.value(other, &place.item(index), names),
                    });
                    Expression::List(items.collect())
                }
                other => self.value(other, &place, names),
            };
            (self.key(label, whole, names), value)
        };
        Expression::Object(Object(labels.into_iter().map(block).collect()))
    }

    fn generator(
        &mut self,
        entries: Vec<(String, Json)>,
        label: &str,
        place: &DocumentPath<'_>,
        names: &Names<'_>,
    ) -> Expression {
        let iterator = entries.iter().find_map(|(key, value)| match value {
            Json::Text(name) if key == "iterator" => Some(name.clone()),
            _ => None,
        });
        let inner = names.with(iterator.as_deref().unwrap_or(label));
        let entry = |(name, json): (String, Json)| {
            let names = if matches!(name.as_str(), "content" | "labels") { &inner } else { names };
            let value = self.value(json, &place.field(&name), names);
            (self.key(name, place, names), value)
        };
        Expression::Object(Object(entries.into_iter().map(entry).collect()))
    }

    /// A value that Terraform takes as it stands, such as a variable's default.
    pub(super) fn static_value(&mut self, json: Json, place: &DocumentPath<'_>) -> Expression {
        match json {
            Json::Text(text) => Expression::Text(Cow::Owned(text)),
            Json::List(items) => {
                let items = items.into_iter().enumerate();
                Expression::List(items.map(|(index, item)| self.static_value(item, &place.item(index))).collect())
            }
            Json::Object(entries) => {
                let mut seen = std::collections::HashSet::with_capacity(entries.len());
                for (name, _) in entries.iter().filter(|(name, _)| !seen.insert(name.as_str())) {
                    self.given_twice(place, name);
                }
                let entry = |(name, json): (String, Json)| {
                    let value = self.static_value(json, &place.field(&name));
                    (Key::Literal(Cow::Owned(name)), value)
                };
                Expression::Object(Object(entries.into_iter().map(entry).collect()))
            }
            other => literal(other),
        }
    }

    /// A text that Terraform takes as it stands. Numbers and booleans become texts, `null` does not.
    pub(super) fn text(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<String> {
        match json {
            Json::Text(text) | Json::LargeNumber(text) => Some(text),
            Json::Bool(value) => Some(value.to_string()),
            Json::Number(value) => Some(value.to_string()),
            other => {
                self.wrong_type(place, "a string", &other);
                None
            }
        }
    }

    /// A boolean that Terraform takes as it stands.
    pub(super) fn boolean(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<bool> {
        match json {
            Json::Bool(value) => Some(value),
            // Terraform converts these.
            Json::Text(text) if matches!(text.as_str(), "true" | "1") => Some(true),
            Json::Text(text) if matches!(text.as_str(), "false" | "0") => Some(false),
            other => {
                self.wrong_type(place, "true or false", &other);
                None
            }
        }
    }

    /// A version constraint, whose grammar the check knows; `null` is none.
    pub(super) fn version(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<String> {
        if matches!(json, Json::Null) {
            return None;
        }
        self.text(json, place)
    }

    /// A list of strings, each a bare reference.
    pub(super) fn references(&mut self, json: Json, place: &DocumentPath<'_>) -> Vec<Expression> {
        let Json::List(items) = json else {
            self.wrong_type(place, "a list", &json);
            return Vec::new();
        };
        let items = items.into_iter().enumerate();
        items.filter_map(|(index, item)| self.reference(item, &place.item(index))).collect()
    }

    /// A bare reference, as `depends_on` takes it.
    pub(super) fn reference(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<Expression> {
        let Json::Text(text) = json else {
            self.wrong_type(place, "a reference in a string", &json);
            return None;
        };
        if traversal(&text).is_some()
            && let Ok(reference @ Expression::Traversal(_)) = expression(&text)
        {
            return Some(reference);
        }
        let diagnostic = place.diagnostic(DiagnosticKind::Syntax, format!("`{text}` is not a reference"));
        self.diagnostics.push(diagnostic.help("write the address alone, without `${}`"));
        None
    }

    /// A bare reference with whatever may stand between brackets.
    pub(super) fn reference_with_keys(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<Expression> {
        let Json::Text(text) = json else {
            self.wrong_type(place, "a reference in a string", &json);
            return None;
        };
        match expression(&text) {
            Ok(reference) => Some(reference),
            Err(error) => {
                self.syntax(place, &text, &error);
                None
            }
        }
    }

    /// `name` or `name.alias`.
    #[expect(clippy::needless_pass_by_value, reason = "the shape that bodies are read with")]
    pub(super) fn provider(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<ProviderReference> {
        let found = match &json {
            Json::Text(text) => traversal(text),
            _ => None,
        };
        let reference = match found.as_ref().map(|(name, steps)| (name, steps.as_slice())) {
            Some((name, [])) => Some(ProviderReference::new(name.clone(), None)),
            Some((name, [Step::Attribute(alias)])) => Some(ProviderReference::new(name.clone(), Some(alias.clone()))),
            _ => None,
        };
        match reference {
            Some(reference) if is_provider_name(reference.name()) => Some(reference),
            _ => {
                let shown = match &json {
                    Json::Text(text) => format!("`{text}`"),
                    other => other.kind().to_owned(),
                };
                let message = format!("{shown} names no provider configuration: it would be `aws` or `aws.primary`");
                self.report(place, DiagnosticKind::Provider, message);
                None
            }
        }
    }

    /// Whether a block says something of itself that counts only where it is said.
    pub(super) fn mark(&mut self, fields: &mut Fields<'_>, name: &'static str) -> bool {
        let given = fields.take(self, name, Self::boolean).flatten();
        if self.overrides && given == Some(false) {
            let Diagnostic { block, .. } = fields.place.diagnostic(DiagnosticKind::WrongType, "");
            self.switched_off.push(format!("{block}.{name}"));
        }
        given.unwrap_or_default()
    }

    /// A condition with its message.
    pub(super) fn condition(&mut self, mut fields: Fields<'_>) -> Option<Condition> {
        let condition = fields.required(self, "condition", Self::evaluated);
        let error_message = fields.required(self, "error_message", Self::evaluated);
        fields.finish(self);
        Some(Condition { condition: condition?, error_message: error_message? })
    }

    /// All conditions of a name.
    pub(super) fn conditions(&mut self, fields: &mut Fields<'_>, name: &'static str) -> Vec<Condition> {
        let mut conditions = Vec::new();
        fields.each_block(self, name, |reader, inner| {
            if reader.overrides {
                let message = format!("`{name}` cannot stand in an override file");
                reader.report(&inner.place, DiagnosticKind::MisplacedReference, message);
            } else {
                conditions.extend(reader.condition(inner));
            }
        });
        conditions
    }

    /// [`Self::value`] where no name is bound, in the shape that [`Fields`] takes.
    pub(super) fn evaluated(&mut self, json: Json, place: &DocumentPath<'_>) -> Expression {
        self.value(json, place, &Names::none())
    }
}

/// Numbers, booleans and `null` are the same wherever they stand.
fn literal(json: Json) -> Expression {
    match json {
        Json::Bool(value) => Expression::Bool(value),
        Json::Number(value) => Expression::Number(value),
        // What 64 bits do not hold stays the text it is; that it is a number, the conversion says.
        Json::LargeNumber(text) => Expression::call("tonumber", [Expression::Text(Cow::Owned(text))]),
        _ => Expression::Null,
    }
}

/// Terraform derives addresses from these that are in lower case.
pub(super) fn is_provider_name(name: &str) -> bool {
    is_identifier(name) && !name.chars().any(char::is_uppercase)
}
