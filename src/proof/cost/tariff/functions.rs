//! Functions, what calls them, and what they tell.

use super::super::bill::Basis;
use super::{HOURS, Meter};
use crate::proof::coverage::schedule::longest_gap;
use crate::proof::model::{Known, Model, Resource};

/// What a function has where nothing is said (AWS Lambda developer guide, "Configure Lambda function memory").
const DEFAULT_MEMORY_MB: f64 = 128.0;

pub(super) fn function(meter: &mut Meter<'_>, function: &Resource) {
    let scheduled: f64 =
        meter.model.referring("aws_scheduler_schedule", "target.arn", function).into_iter().filter_map(runs).sum();
    // What a schedule calls is counted, and what else calls it is said by the usage.
    let said = meter.usage.of(&function.kind, &function.address, "requests");
    let (requests, basis) = match said {
        Some((requests, basis)) if scheduled == 0.0 || requests > 0.0 => (requests + scheduled, basis),
        _ if scheduled > 0.0 => (scheduled, Basis::Configuration),
        Some(said) => said,
        None => return meter.gap(function, "no usage says `requests` of aws_lambda_function".to_owned()),
    };
    let region = function.region_name();
    meter.share(function, region, "lambda.requests", requests, basis);
    let memory = meter.known(function, "memory_size", function.at("memory_size").number(), DEFAULT_MEMORY_MB);
    if requests > 0.0
        && let Some(memory) = memory
        && let Some((seconds, basis)) = meter.usage_of(function, "seconds")
    {
        let architecture = function.at("architectures").items().first().and_then(|item| item.text().get());
        let price = format!("lambda.{}", architecture.as_deref().unwrap_or("x86_64"));
        meter.share(function, region, &price, requests * seconds * memory / 1_024.0, basis);
    }
    if let Some((metrics, basis)) = meter.usage.of(&function.kind, &function.address, "own_metrics") {
        meter.share(function, region, "metrics.own", metrics, basis);
    }
}

/// How often a schedule that is on runs in a month.
fn runs(schedule: &Resource) -> Option<f64> {
    if schedule.at("state").is_text("DISABLED") {
        return None;
    }
    let seconds = longest_gap(&schedule.at("schedule_expression").text().get()?)?;
    // A month has fewer seconds than a float has digits for.
    u32::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(|seconds| HOURS * 3_600.0 / f64::from(seconds))
}

pub(super) fn schedule(meter: &mut Meter<'_>, schedule: &Resource) {
    if schedule.at("state").is_text("DISABLED") {
        return;
    }
    match runs(schedule) {
        Some(runs) => meter.count(schedule, "scheduler", runs),
        None => meter.gap(schedule, "how often the schedule runs is not known".to_owned()),
    }
}

/// Events of AWS's services on the default bus cost nothing.
pub(super) fn event_rule(meter: &mut Meter<'_>, rule: &Resource) {
    match rule.at("event_bus_name").text() {
        Known::Absent => {}
        Known::Is(bus) if bus == "default" || bus.ends_with(":event-bus/default") => {}
        _ => meter.gap(rule, "there is no price of events on a bus of one's own".to_owned()),
    }
}

/// A stack costs what its template makes. Templates of experiments make what costs nothing until it is run.
pub(super) fn stack(meter: &mut Meter<'_>, stack: &Resource) {
    let template: serde_json::Value =
        stack.at("template_body").text().get().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let is_free = template["Resources"]
        .as_object()
        .is_some_and(|all| all.values().all(|one| one["Type"] == "AWS::FIS::ExperimentTemplate"));
    if !is_free {
        meter.gap(stack, "what the template of a stack makes is not read".to_owned());
    }
}

pub(super) fn state_machine(meter: &mut Meter<'_>, machine: &Resource) {
    match meter.known(machine, "type", machine.at("type").text(), "STANDARD".to_owned()).as_deref() {
        Some("STANDARD") => meter.used(machine, "states.transitions", "transitions"),
        Some(kind) => meter.gap(machine, format!("there is no price of state machines of type {kind}")),
        None => {}
    }
}

pub(super) fn topic(meter: &mut Meter<'_>, topic: &Resource) {
    meter.used(topic, "sns.requests", "requests");
    if has_email(meter.model, topic) {
        meter.used(topic, "sns.emails", "emails");
    }
}

fn has_email(model: &Model, topic: &Resource) -> bool {
    let subscriptions = model.referring("aws_sns_topic_subscription", "topic_arn", topic);
    subscriptions.iter().any(|subscription| subscription.at("protocol").is_text("email"))
}

pub(super) fn parameter(meter: &mut Meter<'_>, parameter: &Resource) {
    match parameter.at("tier").text() {
        Known::Is(tier) if tier != "Standard" => {
            meter.gap(parameter, format!("there is no price of parameters of the tier {tier}"));
        }
        Known::Unknown(reason) => meter.gap(parameter, format!("`tier` is not known: {reason}")),
        // Standard parameters cost nothing.
        _ => {}
    }
}
