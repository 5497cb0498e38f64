//! Address ranges that Terraform compares.

use crate::terraform::functions::{cidrhost, tostring};
use crate::terraform::{Expression, Number, Value, concat, text};

/// Two ranges are disjoint if they still differ when both are cut to the shorter of their prefixes.
pub fn disjoint([left, right]: &[Value<String>; 2]) -> Value<bool> {
    let prefix = |range: &Value<String>| {
        let parts: Value<Vec<Number>> = Value::new(Expression::call("split", ["/".into(), range.clone().into()]));
        Expression::call("tonumber", [parts.element(1).into()])
    };
    let shorter: Value<Number> = Value::new(Expression::call("min", [prefix(left), prefix(right)]));
    let cut = |range: &Value<String>| {
        let range = concat([cidrhost(range, 0), text("/"), tostring(shorter.clone())]);
        cidrhost(range, 0)
    };
    !cut(left).equals(cut(right))
}
