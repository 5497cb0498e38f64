//! `lifecycle`: names of arguments that are there, references to resources, conditions.

use super::catalog::BlockType;
use super::checker::{Checker, Context};
use super::index::Declared;
use super::shape::Shape;
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Names, Root, Step, Traversal, Visitor};
use crate::terraform::lifecycle::{IgnoreChanges, Lifecycle};
use crate::terraform::nearest::nearest;
use crate::terraform::parse;

impl<'a> Checker<'a> {
    pub(super) fn lifecycle(&mut self, declared: Declared<'a>, context: Context<'a>) {
        let lifecycle = &declared.block.lifecycle;
        if lifecycle.is_empty() {
            return;
        }
        self.findings.push("lifecycle");
        if declared.block.mode != ResourceMode::Managed {
            self.only_conditions(declared, lifecycle);
        }
        if let (Some(IgnoreChanges::Attributes(names)), Some(block_type)) =
            (&lifecycle.ignore_changes, declared.knowledge.block_type())
        {
            self.findings.push("ignore_changes");
            names.iter().enumerate().for_each(|(position, name)| {
                self.findings.push_index(position);
                self.ignored(block_type, name);
                self.findings.pop();
            });
            self.findings.pop();
        }
        self.within(context, |checker| checker.replacement_triggers(&lifecycle.replace_triggered_by));
        let condition = Context { in_condition: true, ..context };
        self.within(condition, |checker| checker.conditions("precondition", &lifecycle.preconditions));
        let itself = declared.knowledge.block_type().map_or(Shape::Unknown, Shape::Body);
        let condition = Context { itself: Some(itself), ..condition };
        self.within(condition, |checker| checker.conditions("postcondition", &lifecycle.postconditions));
        self.findings.pop();
    }

    /// What is only read or opened has no changes to ignore and nothing to replace.
    fn only_conditions(&mut self, declared: Declared<'a>, lifecycle: &Lifecycle) {
        let given = [
            ("create_before_destroy", lifecycle.create_before_destroy.is_some()),
            ("prevent_destroy", lifecycle.prevent_destroy.is_some()),
            ("ignore_changes", lifecycle.ignore_changes.is_some()),
            ("replace_triggered_by", !lifecycle.replace_triggered_by.is_empty()),
        ];
        for (name, _) in given.into_iter().filter(|(_, given)| *given) {
            self.findings.push(name);
            let message = format!("a `{}` block takes conditions only", declared.block.mode.keyword());
            self.findings.add(self.findings.here(DiagnosticKind::UnknownArgument, message));
            self.findings.pop();
        }
    }

    /// A way into the block itself, such as `tags["Owner"]`.
    fn ignored(&mut self, block_type: &'a BlockType<'a>, way: &str) {
        let Some(steps) = steps_of(way) else {
            let message = format!("`{way}` is no way to an argument");
            let help = "write it as in `tags[\"Owner\"]` or `rule[0].prefix`";
            self.findings.add(self.findings.here(DiagnosticKind::Syntax, message).help(help));
            return;
        };
        let mut shape = Shape::Body(block_type);
        for step in steps {
            shape = match (shape, step) {
                (Shape::Body(block_type), Step::Attribute(name)) => match block_type.field(&name) {
                    Some(field) => Shape::from(field),
                    None => return self.nothing_to_ignore(block_type, way, &name),
                },
                (other, _) => other.element(),
            };
        }
    }

    fn nothing_to_ignore(&mut self, block_type: &BlockType<'_>, way: &str, name: &str) {
        let message = format!("`{way}`: there is no argument `{name}` whose changes could be ignored");
        let candidates = nearest(name, block_type.settable_names());
        self.findings.add(self.findings.here(DiagnosticKind::UndefinedAttribute, message).candidates(candidates));
    }

    /// Only resources are replaced, so only resources trigger it.
    fn replacement_triggers(&mut self, references: &'a [Expression]) {
        self.findings.push("replace_triggered_by");
        for (position, reference) in references.iter().enumerate() {
            self.findings.push_index(position);
            if !self.index.is_strict() {
                self.one_resource(reference);
            } else if is_managed(reference) {
                self.infer(reference);
            } else {
                let message = format!("`{reference}` is not a resource or a part of one");
                let diagnostic = self.findings.here(DiagnosticKind::MisplacedReference, message);
                self.findings.add(diagnostic.help("keep the value in a `terraform_data` resource and refer to that"));
            }
            self.findings.pop();
        }
        self.findings.pop();
    }
}

impl<'a> Checker<'a> {
    /// Terraform counts the resources that an expression names, and asks when it plans whether they are there.
    fn one_resource(&mut self, reference: &'a Expression) {
        let mut named = Named::default();
        reference.walk(&Names::none(), &mut named);
        for address in &named.resources {
            if let Address::Resource { mode, type_name, name } = address
                && let Some(node) = self.index.resource(*mode, type_name, name).map(|found| found.node)
            {
                self.depend(node);
            }
        }
        let message = match (named.other, named.resources.len()) {
            (Some(other), _) => format!("`{other}` triggers nothing: only resources do"),
            (None, 1) => return,
            (None, 0) => format!("`{reference}` names no resource"),
            (None, _) => format!("`{reference}` names more than one resource"),
        };
        self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message));
    }
}

/// What an expression names.
#[derive(Default)]
struct Named {
    resources: Vec<Address>,
    other: Option<String>,
}

impl<'e> Visitor<'e> for Named {
    fn traversal(&mut self, traversal: &'e Traversal, names: &Names<'_>) {
        match &traversal.root {
            Root::Address(address) if matches!(address.as_ref(), Address::Resource { .. }) => {
                self.resources.push(Address::clone(address));
            }
            Root::Name(name) if names.binds(name) => {}
            Root::Name(name) => {
                let allowed = match (name.as_ref(), traversal.steps.first()) {
                    ("each", Some(Step::Attribute(attribute))) => attribute == "key",
                    ("count", Some(Step::Attribute(attribute))) => attribute == "index",
                    _ => false,
                };
                if !allowed {
                    self.other = Some(traversal.to_string());
                }
            }
            Root::Address(_) => self.other = Some(traversal.to_string()),
        }
    }
}

fn is_managed(reference: &Expression) -> bool {
    let Expression::Traversal(Traversal { root: Root::Address(address), steps }) = reference else { return false };
    matches!(address.as_ref(), Address::Resource { mode: ResourceMode::Managed, .. })
        && !steps.iter().any(|step| matches!(step, Step::Splat))
}

/// The steps of a way that is written as text, its first name being one of them. What looks like an address to the
/// parser, `rule.filter`, is a way here.
fn steps_of(way: &str) -> Option<Vec<Step>> {
    let Ok(Expression::Traversal(Traversal { root, steps: rest })) = parse::expression(way) else { return None };
    let mut steps = match root {
        Root::Name(name) => vec![Step::Attribute(name)],
        Root::Address(address) => way_of(&address).into_iter().map(|name| Step::Attribute(name.into())).collect(),
    };
    steps.extend(rest);
    Some(steps)
}

fn way_of(address: &Address) -> Vec<String> {
    address.to_string().split('.').map(ToOwned::to_owned).collect()
}
