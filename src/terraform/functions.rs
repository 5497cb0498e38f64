//! Terraform's functions that typed code calls, and the names the language binds.

use super::expression::{Expression, For, Number};
use super::value::{Any, Map, Value};

fn call<T>(name: &'static str, arguments: impl IntoIterator<Item = Expression>) -> Value<T> {
    Value::new(Expression::call(name, arguments))
}

/// `jsonencode(value)`: JSON text of a value that may contain references.
pub fn jsonencode(value: impl Into<Expression>) -> Value<String> {
    call("jsonencode", [value.into()])
}

/// `join(separator, list)`
pub fn join(separator: impl Into<Value<String>>, list: impl Into<Value<Vec<String>>>) -> Value<String> {
    call("join", [separator.into().into(), list.into().into()])
}

/// `replace(value, search, replacement)`
pub fn replace(
    value: impl Into<Value<String>>,
    search: impl Into<Value<String>>,
    replacement: impl Into<Value<String>>,
) -> Value<String> {
    call("replace", [value.into().into(), search.into().into(), replacement.into().into()])
}

/// `substr(value, offset, length)`
pub fn substr(value: impl Into<Value<String>>, offset: i64, length: i64) -> Value<String> {
    call("substr", [value.into().into(), offset.into(), length.into()])
}

/// `cidrsubnet(prefix, new_bits, number)`: one of the equal parts of an address range.
pub fn cidrsubnet(prefix: impl Into<Value<String>>, new_bits: u32, number: u32) -> Value<String> {
    call("cidrsubnet", [prefix.into().into(), new_bits.into(), number.into()])
}

/// `cidrhost(prefix, number)`
pub fn cidrhost(prefix: impl Into<Value<String>>, number: u32) -> Value<String> {
    call("cidrhost", [prefix.into().into(), number.into()])
}

/// `toset(list)`
pub fn toset<T>(list: impl Into<Value<Vec<T>>>) -> Value<Vec<T>> {
    call("toset", [list.into().into()])
}

/// `tolist(collection)`
pub fn tolist<T>(collection: impl Into<Value<Vec<T>>>) -> Value<Vec<T>> {
    call("tolist", [collection.into().into()])
}

/// `tostring(value)`
pub fn tostring<T>(value: impl Into<Value<T>>) -> Value<String> {
    call("tostring", [value.into().into()])
}

/// `length(collection)`
pub fn length<T>(collection: impl Into<Value<T>>) -> Value<Number> {
    call("length", [collection.into().into()])
}

/// `contains(list, value)`
pub fn contains<T>(list: impl Into<Value<Vec<T>>>, value: impl Into<Value<T>>) -> Value<bool> {
    call("contains", [list.into().into(), value.into().into()])
}

/// `can(expression)`: whether it evaluates without an error.
pub fn can(expression: impl Into<Expression>) -> Value<bool> {
    call("can", [expression.into()])
}

/// `try(value, otherwise)`: the value, or the other where it cannot be had.
pub fn or_else<T>(value: impl Into<Value<T>>, otherwise: impl Into<Value<T>>) -> Value<T> {
    call("try", [value.into().into(), otherwise.into().into()])
}

/// `flatten(lists)`
pub fn flatten<T>(lists: impl Into<Value<Vec<Vec<T>>>>) -> Value<Vec<T>> {
    call("flatten", [lists.into().into()])
}

/// `regex(pattern, value)`
pub fn regex(pattern: impl Into<Value<String>>, value: impl Into<Value<String>>) -> Value<Any> {
    call("regex", [pattern.into().into(), value.into().into()])
}

/// `alltrue(list)`
pub fn alltrue(list: impl Into<Value<Vec<bool>>>) -> Value<bool> {
    call("alltrue", [list.into().into()])
}

/// `keys(map)`
pub fn keys<T>(map: impl Into<Value<Map<T>>>) -> Value<Vec<String>> {
    call("keys", [map.into().into()])
}

/// `merge(maps...)`
pub fn merge<T>(maps: impl IntoIterator<Item = Value<Map<T>>>) -> Value<Map<T>> {
    call("merge", maps.into_iter().map(Expression::from))
}

/// `one(list)`: the only element, or null where there is none.
pub fn one<T>(list: impl Into<Value<Vec<T>>>) -> Value<T> {
    call("one", [list.into().into()])
}

/// `coalesce(values...)`: the first that is neither null nor empty.
pub fn coalesce<T>(values: impl IntoIterator<Item = Value<T>>) -> Value<T> {
    call("coalesce", values.into_iter().map(Expression::from))
}

/// `setsubtract(all, some)`: what is in the first set only.
pub fn setsubtract<T>(all: impl Into<Value<Vec<T>>>, some: impl Into<Value<Vec<T>>>) -> Value<Vec<T>> {
    call("setsubtract", [all.into().into(), some.into().into()])
}

/// `distinct(list)`
pub fn distinct<T>(list: impl Into<Value<Vec<T>>>) -> Value<Vec<T>> {
    call("distinct", [list.into().into()])
}

/// `split(separator, text)`
pub fn split(separator: &'static str, text: impl Into<Value<String>>) -> Value<Vec<String>> {
    call("split", [separator.into(), text.into().into()])
}

/// `element(list, index)`
pub fn element<T>(list: impl Into<Value<Vec<T>>>, index: u32) -> Value<T> {
    call("element", [list.into().into(), i64::from(index).into()])
}

/// `startswith(text, prefix)`
pub fn startswith(text: impl Into<Value<String>>, prefix: impl Into<Value<String>>) -> Value<bool> {
    call("startswith", [text.into().into(), prefix.into().into()])
}

/// `[for name in collection : result]`; the result may use [`bound`]`(name)`.
pub fn each_of<T>(
    name: &'static str,
    collection: impl Into<Expression>,
    result: impl Into<Expression>,
) -> Value<Vec<T>> {
    Value::new(Expression::For(Box::new(for_list(name, collection.into(), result.into(), None))))
}

/// `[for name in collection : result if condition]`
pub fn each_of_those<T>(
    name: &'static str,
    collection: impl Into<Expression>,
    result: impl Into<Expression>,
    condition: Value<bool>,
) -> Value<Vec<T>> {
    Value::new(Expression::For(Box::new(for_list(name, collection.into(), result.into(), Some(condition.into())))))
}

fn for_list(name: &'static str, collection: Expression, result: Expression, condition: Option<Expression>) -> For {
    let value = name.to_owned();
    For { key: None, value, collection, result_key: None, result, grouping: false, condition }
}

/// What a `for` binds to its name.
pub fn bound<T>(name: &'static str) -> Value<T> {
    Value::new(Expression::named(name, &[]))
}

/// `count.index` of a block with `count`.
pub fn count_index() -> Expression {
    Expression::named("count", &["index"])
}

/// `each.key` of a block with `for_each`.
pub fn each_key() -> Value<String> {
    Value::new(Expression::named("each", &["key"]))
}

/// `each.value` of a block with `for_each`.
pub fn each_value<T>() -> Value<T> {
    Value::new(Expression::named("each", &["value"]))
}
