//! What is lost while the object stays: copies that it carries inside, and what others made for it.

use std::collections::BTreeSet;

use super::arguments::is_at_or_below;
use crate::terraform::{Expression, Object};

/// Copies in other regions or accounts, as blocks or as a list: the type, the argument, what names a copy in a block, and
/// what each is.
const COPIES: &[(&str, &str, &str, &str)] = &[
    ("aws_cloudformation_stack_instances", "accounts", "", "whatever the stacks made in"),
    ("aws_cloudformation_stack_instances", "regions", "", "whatever the stacks made in"),
    ("aws_dynamodb_global_table", "replica", "region_name", "the copy of the items in"),
    ("aws_dynamodb_table", "replica", "region_name", "the copy of the items in"),
    ("aws_secretsmanager_secret", "replica", "region", "the copy of the secret in"),
    ("aws_ssmincidents_replication_set", "region", "name", "the copy of the incidents in"),
];

/// Arguments that say what is made inside: what a change of it destroys there is not looked into.
const CONTENTS: &[(&str, &[&str])] = &[
    ("aws_cloudcontrolapi_resource", &["desired_state"]),
    ("aws_cloudformation_stack", &["template_body", "template_url", "parameters"]),
    ("aws_cloudformation_stack_set", &["template_body", "template_url", "parameters"]),
    ("aws_cloudformation_stack_set_instance", &["parameter_overrides"]),
    ("aws_cloudformation_stack_instances", &["parameter_overrides"]),
    ("aws_elastic_beanstalk_environment", &["setting", "template_name", "solution_stack_name"]),
    ("aws_sagemaker_project", &["service_catalog_provisioning_details"]),
    ("aws_serverlessapplicationrepository_cloudformation_stack", &["parameters", "semantic_version"]),
    (
        "aws_servicecatalog_provisioned_product",
        &[
            "provisioning_artifact_id",
            "provisioning_artifact_name",
            "provisioning_parameters",
            "product_id",
            "product_name",
        ],
    ),
];

/// What is lost, and whether that is certain.
pub(super) struct Loss {
    pub(super) is_certain: bool,
    pub(super) what: String,
    pub(super) why: String,
}

/// What a change of the argument at `path` loses, though the object stays.
pub(super) fn loss(type_name: &str, path: &str, old: &Object, new: &Object) -> Option<Loss> {
    let plain = super::arguments::without_positions(path);
    if let Some((_, argument, name, what)) =
        COPIES.iter().find(|(of, argument, ..)| *of == type_name && is_at_or_below(&plain, argument))
    {
        return copies(argument, name, what, old, new);
    }
    let (_, arguments) = CONTENTS.iter().find(|(of, _)| *of == type_name)?;
    arguments.iter().any(|argument| is_at_or_below(&plain, argument)).then(|| Loss {
        is_certain: false,
        what: "whatever was made by it".to_owned(),
        why: format!("`{path}` changes, and what that destroys inside is not looked into"),
    })
}

fn copies(argument: &str, name: &str, what: &str, old: &Object, new: &Object) -> Option<Loss> {
    let before = named(old.get(argument), name);
    let after = named(new.get(argument), name);
    let (Some(before), Some(after)) = (before, after) else {
        return Some(Loss {
            is_certain: false,
            what: format!("{what} a place that goes"),
            why: format!("`{argument}` changes, and it is not known which places stay"),
        });
    };
    let gone: Vec<_> = before.difference(&after).cloned().collect();
    (!gone.is_empty()).then(|| Loss {
        is_certain: true,
        what: format!("{what} {}", gone.join(", ")),
        why: format!("`{argument}` no longer names it"),
    })
}

/// The names of the copies, if all of them are known.
fn named(value: Option<&Expression>, name: &str) -> Option<BTreeSet<String>> {
    let Some(value) = value else { return Some(BTreeSet::new()) };
    let Expression::List(items) = value else { return None };
    let of = |item: &Expression| match item {
        Expression::Text(text) => Some(text.to_string()),
        Expression::Object(block) => match block.get(name)? {
            Expression::Text(text) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    };
    items.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::ResourceMode;

    #[test]
    fn the_arguments_are_the_providers() {
        let arguments = COPIES.iter().map(|(of, argument, ..)| (of, argument));
        let contents = CONTENTS.iter().flat_map(|(of, arguments)| arguments.iter().map(move |argument| (of, argument)));
        for (of, argument) in arguments.chain(contents) {
            let schema = crate::aws::schema().block_type(ResourceMode::Managed, of).expect(of);
            let found = schema.attribute(argument).is_some() || schema.nested_block(argument).is_some();
            assert!(found, "{of}: {argument}");
        }
    }
}
