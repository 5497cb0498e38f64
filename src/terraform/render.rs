//! A module as a document: Terraform's JSON syntax, sorted, the same bytes for the same module.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::address::ResourceMode;
use super::check_block::Check;
use super::expression::{Expression, Key, Object};
use super::lifecycle::{Condition, IgnoreChanges, Lifecycle};
use super::module::Module;
use super::output::Output;
use super::refactoring::{Import, ModuleCall, Moved, Removed};
use super::resource::ResourceBlock;
use super::settings::{Backend, RequiredProvider, TerraformSettings};
use super::variable::Variable;

impl Module {
    /// Writes the document as indented JSON with a newline at the end. This checks nothing.
    ///
    /// # Errors
    /// Whatever the writer returns.
    pub fn write(&self, mut writer: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut writer, self)?;
        writer.write_all(b"\n")
    }
}

/// A value of the document that borrows from the module: rendering copies no argument.
enum Field<'a> {
    Expression(&'a Expression),
    /// Text that Terraform reads as it stands: names, addresses, type constraints.
    Verbatim(Cow<'a, str>),
    /// A value in a place where Terraform evaluates nothing: `${` in its text stays text.
    Static(&'a Expression),
    Bool(bool),
    List(Vec<Field<'a>>),
    Body(Body<'a>),
}

/// The entries of a block, sorted when they are written.
#[derive(Default)]
struct Body<'a>(Vec<(Cow<'a, str>, Field<'a>)>);

impl<'a> Body<'a> {
    fn with(mut self, name: &'a str, field: Field<'a>) -> Self {
        self.0.push((Cow::Borrowed(name), field));
        self
    }

    fn with_some(self, name: &'a str, field: Option<Field<'a>>) -> Self {
        match field {
            Some(field) => self.with(name, field),
            None => self,
        }
    }

    fn with_list(self, name: &'a str, items: Vec<Field<'a>>) -> Self {
        if items.is_empty() { self } else { self.with(name, Field::List(items)) }
    }

    fn with_flag(self, name: &'a str, set: bool) -> Self {
        if set { self.with(name, Field::Bool(true)) } else { self }
    }

    fn with_object(mut self, object: &'a Object) -> Self {
        self.0.extend(object.entries().map(|(key, value)| (literal_name(key), Field::Expression(value))));
        self
    }
}

/// The name of an argument, which Terraform never evaluates; a computed one comes out so that it is refused.
fn literal_name(key: &Key) -> Cow<'_, str> {
    match key {
        Key::Literal(name) => Cow::Borrowed(name),
        Key::Computed(expression) => Cow::Owned(format!("${{{expression}}}")),
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries: Vec<_> = self.0.iter().collect();
        entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (name, field) in entries {
            map.serialize_entry(name, field)?;
        }
        map.end()
    }
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Expression(expression) => expression.serialize(serializer),
            Self::Verbatim(text) => serializer.serialize_str(text),
            Self::Static(value) => Static(value).serialize(serializer),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Body(body) => body.serialize(serializer),
        }
    }
}

/// Serializes the texts in a value as they stand.
struct Static<'a>(&'a Expression);

impl Serialize for Static<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Expression::Text(text) => serializer.serialize_str(text),
            Expression::List(items) => serializer.collect_seq(items.iter().map(Static)),
            Expression::Object(object) => serializer
                .collect_map(object.sorted().into_iter().map(|(key, value)| (literal_name(key), Static(value)))),
            other => other.serialize(serializer),
        }
    }
}

/// Something that becomes the body of a block.
trait Render {
    fn body(&self) -> Body<'_>;
}

/// A map of blocks by a sorted label, each body made only when it is written.
struct Labelled<'a, T>(BTreeMap<&'a str, &'a T>);

impl<T: Render> Serialize for Labelled<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(label, block)| (label, block.body())))
    }
}

type ByType<'a> = BTreeMap<&'a str, Labelled<'a, ResourceBlock>>;

fn by_type(blocks: &[ResourceBlock], mode: ResourceMode) -> ByType<'_> {
    let mut types = ByType::new();
    for block in blocks.iter().filter(|block| block.mode == mode) {
        types.entry(&block.type_name).or_insert_with(|| Labelled(BTreeMap::new())).0.insert(&block.name, block);
    }
    types
}

fn labelled<'a, T>(blocks: &'a [T], label: impl Fn(&'a T) -> &'a str) -> Labelled<'a, T> {
    Labelled(blocks.iter().map(|block| (label(block), block)).collect())
}

fn bodies<T: Render>(blocks: &[T]) -> Vec<Body<'_>> {
    blocks.iter().map(Render::body).collect()
}

impl Serialize for Module {
    /// The sections in the order of their names, those without blocks left out.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(comment) = &self.comment {
            map.serialize_entry("//", comment)?;
        }
        let check = labelled(&self.checks, |check| check.name.as_ref());
        section(&mut map, "check", check.0.is_empty(), &check)?;
        for mode in [ResourceMode::Data, ResourceMode::Ephemeral] {
            let types = by_type(&self.resources, mode);
            section(&mut map, mode.keyword(), types.is_empty(), &types)?;
        }
        section(&mut map, "import", self.imports.is_empty(), &bodies(&self.imports))?;
        let locals: BTreeMap<&str, &Expression> =
            self.locals.iter().map(|local| (local.name.as_ref(), &local.value)).collect();
        section(&mut map, "locals", locals.is_empty(), &locals)?;
        let calls = labelled(&self.module_calls, |call| call.name.as_ref());
        section(&mut map, "module", calls.0.is_empty(), &calls)?;
        section(&mut map, "moved", self.moved.is_empty(), &bodies(&self.moved))?;
        let outputs = labelled(&self.outputs, |output| output.name.as_ref());
        section(&mut map, "output", outputs.0.is_empty(), &outputs)?;
        let providers = self.providers_by_name();
        section(&mut map, "provider", providers.is_empty(), &providers)?;
        section(&mut map, "removed", self.removed.is_empty(), &bodies(&self.removed))?;
        let resources = by_type(&self.resources, ResourceMode::Managed);
        section(&mut map, "resource", resources.is_empty(), &resources)?;
        let settings = self.settings.body();
        section(&mut map, "terraform", settings.0.is_empty(), &settings)?;
        let variables = labelled(&self.variables, |variable| variable.name.as_ref());
        section(&mut map, "variable", variables.0.is_empty(), &variables)?;
        map.end()
    }
}

fn section<M: SerializeMap>(map: &mut M, name: &str, empty: bool, blocks: &impl Serialize) -> Result<(), M::Error> {
    if empty { Ok(()) } else { map.serialize_entry(name, blocks) }
}

impl Module {
    fn providers_by_name(&self) -> BTreeMap<&str, Vec<Body<'_>>> {
        let mut providers: BTreeMap<&str, Vec<Body<'_>>> = BTreeMap::new();
        for provider in &self.providers {
            let alias = provider.reference.alias.as_deref().map(|alias| Field::Verbatim(alias.into()));
            let body = Body::default().with_object(&provider.arguments).with_some("alias", alias);
            providers.entry(&provider.reference.name).or_default().push(body);
        }
        providers
    }
}

/// `depends_on` and its like take bare addresses, not interpolations.
fn bare(references: &[Expression]) -> Vec<Field<'_>> {
    references.iter().map(|reference| Field::Verbatim(reference.to_string().into())).collect()
}

fn conditions(conditions: &[Condition]) -> Vec<Field<'_>> {
    conditions.iter().map(|condition| Field::Body(condition.body())).collect()
}

fn description(text: Option<&Cow<'static, str>>) -> Option<Field<'static>> {
    // Terraform takes descriptions as they stand: a `${` in one is no interpolation.
    text.map(|text| Field::Verbatim(text.clone()))
}

impl Render for Condition {
    fn body(&self) -> Body<'_> {
        Body::default()
            .with("condition", Field::Expression(&self.condition))
            .with("error_message", Field::Expression(&self.error_message))
    }
}

impl Render for ResourceBlock {
    fn body(&self) -> Body<'_> {
        let provider = self.provider.as_ref().map(|provider| Field::Verbatim(provider.to_string().into()));
        let lifecycle = (!self.lifecycle.is_empty()).then(|| Field::Body(self.lifecycle.body()));
        Body::default()
            .with_object(&self.arguments)
            .with_some("count", self.count.as_ref().map(Field::Expression))
            .with_some("for_each", self.for_each.as_ref().map(Field::Expression))
            .with_list("depends_on", bare(&self.depends_on))
            .with_some("provider", provider)
            .with_some("lifecycle", lifecycle)
    }
}

impl Render for Lifecycle {
    fn body(&self) -> Body<'_> {
        let ignore_changes = self.ignore_changes.as_ref().map(|ignored| match ignored {
            IgnoreChanges::All => Field::Verbatim("all".into()),
            IgnoreChanges::Attributes(names) => {
                Field::List(names.iter().map(|name| Field::Verbatim(Cow::Borrowed(name))).collect())
            }
        });
        Body::default()
            .with_some("create_before_destroy", self.create_before_destroy.map(Field::Bool))
            .with_some("prevent_destroy", self.prevent_destroy.map(Field::Bool))
            .with_some("ignore_changes", ignore_changes)
            .with_list("replace_triggered_by", bare(&self.replace_triggered_by))
            .with_list("precondition", conditions(&self.preconditions))
            .with_list("postcondition", conditions(&self.postconditions))
    }
}

impl Render for Variable {
    fn body(&self) -> Body<'_> {
        let of_type = self.of_type.as_ref().map(|constraint| Field::Verbatim(constraint.to_string().into()));
        Body::default()
            .with_some("type", of_type)
            .with_some("description", description(self.description.as_ref()))
            // Terraform evaluates no default, so it is not a template either.
            .with_some("default", self.default.as_ref().map(Field::Static))
            .with_flag("sensitive", self.sensitive)
            .with_flag("ephemeral", self.ephemeral)
            .with_some("nullable", self.nullable.map(Field::Bool))
            .with_list("validation", conditions(&self.validations))
    }
}

impl Render for Output {
    fn body(&self) -> Body<'_> {
        Body::default()
            .with("value", Field::Expression(&self.value))
            .with_some("description", description(self.description.as_ref()))
            .with_flag("sensitive", self.sensitive)
            .with_flag("ephemeral", self.ephemeral)
            .with_list("depends_on", bare(&self.depends_on))
            .with_list("precondition", conditions(&self.preconditions))
    }
}

impl Render for Check {
    fn body(&self) -> Body<'_> {
        let data = self.data.as_ref().map(|block| {
            let named = Body(vec![(Cow::Borrowed(block.name.as_ref()), Field::Body(block.body()))]);
            Field::Body(Body(vec![(Cow::Borrowed(block.type_name.as_ref()), Field::Body(named))]))
        });
        Body::default().with_some("data", data).with_list("assert", conditions(&self.assertions))
    }
}

impl Render for ModuleCall {
    fn body(&self) -> Body<'_> {
        let providers = self
            .providers
            .iter()
            .map(|(inner, outer)| (Cow::Borrowed(inner.as_str()), Field::Verbatim(outer.to_string().into())))
            .collect::<Vec<_>>();
        let providers = (!providers.is_empty()).then_some(Field::Body(Body(providers)));
        Body::default()
            .with_object(&self.arguments)
            .with("source", Field::Verbatim(Cow::Borrowed(&self.source)))
            .with_some("version", self.version.as_deref().map(|version| Field::Verbatim(version.into())))
            .with_some("providers", providers)
            .with_some("count", self.count.as_ref().map(Field::Expression))
            .with_some("for_each", self.for_each.as_ref().map(Field::Expression))
            .with_list("depends_on", bare(&self.depends_on))
    }
}

impl Render for Moved {
    fn body(&self) -> Body<'_> {
        Body::default()
            .with("from", Field::Verbatim(Cow::Borrowed(&self.from)))
            .with("to", Field::Verbatim(Cow::Borrowed(&self.to)))
    }
}

impl Render for Removed {
    fn body(&self) -> Body<'_> {
        let lifecycle = Body::default().with("destroy", Field::Bool(self.destroy));
        Body::default()
            .with("from", Field::Verbatim(Cow::Borrowed(&self.from)))
            .with("lifecycle", Field::Body(lifecycle))
    }
}

impl Render for Import {
    fn body(&self) -> Body<'_> {
        let provider = self.provider.as_ref().map(|provider| Field::Verbatim(provider.to_string().into()));
        Body::default()
            .with("to", Field::Verbatim(Cow::Borrowed(&self.to)))
            .with("id", Field::Expression(&self.id))
            .with_some("for_each", self.for_each.as_ref().map(Field::Expression))
            .with_some("provider", provider)
    }
}

impl Render for RequiredProvider {
    fn body(&self) -> Body<'_> {
        let aliases = self.configuration_aliases.iter().map(|alias| Field::Verbatim(alias.to_string().into()));
        Body::default()
            .with("source", Field::Verbatim(Cow::Borrowed(&self.source)))
            .with_some("version", self.version.as_deref().map(|version| Field::Verbatim(version.into())))
            .with_list("configuration_aliases", aliases.collect())
    }
}

impl Render for TerraformSettings {
    fn body(&self) -> Body<'_> {
        let version = self.required_version.as_deref().map(|version| Field::Verbatim(version.into()));
        let providers: Vec<_> = self
            .required_providers
            .iter()
            .map(|(name, provider)| (Cow::Borrowed(name.as_ref()), Field::Body(provider.body())))
            .collect();
        let providers = (!providers.is_empty()).then_some(Field::Body(Body(providers)));
        let backend = self.backend.as_ref().map(|backend| Field::Body(backend.body()));
        Body::default()
            .with_some("required_version", version)
            .with_some("required_providers", providers)
            .with_some("backend", backend)
    }
}

impl Render for Backend {
    fn body(&self) -> Body<'_> {
        // Backends take no expressions, so their text is never a template.
        let verbatim = |text: &'_ String| Field::Verbatim(Cow::Owned(text.clone()));
        match self {
            Self::Local { path } => Body::default()
                .with("local", Field::Body(Body::default().with_some("path", path.as_ref().map(verbatim)))),
            Self::S3 { bucket, key, region, use_lockfile, kms_key_id } => {
                let body = Body::default()
                    .with("bucket", verbatim(bucket))
                    .with("key", verbatim(key))
                    .with("region", verbatim(region))
                    .with("encrypt", Field::Bool(true))
                    .with("use_lockfile", Field::Bool(*use_lockfile))
                    .with_some("kms_key_id", kms_key_id.as_ref().map(verbatim));
                Body::default().with("s3", Field::Body(body))
            }
            Self::Other { type_name, arguments } => {
                let arguments = arguments.entries().map(|(key, value)| (literal_name(key), Field::Static(value)));
                Body::default().with(type_name, Field::Body(Body(arguments.collect())))
            }
        }
    }
}
