//! The pipes between modules: outputs, variables and the arguments of calls, made when somebody asks for a value.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::export::{Export, Wanted};
use super::rooms::{ROOT, Room, Rooms};
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
pub(super) struct Fittings {
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

/// All pipes.
#[derive(Debug)]
pub(super) struct Plumbing {
    fittings: Vec<Fittings>,
    exports: Vec<Export>,
    numbers: FxHashMap<Wanted, ExportNumber>,
    accesses: FxHashMap<(ExportNumber, Room), Access>,
    offers: FxHashMap<(ExportNumber, Room), Cow<'static, str>>,
    /// Which of the root's variables which module has.
    handed_down: FxHashSet<(usize, Room)>,
}

impl Plumbing {
    /// No pipes yet. The names of the root's variables are kept free for them, and those of its outputs for those.
    pub(super) fn new(rooms: &Rooms, variables: &[Variable], outputs: &[Output]) -> Self {
        let mut fittings: Vec<Fittings> = (0..rooms.count()).map(|_| Fittings::default()).collect();
        for fitting in &mut fittings {
            fitting.variable_names.extend(RESERVED_FOR_MODULES.map(Cow::Borrowed));
            fitting.variable_names.extend(variables.iter().map(|variable| variable.name.clone()));
        }
        if let Some(root) = fittings.first_mut() {
            root.output_names.extend(outputs.iter().map(|output| output.name.clone()));
        }
        Self {
            fittings,
            exports: Vec::new(),
            numbers: FxHashMap::default(),
            accesses: FxHashMap::default(),
            offers: FxHashMap::default(),
            handed_down: FxHashSet::default(),
        }
    }

    /// What goes in and out of each module.
    pub(super) fn into_fittings(self) -> Vec<Fittings> {
        self.fittings
    }

    /// Gives a module one of the root's variables, through all that call it, under its own name.
    pub(super) fn hand_down(&mut self, number: usize, variable: &Variable, room: Room, rooms: &Rooms) {
        let mut room = room;
        while room != ROOT && self.handed_down.insert((number, room)) {
            let reference = Expression::reference(Arc::new(Address::Variable(variable.name.clone())), Vec::new());
            let fittings = &mut self.fittings[room];
            fittings.variables.push(of_a_child(variable));
            fittings.arguments.0.push((Key::Literal(variable.name.clone()), reference));
            room = rooms.caller(room);
        }
    }

    /// How `room` names what is wanted, which comes from another module. Pipes that are there are used again.
    pub(super) fn access(
        &mut self,
        wanted: Wanted,
        room: Room,
        rooms: &Rooms,
        export: impl FnOnce() -> Export,
    ) -> Access {
        let exports = &mut self.exports;
        let number = *self.numbers.entry(wanted).or_insert_with(|| {
            exports.push(export());
            exports.len() - 1
        });
        self.access_to(number, room, rooms)
    }

    fn access_to(&mut self, number: ExportNumber, room: Room, rooms: &Rooms) -> Access {
        if let Some(access) = self.accesses.get(&(number, room)) {
            return access.clone();
        }
        let source = self.exports[number].room;
        let access = match rooms.next_on_the_way(room, source) {
            Some(child) => self.coming_up(number, room, child.clone(), rooms),
            None => self.coming_down(number, room, rooms),
        };
        self.accesses.insert((number, room), access.clone());
        access
    }

    fn coming_up(&mut self, number: ExportNumber, room: Room, child: Cow<'static, str>, rooms: &Rooms) -> Access {
        let output = rooms.called(room, &child).map(|inner| self.offer(number, inner, rooms));
        Access { root: Arc::new(Address::Module(child)), output }
    }

    fn coming_down(&mut self, number: ExportNumber, room: Room, rooms: &Rooms) -> Access {
        let argument = self.value_in(number, rooms.caller(room), rooms);
        let export = &self.exports[number];
        let through = rooms.apart(export.room, room);
        let fittings = &mut self.fittings[room];
        let name = unique(&mut fittings.variable_names, through, &export.name);
        fittings.arguments.0.push((Key::Literal(name.clone()), argument));
        fittings.variables.push(Variable {
            of_type: Some(export.of_type.clone()),
            sensitive: export.sensitive,
            ephemeral: export.ephemeral,
            ..Variable::new(name.clone()).description(described(export, room, rooms))
        });
        Access { root: Arc::new(Address::Variable(name)), output: None }
    }

    /// Makes an output of the value in `room`, which it comes from or through; returns the output's name.
    fn offer(&mut self, number: ExportNumber, room: Room, rooms: &Rooms) -> Cow<'static, str> {
        if let Some(name) = self.offers.get(&(number, room)) {
            return name.clone();
        }
        let value = self.value_in(number, room, rooms);
        let export = &self.exports[number];
        let through = rooms.apart(export.room, room);
        let fittings = &mut self.fittings[room];
        let name = unique(&mut fittings.output_names, through, &export.name);
        let depends_on = if export.room == room { export.depends_on.clone() } else { Vec::new() };
        fittings.outputs.push(Output {
            name: name.clone(),
            value,
            description: Some(described(export, room, rooms).into()),
            sensitive: export.sensitive,
            ephemeral: export.ephemeral,
            depends_on,
            preconditions: Vec::new(),
        });
        self.offers.insert((number, room), name.clone());
        name
    }

    fn value_in(&mut self, number: ExportNumber, room: Room, rooms: &Rooms) -> Expression {
        match self.exports.get(number) {
            Some(export) if export.room == room => export.value.clone(),
            _ => Expression::Traversal(self.access_to(number, room, rooms).followed_by(Vec::new())),
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

/// What an export is, for a reader in `room`.
fn described(export: &Export, room: Room, rooms: &Rooms) -> String {
    let [subject, rest] = &export.description;
    match rooms.path(export.room) {
        _ if export.room == room => format!("{subject}{rest}"),
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
