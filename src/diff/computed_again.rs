//! What a provider computes again though the object stays: versions, and what only an apply knows of them.

use std::collections::BTreeSet;

use super::arguments::without_positions;
use super::objects::Object;
use super::{ArgumentChange, Change, Effect};
use crate::terraform::Expression;

/// Attributes that the provider computes again when one of the arguments changes in place, by type. No arguments stand for
/// all but the tags.
const COMPUTED_AGAIN: &[(&str, &[&str], &[&str])] = &[
    ("aws_lambda_function", &[], &["version", "qualified_arn", "qualified_invoke_arn"]),
    ("aws_launch_template", &[], &["latest_version"]),
    ("aws_s3_object", &[], &["version_id", "etag"]),
    ("aws_ssm_parameter", &["insecure_value", "value"], &["version"]),
    ("terraform_data", &["input"], &["output"]),
];

/// The attributes of an object that are computed again with changes at these ways.
pub(super) fn unsettled<'o>(
    object: &'o Object,
    paths: impl Iterator<Item = &'o str>,
) -> impl Iterator<Item = (String, &'static str)> {
    let none = BTreeSet::new();
    let Some((_, arguments, attributes)) = COMPUTED_AGAIN.iter().find(|(name, ..)| *name == object.type_name) else {
        return none.into_iter();
    };
    // Without it no version is made.
    let is_published = object.arguments.get("publish").is_some_and(|value| *value != Expression::Bool(false));
    let is_meant = |path: &str| {
        let path = without_positions(path);
        let first = path.split('.').next().unwrap_or_default();
        match *arguments {
            [] => !matches!(first, "tags" | "tags_all" | "timeouts" | "lifecycle"),
            arguments => arguments.contains(&first),
        }
    };
    let mut paths = paths;
    if (object.type_name == "aws_lambda_function" && !is_published) || !paths.any(is_meant) {
        return none.into_iter();
    }
    let found: BTreeSet<_> = attributes.iter().map(|attribute| (object.address.reference(), *attribute)).collect();
    found.into_iter()
}

/// What of a change is done to the object, and not only to what Terraform does with it.
pub(super) fn in_place(change: &Change) -> impl Iterator<Item = &ArgumentChange> {
    const SETTINGS: [&str; 2] = ["lifecycle.create_before_destroy", "lifecycle.prevent_destroy"];
    change
        .arguments
        .iter()
        .filter(|argument| argument.effect != Effect::Ignored && !SETTINGS.contains(&argument.path.as_str()))
}
