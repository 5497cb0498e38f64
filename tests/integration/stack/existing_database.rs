//! A database that exists and becomes the writer: what the stack takes over, what it leaves alone, and what it looks at before.

mod conditions;

use std::collections::BTreeSet;

use dr_synth::aws;
use dr_synth::settings::{Features, Settings};
use dr_synth::stack;
use dr_synth::terraform::ResourceMode;
use serde_json::{Value, json};

use super::{addresses, document};
use crate::common::dr_synth;

fn existing() -> Settings {
    Settings { existing_database: true, ..Settings::default() }
}

#[test]
fn the_cluster_and_its_instances_are_imported_and_cannot_be_destroyed() {
    let document = document(&existing());
    assert_eq!(
        document["import"],
        json!([
            {
                "to": "aws_rds_cluster.primary_database",
                "id": "${var.primary_database_cluster_identifier}"
            },
            {
                "for_each": "${toset(var.primary_database_instance_identifiers)}",
                "to": "aws_rds_cluster_instance.primary_database[each.key]",
                "id": "${each.value}"
            }
        ])
    );
    for type_name in ["aws_rds_cluster", "aws_rds_cluster_instance"] {
        assert_eq!(document["resource"][type_name]["primary_database"]["lifecycle"]["prevent_destroy"], true);
        assert_ne!(document["resource"][type_name]["dr_database"]["lifecycle"]["prevent_destroy"], true);
    }
}

/// In the layout of modules, too, they are in the root, which alone may import.
#[test]
fn the_root_imports_into_the_module() {
    let configuration = stack::build(&existing()).configuration().unwrap();
    let root: Value = serde_json::from_slice(&configuration.root().to_bytes()).unwrap();
    let to: Vec<_> = root["import"].as_array().unwrap().iter().map(|import| import["to"].clone()).collect();
    assert_eq!(
        to,
        [
            "module.primary_region.aws_rds_cluster.database",
            "module.primary_region.aws_rds_cluster_instance.database[each.key]"
        ]
    );
}

/// Terraform takes an argument that is left out for a wish to unset it, unless it is computed then.
#[test]
fn every_argument_of_the_cluster_is_set_or_left_to_its_owner() {
    let document = document(&existing());
    let cluster = &document["resource"]["aws_rds_cluster"]["primary_database"];
    let ignored: BTreeSet<&str> =
        cluster["lifecycle"]["ignore_changes"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    // They have an effect on a new cluster only, are not read from AWS, or belong to other kinds of clusters.
    let without_drift = [
        "allow_major_version_upgrade",
        "backtrack_window",
        "db_cluster_instance_class",
        "db_instance_parameter_group_name",
        "manage_master_user_password",
        "master_password",
        "master_password_wo",
        "master_password_wo_version",
        "snapshot_identifier",
        "source_region",
    ];
    let schema = aws::schema().block_type(ResourceMode::Managed, "aws_rds_cluster").unwrap();
    let arguments = schema.attributes().filter(|argument| argument.optional() && !argument.computed());
    let forgotten: Vec<_> = arguments
        .map(dr_synth::terraform::schema::Attribute::name)
        .filter(|name| cluster[*name].is_null() && !ignored.contains(name) && !without_drift.contains(name))
        .collect();
    assert_eq!(forgotten, Vec::<&str>::new());
    assert!(cluster["db_cluster_parameter_group_name"].is_null() && cluster["vpc_security_group_ids"].is_null());
    assert!(cluster["master_password_wo"].is_null() && cluster["kms_key_id"].is_null(), "{cluster}");
}

/// What is there before must not go with a variable that is about the stack.
#[test]
fn the_cluster_is_protected_whatever_the_stack_is() {
    let document = document(&existing());
    let cluster = &document["resource"]["aws_rds_cluster"]["primary_database"];
    assert_eq!(cluster["deletion_protection"], true);
    assert_eq!(cluster["skip_final_snapshot"], false);
    assert_eq!(cluster["delete_automated_backups"], false);
    assert_eq!(cluster["enable_http_endpoint"], true);
}

#[test]
fn the_global_database_comes_from_the_cluster() {
    let document = document(&existing());
    let global = &document["resource"]["aws_rds_global_cluster"]["primary_payments"];
    assert_eq!(global["source_db_cluster_identifier"], "${aws_rds_cluster.primary_database.arn}");
    // The provider refuses a source without it; it detaches members, and deletes none.
    assert_eq!(global["force_destroy"], true);
    for argument in ["engine", "engine_version", "database_name", "storage_encrypted"] {
        assert!(global[argument].is_null(), "{argument}");
    }
    let condition = global["lifecycle"]["precondition"].to_string();
    assert!(condition.contains("global_cluster_identifier") && condition.contains("replication_source_identifier"));
    // The replica runs what the writer runs.
    let replica = &document["resource"]["aws_rds_cluster"]["dr_database"];
    assert_eq!(replica["engine_version"], "${aws_rds_global_cluster.primary_payments.engine_version}");
}

#[test]
fn the_plan_looks_at_the_database_before() {
    let document = document(&existing());
    let conditions = |data: &Value| data["lifecycle"]["postcondition"].to_string();
    let of_cluster = conditions(&document["data"]["aws_rds_cluster"]["primary_database"]);
    for what in ["engine_mode", "storage_encrypted", "master_user_secret", "engine_version"] {
        assert!(of_cluster.contains(&format!("self.{what}")), "{what}: {of_cluster}");
    }
    let of_instances = conditions(&document["data"]["aws_db_instance"]["primary_database"]);
    assert!(of_instances.contains("db.t") && of_instances.contains("db_cluster_identifier"), "{of_instances}");
    let warnings = document["check"]["primary_existing_database"]["assert"].as_array().unwrap();
    assert_eq!(warnings.len(), 5);
}

/// What is said of the database before anybody pays for it: it is a member of the global database, and how long its backups are
/// kept only AWS knows.
#[test]
fn the_document_says_what_the_database_is() {
    let document = document(&existing());
    let cluster = &document["resource"]["aws_rds_cluster"]["primary_database"];
    let global = &document["resource"]["aws_rds_global_cluster"]["primary_payments"];
    assert_eq!(cluster["global_cluster_identifier"], global["global_cluster_identifier"]);
    assert_eq!(cluster["backup_retention_period"], "${data.aws_rds_cluster.primary_database.backup_retention_period}");
}

/// The owner's secret is read and not changed; its content is copied into one that has a replica.
#[test]
fn the_administrators_secret_is_a_copy_of_the_owners() {
    let document = document(&existing());
    let ephemeral = &document["ephemeral"]["aws_secretsmanager_secret_version"]["primary_database_owner"];
    assert_eq!(ephemeral["secret_id"], "${var.primary_database_secret_arn}");
    // A condition here makes `terraform show -json` of Terraform 1.11.4 crash.
    assert!(ephemeral["lifecycle"].is_null());
    let copy = &document["resource"]["aws_secretsmanager_secret_version"]["primary_database"];
    assert_eq!(copy["lifecycle"]["precondition"].as_array().unwrap().len(), 1);
    let copy = copy["secret_string_wo"].to_string();
    for field in ["username", "password"] {
        let read = format!(
            "jsondecode(ephemeral.aws_secretsmanager_secret_version.primary_database_owner.secret_string).{field}"
        );
        assert!(copy.contains(&read), "{copy}");
    }
    assert!(document["ephemeral"]["aws_secretsmanager_random_password"]["primary_database"].is_null());
    let setup = document["resource"]["aws_lambda_invocation"]["primary_database_setup"]["depends_on"].to_string();
    for awaited in ["aws_rds_cluster.primary_database", "aws_secretsmanager_secret_version.primary_database"] {
        assert!(setup.contains(&format!("\"{awaited}\"")), "{setup}");
    }
}

#[test]
fn the_stack_makes_nothing_that_the_database_has_brought() {
    let all = Settings { features: Features::all(), ..Settings::default() };
    let with_own = addresses(&document(&all));
    let with_existing = addresses(&document(&Settings { existing_database: true, ..all }));
    let missing: Vec<_> = with_own.difference(&with_existing).map(String::as_str).collect();
    assert_eq!(
        missing,
        [
            "aws_cloudwatch_log_group.primary_database",
            "aws_iam_role.primary_database_monitoring",
            "aws_iam_role_policy_attachment.primary_database_monitoring",
            "aws_kms_alias.primary_database",
            "aws_kms_key.primary_database",
            "aws_rds_cluster_parameter_group.primary_database",
        ]
    );
    assert_eq!(with_existing.difference(&with_own).count(), 0);
}

#[test]
fn everything_that_names_the_writer_names_the_existing_cluster() {
    let document = document(&Settings { features: Features::all(), ..existing() });
    let text = document.to_string();
    assert!(text.contains("cluster:${var.primary_database_cluster_identifier}"), "no ARN of it");
    // What is restored in a test comes into the stack's network.
    let group = &document["resource"]["aws_db_subnet_group"]["primary_database"]["name"];
    let restored = document["resource"]["aws_backup_restore_testing_selection"].to_string();
    assert!(restored.contains(group.as_str().unwrap()), "{restored}");
    let alarms = document["resource"]["aws_cloudwatch_metric_alarm"].to_string();
    assert!(alarms.contains("var.primary_database_cluster_identifier"), "{alarms}");
}

#[test]
fn what_is_named_has_no_default() {
    let document = document(&existing());
    for name in ["cluster_identifier", "instance_identifiers", "secret_arn"] {
        let variable = &document["variable"][format!("primary_database_{name}")];
        assert!(variable["default"].is_null() && variable["nullable"] == false, "{variable}");
    }
}

/// A data source and a resource are the same object: what refers to it means the one that is managed.
#[test]
fn every_command_knows_the_database_by_its_name() {
    let document = dr_synth("--existing-database").succeed().stdout();
    let values = "primary_database_cluster_identifier   = \"ledger\"\n\
                  primary_database_instance_identifiers = [\"ledger-1\"]\n\
                  primary_database_secret_arn = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:ledger-AbCdEf\"\n";
    let run = |arguments: &str| dr_synth(arguments).file("main.tf.json", &document).file("terraform.tfvars", values);
    let checked = run("check").finish();
    let (checked, status) = (checked.stdout(), checked.status());
    assert!(status == 0 && !checked.contains("DR004"), "{checked}");
    let row = checked.lines().find(|line| line.starts_with("aws_rds_cluster.primary_database ")).unwrap();
    assert!(row.contains("60 s"), "{row}");
    let runbook = run("runbook").succeed().stdout();
    let forgets = "terraform state rm aws_rds_cluster.primary_database aws_rds_cluster_instance.primary_database";
    assert!(runbook.contains(forgets), "{runbook}");
    assert!(
        !dr_synth("runbook")
            .file("main.tf.json", &dr_synth("").succeed().stdout())
            .succeed()
            .stdout()
            .contains("state rm aws_rds")
    );
    run("permissions --account 123456789012").succeed();
}
