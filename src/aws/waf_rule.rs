//! AWS WAF rules: a statement, and what becomes of the requests that match it.

use crate::terraform::{Expression, Number, Object, Value};

use super::waf_statement::{RULE_DEPTH, SCOPE_DOWN_DEPTH, Statement, StatementError, marker, object};

/// A rule of a web ACL, as [`WebAcl::rule`](super::wafv2::WebAcl::rule) takes it.
///
/// Its requests are sampled and counted in CloudWatch under the rule's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule(Object);

/// What becomes of a request that matches.
///
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-action.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is let through; later rules do not see it.
    Allow,
    /// It is answered with 403.
    Block,
    /// It is answered with this status.
    BlockWith(u16),
    /// It is counted and goes on to the next rule.
    Count,
    /// A person has to solve a puzzle.
    Captcha,
    /// The browser has to prove that it is one.
    Challenge,
}

/// What becomes of the actions of a rule group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupAction {
    /// They are taken.
    AsDefined,
    /// Requests are only counted: a new group is watched like this before it blocks.
    CountOnly,
}

/// A rule group that AWS or a vendor keeps up to date.
///
/// <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups.html>
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedRuleGroup {
    vendor: Value<String>,
    name: Value<String>,
    version: Option<Value<String>>,
    overrides: Vec<(Value<String>, Action)>,
    scope_down: Option<Statement>,
}

impl ManagedRuleGroup {
    /// The group `name` of AWS.
    pub fn aws(name: impl Into<Value<String>>) -> Self {
        Self::new("AWS", name)
    }

    /// The group `name` of `vendor`.
    pub fn new(vendor: impl Into<Value<String>>, name: impl Into<Value<String>>) -> Self {
        Self { vendor: vendor.into(), name: name.into(), version: None, overrides: Vec::new(), scope_down: None }
    }

    /// Stays at a version, where the vendor's default version changes by itself.
    pub fn version(mut self, version: impl Into<Value<String>>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Gives one of the group's rules another action; [`Action::Count`] is as good as leaving the rule out.
    pub fn override_rule(mut self, rule: impl Into<Value<String>>, action: Action) -> Self {
        self.overrides.push((rule.into(), action));
        self
    }

    /// Only looks at requests that match.
    pub fn scope_down(mut self, statement: Statement) -> Self {
        self.scope_down = Some(statement);
        self
    }

    fn block(&self) -> Result<Object, StatementError> {
        let mut body =
            object([("vendor_name", self.vendor.expression().clone()), ("name", self.name.expression().clone())]);
        if let Some(version) = &self.version {
            body.set("version", version.expression().clone());
        }
        for (rule, action) in &self.overrides {
            let entry = object([("name", rule.expression().clone()), ("action_to_use", action.block().into())]);
            body.push("rule_action_override", entry.into());
        }
        set_scope_down(&mut body, self.scope_down.as_ref())?;
        Ok(object([("managed_rule_group_statement", body.into())]))
    }
}

/// A limit on how many requests may come in a time.
///
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html>
#[derive(Debug, Clone, PartialEq)]
pub struct RateLimit {
    requests: Value<Number>,
    window_seconds: Option<Value<Number>>,
    aggregation: Aggregation,
    scope_down: Option<Statement>,
}

/// Which requests are counted together.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregation {
    /// Those from one address.
    Ip,
    /// Those with one address in a header, for requests that come through a proxy.
    ForwardedIp {
        /// The header.
        header: Value<String>,
        /// Whether a request without an address in it counts as one over the limit.
        match_without_address: bool,
    },
    /// All that match the scope-down statement.
    Constant,
}

impl RateLimit {
    /// At most this many requests from one address in the window, which is five minutes unless it is set.
    pub fn new(requests: impl Into<Value<Number>>) -> Self {
        Self { requests: requests.into(), window_seconds: None, aggregation: Aggregation::Ip, scope_down: None }
    }

    /// Sets the window: 60, 120, 300 or 600 seconds.
    pub fn window_seconds(mut self, seconds: impl Into<Value<Number>>) -> Self {
        self.window_seconds = Some(seconds.into());
        self
    }

    /// Sets which requests are counted together.
    pub fn aggregation(mut self, aggregation: Aggregation) -> Self {
        self.aggregation = aggregation;
        self
    }

    /// Only counts requests that match.
    pub fn scope_down(mut self, statement: Statement) -> Self {
        self.scope_down = Some(statement);
        self
    }

    fn block(&self) -> Result<Object, StatementError> {
        let mut body = object([("limit", self.requests.expression().clone())]);
        let key_type = match &self.aggregation {
            Aggregation::Ip => "IP",
            Aggregation::ForwardedIp { header, match_without_address } => {
                let fallback = if *match_without_address { "MATCH" } else { "NO_MATCH" };
                let config =
                    object([("header_name", header.expression().clone()), ("fallback_behavior", fallback.into())]);
                body.set("forwarded_ip_config", config.into());
                "FORWARDED_IP"
            }
            Aggregation::Constant if self.scope_down.is_none() => {
                return Err(StatementError::ConstantWithoutScopeDown);
            }
            Aggregation::Constant => "CONSTANT",
        };
        body.set("aggregate_key_type", key_type.into());
        if let Some(seconds) = &self.window_seconds {
            body.set("evaluation_window_sec", seconds.expression().clone());
        }
        set_scope_down(&mut body, self.scope_down.as_ref())?;
        Ok(object([("rate_based_statement", body.into())]))
    }
}

fn set_scope_down(body: &mut Object, statement: Option<&Statement>) -> Result<(), StatementError> {
    if let Some(statement) = statement {
        body.set("scope_down_statement", statement.to_block(SCOPE_DOWN_DEPTH)?.into());
    }
    Ok(())
}

impl Rule {
    /// Takes an action on the requests that match a statement. Rules with lower priorities come first.
    ///
    /// # Errors
    /// If the statement is nested too deep, or an `and` or `or` in it has fewer than two parts.
    pub fn matching(
        name: impl Into<Value<String>>,
        priority: u32,
        statement: &Statement,
        action: Action,
    ) -> Result<Self, StatementError> {
        let rule = Self::with_statement(name.into(), priority, statement.to_block(RULE_DEPTH)?);
        Ok(rule.with("action", action.block()))
    }

    /// Takes an action on the requests beyond a limit.
    ///
    /// # Errors
    /// If its scope-down statement is missing where it is needed, or is no legal statement.
    pub fn rate_limit(
        name: impl Into<Value<String>>,
        priority: u32,
        limit: &RateLimit,
        action: Action,
    ) -> Result<Self, StatementError> {
        Ok(Self::with_statement(name.into(), priority, limit.block()?).with("action", action.block()))
    }

    /// Applies a managed rule group.
    ///
    /// # Errors
    /// If its scope-down statement is no legal statement.
    pub fn managed(
        name: impl Into<Value<String>>,
        priority: u32,
        group: &ManagedRuleGroup,
        action: GroupAction,
    ) -> Result<Self, StatementError> {
        let override_action = match action {
            GroupAction::AsDefined => "none",
            GroupAction::CountOnly => "count",
        };
        let rule = Self::with_statement(name.into(), priority, group.block()?);
        Ok(rule.with("override_action", marker(override_action)))
    }

    /// Puts a label on the requests that match, for later rules to look at.
    pub fn label(mut self, name: impl Into<Value<String>>) -> Self {
        self.0.push("rule_label", object([("name", name.into().into_expression())]).into());
        self
    }

    fn with_statement(name: Value<String>, priority: u32, statement: Object) -> Self {
        Self(object([
            ("visibility_config", visibility(name.clone())),
            ("name", name.into_expression()),
            ("priority", priority.into()),
            ("statement", statement.into()),
        ]))
    }

    fn with(mut self, name: &'static str, block: Object) -> Self {
        self.0.set(name, block.into());
        self
    }
}

fn visibility(metric_name: Value<String>) -> Expression {
    object([
        ("cloudwatch_metrics_enabled", true.into()),
        ("metric_name", metric_name.into_expression()),
        ("sampled_requests_enabled", true.into()),
    ])
    .into()
}

impl Action {
    fn block(self) -> Object {
        match self {
            Self::Allow => marker("allow"),
            Self::Block => marker("block"),
            Self::BlockWith(status) => {
                let response = object([("response_code", u32::from(status).into())]);
                object([("block", object([("custom_response", response.into())]).into())])
            }
            Self::Count => marker("count"),
            Self::Captcha => marker("captcha"),
            Self::Challenge => marker("challenge"),
        }
    }
}

impl From<Rule> for Object {
    fn from(rule: Rule) -> Self {
        rule.0
    }
}
