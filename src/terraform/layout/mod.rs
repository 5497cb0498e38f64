//! Layouts: one configuration, written as one document or as a tree of modules.
//!
//! ```text
//!                 ┌─ single ──> the module itself, with moves out of the tree
//! Module, blocks ─┤
//! and assignments └─ modules ─> numbering   the modules that the blocks name
//!                               placement   each block's module and its address in there
//!                               relocation  every reference as it is written in its new module
//!                               wiring      outputs, variables and arguments for those that cross a boundary
//!                               moves       from each address in the one document to the one in the tree
//! ```
//!
//! No wiring is written manually: typed code refers to a block whatever its module will be, and what has no reference across
//! a boundary is not passed on. The root keeps the variables, outputs, checks, provider configurations, moves, removals and
//! imports, and the blocks without an assignment.

mod assignment;
mod documents;
mod export;
mod impure;
mod moves;
mod numbering;
mod placement;
#[cfg(test)]
mod property_tests;
mod providers;
mod relocation;
#[cfg(test)]
mod tests;
mod wiring;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use assignment::Assignment;
pub use assignment::ModulePath;
use assignment::folder;
pub use documents::Documents;
use numbering::{Numbering, ROOT};
use placement::Placement;
use relocation::Relocation;
use wiring::{Interface, Wiring};

use super::check::{Schemas, provider_name};
use super::diagnostic::Diagnostic;
use super::expression::{Expression, Root, Traversal};
use super::module::Module;
use super::parse;
use super::refactoring::{Import, ModuleCall};
use super::settings::TerraformSettings;

/// A configuration as a tree of modules, not checked yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ModuleTree {
    pub(crate) root: Module,
    pub(crate) modules: BTreeMap<ModulePath, Module>,
}

impl Module {
    /// Adds moves from where the blocks stand in the layout of modules to where they stand in this document: a state
    /// that was applied as modules stays as it is when this document is applied.
    pub fn add_moves_out_of_modules(&mut self) {
        let moves = moves::out_of_modules(&self.resources, &self.moved);
        self.moved.extend(moves);
    }

    /// The tree of modules.
    ///
    /// # Errors
    /// What Terraform cannot do across modules.
    pub(crate) fn into_tree(self, schemas: &Schemas) -> Result<ModuleTree, Vec<Diagnostic>> {
        let assignments = self.resources.iter().filter_map(|block| block.assignment.as_ref());
        let numbering = Numbering::new(assignments.map(|assignment| &assignment.module));
        let placement = Placement::new(&self.resources, &numbering);
        split(self, &numbering, &placement, schemas)
    }
}

fn split(
    mut module: Module,
    numbering: &Numbering,
    placement: &Placement,
    schemas: &Schemas,
) -> Result<ModuleTree, Vec<Diagnostic>> {
    let moves: Vec<_> = moves::into_modules(&module.resources).collect();
    module.moved.extend(moves);
    let blocks = std::mem::take(&mut module.resources);
    let names: Vec<_> = blocks.iter().map(|block| provider_name(block).to_owned().into()).collect();
    let variables = module.variables.clone();
    let locals = std::mem::take(&mut module.locals);
    let wiring = Wiring::new(numbering, &variables, &module.outputs);
    let mut relocation = Relocation::new(numbering, placement, schemas, &names, (&variables, &locals), wiring);
    relocation.calls = (0..).zip(&module.module_calls).map(|(number, call)| (call.name.clone(), number)).collect();

    let mut parts: Vec<Module> = (0..numbering.count()).map(|_| Module::new()).collect();
    for (number, mut block) in blocks.into_iter().enumerate() {
        let Some(placed) = placement.get(number) else { continue };
        relocation.block(&mut block, placed.module);
        if let Some(assignment) = block.assignment.take() {
            block.name = assignment.name;
        }
        parts[placed.module].resources.push(block);
    }
    relocate_root(&mut module, &mut relocation);
    relocation.locals();
    let Relocation { placed_locals, function_providers, wiring, problems, .. } = relocation;
    if !problems.is_empty() {
        return Err(problems);
    }
    module.resources = std::mem::take(&mut parts[ROOT].resources);
    parts[ROOT] = module;
    for (module, local) in placed_locals {
        parts[module].locals.push(local);
    }
    let mut needs = providers::needs(&parts, numbering, function_providers);
    connect(&mut parts, numbering, wiring.into_interfaces(), &mut needs);
    Ok(tree(parts, numbering))
}

/// What stays in the root and refers to blocks that may not.
fn relocate_root(root: &mut Module, relocation: &mut Relocation<'_>) {
    for provider in &mut root.providers {
        relocation.object(&mut provider.arguments, ROOT);
    }
    for variable in &mut root.variables {
        relocation.conditions(&mut variable.validations, ROOT);
    }
    for call in &mut root.module_calls {
        relocation.object(&mut call.arguments, ROOT);
        relocation.expressions(call.count.iter_mut().chain(&mut call.for_each), ROOT);
        relocation.depends_on(&mut call.depends_on, ROOT);
    }
    for output in &mut root.outputs {
        relocation.expression(&mut output.value, ROOT);
        relocation.conditions(&mut output.preconditions, ROOT);
        relocation.depends_on(&mut output.depends_on, ROOT);
    }
    for check in &mut root.checks {
        if let Some(data) = &mut check.data {
            relocation.block(data, ROOT);
        }
        relocation.conditions(&mut check.assertions, ROOT);
    }
    for import in &mut root.imports {
        relocation.expressions(std::iter::once(&mut import.id).chain(&mut import.for_each), ROOT);
        import_into_module(import, relocation);
    }
}

/// In a module, an imported object is read through the provider that the module was given.
fn import_into_module(import: &mut Import, relocation: &mut Relocation<'_>) {
    let Ok(Expression::Traversal(Traversal { root: Root::Address(address), steps })) = parse::expression(&import.to)
    else {
        return;
    };
    let Some((_, placed)) = relocation.placement.find(&address) else { return };
    if let Some(path) = relocation.numbering.path(placed.module) {
        let inner = Expression::reference(Arc::clone(&placed.address), steps);
        import.to = format!("{path}.{inner}");
        import.provider = None;
    }
}

/// Gives each module what goes in and out of it, and the call that its caller makes.
fn connect(parts: &mut [Module], numbering: &Numbering, interfaces: Vec<Interface>, needs: &mut providers::Needs) {
    let (comment, settings) = (parts[ROOT].comment.clone(), parts[ROOT].settings.clone());
    for (module, Interface { variables, outputs, arguments, .. }) in interfaces.into_iter().enumerate() {
        parts[module].outputs.extend(outputs);
        let Some(path) = numbering.path(module) else { continue };
        let needed = needs.of(module);
        parts[module].variables = variables;
        parts[module].comment.clone_from(&comment);
        parts[module].dialect = parts[ROOT].dialect;
        parts[module].settings = TerraformSettings {
            required_version: settings.required_version.clone(),
            required_providers: needed.required(&settings),
            backend: None,
            ..TerraformSettings::default()
        };
        let mut call = ModuleCall::new(path.name().to_owned(), format!("./{}", folder(path.name())));
        call.arguments = arguments;
        call.providers = needed.passed();
        parts[numbering.caller(module)].module_calls.push(call);
    }
}

fn tree(parts: Vec<Module>, numbering: &Numbering) -> ModuleTree {
    let mut parts = parts.into_iter();
    let root = parts.next().unwrap_or_default();
    let modules = numbering.children().map(|(_, path)| path.clone()).zip(parts).collect();
    ModuleTree { root, modules }
}
