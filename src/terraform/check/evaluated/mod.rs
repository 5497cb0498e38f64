//! Everything is evaluated as `terraform validate` evaluates it, with no value for what only a plan knows. What has no value for
//! certain, or one that its place does not take, is found here.

mod counts;
mod validations;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::blocks::ASSERTION;
use super::findings::Findings;
use super::place::BlockName;
use super::{BUILT_IN, Schemas, backends, provider_name};
use crate::terraform::address::ResourceMode;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::evaluation::{
    EvaluationError, Evaluator, Marks, ModuleId, Type, Value, content, generators, has_dynamic,
};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::lifecycle::Condition;
use crate::terraform::module::Module;
use crate::terraform::provider::ProviderReference;
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::resource::{NativeBody, ResourceBlock};
use crate::terraform::schema::{BlockNesting, BlockSchema, NestedBlock};
use crate::terraform::variable::Variable;

/// So many blocks that one dynamic block makes are looked into.
const MOST_BLOCKS: usize = 1_000;

/// Types that have an `id` of their own, which may be set: with provider 5.100.0, one of 1,252.
const WITH_OWN_ID: [&str; 1] = ["aws_elasticache_reserved_cache_node"];

/// Evaluates a module of a configuration.
pub(super) fn check(
    evaluator: &Evaluator<'_>,
    id: ModuleId,
    used: Option<&BTreeSet<ProviderReference>>,
    schemas: &Schemas,
) -> Vec<Diagnostic> {
    let findings = Findings::new();
    let mut walk = Walk {
        evaluator,
        id,
        used,
        schemas,
        findings,
        names: Vec::new(),
        passes_over_unknown: false,
        told: FxHashSet::default(),
    };
    walk.module(evaluator.module(id).module);
    walk.findings.into_diagnostics()
}

struct Walk<'w, 'e, 'm> {
    evaluator: &'w Evaluator<'e>,
    id: ModuleId,
    /// The provider configurations that something uses, where that is known.
    used: Option<&'w BTreeSet<ProviderReference>>,
    schemas: &'w Schemas,
    findings: Findings<'m>,
    /// What dynamic blocks bind.
    names: Vec<(Arc<str>, Value)>,
    /// Whether the next body is passed over where its type does not know it, because override files change it.
    passes_over_unknown: bool,
    /// What was said already, by those who stand nearer to it.
    told: FxHashSet<String>,
}

impl<'m> Walk<'_, '_, 'm> {
    fn module(&mut self, module: &'m Module) {
        for variable in &module.variables {
            self.findings.enter(BlockName::Variable(&variable.name));
            self.variable(variable);
        }
        for local in &module.locals {
            self.findings.enter(BlockName::Local(&local.name));
            self.value(&local.value);
        }
        let used = self.used;
        let is_used = |reference| used.is_none_or(|used| used.contains(reference));
        for provider in module.providers.iter().filter(|provider| is_used(&provider.reference)) {
            self.findings.enter(BlockName::Provider(&provider.reference));
            let name = provider.reference.name();
            let schema = self.schemas.get(name).filter(|_| name != BUILT_IN);
            self.body(schema.map(|schema| schema.provider_configuration()), &provider.arguments, false);
        }
        let in_checks = module.checks.iter().filter_map(|check| check.data.as_ref());
        for block in module.resources.iter().chain(in_checks) {
            self.findings.enter(BlockName::Resource(block));
            self.resource(block);
        }
        for call in &module.module_calls {
            self.findings.enter(BlockName::ModuleCall(&call.name));
            self.call(call);
        }
        let is_root = self.id == ModuleId::ROOT;
        for import in module.imports.iter().filter(|_| is_root) {
            self.findings.enter(BlockName::Import(&import.to));
            if self.part("id", &import.id).is_some_and(|id| id.is_null()) {
                self.add("the id is `null`".to_owned(), DiagnosticKind::WrongType, "");
            }
            import.for_each.iter().for_each(|for_each| drop(self.part("for_each", for_each)));
        }
        for output in &module.outputs {
            self.findings.enter(BlockName::Output(&output.name));
            self.findings.push("value");
            if let Some(value) = self.value(&output.value) {
                self.shown(output.sensitive, &value);
            }
            self.findings.pop();
            self.known_conditions("precondition", &output.preconditions, true);
        }
        for check in &module.checks {
            self.findings.enter(BlockName::Check(&check.name));
            self.known_conditions(ASSERTION, &check.assertions, false);
        }
    }

    fn variable(&mut self, variable: &'m Variable) {
        if variable.default.is_some()
            && let Err(error) = self.evaluator.taken(variable, None)
        {
            self.findings.push("default");
            self.report(&error, "the default");
            self.findings.pop();
        }
        self.known_conditions("validation", &variable.validations, false);
    }

    /// What a root module shows must not be hidden.
    fn shown(&mut self, sensitive: bool, value: &Value) {
        let is_root = self.id == ModuleId::ROOT;
        if is_root && !sensitive && value.marks_deep().contains(Marks::SENSITIVE) {
            let diagnostic = self.findings.here(DiagnosticKind::Sensitive, "the value is derived from a sensitive one");
            self.findings
                .add(diagnostic.help("set `sensitive` of the output, or take `nonsensitive(...)` of the value"));
        }
    }

    /// Conditions of resources, of which only the plan asks what they are.
    fn conditions(&mut self, name: &'m str, conditions: &'m [Condition]) {
        self.each_condition(name, conditions, |walk, condition| {
            walk.part("condition", &condition.condition);
            walk.known_message(condition);
        });
    }

    /// A message that is known already must be a text.
    fn known_message(&mut self, condition: &'m Condition) {
        if let Some(message) = self.part("error_message", &condition.error_message).filter(Value::is_known) {
            self.findings.push("error_message");
            self.fits(&condition.error_message, &message, &Type::String);
            self.findings.pop();
        }
    }

    /// Conditions that are held to what is known already; their message is asked for where they fail.
    fn known_conditions(&mut self, name: &'m str, conditions: &'m [Condition], must_hold: bool) {
        self.each_condition(name, conditions, |walk, condition| {
            let value = if name == ASSERTION {
                // Of what is wrong with it Terraform only warns; the message must have a value in any case.
                walk.part("error_message", &condition.error_message);
                walk.evaluator.evaluate_named(walk.id, &condition.condition, Vec::new()).ok()
            } else {
                walk.part("condition", &condition.condition)
            };
            let value = value.filter(Value::is_known);
            if must_hold {
                walk.known_message(condition);
            }
            let Some(value) = value else { return };
            let holds =
                value.convert(&Type::Bool).ok().filter(|value| !value.is_null()).and_then(|value| value.as_bool());
            if must_hold && holds != Some(true) {
                let message = format!("`{}` does not hold whatever happens", condition.condition);
                walk.add(message, DiagnosticKind::WrongType, "");
            }
            if holds != Some(false) {
                return;
            }
            let Some(message) = walk.part("error_message", &condition.error_message) else { return };
            walk.findings.push("error_message");
            if message.is_null() {
                walk.add("the message is `null`".to_owned(), DiagnosticKind::WrongType, "");
            }
            walk.fits(&condition.error_message, &message, &Type::String);
            walk.findings.pop();
        });
    }

    fn each_condition(
        &mut self,
        name: &'m str,
        conditions: &'m [Condition],
        mut look: impl FnMut(&mut Self, &'m Condition),
    ) {
        for (position, condition) in conditions.iter().enumerate() {
            self.findings.push(name);
            self.findings.push_index(position);
            look(self, condition);
            self.findings.pop();
            self.findings.pop();
        }
    }

    fn part(&mut self, field: &'m str, expression: &'m Expression) -> Option<Value> {
        self.findings.push(field);
        let value = self.value(expression);
        self.findings.pop();
        value
    }

    fn resource(&mut self, block: &'m ResourceBlock) {
        if let Some(field) = repeated(block.count.as_ref(), block.for_each.as_ref()) {
            let instances = self.evaluator.instances(self.id, block);
            self.repetition(field, instances.map(drop));
        }
        let name = provider_name(block);
        let schema = self.schemas.get(name).and_then(|schema| schema.block_type(block.mode, block.type_name()));
        let native = block.native.is_some();
        self.passes_over_unknown = block.overridden.is_some();
        self.body(schema, &block.arguments, native);
        self.own_id(schema, block);
        if let (Some(written), Some(schema)) = (&block.native, schema) {
            self.forms(&block.arguments, written, schema);
            self.written_objects(&block.arguments, written, schema);
        }
        self.conditions_of(block);
        for provisioner in &block.provisioners {
            self.body(None, &provisioner.arguments, native);
            if let Some(connection) = &provisioner.connection {
                self.body(None, connection, native);
            }
        }
        if let Some(connection) = &block.connection {
            self.body(None, connection, native);
        }
        if block.mode == ResourceMode::Data && block.type_name() == "terraform_remote_state" {
            self.remote_state(block);
        }
    }

    /// The `id` that the toolkit of providers adds to each of their types is in the schema like an argument, and is refused as one.
    fn own_id(&mut self, schema: Option<BlockSchema<'_>>, block: &'m ResourceBlock) {
        let attribute = schema.and_then(|schema| schema.attribute("id"));
        let is_added = block.mode == ResourceMode::Managed
            && !WITH_OWN_ID.contains(&block.type_name())
            && attribute.is_some_and(|attribute| attribute.settable() && !attribute.required() && attribute.computed());
        let Some(id) = block.arguments.get("id").filter(|_| is_added) else { return };
        if self.evaluator.evaluate_named(self.id, id, Vec::new()).is_ok_and(|id| !id.is_null()) {
            self.findings.push("id");
            self.add("only the provider sets this".to_owned(), DiagnosticKind::ReadOnlyArgument, "");
            self.findings.pop();
        }
    }

    /// What native syntax writes as a block and what as an argument.
    fn forms(&mut self, arguments: &'m Object, written: &'m NativeBody, schema: BlockSchema<'_>) {
        for name in &written.blocks {
            // Other types do not take what a block is read as, and say so themselves.
            let takes_anything = schema.attribute(name).map(|it| Type::from(it.value_type())) == Some(Type::Dynamic);
            if takes_anything {
                self.wrong_form(name, format!("`{name}` is an argument, not a block"), "write it with `=`");
            }
        }
        let made: Vec<&Object> = arguments.get("dynamic").and_then(|it| generators("dynamic", it)).unwrap_or_default();
        for name in &written.arguments {
            // What is an argument once is one everywhere.
            if schema.attribute(name).is_some() && made.iter().any(|labels| labels.get(name).is_some()) {
                self.wrong_form(name, format!("`{name}` is an argument here, and a block in `dynamic`"), "keep one");
            }
            if schema.attribute(name).is_none() && schema.nested_block(name).is_some() {
                self.wrong_form(name, format!("`{name}` is a block, not an argument"), "write it without `=`");
            }
        }
    }

    /// An attribute that may be written as blocks: a block may leave members out and has no others, an argument has them all.
    fn written_objects(&mut self, arguments: &'m Object, written: &'m NativeBody, schema: BlockSchema<'_>) {
        let of_objects = |name: &str| match Type::from(schema.attribute(name)?.value_type()) {
            Type::List(element) | Type::Set(element) => match Type::clone(&element) {
                Type::Object(object) => Some(object.attributes.keys().cloned().collect::<Vec<_>>()),
                _ => None,
            },
            _ => None,
        };
        let all =
            written.blocks.iter().map(|name| (name, true)).chain(written.arguments.iter().map(|name| (name, false)));
        for (name, is_block) in all {
            let Some(known) = of_objects(name) else { continue };
            let objects = match arguments.get(name) {
                Some(Expression::List(items)) => items.as_slice(),
                Some(object @ Expression::Object(_)) if is_block => std::slice::from_ref(object),
                _ => continue,
            };
            for object in objects.iter().filter_map(literal_keys) {
                let unknown = object.iter().find(|key| !known.iter().any(|name| **name == ***key));
                let missing = known.iter().find(|name| !object.iter().any(|key| **key == ***name));
                match (is_block, unknown, missing) {
                    (true, Some(key), _) => {
                        self.wrong_form(name, format!("there is no argument `{key}` in it"), "remove it");
                    }
                    (false, _, Some(member)) => {
                        let help = "write it as a block, without `=`, or give every member";
                        self.wrong_form(name, format!("an object in it has no `{member}`"), help);
                    }
                    _ => {}
                }
            }
        }
    }

    fn wrong_form(&mut self, name: &'m str, message: String, help: &'static str) {
        self.findings.push(name);
        self.findings.add(self.findings.here(DiagnosticKind::WrongType, message).help(help));
        self.findings.pop();
    }

    fn conditions_of(&mut self, block: &'m ResourceBlock) {
        self.findings.push("lifecycle");
        self.conditions("precondition", &block.lifecycle.preconditions);
        self.conditions("postcondition", &block.lifecycle.postconditions);
        self.findings.pop();
    }

    /// The state of another configuration is read by one of Terraform's own backends.
    fn remote_state(&mut self, block: &'m ResourceBlock) {
        let Some(expression) = block.arguments.get("backend") else { return };
        let Ok(value) = self.evaluator.evaluate_named(self.id, expression, Vec::new()) else { return };
        if value.is_null() {
            self.findings.push("backend");
            self.add("the backend is `null`".to_owned(), DiagnosticKind::WrongType, "");
            self.findings.pop();
        }
        for (field, backend) in [("config", value.as_text()), ("defaults", Some(""))] {
            self.must_be_object(block, field, backend);
        }
        let Some(backend) = value.as_text() else { return };
        if backend != "_local" && !backends::NAMES.contains(&backend) {
            self.findings.push("backend");
            let message = format!("there is no backend `{backend}`");
            let candidates = crate::terraform::nearest::nearest(backend, backends::NAMES);
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message).candidates(candidates));
            self.findings.pop();
        }
        self.configuration_of(backend, block.arguments.get("config"));
    }

    /// What the backend takes is asked where everything is known.
    fn configuration_of(&mut self, backend: &str, config: Option<&'m Expression>) {
        let config = config.unwrap_or(&Expression::Null);
        let Ok(config) = self.evaluator.evaluate_named(self.id, config, Vec::new()) else { return };
        let is_object = config.is_null() || config.entries().is_some();
        if is_object && config.is_wholly_known() {
            self.findings.push("config");
            for message in backends::refused(backend, &config) {
                self.add(message, DiagnosticKind::WrongType, &format!("the backend `{backend}` does not take this"));
            }
            self.findings.pop();
        }
    }

    /// The members of a backend's configuration have names.
    fn must_be_object(&mut self, block: &'m ResourceBlock, field: &'m str, backend: Option<&str>) {
        let Some(expression) = block.arguments.get(field).filter(|_| backend.is_some()) else { return };
        let Ok(value) = self.evaluator.evaluate_named(self.id, expression, Vec::new()) else { return };
        let is_object = matches!(value.of_type(), Type::Object(_) | Type::Map(_) | Type::Dynamic);
        if !is_object && !value.is_null() {
            self.findings.push(field);
            self.add(format!("`{expression}` is no object"), DiagnosticKind::WrongType, "");
            self.findings.pop();
        }
    }

    fn call(&mut self, call: &'m ModuleCall) {
        if let Some(field) = repeated(call.count.as_ref(), call.for_each.as_ref()) {
            let instances = self.evaluator.call_instances(self.id, call);
            self.repetition(field, instances.map(drop));
        }
        let child = self.evaluator.module(self.id).children.get(call.name.as_ref()).map(|child| child.module);
        let instances = self.evaluator.module_instances(self.id, &call.name).unwrap_or_default();
        let id = instances.first().map(|(_, id)| *id);
        for (key, value) in call.arguments.entries() {
            let Key::Literal(name) = key else { continue };
            self.findings.push(name);
            let given = self.value(value);
            let variable = child.and_then(|child| child.variables.iter().find(|it| it.name() == name.as_ref()));
            if let (Some(variable), Some(given)) = (variable, given) {
                match (self.evaluator.taken(variable, Some(given)), id) {
                    (Err(error), _) => self.report(&error, &format!("`{value}`")),
                    (Ok(taken), Some(id)) => self.validations(id, variable, &taken),
                    (Ok(_), None) => {}
                }
            }
            self.findings.pop();
        }
        let left = child.into_iter().flat_map(|child| &child.variables);
        for variable in left.filter(|it| it.default.is_some() && call.arguments.get(it.name()).is_none()) {
            if let (Some(id), Ok(taken)) = (id, self.evaluator.taken(variable, None)) {
                self.validations(id, variable, &taken);
            }
        }
    }

    fn repetition(&mut self, field: &'m str, instances: Result<(), EvaluationError>) {
        if let Err(error) = instances {
            self.findings.push(field);
            self.report(&error, &format!("`{field}`"));
            self.findings.pop();
        }
    }

    /// The arguments and nested blocks of a body. Of one without a schema it is not known which of the two they are.
    fn body(&mut self, schema: Option<BlockSchema<'_>>, body: &'m Object, native: bool) {
        let passes_over = std::mem::take(&mut self.passes_over_unknown);
        let is_known = |name: &str| {
            schema.is_none_or(|schema| schema.attribute(name).is_some() || schema.nested_block(name).is_some())
        };
        for (key, value) in body.entries() {
            let Key::Literal(name) = key else { continue };
            if passes_over && name != "dynamic" && !is_known(name) {
                continue;
            }
            self.findings.push(name);
            match generators(name, value) {
                Some(all) => all.into_iter().for_each(|labels| self.dynamic(schema, labels, native)),
                None => self.field(schema, name, value, native),
            }
            self.findings.pop();
        }
        if let Some(schema) = schema {
            self.counts(schema, body);
        }
    }

    fn field(&mut self, schema: Option<BlockSchema<'_>>, name: &str, value: &'m Expression, native: bool) {
        if let Some(attribute) = schema.and_then(|schema| schema.attribute(name)) {
            let of_type = Type::from(attribute.value_type());
            // What stands there as a block may leave fields out in native syntax.
            let as_block =
                native && matches!(value, Expression::Object(_) | Expression::List(_)) && is_objects(&of_type);
            if let Some(given) = self.value(value).filter(|_| !as_block) {
                if !attribute.settable() && !given.is_null() {
                    self.add("only the provider sets this".to_owned(), DiagnosticKind::ReadOnlyArgument, "");
                }
                self.fits(value, &given, &of_type);
            }
            return;
        }
        match schema.and_then(|schema| schema.nested_block(name)) {
            Some(nested) => self.blocks(nested.nesting(), nested.block(), value, native),
            None => self.untyped(value, native),
        }
    }

    fn untyped(&mut self, value: &'m Expression, native: bool) {
        match value {
            Expression::Object(object) if has_dynamic(object) => self.body(None, object, native),
            Expression::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.findings.push_index(position);
                    self.untyped(item, native);
                    self.findings.pop();
                }
            }
            value => drop(self.value(value)),
        }
    }

    fn blocks(&mut self, nesting: BlockNesting, schema: BlockSchema<'_>, value: &'m Expression, native: bool) {
        match value {
            Expression::Object(labels) if nesting == BlockNesting::Map => {
                for (_, value) in labels.entries() {
                    self.blocks(BlockNesting::Single, schema, value, native);
                }
            }
            Expression::Object(body) => self.body(Some(schema), body, native),
            Expression::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.findings.push_index(position);
                    self.blocks(nesting, schema, item, native);
                    self.findings.pop();
                }
            }
            value => drop(self.value(value)),
        }
    }

    fn dynamic(&mut self, schema: Option<BlockSchema<'_>>, labels: &'m Object, native: bool) {
        for (label, value) in labels.entries() {
            let Key::Literal(label) = label else { continue };
            self.findings.push(label);
            let generators = match value {
                Expression::List(items) => items.as_slice(),
                other => std::slice::from_ref(other),
            };
            let content = content_of(schema, label);
            for generator in generators {
                if let Expression::Object(generator) = generator {
                    self.generator(&content, label, generator, native);
                }
            }
            self.findings.pop();
        }
    }

    fn generator(&mut self, of: &Content<'_>, label: &str, generator: &'m Object, native: bool) {
        let Some(for_each) = generator.get("for_each") else { return };
        self.findings.push("for_each");
        let collection = self.value(for_each);
        let why = match &collection {
            Some(value) if value.is_null() => Some("`null` has no elements to make blocks of"),
            Some(value) if value.of_type().is_primitive() => Some("one value has no elements to make blocks of"),
            _ => None,
        };
        if let Some(why) = why {
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, format!("`{for_each}`: {why}")));
        }
        self.findings.pop();
        let (Some(collection), None) = (collection, why) else { return };
        // Of blocks whose number is not known Terraform does not ask what is in them.
        let Some(content) = content(generator).filter(|_| collection.unmarked().0.is_known()) else { return };
        let iterator: Arc<str> = match generator.get("iterator") {
            Some(Expression::Text(name)) => name.as_ref().into(),
            Some(Expression::Traversal(traversal)) => traversal.to_string().into(),
            _ => label.into(),
        };
        self.findings.push("content");
        for (key, value) in each(&collection) {
            self.names.push((iterator.clone(), Value::object([("key", key), ("value", value)])));
            match of {
                Content::Block(schema) => self.body(*schema, content, native),
                Content::Object(of_type) => self.object(of_type, content),
            }
            self.names.pop();
        }
        self.findings.pop();
    }

    /// An object that is written as a block.
    fn object(&mut self, of_type: &Type, body: &'m Object) {
        let Type::Object(of_type) = of_type else { return };
        for (key, value) in body.entries() {
            let Key::Literal(name) = key else { continue };
            self.findings.push(name);
            if let (Some(given), Some(wanted)) = (self.value(value), of_type.attributes.get(name.as_ref())) {
                self.fits(value, &given, wanted);
            }
            self.findings.pop();
        }
    }

    /// The value of an expression, if it has one.
    fn value(&mut self, expression: &'m Expression) -> Option<Value> {
        match self.evaluator.evaluate_named(self.id, expression, self.names.clone()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.report(&error, &format!("`{expression}`"));
                None
            }
        }
    }

    fn fits(&mut self, expression: &Expression, value: &Value, of_type: &Type) {
        if let Err(error) = value.convert(of_type) {
            let message = format!("`{expression}` cannot stand here: {error}");
            self.add(message, DiagnosticKind::WrongType, "");
        }
    }

    fn report(&mut self, error: &EvaluationError, what: &str) {
        // What is wrong with a local is told where the local stands.
        if error.place.as_ref().is_some_and(|place| place.contains("local.")) {
            return;
        }
        self.add(format!("{what} has no value: {}", error.summary), DiagnosticKind::WrongType, &error.detail);
    }

    fn add(&mut self, message: String, kind: DiagnosticKind, reason: &str) {
        let diagnostic = self.findings.here(kind, message);
        if self.told.insert(format!("{diagnostic}\n{reason}")) {
            self.findings.add(if reason.is_empty() { diagnostic } else { diagnostic.because(reason) });
        }
    }
}

/// What a dynamic block makes.
enum Content<'s> {
    /// Nested blocks, of a type that is known or not.
    Block(Option<BlockSchema<'s>>),
    /// Objects of an attribute that may be written as blocks.
    Object(Type),
}

fn content_of<'s>(schema: Option<BlockSchema<'s>>, label: &str) -> Content<'s> {
    let attribute = schema.and_then(|schema| schema.attribute(label));
    let of_type = attribute.and_then(|attribute| Type::from(attribute.value_type()).element().cloned());
    match of_type {
        Some(of_type @ Type::Object(_)) => Content::Object(of_type),
        _ => Content::Block(schema.and_then(|schema| schema.nested_block(label)).map(NestedBlock::block)),
    }
}

fn repeated(count: Option<&Expression>, for_each: Option<&Expression>) -> Option<&'static str> {
    if count.is_some() { Some("count") } else { for_each.map(|_| "for_each") }
}

/// A list or set of objects, which may be written as blocks.
fn is_objects(of_type: &Type) -> bool {
    matches!(of_type.element(), Some(Type::Object(_)))
}

/// The elements of a collection with their keys.
fn each(collection: &Value) -> Vec<(Value, Value)> {
    let (known, marks) = collection.unmarked();
    let marked = |(key, value): (Value, Value)| (key.with_marks(marks), value.with_marks(marks));
    known.elements().into_iter().take(MOST_BLOCKS).map(marked).collect()
}

/// The keys of an object that is written out, where all of them are literal.
fn literal_keys(expression: &Expression) -> Option<Vec<&str>> {
    let Expression::Object(object) = expression else { return None };
    object
        .entries()
        .map(|(key, _)| match key {
            Key::Literal(name) => Some(name.as_ref()),
            Key::Computed(_) => None,
        })
        .collect()
}
