//! What all blocks are read with: bodies, labels and the kinds of values. Every mistake is collected, none stops.

use std::borrow::Cow;
use std::collections::HashSet;

use super::json::Json;
use super::place::Place;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Key, Names, Object, is_plain};
use crate::terraform::identifier::is_identifier;
use crate::terraform::lifecycle::Condition;
use crate::terraform::nearest::nearest;
use crate::terraform::parse::{SyntaxError, expression, template_within};
use crate::terraform::provider::ProviderReference;

/// Reads a document and collects what is wrong with it.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The arguments of a body that nobody has asked for yet.
pub(super) struct Fields<'p> {
    place: Place<'p>,
    entries: Vec<(String, Json)>,
    asked: Vec<&'static str>,
}

impl Reader {
    pub(super) fn report(&mut self, place: &Place<'_>, kind: DiagnosticKind, message: impl Into<String>) {
        self.diagnostics.push(place.diagnostic(kind, message));
    }

    fn wrong_type(&mut self, place: &Place<'_>, wanted: &str, found: &Json) {
        self.report(place, DiagnosticKind::WrongType, format!("{wanted} belongs here, not {}", found.kind()));
    }

    pub(super) fn syntax(&mut self, place: &Place<'_>, text: &str, error: &SyntaxError) {
        let drawing = error.draw(text).replace('\n', "\n  ");
        self.report(place, DiagnosticKind::Syntax, format!("{error}\n  {drawing}"));
    }

    /// The entries of an object, or of a list of objects one after the other: Terraform takes both for bodies and
    /// labels. Comments are left out.
    pub(super) fn entries(&mut self, json: Json, place: &Place<'_>) -> Vec<(String, Json)> {
        match json {
            Json::Null => Vec::new(),
            Json::Object(entries) => self.without_comments(entries, place),
            Json::List(items) => {
                let mut all = Vec::new();
                for (index, item) in items.into_iter().enumerate() {
                    match item {
                        Json::Object(entries) => all.extend(self.without_comments(entries, &place.item(index))),
                        other => self.wrong_type(&place.item(index), "an object", &other),
                    }
                }
                all
            }
            other => {
                self.wrong_type(place, "an object", &other);
                Vec::new()
            }
        }
    }

    fn without_comments(&mut self, mut entries: Vec<(String, Json)>, place: &Place<'_>) -> Vec<(String, Json)> {
        entries.retain(|(key, _)| key != "//");
        self.no_duplicates(&entries, place);
        entries
    }

    fn no_duplicates(&mut self, entries: &[(String, Json)], place: &Place<'_>) {
        let mut seen = HashSet::with_capacity(entries.len());
        for (key, _) in entries {
            if !seen.insert(key.as_str()) {
                let message = format!("the key `{key}` is there twice, and only one of its values would count");
                self.report(&place.field(key), DiagnosticKind::DuplicateKey, message);
            }
        }
    }

    /// The bodies of a block that may be there once, as an object, or several times, as a list.
    pub(super) fn bodies<'p>(&mut self, json: Json, place: &'p Place<'p>) -> Vec<Fields<'p>> {
        let bodies = match json {
            Json::Null => Vec::new(),
            Json::List(items) => items.into_iter().enumerate().map(|(index, item)| (place.item(index), item)).collect(),
            other => vec![(*place, other)],
        };
        bodies.into_iter().map(|(place, body)| self.body(body, place)).collect()
    }

    fn body<'p>(&mut self, json: Json, place: Place<'p>) -> Fields<'p> {
        let entries = match json {
            Json::Object(entries) => self.without_comments(entries, &place),
            other => {
                self.wrong_type(&place, "an object", &other);
                Vec::new()
            }
        };
        Fields { place, entries, asked: Vec::new() }
    }

    /// The arguments as an object, to be checked against a schema by somebody who has one.
    pub(super) fn arguments(&mut self, fields: Fields<'_>) -> Object {
        let Fields { place, entries, .. } = fields;
        let names = Names::none();
        let argument = |(name, json): (String, Json)| {
            let value = match json {
                Json::Object(labels) if name == "dynamic" => self.dynamic(labels, &place.field(&name), &names),
                other => self.value(other, &place.field(&name), &names),
            };
            (Key::Literal(Cow::Owned(name)), value)
        };
        Object(entries.into_iter().map(argument).collect())
    }

    /// A value that Terraform evaluates: every string and every key in it is a template.
    pub(super) fn value(&mut self, json: Json, place: &Place<'_>, names: &Names<'_>) -> Expression {
        match json {
            Json::Text(text) => self.template(text, place, names),
            Json::List(items) => {
                let items = items.into_iter().enumerate();
                Expression::List(items.map(|(index, item)| self.value(item, &place.item(index), names)).collect())
            }
            Json::Object(entries) => Expression::Object(self.object(entries, place, names)),
            Json::Null => Expression::Null,
            Json::Bool(value) => Expression::Bool(value),
            Json::Number(value) => Expression::Number(value),
        }
    }

    fn object(&mut self, entries: Vec<(String, Json)>, place: &Place<'_>, names: &Names<'_>) -> Object {
        self.no_duplicates(&entries, place);
        let entry = |(name, json): (String, Json)| {
            let place = place.field(&name);
            let value = match json {
                Json::Object(labels) if name == "dynamic" => self.dynamic(labels, &place, names),
                other => self.value(other, &place, names),
            };
            let key = Key::from_expression(self.template(name.clone(), &place, names));
            (key, value)
        };
        Object(entries.into_iter().map(entry).collect())
    }

    fn template(&mut self, text: String, place: &Place<'_>, names: &Names<'_>) -> Expression {
        if is_plain(&text) {
            return Expression::Text(Cow::Owned(text));
        }
        template_within(&text, names).unwrap_or_else(|error| {
            self.syntax(place, &text, &error);
            Expression::Text(Cow::Owned(text))
        })
    }

    /// `dynamic` blocks by label. Inside `content` the iterator's name is bound and hides a resource type of that name.
    /// Without a schema an argument that happens to be called `dynamic` looks the same; then only that name differs.
    fn dynamic(&mut self, labels: Vec<(String, Json)>, place: &Place<'_>, names: &Names<'_>) -> Expression {
        self.no_duplicates(&labels, place);
        let block = |(label, json): (String, Json)| {
            let place = place.field(&label);
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
            (Key::from_expression(self.template(label.clone(), &place, names)), value)
        };
        Expression::Object(Object(labels.into_iter().map(block).collect()))
    }

    fn generator(
        &mut self,
        entries: Vec<(String, Json)>,
        label: &str,
        place: &Place<'_>,
        names: &Names<'_>,
    ) -> Expression {
        let iterator = entries.iter().find_map(|(key, value)| match value {
            Json::Text(name) if key == "iterator" => Some(name.clone()),
            _ => None,
        });
        let inner = names.with(iterator.as_deref().unwrap_or(label));
        self.no_duplicates(&entries, place);
        let entry = |(name, json): (String, Json)| {
            let names = if matches!(name.as_str(), "content" | "labels") { &inner } else { names };
            let value = self.value(json, &place.field(&name), names);
            (Key::from_expression(self.template(name.clone(), &place.field(&name), names)), value)
        };
        Expression::Object(Object(entries.into_iter().map(entry).collect()))
    }

    /// A value that Terraform takes as it stands, such as a variable's default.
    pub(super) fn static_value(&mut self, json: Json, place: &Place<'_>) -> Expression {
        match json {
            Json::Text(text) => Expression::Text(Cow::Owned(text)),
            Json::List(items) => {
                let items = items.into_iter().enumerate();
                Expression::List(items.map(|(index, item)| self.static_value(item, &place.item(index))).collect())
            }
            Json::Object(entries) => {
                self.no_duplicates(&entries, place);
                let entry = |(name, json): (String, Json)| {
                    let value = self.static_value(json, &place.field(&name));
                    (Key::Literal(Cow::Owned(name)), value)
                };
                Expression::Object(Object(entries.into_iter().map(entry).collect()))
            }
            Json::Null => Expression::Null,
            Json::Bool(value) => Expression::Bool(value),
            Json::Number(value) => Expression::Number(value),
        }
    }

    pub(super) fn text(&mut self, json: Json, place: &Place<'_>) -> Option<String> {
        match json {
            Json::Text(text) => Some(text),
            other => {
                self.wrong_type(place, "a string", &other);
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, json: Json, place: &Place<'_>) -> Option<bool> {
        match json {
            Json::Bool(value) => Some(value),
            // Terraform converts these two.
            Json::Text(text) if text == "true" => Some(true),
            Json::Text(text) if text == "false" => Some(false),
            other => {
                self.wrong_type(place, "true or false", &other);
                None
            }
        }
    }

    /// A list of strings, each a bare expression.
    pub(super) fn references(&mut self, json: Json, place: &Place<'_>) -> Vec<Expression> {
        let texts = self.texts(json, place);
        texts.into_iter().enumerate().filter_map(|(index, text)| self.reference(&text, &place.item(index))).collect()
    }

    /// A bare expression, as `depends_on` takes it.
    pub(super) fn reference(&mut self, text: &str, place: &Place<'_>) -> Option<Expression> {
        match expression(text) {
            Ok(reference @ Expression::Traversal(_)) => Some(reference),
            Ok(_) => {
                self.report(place, DiagnosticKind::Syntax, format!("`{text}` is not a reference"));
                None
            }
            Err(error) => {
                self.syntax(place, text, &error);
                None
            }
        }
    }

    pub(super) fn texts(&mut self, json: Json, place: &Place<'_>) -> Vec<String> {
        match json {
            Json::Null => Vec::new(),
            Json::List(items) => {
                let items = items.into_iter().enumerate();
                items.filter_map(|(index, item)| self.text(item, &place.item(index))).collect()
            }
            other => {
                self.wrong_type(place, "a list", &other);
                Vec::new()
            }
        }
    }

    /// `name` or `name.alias`.
    pub(super) fn provider(&mut self, json: Json, place: &Place<'_>) -> Option<ProviderReference> {
        let text = self.text(json, place)?;
        let (name, alias) = match text.split_once('.') {
            Some((name, alias)) => (name, Some(Cow::Owned(alias.to_owned()))),
            None => (text.as_str(), None),
        };
        if is_identifier(name) && alias.as_deref().is_none_or(is_identifier) {
            return Some(ProviderReference::new(name.to_owned(), alias));
        }
        let message = format!("`{text}` names no provider configuration: it would be `aws` or `aws.primary`");
        self.report(place, DiagnosticKind::Provider, message);
        None
    }

    pub(super) fn conditions(&mut self, json: Json, place: &Place<'_>) -> Vec<Condition> {
        self.bodies(json, place).into_iter().filter_map(|fields| self.condition(fields)).collect()
    }

    fn condition(&mut self, mut fields: Fields<'_>) -> Option<Condition> {
        let condition = fields.required(self, "condition", Self::evaluated);
        let error_message = fields.required(self, "error_message", Self::evaluated);
        fields.finish(self);
        Some(Condition { condition: condition?, error_message: error_message? })
    }

    /// [`Self::value`] where no name is bound, in the shape that [`Fields`] takes.
    pub(super) fn evaluated(&mut self, json: Json, place: &Place<'_>) -> Expression {
        self.value(json, place, &Names::none())
    }
}

impl Fields<'_> {
    /// What stands under a name, read by `read`. `null` is a value here.
    pub(super) fn take<T>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        read: impl FnOnce(&mut Reader, Json, &Place<'_>) -> T,
    ) -> Option<T> {
        self.asked.push(name);
        let at = self.entries.iter().position(|(key, _)| key == name)?;
        let (_, json) = self.entries.remove(at);
        Some(read(reader, json, &self.place.field(name)))
    }

    /// Like [`Self::take`], where `null` is as good as nothing.
    pub(super) fn optional<T>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        read: impl FnOnce(&mut Reader, Json, &Place<'_>) -> Option<T>,
    ) -> Option<T> {
        let read = |reader: &mut Reader, json, place: &Place<'_>| match json {
            Json::Null => None,
            json => read(reader, json, place),
        };
        self.take(reader, name, read).flatten()
    }

    /// Like [`Self::take`], and it must be there.
    pub(super) fn required<T>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        read: impl FnOnce(&mut Reader, Json, &Place<'_>) -> T,
    ) -> Option<T> {
        let found = self.take(reader, name, read);
        if found.is_none() {
            reader.report(&self.place, DiagnosticKind::MissingArgument, format!("`{name}` is missing"));
        }
        found
    }

    /// Reports what nobody asked for.
    pub(super) fn finish(self, reader: &mut Reader) {
        for (name, _) in &self.entries {
            reader.unknown(&self.place, name, &self.asked);
        }
    }

    /// What stands under names that are not known beforehand.
    pub(super) fn into_entries(self) -> Vec<(String, Json)> {
        self.entries
    }
}

impl Reader {
    pub(super) fn unknown(&mut self, place: &Place<'_>, name: &str, valid: &[&str]) {
        let diagnostic = place
            .field(name)
            .diagnostic(DiagnosticKind::UnknownArgument, format!("nothing here is called `{name}`"))
            .candidates(nearest(name, valid.iter().copied()));
        self.diagnostics.push(diagnostic);
    }
}
