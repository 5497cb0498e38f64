//! A Terraform JSON document as a module.
//!
//! Which strings are templates and which are read as they stand follows Terraform's own documentation of the JSON syntax
//! (<https://developer.hashicorp.com/terraform/language/syntax/json>). Where Terraform takes an object or a list of
//! objects, so does this.

mod blocks;
mod body;
mod json;
mod native;
mod place;
mod reader;
mod refactoring;
mod repeated_keys;
mod resource;
mod settings;
mod test_file;

use json::Json;
pub(crate) use native::{arguments, without_mark};
use place::DocumentPath;
use reader::Reader;
pub(crate) use repeated_keys::{NativeBody, parse as native_body};
pub(crate) use test_file::TestFile;

use std::collections::HashSet;

use crate::terraform::address::ResourceMode;
use crate::terraform::constructs;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::module::Module;
use crate::terraform::parse::SyntaxError;

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
    let (module, diagnostics) = lenient_document(text);
    if diagnostics.is_empty() { Ok(module) } else { Err(diagnostics) }
}

/// Where a text stops to be JSON; nothing where it is.
pub(crate) fn json_error(text: &str) -> Option<std::ops::Range<usize>> {
    Json::parse(text).err().map(|error| error.span)
}

/// Parses a Terraform JSON document as far as it goes: what could be read, and everything that is wrong with it.
pub fn lenient_document(text: &str) -> (Module, Vec<Diagnostic>) {
    match Json::parse(text) {
        Ok(json) => {
            let mut reader = Reader::default();
            let module = reader.module(json);
            (module, reader.diagnostics)
        }
        Err(error) => (Module::new(), vec![refused(text, &format!("this is not JSON: {error}"), &error)]),
    }
}

/// Parses a document in native syntax as far as it goes: what could be read, and everything that is wrong with it.
pub fn lenient_native(text: &str) -> (Module, Vec<Diagnostic>) {
    match native::json(text) {
        Ok(json) => {
            let mut reader = Reader { native: true, ..Reader::default() };
            let module = reader.module(json);
            (module, reader.diagnostics)
        }
        Err(error) => (Module::new(), vec![refused(text, &error.to_string(), &error)]),
    }
}

fn refused(text: &str, message: &str, error: &SyntaxError) -> Diagnostic {
    let drawing = error.draw(text).replace('\n', "\n  ");
    DocumentPath::document().diagnostic(DiagnosticKind::Syntax, format!("{message}\n  {drawing}"))
}

/// The blocks of an override file, in which less must be there.
#[derive(Debug, Default)]
pub(crate) struct Override {
    /// What it says.
    pub(crate) module: Module,
    /// The outputs that leave their value as it is.
    pub(crate) outputs_without_value: Vec<String>,
    /// What is set to false, which is more than left out: `var.v.sensitive`.
    pub(crate) switched_off: Vec<String>,
}

/// Parses an override file as far as it goes.
pub(crate) fn override_document(text: &str) -> (Override, Vec<Diagnostic>) {
    let Ok(json) = Json::parse(text) else { return (Override::default(), lenient_document(text).1) };
    overriding(json, Reader { overrides: true, ..Reader::default() })
}

/// Parses an override file in native syntax as far as it goes.
pub(crate) fn override_native(text: &str) -> (Override, Vec<Diagnostic>) {
    let Ok(json) = native::json(text) else { return (Override::default(), lenient_native(text).1) };
    overriding(json, Reader { overrides: true, native: true, ..Reader::default() })
}

fn overriding(json: Json, mut reader: Reader) -> (Override, Vec<Diagnostic>) {
    let module = reader.module(json);
    let Reader { outputs_without_value, switched_off, diagnostics, .. } = reader;
    (Override { module, outputs_without_value, switched_off }, diagnostics)
}

/// Parses a file of tests.
pub(crate) fn test_file(text: &str, is_json: bool) -> (TestFile, Vec<Diagnostic>) {
    read_as(text, is_json, native::Context::TestFile, Reader::test_file)
}

/// Parses a file of mocks; `known` are the mocks of the files before it.
pub(crate) fn mock_file(text: &str, is_json: bool, known: &mut HashSet<String>) -> Vec<Diagnostic> {
    let read = |reader: &mut Reader, json| {
        let fields = reader.body(json, DocumentPath::document());
        reader.mocks(fields, known);
    };
    read_as(text, is_json, native::Context::Mock, read).1
}

fn read_as<T: Default>(
    text: &str,
    is_json: bool,
    context: native::Context,
    read: impl FnOnce(&mut Reader, Json) -> T,
) -> (T, Vec<Diagnostic>) {
    let json = if is_json { Json::parse(text) } else { native::json_of(text, context) };
    match json {
        Ok(json) => {
            let mut reader = Reader { native: !is_json, ..Reader::default() };
            let read = read(&mut reader, json);
            (read, reader.diagnostics)
        }
        Err(error) => (T::default(), vec![refused(text, &error.to_string(), &error)]),
    }
}

impl Reader {
    fn module(&mut self, mut json: Json) -> Module {
        let mut module = Module { comment: take_comment(&mut json), ..Module::default() };
        if json == Json::Null {
            self.wrong_type(&DocumentPath::document(), "an object", &json);
        }
        let fields = self.body(json, DocumentPath::document());
        for (section, blocks) in fields.entries.into_iter().filter(|(section, _)| section != "//") {
            self.section(&section, blocks, &mut module);
        }
        module.uses = std::mem::take(&mut self.uses);
        module.written_keys = std::mem::take(&mut self.written_keys);
        module
    }

    fn section(&mut self, section: &str, blocks: Json, module: &mut Module) {
        let place = DocumentPath::block(section);
        match section {
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
            "action" => self.uses(constructs::ACTION, &place),
            "language" => self.uses(constructs::LANGUAGE, &place),
            unknown => self.unknown(&DocumentPath::document(), unknown, &SECTIONS),
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
