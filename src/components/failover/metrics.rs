//! The metrics that the failover's functions publish: their names, and the permission to publish them.

use crate::aws::iam_policy::Statement;
use crate::components::region_scope::RegionScope;
use crate::terraform::Value;

/// Whose metrics they are: two services of one account and one suffix have a namespace each.
pub fn namespace(region: &RegionScope<'_>) -> Value<String> {
    region.metric_namespace("Failover")
}

/// The one dimension that all of them have; its value is the environment's suffix.
pub const DIMENSION: &str = "Environment";

/// Failed probes of the primary in a row; published at every run of the detector that could count one.
pub const PROBE_FAILURES: &str = "ProbeFailures";

/// 1 while the DR region takes payments, else 0.
pub const LATCH_ACTIVE: &str = "LatchActive";

/// 1 while latch, writer, DNS and probes do not agree and nothing moves, else 0; published each minute.
pub const ROLES_DISAGREE: &str = "RolesDisagree";

/// 1 if the DR region could take over now, else 0.
pub const READY: &str = "Ready";

/// Days since a drill passed, or since the stack was made if none has.
pub const DRILL_AGE_DAYS: &str = "DrillAgeDays";

/// Payments that a failover has lost; published after it.
pub const LOST_PAYMENTS: &str = "LostPayments";

/// How many seconds before the last acknowledgement the first lost one was; published after a failover.
pub const LOST_SECONDS: &str = "LostSeconds";

/// Lets an identity publish metrics of the namespace; `CloudWatch` knows no narrower resource (service authorization
/// reference, Amazon `CloudWatch`).
pub fn allow_publishing(region: &RegionScope<'_>) -> Statement {
    Statement::allow("PublishMetrics").action("cloudwatch:PutMetricData").resource("*").when(
        "StringEquals",
        "cloudwatch:namespace",
        namespace(region),
    )
}

/// Lets an identity read metrics, which have no resource either.
pub fn allow_reading() -> Statement {
    Statement::allow("ReadMetrics").action("cloudwatch:GetMetricData").resource("*")
}
