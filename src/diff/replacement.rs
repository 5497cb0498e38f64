//! Which arguments cannot be changed without replacing the object.
//!
//! Terraform's schema does not tell. The provider does when it plans, so it was asked about each argument of some types:
//! those that hold data, and those with typed bindings. `xtask/replacements.py` asks, and writes the list that is embedded
//! here. It was asked with a few values for each argument: where the provider's own code decides by the value, such as
//! a storage type that can be changed to some others only, an argument is listed if any of them replaces the object, and
//! may be missing if only others do.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::arguments::{is_at_or_below, without_positions};
use crate::terraform::{Expression, Object};

/// The version of the provider that was asked.
pub const PROVIDER_VERSION: &str = "5.100.0";

static LIST: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../../schema/aws-5.100.0.replacements").lines().filter(|line| !line.starts_with('#'));
    let words = lines.map(|line| line.split(' '));
    words.filter_map(|mut words| Some((words.next()?, words.collect()))).collect()
});

/// Types of other providers, with the arguments that replace them; all of them do where there is no list.
const OTHERS: &[(&str, Option<&[&str]>)] = &[
    ("null_resource", Some(&["triggers"])),
    ("random_bytes", None),
    ("random_id", None),
    ("random_integer", None),
    ("random_password", None),
    ("random_pet", None),
    ("random_shuffle", None),
    ("random_string", None),
    ("random_uuid", None),
    ("terraform_data", Some(&["triggers_replace"])),
    ("tls_private_key", None),
];

/// What the provider decides, when it plans, by something else than the argument itself.
enum DecidedBy {
    /// An argument of the object that is true.
    Switch(&'static str),
    /// What AWS answers.
    Aws,
}

/// Arguments that replace their object or not by something else. Source: plans of provider 5.100.0 with either value of the switch; the
/// provider's code for the versions of a domain, which it asks AWS for (`GetCompatibleVersions`).
const DECIDED: [(&str, &str, DecidedBy); 4] = [
    ("aws_elasticsearch_domain", "elasticsearch_version", DecidedBy::Aws),
    ("aws_instance", "user_data", DecidedBy::Switch("user_data_replace_on_change")),
    ("aws_instance", "user_data_base64", DecidedBy::Switch("user_data_replace_on_change")),
    ("aws_opensearch_domain", "engine_version", DecidedBy::Aws),
];

/// Whether a change of the argument at `path` replaces an object of the type that has these arguments then.
pub fn replaces_with(type_name: &str, path: &str, arguments: &Object) -> Option<bool> {
    let decided = DECIDED.iter().find(|(name, argument, _)| *name == type_name && *argument == path);
    match decided.map(|(.., by)| by) {
        None => replaces(type_name, path),
        Some(DecidedBy::Aws) => None,
        Some(DecidedBy::Switch(switch)) => match arguments.get(switch) {
            None | Some(Expression::Null | Expression::Bool(false)) => Some(false),
            Some(Expression::Bool(true)) => Some(true),
            // A variable, or a text that Terraform converts.
            Some(_) => None,
        },
    }
}

/// Whether a change of the argument at `path` replaces an object of the type; nothing if there is no answer. A block with
/// an argument in it that does counts as one.
pub fn replaces(type_name: &str, path: &str) -> Option<bool> {
    let path = without_positions(path);
    if let Some((_, answer)) = OTHERS.iter().find(|(name, _)| *name == type_name) {
        return Some(answer.is_none_or(|arguments| arguments.iter().any(|argument| is_at_or_below(&path, argument))));
    }
    // Tags are never what an object is known by.
    if matches!(path.split('.').next(), Some("tags" | "tags_all" | "timeouts")) && type_name.starts_with("aws_") {
        return Some(false);
    }
    let listed = LIST.get(type_name)?;
    let is_meant = |argument: &str| is_at_or_below(&path, argument) || is_at_or_below(argument, &path);
    let unanswered = listed.iter().filter_map(|argument| argument.strip_prefix('?')).any(is_meant);
    (!unanswered).then(|| listed.iter().any(|argument| is_meant(argument)))
}

/// Whether the provider was asked about the type.
pub fn is_known(type_name: &str) -> bool {
    LIST.contains_key(type_name) || OTHERS.iter().any(|(name, _)| *name == type_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::ResourceMode;

    #[test]
    fn the_list_names_arguments_of_the_schema() {
        assert!(LIST.len() > 150, "{}", LIST.len());
        for (name, arguments) in LIST.iter() {
            let schema = crate::aws::schema().block_type(ResourceMode::Managed, name).expect(name);
            for argument in arguments {
                let first = argument.trim_start_matches('?').split('.').next().unwrap();
                let found = schema.attribute(first).is_some() || schema.nested_block(first).is_some();
                assert!(found, "{name}: {argument}");
            }
        }
    }

    /// `terraform plan` replaces an instance with the switch when its `user_data` changes, and updates one without.
    #[test]
    fn what_something_else_decides() {
        let with = |value: Option<Expression>| {
            let arguments = value.map(|value| ("user_data_replace_on_change", value)).into_iter().collect();
            replaces_with("aws_instance", "user_data", &arguments)
        };
        assert_eq!(with(None), Some(false));
        assert_eq!(with(Some(Expression::Bool(false))), Some(false));
        assert_eq!(with(Some(Expression::Bool(true))), Some(true));
        assert_eq!(with(Some(Expression::Text("true".into()))), None);
        assert_eq!(replaces_with("aws_opensearch_domain", "engine_version", &Object::default()), None);
        assert_eq!(replaces_with("aws_instance", "ami", &Object::default()), Some(true));
    }

    #[test]
    fn what_everybody_knows_is_in_it() {
        for (type_name, path) in [
            ("aws_rds_cluster", "kms_key_id"),
            ("aws_rds_cluster", "engine"),
            ("aws_dynamodb_table", "hash_key"),
            ("aws_s3_bucket", "bucket"),
            ("aws_kms_key", "multi_region"),
            ("aws_secretsmanager_secret", "name"),
            ("aws_vpc", "cidr_block"),
            ("aws_rds_cluster", "restore_to_point_in_time[0].restore_type"),
        ] {
            assert_eq!(replaces(type_name, path), Some(true), "{type_name} {path}");
        }
        for (type_name, path) in [
            ("aws_rds_cluster", "backup_retention_period"),
            ("aws_dynamodb_table", "billing_mode"),
            ("aws_vpc", "tags"),
        ] {
            assert_eq!(replaces(type_name, path), Some(false), "{type_name} {path}");
        }
        assert_eq!(replaces("aws_accessanalyzer_analyzer", "type"), None);
    }
}
