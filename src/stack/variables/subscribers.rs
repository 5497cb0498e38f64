//! Variables of who is subscribed to the topics.

use super::{each_matches, length};
use crate::settings::Settings;
use crate::terraform::{Condition, Expression, Module, Value, Variable};

pub(super) fn alert_emails(module: &mut Module, settings: &Settings) -> Value<Vec<String>> {
    if settings.existing_topics {
        return nobody(module, "alert_emails");
    }
    let all_well_formed = each_matches(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", Variable::reference("alert_emails"));
    module.add_variable(
        Variable::new("alert_emails")
            .description("Addresses that receive the alarms of both regions. Each must confirm four mails, two from each region.")
            .default(Expression::List(Vec::new()))
            .nullable(false)
            .validation(Condition::new(all_well_formed, "alert_emails must be a list of e-mail addresses.")),
    )
}

pub(super) fn alert_https_endpoints(module: &mut Module, settings: &Settings) -> Value<Vec<String>> {
    if settings.existing_topics {
        return nobody(module, "alert_https_endpoints");
    }
    let well_formed = each_matches(r"^https://[^\s/?#]+\S*$", Variable::reference("alert_https_endpoints"));
    module.add_variable(
        Variable::new("alert_https_endpoints")
            .description(
                "HTTPS endpoints that receive the alarms too, such as a pager's. Each must confirm its subscriptions, \
                 in both regions.",
            )
            .default(Expression::List(Vec::new()))
            .nullable(false)
            .validation(Condition::new(
                well_formed,
                "alert_https_endpoints must be a list of URLs that begin with https://.",
            )),
    )
}

/// Subscriptions of a topic that exists are its owner's. An address that was given is refused rather than forgotten: the
/// person behind it would wait for alarms.
fn nobody(module: &mut Module, name: &'static str) -> Value<Vec<String>> {
    module.add_variable(
        Variable::new(name)
            .description("Stays empty: the topics exist, and who is subscribed to them is their owner's to say.")
            .default(Expression::List(Vec::new()))
            .nullable(false)
            .validation(Condition::new(
                length(Variable::reference::<Vec<String>>(name)).equals(0),
                format!(
                    "{name} must be empty, because the stack makes no subscriptions of topics that exist. Subscribe these \
                     addresses to the topics of primary_alert_topic_arn and dr_alert_topic_arn, and take them out of {name}."
                ),
            )),
    )
}
