//! What a person must hear of the tasks: fewer run than are wanted, or some do not answer.

use super::balancer::LoadBalancing;
use super::service::Service;
use crate::aws::cloudwatch::{self, metric_alarm};
use crate::aws::sns;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Value};

const PERIOD_SECONDS: u32 = 60;

/// A release and a zone that fails leave less than these minutes without all tasks.
const MINUTES: u32 = 10;
const OF_MINUTES: u32 = 8;

/// Minutes in which a task that does not answer is replaced.
const UNANSWERED_MINUTES: u32 = 3;

pub(super) fn alarms(
    region: &mut RegionScope<'_>,
    topic: &Handle<sns::Topic>,
    service: &Service,
    balancer: &LoadBalancing,
) {
    missing_tasks(region, topic, service);
    unhealthy_tasks(region, topic, balancer);
}

/// Container Insights counts both (CloudWatch user guide, "Amazon ECS Container Insights with enhanced observability metrics").
fn missing_tasks(region: &mut RegionScope<'_>, topic: &Handle<sns::Topic>, service: &Service) {
    let query = |id: &'static str, metric: &'static str| {
        metric_alarm::MetricQuery::new(id).return_data(false).metric(
            metric_alarm::MetricQueryMetric::new(metric, PERIOD_SECONDS, "Average")
                .namespace("ECS/ContainerInsights")
                .dimensions([("ClusterName", service.cluster.clone()), ("ServiceName", service.service.clone())]),
        )
    };
    let missing = metric_alarm::MetricQuery::new("missing")
        .expression("desired - running")
        .label("Tasks that are wanted and do not run")
        .return_data(true);
    let name = region.name(NameKind::Alarm, "missing-tasks");
    region.add(
        cloudwatch::MetricAlarm::new("missing_tasks", name, "GreaterThanThreshold", MINUTES)
            .alarm_description("Fewer tasks run than are wanted: the next fault may leave none.")
            .metric_query(query("desired", "DesiredTaskCount"))
            .metric_query(query("running", "RunningTaskCount"))
            .metric_query(missing)
            .datapoints_to_alarm(OF_MINUTES)
            .threshold(0)
            .treat_missing_data("notBreaching")
            .alarm_actions([topic.arn()])
            .ok_actions([topic.arn()]),
    );
}

fn unhealthy_tasks(region: &mut RegionScope<'_>, topic: &Handle<sns::Topic>, balancer: &LoadBalancing) {
    let dimensions: [(&str, Value<String>); 2] =
        [("LoadBalancer", balancer.balancer.arn_suffix()), ("TargetGroup", balancer.targets.arn_suffix())];
    let name = region.name(NameKind::Alarm, "unhealthy-tasks");
    region.add(
        cloudwatch::MetricAlarm::new("unhealthy_tasks", name, "GreaterThanThreshold", UNANSWERED_MINUTES)
            .alarm_description("Tasks that are registered do not answer on their port.")
            .namespace("AWS/NetworkELB")
            .metric_name("UnHealthyHostCount")
            .dimensions(dimensions)
            .statistic("Maximum")
            .period(PERIOD_SECONDS)
            .threshold(0)
            .treat_missing_data("notBreaching")
            .alarm_actions([topic.arn()])
            .ok_actions([topic.arn()]),
    );
}
