//! Variables of what exists and replaces a part of the stack.

use super::{each_matches, matches};
use crate::components::existing_keys::CLASSES;
use crate::settings::Region;
use crate::terraform::variable::ObjectAttribute;
use crate::terraform::{Any, Condition, Expression, Module, TypeConstraint, Value, Variable};

pub(super) fn permissions_boundary_arn(module: &mut Module) -> Value<String> {
    let name = "permissions_boundary_arn";
    let own = Variable::reference::<String>(name);
    module.add_variable(
        Variable::new(name)
            .description("The policy that bounds what every role of the stack may do at most.")
            .nullable(false)
            .validation(Condition::new(
                matches(r"^arn:aws:iam::([0-9]{12}|aws):policy/\S+$", own),
                "permissions_boundary_arn must be the ARN of a managed policy, such as \
                 arn:aws:iam::123456789012:policy/boundary.",
            )),
    )
}

/// One variable for all keys of a region, so that none is forgotten.
pub(super) fn kms_key_arns(module: &mut Module, role: &str, region: Region) -> Value<Any> {
    let name = format!("{role}_kms_key_arns");
    let arns = Expression::call("values", [Variable::reference::<Any>(name.clone()).into()]);
    let standby = if role == "dr" { "standby" } else { role };
    let key = |class: &str| ObjectAttribute {
        name: class.to_owned(),
        of_type: TypeConstraint::String,
        optional: false,
        default: None,
    };
    module.add_variable(
        Variable::new(name.clone())
            .description(format!(
                "The keys of the {standby} region, by what they encrypt: {}. One key may serve several.",
                CLASSES.join(", ")
            ))
            .of_type(TypeConstraint::Object(CLASSES.map(key).into()))
            .nullable(false)
            .validation(Condition::new(
                each_matches_of(region, arns),
                format!(
                    "{name} must be ARNs of keys in {region}, such as \
                     arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
                ),
            )),
    )
}

fn each_matches_of(region: Region, arns: Expression) -> Value<bool> {
    each_matches(format!("^arn:aws:kms:{region}:[0-9]{{12}}:key/[0-9a-z-]+$"), Value::new(arns))
}
