//! Values that the API behind the provider refuses. Only values that are known count: what stands for an id that AWS gives has
//! no form of its own.

use super::super::instance::place;
use super::super::{Examine, Group, Rule, Subject};
use crate::aws;
use crate::proof::finding::{Finding, Location, Severity};
use crate::proof::model::{Node, Resource};
use crate::terraform::check::forms::Forms;
use crate::terraform::check::refusal::Refusal;
use crate::terraform::schema::limits::{Limit, LimitTree};

pub(in crate::proof::rules) const RULE: Rule = Rule {
    id: "AWS060",
    group: Group::Aws,
    severity: Severity::Error,
    title: "a value is one that the API behind the provider takes",
    reason: "The API refuses it at apply, which neither `terraform validate` nor a plan knows",
    source: "the models that AWS publishes of its APIs, as botocore has them",
    examine: Examine::Own(examine),
};

/// Digits in a row that may stand for an id. An account's id has fewer than the model's, and tells nothing either.
const DIGITS_OF_AN_ID: usize = 12;

fn examine(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let limits = aws::schema().limits();
    let mut forms = Forms::default();
    for kind in limits.types() {
        let mut resources = subject.model.of_type(kind).filter(|resource| resource.doubt.is_none()).peekable();
        if resources.peek().is_none() {
            continue;
        }
        let tree = limits.of_type(kind);
        for resource in resources {
            let mut walk = Walk { resource, forms: &mut forms, path: Vec::new(), findings };
            walk.children(&tree, &resource.values);
        }
    }
}

/// The way through the values of one instance.
struct Walk<'w, 's> {
    resource: &'w Resource,
    forms: &'w mut Forms<'s>,
    path: Vec<String>,
    findings: &'w mut Vec<Finding>,
}

impl<'s> Walk<'_, 's> {
    fn children(&mut self, tree: &LimitTree<'s>, values: &Node) {
        let Node::Map(entries) = values else { return };
        for (name, inner) in tree.children() {
            if let Some(value) = entries.get(name) {
                self.at(name, |walk| walk.value(inner, value));
            }
        }
    }

    fn value(&mut self, tree: &LimitTree<'s>, value: &Node) {
        match value {
            Node::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.at(&position, |walk| walk.value(tree, item));
                }
            }
            Node::Map(_) if tree.children().next().is_some() => self.children(tree, value),
            Node::Map(entries) => {
                for (key, item) in entries {
                    self.refuse(tree.keys, |limit, forms| of_text(limit, key, forms));
                    self.at(key, |walk| walk.value(tree, item));
                }
            }
            Node::Text(text) => self.refuse(tree.limit, |limit, forms| of_text(limit, text, forms)),
            Node::Number(number) if tree.limit.is_some_and(|limit| limit.of_numbers()) => {
                self.refuse(tree.limit, |limit, _| Refusal::of_number(limit, *number, &number.to_string()));
            }
            _ => {}
        }
    }

    fn at(&mut self, step: &(impl ToString + ?Sized), look: impl FnOnce(&mut Self)) {
        self.path.push(step.to_string());
        look(self);
        self.path.pop();
    }

    fn refuse(&mut self, limit: Option<Limit<'s>>, refusal: impl FnOnce(Limit<'s>, &mut Forms<'s>) -> Option<Refusal>) {
        let Some(limit) = limit else { return };
        let Some(Refusal { message, help, candidates }) = refusal(limit, self.forms) else { return };
        let field = self.path.join(".");
        let location = Location { field: field.clone(), ..place(&self.resource.address) };
        let reason = format!("{}: {} ({})", RULE.reason, limit.member, limit.source);
        let mut finding = Finding::new(RULE.id, RULE.severity, location, format!("{field}: {message}")).because(reason);
        finding.advice.nearest = candidates;
        self.findings.push(match help {
            Some(help) => finding.fix(help),
            None => finding.fix("write a value that the API takes"),
        });
    }
}

fn of_text<'s>(limit: Limit<'s>, text: &str, forms: &mut Forms<'s>) -> Option<Refusal> {
    let may_be_an_id =
        text.split(|character: char| !character.is_ascii_digit()).any(|run| run.len() >= DIGITS_OF_AN_ID);
    if may_be_an_id { None } else { Refusal::of_text(limit, text, forms) }
}
