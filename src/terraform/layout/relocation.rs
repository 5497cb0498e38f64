//! Moving blocks into their modules: every reference in them is put the way it is written there.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::export::{self, Export, ExportKey};
use super::impure;
use super::numbering::{ModuleNumber, Numbering, ROOT};
use super::placement::Placement;
use super::wiring::Wiring;
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::check::Schemas;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Call, Editor, Expression, Names, Object, Root, Step, Traversal};
use crate::terraform::lifecycle::Condition;
use crate::terraform::module::Local;
use crate::terraform::resource::ResourceBlock;
use crate::terraform::variable::Variable;

/// What relocation knows of the configuration as one document, and what it makes on the way.
pub(super) struct Relocation<'a> {
    pub(super) numbering: &'a Numbering,
    pub(super) placement: &'a Placement,
    pub(super) schemas: &'a Schemas,
    /// By the number of each block, the provider that its type comes from.
    pub(super) providers: &'a [Cow<'static, str>],
    pub(super) variables: &'a [Variable],
    pub(super) locals: &'a [Local],
    pub(super) calls: FxHashMap<Cow<'static, str>, usize>,
    pub(super) variable_numbers: FxHashMap<Cow<'static, str>, usize>,
    pub(super) local_numbers: FxHashMap<Cow<'static, str>, usize>,
    /// Which local values are not the same each time they are evaluated.
    pub(super) impure: Vec<bool>,
    pub(super) wiring: Wiring,
    /// The local values that each module has, in the order they were asked for.
    pub(super) placed_locals: Vec<(ModuleNumber, Local)>,
    asked_locals: FxHashSet<(usize, ModuleNumber)>,
    waiting_locals: Vec<(usize, ModuleNumber)>,
    /// Providers whose functions are called, by module.
    pub(super) function_providers: BTreeSet<(ModuleNumber, String)>,
    pub(super) problems: Vec<Diagnostic>,
}

impl<'a> Relocation<'a> {
    pub(super) fn new(
        numbering: &'a Numbering,
        placement: &'a Placement,
        schemas: &'a Schemas,
        providers: &'a [Cow<'static, str>],
        (variables, locals): (&'a [Variable], &'a [Local]),
        wiring: Wiring,
    ) -> Self {
        Self {
            numbering,
            placement,
            schemas,
            providers,
            variables,
            locals,
            calls: FxHashMap::default(),
            variable_numbers: (0..).zip(variables).map(|(number, it)| (it.name.clone(), number)).collect(),
            local_numbers: (0..).zip(locals).map(|(number, it)| (it.name.clone(), number)).collect(),
            impure: impure::locals(locals),
            wiring,
            placed_locals: Vec::new(),
            asked_locals: FxHashSet::default(),
            waiting_locals: Vec::new(),
            function_providers: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    /// An expression, as it is written in `module`.
    pub(super) fn expression(&mut self, expression: &mut Expression, module: ModuleNumber) {
        expression.edit(&Names::none(), &mut Mover { relocation: self, module });
    }

    pub(super) fn object(&mut self, object: &mut Object, module: ModuleNumber) {
        object.edit(&Names::none(), &mut Mover { relocation: self, module });
    }

    pub(super) fn expressions<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e mut Expression>,
        module: ModuleNumber,
    ) {
        expressions.into_iter().for_each(|expression| self.expression(expression, module));
    }

    pub(super) fn conditions(&mut self, conditions: &mut [Condition], module: ModuleNumber) {
        for Condition { condition, error_message } in conditions {
            self.expressions([condition, error_message], module);
        }
    }

    /// A block and all that is in it.
    pub(super) fn block(&mut self, block: &mut ResourceBlock, module: ModuleNumber) {
        self.triggers(block, module);
        self.object(&mut block.arguments, module);
        self.expressions(block.count.iter_mut().chain(&mut block.for_each), module);
        self.conditions(&mut block.lifecycle.preconditions, module);
        self.conditions(&mut block.lifecycle.postconditions, module);
        self.depends_on(&mut block.depends_on, module);
        self.provisioning(block, module);
    }

    /// What runs on or beside the object, and how it gets there.
    fn provisioning(&mut self, block: &mut ResourceBlock, module: ModuleNumber) {
        let provisioners = block.provisioners.iter_mut();
        let bodies = provisioners.flat_map(|it| [Some(&mut it.arguments), it.connection.as_mut()]);
        for body in bodies.chain([block.connection.as_mut()]).flatten() {
            self.object(body, module);
        }
    }

    /// `depends_on` names blocks of its own module only. What waits for a block elsewhere waits for a variable, or an
    /// output, that comes once the block is there.
    pub(super) fn depends_on(&mut self, references: &mut Vec<Expression>, module: ModuleNumber) {
        let mut relocated = Vec::with_capacity(references.len());
        for mut reference in std::mem::take(references) {
            match self.elsewhere(&reference, module) {
                Some(wait) => reference = wait,
                None => self.expression(&mut reference, module),
            }
            if !relocated.contains(&reference) {
                relocated.push(reference);
            }
        }
        *references = relocated;
    }

    fn elsewhere(&mut self, reference: &Expression, module: ModuleNumber) -> Option<Expression> {
        let Expression::Traversal(Traversal { root: Root::Address(address), .. }) = reference else { return None };
        let (number, placed) = self.placement.find(address).filter(|(_, placed)| placed.module != module)?;
        // An argument of a call, unlike an output, has nothing to wait with but the block itself.
        let access = if self.numbering.next_on_the_way(placed.module, module).is_some() {
            self.wiring.access(ExportKey::Whole(number), module, self.numbering, || Export::whole(placed))
        } else {
            self.wiring.access(ExportKey::Ready(number), module, self.numbering, || Export::ready(placed))
        };
        Some(Expression::Traversal(access.followed_by(Vec::new())))
    }

    /// `replace_triggered_by` takes blocks of its own module only, and there is no way around that.
    fn triggers(&mut self, block: &mut ResourceBlock, module: ModuleNumber) {
        let mut triggers = std::mem::take(&mut block.lifecycle.replace_triggered_by);
        for (position, trigger) in triggers.iter_mut().enumerate() {
            let Expression::Traversal(Traversal { root: Root::Address(address), .. }) = &*trigger else { continue };
            let other = self.placement.find(address).map(|(_, placed)| placed.module).filter(|other| *other != module);
            match other {
                None => self.expression(trigger, module),
                Some(other) => self.problems.push(
                    Diagnostic::new(
                        DiagnosticKind::MisplacedReference,
                        block.address().to_string(),
                        format!("`{trigger}` is in {}, this block in {}", self.named(other), self.named(module)),
                    )
                    .at(format!("lifecycle.replace_triggered_by[{position}]"))
                    .because("Terraform replaces a block for changes in its own module only")
                    .help("put both into one module"),
                ),
            }
        }
        block.lifecycle.replace_triggered_by = triggers;
    }

    fn named(&self, module: ModuleNumber) -> String {
        self.numbering.path(module).map_or_else(|| "the root module".to_owned(), ToString::to_string)
    }

    /// Gives each module the local values that it asked for, and those that nobody asked for to the root.
    pub(super) fn locals(&mut self) {
        self.waiting();
        let asked: FxHashSet<usize> = self.asked_locals.iter().map(|(number, _)| *number).collect();
        for number in (0..self.locals.len()).filter(|number| !asked.contains(number)) {
            self.ask_for_local(number, ROOT);
        }
        self.waiting();
    }

    fn waiting(&mut self) {
        while let Some((number, module)) = self.waiting_locals.pop() {
            let Some(mut local) = self.locals.get(number).cloned() else { continue };
            self.expression(&mut local.value, module);
            self.placed_locals.push((module, local));
        }
    }

    fn ask_for_local(&mut self, number: usize, module: ModuleNumber) {
        if self.asked_locals.insert((number, module)) {
            self.waiting_locals.push((number, module));
        }
    }
}

/// Puts traversals the way they are written in a module.
struct Mover<'r, 'a> {
    relocation: &'r mut Relocation<'a>,
    module: ModuleNumber,
}

impl Editor for Mover<'_, '_> {
    fn traversal(&mut self, traversal: &mut Traversal, names: &Names<'_>) {
        match &traversal.root {
            Root::Address(address) => {
                let address = Arc::clone(address);
                match &*address {
                    // A name that is bound here hides a type. Iterators of dynamic blocks need no look: no block that
                    // is placed has a type of such a name.
                    Address::Resource { mode: ResourceMode::Managed, type_name, .. } if names.binds(type_name) => {}
                    Address::Resource { .. } => self.resource(traversal, &address),
                    Address::Variable(name) => self.variable(name),
                    Address::Local(name) => self.local(traversal, name),
                    Address::Module(name) => self.call_of_root(traversal, name),
                }
            }
            // The folder of the one document is the root's.
            Root::Name(name) if name == "path" && self.module != ROOT => match traversal.steps.first_mut() {
                Some(Step::Attribute(which)) if which == "module" => *which = Cow::Borrowed("root"),
                _ => {}
            },
            Root::Name(_) => {}
        }
    }

    fn call(&mut self, call: &Call) {
        if let Some((provider, _)) = call.name.strip_prefix("provider::").and_then(|rest| rest.split_once("::")) {
            self.relocation.function_providers.insert((self.module, provider.to_owned()));
        }
    }
}

impl Mover<'_, '_> {
    fn resource(&mut self, traversal: &mut Traversal, address: &Address) {
        let Relocation { placement, wiring, numbering, providers, schemas, .. } = &mut *self.relocation;
        let Some((number, placed)) = placement.find(address) else { return };
        if placed.module == self.module {
            traversal.root = Root::Address(Arc::clone(&placed.address));
            return;
        }
        let (wanted, rest) = export::cut(number, placed.instances, &traversal.steps);
        let provider = providers.get(number).map_or("", AsRef::as_ref);
        let access = match &wanted {
            ExportKey::Attribute(_, name) => {
                let name = name.clone();
                wiring.access(wanted, self.module, numbering, || Export::attribute(placed, &name, provider, schemas))
            }
            _ => wiring.access(wanted, self.module, numbering, || Export::whole(placed)),
        };
        *traversal = access.followed_by(rest);
    }

    fn variable(&mut self, name: &str) {
        let Relocation { variables, variable_numbers, wiring, numbering, .. } = &mut *self.relocation;
        let Some(number) = variable_numbers.get(name) else { return };
        if let Some(variable) = variables.get(*number) {
            wiring.hand_down(*number, variable, self.module, numbering);
        }
    }

    /// A local value goes with whoever uses it, so that a module is whole by itself. One that comes out differently each
    /// time is evaluated once, in the root.
    fn local(&mut self, traversal: &mut Traversal, name: &str) {
        let Some(number) = self.relocation.local_numbers.get(name).copied() else { return };
        let impure = self.relocation.impure.get(number).copied().unwrap_or_default();
        if !impure || self.module == ROOT {
            self.relocation.ask_for_local(number, self.module);
            return;
        }
        self.relocation.ask_for_local(number, ROOT);
        self.rooted(traversal, ExportKey::Local(number), Address::Local(name.to_owned().into()));
    }

    fn call_of_root(&mut self, traversal: &mut Traversal, name: &str) {
        if let Some(number) = self.relocation.calls.get(name).copied().filter(|_| self.module != ROOT) {
            self.rooted(traversal, ExportKey::Call(number), Address::Module(name.to_owned().into()));
        }
    }

    fn rooted(&mut self, traversal: &mut Traversal, wanted: ExportKey, address: Address) {
        let Relocation { wiring, numbering, .. } = &mut *self.relocation;
        let access = wiring.access(wanted, self.module, numbering, || Export::of_root(address));
        *traversal = access.followed_by(std::mem::take(&mut traversal.steps));
    }
}
