//! Access logs: who called the API with which outcome, and who read and wrote receipts.

use super::log_group::{LogGroupInputs, log_group};
use super::naming::NameKind;
use super::region_scope::RegionScope;
use super::storage::{ACCESS_LOG_PREFIX, Storage};
use crate::aws::{apigateway, cloudwatch, s3};
use crate::terraform::functions::jsonencode;
use crate::terraform::{Handle, Object, concat};

/// Fields of an entry of the API's log: who called what with which outcome, and no body (card data stays out of logs).
const ACCESS_LOG_FIELDS: [(&str, &str); 10] = [
    ("error", "$context.error.message"),
    ("latency_ms", "$context.responseLatency"),
    ("method", "$context.httpMethod"),
    ("request_id", "$context.requestId"),
    ("request_time", "$context.requestTime"),
    ("resource_path", "$context.resourcePath"),
    ("source_ip", "$context.identity.sourceIp"),
    ("status", "$context.status"),
    ("trace_id", "$context.xrayTraceId"),
    ("user_agent", "$context.identity.userAgent"),
];

/// Adds the log of the API's calls, and returns it for the stage that writes it.
pub fn api_access_log(region: &mut RegionScope<'_>, logs: &LogGroupInputs) -> Handle<cloudwatch::LogGroup> {
    let name = region.name(NameKind::LogGroup, "api-access");
    log_group(region, "api_access", concat(["/aws/apigateway/".into(), name]), logs)
}

/// What a stage has to know to write the log.
pub fn access_log_settings(log: &Handle<cloudwatch::LogGroup>) -> apigateway::stage::AccessLogSettings {
    let fields: Object = ACCESS_LOG_FIELDS.into_iter().collect();
    apigateway::stage::AccessLogSettings::new(log.arn(), jsonencode(fields))
}

/// Logs who reads and writes receipts into the operations bucket.
pub fn receipts_access_log(region: &mut RegionScope<'_>, storage: &Storage) {
    region.add(s3::BucketLogging::new(
        "receipts",
        storage.receipts.bucket.id(),
        storage.operations.bucket.id(),
        concat([ACCESS_LOG_PREFIX.into(), "receipts/".into()]),
    ));
}
