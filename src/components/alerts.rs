//! A region's alert topic: where alarms and database events are told, and who hears them.

use super::encryption::service_may_use;
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{kms, sns};
use crate::terraform::functions::{each_value, toset};
use crate::terraform::{Handle, Resource, Value};

/// The services that publish to the topic and say for which account.
const PUBLISHERS: [(&str, &str); 3] = [
    ("AlarmsOfThisAccount", "cloudwatch.amazonaws.com"),
    ("BudgetsOfThisAccount", "budgets.amazonaws.com"),
    ("DatabaseEventsOfThisAccount", "events.rds.amazonaws.com"),
];

/// `EventBridge` does not say for whom it publishes: with a condition on the account, every event would be lost in silence
/// (`EventBridge` user guide, "Using resource-based policies": no conditions in policies of SNS topics; SNS developer
/// guide, "Managing encryption keys": `aws:SourceAccount` and `aws:SourceArn` are not supported in policies of their
/// keys). What can be said is which topic the key is used for.
const EVENT_BUS: (&str, &str) = ("EventsForThisTopic", "events.amazonaws.com");

/// The purpose in the topic's name.
const PURPOSE: &str = "alerts";

/// Lets the services that publish to the topic use its key, or what they publish is lost in silence.
pub fn publishers_may_use(region: &mut RegionScope<'_>) -> Vec<Statement> {
    let account_id = region.account_id();
    let topic_name = region.name(NameKind::Topic, PURPOSE);
    let topic_arn = region.arn("sns", [topic_name]);
    let (sid, service) = EVENT_BUS;
    let event_bus = Statement::allow(sid)
        .actions(["kms:Decrypt", "kms:GenerateDataKey*"])
        .resource("*")
        .principal(Principal::service(service))
        .when("StringEquals", "kms:EncryptionContext:aws:sns:topicArn", topic_arn);
    PUBLISHERS.map(|(sid, service)| service_may_use(sid, service, &account_id)).into_iter().chain([event_bus]).collect()
}

/// Adds the topic and its subscriptions.
pub fn alerts(region: &mut RegionScope<'_>, key: &Handle<kms::Key>, emails: &Value<Vec<String>>) -> Handle<sns::Topic> {
    let name = region.name(NameKind::Topic, PURPOSE);
    let topic = region.add(sns::Topic::new("alerts").name(name).kms_master_key_id(key.arn()));
    let account_id = region.account_id();
    let publish = PUBLISHERS.map(|(sid, service)| {
        Statement::allow(sid).action("sns:Publish").resource(topic.arn()).principal(Principal::service(service)).when(
            "StringEquals",
            "aws:SourceAccount",
            &account_id,
        )
    });
    let tls_only = Statement::deny("TlsOnly")
        .action("sns:Publish")
        .resource(topic.arn())
        .principal(Principal::Anyone)
        .when("Bool", "aws:SecureTransport", "false");
    let (sid, service) = EVENT_BUS;
    let event_bus =
        Statement::allow(sid).action("sns:Publish").resource(topic.arn()).principal(Principal::service(service));
    let policy = PolicyDocument::new(publish).statement(event_bus).statement(tls_only);
    region.add(sns::TopicPolicy::new("alerts", topic.arn(), policy.to_json()));
    region.add(
        sns::TopicSubscription::new("email", each_value::<String>(), "email", topic.arn()).for_each(toset(emails)),
    );
    topic
}
