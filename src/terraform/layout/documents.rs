//! The documents of one configuration: the root's and those of the modules it calls.

use std::collections::BTreeMap;

use super::{ModulePath, ModuleTree};
use crate::terraform::check::{Schemas, Surroundings, check_all, check_part};
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::document::Document;
use crate::terraform::module::Module;
use crate::terraform::refactoring::ModuleCall;

/// The documents of one configuration. As with [`Document`], there is none that has not passed the check: first all blocks
/// together, then of each module what dividing them can have changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Documents {
    root: Document,
    modules: BTreeMap<ModulePath, Document>,
}

impl Documents {
    /// Checks the module and writes it as the modules that its blocks name (see [`layout`](super)).
    ///
    /// # Errors
    /// Everything that is wrong with the module, in a stable order.
    pub fn new(module: Module, schemas: &Schemas) -> Result<Self, Vec<Diagnostic>> {
        let findings = module.check(schemas);
        if !findings.is_empty() {
            return Err(findings);
        }
        let tree = module.into_tree(schemas)?;
        let findings = check(&tree, schemas);
        if !findings.is_empty() {
            return Err(findings);
        }
        let ModuleTree { root, modules } = tree;
        let modules = modules.into_iter().map(|(path, module)| (path, Document::of_checked(module))).collect();
        Ok(Self { root: Document::of_checked(root), modules })
    }

    /// The document that Terraform is run on.
    pub fn root(&self) -> &Document {
        &self.root
    }

    /// The modules that it calls, and those that they call.
    pub fn modules(&self) -> &BTreeMap<ModulePath, Document> {
        &self.modules
    }

    /// The call of a module.
    pub fn call_of(&self, path: &ModulePath) -> Option<&ModuleCall> {
        let caller = match path.parent() {
            Some(parent) => self.modules.get(&parent)?,
            None => &self.root,
        };
        caller.module().module_calls.iter().find(|call| call.name == path.name())
    }

    /// All documents by their paths, seen from the folder of the root.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let modules = self.modules.iter();
        let name = self.root.module().dialect.document();
        let modules = modules.map(|(path, document)| (format!("{}/{name}", path.folder()), document.to_bytes()));
        modules.chain([(name.to_owned(), self.root.to_bytes())]).collect()
    }
}

/// Each module with those it calls and the call that it answers.
fn check(tree: &ModuleTree, schemas: &Schemas) -> Vec<Diagnostic> {
    let parts: Vec<Part<'_>> = parts(tree).collect();
    let found = parts.iter().flat_map(|(path, module, surroundings)| {
        check_part(module, schemas, surroundings).into_iter().map(|finding| located(*path, finding))
    });
    let found: Vec<_> = found.collect();
    // References and what passes them on are made by the layout, of what was checked: wherever tests run, that is held to the whole check.
    if cfg!(debug_assertions) && found.is_empty() {
        let pairs: Vec<_> = parts.iter().map(|(_, module, surroundings)| (*module, surroundings)).collect();
        let broken: Vec<_> = check_all(&pairs, schemas).into_iter().flatten().collect();
        debug_assert!(broken.is_empty(), "the layout has broken a module: {broken:?}");
    }
    found
}

/// A module of the tree, what it is called there, and what is around it.
type Part<'t> = (Option<&'t ModulePath>, &'t Module, Surroundings<'t>);

fn parts(tree: &ModuleTree) -> impl Iterator<Item = Part<'_>> {
    let children = tree.modules.iter().map(|(path, module)| (Some(path), module));
    [(None, &tree.root)].into_iter().chain(children).map(|(path, module)| {
        let call = path.and_then(|path| call_of(path, tree));
        (path, module, Surroundings { called: called(path, tree), call, ..Surroundings::default() })
    })
}

fn located(path: Option<&ModulePath>, finding: Diagnostic) -> Diagnostic {
    match path {
        Some(path) => Diagnostic { block: format!("{path}.{}", finding.block), ..finding },
        None => finding,
    }
}

fn called<'a>(caller: Option<&ModulePath>, tree: &'a ModuleTree) -> BTreeMap<&'a str, &'a Module> {
    let modules = tree.modules.iter().filter(|(path, _)| path.parent().as_ref() == caller);
    modules.map(|(path, module)| (path.name(), module)).collect()
}

fn call_of<'a>(path: &ModulePath, tree: &'a ModuleTree) -> Option<&'a ModuleCall> {
    let caller = match path.parent() {
        Some(parent) => tree.modules.get(&parent)?,
        None => &tree.root,
    };
    caller.module_calls.iter().find(|call| call.name == path.name())
}
