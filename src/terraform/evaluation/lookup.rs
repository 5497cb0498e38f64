//! What names mean in a place.

use super::error::EvaluationError;
use super::evaluator::{Environment, Node, Surroundings};
use super::tree::{InstanceKey, Repetition};
use super::types::Type;
use super::value::Value;
use crate::terraform::expression::{Expression, Root, Step};

type Found<'s> = (Result<Value, EvaluationError>, &'s [Step]);

impl Environment<'_, '_> {
    /// What a traversal begins at, and the steps that are left.
    pub(super) fn lookup<'s>(&self, root: &Root, steps: &'s [Step]) -> Found<'s> {
        if self.surroundings != Surroundings::Module {
            return (Err(not_in_template(root)), steps);
        }
        match root {
            Root::Address(address) => {
                let (node, taken) = match self.evaluator.node_at(self.module, address, steps) {
                    Ok(found) => found,
                    Err(error) => return (Err(error.finally()), steps),
                };
                let value = self.check_key(&node, steps).and_then(|()| {
                    if !self.evaluator.is_settled(&node) {
                        self.evaluator.settle(vec![node]);
                    }
                    self.evaluator.settled(&node)
                });
                (value.map_err(EvaluationError::finally), steps.get(taken..).unwrap_or_default())
            }
            Root::Name(name) => {
                let (attribute, rest) = match steps.split_first() {
                    Some((Step::Attribute(attribute), rest)) => (attribute.as_ref(), rest),
                    _ => ("", steps),
                };
                match name.as_ref() {
                    "self" => (self.self_value(), steps),
                    "each" => (self.each(attribute), rest),
                    "count" => (self.count(attribute), rest),
                    "path" => (self.path(attribute), rest),
                    "terraform" => (self.terraform(attribute), rest),
                    other => (Err(invalid_reference(other)), steps),
                }
            }
        }
    }

    /// Several instances are told apart by a key, the only one has none.
    fn check_key(&self, node: &Node<'_>, steps: &[Step]) -> Result<(), EvaluationError> {
        let Node::Resource(module, position) = node else { return Ok(()) };
        let instance = self.evaluator.instance(*module);
        let Some(block) = instance.index.resources.get(*position) else { return Ok(()) };
        let is_repeated = block.count.is_some() || block.for_each.is_some();
        match steps.first() {
            Some(Step::Attribute(_)) if is_repeated => {
                let detail = format!(
                    "Because {} has \"count\" or \"for_each\" set, its attributes must be accessed on specific instances.",
                    block.address()
                );
                Err(EvaluationError::new("Missing resource instance key", detail).finally())
            }
            Some(Step::Index(Expression::Text(_) | Expression::Number(_))) if !is_repeated => {
                let detail = format!(
                    "Because {} does not have \"count\" or \"for_each\" set, references to it must not include an index key.",
                    block.address()
                );
                Err(EvaluationError::new("Unexpected resource instance key", detail).finally())
            }
            _ => Ok(()),
        }
    }

    fn self_value(&self) -> Result<Value, EvaluationError> {
        let any = || self.evaluator.validates.then(|| any(Type::Dynamic));
        self.self_value.clone().or_else(any).ok_or_else(|| {
            let detail = "The \"self\" object is not available in this context. It can be used only in provisioner, \
                          connection, and postcondition blocks.";
            EvaluationError::new("Invalid \"self\" reference", detail).finally()
        })
    }

    fn each(&self, attribute: &str) -> Result<Value, EvaluationError> {
        let outside = || {
            let detail = "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \
                          \"for_each\" argument is set.";
            EvaluationError::new("Reference to \"each\" in context without for_each", detail).finally()
        };
        // Where the block has no `for_each` is told without evaluating.
        match attribute {
            "key" if self.evaluator.validates => return Ok(any(Type::String)),
            "value" if self.evaluator.validates => return Ok(any(Type::Dynamic)),
            _ => {}
        }
        let Some(Repetition { key: InstanceKey::Text(key), each_value: Some(value) }) = self.repetition else {
            return Err(outside());
        };
        match attribute {
            "key" => Ok(Value::text(key)),
            "value" => Ok(value.clone()),
            other => Err(invalid_attribute("each", other, "each.key and each.value")),
        }
    }

    fn count(&self, attribute: &str) -> Result<Value, EvaluationError> {
        if self.evaluator.validates && attribute == "index" {
            return Ok(any(Type::Number));
        }
        let Some(Repetition { key: InstanceKey::Number(index), .. }) = self.repetition else {
            let detail = "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and \
                          only when the \"count\" argument is set.";
            return Err(EvaluationError::new("Reference to \"count\" in non-counted context", detail).finally());
        };
        match attribute {
            "index" => Ok(Value::number(*index)),
            other => Err(invalid_attribute("count", other, "count.index")),
        }
    }

    fn path(&self, attribute: &str) -> Result<Value, EvaluationError> {
        match attribute {
            "module" => Ok(Value::text(&self.evaluator.module(self.module).path)),
            "root" => Ok(Value::text(".")),
            "cwd" => Ok(match &self.evaluator.inputs.folder {
                Some(folder) => match std::path::absolute(folder) {
                    Ok(folder) => Value::text(folder.to_string_lossy()),
                    Err(_) => Value::unknown(Type::String, "the current folder is not known"),
                },
                None => Value::unknown(Type::String, "the current folder is not known"),
            }),
            other => Err(invalid_attribute("path", other, "path.module, path.root and path.cwd")),
        }
    }

    fn terraform(&self, attribute: &str) -> Result<Value, EvaluationError> {
        match attribute {
            "workspace" => {
                let workspace = self.evaluator.inputs.workspace.as_str();
                Ok(Value::text(if workspace.is_empty() { "default" } else { workspace }))
            }
            "applying" => Ok(Value::bool(false).with_marks(super::marks::Marks::EPHEMERAL)),
            other => Err(invalid_attribute("terraform", other, "terraform.workspace")),
        }
    }
}

/// What only an instance has.
fn any(of_type: Type) -> Value {
    Value::unknown(of_type, "it differs from instance to instance")
}

fn invalid_attribute(object: &str, attribute: &str, valid: &str) -> EvaluationError {
    let detail = format!("The \"{object}\" object does not have an attribute named \"{attribute}\": there is {valid}.");
    EvaluationError::new(format!("Invalid \"{object}\" attribute"), detail).finally()
}

fn invalid_reference(name: &str) -> EvaluationError {
    let detail = match name {
        "var" | "local" | "module" | "data" | "ephemeral" | "resource" => {
            format!("The \"{name}\" object cannot be accessed directly. Instead, access one of its attributes.")
        }
        _ => {
            "A reference to a resource type must be followed by at least one attribute access, specifying the resource \
              name."
                .to_owned()
        }
    };
    EvaluationError::new("Invalid reference", format!("{name}: {detail}")).finally()
}

fn not_in_template(root: &Root) -> EvaluationError {
    let name = match root {
        Root::Name(name) => name.to_string(),
        Root::Address(address) => address.to_string(),
    };
    EvaluationError::new("Invalid reference", format!("There is no value with the name \"{name}\" here."))
}
