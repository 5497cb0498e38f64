//! The role with which API Gateway writes logs: a setting of the whole account in a region.
//!
//! A second stack in the same account sets it too, to a role of its own that serves as well, so neither undoes the other's.
//! But a stack that is destroyed takes its role along and leaves the setting: whether the role is still there is asked for.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::arn::Arn;
use crate::aws::iam_policy::PolicyDocument;
use crate::aws::{apigateway, iam};
use crate::terraform::functions::{flatten, one, or_else, regex};
use crate::terraform::{Any, Handle, Lifecycle, Resource, ResourceBlock, Value, concat, text};

/// The setting, this stack's role, and the role that the setting names if it exists.
#[derive(Debug)]
pub struct LoggingRole {
    /// The account's setting, of which there is one instance or none.
    pub account: Handle<apigateway::Account>,
    /// Whether there is one.
    pub managed: Value<bool>,
    /// The ARN of this stack's role, known before the role is: so the first plan has nothing to wait for.
    pub own_role_arn: Value<String>,
    found: Handle<ResourceBlock>,
}

impl LoggingRole {
    /// The ARN of the role that the account is told to use, whoever has set it.
    pub fn set_role_arn(&self) -> Value<String> {
        set_role_arn(&self.account)
    }

    /// The ARN of that role again, if there is such a role.
    pub fn found_role_arns(&self) -> Value<Vec<String>> {
        flatten(self.found.of_every_instance("arns"))
    }
}

fn set_role_arn(account: &Handle<apigateway::Account>) -> Value<String> {
    one(account.of_every_instance("cloudwatch_role_arn"))
}

/// Adds the role and the setting.
pub fn logging_role(region: &mut RegionScope<'_>, manage_account: &Value<bool>) -> LoggingRole {
    let name = region.name(NameKind::Role, "api-logs");
    let own_role_arn: Value<String> =
        Arn::of_account("iam", region.account_id(), concat(["role/".into(), name.clone()])).into();
    // API Gateway tries the role when it is set. Its developer guide ("Set up CloudWatch logging") knows no condition of
    // the role's trust, and says nothing about the account that it acts for.
    let role = region.add(
        iam::Role::new("api_logs", PolicyDocument::assumed_by_service("apigateway.amazonaws.com").to_json())
            .name(name)
            .description("Writes logs of API Gateway"),
    );
    let policy = region.add(iam::RolePolicyAttachment::new(
        "api_logs",
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        role.name(),
    ));
    let account = region.add(
        apigateway::Account::new("logging")
            .only_if(manage_account)
            .cloudwatch_role_arn(&own_role_arn)
            .depends_on(&policy)
            .lifecycle(Lifecycle::new().ignore_changes(["cloudwatch_role_arn"])),
    );
    // One that is not there is no error here, as it would be for the data source of a single role.
    let set_name: Value<Any> = regex("[^/]+$", set_role_arn(&account));
    let found = region.add(
        ResourceBlock::data("aws_iam_roles", "api_logs")
            .only_if(manage_account)
            .set("name_regex", concat(["^".into(), or_else(set_name.cast::<String>(), text("(none)")), "$".into()])),
    );
    LoggingRole { account, managed: manage_account.clone(), own_role_arn, found }
}
