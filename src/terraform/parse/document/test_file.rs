//! Files of tests (`*.tftest.hcl`, `*.tftest.json`) and of mocks (`*.tfmock.hcl`, `*.tfmock.json`), as far as `terraform validate` reads
//! them: blocks, arguments, keywords and addresses. What a run would say is not asked.
//! (<https://developer.hashicorp.com/terraform/language/tests>)

use std::collections::HashSet;

use super::body::{Fields, Labelled};
use super::json::Json;
use super::place::DocumentPath;
use super::reader::{Reader, is_provider_name};
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Call, Expression, Names, Step, Traversal, Visitor};
use crate::terraform::identifier::is_identifier;
use crate::terraform::module_source::{self, Kind};
use crate::terraform::parse::traversal;

/// What a file of tests needs of others.
#[derive(Debug, Default)]
pub(crate) struct TestFile {
    /// The folders of modules that runs test in the place of the one that they stand in, by run.
    pub(crate) modules: Vec<(String, String)>,
    /// The folders of mocks.
    pub(crate) mocks: Vec<String>,
}

/// What an address means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Resource,
    Data,
    Module,
}

const OVERRIDES: [(&str, &str, Target); 3] = [
    ("override_resource", "values", Target::Resource),
    ("override_data", "values", Target::Data),
    ("override_module", "outputs", Target::Module),
];

impl Reader {
    pub(super) fn test_file(&mut self, json: Json) -> TestFile {
        let mut file = TestFile::default();
        let place = DocumentPath::document();
        let mut fields = self.body(json, place);
        let (mut runs, mut providers) = (HashSet::new(), HashSet::new());
        for json in fields.blocks("run") {
            let place = DocumentPath::block("run");
            for Labelled { label, json } in self.labels(json, &place) {
                for run in self.bodies(json, &place.label(&label)) {
                    self.name_of_run(&run.place, &label, runs.insert(label.clone()));
                    self.run(run, &label, &mut file);
                }
            }
        }
        for json in fields.blocks("provider") {
            let place = DocumentPath::block("provider");
            let mut found = Vec::new();
            self.providers(json, &place, &mut found);
            for provider in found {
                let name = provider.reference.to_string();
                if provider.version.is_some() {
                    self.report(&place.label(&name), DiagnosticKind::Version, "a test gives no version of a provider");
                }
                self.configuration(&place, &name, &mut providers);
            }
        }
        for json in fields.blocks("mock_provider") {
            let place = DocumentPath::block("mock_provider");
            for Labelled { label, json } in self.labels(json, &place) {
                for mock in self.bodies(json, &place.label(&label)) {
                    let name = self.mock_provider(mock, &label, &mut file);
                    self.configuration(&place, &name, &mut providers);
                }
            }
        }
        self.test_variables(&mut fields);
        self.overrides(&mut fields, &OVERRIDES);
        fields.finish(self);
        file
    }

    /// A provider has one configuration of each name, mocked or not.
    fn configuration(&mut self, place: &DocumentPath<'_>, name: &str, known: &mut HashSet<String>) {
        let (provider, alias) = name.split_once('.').map_or((name, None), |(provider, alias)| (provider, Some(alias)));
        if !is_provider_name(provider) || alias.is_some_and(|alias| !is_identifier(alias)) {
            let message = format!("`{name}` is no name of a provider's configuration");
            self.report(&place.label(name), DiagnosticKind::IllegalName, message);
        }
        if !known.insert(name.to_owned()) {
            let message = format!("the provider `{name}` is configured twice");
            self.report(&place.label(name), DiagnosticKind::DuplicateAddress, message);
        }
    }

    fn name_of_run(&mut self, place: &DocumentPath<'_>, name: &str, is_new: bool) {
        if !is_identifier(name) {
            self.report(place, DiagnosticKind::IllegalName, format!("`{name}` is no name of a run"));
        }
        if !is_new {
            self.report(place, DiagnosticKind::DuplicateAddress, format!("there are two runs `{name}`"));
        }
    }

    fn run(&mut self, mut fields: Fields<'_>, name: &str, file: &mut TestFile) {
        self.word(&mut fields, "command", &["plan", "apply"]);
        fields.take(self, "providers", Self::provider_map);
        fields.take(self, "expect_failures", Self::expected_failures);
        // A text that names the state which runs share.
        fields.take(self, "state_key", Self::text);
        self.test_variables(&mut fields);
        fields.each_block(self, "assert", |reader, inner| {
            let place = inner.place;
            let condition = reader.condition(inner).map(|assertion| assertion.condition);
            if condition.is_some_and(|condition| !Mentions::of(&condition).names) {
                let message = "the condition refers to nothing, so it checks nothing";
                reader.report(&place.field("condition"), DiagnosticKind::MisplacedReference, message);
            }
        });
        fields.one_block(self, "plan_options", Self::plan_options);
        let module = fields.one_block(self, "module", Self::test_module).flatten();
        file.modules.extend(module.map(|source| (name.to_owned(), source)));
        self.overrides(&mut fields, &OVERRIDES);
        fields.finish(self);
    }

    /// Objects with conditions of their own: variables, outputs, checks, resources and data sources.
    fn expected_failures(&mut self, json: Json, place: &DocumentPath<'_>) {
        for reference in self.references(json, place) {
            let Expression::Traversal(reference) = reference else { continue };
            let text = reference.to_string();
            let root = text.split(['.', '[']).next().unwrap_or_default();
            let has_none = matches!(
                root,
                "local"
                    | "module"
                    | "path"
                    | "terraform"
                    | "self"
                    | "each"
                    | "count"
                    | "run"
                    | "template"
                    | "lazy"
                    | "arg"
            );
            if has_none || !text.contains('.') {
                let message = format!("`{text}` has no conditions that could fail");
                self.report(place, DiagnosticKind::MisplacedReference, message);
            }
        }
    }

    fn plan_options(&mut self, mut fields: Fields<'_>) {
        let mode = self.word(&mut fields, "mode", &["normal", "refresh-only"]);
        let refresh = fields.take(self, "refresh", Self::boolean).flatten();
        fields.take(self, "replace", Self::references);
        fields.take(self, "target", Self::references);
        if refresh == Some(false) && mode.as_deref() == Some("refresh-only") {
            let message = "`refresh` is false, and the mode does nothing else";
            self.report(&fields.place.field("refresh"), DiagnosticKind::Conflict, message);
        }
        fields.finish(self);
    }

    /// The folder of a module that a run tests, if it is one.
    fn test_module(&mut self, mut fields: Fields<'_>) -> Option<String> {
        let version = fields.take(self, "version", Self::version);
        let source = fields.required(self, "source", Self::text).flatten();
        let place = fields.place;
        fields.finish(self);
        let source = source?;
        match module_source::kind(&source, version.is_some()) {
            Ok(Kind::Local) => return Some(source),
            Ok(Kind::Elsewhere) if module_source::is_registry(&source) => {}
            Ok(Kind::Elsewhere) => {
                let message = format!("`{source}`: a run takes modules from folders and registries only");
                self.report(&place.field("source"), DiagnosticKind::ModuleSource, message);
            }
            Err(why) => self.report(&place.field("source"), DiagnosticKind::ModuleSource, format!("`{source}`: {why}")),
        }
        None
    }

    fn mock_provider(&mut self, mut fields: Fields<'_>, name: &str, file: &mut TestFile) -> String {
        let alias = fields.take(self, "alias", Self::text).flatten();
        file.mocks.extend(fields.take(self, "source", Self::text).flatten());
        self.word(&mut fields, "override_during", &["plan", "apply"]);
        self.mocks(fields, &mut HashSet::new());
        alias.map_or_else(|| name.to_owned(), |alias| format!("{name}.{alias}"))
    }

    /// What takes the place of a provider's answers, by block and type; `known` are those of other files.
    pub(super) fn mocks(&mut self, mut fields: Fields<'_>, known: &mut HashSet<String>) {
        for keyword in ["mock_resource", "mock_data"] {
            for json in fields.blocks(keyword) {
                let outer = fields.place;
                let place = outer.field(keyword);
                for Labelled { label, json } in self.labels(json, &place) {
                    for mut mock in self.bodies(json, &place.field(&label)) {
                        if !known.insert(format!("{keyword} {label}")) {
                            let message = format!("there are two `{keyword}` of `{label}`");
                            self.report(&mock.place, DiagnosticKind::DuplicateAddress, message);
                        }
                        fields_of_mock(self, &mut mock);
                        mock.finish(self);
                    }
                }
            }
        }
        self.overrides(&mut fields, &OVERRIDES[..2]);
        fields.finish(self);
    }

    fn overrides(&mut self, fields: &mut Fields<'_>, kinds: &[(&'static str, &'static str, Target)]) {
        let mut known = HashSet::new();
        for (keyword, values, wanted) in kinds {
            fields.each_block(self, keyword, |reader, mut inner| {
                let target = inner.required(reader, "target", Self::address).flatten();
                let given = inner.take(reader, values, Self::evaluated);
                let place = inner.place;
                reader.constant(given.as_ref(), &place.field(values));
                if matches!(
                    given,
                    Some(Expression::Null | Expression::List(_) | Expression::Text(_) | Expression::Number(_))
                ) {
                    reader.report(&place.field(values), DiagnosticKind::WrongType, "an object belongs here");
                }
                reader.word(&mut inner, "override_during", &["plan", "apply"]);
                inner.finish(reader);
                let Some(target) = target else { return };
                if target_of(&target) != Some(*wanted) {
                    let message = format!("`{target}` is nothing that `{keyword}` takes the place of");
                    reader.report(&place.field("target"), DiagnosticKind::MisplacedReference, message);
                }
                if !known.insert(target.clone()) {
                    let message = format!("`{target}` is overridden twice");
                    reader.report(&place.field("target"), DiagnosticKind::DuplicateAddress, message);
                }
            });
        }
    }

    /// The values of variables, of which one block may be there. What they say is evaluated when the test runs.
    fn test_variables(&mut self, fields: &mut Fields<'_>) {
        let whole = fields.place;
        let place = whole.field("variables");
        let mut count = 0;
        for json in fields.blocks("variables") {
            for (place, entries) in self.only_arguments(json, &place) {
                count += 1;
                for (name, json) in entries {
                    drop(self.evaluated(json, &place.field(&name)));
                }
            }
        }
        if count > 1 {
            self.report(&place, DiagnosticKind::BlockCount, "there is more than one `variables`");
        }
    }

    /// A word of the language, without quotes.
    fn word(&mut self, fields: &mut Fields<'_>, name: &'static str, words: &[&str]) -> Option<String> {
        fields
            .take(self, name, |reader, json, place| match json {
                Json::Text(word) if words.contains(&word.as_str()) => Some(word),
                _ => {
                    let message = format!("one of these words belongs here, without quotes: {}", words.join(", "));
                    reader.report(place, DiagnosticKind::WrongType, message);
                    None
                }
            })
            .flatten()
    }

    /// Neither names nor functions.
    fn constant(&mut self, value: Option<&Expression>, place: &DocumentPath<'_>) {
        if value.map(Mentions::of).is_some_and(|mentions| mentions.names || mentions.functions) {
            self.report(place, DiagnosticKind::MisplacedReference, "neither names nor functions are known here");
        }
    }
}

fn fields_of_mock(reader: &mut Reader, mock: &mut Fields<'_>) {
    let defaults = mock.take(reader, "defaults", Reader::evaluated);
    let place = mock.place;
    reader.constant(defaults.as_ref(), &place.field("defaults"));
    reader.word(mock, "override_during", &["plan", "apply"]);
}

/// What an address means: a module, or a resource or data source in one.
fn target_of(address: &str) -> Option<Target> {
    let (root, steps) = traversal(address)?;
    let names: Vec<&str> = std::iter::once(root.as_str())
        .chain(steps.iter().filter_map(|step| match step {
            Step::Attribute(name) => Some(name.as_ref()),
            _ => None,
        }))
        .collect();
    let mut rest = names.as_slice();
    while let ["module", _, inner @ ..] = rest {
        rest = inner;
    }
    match rest {
        [] => Some(Target::Module),
        ["data", _, _] => Some(Target::Data),
        ["var" | "local" | "path" | "terraform" | "each" | "count" | "self" | "module" | "data", ..] => None,
        [_, _] => Some(Target::Resource),
        _ => None,
    }
}

/// Whether an expression has names or functions in it.
#[derive(Default)]
struct Mentions {
    names: bool,
    functions: bool,
}

impl Mentions {
    fn of(expression: &Expression) -> Self {
        let mut mentions = Self::default();
        expression.walk(&Names::none(), &mut mentions);
        mentions
    }
}

impl<'e> Visitor<'e> for Mentions {
    fn traversal(&mut self, traversal: &'e Traversal, names: &Names<'_>) {
        let root = match &traversal.root {
            crate::terraform::expression::Root::Name(name) => names.binds(name),
            crate::terraform::expression::Root::Address(_) => false,
        };
        self.names |= !root;
    }

    fn call(&mut self, _: &'e Call, _: &Names<'_>) {
        self.functions = true;
    }
}
