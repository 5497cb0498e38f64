//! The firewall's log: what was blocked or would have been. What passed is in the API's own access log.

use super::log_group::{LogGroupInputs, log_group};
use super::naming::NameKind;
use super::region_scope::RegionScope;
use super::waf::SECRET_HEADERS;
use crate::aws::cloudwatch;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::wafv2::{self, web_acl_logging_configuration as configuration};
use crate::terraform::{Handle, Resource, Value, concat, text};

/// WAF writes to no log group whose name begins otherwise (WAF developer guide, "CloudWatch Logs"); no plan finds out.
const LOG_GROUP_PREFIX: &str = "aws-waf-logs-";

/// What WAF did with the requests that are logged.
const LOGGED_ACTIONS: [&str; 3] = ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"];

/// Adds the log, lets the delivery of logs write to it, and has the firewall write.
pub fn waf_log(region: &mut RegionScope<'_>, acl: &Handle<wafv2::WebAcl>, logs: &LogGroupInputs) {
    let name = region.name(NameKind::LogGroup, "api");
    let log = log_group(region, "waf", concat([text(LOG_GROUP_PREFIX), name]), logs);
    let policy = delivery_policy(region, &log);
    let logging = wafv2::WebAclLoggingConfiguration::new("api", [log.arn()], acl.arn())
        .logging_filter(only_logged_actions())
        // Without it WAF writes a policy of its own for all its log groups, if it may.
        .depends_on(&policy);
    region.add(SECRET_HEADERS.into_iter().fold(logging, |logging, header| {
        let header = configuration::RedactedFieldsSingleHeader::new(header);
        logging.redacted_fields(configuration::RedactedFields::new().single_header(header))
    }));
}

fn delivery_policy(
    region: &mut RegionScope<'_>,
    log: &Handle<cloudwatch::LogGroup>,
) -> Handle<cloudwatch::LogResourcePolicy> {
    let write = Statement::allow("DeliverWafLog")
        .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
        .resource(concat([log.arn(), ":*".into()]))
        .principal(Principal::service("delivery.logs.amazonaws.com"))
        .when("StringEquals", "aws:SourceAccount", region.account_id())
        .when("ArnLike", "aws:SourceArn", region.arn("logs", ["*".into()]));
    let name: Value<String> = region.name(NameKind::LogGroup, "waf-log");
    region.add(cloudwatch::LogResourcePolicy::new("waf", PolicyDocument::new([write]).to_json(), name))
}

fn only_logged_actions() -> configuration::LoggingFilter {
    let condition = |action| {
        configuration::LoggingFilterFilterCondition::new()
            .action_condition(configuration::LoggingFilterFilterConditionActionCondition::new(action))
    };
    let [first, rest @ ..] = LOGGED_ACTIONS;
    let filter = configuration::LoggingFilterFilter::new("KEEP", "MEETS_ANY", condition(first));
    let filter = rest.into_iter().fold(filter, |filter, action| filter.condition(condition(action)));
    configuration::LoggingFilter::new("DROP", filter)
}
