//! Access logs: who called the API with which outcome, and who read and wrote receipts.

use super::log_group::{LogGroupInputs, log_group};
use super::naming::NameKind;
use super::region_scope::RegionScope;
use super::storage::Storage;
use crate::aws::{apigateway, cloudwatch};
use crate::terraform::{Handle, concat};

/// A line of the API's log: who called what with which outcome, and no body (card data stays out of logs).
///
/// API Gateway puts variables in as they are, so a text with a quote in it would break the line. The reason of an error
/// therefore comes in the form that it quotes itself, and what a caller words freely is left out: the user agent, and the
/// id of the request, which a caller may set; the extended one is API Gateway's own (API Gateway developer guide,
/// "Variables for access logging").
const ACCESS_LOG_LINE: &str = concat!(
    r#"{"error":$context.error.messageString,"#,
    r#""error_type":"$context.error.responseType","#,
    r#""latency_ms":"$context.responseLatency","#,
    r#""method":"$context.httpMethod","#,
    r#""request_id":"$context.extendedRequestId","#,
    r#""request_time":"$context.requestTime","#,
    r#""resource_path":"$context.resourcePath","#,
    r#""source_ip":"$context.identity.sourceIp","#,
    r#""status":"$context.status","#,
    r#""trace_id":"$context.xrayTraceId"}"#,
);

/// Adds the log of the API's calls, and returns it for the stage that writes it.
pub fn api_access_log(region: &mut RegionScope<'_>, logs: &LogGroupInputs) -> Handle<cloudwatch::LogGroup> {
    let name = region.name(NameKind::LogGroup, "api-access");
    log_group(region, "api_access", concat(["/aws/apigateway/".into(), name]), logs)
}

/// What a stage has to know to write the log.
pub fn access_log_settings(log: &Handle<cloudwatch::LogGroup>) -> apigateway::stage::AccessLogSettings {
    apigateway::stage::AccessLogSettings::new(log.arn(), ACCESS_LOG_LINE)
}

/// Logs who reads and writes receipts.
pub fn receipts_access_log(region: &mut RegionScope<'_>, storage: &Storage) {
    storage.log_archive.keep_log_of(region, "receipts", &storage.receipts);
}
