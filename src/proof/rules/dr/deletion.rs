//! What a slip takes away.

use super::super::instance::{Opinion, broken_if, wants};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Resource};

pub(super) const RULES: [Rule; 5] = [
    Rule {
        id: "DR050",
        group: Group::Dr,
        severity: Severity::Note,
        title: "a database is protected from deletion",
        reason: "With protection a deletion takes two steps, and the second is a decision",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html",
        examine: Examine::Instances(DATABASES, protection),
    },
    Rule {
        id: "DR051",
        group: Group::Dr,
        severity: Severity::Note,
        title: "automated backups outlive their database",
        reason: "The provider's default deletes them with the database",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html",
        examine: Examine::Instances(&["aws_db_instance", "aws_rds_cluster"], backups_go),
    },
    Rule {
        id: "DR052",
        group: Group::Dr,
        severity: Severity::Note,
        title: "a secret can be brought back",
        reason: "Without a recovery window a deletion is final at once",
        source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
        examine: Examine::Instances(&["aws_secretsmanager_secret"], window),
    },
    Rule {
        id: "DR053",
        group: Group::Dr,
        severity: Severity::Note,
        title: "a bucket keeps the versions before",
        reason: "What is overwritten or deleted in a bucket without versions is gone",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        examine: Examine::Instances(&["aws_s3_bucket"], versions),
    },
    Rule {
        id: "DR054",
        group: Group::Dr,
        severity: Severity::Note,
        title: "a key waits thirty days before it goes",
        reason: "All that is encrypted under a key goes with it; a month is time to notice",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
        examine: Examine::Instances(&["aws_kms_key"], key_window),
    },
];

const DATABASES: &[&str] =
    &["aws_db_instance", "aws_rds_cluster", "aws_rds_global_cluster", "aws_docdb_cluster", "aws_neptune_cluster"];

fn protection(_: &Model, database: &Resource) -> Opinion {
    wants(
        database.at("deletion_protection"),
        true,
        false,
        "deletion_protection is off",
        "set it to true where the data matters",
    )
}

fn backups_go(_: &Model, database: &Resource) -> Opinion {
    if database.at("replicate_source_db").is_set() {
        return Opinion::Fine;
    }
    wants(
        database.at("delete_automated_backups"),
        false,
        true,
        "delete_automated_backups is true, as by default",
        "set it to false",
    )
}

fn window(_: &Model, secret: &Resource) -> Opinion {
    match secret.at("recovery_window_in_days").number() {
        Known::Is(days) if days <= 0.0 => {
            Opinion::Broken("recovery_window_in_days is 0".to_owned(), "set it to seven days or more")
        }
        Known::Unknown(reason) => Opinion::CannotTell(reason),
        _ => Opinion::Fine,
    }
}

fn versions(model: &Model, bucket: &Resource) -> Opinion {
    let apart = model.referring("aws_s3_bucket_versioning", "bucket", bucket);
    if let Some(reason) = model.undecided("aws_s3_bucket_versioning", "bucket", bucket) {
        return Opinion::CannotTell(reason);
    }
    let status = apart.first().map(|one| one.at("versioning_configuration.status"));
    if let Some(reason) = status.and_then(|status| status.unknown()) {
        return Opinion::CannotTell(reason.to_owned());
    }
    broken_if(
        !status.is_some_and(|status| status.is_text("Enabled"))
            && bucket.at("versioning.enabled").flag().get() != Some(true)
            && bucket.at("object_lock_enabled").flag().get() != Some(true),
        || "the bucket has no versions".to_owned(),
        "add an aws_s3_bucket_versioning with status Enabled",
    )
}

fn key_window(_: &Model, key: &Resource) -> Opinion {
    match key.at("deletion_window_in_days").number() {
        Known::Is(days) if days < 30.0 => {
            Opinion::Broken(format!("deletion_window_in_days is {days}"), "set it to 30 where the data matters")
        }
        _ => Opinion::Fine,
    }
}
