//! A region's alert topic: where alarms and database events are told, and who hears them.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{kms, sns};
use crate::terraform::functions::{each_value, toset};
use crate::terraform::{Handle, Resource, Value};

/// The services that publish to the topic. Each needs the topic's key too, or what it publishes is lost in silence.
pub const PUBLISHERS: [(&str, &str); 4] = [
    ("AlarmsOfThisAccount", "cloudwatch.amazonaws.com"),
    ("BudgetsOfThisAccount", "budgets.amazonaws.com"),
    ("DatabaseEventsOfThisAccount", "events.rds.amazonaws.com"),
    ("EventsOfThisAccount", "events.amazonaws.com"),
];

/// Adds the topic and its subscriptions.
pub fn alerts(region: &mut RegionScope<'_>, key: &Handle<kms::Key>, emails: &Value<Vec<String>>) -> Handle<sns::Topic> {
    let name = region.name(NameKind::Topic, "alerts");
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
    let policy = PolicyDocument::new(publish).statement(tls_only);
    region.add(sns::TopicPolicy::new("alerts", topic.arn(), policy.to_json()));
    region.add(
        sns::TopicSubscription::new("email", each_value::<String>(), "email", topic.arn()).for_each(toset(emails)),
    );
    topic
}
