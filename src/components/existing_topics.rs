//! Topics that exist: what is looked up of them, and what the policies of a topic and of its key must allow.
//!
//! Both policies are the owner's, and so are the subscriptions. Identities of the account publish by their own policies; services
//! need statements, which are given as outputs.

use super::region_scope::RegionScope;
use super::topic_use::TopicUse;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::sns;
use crate::terraform::{
    Condition, Expression, Handle, Lifecycle, Output, Resource, Value, concat, functions::element, functions::split,
    text,
};

/// Where in an ARN, divided at its colons, the name of a topic is.
const NAME: u32 = 5;

impl TopicUse {
    /// The local name of a topic, and what its outputs are called by.
    fn names(self) -> [&'static str; 2] {
        match self {
            Self::Alerts => ["alerts", "alert"],
            Self::Events => ["events", "event"],
        }
    }
}

/// Looks at a topic, which then stands in the place of one that the stack makes.
pub fn existing_topic(region: &mut RegionScope<'_>, of_use: TopicUse, arn: &Value<String>) -> Handle<sns::Topic> {
    let [local_name, called] = of_use.names();
    let found: Value<String> = Value::new(Expression::named("self", &["arn"]));
    let message = concat([
        text(format!("There is no {called} topic ")),
        arn.clone(),
        text(format!(" in {} of the account ", region.region())),
        region.account_id(),
        text(": alarms and rules publish to a topic of their own region and account. Name one that exists there."),
    ]);
    let fits = Condition::new(found.equals(arn.clone()), message);
    let name = element(split(":", arn.clone()), NAME);
    let data = sns::TopicData::new(local_name, name).lifecycle(Lifecycle::new().postcondition(fits));
    let topic = region.add(data).in_place_of();
    declare_statements(region, of_use, arn);
    topic
}

/// Gives the owner of a topic what its policy and that of its key need.
fn declare_statements(region: &mut RegionScope<'_>, of_use: TopicUse, arn: &Value<String>) {
    let [_, called] = of_use.names();
    let policies = [
        ("topic", "topic", of_use.publish(region, arn)),
        ("topic_key", "topic's key, if it has one of the account,", of_use.use_key(arn)),
    ];
    for (part, what, statements) in policies {
        let name = format!("{}_{called}_{part}_statements", region.prefix());
        let description =
            format!("What the policy of the existing {called} {what} must allow to services: as a policy in JSON.");
        let policy = policy(statements);
        region.module().add_output(Output::new(name, policy).description(description));
    }
}

fn policy(statements: Vec<Statement>) -> Value<String> {
    PolicyDocument::new(statements).to_json()
}
