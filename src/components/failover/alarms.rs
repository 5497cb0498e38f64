//! Alarms about the failover itself: that it has happened, that it could not, or that nobody knows whether it could.

use super::machine_names::{MachineName, MachineNames};
use super::metrics::{DIMENSION, DRILL_AGE_DAYS, LATCH_ACTIVE, PROBE_FAILURES, READY, ROLES_DISAGREE, namespace};
use crate::aws::cloudwatch::{self, metric_alarm};
use crate::aws::sns;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Value};

/// One drill a month, and time to repeat it.
const LONGEST_WITHOUT_DRILL_DAYS: u32 = 35;

const A_MINUTE: u32 = 60;

const HALF_AN_HOUR: u32 = 1800;

/// What is watched, and who hears of it.
#[derive(Debug)]
pub struct AlarmInputs<'a> {
    /// Who hears of it.
    pub topic: &'a Handle<sns::Topic>,
    /// The value of the metrics' dimension.
    pub environment: &'a Value<String>,
    /// The state machines.
    pub machines: &'a MachineNames,
    /// The functions whose errors are defects.
    pub functions: Vec<Watched<'a>>,
}

/// A function whose errors are defects.
#[derive(Debug)]
pub struct Watched<'a> {
    /// What the local name of its alarm begins with.
    pub name: &'static str,
    /// The function's name.
    pub function: &'a Value<String>,
    /// How often it fails before people hear of it.
    pub patience: ErrorPatience,
}

/// How often a function fails before people hear of it.
#[derive(Debug, Clone, Copy)]
pub enum ErrorPatience {
    /// In two minutes of five: it runs all the time, and one fault may pass.
    Lasting,
    /// Once: it runs when it is needed, or so seldom that the next run is far.
    None,
}

struct Watch {
    name: &'static str,
    description: &'static str,
    metric: &'static str,
    statistic: &'static str,
    comparison: &'static str,
    threshold: u32,
    period_seconds: u32,
    periods: u32,
    missing_data: &'static str,
}

const WATCHES: [Watch; 5] = [
    Watch {
        name: "failover_latch",
        description: "Payments have failed over. They stay until failback, which a person starts.",
        metric: LATCH_ACTIVE,
        statistic: "Maximum",
        comparison: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        period_seconds: A_MINUTE,
        periods: 1,
        missing_data: "ignore",
    },
    Watch {
        name: "failover_detector",
        description: "The detector has been silent, or could count no probe, for three minutes: a failover would not start by \
                      itself.",
        metric: PROBE_FAILURES,
        statistic: "SampleCount",
        comparison: "LessThanThreshold",
        threshold: 1,
        period_seconds: A_MINUTE,
        periods: 3,
        missing_data: "breaching",
    },
    Watch {
        name: "failover_roles",
        description: "For five minutes latch, writer, DNS and probes have disagreed, or were not compared. A notification \
                      says what to do.",
        metric: ROLES_DISAGREE,
        statistic: "Maximum",
        comparison: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        period_seconds: A_MINUTE,
        periods: 5,
        missing_data: "breaching",
    },
    // Two periods, so that a drill that is under way at the time of one check is no alarm.
    Watch {
        name: "failover_readiness",
        description: "For an hour the standby could not have taken over, or nothing said that it could. The log of the \
                      readiness function names the check that fails.",
        metric: READY,
        statistic: "Minimum",
        comparison: "LessThanThreshold",
        threshold: 1,
        period_seconds: HALF_AN_HOUR,
        periods: 2,
        missing_data: "breaching",
    },
    Watch {
        name: "failover_drill_age",
        description: "No drill has passed for more than 35 days.",
        metric: DRILL_AGE_DAYS,
        statistic: "Maximum",
        comparison: "GreaterThanThreshold",
        threshold: LONGEST_WITHOUT_DRILL_DAYS,
        period_seconds: HALF_AN_HOUR,
        periods: 1,
        missing_data: "ignore",
    },
];

/// Adds the alarms.
pub fn alarms(region: &mut RegionScope<'_>, inputs: &AlarmInputs<'_>) {
    for watch in WATCHES {
        let name = alarm_name(region, watch.name);
        let namespace = namespace(region);
        region.add(
            cloudwatch::MetricAlarm::new(watch.name, name, watch.comparison, watch.periods)
                .alarm_description(watch.description)
                .namespace(namespace)
                .metric_name(watch.metric)
                .dimensions([(DIMENSION, inputs.environment.clone())])
                .statistic(watch.statistic)
                .period(watch.period_seconds)
                .threshold(watch.threshold)
                .treat_missing_data(watch.missing_data)
                .alarm_actions([inputs.topic.arn()])
                .ok_actions([inputs.topic.arn()]),
        );
    }
    for watched in &inputs.functions {
        errors(region, inputs, watched);
    }
    let MachineNames { failover, failback, drill } = inputs.machines;
    unfinished(region, inputs, "failover_executions", "A failover did not come to its end.", failover);
    unfinished(region, inputs, "failover_failback_executions", "A failback did not come to its end.", failback);
    unfinished(region, inputs, "failover_drill_executions", "A drill did not pass.", drill);
}

/// A machine tells people of what it catches. It cannot catch its own timeout, nor that somebody stops it (Step Functions
/// developer guide, "Handling errors in Step Functions workflows").
fn unfinished(
    region: &mut RegionScope<'_>,
    inputs: &AlarmInputs<'_>,
    name: &'static str,
    description: &'static str,
    machine: &MachineName,
) {
    let query = |id: &'static str, metric: &'static str| {
        metric_alarm::MetricQuery::new(id).return_data(false).metric(
            metric_alarm::MetricQueryMetric::new(metric, A_MINUTE, "Sum")
                .namespace("AWS/States")
                .dimensions([("StateMachineArn", machine.arn.clone())]),
        )
    };
    let sum = metric_alarm::MetricQuery::new("unfinished")
        .expression("FILL(failed, 0) + FILL(timed_out, 0) + FILL(aborted, 0)")
        .label("Failed, timed out or stopped")
        .return_data(true);
    let alarm = alarm_name(region, name);
    region.add(
        cloudwatch::MetricAlarm::new(name, alarm, "GreaterThanThreshold", 1)
            .alarm_description(description)
            .metric_query(query("failed", "ExecutionsFailed"))
            .metric_query(query("timed_out", "ExecutionsTimedOut"))
            .metric_query(query("aborted", "ExecutionsAborted"))
            .metric_query(sum)
            .threshold(0)
            .treat_missing_data("notBreaching")
            .alarm_actions([inputs.topic.arn()]),
    );
}

fn errors(region: &mut RegionScope<'_>, inputs: &AlarmInputs<'_>, watched: &Watched<'_>) {
    let local_name = format!("{}_errors", watched.name);
    let alarm = alarm_name(region, &local_name);
    let (of, needed) = match watched.patience {
        ErrorPatience::Lasting => (5, 2),
        ErrorPatience::None => (1, 1),
    };
    region.add(
        cloudwatch::MetricAlarm::new(local_name, alarm, "GreaterThanThreshold", of)
            .alarm_description("Runs of the function fail. Its log says why.")
            .namespace("AWS/Lambda")
            .metric_name("Errors")
            .dimensions([("FunctionName", watched.function.clone())])
            .statistic("Sum")
            .period(A_MINUTE)
            .threshold(0)
            .datapoints_to_alarm(needed)
            .treat_missing_data("notBreaching")
            .alarm_actions([inputs.topic.arn()])
            .ok_actions([inputs.topic.arn()]),
    );
}

fn alarm_name(region: &mut RegionScope<'_>, local_name: &str) -> Value<String> {
    region.name(NameKind::Alarm, &local_name.replace('_', "-"))
}
