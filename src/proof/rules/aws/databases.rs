//! Databases of RDS and Aurora.

use super::super::instance::{Opinion, broken_if, wants_text};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Node, Resource, Target, Truth};
use crate::proof::refusal::global_clusters::{manages_password, own_credentials};

pub(super) const RULES: [Rule; 8] = [
    Rule {
        id: "AWS001",
        group: Group::Aws,
        severity: Severity::Error,
        title: "the secondary of a global database has no credentials and no database of its own",
        reason: "RDS refuses user names, passwords and database names for a cluster that follows another",
        source: "terraform-aws-modules/terraform-aws-rds-aurora#157",
        examine: Examine::Instances(&["aws_rds_cluster"], secondary_credentials),
    },
    Rule {
        id: "AWS002",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a member of a global database manages its password itself",
        reason: "Secrets that RDS manages are not supported in global databases",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html",
        examine: Examine::Instances(&["aws_rds_cluster"], managed_password),
    },
    Rule {
        id: "AWS003",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a member of a global database has a class that global databases support",
        reason: "Global databases need memory-optimised classes; burstable ones are refused",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.configuration.requirements.html",
        examine: Examine::Instances(&["aws_rds_cluster_instance"], global_class),
    },
    Rule {
        id: "AWS004",
        group: Group::Aws,
        severity: Severity::Error,
        title: "an encrypted secondary in another region names a key of that region",
        reason: "A key works in its own region only, and AWS wants one to be named for encrypted copies",
        source: "hashicorp/terraform-provider-aws#13715",
        examine: Examine::Instances(&["aws_rds_cluster"], secondary_key),
    },
    Rule {
        id: "AWS005",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a replica in another region names its source by ARN",
        reason: "An identifier is looked for in the replica's own region",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html",
        examine: Examine::Instances(&["aws_db_instance"], replica_by_arn),
    },
    Rule {
        id: "AWS006",
        group: Group::Aws,
        severity: Severity::Error,
        title: "an encrypted replica in another region names a key of that region",
        reason: "RDS refuses a replica of encrypted storage without a key of its region",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html",
        examine: Examine::Instances(&["aws_db_instance"], replica_key),
    },
    Rule {
        id: "AWS007",
        group: Group::Aws,
        severity: Severity::Error,
        title: "what has a replica has automated backups",
        reason: "RDS makes replicas of instances with automated backups only",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html",
        examine: Examine::Instances(&["aws_db_instance"], replica_of_backed_up),
    },
    Rule {
        id: "AWS008",
        group: Group::Aws,
        severity: Severity::Error,
        title: "the engine version exists",
        reason: "Minor versions of Aurora PostgreSQL are withdrawn, and a plan does not ask AWS",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html",
        examine: Examine::Instances(&["aws_rds_cluster", "aws_rds_global_cluster"], engine_version),
    },
];

/// The global cluster that a cluster is in.
fn global_of<'m>(model: &'m Model, cluster: &Resource) -> Option<&'m Resource> {
    match model.resolve(&["aws_rds_global_cluster"], cluster.at("global_cluster_identifier"), cluster) {
        Target::Found(global) => Some(global),
        _ => None,
    }
}

/// The member of the same global cluster that this one waits for, if it follows.
fn followed<'m>(model: &'m Model, cluster: &Resource) -> Option<&'m Resource> {
    let global = global_of(model, cluster)?;
    model.referring("aws_rds_cluster", "global_cluster_identifier", global).into_iter().find(|other| {
        other.address != cluster.address && (cluster.at("source_region").is_set() || waits_for(model, cluster, other))
    })
}

/// Whether a cluster waits for another or for one of its instances.
fn waits_for(model: &Model, cluster: &Resource, other: &Resource) -> bool {
    let mut awaited = vec![other.address.as_str()];
    awaited.extend(
        model.referring("aws_rds_cluster_instance", "cluster_identifier", other).iter().map(|one| one.address.as_str()),
    );
    cluster.depends_on.iter().any(|on| awaited.iter().any(|address| address.split('[').next() == Some(on)))
}

fn secondary_credentials(model: &Model, cluster: &Resource) -> Opinion {
    match (followed(model, cluster), own_credentials(cluster)) {
        (Some(first), Some(name)) => Opinion::Broken(
            format!("{name} is set, and the cluster follows {}", first.address),
            "leave user, password and database name to the primary",
        ),
        _ => Opinion::Fine,
    }
}

fn managed_password(model: &Model, cluster: &Resource) -> Opinion {
    broken_if(
        manages_password(cluster) && global_of(model, cluster).is_some(),
        || "manage_master_user_password is true in a global database".to_owned(),
        "make the password an ephemeral resource, and set it by master_password_wo",
    )
}

fn global_class(model: &Model, instance: &Resource) -> Opinion {
    let Target::Found(cluster) = model.resolve(&["aws_rds_cluster"], instance.at("cluster_identifier"), instance)
    else {
        return Opinion::Fine;
    };
    if global_of(model, cluster).is_none() {
        return Opinion::Fine;
    }
    wants_text(
        instance.at("instance_class"),
        |class| !class.starts_with("db.t"),
        "{} is burstable, and its cluster is in a global database",
        "take a memory-optimised class such as db.r7g.large, or db.serverless",
    )
}

fn secondary_key(model: &Model, cluster: &Resource) -> Opinion {
    let Some(first) = followed(model, cluster) else { return Opinion::Fine };
    let encrypted = [cluster, first].iter().any(|one| one.at("storage_encrypted").flag().get() == Some(true));
    broken_if(
        encrypted && first.region != cluster.region && !cluster.at("kms_key_id").is_set(),
        || format!("no kms_key_id, though the storage of {} is encrypted", first.address),
        "name a key that the cluster's own provider makes",
    )
}

fn source_of<'m>(model: &'m Model, replica: &Resource) -> Option<&'m Resource> {
    match model.resolve(&["aws_db_instance"], replica.at("replicate_source_db"), replica) {
        Target::Found(source) => Some(source),
        _ => None,
    }
}

fn replica_by_arn(model: &Model, replica: &Resource) -> Opinion {
    let Node::Text(source) = replica.at("replicate_source_db") else { return Opinion::Fine };
    let elsewhere = model
        .known_as("aws_db_instance", source)
        .any(|instance| instance.region != replica.region && instance.address != replica.address);
    broken_if(
        !source.starts_with("arn:") && elsewhere && source_of(model, replica).is_none(),
        || "the source is an instance of another region, and named by its identifier".to_owned(),
        "name it by its arn",
    )
}

fn replica_key(model: &Model, replica: &Resource) -> Opinion {
    let Some(source) = source_of(model, replica) else { return Opinion::Fine };
    let crosses = matches!((&source.region, &replica.region), (Node::Text(one), Node::Text(other)) if one != other);
    broken_if(
        crosses && source.at("storage_encrypted").flag().get() == Some(true) && !replica.at("kms_key_id").is_set(),
        || format!("no kms_key_id, though {} is encrypted and in another region", source.address),
        "name a key of the replica's region",
    )
}

fn replica_of_backed_up(model: &Model, replica: &Resource) -> Opinion {
    let Some(source) = source_of(model, replica) else { return Opinion::Fine };
    match source.at("backup_retention_period").number().or(0.0) {
        Known::Is(days) if days <= 0.0 => Opinion::Broken(
            format!("{} has no automated backups", source.address),
            "set backup_retention_period of the source to a day or more",
        ),
        Known::Unknown(reason) => Opinion::CannotTell(reason),
        _ => Opinion::Fine,
    }
}

/// The minor versions that can be created, as of October 2026.
const VERSIONS: [(&str, &[u32]); 5] = [
    ("14", &[6, 17, 18, 19, 20, 21, 22, 23, 24]),
    ("15", &[10, 12, 13, 14, 15, 16, 17, 18, 19]),
    ("16", &[8, 9, 10, 11, 12, 13, 14, 15]),
    ("17", &[4, 5, 6, 7, 8, 9, 10, 11]),
    ("18", &[3, 4, 6]),
];

fn engine_version(_: &Model, cluster: &Resource) -> Opinion {
    if !cluster.at("engine").is_text("aurora-postgresql") {
        return Opinion::Fine;
    }
    let exists = |version: &str| match version.split_once('.') {
        None => VERSIONS.iter().any(|(major, _)| *major == version),
        Some((major, minor)) => {
            let known = VERSIONS.iter().find(|(known, _)| *known == major);
            known.is_some_and(|(_, minors)| minor.parse().is_ok_and(|minor| minors.contains(&minor)))
        }
    };
    wants_text(
        cluster.at("engine_version"),
        exists,
        "Aurora PostgreSQL {} cannot be created",
        "take a version with long-term support: 17.7, 16.8, 15.10 or 14.6",
    )
}

/// Whether two regions are known to differ.
pub(super) fn apart(one: &Resource, other: &Resource) -> Truth {
    match (&one.region, &other.region) {
        (Node::Text(one), Node::Text(other)) if one == other => Truth::No,
        (Node::Text(_), Node::Text(_)) => Truth::Yes,
        (Node::Unknown(reason), _) | (_, Node::Unknown(reason)) => Truth::Unknown(reason.clone()),
        _ => Truth::No,
    }
}
