//! The wiring between modules: outputs, variables and the arguments of calls, made when a value is asked for.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::export::{Export, ExportKey};
use super::numbering::{ModuleNumber, Numbering, ROOT};
use crate::terraform::address::Address;
use crate::terraform::check::{RESERVED_FOR_MODULES, mentions};
use crate::terraform::expression::{Expression, Key, Object, Root, Step, Traversal};
use crate::terraform::lifecycle::Condition;
use crate::terraform::output::Output;
use crate::terraform::variable::Variable;

/// The number of an export.
type ExportNumber = usize;

/// What goes in and out of one module.
#[derive(Debug, Default)]
pub(super) struct Interface {
    pub(super) variables: Vec<Variable>,
    pub(super) outputs: Vec<Output>,
    /// What its caller gives it.
    pub(super) arguments: Object,
    variable_names: FxHashSet<Cow<'static, str>>,
    output_names: FxHashSet<Cow<'static, str>>,
}

/// How a module names a value of another: a variable of its own, or an output of a module that it calls.
#[derive(Debug, Clone)]
pub(super) struct Access {
    root: Arc<Address>,
    output: Option<Cow<'static, str>>,
}

impl Access {
    /// The value, and from there along `rest`.
    pub(super) fn followed_by(self, rest: Vec<Step>) -> Traversal {
        let mut steps: Vec<Step> = self.output.map(Step::Attribute).into_iter().collect();
        steps.extend(rest);
        Traversal { root: Root::Address(self.root), steps }
    }
}

/// All connections.
#[derive(Debug)]
pub(super) struct Wiring {
    interfaces: Vec<Interface>,
    exports: Vec<Export>,
    numbers: FxHashMap<ExportKey, ExportNumber>,
    accesses: FxHashMap<(ExportNumber, ModuleNumber), Access>,
    offers: FxHashMap<(ExportNumber, ModuleNumber), Cow<'static, str>>,
    /// Which of the root's variables which module has.
    handed_down: FxHashSet<(usize, ModuleNumber)>,
}

impl Wiring {
    /// No connections yet. The names of the root's variables are kept free for them, and those of its outputs for those.
    pub(super) fn new(numbering: &Numbering, variables: &[Variable], outputs: &[Output]) -> Self {
        let mut interfaces: Vec<Interface> = (0..numbering.count()).map(|_| Interface::default()).collect();
        for interface in &mut interfaces {
            interface.variable_names.extend(RESERVED_FOR_MODULES.map(Cow::Borrowed));
            interface.variable_names.extend(variables.iter().map(|variable| variable.name.clone()));
        }
        if let Some(root) = interfaces.first_mut() {
            root.output_names.extend(outputs.iter().map(|output| output.name.clone()));
        }
        Self {
            interfaces,
            exports: Vec::new(),
            numbers: FxHashMap::default(),
            accesses: FxHashMap::default(),
            offers: FxHashMap::default(),
            handed_down: FxHashSet::default(),
        }
    }

    /// What goes in and out of each module.
    pub(super) fn into_interfaces(self) -> Vec<Interface> {
        self.interfaces
    }

    /// Gives a module one of the root's variables, through all that call it, under its own name.
    pub(super) fn hand_down(
        &mut self,
        number: usize,
        variable: &Variable,
        module: ModuleNumber,
        numbering: &Numbering,
    ) {
        let mut module = module;
        while module != ROOT && self.handed_down.insert((number, module)) {
            let reference = Expression::reference(Arc::new(Address::Variable(variable.name.clone())), Vec::new());
            let interface = &mut self.interfaces[module];
            interface.variables.push(of_a_child(variable));
            interface.arguments.0.push((Key::Literal(variable.name.clone()), reference));
            module = numbering.caller(module);
        }
    }

    /// How `module` names what is wanted, which comes from another module. Connections that are there are used again.
    pub(super) fn access(
        &mut self,
        wanted: ExportKey,
        module: ModuleNumber,
        numbering: &Numbering,
        export: impl FnOnce() -> Export,
    ) -> Access {
        let exports = &mut self.exports;
        let number = *self.numbers.entry(wanted).or_insert_with(|| {
            exports.push(export());
            exports.len() - 1
        });
        self.access_to(number, module, numbering)
    }

    fn access_to(&mut self, number: ExportNumber, module: ModuleNumber, numbering: &Numbering) -> Access {
        if let Some(access) = self.accesses.get(&(number, module)) {
            return access.clone();
        }
        let source = self.exports[number].module;
        let access = match numbering.next_on_the_way(module, source) {
            Some(child) => self.coming_up(number, module, child.clone(), numbering),
            None => self.coming_down(number, module, numbering),
        };
        self.accesses.insert((number, module), access.clone());
        access
    }

    fn coming_up(
        &mut self,
        number: ExportNumber,
        module: ModuleNumber,
        child: Cow<'static, str>,
        numbering: &Numbering,
    ) -> Access {
        let output = numbering.called(module, &child).map(|inner| self.offer(number, inner, numbering));
        Access { root: Arc::new(Address::Module(child)), output }
    }

    fn coming_down(&mut self, number: ExportNumber, module: ModuleNumber, numbering: &Numbering) -> Access {
        let argument = self.value_in(number, numbering.caller(module), numbering);
        let export = &self.exports[number];
        let through = numbering.apart(export.module, module);
        let interface = &mut self.interfaces[module];
        let name = unique(&mut interface.variable_names, through, &export.name);
        interface.arguments.0.push((Key::Literal(name.clone()), argument));
        interface.variables.push(Variable {
            of_type: Some(export.of_type.clone()),
            sensitive: export.sensitive,
            ephemeral: export.ephemeral,
            ..Variable::new(name.clone()).description(described(export, module, numbering))
        });
        Access { root: Arc::new(Address::Variable(name)), output: None }
    }

    /// Makes an output of the value in `module`, which it comes from or through; returns the output's name.
    fn offer(&mut self, number: ExportNumber, module: ModuleNumber, numbering: &Numbering) -> Cow<'static, str> {
        if let Some(name) = self.offers.get(&(number, module)) {
            return name.clone();
        }
        let value = self.value_in(number, module, numbering);
        let export = &self.exports[number];
        let through = numbering.apart(export.module, module);
        let interface = &mut self.interfaces[module];
        let name = unique(&mut interface.output_names, through, &export.name);
        let depends_on = if export.module == module { export.depends_on.clone() } else { Vec::new() };
        interface.outputs.push(Output {
            name: name.clone(),
            value,
            description: Some(described(export, module, numbering).into()),
            sensitive: export.sensitive,
            ephemeral: export.ephemeral,
            depends_on,
            preconditions: Vec::new(),
        });
        self.offers.insert((number, module), name.clone());
        name
    }

    fn value_in(&mut self, number: ExportNumber, module: ModuleNumber, numbering: &Numbering) -> Expression {
        match self.exports.get(number) {
            Some(export) if export.module == module => export.value.clone(),
            _ => Expression::Traversal(self.access_to(number, module, numbering).followed_by(Vec::new())),
        }
    }
}

/// The variable as a child declares it. A validation that looks at something else stays with the root, which has it.
fn of_a_child(variable: &Variable) -> Variable {
    let own = |root: &Root| match root {
        Root::Address(address) => matches!(&**address, Address::Variable(name) if *name == variable.name),
        Root::Name(_) => true,
    };
    let alone = |condition: &Condition| {
        ![&condition.condition, &condition.error_message].into_iter().any(|it| mentions(it, |root| !own(root)))
    };
    let validations = variable.validations.iter().filter(|validation| alone(validation)).cloned().collect();
    Variable { validations, ..variable.clone() }
}

/// What an export is, for a reader in `module`.
fn described(export: &Export, module: ModuleNumber, numbering: &Numbering) -> String {
    let [subject, rest] = &export.description;
    match numbering.path(export.module) {
        _ if export.module == module => format!("{subject}{rest}"),
        Some(path) => format!("{subject} in {path}{rest}"),
        None => format!("{subject} in the root module{rest}"),
    }
}

/// A name that is not taken: that of the value, after the modules it comes through.
fn unique(taken: &mut FxHashSet<Cow<'static, str>>, through: &[Cow<'static, str>], name: &str) -> Cow<'static, str> {
    let mut words: Vec<&str> = through.iter().map(AsRef::as_ref).collect();
    words.push(name);
    let plain = words.join("_");
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken.contains(name.as_str()));
    let name = Cow::<'static, str>::Owned(free.unwrap_or(plain));
    taken.insert(name.clone());
    name
}
