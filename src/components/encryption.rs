//! Customer keys: one for each class of data and region, rotated yearly.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::kms;
use crate::terraform::{Handle, Lifecycle, Number, Resource, Value, concat};

/// A class of data and who, beside the account's own identities, may use its key.
#[derive(Debug)]
pub struct KeyPurpose {
    /// The local name, such as `database`.
    pub name: &'static str,
    /// What the key protects.
    pub description: String,
    /// Statements for AWS services that use the key themselves.
    pub service_statements: Vec<Statement>,
}

/// How keys come to an end.
#[derive(Debug, Clone)]
pub struct KeyProtection {
    /// Days between the order to delete a key and its deletion, 7 to 30 (`ScheduleKeyDeletion`).
    pub deletion_window_days: Value<Number>,
    /// Whether Terraform refuses to destroy keys of data.
    pub prevent_destroy: bool,
}

/// Adds a key and its alias.
pub fn key(region: &mut RegionScope<'_>, purpose: KeyPurpose, protection: &KeyProtection) -> Handle<kms::Key> {
    let base = PolicyDocument::new([administration(region)]);
    let policy = purpose.service_statements.into_iter().fold(base, PolicyDocument::statement);
    let alias = region.name(NameKind::KeyAlias, purpose.name);
    let key = region.add(
        kms::Key::new(purpose.name)
            .description(purpose.description)
            .enable_key_rotation(true)
            .deletion_window_in_days(&protection.deletion_window_days)
            .policy(policy)
            .lifecycle(Lifecycle::new().prevent_destroy(protection.prevent_destroy)),
    );
    region.add(kms::Alias::new(purpose.name, key.key_id()).name(concat(["alias/".into(), alias])));
    key
}

/// Without this statement nobody, not even the account's root, could ever change a key again (KMS developer guide, "Default
/// key policy").
pub fn administration(region: &RegionScope<'_>) -> Statement {
    Statement::allow("AccountAdministersThroughIam")
        .action("kms:*")
        .resource("*")
        .principal(Principal::Aws(region.account_root()))
}

/// Lets a service of this account encrypt and decrypt with the key.
pub fn service_may_use(sid: &'static str, service: &'static str, account_id: &Value<String>) -> Statement {
    Statement::allow(sid)
        .actions(["kms:Decrypt", "kms:GenerateDataKey*"])
        .resource("*")
        .principal(Principal::service(service))
        .when("StringEquals", "aws:SourceAccount", account_id)
}

/// Lets an identity use a key for what it keeps in a service, and for nothing else: `service` is the name of the service's
/// endpoint, such as `s3.us-east-1.amazonaws.com`.
pub fn identity_may_use(
    sid: &'static str,
    key_arn: impl Into<Value<String>>,
    service: impl Into<Value<String>>,
) -> Statement {
    Statement::allow(sid).actions(["kms:Decrypt", "kms:GenerateDataKey"]).resource(key_arn).when(
        "StringEquals",
        "kms:ViaService",
        service,
    )
}

/// Lets CloudWatch Logs of this region encrypt this account's log groups with the key (CloudWatch Logs user guide,
/// "Encrypt log data": the grant goes to the regional service name and is bound to the group's ARN).
pub fn logs_may_use(region: &RegionScope<'_>) -> Statement {
    Statement::allow("LogGroupsOfThisAccount")
        .actions(["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"])
        .resource("*")
        .principal(Principal::Service(region.service("logs")))
        .when("ArnLike", "kms:EncryptionContext:aws:logs:arn", region.arn("logs", ["log-group:*".into()]))
}

/// Lets the delivery of logs read what an encrypted state machine logs (Step Functions developer guide, "Data at rest
/// encryption", "Add key policy to encrypt CloudWatch logs").
pub fn log_delivery_may_use(region: &RegionScope<'_>) -> Statement {
    Statement::allow("DeliveryOfThisAccountsLogs")
        .action("kms:Decrypt")
        .resource("*")
        .principal(Principal::service("delivery.logs.amazonaws.com"))
        .when("StringEquals", LOG_DELIVERY_CONTEXT, log_delivery_source(region))
}

/// What the delivery of logs tells the key service about itself.
pub const LOG_DELIVERY_CONTEXT: &str = "kms:EncryptionContext:SourceArn";

/// The value of [`LOG_DELIVERY_CONTEXT`] in this region and account. The star stands in the context itself.
pub fn log_delivery_source(region: &RegionScope<'_>) -> Value<String> {
    region.arn("logs", ["*".into()])
}
