//! `terraform_data`, the resource type that is part of Terraform: what a plan knows of an object that is still to be made.

use super::types::Type;
use super::value::{Entries, Value};
use crate::terraform::{ResourceBlock, ResourceMode};

/// What a reference to a `terraform_data` gives; nothing for other types.
pub(super) fn instance(block: &ResourceBlock, address: &str, arguments: &Entries) -> Option<Value> {
    if block.mode != ResourceMode::Managed || block.type_name() != "terraform_data" {
        return None;
    }
    let later = |name: &str, of_type| Value::unknown(of_type, format!("{address}.{name} is known after apply"));
    let given = |name: &str| arguments.get(name).cloned().unwrap_or_else(|| Value::null(Type::Dynamic));
    let input = given("input");
    let output = if input.is_null() { input.clone() } else { later("output", input.of_type().clone()) };
    Some(Value::object([
        ("id", later("id", Type::String).refined_not_null()),
        ("input", input.clone()),
        ("output", output.with_marks(input.marks())),
        ("triggers_replace", given("triggers_replace")),
    ]))
}
