//! Global databases, and what a plan or a destroy does to them after roles have swapped.

use super::super::instance::{Opinion, broken_if};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Node, Resource, Target};

const CLUSTER: &[&str] = &["aws_rds_cluster"];

pub(super) const RULES: [Rule; 7] = [
    Rule {
        id: "DR001",
        group: Group::Dr,
        severity: Severity::Error,
        title: "members of a global database ignore what a switchover changes",
        reason: "After roles have swapped the next apply would detach a cluster or promote it to a database of its own",
        source: "hashicorp/terraform-provider-aws#42919, cloudposse/terraform-aws-rds-cluster#281",
        examine: Examine::Instances(CLUSTER, ignores),
    },
    Rule {
        id: "DR002",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "members of a global database ignore their engine version",
        reason: "Upgrades come through the global cluster, and a member that fights them ends in an inconsistent plan",
        source: "hashicorp/terraform-provider-aws#21879, #30358",
        examine: Examine::Instances(CLUSTER, ignores_version),
    },
    Rule {
        id: "DR003",
        group: Group::Dr,
        severity: Severity::Error,
        title: "a cluster names all its zones, or none",
        reason: "Aurora adds zones up to three, and the next plan replaces the cluster",
        source: "hashicorp/terraform-provider-aws#29149, #1111",
        examine: Examine::Instances(CLUSTER, zones),
    },
    Rule {
        id: "DR004",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a cluster of a global database has an instance",
        reason: "Without one it must be made first, which takes ten minutes and more in an emergency",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html",
        examine: Examine::Instances(CLUSTER, headless),
    },
    Rule {
        id: "DR005",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a final snapshot has a name, or none is made",
        reason: "Without a name the destroy fails when it has begun",
        source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/rds_cluster",
        examine: Examine::Instances(DATABASES, final_snapshot),
    },
    Rule {
        id: "DR006",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a database keeps backups for more than a day",
        reason: "A damage that is found after a day is older than everything that can be restored",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
        examine: Examine::Instances(DATABASES, retention),
    },
    Rule {
        id: "DR007",
        group: Group::Dr,
        severity: Severity::Error,
        title: "Aurora runs in the mode provisioned",
        reason: "The mode global is a dead end of 2018, and serverless of the first version has no standby",
        source: "hashicorp/terraform-provider-aws#12524",
        examine: Examine::Instances(CLUSTER, engine_mode),
    },
];

const DATABASES: &[&str] = &["aws_rds_cluster", "aws_db_instance", "aws_docdb_cluster", "aws_neptune_cluster"];

fn is_member(model: &Model, cluster: &Resource) -> bool {
    matches!(
        model.resolve(&["aws_rds_global_cluster"], cluster.at("global_cluster_identifier"), cluster),
        Target::Found(_)
    )
}

fn ignores(model: &Model, cluster: &Resource) -> Opinion {
    let Some(ignored) = &cluster.ignored else { return Opinion::Fine };
    let missing = ["replication_source_identifier", "global_cluster_identifier"]
        .into_iter()
        .find(|name| !ignored.iter().any(|one| one == name || one == "*"));
    match missing {
        Some(name) if is_member(model, cluster) => Opinion::Broken(
            format!("ignore_changes does not name {name}"),
            "set ignore_changes to replication_source_identifier, global_cluster_identifier, engine_version",
        ),
        _ => Opinion::Fine,
    }
}

fn ignores_version(model: &Model, cluster: &Resource) -> Opinion {
    let Some(ignored) = &cluster.ignored else { return Opinion::Fine };
    broken_if(
        cluster.at("engine_version").is_set()
            && is_member(model, cluster)
            && !ignored.iter().any(|one| one == "engine_version" || one == "*"),
        || "ignore_changes does not name engine_version".to_owned(),
        "add engine_version to ignore_changes",
    )
}

fn zones(_: &Model, cluster: &Resource) -> Opinion {
    match cluster.at("availability_zones") {
        Node::List(zones) if !zones.is_empty() && zones.len() < 3 => Opinion::Broken(
            format!("{} of three zones are named", zones.len()),
            "leave availability_zones out, the subnet group decides",
        ),
        Node::Unknown(reason) => Opinion::CannotTell(reason.clone()),
        _ => Opinion::Fine,
    }
}

fn headless(model: &Model, cluster: &Resource) -> Opinion {
    let undecided = model.undecided("aws_rds_cluster_instance", "cluster_identifier", cluster);
    broken_if(
        is_member(model, cluster)
            && undecided.is_none()
            && model.referring("aws_rds_cluster_instance", "cluster_identifier", cluster).is_empty(),
        || "no aws_rds_cluster_instance is in the cluster".to_owned(),
        "add an instance of the writer's class",
    )
}

fn final_snapshot(_: &Model, database: &Resource) -> Opinion {
    if database.at("replicate_source_db").is_set() || database.at("final_snapshot_identifier").is_set() {
        return Opinion::Fine;
    }
    match database.at("skip_final_snapshot").flag().or(false) {
        Known::Is(false) => Opinion::Broken(
            "final_snapshot_identifier is missing".to_owned(),
            "give it a constant name of its own, or set skip_final_snapshot",
        ),
        Known::Unknown(reason) => Opinion::CannotTell(reason),
        _ => Opinion::Fine,
    }
}

fn retention(_: &Model, database: &Resource) -> Opinion {
    if database.at("replicate_source_db").is_set() || database.at("replication_source_identifier").is_set() {
        return Opinion::Fine;
    }
    let default = if database.kind == "aws_db_instance" { 0.0 } else { 1.0 };
    match database.at("backup_retention_period").number().or(default) {
        Known::Is(days) if days <= 1.0 => {
            Opinion::Broken(format!("backup_retention_period is {days}"), "set it to seven days or more")
        }
        Known::Unknown(reason) => Opinion::CannotTell(reason),
        _ => Opinion::Fine,
    }
}

fn engine_mode(_: &Model, cluster: &Resource) -> Opinion {
    super::super::instance::wants_text(
        cluster.at("engine_mode"),
        |mode| mode == "provisioned",
        "engine_mode is {}",
        "leave engine_mode out",
    )
}
