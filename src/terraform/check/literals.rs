//! Where the literals of a value stand, if not in its place: behind references, in calls that hand them on.

use super::checker::Checker;
use crate::terraform::address::Address;
use crate::terraform::expression::{BinaryOperator, Call, Expression, Key, Root, Step, Traversal};
use crate::terraform::schema::limits::LimitTree;
use crate::terraform::variable::Variable;

/// How many references that lead to one another are followed. A circle of them is reported elsewhere.
const DEEPEST: u8 = 16;

/// Functions that give one of their arguments, or what is in them, as it is.
const HANDING_ON: [&str; 14] = [
    "coalesce",
    "coalescelist",
    "compact",
    "concat",
    "distinct",
    "flatten",
    "merge",
    "one",
    "reverse",
    "sort",
    "tolist",
    "tomap",
    "toset",
    "tostring",
];

/// Where a literal comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Source<'a> {
    pub(super) origin: Origin<'a>,
    depth: u8,
}

/// The block that a literal stands in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Origin<'a> {
    /// The block that is being checked.
    #[default]
    Here,
    /// A variable's default.
    Variable(&'a str),
    /// A value that a variable's validation allows.
    Validation(&'a str),
    Local(&'a str),
}

impl<'a> Source<'a> {
    /// Whether the literal stands in the argument itself.
    pub(super) fn is_here(self) -> bool {
        self.depth == 0
    }

    fn deeper(self, origin: Origin<'a>) -> Option<Self> {
        (self.depth < DEEPEST).then_some(Self { origin, depth: self.depth + 1 })
    }
}

impl<'a> Checker<'a> {
    /// Checks the literals that an expression leads to.
    pub(super) fn limited_elsewhere(&mut self, tree: &'a LimitTree<'a>, value: &'a Expression, source: Source<'a>) {
        match value {
            Expression::Traversal(traversal) => self.limited_reference(tree, traversal, source),
            Expression::Call(call) => self.limited_call(tree, call, source),
            Expression::For(expression) => self.limited_from(tree, &expression.result, source),
            Expression::Index(collection, _) => self.limited_from(tree, collection, source),
            _ => {}
        }
    }

    fn limited_call(&mut self, tree: &'a LimitTree<'a>, call: &'a Call, source: Source<'a>) {
        let taken = match call.name.as_ref() {
            // The index, the key and the size say nothing about the value.
            "element" | "lookup" | "chunklist" => 1,
            name if HANDING_ON.contains(&name) => call.arguments.len(),
            _ => 0,
        };
        for argument in call.arguments.iter().take(taken) {
            self.limited_from(tree, argument, source);
        }
    }

    fn limited_reference(&mut self, tree: &'a LimitTree<'a>, traversal: &'a Traversal, source: Source<'a>) {
        let index = self.index;
        match &traversal.root {
            Root::Address(address) => match address.as_ref() {
                Address::Variable(name) => {
                    if let Some(found) = index.variable(name) {
                        self.limited_variable(tree, found.block, &traversal.steps, source);
                    }
                }
                Address::Local(name) => {
                    if let (Some(found), Some(source)) = (index.local(name), source.deeper(Origin::Local(name))) {
                        self.limited_part(tree, &found.block.value, &traversal.steps, source);
                    }
                }
                _ => {}
            },
            Root::Name(name) => self.limited_element(tree, name, &traversal.steps, source),
        }
    }

    fn limited_variable(
        &mut self,
        tree: &'a LimitTree<'a>,
        variable: &'a Variable,
        steps: &'a [Step],
        source: Source<'a>,
    ) {
        if let (Some(default), Some(source)) = (&variable.default, source.deeper(Origin::Variable(&variable.name))) {
            self.limited_part(tree, default, steps, source);
        }
        let Some(source) = source.deeper(Origin::Validation(&variable.name)) else { return };
        for validation in variable.validations.iter().filter(|_| steps.is_empty()) {
            if let Some(allowed) = allowed_values(&validation.condition, &variable.name) {
                self.limited_from(tree, allowed, source);
            }
        }
    }

    /// Checks what a way through a value leads to. A step that only Terraform knows leads to every element.
    fn limited_part(&mut self, tree: &'a LimitTree<'a>, value: &'a Expression, steps: &'a [Step], source: Source<'a>) {
        let Some((step, rest)) = steps.split_first() else { return self.limited_from(tree, value, source) };
        match (value, step) {
            (Expression::Object(object), Step::Attribute(name) | Step::Index(Expression::Text(name))) => {
                if let Some(value) = object.get(name) {
                    self.limited_part(tree, value, rest, source);
                }
            }
            (Expression::Object(object), _) => {
                object.entries().for_each(|(_, value)| self.limited_part(tree, value, rest, source));
            }
            (Expression::List(items), Step::Index(Expression::Number(number))) => {
                let at = number.as_u64().and_then(|number| usize::try_from(number).ok());
                if let Some(item) = at.and_then(|at| items.get(at)) {
                    self.limited_part(tree, item, rest, source);
                }
            }
            (Expression::List(items), Step::Index(_) | Step::Splat) => {
                for item in items {
                    self.limited_part(tree, item, rest, source);
                }
            }
            (Expression::Traversal(Traversal { root: Root::Address(address), steps: inner }), _)
                if inner.is_empty() =>
            {
                self.limited_through(tree, address, steps, source);
            }
            _ => {}
        }
    }

    /// Follows one whole reference further, with the steps that are left.
    fn limited_through(
        &mut self,
        tree: &'a LimitTree<'a>,
        address: &'a Address,
        steps: &'a [Step],
        source: Source<'a>,
    ) {
        let index = self.index;
        match address {
            Address::Variable(name) => {
                if let Some(found) = index.variable(name) {
                    self.limited_variable(tree, found.block, steps, source);
                }
            }
            Address::Local(name) => {
                if let (Some(found), Some(source)) = (index.local(name), source.deeper(Origin::Local(name))) {
                    self.limited_part(tree, &found.block.value, steps, source);
                }
            }
            _ => {}
        }
    }

    /// `each.value` and the like: the elements that the block is repeated for.
    fn limited_element(&mut self, tree: &'a LimitTree<'a>, name: &str, steps: &'a [Step], source: Source<'a>) {
        let Some((Step::Attribute(part), rest)) = steps.split_first() else { return };
        let repeated = match name {
            "each" => self.context.owner.and_then(|owner| owner.block.for_each.as_ref()),
            name => self.names.iter().rev().find(|binding| binding.name == name).and_then(|binding| binding.source),
        };
        let Some(source) = source.deeper(source.origin) else { return };
        let Some((elements, source)) = repeated.and_then(|repeated| self.written_out(repeated, source)) else { return };
        match (elements, part.as_ref()) {
            (Expression::Object(object), "value") => {
                object.entries().for_each(|(_, value)| self.limited_part(tree, value, rest, source));
            }
            (Expression::Object(object), "key") if rest.is_empty() => {
                for (key, _) in object.entries() {
                    if let Key::Literal(name) = key {
                        self.limited_text(tree.limit, name, source);
                    }
                }
            }
            (Expression::List(items), _) => {
                for item in items {
                    self.limited_part(tree, item, rest, source);
                }
            }
            _ => {}
        }
    }

    /// The object or list that an expression is, if it is written out somewhere.
    fn written_out(&self, value: &'a Expression, source: Source<'a>) -> Option<(&'a Expression, Source<'a>)> {
        match value {
            Expression::Object(_) | Expression::List(_) => Some((value, source)),
            Expression::Call(call) if matches!(call.name.as_ref(), "toset" | "tomap" | "tolist") => {
                self.written_out(call.arguments.first()?, source)
            }
            Expression::Traversal(Traversal { root: Root::Address(address), steps }) if steps.is_empty() => {
                match address.as_ref() {
                    Address::Local(name) => {
                        self.written_out(&self.index.local(name)?.block.value, source.deeper(Origin::Local(name))?)
                    }
                    Address::Variable(name) => {
                        let default = self.index.variable(name)?.block.default.as_ref()?;
                        self.written_out(default, source.deeper(Origin::Variable(name))?)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The values that a condition lists for a variable: `contains(["a", "b"], var.name)`, alone or beside other conditions.
fn allowed_values<'a>(condition: &'a Expression, variable: &str) -> Option<&'a Expression> {
    match condition {
        Expression::Call(call) if call.name == "contains" => match call.arguments.as_slice() {
            [list @ Expression::List(_), Expression::Traversal(Traversal { root: Root::Address(address), steps })] => {
                let own = matches!(address.as_ref(), Address::Variable(name) if name == variable);
                (own && steps.is_empty()).then_some(list)
            }
            _ => None,
        },
        Expression::Binary(left, BinaryOperator::And | BinaryOperator::Or, right) => {
            allowed_values(left, variable).or_else(|| allowed_values(right, variable))
        }
        _ => None,
    }
}
