//! The `terraform` block. Nothing in it is evaluated.

use std::borrow::Cow;

use super::json::Json;
use super::place::Place;
use super::reader::{Fields, Reader};
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Object};
use crate::terraform::settings::{Backend, RequiredProvider, TerraformSettings};

impl Reader {
    pub(super) fn settings(&mut self, json: Json, place: &Place<'_>, settings: &mut TerraformSettings) {
        for mut fields in self.bodies(json, place) {
            let version = fields.optional(self, "required_version", Self::text);
            settings.required_version = version.map(Cow::Owned).or(settings.required_version.take());
            fields.take(self, "required_providers", |reader, json, place| {
                reader.required_providers(json, place, settings);
            });
            let backend = fields.take(self, "backend", Self::backend).flatten();
            settings.backend = backend.or(settings.backend.take());
            fields.finish(self);
        }
    }

    fn required_providers(&mut self, json: Json, place: &Place<'_>, settings: &mut TerraformSettings) {
        for (name, json) in self.entries(json, place) {
            let provider = self.required_provider(&name, json, &place.field(&name));
            settings.required_providers.insert(Cow::Owned(name), provider);
        }
    }

    fn required_provider(&mut self, name: &str, json: Json, place: &Place<'_>) -> RequiredProvider {
        // Where none is given, Terraform takes the provider from HashiCorp.
        let mut required = RequiredProvider {
            source: Cow::Owned(format!("hashicorp/{name}")),
            version: None,
            configuration_aliases: Vec::new(),
        };
        if let Json::Text(version) = json {
            required.version = Some(Cow::Owned(version));
            return required;
        }
        for mut fields in self.bodies(json, place) {
            if let Some(source) = fields.optional(self, "source", Self::text) {
                required.source = Cow::Owned(source);
            }
            required.version = fields.optional(self, "version", Self::text).map(Cow::Owned);
            required.configuration_aliases = fields
                .take(self, "configuration_aliases", |reader, json, place| {
                    let aliases = reader.texts(json, place).into_iter();
                    aliases.filter_map(|alias| reader.provider(Json::Text(alias), place)).collect()
                })
                .unwrap_or_default();
            fields.finish(self);
        }
        required
    }

    fn backend(&mut self, json: Json, place: &Place<'_>) -> Option<Backend> {
        let mut backends = Vec::new();
        for (type_name, bodies) in self.entries(json, place) {
            let place = place.field(&type_name);
            for fields in self.bodies(bodies, &place) {
                backends.push(self.one_backend(&type_name, fields, &place));
            }
        }
        if backends.len() > 1 {
            self.report(place, DiagnosticKind::BlockCount, "a document has one backend at most");
        }
        backends.pop()
    }

    fn one_backend(&mut self, type_name: &str, fields: Fields<'_>, place: &Place<'_>) -> Backend {
        let arguments = self.static_arguments(fields, place);
        let known = match type_name {
            "local" => local(&arguments),
            "s3" => s3(&arguments),
            _ => None,
        };
        known.unwrap_or_else(|| Backend::Other { type_name: type_name.to_owned(), arguments })
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
