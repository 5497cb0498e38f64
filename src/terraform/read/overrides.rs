//! Override files, merged as Terraform does ("Override Files" of its documentation, and what 1.11 does).
//!
//! A block of an override file changes the block of the same name: an argument takes the place of the one that was there,
//! nested blocks of a type take the place of all of that type. What the base does not have cannot be overridden.

use crate::terraform::address::ResourceMode;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::lifecycle::{IgnoreChanges, Lifecycle};
use crate::terraform::module::{Local, Module};
use crate::terraform::output::Output;
use crate::terraform::overridden::Overridden;
use crate::terraform::parse::Override;
use crate::terraform::provider::Provider;
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::resource::ResourceBlock;
use crate::terraform::settings::TerraformSettings;
use crate::terraform::variable::Variable;

/// Merges an override file into the module; what it cannot override is returned.
pub(super) fn merge(base: &mut Module, over: Override) -> Vec<Diagnostic> {
    let Override { module: mut over, outputs_without_value, switched_off } = over;
    let mut merge = Merge { found: Vec::new() };
    // Terraform 1.11 passes over those.
    over.resources.retain(|block| block.mode != ResourceMode::Ephemeral);
    settings(&mut base.settings, over.settings);
    merge.providers(&mut base.providers, over.providers);
    merge.each(&mut base.variables, over.variables, |it| format!("var.{}", it.name), variable);
    merge.each(&mut base.locals, over.locals, |it| format!("local.{}", it.name), local);
    for output in over.outputs {
        let keeps_value = outputs_without_value.iter().any(|name| *name == output.name);
        merge.waits("output", &output.name, &output.depends_on);
        let apply = if keeps_value { all_but_value } else { output_with_value };
        merge.each(&mut base.outputs, vec![output], |it| format!("output.{}", it.name), apply);
    }
    for call in &over.module_calls {
        merge.waits("module", &call.name, &call.depends_on);
    }
    merge.each(&mut base.module_calls, over.module_calls, |it| format!("module.{}", it.name), call);
    for block in &over.resources {
        merge.waits("", &block.address().to_string(), &block.depends_on);
    }
    merge.each(&mut base.resources, over.resources, |it| it.address().to_string(), resource);
    switch_off(base, &switched_off);
    merge.refused("check", over.checks.first().map(|it| it.name.as_ref()));
    merge.refused("moved", over.moved.first().map(|it| it.from.as_str()));
    merge.refused("import", over.imports.first().map(|it| it.to.as_str()));
    base.uses.extend(over.uses);
    merge.found
}

/// What an override file sets to false: it is read like what is left out, and counts.
fn switch_off(base: &mut Module, switched_off: &[String]) {
    let is_off = |section: &str, name: &str, field: &str| switched_off.contains(&format!("{section}.{name}.{field}"));
    for variable in &mut base.variables {
        variable.sensitive &= !is_off("var", &variable.name, "sensitive");
        variable.ephemeral &= !is_off("var", &variable.name, "ephemeral");
    }
    for output in &mut base.outputs {
        output.sensitive &= !is_off("output", &output.name, "sensitive");
        output.ephemeral &= !is_off("output", &output.name, "ephemeral");
    }
}

struct Merge {
    found: Vec<Diagnostic>,
}

fn settings(base: &mut TerraformSettings, over: TerraformSettings) {
    base.required_version = over.required_version.or(base.required_version.take());
    base.required_providers.extend(over.required_providers);
    base.encryption = over.encryption.or(base.encryption.take());
    // A state is kept in one place: the one that is told last.
    if over.backend.is_some() || over.cloud.is_some() {
        base.backend = over.backend;
        base.cloud = over.cloud;
    }
}

impl Merge {
    /// A default configuration that the base does not have is one more; one with an alias must be there.
    fn providers(&mut self, base: &mut Vec<Provider>, over: Vec<Provider>) {
        for provider in over {
            match base.iter_mut().find(|it| it.reference == provider.reference) {
                Some(base) => {
                    base.version = provider.version.or(base.version.take());
                    arguments(&mut base.arguments, provider.arguments);
                }
                None if provider.reference.alias.is_none() => base.push(provider),
                None => self.nothing(format!("provider.{}", provider.reference)),
            }
        }
    }

    fn nothing(&mut self, block: String) {
        self.found.push(
            Diagnostic::new(DiagnosticKind::UndefinedAddress, block, "there is nothing here to override")
                .because("a block of an override file changes a block of another file, and makes none")
                .help("move the block into a file whose name does not end in `override.tf.json`"),
        );
    }

    /// What a block waits for stays as it is.
    fn waits(&mut self, keyword: &str, name: &str, depends_on: &[Expression]) {
        if !depends_on.is_empty() {
            let block = if keyword.is_empty() { name.to_owned() } else { format!("{keyword}.{name}") };
            let message = "`depends_on` cannot be overridden";
            self.found.push(Diagnostic::new(DiagnosticKind::MisplacedReference, block, message).at("depends_on"));
        }
    }

    fn each<T>(&mut self, base: &mut [T], over: Vec<T>, name: impl Fn(&T) -> String, apply: fn(&mut T, T)) {
        for block in over {
            let wanted = name(&block);
            match base.iter_mut().find(|it| name(it) == wanted) {
                Some(base) => apply(base, block),
                None => self.nothing(wanted),
            }
        }
    }

    fn refused(&mut self, keyword: &str, first: Option<&str>) {
        if let Some(address) = first {
            let message = format!("a `{keyword}` block cannot stand in an override file");
            let block = format!("{keyword} {address}");
            self.found.push(Diagnostic::new(DiagnosticKind::MisplacedReference, block, message));
        }
    }
}

/// Arguments and nested blocks, each in the place of what has its name: blocks that are written out and those that `dynamic`
/// repeats take each other's place.
fn arguments(base: &mut Object, over: Object) {
    let mut replaced: Vec<String> = over.entries().filter_map(|(key, _)| literal(key)).collect();
    let repeated = over.get("dynamic").map(labels).unwrap_or_default();
    replaced.retain(|name| name != "dynamic");
    replaced.extend(repeated);
    let goes = |key: &Key| literal(key).is_some_and(|name| replaced.contains(&name));
    base.0.retain(|(key, _)| !goes(key));
    for (_, value) in base.0.iter_mut().filter(|(key, _)| literal(key).as_deref() == Some("dynamic")) {
        for generators in bodies(value) {
            generators.0.retain(|(key, _)| !goes(key));
        }
    }
    base.0.extend(over.0);
}

fn literal(key: &Key) -> Option<String> {
    match key {
        Key::Literal(name) => Some(name.to_string()),
        Key::Computed(_) => None,
    }
}

/// The types of blocks that `dynamic` repeats.
fn labels(dynamic: &Expression) -> Vec<String> {
    match dynamic {
        Expression::Object(generators) => generators.entries().filter_map(|(key, _)| literal(key)).collect(),
        Expression::List(items) => items.iter().flat_map(labels).collect(),
        _ => Vec::new(),
    }
}

fn bodies(value: &mut Expression) -> Vec<&mut Object> {
    match value {
        Expression::Object(object) => vec![object],
        Expression::List(items) => items.iter_mut().flat_map(bodies).collect(),
        _ => Vec::new(),
    }
}

fn variable(base: &mut Variable, over: Variable) {
    base.of_type = over.of_type.or(base.of_type.take());
    base.description = over.description.or(base.description.take());
    base.default = over.default.or(base.default.take());
    base.sensitive |= over.sensitive;
    base.ephemeral |= over.ephemeral;
    base.nullable = over.nullable.or(base.nullable);
}

fn local(base: &mut Local, over: Local) {
    base.value = over.value;
}

fn output_with_value(base: &mut Output, over: Output) {
    base.value.clone_from(&over.value);
    all_but_value(base, over);
}

fn all_but_value(base: &mut Output, over: Output) {
    base.description = over.description.or(base.description.take());
    base.sensitive |= over.sensitive;
    base.ephemeral |= over.ephemeral;
}

fn call(base: &mut ModuleCall, over: ModuleCall) {
    if !over.source.is_empty() {
        base.source = over.source;
    }
    base.version = over.version.or(base.version.take());
    base.count = over.count.or(base.count.take());
    base.for_each = over.for_each.or(base.for_each.take()).filter(|_| base.count.is_none());
    if !over.providers.is_empty() {
        base.providers = over.providers;
    }
    overridden(&mut base.overridden, &base.arguments, &over.arguments);
    arguments(&mut base.arguments, over.arguments);
}

/// Notes what only the override file gives.
fn overridden(noted: &mut Option<Box<Overridden>>, base: &Object, over: &Object) {
    let names = over.entries().filter_map(|(key, _)| literal(key)).filter(|name| base.get(name).is_none());
    noted.get_or_insert_default().only_there.extend(names);
}

/// Of `count` and `for_each` from different files the first counts.
fn resource(base: &mut ResourceBlock, over: ResourceBlock) {
    base.count = over.count.or(base.count.take());
    base.for_each = over.for_each.or(base.for_each.take()).filter(|_| base.count.is_none());
    base.provider = over.provider.or(base.provider.take());
    lifecycle(&mut base.lifecycle, over.lifecycle);
    base.connection = over.connection.or(base.connection.take());
    if !over.provisioners.is_empty() {
        base.provisioners = over.provisioners;
    }
    // Terraform does not ask of what overrides whether it is a block.
    if let Some(written) = &mut base.native {
        written.remove(|name| over.arguments.get(name).is_some());
    }
    overridden(&mut base.overridden, &base.arguments, &over.arguments);
    arguments(&mut base.arguments, over.arguments);
}

/// Argument by argument, unlike other nested blocks. What triggers a replacement cannot be overridden.
fn lifecycle(base: &mut Lifecycle, over: Lifecycle) {
    base.create_before_destroy = over.create_before_destroy.or(base.create_before_destroy);
    base.prevent_destroy = over.prevent_destroy.or(base.prevent_destroy);
    base.ignore_changes = match (base.ignore_changes.take(), over.ignore_changes) {
        (base, None) => base,
        // An empty list takes nothing away, and neither does a list where all is ignored.
        (Some(base), Some(IgnoreChanges::Attributes(names))) if names.is_empty() || base == IgnoreChanges::All => {
            Some(base)
        }
        (_, over) => over,
    };
}
