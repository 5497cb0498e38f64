//! The web application firewall before a region's API.
//!
//! Rules are looked at in this order, and the first that blocks or lets through decides:
//!
//! ```text
//! rate-limit         one address sends more than its share          429
//! health-rate-limit  ... and of those two paths, more than checkers 429
//! health-checks      GET of the two paths that checkers ask         through
//! ip-reputation      addresses that AWS knows to attack              403
//! anonymous          addresses of Tor and of VPNs that hide callers  403
//! common             what attacks have in common                     403
//! known-bad-inputs   requests that exploit known holes               403
//! sql-injection      SQL in a request, only labelled if in its body  403
//! body-injection     ... labelled, and no well-formed payment        403
//! ```
//!
//! A payment that is blocked by mistake is lost to its caller, so everything that has only the form of a payment passes:
//! its fields have no character that SQL needs, and the function writes them through parameters. Bodies are never seen
//! in part: the common rules refuse those over 8 KB, and WAF looks at the first 16 KB of a body for API Gateway (WAF
//! developer guide, "Oversize web request components").

use super::alarms::blocked_requests;
use super::log_group::LogGroupInputs;
use super::naming::NameKind;
use super::payments_api::{HEALTH_PATH, LATCH_PATH, PaymentsApi, STAGE};
use super::region_scope::RegionScope;
use super::waf_log::waf_log;
use crate::aws::sns;
use crate::aws::waf_rule::{Action, GroupAction, ManagedRuleGroup, RateLimit, Rule};
use crate::aws::waf_statement::{Field, LabelScope, Oversize, Position, Statement, StatementError};
use crate::aws::wafv2::{self, web_acl};
use crate::terraform::{Diagnostic, DiagnosticKind, Handle, Number, Value, text};

/// What callers over the limit are told: later is better than never.
const TOO_MANY_REQUESTS: u16 = 429;

/// Requests for health that one address may send in five minutes: three times what a checker sends that asks for health
/// and latch every ten seconds. Together with all others it could use up what the API lets through.
const HEALTH_REQUESTS: u32 = 180;

/// Headers that prove who a caller is. They are kept out of logs and samples.
pub const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "x-api-key"];

/// A payment and nothing else, as the function takes it: two fields, an id that needs no escaping and a number. WAF takes 512
/// characters, no groups that capture and no large repetitions (WAF developer guide, "Supported regular expression syntax"),
/// so how long an id may be is left to the function.
const WELL_FORMED_PAYMENT: &str = concat!(
    r#"^\s*\{\s*"(?:payment_id|amount)"\s*:\s*(?:"[A-Za-z0-9._-]+"|[0-9.eE+-]+)\s*,"#,
    r#"\s*"(?:payment_id|amount)"\s*:\s*(?:"[A-Za-z0-9._-]+"|[0-9.eE+-]+)\s*\}\s*$"#
);

/// The rule of the SQL injection group that looks at bodies, and the label that it puts on what it finds (WAF developer
/// guide, "SQL database managed rule group").
const BODY_RULE: &str = "SQLi_BODY";
const BODY_LABEL: &str = "awswaf:managed:aws:sql-database:SQLi_Body";

/// What a firewall is made from.
#[derive(Debug)]
pub struct WafInputs<'a> {
    /// What it stands before.
    pub api: &'a PaymentsApi,
    /// Requests that one address may send in five minutes.
    pub rate_limit: &'a Value<Number>,
    /// Where it is written what was blocked.
    pub logs: &'a LogGroupInputs,
    /// Who is told when much is blocked.
    pub topic: &'a Handle<sns::Topic>,
}

/// Adds the firewall, its log and its alarm.
pub fn waf(region: &mut RegionScope<'_>, inputs: &WafInputs<'_>) {
    let name = region.name(NameKind::WebAcl, "api");
    let visibility = web_acl::VisibilityConfig::new(true, &name, true);
    let through = web_acl::DefaultAction::new().allow(web_acl::DefaultActionAllow::new());
    let mut acl = wafv2::WebAcl::new("api", "REGIONAL", through, visibility)
        .name(&name)
        .description("Looks at what callers send to the payment API")
        .data_protection_config(data_protection());
    for rule in rules(inputs.rate_limit) {
        match rule {
            Ok(rule) => acl = acl.rule(rule),
            Err(problem) => region.report(not_expressible(&problem)),
        }
    }
    let acl = region.add(acl);
    region.add(wafv2::WebAclAssociation::new("api", inputs.api.stage.arn(), acl.arn()));
    waf_log(region, &acl, inputs.logs);
    blocked_requests(region, inputs.topic, &name);
}

/// Unlike the redaction of logs this also holds for the samples of requests that WAF shows.
fn data_protection() -> web_acl::DataProtectionConfig {
    use web_acl::{DataProtectionConfigDataProtection as Protection, DataProtectionConfigDataProtectionField as Part};
    let headers = Part::new("SINGLE_HEADER").field_keys(SECRET_HEADERS);
    web_acl::DataProtectionConfig::new()
        .data_protection(Protection::new("SUBSTITUTION", headers))
        // What a rule has found in a body may be a part of a payment.
        .data_protection(Protection::new("SUBSTITUTION", Part::new("BODY")))
}

fn rules(rate_limit: &Value<Number>) -> Vec<Result<Rule, StatementError>> {
    let managed =
        |name, priority, group: &ManagedRuleGroup| Rule::managed(name, priority, group, GroupAction::AsDefined);
    let limit = RateLimit::new(rate_limit);
    let health_limit = RateLimit::new(HEALTH_REQUESTS).scope_down(health_check());
    vec![
        Rule::rate_limit("rate-limit", 0, &limit, Action::BlockWith(TOO_MANY_REQUESTS)),
        Rule::rate_limit("health-rate-limit", 1, &health_limit, Action::BlockWith(TOO_MANY_REQUESTS)),
        Rule::matching("health-checks", 2, &health_check(), Action::Allow),
        managed("ip-reputation", 3, &ManagedRuleGroup::aws("AWSManagedRulesAmazonIpReputationList")),
        managed("anonymous", 4, &anonymous()),
        managed("common", 5, &common()),
        managed("known-bad-inputs", 6, &ManagedRuleGroup::aws("AWSManagedRulesKnownBadInputsRuleSet")),
        managed("sql-injection", 7, &sql_injection()),
        Rule::matching("body-injection", 8, &body_injection(), Action::Block),
    ]
}

/// What Route 53's checkers and the failover's probes ask: their verdict must not hang on an address list. The rate limit
/// is before it, because a flood of such requests would reach the database too.
fn health_check() -> Statement {
    let is_get = Statement::ByteMatch {
        field: Field::Method,
        search: text("GET"),
        position: Position::Exactly,
        transformations: Vec::new(),
    };
    // Through a custom domain name the path may come without its stage.
    let path = Statement::RegexMatch {
        field: Field::UriPath,
        regex: text(format!("^(?:/{STAGE})?/(?:{HEALTH_PATH}|{LATCH_PATH})$")),
        transformations: Vec::new(),
    };
    Statement::And(vec![is_get, path])
}

/// Callers are programs, and most programs run at a hosting provider: those are counted and let through.
fn anonymous() -> ManagedRuleGroup {
    ManagedRuleGroup::aws("AWSManagedRulesAnonymousIpList").override_rule("HostingProviderIPList", Action::Count)
}

/// Callers are programs, and not every program says its name.
fn common() -> ManagedRuleGroup {
    ManagedRuleGroup::aws("AWSManagedRulesCommonRuleSet").override_rule("NoUserAgent_HEADER", Action::Count)
}

fn sql_injection() -> ManagedRuleGroup {
    ManagedRuleGroup::aws("AWSManagedRulesSQLiRuleSet").override_rule(BODY_RULE, Action::Count)
}

fn body_injection() -> Statement {
    let labelled = Statement::Label { scope: LabelScope::Label, key: text(BODY_LABEL) };
    let payment = Statement::RegexMatch {
        // One that WAF cannot see whole is none.
        field: Field::Body(Oversize::NoMatch),
        regex: text(WELL_FORMED_PAYMENT),
        transformations: Vec::new(),
    };
    Statement::And(vec![labelled, Statement::Not(Box::new(payment))])
}

fn not_expressible(problem: &StatementError) -> Diagnostic {
    Diagnostic::new(DiagnosticKind::OutOfRange, "aws_wafv2_web_acl.api", problem.to_string())
        .because("the provider unrolls WAF's statements to a fixed depth")
        .help("nest `not`, `and` and `or` less deeply, or make two rules joined by a label")
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    /// What WAF takes for a pattern (AWS WAF quotas).
    const LONGEST_PATTERN: usize = 512;

    fn pattern(statement: &Statement) -> Regex {
        fn find(statement: &Statement) -> Option<String> {
            match statement {
                Statement::RegexMatch { regex, .. } => serde_json::from_str(&regex.expression().to_string()).ok(),
                Statement::And(parts) => parts.iter().find_map(find),
                Statement::Not(inner) => find(inner),
                _ => None,
            }
        }
        let pattern = find(statement).unwrap();
        assert!(pattern.len() <= LONGEST_PATTERN, "{} characters", pattern.len());
        assert!(!pattern.replace("(?:", "").contains('('), "a group that captures: {pattern}");
        Regex::new(&pattern).unwrap()
    }

    #[test]
    fn what_the_function_takes_for_a_payment_is_let_through() {
        let well_formed = pattern(&body_injection());
        for body in [
            r#"{"payment_id": "test-123", "amount": 100}"#,
            r#"{"amount":0.01,"payment_id":"a"}"#,
            "{\n  \"payment_id\" : \"--.__\",\n  \"amount\" : 1e2\n}\n",
        ] {
            assert!(well_formed.is_match(body), "{body}");
        }
    }

    #[test]
    fn anything_that_could_carry_sql_is_not() {
        let well_formed = pattern(&body_injection());
        for body in [
            r#"{"payment_id": "1' OR '1'='1", "amount": 100}"#,
            r#"{"payment_id": "x;DROP TABLE payments", "amount": 100}"#,
            r#"{"payment_id": "x", "amount": 100, "note": "' OR 1=1 --"}"#,
            r#"{"payment_id": "x\u0027", "amount": 1}"#,
            r#"{"payment_id": "x", "amount": 1} ' OR 1=1"#,
            "payment_id=x&amount=1",
        ] {
            assert!(!well_formed.is_match(body), "{body}");
        }
    }

    #[test]
    fn checkers_are_let_through_on_their_paths_and_nobody_else() {
        let path = pattern(&health_check());
        for asked in ["/live/health", "/live/latch", "/health", "/latch"] {
            assert!(path.is_match(asked), "{asked}");
        }
        for asked in ["/live", "/live/payments", "/live/health/", "/live/payments/health", "/health/../payments"] {
            assert!(!path.is_match(asked), "{asked}");
        }
    }

    #[test]
    fn every_rule_can_be_written_and_they_are_asked_in_order() {
        let limit = Value::from(1000);
        let rules: Vec<crate::terraform::Object> = rules(&limit).into_iter().map(|rule| rule.unwrap().into()).collect();
        for (place, rule) in rules.iter().enumerate() {
            assert_eq!(rule.get("priority").map(ToString::to_string), Some(place.to_string()));
        }
    }
}
