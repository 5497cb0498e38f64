//! `resource`, `data` and `ephemeral` blocks, and the `check` blocks that may hold a data source.

use std::borrow::Cow;

use super::json::Json;
use super::place::Place;
use super::reader::{Fields, Reader};
use crate::terraform::address::ResourceMode;
use crate::terraform::check_block::Check;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::Object;
use crate::terraform::lifecycle::{IgnoreChanges, Lifecycle};
use crate::terraform::resource::ResourceBlock;

impl Reader {
    pub(super) fn resources(
        &mut self,
        mode: ResourceMode,
        json: Json,
        place: &Place<'_>,
        resources: &mut Vec<ResourceBlock>,
    ) {
        for (type_name, blocks) in self.entries(json, place) {
            // A managed resource's address does not begin with a keyword.
            let place = if mode == ResourceMode::Managed { Place::block(&type_name) } else { place.label(&type_name) };
            for (name, bodies) in self.entries(blocks, &place) {
                for fields in self.bodies(bodies, &place.label(&name)) {
                    let block = ResourceBlock::new(mode, type_name.clone(), name.clone());
                    resources.push(self.resource(block, fields));
                }
            }
        }
    }

    fn resource(&mut self, block: ResourceBlock, mut fields: Fields<'_>) -> ResourceBlock {
        ResourceBlock {
            count: fields.take(self, "count", Self::evaluated),
            for_each: fields.take(self, "for_each", Self::evaluated),
            depends_on: fields.take(self, "depends_on", Self::references).unwrap_or_default(),
            provider: fields.optional(self, "provider", Self::provider),
            lifecycle: fields.take(self, "lifecycle", Self::lifecycle).unwrap_or_default(),
            arguments: self.arguments(fields),
            ..block
        }
    }

    fn lifecycle(&mut self, json: Json, place: &Place<'_>) -> Lifecycle {
        let mut lifecycle = Lifecycle::default();
        for mut fields in self.bodies(json, place) {
            lifecycle.create_before_destroy = fields.optional(self, "create_before_destroy", Self::boolean);
            lifecycle.prevent_destroy = fields.optional(self, "prevent_destroy", Self::boolean);
            lifecycle.ignore_changes = fields
                .optional(self, "ignore_changes", |reader, json, place| Some(reader.ignored_changes(json, place)));
            lifecycle.replace_triggered_by =
                fields.take(self, "replace_triggered_by", Self::references).unwrap_or_default();
            lifecycle.preconditions = fields.take(self, "precondition", Self::conditions).unwrap_or_default();
            lifecycle.postconditions = fields.take(self, "postcondition", Self::conditions).unwrap_or_default();
            fields.finish(self);
        }
        lifecycle
    }

    fn ignored_changes(&mut self, json: Json, place: &Place<'_>) -> IgnoreChanges {
        if matches!(&json, Json::Text(text) if text == "all") {
            return IgnoreChanges::All;
        }
        let attributes = self.texts(json, place);
        for (index, attribute) in attributes.iter().enumerate() {
            self.reference(attribute, &place.item(index));
        }
        IgnoreChanges::Attributes(attributes.into_iter().map(Cow::Owned).collect())
    }

    pub(super) fn checks(&mut self, json: Json, place: &Place<'_>, checks: &mut Vec<Check>) {
        for (name, bodies) in self.entries(json, place) {
            let place = place.label(&name);
            for mut fields in self.bodies(bodies, &place) {
                let data = fields.take(self, "data", Self::only_data).flatten();
                let assertions = fields.take(self, "assert", Self::conditions).unwrap_or_default();
                if assertions.is_empty() {
                    self.report(&place, DiagnosticKind::MissingArgument, "a check needs at least one `assert`");
                }
                fields.finish(self);
                checks.push(Check { name: Cow::Owned(name.clone()), data, assertions });
            }
        }
    }

    fn only_data(&mut self, json: Json, place: &Place<'_>) -> Option<ResourceBlock> {
        let mut blocks = Vec::new();
        self.resources(ResourceMode::Data, json, place, &mut blocks);
        if blocks.len() > 1 {
            self.report(place, DiagnosticKind::BlockCount, "a check takes one data source at most");
        }
        blocks.pop()
    }

    /// Arguments that Terraform takes as they stand.
    pub(super) fn static_arguments(&mut self, fields: Fields<'_>, place: &Place<'_>) -> Object {
        let entries = fields.into_entries().into_iter();
        entries.map(|(name, json)| (name.clone(), self.static_value(json, &place.field(&name)))).collect()
    }
}
