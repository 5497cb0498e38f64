//! What every function may do, whatever else it is for.

use crate::aws::cloudwatch;
use crate::aws::iam_policy::Statement;
use crate::terraform::{Handle, concat};

/// Writes to its own log, which is there before the function is.
pub fn write_own_log(log: &Handle<cloudwatch::LogGroup>) -> Statement {
    Statement::allow("WriteOwnLog")
        .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
        .resource(concat([log.arn(), ":*".into()]))
}

/// X-Ray knows no resources for these actions (service authorization reference, AWS X-Ray).
pub fn send_traces() -> Statement {
    Statement::allow("SendTraces").actions(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]).resource("*")
}
