//! Data at rest and on its way.

use super::super::instance::{Opinion, broken_if, wants};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Node, Resource};

pub(super) const RULES: [Rule; 9] = [
    Rule {
        id: "SEC001",
        group: Group::Security,
        severity: Severity::Error,
        title: "a database is encrypted at rest",
        reason: "Whoever holds a snapshot of unencrypted storage reads it, and encryption cannot be switched on later",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html",
        examine: Examine::Instances(
            &["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster", "aws_redshift_cluster"],
            storage,
        ),
    },
    Rule {
        id: "SEC002",
        group: Group::Security,
        severity: Severity::Error,
        title: "a file system or volume is encrypted at rest",
        reason: "Encryption cannot be switched on later",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html",
        examine: Examine::Instances(&["aws_efs_file_system", "aws_ebs_volume", "aws_instance"], volume),
    },
    Rule {
        id: "SEC003",
        group: Group::Security,
        severity: Severity::Warning,
        title: "a topic is encrypted under a key",
        reason: "Notices name what is broken, and where",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html",
        examine: Examine::Instances(&["aws_sns_topic"], topic),
    },
    Rule {
        id: "SEC004",
        group: Group::Security,
        severity: Severity::Warning,
        title: "a queue is encrypted",
        reason: "Messages are data",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html",
        examine: Examine::Instances(&["aws_sqs_queue"], queue),
    },
    Rule {
        id: "SEC005",
        group: Group::Security,
        severity: Severity::Warning,
        title: "a cache is encrypted at rest and on the way",
        reason: "A cache holds what the database holds",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html",
        examine: Examine::Instances(&["aws_elasticache_replication_group"], cache),
    },
    Rule {
        id: "SEC006",
        group: Group::Security,
        severity: Severity::Error,
        title: "a search domain is encrypted at rest",
        reason: "Indexes hold what was indexed",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html",
        examine: Examine::Instances(&["aws_opensearch_domain", "aws_elasticsearch_domain"], domain),
    },
    Rule {
        id: "SEC007",
        group: Group::Security,
        severity: Severity::Warning,
        title: "a key is rotated",
        reason: "Data under one material for years is lost with that one material",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
        examine: Examine::Instances(&["aws_kms_key"], rotation),
    },
    Rule {
        id: "SEC008",
        group: Group::Security,
        severity: Severity::Error,
        title: "a custom domain asks for TLS 1.2",
        reason: "Older versions are broken",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html",
        examine: Examine::Instances(&["aws_api_gateway_domain_name"], tls),
    },
    Rule {
        id: "SEC009",
        group: Group::Security,
        severity: Severity::Error,
        title: "a password does not stand in the configuration",
        reason: "It is read by whoever reads the configuration, the plan or the state",
        source: "https://developer.hashicorp.com/terraform/language/manage-sensitive-data",
        examine: Examine::Instances(
            &["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_redshift_cluster"],
            password,
        ),
    },
];

fn storage(model: &Model, database: &Resource) -> Opinion {
    if database.kind == "aws_redshift_cluster" {
        // A cluster that says nothing may be encrypted all the same.
        return wants(database.at("encrypted"), true, true, "encrypted is off", "set it to true");
    }
    let copied = ["replicate_source_db", "replication_source_identifier", "snapshot_identifier"];
    if copied.iter().any(|name| database.at(name).is_set()) {
        return Opinion::Fine;
    }
    // A member of a global database takes over what the global cluster says.
    let global = database.at("global_cluster_identifier").text().get();
    let is_encrypted = |global: &Resource| global.at("storage_encrypted").flag().get() == Some(true);
    if global.is_some_and(|id| model.known_as("aws_rds_global_cluster", &id).next().is_some_and(is_encrypted)) {
        return Opinion::Fine;
    }
    wants(database.at("storage_encrypted"), true, false, "storage_encrypted is off", "set it to true")
}

fn volume(_: &Model, volume: &Resource) -> Opinion {
    if volume.kind != "aws_instance" {
        return wants(volume.at("encrypted"), true, false, "encrypted is off", "set it to true");
    }
    for name in ["root_block_device", "ebs_block_device"] {
        for device in volume.values.blocks(name) {
            // A device that says nothing is encrypted where the account's default or its snapshot says so.
            if device.at("encrypted").flag() == Known::Is(false) {
                return Opinion::Broken(format!("encrypted of {name} is off"), "set it to true");
            }
        }
    }
    Opinion::Fine
}

fn topic(_: &Model, topic: &Resource) -> Opinion {
    broken_if(
        !topic.at("kms_master_key_id").is_set(),
        || "kms_master_key_id is missing".to_owned(),
        "name a key of your own",
    )
}

fn queue(_: &Model, queue: &Resource) -> Opinion {
    broken_if(
        queue.at("sqs_managed_sse_enabled").flag().get() == Some(false) && !queue.at("kms_master_key_id").is_set(),
        || "encryption is switched off".to_owned(),
        "name a key, or leave sqs_managed_sse_enabled out",
    )
}

fn cache(_: &Model, group: &Resource) -> Opinion {
    for name in ["at_rest_encryption_enabled", "transit_encryption_enabled"] {
        let opinion = wants(group.at(name), true, false, name, "set both encryptions to true");
        if let Opinion::Broken(name, fix) = opinion {
            return Opinion::Broken(format!("{name} is off"), fix);
        }
    }
    Opinion::Fine
}

fn domain(_: &Model, domain: &Resource) -> Opinion {
    wants(domain.at("encrypt_at_rest.enabled"), true, false, "encrypt_at_rest is off", "enable it")
}

fn rotation(_: &Model, key: &Resource) -> Opinion {
    let spec = key.at("customer_master_key_spec");
    if matches!(spec, Node::Text(spec) if spec != "SYMMETRIC_DEFAULT") || key.at("custom_key_store_id").is_set() {
        return Opinion::Fine;
    }
    wants(key.at("enable_key_rotation"), true, false, "enable_key_rotation is off", "set it to true")
}

fn tls(_: &Model, name: &Resource) -> Opinion {
    broken_if(
        !matches!(name.at("security_policy"), Node::Text(policy) if policy != "TLS_1_0")
            && name.at("security_policy").unknown().is_none(),
        || "security_policy is not TLS_1_2".to_owned(),
        "set security_policy to TLS_1_2",
    )
}

fn password(_: &Model, database: &Resource) -> Opinion {
    let is_written =
        |name: &&str| matches!(database.at(name), Node::Text(_)) && !database.given.iter().any(|it| it == name);
    let literal = ["password", "master_password"].into_iter().find(is_written);
    literal.map_or(Opinion::Fine, |name| {
        Opinion::Broken(
            format!("{name} has a value that is in the configuration"),
            "make it an ephemeral resource, and set it by the write-only argument",
        )
    })
}
