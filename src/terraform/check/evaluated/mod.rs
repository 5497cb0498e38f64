//! Everything is evaluated as `terraform validate` evaluates it, with no value for what only a plan knows. What has no value for
//! certain, or one that its place does not take, is found here.

mod bodies;
mod conditions;
mod counts;
mod dynamic;
mod json_keys;
mod native_forms;
mod remote_state;
mod validations;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::blocks::ASSERTION;
use super::findings::Findings;
use super::place::BlockName;
use super::{BUILT_IN, Schemas, provider_name};
use crate::terraform::address::ResourceMode;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::evaluation::{EvaluationError, Evaluator, Marks, ModuleId, Type, Value};
use crate::terraform::expression::{Expression, Key};
use crate::terraform::module::Module;
use crate::terraform::provider::ProviderReference;
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::resource::ResourceBlock;
use crate::terraform::schema::BlockSchema;
use crate::terraform::variable::Variable;

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
        module.written_keys.0.iter().for_each(|object| self.distinct(object));
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

fn repeated(count: Option<&Expression>, for_each: Option<&Expression>) -> Option<&'static str> {
    if count.is_some() { Some("count") } else { for_each.map(|_| "for_each") }
}
