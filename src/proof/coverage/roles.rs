//! Roles of another account that the store's account may take.

use super::policy::{grants, statements};
use crate::proof::model::{Account, Model, Node, Resource, Target, Truth};

/// Why an administrator of `account` is one of `owner` too: a role that lets it in and may do everything.
pub(super) fn administrator(model: &Model, owner: &Account, account: &Account) -> Option<String> {
    let takes = |role: &&Resource| {
        role.account.differs_from(owner) == Truth::No
            && grants(role.at("assume_role_policy"), owner, account, &["sts:AssumeRole"]) == Truth::Yes
            && may_do_everything(model, role)
    };
    let role = model.of_type("aws_iam_role").find(takes)?;
    Some(format!("it can take {}, which may do everything", role.address))
}

fn may_do_everything(model: &Model, role: &Resource) -> bool {
    let attachments = model.referring("aws_iam_role_policy_attachment", "role", role);
    let attached = attachments.iter().any(|attachment| {
        let arn = attachment.at("policy_arn");
        is_administrator(arn)
            || matches!(model.resolve(&["aws_iam_policy"], arn, attachment),
                Target::Found(policy) if allows_all(policy.at("policy")))
    });
    let own = model.referring("aws_iam_role_policy", "role", role);
    attached
        || own.iter().any(|policy| allows_all(policy.at("policy")))
        || role.values.blocks("inline_policy").into_iter().any(|policy| allows_all(policy.at("policy")))
        || role.at("managed_policy_arns").items().into_iter().any(is_administrator)
}

fn is_administrator(arn: &Node) -> bool {
    matches!(arn, Node::Text(arn)
        if ["AdministratorAccess", "PowerUserAccess"].iter().any(|name| arn.ends_with(&format!(":aws:policy/{name}"))))
}

fn allows_all(policy: &Node) -> bool {
    let Node::Text(text) = policy else { return false };
    let all = |value: &serde_json::Value| {
        let is_all = |text: &serde_json::Value| text == "*" || text == "*:*";
        is_all(value) || value.as_array().is_some_and(|items| items.iter().any(is_all))
    };
    statements(text).iter().any(|statement| {
        statement["Effect"] == "Allow"
            && statement["Condition"].is_null()
            && all(&statement["Action"])
            && all(&statement["Resource"])
    })
}
