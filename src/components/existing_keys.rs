//! Keys that exist: what is looked up of them before anything is encrypted with them.
//!
//! Their policies are the owner's. Identities of the account are allowed by IAM if the policy says so; services that use the
//! operations key themselves need statements, which are given as an output.

use super::region_scope::RegionScope;
use crate::aws::kms;
use crate::terraform::{Condition, Expression, Handle, Lifecycle, Resource, Value, concat, text};

/// What keys encrypt, in the order of a region's keys.
pub const CLASSES: [&str; 5] = ["database", "storage", "sessions", "secrets", "operations"];

/// Looks at a key, which then stands in the place of one that the stack makes.
pub fn existing_key(region: &mut RegionScope<'_>, class: &'static str, arn: Value<String>) -> Handle<kms::Key> {
    let is = |attribute: &'static str, value: &'static str| own::<String>(attribute).equals(value);
    let fits = own::<bool>("enabled")
        .and(is("key_usage", "ENCRYPT_DECRYPT"))
        .and(is("customer_master_key_spec", "SYMMETRIC_DEFAULT"))
        .and(is("key_manager", "CUSTOMER"));
    let message = concat([
        text("The key "),
        own("arn"),
        text(format!(
            " cannot encrypt the {class} data: name one that is enabled, symmetric, for encryption, and managed by the \
             customer."
        )),
    ]);
    let key = kms::KeyData::new(class, arn).lifecycle(Lifecycle::new().postcondition(Condition::new(fits, message)));
    region.add(key).in_place_of()
}

/// An attribute of the key that a condition is about.
fn own<T>(attribute: &'static str) -> Value<T> {
    Value::new(Expression::named("self", &[attribute]))
}
