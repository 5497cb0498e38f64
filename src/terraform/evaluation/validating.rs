//! What there is for `terraform validate`: nothing has a value yet but what is written out.

use super::constraint::type_of;
use super::evaluator::{Evaluator, ModuleId};
use super::marks::Marks;
use super::types::Type;
use super::value::Value;
use crate::terraform::variable::TypeConstraint;
use crate::terraform::{Module, ResourceMode};

const REASON: &str = "nothing is planned yet";

impl Evaluator<'_> {
    /// Any value of a variable's type, whatever its default is.
    pub(super) fn any_variable(&self, module: ModuleId, name: &str) -> Value {
        let Some(variable) = self.instance(module).index.variables.get(name).copied() else {
            return Value::unknown(Type::Dynamic, REASON);
        };
        let of_type = type_of(variable.of_type.as_ref().unwrap_or(&TypeConstraint::Any)).without_optional();
        Value::unknown(of_type, REASON).with_marks(marks(variable.sensitive, variable.ephemeral))
    }

    /// Whatever a resource may be, all instances of it together too.
    pub(super) fn any_resource(&self, module: ModuleId, position: usize) -> Value {
        let instance = self.instance(module);
        let block = instance.index.resources.get(position);
        let is_ephemeral = block.is_some_and(|block| block.mode == ResourceMode::Ephemeral);
        Value::unknown(Type::Dynamic, REASON).with_marks(marks(false, is_ephemeral))
    }

    /// Whatever a module gives. Of several instances it is known that they have its outputs.
    pub(super) fn any_call(&self, module: ModuleId, position: usize) -> Value {
        let tree = self.module(module);
        let Some(call) = tree.module.module_calls.get(position) else { return Value::null(Type::Dynamic) };
        let Some(child) = tree.children.get(call.name.as_ref()) else {
            return Value::unknown(Type::Dynamic, "the module was not looked into");
        };
        if call.count.is_some() {
            return Value::unknown(Type::list(of_outputs(child.module)), REASON);
        }
        if call.for_each.is_some() {
            return Value::unknown(Type::map(of_outputs(child.module)), REASON);
        }
        Value::unknown(Type::Dynamic, REASON)
    }
}

fn of_outputs(module: &Module) -> Type {
    Type::object(module.outputs.iter().map(|output| (output.name.as_ref(), Type::Dynamic)))
}

fn marks(sensitive: bool, ephemeral: bool) -> Marks {
    let sensitive = if sensitive { Marks::SENSITIVE } else { Marks::NONE };
    sensitive | if ephemeral { Marks::EPHEMERAL } else { Marks::NONE }
}
