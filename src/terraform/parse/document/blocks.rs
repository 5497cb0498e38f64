//! Variables, outputs, providers, calls of modules, and the blocks about objects that exist already.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::json::Json;
use super::place::Place;
use super::reader::Reader;
use crate::terraform::output::Output;
use crate::terraform::parse::type_constraint;
use crate::terraform::provider::{Provider, ProviderReference};
use crate::terraform::refactoring::{Import, ModuleCall, Moved, Removed};
use crate::terraform::variable::{TypeConstraint, Variable};

impl Reader {
    pub(super) fn variables(&mut self, json: Json, place: &Place<'_>, variables: &mut Vec<Variable>) {
        for (name, bodies) in self.entries(json, place) {
            for mut fields in self.bodies(bodies, &Place::block("var").label(&name)) {
                variables.push(Variable {
                    name: Cow::Owned(name.clone()),
                    of_type: fields.optional(self, "type", Self::of_type),
                    description: fields.optional(self, "description", Self::text).map(Cow::Owned),
                    default: fields.take(self, "default", Self::static_value),
                    sensitive: fields.optional(self, "sensitive", Self::boolean).unwrap_or_default(),
                    ephemeral: fields.optional(self, "ephemeral", Self::boolean).unwrap_or_default(),
                    nullable: fields.optional(self, "nullable", Self::boolean),
                    validations: fields.take(self, "validation", Self::conditions).unwrap_or_default(),
                });
                fields.finish(self);
            }
        }
    }

    fn of_type(&mut self, json: Json, place: &Place<'_>) -> Option<TypeConstraint> {
        let text = self.text(json, place)?;
        type_constraint(&text).map_err(|error| self.syntax(place, &text, &error)).ok()
    }

    pub(super) fn outputs(&mut self, json: Json, place: &Place<'_>, outputs: &mut Vec<Output>) {
        for (name, bodies) in self.entries(json, place) {
            for mut fields in self.bodies(bodies, &place.label(&name)) {
                let value = fields.required(self, "value", Self::evaluated);
                let output = value.map(|value| Output {
                    name: Cow::Owned(name.clone()),
                    value,
                    description: fields.optional(self, "description", Self::text).map(Cow::Owned),
                    sensitive: fields.optional(self, "sensitive", Self::boolean).unwrap_or_default(),
                    ephemeral: fields.optional(self, "ephemeral", Self::boolean).unwrap_or_default(),
                    depends_on: fields.take(self, "depends_on", Self::references).unwrap_or_default(),
                    preconditions: fields.take(self, "precondition", Self::conditions).unwrap_or_default(),
                });
                if output.is_some() {
                    fields.finish(self);
                }
                outputs.extend(output);
            }
        }
    }

    pub(super) fn providers(&mut self, json: Json, place: &Place<'_>, providers: &mut Vec<Provider>) {
        for (name, bodies) in self.entries(json, place) {
            for mut fields in self.bodies(bodies, &place.label(&name)) {
                let alias = fields.optional(self, "alias", Self::text).map(Cow::Owned);
                let reference = ProviderReference::new(name.clone(), alias);
                providers.push(Provider { reference, arguments: self.arguments(fields) });
            }
        }
    }

    pub(super) fn module_calls(&mut self, json: Json, place: &Place<'_>, calls: &mut Vec<ModuleCall>) {
        for (name, bodies) in self.entries(json, place) {
            for mut fields in self.bodies(bodies, &place.label(&name)) {
                let source = fields.required(self, "source", Self::text).flatten();
                calls.push(ModuleCall {
                    name: Cow::Owned(name.clone()),
                    source: Cow::Owned(source.unwrap_or_default()),
                    version: fields.optional(self, "version", Self::text).map(Cow::Owned),
                    providers: fields.take(self, "providers", Self::provider_map).unwrap_or_default(),
                    count: fields.take(self, "count", Self::evaluated),
                    for_each: fields.take(self, "for_each", Self::evaluated),
                    depends_on: fields.take(self, "depends_on", Self::references).unwrap_or_default(),
                    arguments: self.arguments(fields),
                });
            }
        }
    }

    fn provider_map(&mut self, json: Json, place: &Place<'_>) -> BTreeMap<String, ProviderReference> {
        let entries = self.entries(json, place).into_iter();
        entries.filter_map(|(name, json)| Some((name.clone(), self.provider(json, &place.field(&name))?))).collect()
    }

    /// An address as text, such as `module.network.aws_vpc.main["a"]`.
    fn address(&mut self, json: Json, place: &Place<'_>) -> Option<String> {
        let text = self.text(json, place)?;
        self.reference(&text, place)?;
        Some(text)
    }

    pub(super) fn moved(&mut self, json: Json, place: &Place<'_>, moved: &mut Vec<Moved>) {
        for mut fields in self.bodies(json, place) {
            let from = fields.required(self, "from", Self::address).flatten();
            let to = fields.required(self, "to", Self::address).flatten();
            fields.finish(self);
            moved.extend(from.zip(to).map(|(from, to)| Moved { from, to }));
        }
    }

    pub(super) fn removed(&mut self, json: Json, place: &Place<'_>, removed: &mut Vec<Removed>) {
        for mut fields in self.bodies(json, place) {
            let from = fields.required(self, "from", Self::address).flatten();
            // Terraform destroys the object unless it is told not to.
            let destroy = fields.take(self, "lifecycle", Self::destroy).unwrap_or(true);
            fields.finish(self);
            removed.extend(from.map(|from| Removed { from, destroy }));
        }
    }

    fn destroy(&mut self, json: Json, place: &Place<'_>) -> bool {
        let mut destroy = true;
        for mut fields in self.bodies(json, place) {
            destroy = fields.optional(self, "destroy", Self::boolean).unwrap_or(true);
            fields.finish(self);
        }
        destroy
    }

    pub(super) fn imports(&mut self, json: Json, place: &Place<'_>, imports: &mut Vec<Import>) {
        for mut fields in self.bodies(json, place) {
            let to = fields.required(self, "to", Self::address).flatten();
            let id = fields.required(self, "id", Self::evaluated);
            let for_each = fields.take(self, "for_each", Self::evaluated);
            let provider = fields.optional(self, "provider", Self::provider);
            fields.finish(self);
            imports.extend(to.zip(id).map(|(to, id)| Import { to, id, for_each, provider }));
        }
    }
}
