//! Alarms: what a person must hear of, told by the region's alert topic.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::cloudwatch::{self, metric_alarm};
use crate::aws::{acm, route53, sns};
use crate::settings::Objectives;
use crate::terraform::{Handle, Value};

/// Share of failed requests, in percent, that wakes a person.
const ERROR_RATE_PERCENT: u32 = 5;

/// Share of requests, in percent, that a firewall may block before somebody looks whether they were payments.
const BLOCKED_PERCENT: u32 = 10;

const PERIOD_SECONDS: u32 = 60;

/// ACM tells the days that a certificate has left twice a day (ACM user guide, "Supported CloudWatch metrics").
const CERTIFICATE_PERIOD_SECONDS: u32 = 86_400;

/// As for readiness: ACM renews weeks before that, so something keeps it from doing so.
const CERTIFICATE_DAYS: u32 = 30;

/// What a region's alarms watch.
#[derive(Debug)]
pub struct AlarmInputs<'a> {
    /// Where alarms are told.
    pub topic: &'a Handle<sns::Topic>,
    /// The region's Aurora cluster.
    pub cluster_identifier: &'a Value<String>,
    /// What takes payments, where the stack makes it.
    pub workload: Option<WatchedWorkload<'a>>,
    /// The session table.
    pub session_table: &'a Value<String>,
    /// How much of the payments may be lost.
    pub objectives: Objectives,
}

/// What takes payments in a region, and its API.
#[derive(Debug)]
pub struct WatchedWorkload<'a> {
    /// The region's functions, if functions take payments.
    pub functions: Option<WatchedFunctions<'a>>,
    /// The region's API.
    pub api_name: &'a Value<String>,
    /// The API's stage.
    pub stage_name: &'a str,
}

/// The functions of a region.
#[derive(Debug)]
pub struct WatchedFunctions<'a> {
    /// The name of the one that takes payments.
    pub payments: &'a Value<String>,
    /// The name of the one that tells whether they can be taken.
    pub health: &'a Value<String>,
}

/// Adds a region's alarms, and returns the one on errors that callers see. Both regions have all of them, because what
/// they watch swaps roles: replication lag is reported by whichever cluster is the replica at the time.
pub fn alarms(region: &mut RegionScope<'_>, inputs: &AlarmInputs<'_>) -> Option<Handle<cloudwatch::MetricAlarm>> {
    replication_lag(region, inputs);
    if let Some(functions) = inputs.workload.as_ref().and_then(|workload| workload.functions.as_ref()) {
        function_errors(region, inputs, functions);
    }
    session_throttles(region, inputs);
    inputs.workload.as_ref().map(|workload| api_server_errors(region, inputs, workload))
}

fn function_errors(region: &mut RegionScope<'_>, inputs: &AlarmInputs<'_>, functions: &WatchedFunctions<'_>) {
    for (name, description, function_name) in [
        ("function_errors", "More than 5 % of the payment function's runs fail.", functions.payments),
        (
            "health_errors",
            "More than 5 % of the health function's runs fail: the region may look lost that is not.",
            functions.health,
        ),
    ] {
        error_rate(
            region,
            inputs,
            &ErrorRate {
                name,
                description,
                namespace: "AWS/Lambda",
                failures: ("Errors", "Sum"),
                requests: ("Invocations", "Sum"),
                dimensions: vec![("FunctionName", function_name.clone())],
            },
        );
    }
}

fn api_server_errors(
    region: &mut RegionScope<'_>,
    inputs: &AlarmInputs<'_>,
    workload: &WatchedWorkload<'_>,
) -> Handle<cloudwatch::MetricAlarm> {
    error_rate(
        region,
        inputs,
        &ErrorRate {
            name: "api_server_errors",
            description: "More than 5 % of the API's answers are 5xx.",
            namespace: "AWS/ApiGateway",
            failures: ("5XXError", "Sum"),
            requests: ("Count", "Sum"),
            dimensions: vec![("ApiName", workload.api_name.clone()), ("Stage", workload.stage_name.to_owned().into())],
        },
    )
}

/// `AuroraGlobalDBRPOLag` exists in the replica's region only, under the replica's own cluster identifier (Aurora user
/// guide, "Cluster-level metrics"). On the writer it has no data, which is as it should be.
fn replication_lag(region: &mut RegionScope<'_>, inputs: &AlarmInputs<'_>) {
    let name = region.name(NameKind::Alarm, "replication-lag");
    let milliseconds = inputs.objectives.lag_alarm_milliseconds();
    let seconds = f64::from(milliseconds) / 1_000.0;
    region.add(
        cloudwatch::MetricAlarm::new("replication_lag", name, "GreaterThanThreshold", 3)
            .alarm_description(format!(
                "The replica is more than {seconds} seconds behind: a failover now would lose that much."
            ))
            .namespace("AWS/RDS")
            .metric_name("AuroraGlobalDBRPOLag")
            .dimensions([("DBClusterIdentifier", inputs.cluster_identifier.clone())])
            .statistic("Maximum")
            .period(PERIOD_SECONDS)
            .threshold(milliseconds)
            .treat_missing_data("notBreaching")
            .alarm_actions([inputs.topic.arn()])
            .ok_actions([inputs.topic.arn()]),
    );
}

struct ErrorRate {
    name: &'static str,
    description: &'static str,
    namespace: &'static str,
    failures: (&'static str, &'static str),
    requests: (&'static str, &'static str),
    dimensions: Vec<(&'static str, Value<String>)>,
}

/// A rate, not a count: five failures are an outage at ten requests a minute and noise at ten thousand.
fn error_rate(
    region: &mut RegionScope<'_>,
    inputs: &AlarmInputs<'_>,
    rate: &ErrorRate,
) -> Handle<cloudwatch::MetricAlarm> {
    let query = |id: &'static str, (metric, statistic): (&'static str, &'static str)| {
        metric_alarm::MetricQuery::new(id).return_data(false).metric(
            metric_alarm::MetricQueryMetric::new(metric, PERIOD_SECONDS, statistic)
                .namespace(rate.namespace)
                .dimensions(rate.dimensions.iter().cloned().collect::<Value<_>>()),
        )
    };
    let percent = metric_alarm::MetricQuery::new("percent")
        .expression("IF(requests > 0, 100 * failures / requests, 0)")
        .label("Failed requests, percent")
        .return_data(true);
    let name = region.name(NameKind::Alarm, &rate.name.replace('_', "-"));
    region.add(
        cloudwatch::MetricAlarm::new(rate.name, name, "GreaterThanThreshold", 3)
            .alarm_description(rate.description)
            .metric_query(query("failures", rate.failures))
            .metric_query(query("requests", rate.requests))
            .metric_query(percent)
            .datapoints_to_alarm(2)
            .threshold(ERROR_RATE_PERCENT)
            .treat_missing_data("notBreaching")
            .alarm_actions([inputs.topic.arn()])
            .ok_actions([inputs.topic.arn()]),
    )
}

/// `ThrottledRequests` is reported for each operation only, never for the table as a whole (DynamoDB developer guide,
/// "Metrics and dimensions"); reads and writes that exceed the capacity are.
fn session_throttles(region: &mut RegionScope<'_>, inputs: &AlarmInputs<'_>) {
    let query = |id: &'static str, metric: &'static str| {
        metric_alarm::MetricQuery::new(id).return_data(false).metric(
            metric_alarm::MetricQueryMetric::new(metric, PERIOD_SECONDS, "Sum")
                .namespace("AWS/DynamoDB")
                .dimensions([("TableName", inputs.session_table.clone())]),
        )
    };
    let sum = metric_alarm::MetricQuery::new("throttles")
        .expression("FILL(reads, 0) + FILL(writes, 0)")
        .label("Throttled reads and writes")
        .return_data(true);
    let name = region.name(NameKind::Alarm, "session-throttles");
    region.add(
        cloudwatch::MetricAlarm::new("session_throttles", name, "GreaterThanThreshold", 1)
            .alarm_description("The session table refuses reads or writes: payments are answered with 503.")
            .metric_query(query("reads", "ReadThrottleEvents"))
            .metric_query(query("writes", "WriteThrottleEvents"))
            .metric_query(sum)
            .threshold(0)
            .treat_missing_data("notBreaching")
            .alarm_actions([inputs.topic.arn()])
            .ok_actions([inputs.topic.arn()]),
    );
}

/// Tells a person that the firewall blocks a good part of what callers send: an attack, or payments that only look like
/// one, which no other alarm would see.
pub fn blocked_requests(region: &mut RegionScope<'_>, topic: &Handle<sns::Topic>, acl_metric: &Value<String>) {
    let region_name: Value<String> = region.region().name().into();
    let query =
        |id: &'static str, metric: &'static str| {
            metric_alarm::MetricQuery::new(id).return_data(false).metric(
                metric_alarm::MetricQueryMetric::new(metric, PERIOD_SECONDS, "Sum").namespace("AWS/WAFV2").dimensions(
                    [("WebACL", acl_metric.clone()), ("Region", region_name.clone()), ("Rule", "ALL".into())],
                ),
            )
        };
    let percent = metric_alarm::MetricQuery::new("percent")
        .expression("100 * FILL(blocked, 0) / (FILL(blocked, 0) + FILL(allowed, 0))")
        .label("Blocked requests, percent")
        .return_data(true);
    let name = region.name(NameKind::Alarm, "blocked-requests");
    region.add(
        cloudwatch::MetricAlarm::new("blocked_requests", name, "GreaterThanThreshold", 3)
            .alarm_description(
                "The firewall blocks more than 10 % of the requests: an attack, or payments that look like one.",
            )
            .metric_query(query("blocked", "BlockedRequests"))
            .metric_query(query("allowed", "AllowedRequests"))
            .metric_query(percent)
            .datapoints_to_alarm(2)
            .threshold(BLOCKED_PERCENT)
            .treat_missing_data("notBreaching")
            .alarm_actions([topic.arn()])
            .ok_actions([topic.arn()]),
    );
}

/// Tells a person that a certificate was not renewed. Nobody would see it in the region that callers do not reach before
/// they do.
pub fn certificate_expiry(
    region: &mut RegionScope<'_>,
    certificate: &Handle<acm::Certificate>,
    topic: &Handle<sns::Topic>,
) {
    let name = region.name(NameKind::Alarm, "certificate-expiry");
    region.add(
        cloudwatch::MetricAlarm::new("certificate_expiry", name, "LessThanThreshold", 1)
            .alarm_description(
                "The certificate of the failover name has less than 30 days left: ACM could not renew it.",
            )
            .namespace("AWS/CertificateManager")
            .metric_name("DaysToExpiry")
            .dimensions([("CertificateArn", certificate.arn())])
            .statistic("Minimum")
            .period(CERTIFICATE_PERIOD_SECONDS)
            .threshold(CERTIFICATE_DAYS)
            // ACM falls silent once a certificate has ended, and the alarm must not.
            .treat_missing_data("ignore")
            .alarm_actions([topic.arn()])
            .ok_actions([topic.arn()]),
    );
}

/// Tells a person that the primary's endpoint fails. Route 53 reports health checks in us-east-1 only (Route 53
/// developer guide, "Monitoring health checks"), so the scope must be there. No automatic step hangs on it.
pub fn health_check_alarm(
    region: &mut RegionScope<'_>,
    health_check: &Handle<route53::HealthCheck>,
    topic: &Handle<sns::Topic>,
) {
    let name = region.name(NameKind::Alarm, "endpoint-health");
    region.add(
        cloudwatch::MetricAlarm::new("endpoint_health", name, "LessThanThreshold", 1)
            .alarm_description("Route 53 finds the primary endpoint unhealthy: DNS answers with the standby region.")
            .namespace("AWS/Route53")
            .metric_name("HealthCheckStatus")
            .dimensions([("HealthCheckId", health_check.id())])
            .statistic("Minimum")
            .period(PERIOD_SECONDS)
            .threshold(1)
            .treat_missing_data("breaching")
            .alarm_actions([topic.arn()])
            .ok_actions([topic.arn()]),
    );
}
