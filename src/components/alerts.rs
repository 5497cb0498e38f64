//! A region's topics and who hears them: of alerts, where alarms and database events are told and approvals asked for; and of
//! what `EventBridge` tells, which is kept apart.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{kms, sns};
use crate::terraform::functions::{each_value, length, toset};
use crate::terraform::{Handle, Resource, Value};

/// The services that publish to the topic and say for which account when they do. When they use its key they may not: for
/// CloudWatch it is told both ways, and a condition that they do not meet makes every alarm mute. What is certain is which
/// topic the key is used for, because SNS says it.
const PUBLISHERS: [(&str, &str); 3] = [
    ("AlarmsOfThisAccount", "cloudwatch.amazonaws.com"),
    ("BudgetsOfThisAccount", "budgets.amazonaws.com"),
    ("DatabaseEventsOfThisAccount", "events.rds.amazonaws.com"),
];

/// `EventBridge` does not say for whom it publishes: with a condition on the account, every event would be lost in silence
/// (`EventBridge` user guide, "Using resource-based policies": no conditions in policies of SNS topics; SNS developer
/// guide, "Managing encryption keys": `aws:SourceAccount` and `aws:SourceArn` are not supported in policies of their
/// keys). What can be said is which topic the key is used for. So its topic takes events from any account that knows its
/// name, and is not the one on which people are asked to approve a failover.
const EVENT_BUS: (&str, &str) = ("EventsForThisTopic", "events.amazonaws.com");

/// The purpose in the alert topic's name.
const PURPOSE: &str = "alerts";

/// The purpose in the name of `EventBridge`'s topic.
const EVENTS_PURPOSE: &str = "events";

/// Lets the services that publish to the topics use their key, or what they publish is lost in silence.
pub fn publishers_may_use(region: &mut RegionScope<'_>) -> Vec<Statement> {
    let [alerts, events] = [PURPOSE, EVENTS_PURPOSE].map(|purpose| {
        let name = region.name(NameKind::Topic, purpose);
        region.arn("sns", [name])
    });
    let for_topic = |(sid, service): (&'static str, &'static str), topic_arn: &Value<String>| {
        Statement::allow(sid)
            .actions(["kms:Decrypt", "kms:GenerateDataKey*"])
            .resource("*")
            .principal(Principal::service(service))
            .when("StringEquals", "kms:EncryptionContext:aws:sns:topicArn", topic_arn)
    };
    let publishers = PUBLISHERS.into_iter().map(|publisher| for_topic(publisher, &alerts));
    publishers.chain([for_topic(EVENT_BUS, &events)]).collect()
}

/// Who hears of what is published.
#[derive(Debug)]
pub struct Subscribers<'a> {
    /// By mail.
    pub emails: &'a Value<Vec<String>>,
    /// By a request to an endpoint of their own.
    pub https_endpoints: &'a Value<Vec<String>>,
}

impl Subscribers<'_> {
    /// Whether anybody is told.
    pub fn somebody(&self) -> Value<bool> {
        length(self.emails).plus(length(self.https_endpoints)).more_than(0)
    }
}

/// Adds the alert topic and its subscriptions.
pub fn alerts(
    region: &mut RegionScope<'_>,
    key: &Handle<kms::Key>,
    subscribers: &Subscribers<'_>,
) -> Handle<sns::Topic> {
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
    let policy = PolicyDocument::new(publish).statement(tls_only(&topic));
    region.add(sns::TopicPolicy::new("alerts", topic.arn(), policy.to_json()));
    for (protocol, addresses) in [("email", subscribers.emails), ("https", subscribers.https_endpoints)] {
        region.add(
            sns::TopicSubscription::new(protocol, each_value::<String>(), protocol, topic.arn())
                .for_each(toset(addresses)),
        );
    }
    topic
}

/// Adds the topic of what `EventBridge` tells, and its subscriptions.
pub fn event_topic(
    region: &mut RegionScope<'_>,
    key: &Handle<kms::Key>,
    subscribers: &Subscribers<'_>,
) -> Handle<sns::Topic> {
    let name = region.name(NameKind::Topic, EVENTS_PURPOSE);
    let topic = region.add(sns::Topic::new("events").name(name).kms_master_key_id(key.arn()));
    let (sid, service) = EVENT_BUS;
    let publish =
        Statement::allow(sid).action("sns:Publish").resource(topic.arn()).principal(Principal::service(service));
    let policy = PolicyDocument::new([publish]).statement(tls_only(&topic));
    region.add(sns::TopicPolicy::new("events", topic.arn(), policy.to_json()));
    for (name, protocol, addresses) in
        [("event_email", "email", subscribers.emails), ("event_https", "https", subscribers.https_endpoints)]
    {
        region.add(
            sns::TopicSubscription::new(name, each_value::<String>(), protocol, topic.arn()).for_each(toset(addresses)),
        );
    }
    topic
}

fn tls_only(topic: &Handle<sns::Topic>) -> Statement {
    Statement::deny("TlsOnly").action("sns:Publish").resource(topic.arn()).principal(Principal::Anyone).when(
        "Bool",
        "aws:SecureTransport",
        "false",
    )
}
