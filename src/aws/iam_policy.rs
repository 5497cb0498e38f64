//! IAM policy documents as Rust types: every statement is named, every element has its own type.

use std::borrow::Cow;

use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Object, Value};

/// The version of the policy language, fixed by IAM.
pub(crate) const LANGUAGE_VERSION: &str = "2012-10-17";

/// A policy document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PolicyDocument {
    statements: Vec<Statement>,
}

/// A statement of a [`PolicyDocument`].
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    sid: Cow<'static, str>,
    effect: Effect,
    actions: Vec<Cow<'static, str>>,
    resources: Vec<Value<String>>,
    /// As many more as there turn out to be.
    further_resources: Option<Value<Vec<String>>>,
    principals: Vec<Principal>,
    conditions: Vec<Condition>,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

/// Who a statement of a resource policy is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Principal {
    /// An AWS service, such as `lambda.amazonaws.com`.
    Service(Value<String>),
    /// An account, user or role, by ARN.
    Aws(Value<String>),
    /// Everyone; to be narrowed by a condition.
    Anyone,
}

#[derive(Debug, Clone, PartialEq)]
struct Condition {
    operator: &'static str,
    key: Cow<'static, str>,
    values: Vec<Value<String>>,
}

impl PolicyDocument {
    /// A document of these statements.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { statements: statements.into_iter().collect() }
    }

    /// Lets an AWS service take on a role, but only on behalf of `account` (the confused-deputy guard that the IAM
    /// user guide asks for).
    pub fn assumed_by(service: &'static str, account: &Value<String>) -> Self {
        Self::new([Statement::allow("AssumeRole")
            .action("sts:AssumeRole")
            .principal(Principal::service(service))
            .when("StringEquals", "aws:SourceAccount", account)])
    }

    /// Lets an AWS service that does not tell whom it acts for take on a role: Lambda sends no source account, and of AWS
    /// Backup nobody knows it; its own default role has no condition.
    pub fn assumed_by_service(service: &'static str) -> Self {
        Self::new([Statement::allow("AssumeRole").action("sts:AssumeRole").principal(Principal::service(service))])
    }

    /// Adds a statement.
    pub fn statement(mut self, statement: Statement) -> Self {
        self.statements.push(statement);
        self
    }

    /// The document as JSON text.
    pub fn to_json(&self) -> Value<String> {
        let statements = self.statements.iter().map(|statement| Expression::Object(statement.to_object())).collect();
        let document: Object =
            [("Version", Expression::from(LANGUAGE_VERSION)), ("Statement", Expression::List(statements))]
                .into_iter()
                .collect();
        jsonencode(document)
    }
}

impl From<PolicyDocument> for Value<String> {
    fn from(document: PolicyDocument) -> Self {
        document.to_json()
    }
}

impl Principal {
    /// An AWS service by its literal name.
    pub fn service(name: &'static str) -> Self {
        Self::Service(name.into())
    }
}

impl Statement {
    /// A statement that allows.
    pub fn allow(sid: impl Into<Cow<'static, str>>) -> Self {
        Self::new(sid.into(), Effect::Allow)
    }

    /// A statement that denies, whatever else allows.
    pub fn deny(sid: impl Into<Cow<'static, str>>) -> Self {
        Self::new(sid.into(), Effect::Deny)
    }

    fn new(sid: Cow<'static, str>, effect: Effect) -> Self {
        Self {
            sid,
            effect,
            actions: Vec::new(),
            resources: Vec::new(),
            further_resources: None,
            principals: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// Adds an action.
    pub fn action(mut self, action: impl Into<Cow<'static, str>>) -> Self {
        self.actions.push(action.into());
        self
    }

    /// Adds actions.
    pub fn actions<const N: usize>(mut self, actions: [&'static str; N]) -> Self {
        self.actions.extend(actions.map(Cow::Borrowed));
        self
    }

    /// Adds the ARN of something the statement is about.
    pub fn resource(mut self, arn: impl Into<Value<String>>) -> Self {
        self.resources.push(arn.into());
        self
    }

    /// Adds ARNs that it is about, of a list that may only be known when Terraform runs.
    pub fn resources(mut self, arns: Value<Vec<String>>) -> Self {
        match arns.into_expression() {
            Expression::List(arns) => self.resources.extend(arns.into_iter().map(Value::new)),
            other => self.further_resources = Some(Value::new(other)),
        }
        self
    }

    /// Adds who the statement is about.
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principals.push(principal);
        self
    }

    /// Adds a condition with one value.
    pub fn when(
        self,
        operator: &'static str,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Value<String>>,
    ) -> Self {
        self.when_any(operator, key, [value.into()])
    }

    /// Adds a condition that any of the values meets.
    pub fn when_any(
        mut self,
        operator: &'static str,
        key: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = Value<String>>,
    ) -> Self {
        self.conditions.push(Condition { operator, key: key.into(), values: values.into_iter().collect() });
        self
    }

    fn all_resources(&self) -> Option<Expression> {
        let named = || self.resources.iter().map(|arn| arn.clone().into());
        match &self.further_resources {
            None if self.resources.is_empty() => None,
            None => Some(one_or_many(named())),
            Some(further) if self.resources.is_empty() => Some(further.clone().into()),
            Some(further) => {
                Some(Expression::call("concat", [Expression::List(named().collect()), further.clone().into()]))
            }
        }
    }

    fn to_object(&self) -> Object {
        let effect = if self.effect == Effect::Allow { "Allow" } else { "Deny" };
        let mut object = Object::with_room(6);
        object.set("Sid", self.sid.clone().into());
        object.set("Effect", effect.into());
        object.set("Action", one_or_many(self.actions.iter().map(|action| action.clone().into())));
        if let Some(resources) = self.all_resources() {
            object.set("Resource", resources);
        }
        if !self.principals.is_empty() {
            object.set("Principal", principals(&self.principals));
        }
        if !self.conditions.is_empty() {
            object.set("Condition", Expression::Object(conditions(&self.conditions)));
        }
        object
    }
}

/// IAM itself reads policies back with single values unwrapped; writing them so keeps the next plan empty.
fn one_or_many(values: impl Iterator<Item = Expression>) -> Expression {
    let mut values: Vec<_> = values.collect();
    match values.as_mut_slice() {
        [only] => std::mem::replace(only, Expression::Null),
        _ => Expression::List(values),
    }
}

fn principals(principals: &[Principal]) -> Expression {
    if principals.contains(&Principal::Anyone) {
        return "*".into();
    }
    let of_kind = |pick: fn(&Principal) -> Option<&Value<String>>| {
        principals.iter().filter_map(pick).map(|value| value.clone().into()).collect::<Vec<Expression>>()
    };
    let services = of_kind(|principal| match principal {
        Principal::Service(name) => Some(name),
        _ => None,
    });
    let identities = of_kind(|principal| match principal {
        Principal::Aws(arn) => Some(arn),
        _ => None,
    });
    let kinds = [("Service", services), ("AWS", identities)];
    let object: Object = kinds
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(kind, values)| (kind, one_or_many(values.into_iter())))
        .collect();
    Expression::Object(object)
}

fn conditions(conditions: &[Condition]) -> Object {
    let mut by_operator = Object::new();
    for condition in conditions {
        let mut tests = match by_operator.get(condition.operator) {
            Some(Expression::Object(existing)) => existing.clone(),
            _ => Object::new(),
        };
        let values = condition.values.iter().map(|value| value.clone().into());
        tests.set(condition.key.clone(), one_or_many(values));
        by_operator.set(condition.operator, Expression::Object(tests));
    }
    by_operator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_variable_stays_literal_and_single_values_are_unwrapped() {
        let document = PolicyDocument::new([Statement::allow("OwnFolder")
            .action("s3:GetObject")
            .resource("arn:aws:s3:::bucket/${aws:username}/*")
            .when("Bool", "aws:SecureTransport", "true")]);
        assert_eq!(
            document.to_json().expression().to_string(),
            r#"jsonencode({"Statement" = [{"Action" = "s3:GetObject", "Condition" = {"Bool" = {"aws:SecureTransport" = "true"}}, "Effect" = "Allow", "Resource" = "arn:aws:s3:::bucket/$${aws:username}/*", "Sid" = "OwnFolder"}], "Version" = "2012-10-17"})"#
        );
    }

    #[test]
    fn conditions_of_one_operator_share_one_object() {
        let statement = Statement::allow("Both")
            .action("kms:Decrypt")
            .when("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com")
            .when("StringEquals", "aws:SourceAccount", "123456789012");
        let Some(Expression::Object(conditions)) = statement.to_object().get("Condition").cloned() else {
            panic!("no conditions")
        };
        assert_eq!(conditions.entries().count(), 1);
    }
}
