//! What a function may do beside what the stack lets it do: policies of their own, only where something is asked for.

use super::region_scope::RegionScope;
use crate::aws::iam;
use crate::aws::iam_policy::LANGUAGE_VERSION;
use crate::terraform::expression::For;
use crate::terraform::functions::{bound, each_of, each_of_those, jsonencode, length, merge};
use crate::terraform::{Any, Expression, Handle, Map, Number, Object, Resource, Value};

/// What a statement is called while it is read.
const STATEMENT: &str = "statement";

/// Adds the statements to the role of the payment function.
pub(super) fn further_permissions(region: &mut RegionScope<'_>, role: &Handle<iam::Role>, asked: &Value<Any>) {
    add(region, "payments_further", role, each_of(STATEMENT, asked.clone(), allowed()));
}

/// Adds the statements to the role of the tasks.
pub(super) fn further_permissions_of_tasks(region: &mut RegionScope<'_>, role: &Handle<iam::Role>, asked: &Value<Any>) {
    add(region, "tasks_further", role, each_of(STATEMENT, asked.clone(), allowed()));
}

/// Adds those of them to the role of the health function that it is to have, too.
pub(super) fn further_permissions_of_health(
    region: &mut RegionScope<'_>,
    role: &Handle<iam::Role>,
    asked: &Value<Any>,
) {
    let is_for_health = bound::<Any>(STATEMENT).field::<bool>("health");
    add(region, "health_further", role, each_of_those(STATEMENT, asked.clone(), allowed(), is_for_health));
}

fn add(region: &mut RegionScope<'_>, name: &'static str, role: &Handle<iam::Role>, statements: Value<Vec<Any>>) {
    let is_asked = length(statements.clone()).more_than(0);
    let policy: Object =
        [("Version", LANGUAGE_VERSION.into()), ("Statement", statements.into_expression())].into_iter().collect();
    region.add(
        iam::RolePolicy::new(name, jsonencode(Expression::Object(policy)), role.id())
            .name("further-permissions")
            .count(Value::<Number>::from(1).when(is_asked, 0)),
    );
}

/// A statement as IAM writes it.
fn allowed() -> Expression {
    let of = |field: &'static str| bound::<Any>(STATEMENT).field::<Any>(field).into_expression();
    let always: Object =
        [("Effect", "Allow".into()), ("Action", of("actions")), ("Resource", of("resources"))].into_iter().collect();
    merge([Value::<Map<Any>>::new(Expression::Object(always)), conditions()]).into_expression()
}

/// The conditions, if there are any: IAM's grammar has no empty ones.
fn conditions() -> Value<Map<Any>> {
    let conditions = bound::<Any>(STATEMENT).field::<Any>("conditions");
    let element: Object = [("Condition", conditions.into_expression())].into_iter().collect();
    Value::new(Expression::For(Box::new(For {
        key: Some("element".to_owned()),
        value: "conditions".to_owned(),
        collection: Expression::Object(element),
        result_key: Some(Expression::named("element", &[])),
        result: bound::<Any>("conditions").into_expression(),
        grouping: false,
        condition: Some(length(bound::<Any>("conditions")).more_than(0).into()),
    })))
}
