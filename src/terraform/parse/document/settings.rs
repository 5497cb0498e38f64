//! The `terraform` block. Nothing in it is evaluated.

use std::borrow::Cow;

use super::body::{Fields, Labelled};
use super::json::Json;
use super::place::DocumentPath;
use super::reader::{Reader, is_provider_name};
use crate::terraform::constructs;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Object};
use crate::terraform::parse::traversal;
use crate::terraform::settings::{Backend, RequiredProvider, TerraformSettings};

/// The only edition of the language there is.
const EDITION: &str = "TF2021";

impl Reader {
    pub(super) fn settings(&mut self, json: Json, place: &DocumentPath<'_>, settings: &mut TerraformSettings) {
        for mut fields in self.bodies(json, place) {
            if let Some(version) = fields.take(self, "required_version", Self::version).flatten() {
                settings.also_requires(version.into());
            }
            self.edition(&mut fields);
            if fields.take(self, "experiments", Self::evaluated).is_some() {
                let place = fields.place.field("experiments");
                let diagnostic = place.diagnostic(DiagnosticKind::Version, "experiments are not in released versions");
                self.diagnostics
                    .push(diagnostic.help("remove `experiments`; what it names is in the language by now, or gone"));
            }
            let place = fields.place;
            for json in fields.blocks("required_providers") {
                let place = place.field("required_providers");
                for (place, entries) in self.only_arguments(json, &place) {
                    // In an override file each counts, one after the other.
                    if std::mem::replace(&mut self.has_required_providers, true) && !self.overrides {
                        self.report(&place, DiagnosticKind::BlockCount, "the required providers are listed twice");
                    }
                    self.required_providers(entries, &place, settings);
                }
            }
            for json in fields.blocks("backend") {
                self.backends(json, &place.field("backend"), settings);
            }
            fields.each_block(self, "cloud", |reader, inner| {
                if settings.cloud.is_some() {
                    reader.report(&place.field("cloud"), DiagnosticKind::BlockCount, "there is more than one `cloud`");
                }
                let place = inner.place;
                settings.cloud = Some(reader.static_arguments(inner, &place));
            });
            for json in fields.blocks("provider_meta") {
                self.provider_meta(json, &place.field("provider_meta"), settings);
            }
            fields.each_block(self, "encryption", |reader, inner| {
                let place = inner.place;
                reader.uses(constructs::ENCRYPTION, &place);
                settings.encryption = Some(reader.static_arguments(inner, &place));
            });
            fields.finish(self);
        }
        if settings.backend.is_some() && settings.cloud.is_some() && !self.overrides {
            self.report(place, DiagnosticKind::Conflict, "a document has a backend or `cloud`, not both");
        }
    }

    fn edition(&mut self, fields: &mut Fields<'_>) {
        let edition = |reader: &mut Self, json: Json, place: &DocumentPath<'_>| {
            let word = match &json {
                Json::Text(text) => traversal(text).filter(|(_, steps)| steps.is_empty()).map(|(word, _)| word),
                _ => None,
            };
            if word.as_deref() != Some(EDITION) {
                let message = format!("the only edition of the language is `{EDITION}`");
                reader.report(place, DiagnosticKind::Version, message);
            }
        };
        fields.take(self, "language", edition);
    }

    fn required_providers(
        &mut self,
        entries: Vec<(String, Json)>,
        place: &DocumentPath<'_>,
        settings: &mut TerraformSettings,
    ) {
        for (name, json) in entries {
            let provider = self.required_provider(&name, json, &place.field(&name));
            settings.required_providers.insert(Cow::Owned(name), provider);
        }
    }

    fn required_provider(&mut self, name: &str, json: Json, place: &DocumentPath<'_>) -> RequiredProvider {
        // Where none is given, Terraform takes the provider from HashiCorp.
        let mut required = RequiredProvider {
            source: Cow::Owned(format!("hashicorp/{name}")),
            version: None,
            configuration_aliases: Vec::new(),
        };
        let entries = match json {
            Json::Object(entries) => entries,
            text @ (Json::Text(_) | Json::Number(_) | Json::Bool(_) | Json::LargeNumber(_)) => {
                required.version = self.version(text, place).map(Cow::Owned);
                return required;
            }
            other => {
                self.wrong_type(place, "a string or an object", &other);
                return required;
            }
        };
        if !is_provider_name(name) {
            let message = format!("the provider name `{name}` is no name in lower case");
            self.report(place, DiagnosticKind::IllegalName, message);
        }
        for (key, json) in entries {
            let place = place.field(&key);
            match (key.as_str(), json) {
                ("version", Json::Text(text)) => {
                    required.version = self.version(Json::Text(text), &place).map(Cow::Owned);
                }
                ("source", Json::Text(source)) => {
                    required.source = Cow::Owned(source);
                }
                ("configuration_aliases", json) => required.configuration_aliases = self.aliases(json, &place),
                ("version" | "source", other) => self.wrong_type(&place, "a string", &other),
                _ => self.unknown(&place, &key, &["version", "source", "configuration_aliases"]),
            }
        }
        required
    }

    fn backends(&mut self, json: Json, place: &DocumentPath<'_>, settings: &mut TerraformSettings) {
        for Labelled { label, json } in self.labels(json, place) {
            let place = place.field(&label);
            for fields in self.bodies(json, &place) {
                if settings.backend.is_some() {
                    self.report(&place, DiagnosticKind::BlockCount, "a document has one backend at most");
                }
                settings.backend = Some(self.one_backend(&label, fields, &place));
            }
        }
    }

    fn one_backend(&mut self, type_name: &str, fields: Fields<'_>, place: &DocumentPath<'_>) -> Backend {
        let arguments = self.static_arguments(fields, place);
        let known = match type_name {
            "local" => local(&arguments),
            "s3" => s3(&arguments),
            _ => None,
        };
        known.unwrap_or_else(|| Backend::Other { type_name: type_name.to_owned(), arguments })
    }

    fn provider_meta(&mut self, json: Json, place: &DocumentPath<'_>, settings: &mut TerraformSettings) {
        for Labelled { label, json } in self.labels(json, place) {
            let place = place.field(&label);
            if !is_provider_name(&label) {
                let message = format!("the provider name `{label}` is no name in lower case");
                self.report(&place, DiagnosticKind::IllegalName, message);
            }
            for (place, entries) in self.only_arguments(json, &place) {
                let arguments: Object = entries
                    .into_iter()
                    .map(|(name, json)| (name.clone(), self.static_value(json, &place.field(&name))))
                    .collect();
                if settings.provider_meta.insert(label.clone(), arguments).is_some() {
                    self.report(&place, DiagnosticKind::BlockCount, format!("`{label}` is told twice"));
                }
            }
        }
    }

    /// Arguments that Terraform takes as they stand.
    fn static_arguments(&mut self, fields: Fields<'_>, place: &DocumentPath<'_>) -> Object {
        let entries = fields.entries.into_iter().filter(|(name, _)| name != "//");
        entries.map(|(name, json)| (name.clone(), self.static_value(json, &place.field(&name)))).collect()
    }
}

fn text(arguments: &Object, name: &str) -> Option<String> {
    match arguments.get(name)? {
        Expression::Text(text) => Some(text.clone().into_owned()),
        _ => None,
    }
}

/// Whether there is nothing but these, so that nothing is lost.
fn has_only(arguments: &Object, names: &[&str]) -> bool {
    arguments.entries().count() == names.iter().filter(|name| arguments.get(name).is_some()).count()
}

fn local(arguments: &Object) -> Option<Backend> {
    let path = text(arguments, "path");
    (has_only(arguments, &["path"]) && path.is_some() == arguments.get("path").is_some())
        .then_some(Backend::Local { path })
}

fn s3(arguments: &Object) -> Option<Backend> {
    const NAMES: [&str; 6] = ["bucket", "encrypt", "key", "kms_key_id", "region", "use_lockfile"];
    let kms_key_id = text(arguments, "kms_key_id");
    let is_encrypted = arguments.get("encrypt") == Some(&Expression::Bool(true));
    let known = has_only(arguments, &NAMES) && kms_key_id.is_some() == arguments.get("kms_key_id").is_some();
    let Some(Expression::Bool(use_lockfile)) = arguments.get("use_lockfile") else { return None };
    (known && is_encrypted).then_some(Backend::S3 {
        bucket: text(arguments, "bucket")?,
        key: text(arguments, "key")?,
        region: text(arguments, "region")?,
        use_lockfile: *use_lockfile,
        kms_key_id,
    })
}
