//! What a topic is for, and whose: who publishes to it, and with which key.

use super::encryption::identity_may_use;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{Principal, Statement};
use crate::aws::kms;
use crate::terraform::{Handle, Value};

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

/// What tells a topic's use of a key from its use for another topic.
const TOPIC_CONTEXT: &str = "kms:EncryptionContext:aws:sns:topicArn";

/// What a topic is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicUse {
    /// Alarms, events of databases, and what the failover tells and asks.
    Alerts,
    /// What `EventBridge` tells.
    Events,
}

impl TopicUse {
    /// Lets the services publish that do.
    pub fn publish(self, region: &RegionScope<'_>, topic_arn: &Value<String>) -> Vec<Statement> {
        let publish = |(sid, service): (&'static str, &'static str)| {
            Statement::allow(sid).action("sns:Publish").resource(topic_arn).principal(Principal::service(service))
        };
        match self {
            Self::Alerts => {
                let account_id = region.account_id();
                let of_account =
                    |statement: Statement| statement.when("StringEquals", "aws:SourceAccount", &account_id);
                PUBLISHERS.into_iter().map(publish).map(of_account).collect()
            }
            Self::Events => vec![publish(EVENT_BUS)],
        }
    }

    /// Lets them use the topic's key, or what they publish is lost in silence.
    pub fn use_key(self, topic_arn: &Value<String>) -> Vec<Statement> {
        let publishers: &[(&'static str, &'static str)] = match self {
            Self::Alerts => &PUBLISHERS,
            Self::Events => &[EVENT_BUS],
        };
        let use_key = |(sid, service): &(&'static str, &'static str)| {
            Statement::allow(*sid)
                .actions(["kms:Decrypt", "kms:GenerateDataKey*"])
                .resource("*")
                .principal(Principal::service(service))
                .when("StringEquals", TOPIC_CONTEXT, topic_arn)
        };
        publishers.iter().map(use_key).collect()
    }
}

/// What encrypts a topic.
#[derive(Debug, Clone, Copy)]
pub enum TopicKey<'a> {
    /// A key that is known.
    Own(&'a Handle<kms::Key>),
    /// Whatever the topic's owner has chosen: SNS does not tell Terraform.
    OfItsOwner,
}

impl TopicKey<'_> {
    /// Lets an identity use the key for what it publishes to the topic.
    pub fn allow(self, sid: &'static str, region: &RegionScope<'_>, topic_arn: &Value<String>) -> Statement {
        let service = region.service("sns");
        match self {
            Self::Own(key) => identity_may_use(sid, key.arn(), service),
            Self::OfItsOwner => identity_may_use(sid, region.arn("kms", ["key/*".into()]), service).when(
                "StringEquals",
                TOPIC_CONTEXT,
                topic_arn,
            ),
        }
    }
}
