//! What a traversal begins at: a block of the module, or a name that the language binds.

use std::sync::Arc;

use super::checker::{Bound, Checker, LocalState, Repetition};
use super::index::Declared;
use super::shape::{Element, Shape};
use super::steps::Subject;
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Names, Root, Step, Traversal, Visitor};
use crate::terraform::nearest::nearest;
use crate::terraform::variable::Variable;

/// So few blocks of a kind are named even where none has a name like the wanted one.
const FEW: usize = 3;

/// For so many addresses that are not there the nearest names are looked for: in a module where more than these are
/// missing, something else is wrong, and the search would take long.
const MOST_SEARCHES: usize = 100;

/// How many instances a block has.
#[derive(Clone, Copy)]
enum Instances<'a> {
    Single,
    Count(&'a Expression),
    ForEach(&'a Expression),
}

impl<'a> Instances<'a> {
    fn new(count: Option<&'a Expression>, for_each: Option<&'a Expression>) -> Self {
        match (count, for_each) {
            (Some(count), _) => Self::Count(count),
            (None, Some(for_each)) => Self::ForEach(for_each),
            (None, None) => Self::Single,
        }
    }
}

impl<'a> Checker<'a> {
    /// Resolves a traversal and tells the shape of what it leads to.
    pub(super) fn traversal(&mut self, traversal: &'a Traversal) -> Shape<'a> {
        match &traversal.root {
            Root::Address(address) => match address.as_ref() {
                Address::Resource { mode, type_name, name } => match self.bound_instead(*mode, type_name) {
                    Some(bound) => {
                        let shape = self.bound_attribute(bound, name, traversal);
                        self.follow(shape, &traversal.steps, Subject::Traversal(traversal), false)
                    }
                    None => self.resource_reference(traversal, address, *mode),
                },
                Address::Variable(name) => self.variable_reference(traversal, address, name),
                Address::Local(name) => self.local_reference(traversal, address, name),
                Address::Module(name) => self.call_reference(traversal, address, name),
            },
            Root::Name(name) => self.name_reference(traversal, name),
        }
    }

    /// A name that is bound here hides a resource type: the text `ingress.value` is an address unless one knows that.
    fn bound_instead(&self, mode: ResourceMode, type_name: &str) -> Option<Bound<'a>> {
        if self.names.is_empty() || mode != ResourceMode::Managed { None } else { self.bound(type_name) }
    }

    fn bound(&self, name: &str) -> Option<Bound<'a>> {
        self.names.iter().rev().find(|binding| binding.name == name).map(|binding| binding.bound)
    }

    fn bound_attribute(&mut self, bound: Bound<'a>, name: &'a str, traversal: &'a Traversal) -> Shape<'a> {
        match (bound, name) {
            (Bound::Value(shape), _) => self.attribute_step(shape, name, Subject::Traversal(traversal), false),
            (Bound::Iterator(_), "key") => Shape::Unknown,
            (Bound::Iterator(value), "value") => value,
            (Bound::Iterator(_), _) => {
                self.no_attribute(name, vec!["key".to_owned(), "value".to_owned()], Subject::Traversal(traversal), true)
            }
        }
    }

    fn resource_reference(
        &mut self,
        traversal: &'a Traversal,
        address: &'a Arc<Address>,
        mode: ResourceMode,
    ) -> Shape<'a> {
        let Some(declared) = self.declared(address) else {
            return self.undefined_address(traversal, address);
        };
        self.visible(declared, traversal);
        if self.context.in_condition && self.context.owner.is_some_and(|owner| owner.node == declared.node) {
            self.own_address_in_condition(traversal);
        } else {
            self.depend(declared.node);
        }
        if mode == ResourceMode::Ephemeral {
            self.ephemeral = self.ephemeral.or(Some(traversal));
        }
        let shape = declared.knowledge.block_type().map_or(Shape::Unknown, Shape::Body);
        let instances = Instances::new(declared.block.count.as_ref(), declared.block.for_each.as_ref());
        self.instances(shape, instances, traversal, address)
    }

    /// The block with this address. References that come from one handle share their address, so that it is worth
    /// remembering where that led.
    fn declared(&mut self, shared: &'a Arc<Address>) -> Option<&'a Declared<'a>> {
        let Address::Resource { mode, type_name, name } = shared.as_ref() else { return None };
        if Arc::strong_count(shared) == 1 {
            return self.index.resource(*mode, type_name, name);
        }
        let pointer = Arc::as_ptr(shared);
        if let Some(known) = self.shared.get(&pointer) {
            return Some(known);
        }
        let found = self.index.resource(*mode, type_name, name)?;
        self.shared.insert(pointer, found);
        Some(found)
    }

    fn own_address_in_condition(&mut self, traversal: &'a Traversal) {
        let message = format!("`{traversal}`: a condition may not refer to its own block by address");
        self.findings.add(
            self.findings
                .here(DiagnosticKind::MisplacedReference, message)
                .help("use `self` in a postcondition; a precondition runs before the object exists"),
        );
    }

    /// The data source of a check is seen by that check alone.
    fn visible(&mut self, declared: &Declared<'a>, traversal: &'a Traversal) {
        let Some(check) = declared.check else { return };
        if self.context.check != Some(check) {
            let message = format!("`{traversal}` is in the check `{check}`, outside of which nothing sees it");
            self.findings.add(
                self.findings
                    .here(DiagnosticKind::MisplacedReference, message)
                    .help("move the data source out of the check"),
            );
        }
    }

    /// Takes the first step of a reference to a block that may have several instances.
    #[inline]
    fn instances(
        &mut self,
        shape: Shape<'a>,
        instances: Instances<'a>,
        traversal: &'a Traversal,
        address: &'a Address,
    ) -> Shape<'a> {
        let subject = Subject::Traversal(traversal);
        match (instances, traversal.steps.as_slice()) {
            (Instances::Single, [Step::Attribute(name)]) => self.attribute_step(shape, name, subject, true),
            (Instances::Single, [Step::Index(key), rest @ ..]) => {
                self.infer(key);
                self.no_instances(address, traversal);
                self.follow(shape, rest, subject, true)
            }
            (Instances::Single, steps) => self.follow(shape, steps, subject, true),
            (Instances::Count(_), []) => Shape::List(Element::from(shape)),
            (Instances::ForEach(_), []) => Shape::Map(Element::from(shape)),
            (Instances::Count(count), [Step::Index(key), rest @ ..]) => {
                self.infer(key);
                if self.index.is_strict() {
                    self.counted_key(count, key, traversal);
                }
                self.follow(shape, rest, subject, true)
            }
            (Instances::ForEach(for_each), [Step::Index(key), rest @ ..]) => {
                self.infer(key);
                if self.index.is_strict() {
                    self.named_key(for_each, key, traversal);
                }
                self.follow(shape, rest, subject, true)
            }
            // How many there are Terraform does not know yet, and so it looks at none of them.
            (Instances::Count(_) | Instances::ForEach(_), [Step::Splat, ..]) if !self.index.is_strict() => {
                Shape::Unknown
            }
            (Instances::Count(_), [Step::Splat, rest @ ..]) => self.splat(shape, rest, subject, true),
            (Instances::ForEach(_), [Step::Splat, Step::Attribute(_), ..]) => {
                let message = format!("`{traversal}`: `[*]` does not walk the instances of a block with `for_each`");
                let help = format!("write `values({address})[*]` and on from there");
                self.findings.add(self.findings.here(DiagnosticKind::Instances, message).help(help));
                Shape::Unknown
            }
            (Instances::ForEach(_), [Step::Splat, ..]) => Shape::Unknown,
            (Instances::Count(_), steps) => self.no_key("count", "count.index", shape, steps, traversal, address),
            (Instances::ForEach(_), steps) => self.no_key("for_each", "each.key", shape, steps, traversal, address),
        }
    }

    fn no_instances(&mut self, address: &'a Address, traversal: &'a Traversal) {
        // Of a module Terraform notices it when it plans.
        if !self.index.is_strict() && matches!(address, Address::Module(_)) {
            return;
        }
        let message = format!("`{traversal}`: `{address}` has neither `count` nor `for_each`, so it takes no index");
        self.findings.add(self.findings.here(DiagnosticKind::Instances, message).help("remove the index"));
    }

    fn no_key(
        &mut self,
        argument: &str,
        key: &str,
        shape: Shape<'a>,
        steps: &'a [Step],
        traversal: &'a Traversal,
        address: &'a Address,
    ) -> Shape<'a> {
        let message = format!(
            "`{traversal}`: because `{address}` has `{argument}` set, its attributes must be accessed on specific instances"
        );
        let help = format!("write `{address}[{key}]` to match the instances of this block, or another key");
        self.findings.add(self.findings.here(DiagnosticKind::Instances, message).help(help));
        self.follow(shape, steps, Subject::Traversal(traversal), true)
    }

    /// An instance of a block with `count` has a number, one below the count where that is written out.
    fn counted_key(&mut self, count: &'a Expression, key: &'a Expression, traversal: &'a Traversal) {
        let message = match (count, key) {
            (_, Expression::Text(name)) if name.parse::<u32>().is_err() => {
                format!("`{traversal}`: the instances have numbers, because the block has `count` set")
            }
            (Expression::Number(count), Expression::Number(key)) if key.as_f64() >= count.as_f64() => {
                format!("`{traversal}`: there are only {count} instances, numbered from 0")
            }
            _ => return,
        };
        self.findings.add(self.findings.here(DiagnosticKind::Instances, message));
    }

    /// An instance of a block with `for_each` has a name, one of those that are written out if they are.
    fn named_key(&mut self, for_each: &'a Expression, key: &'a Expression, traversal: &'a Traversal) {
        match (for_each.instance_names(), key) {
            (Some(names), Expression::Text(key)) if !names.contains(&key.as_ref()) => {
                let message = format!("`{traversal}`: there is no instance {key:?}");
                let near = nearest(key, names.iter().copied());
                let candidates =
                    if near.is_empty() { names.into_iter().map(ToOwned::to_owned).collect() } else { near };
                self.findings.add(self.findings.here(DiagnosticKind::Instances, message).candidates(candidates));
            }
            (_, Expression::Number(_)) => {
                let message = format!("`{traversal}`: the instances have names, because the block has `for_each` set");
                self.findings.add(self.findings.here(DiagnosticKind::Instances, message));
            }
            _ => {}
        }
    }

    fn variable_reference(&mut self, traversal: &'a Traversal, address: &'a Address, name: &str) -> Shape<'a> {
        let Some(found) = self.index.variable(name) else { return self.undefined_address(traversal, address) };
        if self.context.validated != Some(name) {
            self.depend(found.node);
        }
        let Variable { of_type, ephemeral, .. } = found.block;
        if *ephemeral {
            self.ephemeral = self.ephemeral.or(Some(traversal));
        }
        let shape = of_type.as_ref().map_or(Shape::Unknown, Shape::from);
        self.follow(shape, &traversal.steps, Subject::Traversal(traversal), false)
    }

    fn local_reference(&mut self, traversal: &'a Traversal, address: &'a Address, name: &str) -> Shape<'a> {
        let Some(found) = self.index.local(name) else { return self.undefined_address(traversal, address) };
        self.depend(found.node);
        let (shape, ephemeral) = self.local_shape(found.number, &found.block.value);
        if ephemeral {
            self.ephemeral = self.ephemeral.or(Some(traversal));
        }
        self.follow(shape, &traversal.steps, Subject::Traversal(traversal), false)
    }

    fn local_shape(&mut self, number: usize, value: &'a Expression) -> (Shape<'a>, bool) {
        match self.locals.get(number) {
            Some(LocalState::Known { shape, ephemeral }) => (*shape, *ephemeral),
            Some(LocalState::Unasked) => {
                self.locals[number] = LocalState::Asked;
                let (shape, ephemeral) = self.elsewhere(value);
                self.locals[number] = LocalState::Known { shape, ephemeral };
                (shape, ephemeral)
            }
            // It refers to itself, which is reported as a circle.
            Some(LocalState::Asked) | None => (Shape::Unknown, false),
        }
    }

    fn call_reference(&mut self, traversal: &'a Traversal, address: &'a Address, name: &str) -> Shape<'a> {
        let Some(found) = self.index.call(name) else { return self.undefined_address(traversal, address) };
        self.depend(found.node);
        self.call_output(found.block, traversal);
        let instances = Instances::new(found.block.count.as_ref(), found.block.for_each.as_ref());
        // What the module gives is in its own document.
        self.instances(Shape::Unknown, instances, traversal, address)
    }

    fn name_reference(&mut self, traversal: &'a Traversal, name: &str) -> Shape<'a> {
        let subject = Subject::Traversal(traversal);
        match self.bound(name) {
            Some(Bound::Value(shape)) => return self.follow(shape, &traversal.steps, subject, false),
            Some(iterator) => {
                let [Step::Attribute(attribute), rest @ ..] = traversal.steps.as_slice() else {
                    return Shape::Unknown;
                };
                let shape = self.bound_attribute(iterator, attribute, traversal);
                return self.follow(shape, rest, subject, false);
            }
            None => {}
        }
        match name {
            "each" => self.each(traversal),
            "count" => self.count_index(traversal),
            "self" => match self.context.itself {
                Some(shape) => self.follow(shape, &traversal.steps, subject, true),
                None => self.misplaced(traversal, "`self` means something in postconditions only"),
            },
            "path" => self.language_object(traversal, &["cwd", "module", "root"]),
            "terraform" => self.language_object(traversal, &["applying", "workspace"]),
            _ => self.unbound(traversal, name),
        }
    }

    fn each(&mut self, traversal: &'a Traversal) -> Shape<'a> {
        let Repetition::Each(value) = self.context.repetition else {
            return self.misplaced(traversal, "`each` means something in blocks with `for_each` only");
        };
        match traversal.steps.as_slice() {
            [Step::Attribute(name), rest @ ..] if name == "key" => {
                self.follow(Shape::String, rest, Subject::Traversal(traversal), false)
            }
            [Step::Attribute(name), rest @ ..] if name == "value" => {
                self.follow(value, rest, Subject::Traversal(traversal), false)
            }
            _ => self.language_object(traversal, &["key", "value"]),
        }
    }

    fn count_index(&mut self, traversal: &'a Traversal) -> Shape<'a> {
        if !matches!(self.context.repetition, Repetition::Counted) {
            return self.misplaced(traversal, "`count` means something in blocks with `count` only");
        }
        self.language_object(traversal, &["index"]);
        Shape::Number
    }

    /// An object of the language, with the attributes it has.
    fn language_object(&mut self, traversal: &'a Traversal, attributes: &[&str]) -> Shape<'a> {
        match traversal.steps.as_slice() {
            [Step::Attribute(name), rest @ ..] if attributes.contains(&name.as_ref()) => {
                if name == "applying" {
                    // Differs between plan and apply, so Terraform treats it like any other ephemeral value.
                    self.ephemeral = self.ephemeral.or(Some(traversal));
                    return Shape::Bool;
                }
                self.follow(Shape::String, rest, Subject::Traversal(traversal), true)
            }
            [Step::Attribute(name), ..] => {
                let near = nearest(name, attributes.iter().copied());
                let all = || attributes.iter().map(|name| (*name).to_owned()).collect();
                let candidates = if near.is_empty() { all() } else { near };
                self.no_attribute(name, candidates, Subject::Traversal(traversal), true)
            }
            _ => {
                let message = format!("`{traversal}` is no value by itself");
                let candidates = attributes.iter().map(|name| format!("{traversal}.{name}")).collect();
                self.findings
                    .add(self.findings.here(DiagnosticKind::UndefinedAttribute, message).candidates(candidates));
                Shape::Unknown
            }
        }
    }

    fn misplaced(&mut self, traversal: &'a Traversal, reason: &str) -> Shape<'a> {
        let message = format!("`{traversal}` may not stand here");
        self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message).because(reason));
        Shape::Unknown
    }

    fn unbound(&mut self, traversal: &'a Traversal, name: &str) -> Shape<'a> {
        let bound = self.names.iter().map(|binding| binding.name);
        let language = ["count", "each", "path", "self", "terraform"];
        let candidates = nearest(name, bound.chain(language));
        let diagnostic =
            self.findings.here(DiagnosticKind::UndefinedAddress, format!("`{traversal}`: nothing is called `{name}`"));
        self.findings.add(diagnostic.candidates(candidates));
        Shape::Unknown
    }

    fn undefined_address(&mut self, traversal: &'a Traversal, address: &'a Address) -> Shape<'a> {
        for step in &traversal.steps {
            if let Step::Index(key) = step {
                self.infer(key);
            }
        }
        if self.findings.is_muted() {
            return Shape::Unknown;
        }
        let bound = self.bound_like(address);
        let candidates = match self.undefined.get(address) {
            _ if !bound.is_empty() => bound,
            Some(candidates) => candidates.clone(),
            None if self.undefined.len() >= MOST_SEARCHES => Vec::new(),
            None => {
                let candidates = self.alternatives(address);
                self.undefined.insert(address, candidates.clone());
                candidates
            }
        };
        let diagnostic = self.findings.here(DiagnosticKind::UndefinedAddress, format!("there is no `{address}`"));
        self.findings.add(explain_kind(diagnostic, address, &candidates).candidates(candidates));
        Shape::Unknown
    }

    /// What looks like a resource may be a slip in a name that is bound here.
    fn bound_like(&self, address: &Address) -> Vec<String> {
        match address {
            Address::Resource { mode: ResourceMode::Managed, type_name, name } => {
                let names = nearest(type_name, self.names.iter().map(|binding| binding.name));
                names.into_iter().map(|bound| format!("{bound}.{name}")).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Blocks of the same name and another kind, then the nearest names of the same kind.
    pub(super) fn alternatives(&self, wanted: &Address) -> Vec<String> {
        let addresses: Vec<Address> = self.index.addresses(self.context.check).collect();
        let (same_kind, others): (Vec<&Address>, Vec<&Address>) =
            addresses.iter().partition(|address| of_one_kind(address, wanted));
        let namesakes = others.into_iter().filter(|address| address.name() == wanted.name());
        let mut alternatives: Vec<String> = namesakes.map(ToString::to_string).collect();
        alternatives.sort();
        alternatives.truncate(2);
        let near = match nearest(wanted.name(), same_kind.iter().map(|address| address.name())) {
            none if none.is_empty() && same_kind.len() <= FEW => {
                same_kind.iter().map(|address| address.name().to_owned()).collect()
            }
            near => near,
        };
        for name in near {
            let with_name = same_kind.iter().find(|address| address.name() == name).copied();
            alternatives.extend(with_name.map(ToString::to_string));
        }
        alternatives
    }
}

fn of_one_kind(left: &Address, right: &Address) -> bool {
    match (left, right) {
        (
            Address::Resource { mode: left_mode, type_name: left_type, .. },
            Address::Resource { mode: right_mode, type_name: right_type, .. },
        ) => left_mode == right_mode && left_type == right_type,
        (left, right) => std::mem::discriminant(left) == std::mem::discriminant(right),
    }
}

/// Says so where something of the wanted name is there, but of another kind.
fn explain_kind(diagnostic: Diagnostic, wanted: &Address, candidates: &[String]) -> Diagnostic {
    let namesake = candidates.iter().find(|candidate| candidate.rsplit('.').next() == Some(wanted.name()));
    match namesake {
        Some(namesake) => diagnostic.because(format!("the name is taken by `{namesake}`, which is of another kind")),
        None => diagnostic,
    }
}

/// Whether an expression is the address of a block, with or without an instance key, and nothing more.
pub(super) fn is_whole_block(expression: &Expression) -> bool {
    match expression {
        Expression::Traversal(Traversal { root: Root::Address(_), steps }) => {
            matches!(steps.as_slice(), [] | [Step::Index(_)])
        }
        _ => false,
    }
}

/// Whether an expression refers to something that `wanted` accepts. What a `for` binds is no reference.
pub(crate) fn mentions(expression: &Expression, wanted: impl Fn(&Root) -> bool) -> bool {
    let mut mention = Mention { wanted, found: false };
    expression.walk(&Names::none(), &mut mention);
    mention.found
}

struct Mention<F> {
    wanted: F,
    found: bool,
}

impl<'e, F: Fn(&Root) -> bool> Visitor<'e> for Mention<F> {
    fn traversal(&mut self, traversal: &'e Traversal, names: &Names<'_>) {
        let bound = matches!(&traversal.root, Root::Name(name) if names.binds(name));
        self.found |= !bound && (self.wanted)(&traversal.root);
    }
}
