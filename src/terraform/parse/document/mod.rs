//! A Terraform JSON document as a module.
//!
//! Which strings are templates and which are read as they stand follows Terraform's own documentation of the JSON syntax
//! (<https://developer.hashicorp.com/terraform/language/syntax/json>). Where Terraform takes an object or a list of
//! objects, so does this.

mod blocks;
mod json;
mod place;
mod reader;
mod resource;
mod settings;

use std::borrow::Cow;

use json::Json;
use place::Place;
use reader::Reader;

use crate::terraform::address::ResourceMode;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::Names;
use crate::terraform::module::{Local, Module};

/// The keys that a document may have.
const SECTIONS: [&str; 13] = [
    "check",
    "data",
    "ephemeral",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "terraform",
    "variable",
];

/// Parses a Terraform JSON document.
///
/// Fractions are held as 64-bit floating point numbers, as JSON readers commonly do.
///
/// # Errors
/// Everything that is wrong with it, all at once. Names and arguments are not resolved here: that is the module's check.
pub fn document(text: &str) -> Result<Module, Vec<Diagnostic>> {
    let json = serde_json::from_str::<Json>(text).map_err(|error| {
        vec![Place::document().diagnostic(DiagnosticKind::Syntax, format!("this is not JSON: {error}"))]
    })?;
    let mut reader = Reader::default();
    let module = reader.module(json);
    if reader.diagnostics.is_empty() { Ok(module) } else { Err(reader.diagnostics) }
}

impl Reader {
    fn module(&mut self, mut json: Json) -> Module {
        let mut module = Module { comment: take_comment(&mut json), ..Module::default() };
        for (section, blocks) in self.entries(json, &Place::document()) {
            let place = Place::block(&section);
            match section.as_str() {
                "check" => self.checks(blocks, &place, &mut module.checks),
                "data" => self.resources(ResourceMode::Data, blocks, &place, &mut module.resources),
                "ephemeral" => self.resources(ResourceMode::Ephemeral, blocks, &place, &mut module.resources),
                "import" => self.imports(blocks, &place, &mut module.imports),
                "locals" => self.locals(blocks, &mut module.locals),
                "module" => self.module_calls(blocks, &place, &mut module.module_calls),
                "moved" => self.moved(blocks, &place, &mut module.moved),
                "output" => self.outputs(blocks, &place, &mut module.outputs),
                "provider" => self.providers(blocks, &place, &mut module.providers),
                "removed" => self.removed(blocks, &place, &mut module.removed),
                "resource" => self.resources(ResourceMode::Managed, blocks, &place, &mut module.resources),
                "terraform" => self.settings(blocks, &place, &mut module.settings),
                "variable" => self.variables(blocks, &place, &mut module.variables),
                unknown => self.unknown(&Place::document(), unknown, &SECTIONS),
            }
        }
        module
    }

    fn locals(&mut self, json: Json, locals: &mut Vec<Local>) {
        for (name, json) in self.entries(json, &Place::block("locals")) {
            let value = self.value(json, &Place::block("local").label(&name), &Names::none());
            locals.push(Local { name: Cow::Owned(name), value });
        }
    }
}

/// The document's own comment; Terraform ignores the key, whatever its value.
fn take_comment(json: &mut Json) -> Option<String> {
    let Json::Object(entries) = json else { return None };
    entries.iter_mut().find_map(|(key, value)| match value {
        Json::Text(comment) if key == "//" => Some(std::mem::take(comment)),
        _ => None,
    })
}
