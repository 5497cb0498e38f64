//! `resource`, `data` and `ephemeral` blocks, what runs when they are made or destroyed, and the `check` blocks that may hold
//! a data source.

use std::borrow::Cow;

use super::body::{Fields, Labelled};
use super::json::Json;
use super::place::DocumentPath;
use super::reader::Reader;
use crate::terraform::address::ResourceMode;
use crate::terraform::check_block::Check;
use crate::terraform::constructs;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::Object;
use crate::terraform::lifecycle::{IgnoreChanges, Lifecycle};
use crate::terraform::parse::traversal;
use crate::terraform::provisioner::{OnFailure, Provisioner, When};
use crate::terraform::resource::{NativeBody, ResourceBlock};

/// Provisioners that Terraform no longer has.
const REMOVED_PROVISIONERS: [&str; 4] = ["chef", "habitat", "puppet", "salt-masterless"];

impl Reader {
    pub(super) fn resources(
        &mut self,
        mode: ResourceMode,
        json: Json,
        place: &DocumentPath<'_>,
        resources: &mut Vec<ResourceBlock>,
    ) {
        for Labelled { label: type_name, json } in self.labels(json, place) {
            // A managed resource's address does not begin with a keyword.
            let place =
                if mode == ResourceMode::Managed { DocumentPath::block(&type_name) } else { place.label(&type_name) };
            for Labelled { label: name, json } in self.labels(json, &place) {
                for fields in self.bodies(json, &place.label(&name)) {
                    let block = ResourceBlock::new(mode, type_name.clone(), name.clone());
                    resources.push(self.resource(block, fields));
                }
            }
        }
    }

    fn resource(&mut self, block: ResourceBlock, mut fields: Fields<'_>) -> ResourceBlock {
        let block = ResourceBlock {
            count: fields.take(self, "count", Self::evaluated),
            for_each: fields.take(self, "for_each", Self::evaluated),
            depends_on: fields.take(self, "depends_on", Self::references).unwrap_or_default(),
            provider: fields.take(self, "provider", Self::provider).flatten(),
            ..block
        };
        let mode = block.mode;
        if self.in_check && fields.entries.iter().any(|(name, json)| name == "lifecycle" && *json != Json::Null) {
            let message = "the data source of a check takes no `lifecycle`";
            self.report(&fields.place, DiagnosticKind::UnknownArgument, message);
        }
        let lifecycle = fields.one_block(self, "lifecycle", Self::lifecycle).unwrap_or_default();
        let (connection, provisioners) = match mode {
            ResourceMode::Managed => self.provisioning(&mut fields),
            ResourceMode::Data | ResourceMode::Ephemeral => (None, Vec::new()),
        };
        self.reserved(&mut fields, &["locals"]);
        let escaped = fields.one_block(self, "_", |reader, fields| {
            let written = reader.native.then(|| native_body(&fields.entries));
            (reader.arguments(fields), written)
        });
        let mut written = self.native.then(|| native_body(&fields.entries));
        let mut arguments = self.arguments(fields);
        if let Some((escaped, more)) = escaped {
            arguments.0.extend(escaped.0);
            if let (Some(written), Some(more)) = (&mut written, more) {
                written.extend(more);
            }
        }
        let native = written.map(Box::new);
        ResourceBlock { arguments, lifecycle, connection, provisioners, native, ..block }
    }

    /// Words that Terraform keeps for later.
    pub(super) fn reserved(&mut self, fields: &mut Fields<'_>, names: &[&'static str]) {
        for name in names {
            let place = fields.place;
            fields.each_block(self, name, |reader, _| {
                let message = format!("`{name}` is reserved for later versions of Terraform");
                reader.report(&place.field(name), DiagnosticKind::UnknownArgument, message);
            });
        }
    }

    fn lifecycle(&mut self, mut fields: Fields<'_>) -> Lifecycle {
        for (name, construct) in
            [("enabled", constructs::LIFECYCLE_ENABLED), ("destroy", constructs::LIFECYCLE_DESTROY)]
        {
            if fields.take(self, name, Self::evaluated).is_some() {
                self.uses(construct, &fields.place.field(name));
            }
        }
        for json in fields.blocks("action_trigger") {
            if json != Json::Null {
                self.uses(constructs::ACTION_TRIGGER, &fields.place.field("action_trigger"));
            }
        }
        let lifecycle = Lifecycle {
            create_before_destroy: fields.take(self, "create_before_destroy", Self::boolean).flatten(),
            prevent_destroy: fields.take(self, "prevent_destroy", Self::prevention).flatten(),
            ignore_changes: fields.take(self, "ignore_changes", Self::ignored_changes),
            replace_triggered_by: fields.take(self, "replace_triggered_by", Self::triggers).unwrap_or_default(),
            preconditions: self.conditions(&mut fields, "precondition"),
            postconditions: self.conditions(&mut fields, "postcondition"),
        };
        fields.finish(self);
        lifecycle
    }

    fn prevention(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<bool> {
        match &json {
            Json::Text(text) if text.contains("${") => {
                self.uses(constructs::DYNAMIC_PREVENT_DESTROY, place);
                Some(true)
            }
            _ => self.boolean(json, place),
        }
    }

    fn triggers(&mut self, json: Json, place: &DocumentPath<'_>) -> Vec<crate::terraform::Expression> {
        let Json::List(items) = json else {
            self.wrong_type(place, "a list", &json);
            return Vec::new();
        };
        let items = items.into_iter().enumerate();
        items.filter_map(|(index, item)| self.reference_with_keys(item, &place.item(index))).collect()
    }

    fn ignored_changes(&mut self, json: Json, place: &DocumentPath<'_>) -> IgnoreChanges {
        let items = match json {
            Json::Text(text) if text.trim() == "all" => return IgnoreChanges::All,
            Json::List(items) => items,
            other => {
                self.wrong_type(place, "`all` or a list", &other);
                return IgnoreChanges::Attributes(Vec::new());
            }
        };
        let mut attributes = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let place = place.item(index);
            match item {
                Json::Text(text) if text == "*" => {
                    let diagnostic = place.diagnostic(DiagnosticKind::Syntax, "`*` no longer means all");
                    self.diagnostics.push(diagnostic.help("write \"ignore_changes\": \"all\""));
                }
                Json::Text(text) if traversal(&text).is_some() => attributes.push(Cow::Owned(text)),
                Json::Text(text) => {
                    let diagnostic =
                        place.diagnostic(DiagnosticKind::Syntax, format!("`{text}` is no way to an argument"));
                    self.diagnostics.push(diagnostic.help("write it as in `tags[\"Owner\"]` or `rule[0].prefix`"));
                }
                other => self.wrong_type(&place, "the way to an argument in a string", &other),
            }
        }
        IgnoreChanges::Attributes(attributes)
    }

    pub(super) fn provisioning(&mut self, fields: &mut Fields<'_>) -> (Option<Object>, Vec<Provisioner>) {
        let connection = fields.one_block(self, "connection", Self::arguments);
        let mut provisioners = Vec::new();
        let whole = fields.place;
        let place = whole.field("provisioner");
        for json in fields.blocks("provisioner") {
            for Labelled { label, json } in self.labels(json, &place) {
                for inner in self.bodies(json, &place.field(&label)) {
                    provisioners.push(self.provisioner(label.clone(), inner));
                }
            }
        }
        (connection, provisioners)
    }

    fn provisioner(&mut self, type_name: String, mut fields: Fields<'_>) -> Provisioner {
        if REMOVED_PROVISIONERS.contains(&type_name.as_str()) {
            let message = format!("the provisioner `{type_name}` is no longer in Terraform");
            self.report(&fields.place, DiagnosticKind::UnknownType, message);
        }
        let when = |reader: &mut Self, json: Json, place: &DocumentPath<'_>| {
            reader.keyword(&json, place, &[("create", When::Create), ("destroy", When::Destroy)])
        };
        let on_failure = |reader: &mut Self, json: Json, place: &DocumentPath<'_>| {
            reader.keyword(&json, place, &[("continue", OnFailure::Continue), ("fail", OnFailure::Fail)])
        };
        let when = fields.take(self, "when", when).flatten().unwrap_or_default();
        let on_failure = fields.take(self, "on_failure", on_failure).flatten();
        self.reserved(&mut fields, &["lifecycle"]);
        let connection = fields.one_block(self, "connection", Self::arguments);
        let escaped = fields.one_block(self, "_", Self::arguments);
        let mut arguments = self.arguments(fields);
        arguments.0.extend(escaped.into_iter().flat_map(|object| object.0));
        Provisioner { type_name: Cow::Owned(type_name), when, on_failure, connection, arguments }
    }

    fn keyword<T: Copy>(&mut self, json: &Json, place: &DocumentPath<'_>, known: &[(&str, T)]) -> Option<T> {
        let found = match json {
            Json::Text(text) => known.iter().find(|(word, _)| text.trim() == *word),
            _ => None,
        };
        if found.is_none() {
            let words: Vec<_> = known.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.report(place, DiagnosticKind::Syntax, format!("{} belongs here", words.join(" or ")));
        }
        found.map(|(_, value)| *value)
    }

    pub(super) fn checks(&mut self, json: Json, place: &DocumentPath<'_>, checks: &mut Vec<Check>) {
        for Labelled { label: name, json } in self.labels(json, place) {
            let place = place.label(&name);
            for mut fields in self.bodies(json, &place) {
                let mut blocks = Vec::new();
                self.in_check = true;
                for json in fields.blocks("data") {
                    self.resources(ResourceMode::Data, json, &place.field("data"), &mut blocks);
                }
                self.in_check = false;
                if blocks.len() > 1 {
                    self.report(&place, DiagnosticKind::BlockCount, "a check takes one data source at most");
                }
                if blocks.iter().any(|block| block.count.is_some() || block.for_each.is_some()) {
                    let message = "the data source of a check takes neither `count` nor `for_each`";
                    self.report(&place, DiagnosticKind::UnknownArgument, message);
                }
                let assertions = self.conditions(&mut fields, "assert");
                if assertions.is_empty() {
                    self.report(&place, DiagnosticKind::MissingArgument, "a check needs at least one `assert`");
                }
                fields.finish(self);
                checks.push(Check { name: Cow::Owned(name.clone()), data: blocks.pop(), assertions });
            }
        }
    }
}

/// Native syntax becomes a list where it has blocks, an object where they have labels, and a text or a literal where it has an
/// argument.
fn native_body(entries: &[(String, Json)]) -> NativeBody {
    let names = entries.iter().filter(|(name, _)| name != "dynamic" && name != "//");
    let (blocks, arguments) = names.partition::<Vec<_>, _>(|(_, json)| matches!(json, Json::List(_) | Json::Object(_)));
    let names = |entries: Vec<&(String, Json)>| entries.into_iter().map(|(name, _)| name.clone()).collect();
    NativeBody { blocks: names(blocks), arguments: names(arguments) }
}
