//! WAF rules against the embedded schema, which unrolls what these types keep recursive.

use serde_json::json;

use super::waf_rule::{Action, Aggregation, GroupAction, ManagedRuleGroup, RateLimit, Rule};
use super::waf_statement::{
    Comparison, Field, LabelScope, Oversize, Position, Statement, StatementError, TextTransformation,
};
use super::wafv2::{WebAcl, web_acl};
use crate::terraform::{
    Diagnostic, DiagnosticKind, Expression, Module, Object, Provider, RequiredProvider, ResourceBlock,
    TerraformSettings, text,
};

fn check(rules: impl IntoIterator<Item = Rule>) -> (Vec<Diagnostic>, Module) {
    let visibility = web_acl::VisibilityConfig::new(true, "api", true);
    let mut acl = WebAcl::new("api", "REGIONAL", web_acl::DefaultAction::new(), visibility).name("api");
    for rule in rules {
        acl = acl.rule(rule);
    }
    let mut module = Module::new();
    let aws = RequiredProvider { source: "hashicorp/aws".into(), version: None, configuration_aliases: Vec::new() };
    module.settings(TerraformSettings::new().required_provider("aws", aws));
    module.add_provider(Provider::new("aws").set("region", "us-east-1"));
    module.add(acl);
    (module.check(super::schemas()), module)
}

fn geo(country: &'static str) -> Statement {
    Statement::Geo([country].into())
}

fn nested(depth: usize) -> Statement {
    (0..depth).fold(geo("US"), |inner, _| Statement::Not(Box::new(inner)))
}

/// One statement of every kind, in all fields.
fn every_statement() -> Vec<Statement> {
    let transformations = || vec![TextTransformation::UrlDecode, TextTransformation::Lowercase];
    let fields = [
        Field::AllQueryArguments,
        Field::Body(Oversize::Continue),
        Field::JsonBody(Oversize::Match),
        Field::Headers(Oversize::NoMatch),
        Field::Cookies(Oversize::Match),
        Field::Method,
        Field::QueryString,
        Field::SingleHeader(text("x-token")),
        Field::SingleQueryArgument(text("payment")),
        Field::UriPath,
    ];
    let mut statements: Vec<_> =
        fields.into_iter().map(|field| Statement::SqlInjection { field, transformations: transformations() }).collect();
    statements.extend([
        Statement::ByteMatch {
            field: Field::UriPath,
            search: text("/health"),
            position: Position::Exactly,
            transformations: Vec::new(),
        },
        Statement::RegexMatch { field: Field::UriPath, regex: text("^/v[0-9]+/"), transformations: Vec::new() },
        Statement::RegexPatternSet {
            field: Field::Method,
            arn: text("arn:aws:wafv2:us-east-1:123456789012:regional/regexpatternset/paths/1"),
            transformations: Vec::new(),
        },
        Statement::SizeConstraint {
            field: Field::Body(Oversize::Match),
            comparison: Comparison::Greater,
            size: 8192.into(),
            transformations: Vec::new(),
        },
        Statement::CrossSiteScripting { field: Field::QueryString, transformations: transformations() },
        geo("US"),
        Statement::IpSet(text("arn:aws:wafv2:us-east-1:123456789012:regional/ipset/offices/1")),
        Statement::Label { scope: LabelScope::Label, key: text("checked") },
        Statement::Not(Box::new(Statement::Or(vec![geo("US"), Statement::And(vec![geo("CA"), geo("MX")])]))),
    ]);
    statements
}

#[test]
fn the_schema_takes_every_statement_action_and_group() {
    let actions =
        [Action::Allow, Action::Block, Action::BlockWith(429), Action::Count, Action::Captcha, Action::Challenge];
    let statements = every_statement();
    let mut rules: Vec<_> = (0..)
        .zip(&statements)
        .zip(actions.into_iter().cycle())
        .map(|((priority, statement), action)| {
            Rule::matching(format!("rule-{priority}"), priority, statement, action).unwrap()
        })
        .collect();
    let group = ManagedRuleGroup::aws("AWSManagedRulesCommonRuleSet")
        .version("Version_1.0")
        .override_rule("SizeRestrictions_BODY", Action::Count)
        .scope_down(nested(2));
    rules.push(Rule::managed("common", 100, &group, GroupAction::CountOnly).unwrap().label("common"));
    let by_header = Aggregation::ForwardedIp { header: text("x-forwarded-for"), match_without_address: false };
    let limits = [
        RateLimit::new(1000),
        RateLimit::new(1000).window_seconds(60).aggregation(by_header),
        RateLimit::new(1000).aggregation(Aggregation::Constant).scope_down(geo("US")),
    ];
    for (priority, limit) in (200..).zip(&limits) {
        rules.push(Rule::rate_limit(format!("limit-{priority}"), priority, limit, Action::BlockWith(429)).unwrap());
    }
    rules.push(Rule::matching("deepest", 300, &nested(3), Action::Count).unwrap());
    let (diagnostics, _) = check(rules);
    assert_eq!(diagnostics, []);
}

#[test]
fn the_limits_are_those_of_the_schema() {
    // One level more than a rule takes, built past the check, is what the schema knows no block for.
    let unknown_blocks = |deepen: fn(serde_json::Value) -> serde_json::Value| {
        let rule = Object::from(Rule::matching("deep", 1, &nested(3), Action::Count).unwrap());
        let mut rule = serde_json::from_str::<serde_json::Value>(&rule.to_json()).unwrap();
        rule["statement"] = deepen(rule["statement"].take());
        let mut module = check([]).1;
        module.add(ResourceBlock::resource("aws_wafv2_web_acl", "deep").set("rule", Expression::from(json!([rule]))));
        let diagnostics = module.check(super::schemas());
        diagnostics.into_iter().filter(|found| found.kind == DiagnosticKind::UnknownArgument).count()
    };
    assert_eq!(unknown_blocks(|statement| statement), 0);
    assert_eq!(unknown_blocks(|statement| json!({"not_statement": {"statement": statement}})), 1);
}

#[test]
fn statements_that_the_provider_cannot_write_are_errors() {
    let too_deep = Rule::matching("deep", 1, &nested(4), Action::Count);
    assert_eq!(too_deep, Err(StatementError::TooDeep { limit: 3, found: 4 }));
    let group = ManagedRuleGroup::aws("AWSManagedRulesCommonRuleSet").scope_down(nested(3));
    let too_deep = Rule::managed("common", 1, &group, GroupAction::AsDefined);
    assert_eq!(too_deep, Err(StatementError::TooDeep { limit: 2, found: 3 }));
    let too_few = Rule::matching("and", 1, &Statement::And(vec![geo("US")]), Action::Block);
    assert_eq!(too_few, Err(StatementError::TooFew { found: 1 }));
    let everything = RateLimit::new(1000).aggregation(Aggregation::Constant);
    let unlimited = Rule::rate_limit("all", 1, &everything, Action::Block);
    assert_eq!(unlimited, Err(StatementError::ConstantWithoutScopeDown));
}

#[test]
fn a_rule_is_one_object() {
    let statement = Statement::ByteMatch {
        field: Field::SingleHeader(text("x-probe")),
        search: text("secret"),
        position: Position::Exactly,
        transformations: Vec::new(),
    };
    let rule = Object::from(Rule::matching("probes", 0, &statement, Action::Allow).unwrap());
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&rule.to_json()).unwrap(),
        json!({
            "name": "probes",
            "priority": 0,
            "action": {"allow": {}},
            "statement": {"byte_match_statement": {
                "field_to_match": {"single_header": {"name": "x-probe"}},
                "positional_constraint": "EXACTLY",
                "search_string": "secret",
                "text_transformation": [{"priority": 0, "type": "NONE"}]
            }},
            "visibility_config": {
                "cloudwatch_metrics_enabled": true, "metric_name": "probes", "sampled_requests_enabled": true
            }
        })
    );
}
