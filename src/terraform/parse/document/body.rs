//! Bodies and labels, taken apart as HCL's JSON syntax takes them apart
//! (<https://github.com/hashicorp/hcl/blob/main/json/spec.md>).
//!
//! A body is an object, or a list of objects one after the other. What is an argument may be there once; what is a block may
//! be there as often as it likes, under one key or several, as an object or a list, and `null` is none.

use super::json::Json;
use super::place::DocumentPath;
use super::reader::Reader;
use crate::terraform::diagnostic::DiagnosticKind;

/// A body: the arguments and blocks that nobody has asked for yet.
pub(super) struct Fields<'p> {
    pub(super) place: DocumentPath<'p>,
    pub(super) entries: Vec<(String, Json)>,
    asked: Vec<&'static str>,
}

/// A block under its label, or without one.
pub(super) struct Labelled {
    pub(super) label: String,
    pub(super) json: Json,
}

impl Reader {
    /// The entries of an object, or of a list of objects one after the other.
    fn attributes(&mut self, json: Json, place: &DocumentPath<'_>) -> Vec<(String, Json)> {
        match json {
            Json::Null => Vec::new(),
            Json::Object(entries) => entries,
            Json::List(items) => {
                let mut all = Vec::new();
                for (index, item) in items.into_iter().enumerate() {
                    match item {
                        Json::Object(entries) => all.extend(entries),
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

    /// What stands under the labels of a block. A comment is a label here, too, as it is to Terraform.
    pub(super) fn labels(&mut self, json: Json, place: &DocumentPath<'_>) -> Vec<Labelled> {
        let known = self.diagnostics.len();
        let entries = self.attributes(json, place);
        if entries.is_empty() && self.diagnostics.len() == known {
            let diagnostic = place
                .diagnostic(DiagnosticKind::MissingArgument, "a name belongs here, and it is missing")
                .help("remove the key, or put a block with a name under it");
            self.diagnostics.push(diagnostic);
        }
        entries.into_iter().map(|(label, json)| Labelled { label, json }).collect()
    }

    /// The bodies of blocks whose labels, if they have some, are taken off.
    pub(super) fn bodies<'p>(&mut self, json: Json, place: &'p DocumentPath<'p>) -> Vec<Fields<'p>> {
        let bodies = match json {
            Json::Null => Vec::new(),
            Json::List(items) => items.into_iter().enumerate().map(|(index, item)| (place.item(index), item)).collect(),
            body @ Json::Object(_) => vec![(*place, body)],
            other => {
                self.wrong_type(place, "an object or a list of objects", &other);
                Vec::new()
            }
        };
        bodies.into_iter().map(|(place, body)| self.body(body, place)).collect()
    }

    pub(super) fn body<'p>(&mut self, json: Json, place: DocumentPath<'p>) -> Fields<'p> {
        Fields { entries: self.attributes(json, &place), place, asked: Vec::new() }
    }

    /// The entries of blocks that have arguments only, under names that are not known beforehand. Each is one object.
    pub(super) fn only_arguments<'p>(
        &mut self,
        json: Json,
        place: &'p DocumentPath<'p>,
    ) -> Vec<(DocumentPath<'p>, Vec<(String, Json)>)> {
        let bodies = match json {
            Json::Null => Vec::new(),
            Json::List(items) => items.into_iter().enumerate().map(|(index, item)| (place.item(index), item)).collect(),
            other => vec![(*place, other)],
        };
        let mut all = Vec::with_capacity(bodies.len());
        for (place, body) in bodies {
            match body {
                Json::Object(entries) => all.push((place, self.distinct(entries, &place))),
                other => self.wrong_type(&place, "an object", &other),
            }
        }
        all
    }

    fn distinct(&mut self, mut entries: Vec<(String, Json)>, place: &DocumentPath<'_>) -> Vec<(String, Json)> {
        entries.retain(|(name, _)| name != "//");
        let mut seen = std::collections::HashSet::with_capacity(entries.len());
        let twice: Vec<_> = entries.iter().map(|(name, _)| name).filter(|name| !seen.insert(*name)).cloned().collect();
        for name in &twice {
            self.given_twice(place, name);
        }
        entries
    }

    pub(super) fn given_twice(&mut self, place: &DocumentPath<'_>, name: &str) {
        let message = format!("`{name}` is given twice, and only one of its values would count");
        self.report(&place.field(name), DiagnosticKind::DuplicateKey, message);
    }
}

impl Fields<'_> {
    /// What stands under a name, read by `read`. `null` is a value here. Twice is an error.
    pub(super) fn take<T>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        read: impl FnOnce(&mut Reader, Json, &DocumentPath<'_>) -> T,
    ) -> Option<T> {
        self.asked.push(name);
        let at = self.entries.iter().position(|(key, _)| key == name)?;
        let (_, json) = self.entries.remove(at);
        if self.entries.iter().any(|(key, _)| key == name) {
            reader.given_twice(&self.place, name);
            self.entries.retain(|(key, _)| key != name);
        }
        Some(read(reader, json, &self.place.field(name)))
    }

    /// Like [`Self::take`], and it must be there.
    pub(super) fn required<T>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        read: impl FnOnce(&mut Reader, Json, &DocumentPath<'_>) -> T,
    ) -> Option<T> {
        let found = self.take(reader, name, read);
        if found.is_none() {
            reader.report(&self.place, DiagnosticKind::MissingArgument, format!("`{name}` is missing"));
        }
        found
    }

    /// Every value under a name that stands for blocks.
    pub(super) fn blocks(&mut self, name: &'static str) -> Vec<Json> {
        self.asked.push(name);
        if self.entries.iter().all(|(key, _)| key != name) {
            return Vec::new();
        }
        let (found, rest) = std::mem::take(&mut self.entries).into_iter().partition(|(key, _)| key == name);
        self.entries = rest;
        let found: Vec<(String, Json)> = found;
        found.into_iter().map(|(_, json)| json).collect()
    }

    /// Reads each block under a name.
    pub(super) fn each_block(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        mut read: impl FnMut(&mut Reader, Fields<'_>),
    ) {
        for json in self.blocks(name) {
            let place = self.place.field(name);
            for fields in reader.bodies(json, &place) {
                read(reader, fields);
            }
        }
    }

    /// Reads the block under a name of which there may be one.
    pub(super) fn one_block<T>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        mut read: impl FnMut(&mut Reader, Fields<'_>) -> T,
    ) -> Option<T> {
        let mut found = None;
        let whole = self.place;
        let place = whole.field(name);
        self.each_block(reader, name, |reader, fields| {
            if found.is_none() {
                found = Some(read(reader, fields));
            } else {
                reader.report(&place, DiagnosticKind::BlockCount, format!("there is more than one `{name}`"));
            }
        });
        found
    }

    /// Reports what nobody asked for.
    pub(super) fn finish(self, reader: &mut Reader) {
        for (name, _) in self.entries.iter().filter(|(name, _)| name != "//") {
            reader.unknown(&self.place, name, &self.asked);
        }
    }
}
