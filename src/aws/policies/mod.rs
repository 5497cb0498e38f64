//! The policies of a module as AWS will read them: plain JSON, with every reference replaced.
//!
//! Before an apply nobody knows the ARN of a key, so a plan says "known after apply" for every policy that names one, and
//! whoever judges that plan passes the policy unread. Here each reference becomes what AWS will put there, in shape: the
//! right service, region, account and name, with made-up ids where AWS makes them up.

mod evaluation;
mod stand_ins;

use serde_json::Value as Json;

use crate::terraform::expression::Key;
use crate::terraform::{Address, Expression, Module, Object, ResourceMode};
use evaluation::Evaluation;

/// The account that stands in for the one a stack is applied to.
pub const ACCOUNT: &str = "123456789012";

/// A policy in a module.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The resource that carries it.
    pub resource: Address,
    /// The argument it stands in, such as `assume_role_policy`.
    pub argument: String,
    /// The policy, with nothing left to evaluate.
    pub document: Json,
}

/// A policy that cannot be read without applying the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{resource} {argument}: {reason}")]
pub struct UnreadPolicy {
    resource: Address,
    argument: String,
    reason: String,
}

/// Every policy of the module's managed resources, in the order of the module.
///
/// # Errors
/// The first policy that depends on something only an apply tells.
pub fn policies(module: &Module) -> Result<Vec<Policy>, UnreadPolicy> {
    let evaluation = Evaluation::of(module);
    let mut found = Vec::new();
    for block in module.resources().iter().filter(|block| block.mode() == ResourceMode::Managed) {
        for (key, value) in block.arguments().entries() {
            let (Key::Literal(argument), Some(document)) = (key, policy_document(value)) else { continue };
            let (resource, argument) = (block.address(), argument.clone().into_owned());
            match evaluation.object(document) {
                // A policy that nothing is asked of is not made.
                Ok(document) if document["Statement"].as_array().is_some_and(Vec::is_empty) => {}
                Ok(document) => found.push(Policy { resource, argument, document }),
                Err(reason) => return Err(UnreadPolicy { resource, argument, reason }),
            }
        }
    }
    Ok(found)
}

/// The object inside of `jsonencode(...)`, if it has statements.
fn policy_document(value: &Expression) -> Option<&Object> {
    let Expression::Call(call) = value else { return None };
    match call.arguments.as_slice() {
        [Expression::Object(object)] if call.name == "jsonencode" && object.get("Statement").is_some() => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::iam_policy::{PolicyDocument, Statement};
    use crate::aws::{iam, kms, sns};
    use crate::terraform::functions::{bound, each_of, jsonencode};
    use crate::terraform::{Any, Provider, Resource, Variable, concat, text};
    use serde_json::json;

    fn policy_about(arn: impl Into<crate::terraform::Value<String>>, module: &mut Module) {
        let policy = PolicyDocument::new([Statement::allow("Use").action("sns:Publish").resource(arn)]);
        module.add(iam::RolePolicy::new("use", policy, "role"));
    }

    #[test]
    fn references_become_arns_of_the_right_shape() {
        let mut module = Module::new();
        let provider = module.add_provider(Provider::aliased("aws", "dr").set("region", text("us-east-2")));
        let suffix = module.add_variable::<String>(Variable::new("suffix").default(text("dev")));
        let name = concat([text("alerts-"), suffix]);
        let topic = module.add(sns::Topic::new("alerts").name(name).provider(&provider));
        policy_about(topic.arn(), &mut module);
        let found = policies(&module).unwrap();
        assert_eq!(found[0].resource.to_string(), "aws_iam_role_policy.use");
        assert_eq!(
            found[0].document["Statement"][0]["Resource"],
            json!("arn:aws:sns:us-east-2:123456789012:alerts-dev")
        );
    }

    #[test]
    fn a_policy_without_statements_is_none() {
        let mut module = Module::new();
        let asked = module.add_variable::<Any>(Variable::new("asked").default(Expression::List(Vec::new())));
        let statements: crate::terraform::Value<Vec<Any>> = each_of("one", asked, bound::<Any>("one"));
        let policy: Object = [("Statement", statements.into_expression())].into_iter().collect();
        module.add(iam::RolePolicy::new("further", jsonencode(Expression::Object(policy)), "role"));
        assert_eq!(policies(&module), Ok(Vec::new()));
    }

    #[test]
    fn what_only_an_apply_tells_is_an_error_that_says_so() {
        let mut module = Module::new();
        let key = module.add(kms::Key::new("data"));
        policy_about(key.attribute::<String>("rotation_enabled_at"), &mut module);
        let error = policies(&module).unwrap_err().to_string();
        assert!(error.starts_with("aws_iam_role_policy.use policy: "), "{error}");
        assert!(error.contains("aws_kms_key.data.rotation_enabled_at"), "{error}");
    }
}
