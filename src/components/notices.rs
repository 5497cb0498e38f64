//! Notifications of events of AWS services, sent as they are.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::{events, sns};
use crate::terraform::{Handle, Value};

/// Adds a rule that sends every event of a pattern to a topic.
pub fn notify_of_events(
    region: &mut RegionScope<'_>,
    local_name: &'static str,
    description: &'static str,
    pattern: Value<String>,
    topic: &Handle<sns::Topic>,
) {
    let name = region.name(NameKind::EventRule, &local_name.replace('_', "-"));
    let rule = region.add(events::Rule::new(local_name).name(name).description(description).event_pattern(pattern));
    region.add(events::Target::new(local_name, topic.arn(), rule.name()).target_id("events"));
}
