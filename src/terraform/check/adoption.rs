//! `moved`, `removed` and `import` as Terraform loads and validates them: what is there and what is gone it asks when it plans.

use super::checker::{Checker, Context};
use super::place::BlockName;
use super::references::mentions;
use super::shape::Shape;
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Root, Step, Traversal};
use crate::terraform::parse::{self, traversal};
use crate::terraform::refactoring::{Import, Moved, Removed};
use crate::terraform::resource::ResourceBlock;

/// Words that are no type of a resource where an object moves.
const RESERVED: [&str; 11] =
    ["action", "count", "each", "lazy", "local", "locals", "module", "path", "self", "terraform", "var"];

/// Checks all three kinds of blocks.
pub(super) fn check(checker: &mut Checker<'_>) {
    let module = checker.index.module;
    module.moved.iter().for_each(|moved| checker.move_of(moved));
    module.removed.iter().for_each(|removed| checker.removal_of(removed));
    module.imports.iter().for_each(|import| checker.import_of(import));
}

/// What an address means.
#[derive(Debug, PartialEq, Eq)]
enum Endpoint {
    Module,
    Resource(ResourceMode),
}

/// An address, and whether it names an instance somewhere.
struct Target {
    endpoint: Endpoint,
    has_key: bool,
}

impl Target {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (root, steps) = traversal(text).ok_or("it is no address")?;
        let mut has_key = false;
        let mut names: Vec<String> = vec![root];
        let mut after_key = false;
        for step in steps {
            match step {
                Step::Attribute(name) => {
                    names.push(name.into_owned());
                    after_key = false;
                }
                _ if after_key => return Err("one key follows the other"),
                _ => {
                    // A key belongs to the name of a module or a resource.
                    names.push("[".to_owned());
                    (has_key, after_key) = (true, true);
                }
            }
        }
        Ok(Self { endpoint: endpoint(&names)?, has_key })
    }
}

fn endpoint(names: &[String]) -> Result<Endpoint, &'static str> {
    let mut rest = names;
    let mut module = false;
    while let [keyword, name, tail @ ..] = rest {
        if keyword != "module" || name == "[" {
            break;
        }
        module = true;
        rest = tail.strip_prefix(&["[".to_owned()]).unwrap_or(tail);
    }
    let (mode, rest) = match rest {
        [] if module => return Ok(Endpoint::Module),
        [keyword, tail @ ..] if keyword == "data" => (ResourceMode::Data, tail),
        [keyword, tail @ ..] if keyword == "ephemeral" => (ResourceMode::Ephemeral, tail),
        [keyword, tail @ ..] if keyword == "resource" => (ResourceMode::Managed, tail),
        rest => (ResourceMode::Managed, rest),
    };
    match rest {
        [of_type, name, key @ ..] if of_type != "[" && name != "[" && matches!(key, [] | [_]) => {
            if key.first().is_some_and(|key| key != "[") {
                return Err("what follows the name is no key in brackets");
            }
            Ok(Endpoint::Resource(mode))
        }
        _ => Err("a resource has a type and a name"),
    }
}

impl<'a> Checker<'a> {
    fn move_of(&mut self, moved: &'a Moved) {
        self.findings.enter(BlockName::Moved(&moved.from));
        let ends = [("from", &moved.from), ("to", &moved.to)].map(|(field, text)| {
            let root = text.trim().split(['.', '[']).next().unwrap_or_default();
            let target = if RESERVED.contains(&root) && root != "module" {
                Err("it begins with a word that the language keeps for itself")
            } else {
                Target::parse(text)
            };
            self.end(field, text, target)
        });
        if let [Some(from), Some(to)] = ends
            && (from.endpoint == Endpoint::Module) != (to.endpoint == Endpoint::Module)
        {
            let message = "a resource cannot become a module, nor the other way round";
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
    }

    fn end(&mut self, field: &'a str, text: &str, target: Result<Target, &'static str>) -> Option<Target> {
        target
            .map_err(|why| {
                self.findings.push(field);
                let message = format!("`{text}` is no address of a resource or a module: {why}");
                self.findings.add(self.findings.here(DiagnosticKind::Syntax, message));
                self.findings.pop();
            })
            .ok()
    }

    fn removal_of(&mut self, removed: &'a Removed) {
        self.findings.enter(BlockName::Removed(&removed.from));
        let Some(target) = self.end("from", &removed.from, Target::parse(&removed.from)) else { return };
        if matches!(target.endpoint, Endpoint::Resource(ResourceMode::Data | ResourceMode::Ephemeral)) {
            self.removed_problem("only managed resources and modules leave something behind");
        }
        if target.has_key {
            let message = format!("`{}` names one instance, but only a whole block can be removed", removed.from);
            self.findings.push("from");
            self.findings.add(self.findings.here(DiagnosticKind::Instances, message));
            self.findings.pop();
        }
        if target.endpoint != Endpoint::Resource(ResourceMode::Managed)
            && (removed.connection.is_some() || !removed.provisioners.is_empty())
        {
            self.removed_problem("only what is left of a managed resource can run something");
        }
        for object in removed.provisioners.iter().map(|provisioner| &provisioner.arguments).chain(&removed.connection) {
            self.only_itself(object);
        }
    }

    fn removed_problem(&mut self, message: &str) {
        self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message));
    }

    fn import_of(&mut self, import: &'a Import) {
        self.findings.enter(BlockName::Import(&import.to));
        let repetition = self.import_repetition(import.for_each.as_ref());
        self.within(Context { repetition, ..Context::default() }, |checker| checker.identifier(import));
        let Ok(Expression::Traversal(Traversal { root: Root::Address(address), steps })) =
            parse::expression(&import.to)
        else {
            self.import_target(import, "it is no address");
            return;
        };
        match address.as_ref() {
            Address::Resource { mode: ResourceMode::Managed, type_name, name } => {
                if mentions(&import.id, |root| matches!(root, Root::Address(it) if **it == *address)) {
                    let message = "the id of an object cannot come from the object itself";
                    self.import_problem("id", DiagnosticKind::MisplacedReference, message.to_owned());
                }
                let key = match steps.as_slice() {
                    [] => None,
                    [Step::Index(key)] => Some(key),
                    _ => return self.import_target(import, "what follows the name is no key in brackets"),
                };
                let found = self.index.resource(ResourceMode::Managed, type_name, name).map(|declared| declared.block);
                if let Some(block) = found {
                    self.import_instance(import, block, key);
                }
                if key.is_some_and(|key| !key.is_literal()) && import.for_each.is_none() {
                    self.import_target(import, "without `for_each` the key is written out");
                }
            }
            Address::Module(call) => self.import_into(import, call, &steps),
            _ => self.import_target(import, "only managed resources can be imported"),
        }
    }

    fn import_repetition(&mut self, for_each: Option<&'a Expression>) -> super::checker::Repetition<'a> {
        let Some(collection) = for_each else { return super::checker::Repetition::Once };
        self.findings.push("for_each");
        let shape = self.infer(collection);
        if shape.is_scalar() {
            let message = format!("`{collection}` is {shape}, which has no elements");
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
        self.findings.pop();
        super::checker::Repetition::Each(Shape::Unknown)
    }

    fn identifier(&mut self, import: &'a Import) {
        self.findings.push("id");
        match &import.id {
            Expression::Null => {
                self.findings.add(self.findings.here(DiagnosticKind::WrongType, "the id is `null`"));
            }
            Expression::Text(text) if text.is_empty() => {
                self.findings.add(self.findings.here(DiagnosticKind::WrongType, "the id is empty"));
            }
            // That it is ephemeral, Terraform finds when it plans.
            id => self.argument(Shape::String, id, true),
        }
        self.findings.pop();
    }

    fn import_instance(&mut self, import: &'a Import, block: &'a ResourceBlock, key: Option<&Expression>) {
        if import.provider.is_some() {
            let message = format!("`{}` has a block, and that says who its provider is", import.to);
            self.import_problem("provider", DiagnosticKind::Conflict, message);
        }
        let fits = match (block.count.is_some(), block.for_each.is_some(), key) {
            (false, false, key) => key.is_none(),
            (true, _, Some(key)) => !matches!(key, Expression::Text(_)),
            (_, true, Some(key)) => !matches!(key, Expression::Number(_)),
            (_, _, None) => false,
        };
        if !fits {
            let message = match key {
                Some(_) => format!("`{}` names an instance that the block cannot have", import.to),
                None => format!("`{}` names no instance, but the block has `count` or `for_each`", import.to),
            };
            self.import_problem("to", DiagnosticKind::Instances, message);
        }
    }

    /// An object of a module that is called: the block must be there, because none is made up in other modules.
    fn import_into(&mut self, import: &'a Import, call: &str, steps: &[Step]) {
        if import.provider.is_some() {
            let message = "the module's own blocks say who the provider is".to_owned();
            self.import_problem("provider", DiagnosticKind::Conflict, message);
        }
        let names: Vec<&str> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Attribute(name) => Some(name.as_ref()),
                _ => None,
            })
            .collect();
        if names.len() < 2 {
            return self.import_target(import, "only managed resources can be imported");
        }
        let missing = match (self.index.call(call), self.index.called(call), names.as_slice()) {
            (None, ..) => true,
            (Some(_), Some(module), [of_type, name]) => {
                let is_it = |block: &ResourceBlock| block.type_name == *of_type && block.name == *name;
                !module.resources.iter().any(|block| block.mode == ResourceMode::Managed && is_it(block))
            }
            _ => false,
        };
        if missing {
            self.import_problem("to", DiagnosticKind::UndefinedAddress, format!("`{}` has no block", import.to));
        }
    }

    fn import_target(&mut self, import: &'a Import, why: &str) {
        self.import_problem("to", DiagnosticKind::Syntax, format!("`{}`: {why}", import.to));
    }

    fn import_problem(&mut self, field: &'a str, kind: DiagnosticKind, message: String) {
        self.findings.push(field);
        self.findings.add(self.findings.here(kind, message));
        self.findings.pop();
    }
}
