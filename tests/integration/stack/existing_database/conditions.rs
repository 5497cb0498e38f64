//! What is asked of a database before it is taken over, asked by Terraform itself: of one that fits, and of one for each thing that can
//! be wrong with it. The document's own conditions, with locals in the place of its data sources, so that no account is needed.

use std::fs;

use serde_json::{Map, Value, json};

use super::{document, existing};
use crate::terraform::evaluation::terraform;

/// What is different from the cluster and instance that fit, and what the one condition that is not met says of it.
const WRONG: [(&str, &str, &str); 14] = [
    ("cluster", r#"{"engine": "aurora-mysql"}"#, "has the engine aurora-mysql. Name one of Aurora PostgreSQL"),
    ("cluster", r#"{"engine_mode": "serverless"}"#, "has the engine mode serverless, which no global database takes"),
    ("cluster", r#"{"storage_encrypted": false}"#, "is not encrypted, and encryption cannot be switched on"),
    ("cluster", r#"{"master_user_secret": [{}]}"#, "has a master password that RDS manages"),
    ("cluster", r#"{"engine_version": "16.8"}"#, "runs version 16.8, and database_engine_version says 17.7"),
    ("cluster", r#"{"cluster_members": ["ledger-1", "ledger-2"]}"#, "does not name: ledger-2. Terraform does not know"),
    ("cluster", r#"{"database_name": "orders"}"#, "the database payments of database_name: RDS made it with orders."),
    ("cluster", r#"{"database_name": ""}"#, "the database payments of database_name: RDS made it with none."),
    ("cluster", r#"{"database_name": null}"#, "the database payments of database_name: RDS made it with none."),
    ("cluster", r#"{"backup_retention_period": 7}"#, "which holds for the standby: 7. Raise the cluster's own"),
    ("cluster", r#"{"db_cluster_parameter_group_name": "tuned"}"#, "has parameters of its own, in the group tuned."),
    (
        "instance",
        r#"{"db_cluster_identifier": "other"}"#,
        "ledger-1 is one of the cluster other, and not of ledger: name",
    ),
    (
        "instance",
        r#"{"db_instance_class": "db.t4g.medium"}"#,
        "ledger-1 has the class db.t4g.medium, with which no cluster",
    ),
    (
        "instance",
        r#"{"db_instance_class": "db.serverless"}"#,
        "of the cluster has the class db.serverless, and those of the",
    ),
];

/// The cluster and the instance of a case: those that fit, but for what is different.
fn facts(of: &str, different: &str) -> (Value, Value) {
    let mut cluster = json!({
        "cluster_identifier": "ledger",
        "engine": "aurora-postgresql",
        "engine_mode": "provisioned",
        "storage_encrypted": true,
        "master_user_secret": [],
        "engine_version": "17.10",
        "cluster_members": ["ledger-1"],
        "database_name": "payments",
        "backup_retention_period": 14,
        "db_cluster_parameter_group_name": "default.aurora-postgresql17",
    });
    let mut instance = json!({
        "db_instance_identifier": "ledger-1",
        "db_cluster_identifier": "ledger",
        "db_instance_class": "db.r6g.large",
    });
    let different: Map<String, Value> = serde_json::from_str(different).unwrap();
    let changed = if of == "cluster" { &mut cluster } else { &mut instance };
    changed.as_object_mut().unwrap().extend(different);
    (cluster, instance)
}

/// The document's conditions on the database, each as an expression that is the message if it is not met, else null.
fn conditions(document: &Value, case: usize) -> Vec<String> {
    let data = &document["data"];
    let groups = [
        (&data["aws_rds_cluster"]["primary_database"]["lifecycle"]["postcondition"], format!("local.cluster{case}")),
        (&data["aws_db_instance"]["primary_database"]["lifecycle"]["postcondition"], format!("local.instance{case}")),
        (&document["check"]["primary_existing_database"]["assert"], String::new()),
    ];
    let asked = groups.iter().flat_map(|(conditions, own)| {
        conditions.as_array().unwrap().iter().map(move |condition| {
            let met = condition["condition"].as_str().unwrap();
            let met = met.strip_prefix("${").and_then(|met| met.strip_suffix('}')).unwrap();
            let message = condition["error_message"].as_str().unwrap();
            format!("({met}) ? null : \"{message}\"").replace("self.", &format!("{own}."))
        })
    });
    asked
        .map(|text| {
            text.replace("data.aws_rds_cluster.primary_database", &format!("local.cluster{case}"))
                .replace("data.aws_db_instance.primary_database", &format!("{{ one = local.instance{case} }}"))
        })
        .collect()
}

#[test]
fn each_condition_is_met_by_a_cluster_that_fits_and_says_what_is_wrong_with_one_that_does_not() {
    let document = document(&existing());
    let cases: Vec<_> = [("cluster", "{}", "")].into_iter().chain(WRONG).collect();
    let (mut locals, mut outputs) = (Map::new(), Map::new());
    for (case, (of, different, _)) in cases.iter().enumerate() {
        let (cluster, instance) = facts(of, different);
        locals.insert(format!("cluster{case}"), cluster);
        locals.insert(format!("instance{case}"), instance);
        let asked = conditions(&document, case).join(", ");
        outputs.insert(format!("case{case}"), json!({ "value": format!("${{[{asked}]}}") }));
    }
    let text = |default: &str| json!({ "type": "string", "default": default });
    let variables = json!({
        "primary_database_cluster_identifier": text("ledger"),
        "primary_database_instance_identifiers": { "type": "list(string)", "default": ["ledger-1"] },
        "database_name": text("payments"),
        "database_engine_version": text("17.7"),
        "database_backup_retention_days": { "type": "number", "default": 14 },
    });
    let folder = tempfile::tempdir().unwrap();
    let asked = json!({ "variable": variables, "locals": locals, "output": outputs });
    fs::write(folder.path().join("main.tf.json"), asked.to_string()).unwrap();
    terraform(folder.path(), &["apply", "-auto-approve", "-no-color", "-input=false"]);
    let outputs: Value = serde_json::from_slice(&terraform(folder.path(), &["output", "-json"])).unwrap();
    for (case, (_, different, expected)) in cases.iter().enumerate() {
        let answers = outputs[format!("case{case}")]["value"].as_array().unwrap();
        assert_eq!(answers.len(), 12);
        let said: Vec<&str> = answers.iter().filter_map(Value::as_str).collect();
        if expected.is_empty() {
            assert_eq!(said, Vec::<&str>::new());
        } else {
            assert!(said.len() == 1 && said[0].contains(expected), "{different}: {said:#?}");
        }
    }
}
