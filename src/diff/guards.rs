//! Guards that go down: nothing is lost by it now, and more can be lost later, or sooner.

use super::arguments::{is_at_or_below, without_positions};
use crate::terraform::expression::Step;
use crate::terraform::{Expression, Object};

/// When a changed argument lowers a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Down {
    /// It was on, and is off.
    Off,
    /// It was off, and is on.
    On,
    /// The number is smaller, or no longer said.
    Less,
    /// The number is smaller; zero stands for ever.
    LessThanEver,
    /// It was this, and is something else.
    NoLonger(&'static str),
    /// It is no longer said.
    Gone,
}

/// Arguments by name, of any type that has them, and what is down.
const ARGUMENTS: &[(&str, Down, &str)] = &[
    ("automated_snapshot_retention_period", Down::Less, "backups are kept for a shorter time"),
    ("automatic_backup_retention_days", Down::Less, "backups are kept for a shorter time"),
    ("backtrack_window", Down::Less, "it can be turned back less far"),
    ("backup_retention_period", Down::Less, "backups are kept for a shorter time"),
    ("changeable_for_days", Down::Less, "the lock can be taken off for a shorter time"),
    ("close_on_deletion", Down::On, "the account is closed when it is destroyed"),
    ("data_retention_in_hours", Down::Less, "recordings are kept for a shorter time"),
    ("delete_automated_backups", Down::On, "its backups go when it is destroyed"),
    ("delete_on_termination", Down::On, "the disk goes with the instance"),
    ("delete_protection", Down::Off, "it can be deleted"),
    ("deletion_protection", Down::Off, "it can be deleted"),
    ("deletion_protection", Down::NoLonger("ACTIVE"), "it can be deleted"),
    ("deletion_protection_enabled", Down::Off, "it can be deleted"),
    ("deletion_window_in_days", Down::Less, "there is less time to take a deletion back"),
    ("disable_api_termination", Down::Off, "it can be terminated"),
    ("enable_deletion_protection", Down::Off, "it can be deleted"),
    ("enable_termination_protection", Down::Off, "it can be deleted"),
    ("final_snapshot_identifier", Down::Gone, "no last backup is made when it is destroyed"),
    ("final_snapshot_name", Down::Gone, "no last backup is made when it is destroyed"),
    ("force_delete", Down::On, "it is deleted with everything in it"),
    ("force_destroy", Down::On, "it is deleted with everything in it"),
    ("magnetic_store_retention_period_in_days", Down::Less, "measurements are kept for a shorter time"),
    ("max_retention_days", Down::Less, "backups can be kept for a shorter time"),
    ("memory_store_retention_period_in_hours", Down::Less, "measurements are kept for a shorter time"),
    ("message_retention_seconds", Down::Less, "messages are kept for a shorter time"),
    ("min_retention_days", Down::Less, "backups can be deleted earlier"),
    ("object_lock_enabled", Down::Off, "objects can be overwritten and deleted"),
    ("preserve_on_deletion", Down::Off, "what it made goes with it"),
    ("recovery_window_in_days", Down::Less, "there is less time to take a deletion back"),
    ("retain_stack", Down::Off, "the stack goes with it"),
    ("retention_in_days", Down::LessThanEver, "what is older is deleted"),
    ("retention_period", Down::Less, "what is older is deleted"),
    ("retention_days", Down::LessThanEver, "what is older is deleted"),
    ("skip_destroy", Down::Off, "it goes when it leaves the configuration"),
    ("skip_final_backup", Down::On, "no last backup is made when it is destroyed"),
    ("skip_final_snapshot", Down::On, "no last backup is made when it is destroyed"),
    ("snapshot_retention_limit", Down::Less, "backups are kept for a shorter time"),
    ("snapshot_retention_period", Down::Less, "backups are kept for a shorter time"),
    ("termination_protection", Down::Off, "it can be deleted"),
    ("termination_protection_enabled", Down::Off, "it can be deleted"),
];

/// Types for which `force_destroy` or `force_delete` does something else, and what goes with the object then; nothing where no
/// data do.
const FORCED: &[(&str, Option<&str>)] = &[
    ("aws_autoscaling_group", None),
    ("aws_cloudwatch_event_rule", None),
    ("aws_cloudwatch_event_target", None),
    ("aws_default_subnet", None),
    ("aws_default_vpc", None),
    ("aws_dx_lag", None),
    ("aws_ecs_service", None),
    ("aws_ecs_task_set", None),
    ("aws_iam_user", Some("it is deleted with its keys and its sign-in")),
    ("aws_rds_cluster_instance", None),
    ("aws_rds_global_cluster", Some("its clusters are detached when it is destroyed, and no longer replicate")),
    ("aws_redshift_endpoint_authorization", None),
    ("aws_redshift_snapshot_schedule", Some("it is taken off the clusters that it makes backups of")),
    ("aws_s3_bucket_object", Some("it is deleted although a legal hold is on it")),
    ("aws_s3_object", Some("it is deleted although a legal hold is on it")),
    ("aws_s3_object_copy", Some("it is deleted although a legal hold is on it")),
    ("aws_transfer_server", Some("it is deleted with its users")),
];

/// What is down with an argument in a type.
fn of_type(type_name: &str, argument: &str, why: &'static str) -> Option<&'static str> {
    let is_forced = matches!(argument, "force_destroy" | "force_delete");
    match FORCED.iter().find(|(name, _)| is_forced && *name == type_name) {
        Some((_, other)) => *other,
        None => Some(why),
    }
}

/// Arguments inside of blocks, with the type.
const INNER: &[(&str, &str, Down, &str)] = &[
    ("aws_backup_plan", "rule.lifecycle.delete_after", Down::LessThanEver, "backups are kept for a shorter time"),
    (
        "aws_dynamodb_table",
        "point_in_time_recovery.enabled",
        Down::Off,
        "it can no longer be restored to a point in time",
    ),
    (
        "aws_dynamodb_table",
        "point_in_time_recovery.recovery_period_in_days",
        Down::Less,
        "it can be restored less far back",
    ),
    ("aws_dynamodb_table", "ttl.enabled", Down::On, "items whose time has come are deleted"),
    ("aws_efs_backup_policy", "backup_policy.status", Down::NoLonger("ENABLED"), "no backups are made"),
    ("aws_kms_key", "is_enabled", Down::Off, "what is encrypted with it cannot be read"),
    (
        "aws_s3_bucket_object_lock_configuration",
        "rule.default_retention.days",
        Down::Less,
        "objects can be deleted earlier",
    ),
    (
        "aws_s3_bucket_object_lock_configuration",
        "rule.default_retention.years",
        Down::Less,
        "objects can be deleted earlier",
    ),
    (
        "aws_s3_bucket_object_lock_configuration",
        "rule.default_retention.mode",
        Down::NoLonger("COMPLIANCE"),
        "whoever may can delete objects before their time",
    ),
    (
        "aws_s3_bucket_versioning",
        "versioning_configuration.status",
        Down::NoLonger("Enabled"),
        "what is overwritten or deleted is gone",
    ),
    (
        "aws_s3_bucket_versioning",
        "versioning_configuration.mfa_delete",
        Down::NoLonger("Enabled"),
        "versions can be deleted without a second factor",
    ),
];

/// Objects that are guards themselves.
const OBJECTS: &[(&str, &str)] = &[
    ("aws_backup_plan", "no backups are made by it any more"),
    ("aws_backup_selection", "what it selects is no longer backed up"),
    ("aws_backup_vault_lock_configuration", "backups can be deleted before their time"),
    ("aws_dlm_lifecycle_policy", "no backups are made by it any more"),
    ("aws_ecr_replication_configuration", "images are no longer copied"),
    ("aws_efs_backup_policy", "no backups are made by it any more"),
    ("aws_efs_replication_configuration", "files are no longer copied"),
    ("aws_glacier_vault_lock", "archives can be deleted before their time"),
    ("aws_rbin_rule", "what is deleted cannot be taken back"),
    ("aws_redshift_snapshot_copy", "backups are no longer copied"),
    ("aws_redshift_snapshot_schedule_association", "no backups are made by it any more"),
    ("aws_s3_bucket_object_lock_configuration", "objects can be deleted before their time"),
    ("aws_s3_bucket_replication_configuration", "objects are no longer copied"),
    ("aws_s3_bucket_versioning", "what is overwritten or deleted is gone"),
];

/// Objects that delete, once they are there.
const DELETING: &[(&str, &str, &str)] = &[
    ("aws_ecr_lifecycle_policy", "policy", "images that it names are deleted"),
    ("aws_s3_bucket_lifecycle_configuration", "rule", "objects whose time has come are deleted"),
];

/// What is down when an object of the type goes.
pub(super) fn of_gone(type_name: &str) -> Option<&'static str> {
    OBJECTS.iter().find(|(name, _)| *name == type_name).map(|(_, why)| *why)
}

/// What is down when an object of the type is new, or changes at `path`.
pub(super) fn of_deleting(type_name: &str, path: Option<&str>) -> Option<&'static str> {
    let meant = |argument: &str| path.is_none_or(|path| is_at_or_below(&without_positions(path), argument));
    DELETING.iter().find(|(name, argument, _)| *name == type_name && meant(argument)).map(|(.., why)| *why)
}

/// The guards that go down with the change of the argument at `path`: the way to each, and what is down.
pub(super) fn of_argument(type_name: &str, path: &str, old: &Object, new: &Object) -> Vec<(String, &'static str)> {
    let plain = without_positions(path);
    let mut found = Vec::new();
    let last = plain.rsplit('.').next().unwrap_or(&plain);
    for (name, down, why) in ARGUMENTS {
        let Some(why) = of_type(type_name, name, why) else { continue };
        if *name == last && is_down(*down, at(old, path), at(new, path)) {
            found.push((path.to_owned(), why));
        }
    }
    for (of, inner, down, why) in INNER {
        if *of != type_name || !(is_at_or_below(&plain, inner) || is_at_or_below(inner, &plain)) {
            continue;
        }
        if is_down(*down, at(old, inner), at(new, inner)) {
            found.push(((*inner).to_owned(), *why));
        }
    }
    found
}

/// The value at a way; of several blocks that of the first, unless the way says which.
fn at<'o>(object: &'o Object, path: &str) -> Option<&'o Expression> {
    let mut value: Option<&Expression> = None;
    for piece in path.split('.') {
        let (name, position) = match piece.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse().unwrap_or(0)),
            None => (piece, 0),
        };
        let within = match value {
            None => Some(object),
            Some(Expression::Object(object)) => Some(object),
            Some(Expression::List(items)) => match items.first()? {
                Expression::Object(object) => Some(object),
                _ => None,
            },
            Some(_) => None,
        };
        value = within?.get(name);
        if position > 0
            && let Some(Expression::List(items)) = value
        {
            value = items.get(position);
        }
    }
    value
}

fn is_down(down: Down, old: Option<&Expression>, new: Option<&Expression>) -> bool {
    let is_on = |value: Option<&Expression>| value == Some(&Expression::Bool(true)) || is_text(value, "Enabled");
    let is_off = |value: Option<&Expression>| value.is_none_or(|value| *value == Expression::Bool(false));
    match down {
        Down::Off => is_on(old) && !is_on(new),
        Down::On => is_off(old) && !is_off(new),
        Down::Gone => old.is_some() && new.is_none(),
        Down::NoLonger(text) => is_text(old, text) && !is_text(new, text),
        Down::Less => match (number(old), number(new)) {
            (Some(before), Some(after)) => after < before,
            (Some(_), None) => true,
            _ => old.is_some() && new.is_some() && old != new,
        },
        Down::LessThanEver => {
            let ever = |number: f64| if number == 0.0 { f64::INFINITY } else { number };
            let days = |value: Option<&Expression>| match value {
                None => Some(f64::INFINITY),
                some => number(some).map(ever),
            };
            match (days(old), days(new)) {
                (Some(before), Some(after)) => after < before,
                _ => old != new,
            }
        }
    }
}

fn is_text(value: Option<&Expression>, text: &str) -> bool {
    matches!(value, Some(Expression::Text(value)) if value.eq_ignore_ascii_case(text))
}

fn number(value: Option<&Expression>) -> Option<f64> {
    match value {
        Some(Expression::Number(number)) => number.as_f64(),
        Some(Expression::Text(text)) => text.parse().ok(),
        _ => None,
    }
}

/// The name that a trigger refers to, and the attribute, if it names one.
pub(super) fn attribute(steps: &[Step]) -> Option<&str> {
    steps.iter().find_map(|step| match step {
        Step::Attribute(name) => Some(name.as_ref()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::{ResourceMode, parse};

    #[test]
    fn the_arguments_and_types_are_the_providers() {
        let schema = crate::aws::schema();
        let types: Vec<_> = schema.type_names(ResourceMode::Managed).collect();
        let names = OBJECTS.iter().map(|(name, _)| name).chain(INNER.iter().map(|(name, ..)| name));
        let forced = FORCED.iter().map(|(name, _)| name);
        for name in names.chain(DELETING.iter().map(|(name, ..)| name)).chain(forced) {
            assert!(types.contains(name), "{name}");
        }
        for (of, path, ..) in INNER {
            let mut block = schema.block_type(ResourceMode::Managed, of).unwrap();
            let (last, around) = path.rsplit_once('.').map_or((*path, None), |(around, last)| (last, Some(around)));
            for name in around.into_iter().flat_map(|around| around.split('.')) {
                block = block.nested_block(name).unwrap_or_else(|| panic!("{of}: {path}")).block();
            }
            assert!(block.attribute(last).is_some(), "{of}: {path}");
        }
    }

    #[test]
    fn what_is_forced_depends_on_the_type() {
        let forced = |type_name: &str| {
            let object = |text: &str| match parse::expression(text).unwrap() {
                Expression::Object(object) => object,
                other => panic!("{other:?}"),
            };
            let found = of_argument(type_name, "force_destroy", &object("{}"), &object("{force_destroy = true}")).pop();
            found.map(|(_, why)| why)
        };
        assert_eq!(forced("aws_s3_bucket"), Some("it is deleted with everything in it"));
        let detached = "its clusters are detached when it is destroyed, and no longer replicate";
        assert_eq!(forced("aws_rds_global_cluster"), Some(detached));
        assert_eq!(forced("aws_cloudwatch_event_rule"), None);
    }

    fn down(path: &str, old: &str, new: &str) -> bool {
        let object = |text: &str| match parse::expression(text).unwrap() {
            Expression::Object(object) => object,
            other => panic!("{other:?}"),
        };
        !of_argument("aws_dynamodb_table", path, &object(old), &object(new)).is_empty()
    }

    #[test]
    fn a_guard_goes_down_and_not_up() {
        for (path, up, low) in [
            ("deletion_protection", "{deletion_protection = true}", "{}"),
            ("skip_final_snapshot", "{}", "{skip_final_snapshot = true}"),
            ("backup_retention_period", "{backup_retention_period = 35}", "{backup_retention_period = 1}"),
            ("retention_in_days", "{}", "{retention_in_days = 7}"),
            ("retention_in_days", "{retention_in_days = 0}", "{retention_in_days = 7}"),
            ("retention_in_days", "{retention_in_days = 30}", "{retention_in_days = 7}"),
            ("point_in_time_recovery", "{point_in_time_recovery = [{enabled = true}]}", "{}"),
            (
                "point_in_time_recovery[0].enabled",
                "{point_in_time_recovery = [{enabled = true}]}",
                "{point_in_time_recovery = [{enabled = false}]}",
            ),
        ] {
            assert!(down(path, up, low), "{path}: {low}");
            assert!(!down(path, low, up), "{path}: {up}");
        }
    }
}
