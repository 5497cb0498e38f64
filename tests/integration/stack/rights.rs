//! What identities may do: each statement named, and about something of ours wherever AWS knows how to say so.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{resources, whole_document};

/// The statements whose actions AWS ties to no resource (service authorization reference, action by action).
const ABOUT_EVERYTHING: [&str; 9] = [
    "DeliverLog",
    "FindBucket",
    "FindBuckets",
    "JoinNetwork",
    "JudgeRestoreJobs",
    "LookAround",
    "PublishMetrics",
    "ReadMetrics",
    "SendTraces",
];

/// Name and text of every policy of a role.
fn policies(document: &Value) -> impl Iterator<Item = (&str, &str)> {
    resources(document)
        .filter(|(type_name, _, _)| *type_name == "aws_iam_role_policy")
        .map(|(_, name, body)| (name, body["policy"].as_str().unwrap()))
}

#[test]
fn every_statement_has_a_name_that_no_other_of_its_policy_has() {
    for (name, policy) in policies(&whole_document()) {
        let sids: Vec<_> = policy.split(r#""Sid" = ""#).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(sids.len(), policy.matches(r#""Effect" = "#).count(), "{name} has a statement without a name");
        assert_eq!(sids.iter().collect::<BTreeSet<_>>().len(), sids.len(), "{name}: {sids:?}");
    }
}

#[test]
fn only_what_aws_ties_to_no_resource_is_about_everything() {
    let document = whole_document();
    let found: BTreeSet<_> = policies(&document)
        .flat_map(|(_, policy)| policy.split(r#""Resource" = "*", "Sid" = ""#).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ABOUT_EVERYTHING);
}

#[test]
fn no_action_is_a_whole_service() {
    for (name, policy) in policies(&whole_document()) {
        for statement in policy.split(r#"{"Action" = "#).skip(1) {
            let actions = statement.split(r#", "Effect""#).next().unwrap().split(r#", "Condition""#).next().unwrap();
            assert!(!actions.contains('*'), "{name} allows {actions}");
        }
    }
}

/// A key that stands alone in a statement could decrypt anything that its holder gets hold of.
#[test]
fn keys_are_used_through_a_service_or_for_what_they_name() {
    for (name, policy) in policies(&whole_document()) {
        for statement in policy.split(r#"{"Action" = "#).skip(1) {
            let uses_key = statement.contains("kms:Decrypt") || statement.contains("kms:GenerateDataKey");
            let bound = statement.contains("kms:ViaService") || statement.contains("kms:EncryptionContext:");
            assert!(!uses_key || bound, "{name}: {statement}");
        }
    }
}
