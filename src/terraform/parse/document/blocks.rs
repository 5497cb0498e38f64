//! Variables, outputs, locals, providers and calls of modules.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::body::{Fields, Labelled};
use super::json::Json;
use super::place::DocumentPath;
use super::reader::Reader;
use crate::terraform::constructs;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Names};
use crate::terraform::module::Local;
use crate::terraform::output::Output;
use crate::terraform::parse::{traversal, type_constraint};
use crate::terraform::provider::{Provider, ProviderReference};
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::variable::{TypeConstraint, Variable};
use crate::terraform::version::Constraints;

impl Reader {
    pub(super) fn variables(&mut self, json: Json, place: &DocumentPath<'_>, variables: &mut Vec<Variable>) {
        for Labelled { label: name, json } in self.labels(json, place) {
            for mut fields in self.bodies(json, &DocumentPath::block("var").label(&name)) {
                self.newer(&mut fields, "const", constructs::VARIABLE_CONST);
                self.newer(&mut fields, "deprecated", constructs::VARIABLE_DEPRECATED);
                variables.push(Variable {
                    name: Cow::Owned(name.clone()),
                    of_type: fields.take(self, "type", Self::of_type).flatten(),
                    description: fields.take(self, "description", Self::text).flatten().map(Cow::Owned),
                    default: fields.take(self, "default", Self::static_value),
                    sensitive: self.mark(&mut fields, "sensitive"),
                    ephemeral: self.mark(&mut fields, "ephemeral"),
                    nullable: fields.take(self, "nullable", Self::boolean).flatten(),
                    validations: self.conditions(&mut fields, "validation"),
                });
                fields.finish(self);
            }
        }
    }

    /// Takes an argument that only newer versions know.
    fn newer(&mut self, fields: &mut Fields<'_>, name: &'static str, construct: &'static constructs::Construct) {
        if fields.take(self, name, Self::evaluated).is_some() {
            self.uses(construct, &fields.place.field(name));
        }
    }

    fn of_type(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<TypeConstraint> {
        let Json::Text(text) = json else {
            self.wrong_type(place, "a type in a string", &json);
            return None;
        };
        type_constraint(&text).map_err(|error| self.syntax(place, &text, &error)).ok()
    }

    pub(super) fn locals(&mut self, json: Json, locals: &mut Vec<Local>) {
        for (_, entries) in self.only_arguments(json, &DocumentPath::block("locals")) {
            for (name, json) in entries {
                let value = self.value(json, &DocumentPath::block("local").label(&name), &Names::none());
                locals.push(Local { name: Cow::Owned(name), value });
            }
        }
    }

    pub(super) fn outputs(&mut self, json: Json, place: &DocumentPath<'_>, outputs: &mut Vec<Output>) {
        for Labelled { label: name, json } in self.labels(json, place) {
            for mut fields in self.bodies(json, &place.label(&name)) {
                self.newer(&mut fields, "type", constructs::OUTPUT_TYPE);
                self.newer(&mut fields, "deprecated", constructs::OUTPUT_DEPRECATED);
                let value = self.output_value(&name, &mut fields);
                let description = fields.take(self, "description", Self::text).flatten().map(Cow::Owned);
                let sensitive = self.mark(&mut fields, "sensitive");
                let ephemeral = self.mark(&mut fields, "ephemeral");
                let depends_on = fields.take(self, "depends_on", Self::references).unwrap_or_default();
                let preconditions = self.conditions(&mut fields, "precondition");
                let message = "an output takes preconditions only";
                let place = fields.place;
                fields.each_block(self, "postcondition", |reader, _| {
                    reader.report(&place.field("postcondition"), DiagnosticKind::UnknownArgument, message);
                });
                fields.finish(self);
                let name = Cow::Owned(name.clone());
                outputs.extend(value.map(|value| Output {
                    name,
                    value,
                    description,
                    sensitive,
                    ephemeral,
                    depends_on,
                    preconditions,
                }));
            }
        }
    }

    fn output_value(&mut self, name: &str, fields: &mut Fields<'_>) -> Option<Expression> {
        if !self.overrides {
            return fields.required(self, "value", Self::evaluated);
        }
        let value = fields.take(self, "value", Self::evaluated);
        if value.is_none() {
            self.outputs_without_value.push(name.to_owned());
        }
        Some(value.unwrap_or(Expression::Null))
    }

    pub(super) fn providers(&mut self, json: Json, place: &DocumentPath<'_>, providers: &mut Vec<Provider>) {
        for Labelled { label: name, json } in self.labels(json, place) {
            for mut fields in self.bodies(json, &place.label(&name)) {
                let alias = fields.take(self, "alias", Self::text).flatten().map(Cow::Owned);
                let version = fields.take(self, "version", Self::version).flatten();
                if let Some(version) = version.as_ref().filter(|version| Constraints::parse(version).is_none()) {
                    let message = format!("`{version}` is no version constraint");
                    self.report(&fields.place.field("version"), DiagnosticKind::Version, message);
                }
                self.newer(&mut fields, "for_each", constructs::PROVIDER_FOR_EACH);
                for name in ["count", "depends_on", "source"] {
                    if fields.take(self, name, Self::evaluated).is_some() {
                        let message = format!("`{name}` is reserved for later versions of Terraform");
                        self.report(&fields.place.field(name), DiagnosticKind::UnknownArgument, message);
                    }
                }
                self.reserved(&mut fields, &["lifecycle", "locals"]);
                let escaped = fields.one_block(self, "_", Self::arguments);
                let reference = ProviderReference::new(name.clone(), alias);
                let mut arguments = self.arguments(fields);
                arguments.0.extend(escaped.into_iter().flat_map(|object| object.0));
                providers.push(Provider { reference, version, arguments });
            }
        }
    }

    pub(super) fn module_calls(&mut self, json: Json, place: &DocumentPath<'_>, calls: &mut Vec<ModuleCall>) {
        for Labelled { label: name, json } in self.labels(json, place) {
            for mut fields in self.bodies(json, &place.label(&name)) {
                let version = fields.take(self, "version", Self::version);
                let source = if self.overrides {
                    fields.take(self, "source", Self::text).flatten()
                } else {
                    fields.required(self, "source", Self::text).flatten()
                };
                let call = ModuleCall {
                    name: Cow::Owned(name.clone()),
                    source: Cow::Owned(source.unwrap_or_default()),
                    version: version.flatten().map(Cow::Owned),
                    providers: fields.take(self, "providers", Self::provider_map).unwrap_or_default(),
                    count: fields.take(self, "count", Self::evaluated),
                    for_each: fields.take(self, "for_each", Self::evaluated),
                    depends_on: fields.take(self, "depends_on", Self::references).unwrap_or_default(),
                    arguments: crate::terraform::Object::new(),
                    overridden: None,
                };
                self.module_lifecycle(&mut fields);
                let place = fields.place;
                for json in fields.blocks("provider") {
                    if json != Json::Null {
                        let message = "`provider` is reserved for later versions of Terraform";
                        self.report(&place.field("provider"), DiagnosticKind::UnknownArgument, message);
                    }
                }
                self.reserved(&mut fields, &["locals"]);
                let escaped = fields.one_block(self, "_", Self::arguments);
                let mut arguments = self.arguments(fields);
                arguments.0.extend(escaped.into_iter().flat_map(|object| object.0));
                calls.push(ModuleCall { arguments, ..call });
            }
        }
    }

    /// `OpenTofu` lets a call say whether it is there.
    fn module_lifecycle(&mut self, fields: &mut Fields<'_>) {
        let place = fields.place;
        fields.each_block(self, "lifecycle", |reader, mut inner| {
            if inner.take(reader, "enabled", Self::evaluated).is_some() {
                reader.uses(constructs::LIFECYCLE_ENABLED, &place.field("lifecycle").field("enabled"));
            } else {
                let message = "`lifecycle` is reserved for later versions of Terraform";
                reader.report(&place.field("lifecycle"), DiagnosticKind::UnknownArgument, message);
            }
        });
    }

    pub(super) fn provider_map(&mut self, json: Json, place: &DocumentPath<'_>) -> BTreeMap<String, ProviderReference> {
        let Json::Object(entries) = json else {
            self.wrong_type(place, "an object", &json);
            return BTreeMap::new();
        };
        let mut providers = BTreeMap::new();
        for (name, json) in entries {
            let place = place.field(&name);
            let Some(inner) = self.provider(Json::Text(name.clone()), &place) else { continue };
            let Some(outer) = self.provider(json, &place) else { continue };
            if providers.insert(inner.to_string(), outer).is_some() {
                self.report(&place, DiagnosticKind::DuplicateKey, format!("`{inner}` is given two configurations"));
            }
        }
        providers
    }

    /// The configurations that a module expects from its caller.
    pub(super) fn aliases(&mut self, json: Json, place: &DocumentPath<'_>) -> Vec<ProviderReference> {
        let Json::List(items) = json else {
            self.wrong_type(place, "a list", &json);
            return Vec::new();
        };
        let items = items.into_iter().enumerate();
        items.filter_map(|(index, item)| self.provider(item, &place.item(index))).collect()
    }

    /// An address as text, such as `module.network.aws_vpc.main["a"]`.
    pub(super) fn address(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<String> {
        let Json::Text(text) = json else {
            self.wrong_type(place, "an address in a string", &json);
            return None;
        };
        if traversal(&text).is_some() {
            return Some(text);
        }
        let diagnostic = place.diagnostic(DiagnosticKind::Syntax, format!("`{text}` is no address"));
        self.diagnostics.push(diagnostic.help("write it as in `aws_vpc.main`, without `${}`"));
        None
    }
}
