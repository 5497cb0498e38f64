//! Tables of DynamoDB.

use super::super::instance::{Opinion, broken_if};
use super::super::{Examine, Group, Rule};
use super::databases::apart;
use crate::proof::finding::Severity;
use crate::proof::model::{Model, Node, Resource, Target, Truth};

pub(super) const RULES: [Rule; 5] = [
    Rule {
        id: "AWS010",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a replica is in another region than its table",
        reason: "DynamoDB refuses a replica in the table's own region, which a plan lets pass",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html",
        examine: Examine::Instances(&["aws_dynamodb_table"], own_region),
    },
    Rule {
        id: "AWS011",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a separate replica is in another region than its table",
        reason: "DynamoDB refuses a replica in the table's own region, which a plan lets pass",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html",
        examine: Examine::Instances(&["aws_dynamodb_table_replica"], own_region_apart),
    },
    Rule {
        id: "AWS012",
        group: Group::Aws,
        severity: Severity::Error,
        title: "each replica of a table under a customer's key has a key",
        reason: "DynamoDB wants all replicas under customers' keys, or none",
        source: "hashicorp/terraform-provider-aws#29102",
        examine: Examine::Instances(&["aws_dynamodb_table"], key_for_each),
    },
    Rule {
        id: "AWS013",
        group: Group::Aws,
        severity: Severity::Error,
        title: "the stream of a global table shows new and old images",
        reason: "Replicas are fed from such a stream",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
        examine: Examine::Instances(&["aws_dynamodb_table"], images),
    },
    Rule {
        id: "AWS014",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a separate replica of a table under a customer's key has a key",
        reason: "DynamoDB wants all replicas under customers' keys, or none",
        source: "hashicorp/terraform-provider-aws#29102",
        examine: Examine::Instances(&["aws_dynamodb_table_replica"], key_apart),
    },
];

fn own_region(_: &Model, table: &Resource) -> Opinion {
    for replica in table.values.blocks("replica") {
        if let (Node::Text(region), Node::Text(own)) = (replica.at("region_name"), &table.region)
            && region == own
        {
            let message = format!("a replica in {region}, where the table is");
            return Opinion::Broken(message, "name another region, or leave the replica out");
        }
    }
    Opinion::Fine
}

fn table_of<'m>(model: &'m Model, replica: &Resource) -> Option<&'m Resource> {
    match model.resolve(&["aws_dynamodb_table"], replica.at("global_table_arn"), replica) {
        Target::Found(table) => Some(table),
        _ => None,
    }
}

fn own_region_apart(model: &Model, replica: &Resource) -> Opinion {
    let Some(table) = table_of(model, replica) else { return Opinion::Fine };
    match apart(table, replica) {
        Truth::Unknown(reason) => Opinion::CannotTell(reason),
        answer => broken_if(
            answer == Truth::No,
            || format!("the provider's region is that of {}", table.address),
            "give the replica the provider of another region",
        ),
    }
}

fn key_for_each(_: &Model, table: &Resource) -> Opinion {
    let has_key = table.at("server_side_encryption.kms_key_arn").is_set();
    let without = table
        .values
        .blocks("replica")
        .iter()
        .any(|replica| replica.unknown().is_none() && !replica.at("kms_key_arn").is_set());
    broken_if(
        has_key && without,
        || "the table has a key of its own, and a replica has none".to_owned(),
        "set kms_key_arn of the replica to a key of its region",
    )
}

fn key_apart(model: &Model, replica: &Resource) -> Opinion {
    let Some(table) = table_of(model, replica) else { return Opinion::Fine };
    broken_if(
        table.at("server_side_encryption.kms_key_arn").is_set() && !replica.at("kms_key_arn").is_set(),
        || format!("{} has a key of its own, and the replica has none", table.address),
        "set kms_key_arn to a key of the replica's region",
    )
}

fn images(model: &Model, table: &Resource) -> Opinion {
    let replicated = table.at("replica").is_set()
        || !model.referring("aws_dynamodb_table_replica", "global_table_arn", table).is_empty();
    let view = table.at("stream_view_type");
    broken_if(
        replicated && matches!(view, Node::Text(view) if !view.is_empty() && view != "NEW_AND_OLD_IMAGES"),
        || "the table has replicas, and its stream does not show new and old images".to_owned(),
        "set stream_view_type to NEW_AND_OLD_IMAGES",
    )
}
