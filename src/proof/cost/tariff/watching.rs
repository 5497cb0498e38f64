//! Logs, alarms, dashboards, AWS Config.

use super::{Meter, length};
use crate::proof::model::{Known, Resource};

pub(super) fn log_group(meter: &mut Meter<'_>, group: &Resource) {
    meter.used(group, "logs.ingested", "ingested_gb");
    meter.used(group, "logs.stored", "stored_gb");
}

pub(super) fn alarm(meter: &mut Meter<'_>, alarm: &Resource) {
    let queries = alarm.values.blocks("metric_query");
    let metrics = if queries.is_empty() {
        Some(1.0)
    } else if length(alarm.at("metric_query")).is_some() {
        Some(queries.iter().filter(|query| query.at("metric").is_set()).fold(0.0, |count, _| count + 1.0))
    } else {
        None
    };
    let Some(metrics) = metrics else {
        return meter.gap(alarm, "how many metrics the alarm reads is not known".to_owned());
    };
    let periods = queries.iter().map(|query| query.at("metric.period")).chain([alarm.at("period")]);
    let is_fast = periods.into_iter().any(|period| matches!(period.number(), Known::Is(seconds) if seconds < 60.0));
    meter.count(alarm, if is_fast { "alarms.fast" } else { "alarms" }, metrics);
}

pub(super) fn composite_alarm(meter: &mut Meter<'_>, alarm: &Resource) {
    meter.count(alarm, "alarms.composite", 1.0);
}

pub(super) fn dashboard(meter: &mut Meter<'_>, dashboard: &Resource) {
    meter.count(dashboard, "dashboards", 1.0);
}

pub(super) fn recorder(meter: &mut Meter<'_>, recorder: &Resource) {
    if recorder.at("recording_mode.recording_frequency").is_text("DAILY") {
        return meter.gap(recorder, "there is no price of daily records of AWS Config".to_owned());
    }
    meter.used(recorder, "config.items", "items");
}

pub(super) fn rule(meter: &mut Meter<'_>, rule: &Resource) {
    meter.used(rule, "config.evaluations", "evaluations");
}
