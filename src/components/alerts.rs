//! A region's topics and who hears them: of alerts, where alarms and database events are told and approvals asked for; and of
//! what `EventBridge` tells, which is kept apart.

use super::existing_topics::existing_topic;
use super::naming::NameKind;
use super::region_scope::RegionScope;
use super::topic_use::TopicUse;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{kms, sns};
use crate::terraform::functions::{each_value, length, toset};
use crate::terraform::{Handle, Resource, Value};

/// The purpose in the alert topic's name.
const PURPOSE: &str = "alerts";

/// The purpose in the name of `EventBridge`'s topic.
const EVENTS_PURPOSE: &str = "events";

/// Lets the services that publish to the stack's own topics use their key.
pub fn publishers_may_use(region: &mut RegionScope<'_>) -> Vec<Statement> {
    let uses = [(TopicUse::Alerts, PURPOSE), (TopicUse::Events, EVENTS_PURPOSE)];
    uses.into_iter()
        .flat_map(|(topic, purpose)| {
            let name = region.name(NameKind::Topic, purpose);
            topic.use_key(&region.arn("sns", [name]))
        })
        .collect()
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

/// Where a region's topic comes from.
#[derive(Debug)]
pub struct TopicInputs<'a> {
    /// The ARN of one that exists, if it does; the rest is about one that the stack makes.
    pub existing_arn: Option<&'a Value<String>>,
    /// What encrypts it.
    pub key: &'a Handle<kms::Key>,
    /// Who hears of it.
    pub subscribers: Subscribers<'a>,
}

/// Adds the alert topic and its subscriptions, or looks at the one that exists.
pub fn alerts(region: &mut RegionScope<'_>, inputs: &TopicInputs<'_>) -> Handle<sns::Topic> {
    let TopicInputs { existing_arn, key, subscribers } = inputs;
    if let Some(arn) = existing_arn {
        return existing_topic(region, TopicUse::Alerts, arn);
    }
    let topic = topic(region, TopicUse::Alerts, PURPOSE, key);
    for (protocol, addresses) in [("email", subscribers.emails), ("https", subscribers.https_endpoints)] {
        region.add(
            sns::TopicSubscription::new(protocol, each_value::<String>(), protocol, topic.arn())
                .for_each(toset(addresses)),
        );
    }
    topic
}

/// The same for the topic of what `EventBridge` tells.
pub fn event_topic(region: &mut RegionScope<'_>, inputs: &TopicInputs<'_>) -> Handle<sns::Topic> {
    let TopicInputs { existing_arn, key, subscribers } = inputs;
    if let Some(arn) = existing_arn {
        return existing_topic(region, TopicUse::Events, arn);
    }
    let topic = topic(region, TopicUse::Events, EVENTS_PURPOSE, key);
    for (name, protocol, addresses) in
        [("event_email", "email", subscribers.emails), ("event_https", "https", subscribers.https_endpoints)]
    {
        region.add(
            sns::TopicSubscription::new(name, each_value::<String>(), protocol, topic.arn()).for_each(toset(addresses)),
        );
    }
    topic
}

/// Adds a topic that its publishers reach over TLS only.
fn topic(
    region: &mut RegionScope<'_>,
    of_use: TopicUse,
    purpose: &'static str,
    key: &Handle<kms::Key>,
) -> Handle<sns::Topic> {
    let name = region.name(NameKind::Topic, purpose);
    let topic = region.add(sns::Topic::new(purpose).name(name).kms_master_key_id(key.arn()));
    let policy = PolicyDocument::new(of_use.publish(region, &topic.arn())).statement(tls_only(&topic));
    region.add(sns::TopicPolicy::new(purpose, topic.arn(), policy.to_json()));
    topic
}

fn tls_only(topic: &Handle<sns::Topic>) -> Statement {
    Statement::deny("TlsOnly").action("sns:Publish").resource(topic.arn()).principal(Principal::Anyone).when(
        "Bool",
        "aws:SecureTransport",
        "false",
    )
}
