//! A module as a document: Terraform's JSON syntax, sorted, the same bytes for the same module.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::address::ResourceMode;
use super::check_block::Check;
use super::expression::{Expression, Key, Object};
use super::json::JsonText;
use super::lifecycle::{Condition, IgnoreChanges, Lifecycle};
use super::module::Module;
use super::output::Output;
use super::provider::ProviderReference;
use super::provisioner::{Provisioner, When};
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
        writer.write_all(self.to_text().as_bytes())
    }

    /// The text that [`Module::write`] writes.
    pub(crate) fn to_text(&self) -> String {
        let mut json = JsonText::with_room(self.likely_length());
        self.write_json(&mut json);
        json.verbatim("\n");
        json.into_text()
    }
}

/// How long the text of a block is, on the average of large documents.
const BLOCK_LENGTH: usize = 1 << 10;

/// A value of the document that borrows from the module: rendering copies no argument.
enum Field<'a> {
    Expression(&'a Expression),
    /// Text that Terraform reads as it stands: names, addresses, type constraints.
    Verbatim(Cow<'a, str>),
    /// `aws.primary`
    Provider(&'a ProviderReference),
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
    fn with_room(entries: usize) -> Self {
        Self(Vec::with_capacity(entries))
    }

    /// What runs on or beside an object, in its order, and how it gets there.
    fn with_provisioning(self, connection: Option<&'a Object>, provisioners: &'a [Provisioner]) -> Self {
        let connection = connection.map(|object| Field::Body(Body::default().with_object(object)));
        let labelled = |provisioner: &'a Provisioner| {
            Field::Body(Body::default().with(&provisioner.type_name, Field::Body(provisioner.body())))
        };
        self.with_some("connection", connection).with_list("provisioner", provisioners.iter().map(labelled).collect())
    }

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

impl Body<'_> {
    fn write_json(mut self, json: &mut JsonText) {
        self.0.sort_by(|(left, _), (right, _)| left.cmp(right));
        json.object(|json| {
            for (name, field) in self.0 {
                json.key(&name);
                field.write_json(json);
            }
        });
    }
}

impl Field<'_> {
    fn write_json(self, json: &mut JsonText) {
        match self {
            Self::Expression(expression) => expression.write_json(json),
            Self::Verbatim(text) => json.string(&text),
            Self::Provider(reference) => json.string_of(|json| reference.pieces().for_each(|piece| json.part(piece))),
            Self::Static(value) => write_static(json, value),
            Self::Bool(value) => json.bool(value),
            Self::List(items) => json.list(items, |json, item| item.write_json(json)),
            Self::Body(body) => body.write_json(json),
        }
    }
}

/// Writes a value with the texts in it as they stand.
fn write_static(json: &mut JsonText, value: &Expression) {
    match value {
        Expression::Text(text) => json.string(text),
        Expression::List(items) => json.list(items, write_static),
        Expression::Object(object) => json.object(|json| {
            for (key, value) in object.sorted() {
                json.key(&literal_name(key));
                write_static(json, value);
            }
        }),
        other => other.write_json(json),
    }
}

/// Something that becomes the body of a block.
trait Render {
    fn body(&self) -> Body<'_>;
}

/// Blocks with their labels, sorted; each body is made only when it is written.
struct Labelled<'a, T>(Vec<(&'a str, &'a T)>);

impl<'a, T> Labelled<'a, T> {
    fn new(blocks: impl IntoIterator<Item = &'a T>, label: impl Fn(&'a T) -> &'a str) -> Self {
        let mut labelled: Vec<_> = blocks.into_iter().map(|block| (label(block), block)).collect();
        // Blocks are often added in the order of their names, which this sort makes use of.
        labelled.sort_by_key(|(label, _)| *label);
        Self(labelled)
    }
}

impl<T: Render> Labelled<'_, T> {
    fn write_json(&self, json: &mut JsonText) {
        json.object(|json| {
            // Of two blocks with one label, which no document has, the last stays.
            for (label, block) in self.0.chunk_by(|(left, _), (right, _)| left == right).filter_map(<[_]>::last) {
                json.key(label);
                block.body().write_json(json);
            }
        });
    }
}

impl Module {
    /// About how long its text is. What is not needed of that is never touched.
    fn likely_length(&self) -> usize {
        let blocks = [self.resources.len(), self.variables.len(), self.outputs.len(), self.moved.len()];
        blocks.into_iter().sum::<usize>() * BLOCK_LENGTH
    }

    /// The sections in the order of their names, those without blocks left out.
    fn write_json(&self, json: &mut JsonText) {
        json.object(|json| {
            if let Some(comment) = &self.comment {
                json.key("//");
                json.string(comment);
            }
            write_labelled(json, "check", &Labelled::new(&self.checks, |check| &check.name));
            write_by_type(json, &self.resources, ResourceMode::Data);
            write_by_type(json, &self.resources, ResourceMode::Ephemeral);
            write_list(json, "import", &self.imports);
            self.write_locals(json);
            write_labelled(json, "module", &Labelled::new(&self.module_calls, |call| &call.name));
            write_list(json, "moved", &self.moved);
            write_labelled(json, "output", &Labelled::new(&self.outputs, |output| &output.name));
            self.write_providers(json);
            write_list(json, "removed", &self.removed);
            write_by_type(json, &self.resources, ResourceMode::Managed);
            let settings = self.settings.body();
            if !settings.0.is_empty() {
                json.key("terraform");
                settings.write_json(json);
            }
            write_labelled(json, "variable", &Labelled::new(&self.variables, |variable| &variable.name));
        });
    }

    fn write_locals(&self, json: &mut JsonText) {
        let locals: BTreeMap<&str, &Expression> =
            self.locals.iter().map(|local| (local.name.as_ref(), &local.value)).collect();
        if locals.is_empty() {
            return;
        }
        json.key("locals");
        json.object(|json| {
            for (name, value) in locals {
                json.key(name);
                value.write_json(json);
            }
        });
    }

    fn write_providers(&self, json: &mut JsonText) {
        let mut providers: BTreeMap<&str, Vec<Body<'_>>> = BTreeMap::new();
        for provider in &self.providers {
            let alias = provider.reference.alias.as_deref().map(|alias| Field::Verbatim(alias.into()));
            let version = provider.version.as_deref().map(|version| Field::Verbatim(version.into()));
            let body = Body::default()
                .with_object(&provider.arguments)
                .with_some("alias", alias)
                .with_some("version", version);
            providers.entry(&provider.reference.name).or_default().push(body);
        }
        if providers.is_empty() {
            return;
        }
        json.key("provider");
        json.object(|json| {
            for (name, bodies) in providers {
                json.key(name);
                json.list(bodies, |json, body| body.write_json(json));
            }
        });
    }
}

fn write_labelled<T: Render>(json: &mut JsonText, section: &str, blocks: &Labelled<'_, T>) {
    if !blocks.0.is_empty() {
        json.key(section);
        blocks.write_json(json);
    }
}

fn write_by_type(json: &mut JsonText, blocks: &[ResourceBlock], mode: ResourceMode) {
    let mut types: BTreeMap<&str, Vec<&ResourceBlock>> = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.mode == mode) {
        types.entry(&block.type_name).or_default().push(block);
    }
    if types.is_empty() {
        return;
    }
    json.key(mode.keyword());
    json.object(|json| {
        for (type_name, blocks) in types {
            write_labelled(json, type_name, &Labelled::new(blocks, |block| &block.name));
        }
    });
}

fn write_list<T: Render>(json: &mut JsonText, section: &str, blocks: &[T]) {
    if !blocks.is_empty() {
        json.key(section);
        json.list(blocks, |json, block| block.body().write_json(json));
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
        let provider = self.provider.as_ref().map(Field::Provider);
        let lifecycle = (!self.lifecycle.is_empty()).then(|| Field::Body(self.lifecycle.body()));
        Body::with_room(self.arguments.len() + 5)
            .with_object(&self.arguments)
            .with_some("count", self.count.as_ref().map(Field::Expression))
            .with_some("for_each", self.for_each.as_ref().map(Field::Expression))
            .with_list("depends_on", bare(&self.depends_on))
            .with_some("provider", provider)
            .with_some("lifecycle", lifecycle)
            .with_provisioning(self.connection.as_ref(), &self.provisioners)
    }
}

impl Render for Provisioner {
    fn body(&self) -> Body<'_> {
        let on_failure = self.on_failure.map(|on_failure| Field::Verbatim(on_failure.keyword().into()));
        let when = (self.when == When::Destroy).then(|| Field::Verbatim("destroy".into()));
        Body::default()
            .with_object(&self.arguments)
            .with_some("when", when)
            .with_some("on_failure", on_failure)
            .with_provisioning(self.connection.as_ref(), &[])
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
            .map(|(inner, outer)| (Cow::Borrowed(inner.as_str()), Field::Provider(outer)))
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
            .with_provisioning(self.connection.as_ref(), &self.provisioners)
    }
}

impl Render for Import {
    fn body(&self) -> Body<'_> {
        let provider = self.provider.as_ref().map(Field::Provider);
        Body::default()
            .with("to", Field::Verbatim(Cow::Borrowed(&self.to)))
            .with("id", Field::Expression(&self.id))
            .with_some("for_each", self.for_each.as_ref().map(Field::Expression))
            .with_some("provider", provider)
    }
}

impl Render for RequiredProvider {
    fn body(&self) -> Body<'_> {
        let aliases = self.configuration_aliases.iter().map(Field::Provider);
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
        let provider_meta: Vec<_> = self
            .provider_meta
            .iter()
            .map(|(name, object)| (Cow::Borrowed(name.as_str()), static_body(object)))
            .collect();
        let provider_meta = (!provider_meta.is_empty()).then_some(Field::Body(Body(provider_meta)));
        Body::default()
            .with_some("required_version", version)
            .with_some("required_providers", providers)
            .with_some("backend", backend)
            .with_some("cloud", self.cloud.as_ref().map(static_body))
            .with_some("encryption", self.encryption.as_ref().map(static_body))
            .with_some("provider_meta", provider_meta)
    }
}

/// A body in which nothing is evaluated.
fn static_body(object: &Object) -> Field<'_> {
    Field::Body(Body(object.entries().map(|(key, value)| (literal_name(key), Field::Static(value))).collect()))
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
