//! Expressions of a policy to JSON: as much of Terraform's language as policies are written in.

use serde_json::{Map, Value as Json};

use super::{ACCOUNT, stand_ins};
use crate::terraform::expression::{BinaryOperator, Call, Key, Root, Step, TemplatePart, Traversal};
use crate::terraform::{Address, Expression, Module, Object, ResourceBlock, ResourceMode};

/// Evaluates in one module, with the defaults of its variables.
pub(super) struct Evaluation<'module> {
    module: &'module Module,
}

/// What comes of an expression, or why nothing does.
type Evaluated = Result<Json, String>;

impl<'module> Evaluation<'module> {
    pub(super) fn of(module: &'module Module) -> Self {
        Self { module }
    }

    pub(super) fn object(&self, object: &Object) -> Evaluated {
        let mut entries = Map::new();
        for (key, value) in object.entries() {
            let key = match key {
                Key::Literal(name) => name.clone().into_owned(),
                Key::Computed(expression) => self.text(expression)?,
            };
            entries.insert(key, self.value(value)?);
        }
        Ok(Json::Object(entries))
    }

    fn value(&self, expression: &Expression) -> Evaluated {
        match expression {
            Expression::Null => Ok(Json::Null),
            Expression::Bool(value) => Ok(Json::Bool(*value)),
            Expression::Number(number) => Ok(Json::Number(number.clone())),
            Expression::Text(text) => Ok(Json::String(text.clone().into_owned())),
            Expression::Template(parts) => self.template(parts).map(Json::String),
            Expression::List(items) => items.iter().map(|item| self.value(item)).collect(),
            Expression::Object(object) => self.object(object),
            Expression::Traversal(traversal) => self.traversal(traversal, expression),
            Expression::Call(call) => self.call(call, expression),
            Expression::Conditional(condition, then, otherwise) => match self.value(condition)? {
                Json::Bool(true) => self.value(then),
                Json::Bool(false) => self.value(otherwise),
                _ => Err(format!("`{condition}` is neither true nor false")),
            },
            Expression::Binary(left, operator @ (BinaryOperator::Equal | BinaryOperator::NotEqual), right) => {
                let equal = self.value(left)? == self.value(right)?;
                Ok(Json::Bool(equal == (*operator == BinaryOperator::Equal)))
            }
            // What is made for each of nothing.
            Expression::For(each) if is_empty(&self.value(&each.collection)?) => Ok(Json::Array(Vec::new())),
            _ => Err(not_read(expression)),
        }
    }

    fn text(&self, expression: &Expression) -> Result<String, String> {
        match self.value(expression)? {
            Json::String(text) => Ok(text),
            Json::Number(number) => Ok(number.to_string()),
            Json::Bool(value) => Ok(value.to_string()),
            _ => Err(format!("`{expression}` is no text")),
        }
    }

    fn template(&self, parts: &[TemplatePart]) -> Result<String, String> {
        parts
            .iter()
            .map(|part| match part {
                TemplatePart::Literal(text) => Ok(text.clone().into_owned()),
                TemplatePart::Interpolation(expression) => self.text(expression),
                TemplatePart::If { .. } | TemplatePart::For { .. } => {
                    Err("a directive in a template is not read here".to_owned())
                }
            })
            .collect()
    }

    fn call(&self, call: &Call, expression: &Expression) -> Evaluated {
        match (call.name.as_ref(), call.arguments.as_slice()) {
            ("replace", [text, old, new]) => {
                Ok(Json::String(self.text(text)?.replace(&self.text(old)?, &self.text(new)?)))
            }
            ("jsonencode", [value]) => Ok(Json::String(self.value(value)?.to_string())),
            ("join", [separator, Expression::List(items)]) => {
                let items: Result<Vec<_>, _> = items.iter().map(|item| self.text(item)).collect();
                Ok(Json::String(items?.join(&self.text(separator)?)))
            }
            ("tostring", [value]) => self.text(value).map(Json::String),
            _ => Err(not_read(expression)),
        }
    }

    fn traversal(&self, traversal: &Traversal, whole: &Expression) -> Evaluated {
        let Root::Address(address) = &traversal.root else { return Err(not_read(whole)) };
        match address.as_ref() {
            Address::Variable(name) if traversal.steps.is_empty() => {
                let variable = self.module.variables().iter().find(|variable| variable.name == *name);
                let default = variable.and_then(|variable| variable.default.as_ref());
                default.map_or_else(|| Err(format!("`{whole}` has no default")), |default| self.value(default))
            }
            Address::Local(name) if traversal.steps.is_empty() => {
                let local = self.module.locals.iter().find(|local| local.name == *name);
                local.map_or_else(|| Err(format!("there is no `{whole}`")), |local| self.value(&local.value))
            }
            Address::Resource { mode, type_name, .. } => {
                let attribute = traversal.steps.iter().find_map(|step| match step {
                    Step::Attribute(name) => Some(name.as_ref()),
                    Step::Index(_) | Step::Splat => None,
                });
                let block = self.module.resources().iter().find(|block| block.address() == **address);
                match (mode, type_name.as_ref(), block, attribute) {
                    (ResourceMode::Data, "aws_caller_identity", _, Some("account_id")) => {
                        Ok(Json::String(ACCOUNT.to_owned()))
                    }
                    (ResourceMode::Managed, _, Some(block), Some(attribute)) => self.attribute(block, attribute, whole),
                    _ => Err(not_read(whole)),
                }
            }
            _ => Err(not_read(whole)),
        }
    }

    /// What was given, or the ARN that AWS will give.
    fn attribute(&self, block: &ResourceBlock, attribute: &str, whole: &Expression) -> Evaluated {
        if let Some(given) = block.arguments().get(attribute) {
            return self.value(given);
        }
        let named = |argument: &'static str| match block.arguments().get(argument) {
            Some(name) => self.text(name),
            None => Err(format!("{} has no {argument}", block.address())),
        };
        let arn =
            if attribute == "arn" { stand_ins::arn(block.type_name(), &self.region(block)?, named) } else { None };
        arn.unwrap_or_else(|| Err(not_read(whole))).map(Json::String)
    }

    fn region(&self, block: &ResourceBlock) -> Result<String, String> {
        let provider =
            self.module.providers.iter().find(|provider| Some(&provider.reference) == block.provider.as_ref());
        let region = provider.and_then(|provider| provider.arguments.get("region"));
        region.map_or_else(|| Err(format!("{} is in no known region", block.address())), |region| self.text(region))
    }
}

fn is_empty(collection: &Json) -> bool {
    collection.as_array().is_some_and(Vec::is_empty)
}

fn not_read(expression: &Expression) -> String {
    format!("what `{expression}` comes to is known after an apply only; teach `aws::policies` its shape")
}
