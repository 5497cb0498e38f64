//! Variables about the account that Terraform works in.

use super::{each_matches, matches, switch};
use crate::terraform::expression::For;
use crate::terraform::functions::{alltrue, length};
use crate::terraform::{Condition, Expression, Map, Module, Value, Variable};

/// AWS takes 50 tags; four are the stack's, and AWS Backup copies them beside its own.
const MOST_TAGS: u64 = 40;

pub(super) fn manage_api_gateway_account(module: &mut Module) -> Value<bool> {
    switch(
        module,
        "manage_api_gateway_account",
        "Whether this stack sets the role with which API Gateway writes logs, a setting of the whole account in a region. \
         Set it to false where something else manages it.",
        true,
    )
}

/// Notices carry the address inside a text of Step Functions, in which quotes and braces would have a meaning.
pub(super) fn runbook_url(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("runbook_url");
    let well_formed = matches(r"^https://[A-Za-z0-9._~:/?@!$&()*+,;=%-]{1,300}$", own.clone());
    module.add_variable(
        Variable::new("runbook_url")
            .description(
                "Where the runbook can be read, such as a page made of what dr-synth runbook prints. Alarms and notices \
                 end with a link to their chapter.",
            )
            .default(Expression::Null)
            .validation(Condition::new(
                own.is_null().or(well_formed),
                "runbook_url must be a URL that begins with https:// and has no # and no quotes, or null.",
            )),
    )
}

/// `Name` is each resource's own, and what begins with `aws:` is AWS's (Tagging user guide, "Tag naming limits").
pub(super) fn tags(module: &mut Module) -> Value<Map<String>> {
    let own = Variable::reference::<Map<String>>("tags");
    let key = || Value::<String>::new(Expression::named("key", &[]));
    let value = || Value::<String>::new(Expression::named("value", &[]));
    // Lengths on their own: a class of Unicode that is repeated so often costs whoever compiles it a tenth of a second.
    let each_fits = matches(r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$", key())
        .and(length(key()).at_most(128))
        .and(!matches("^(?i:aws):", key()))
        .and(matches(r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$", value()))
        .and(length(value()).at_most(256));
    let all_fit = alltrue(Value::<Vec<bool>>::new(Expression::For(Box::new(For {
        key: Some("key".to_owned()),
        value: "value".to_owned(),
        collection: own.clone().into(),
        result_key: None,
        result: each_fits.into(),
        grouping: false,
        condition: None,
    }))));
    module.add_variable(
        Variable::new("tags")
            .description(
                "Tags of your own for everything that takes tags. Environment, CostCenter, Criticality and Name stay what \
                 they are.",
            )
            .default(Expression::Object(crate::terraform::Object::new()))
            .nullable(false)
            .validation(Condition::new(
                all_fit.and(length(own).at_most(MOST_TAGS)),
                format!(
                    "tags must be at most {MOST_TAGS}, with keys of 1 to 128 and values of up to 256 letters, digits, \
                     spaces and _.:/=+-@; no key begins with aws:."
                ),
            )),
    )
}

pub(super) fn allowed_account_ids(module: &mut Module) -> Value<Vec<String>> {
    let well_formed = each_matches("^[0-9]{12}$", Variable::reference("allowed_account_ids"));
    module.add_variable(
        Variable::new("allowed_account_ids")
            .description(
                "The accounts that Terraform may work in; it refuses to plan in another. Empty: whichever the credentials \
                 are for.",
            )
            .default(Expression::List(Vec::new()))
            .nullable(false)
            .validation(Condition::new(well_formed, "allowed_account_ids must be a list of account ids of twelve digits.")),
    )
}

pub(super) fn provider_role_arn(module: &mut Module, name: &'static str, region: &str) -> Value<String> {
    let own = Variable::reference::<String>(name);
    module.add_variable(
        Variable::new(name)
            .description(format!(
                "The role that Terraform takes on to work in the {region} region, if it is not to work as whoever calls it. \
                 Both regions are of one account."
            ))
            .default(Expression::Null)
            .validation(Condition::new(
                own.clone().is_null().or(matches(r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/\S+$", own)),
                format!("{name} must be the ARN of a role, such as arn:aws:iam::123456789012:role/deploy, or null."),
            )),
    )
}
