//! Where two bodies differ.

use std::collections::BTreeSet;

use crate::terraform::Expression;
use crate::terraform::expression::{Key, Object};

/// The ways to what differs, in order. An argument that is `null` is one that is left out.
pub(super) fn changed_arguments(old: &Object, new: &Object) -> Vec<String> {
    let mut paths = Vec::new();
    objects("", old, new, &mut paths);
    paths.sort();
    paths.dedup();
    paths
}

fn objects(prefix: &str, old: &Object, new: &Object, paths: &mut Vec<String>) {
    if old.entries().chain(new.entries()).any(|(key, _)| matches!(key, Key::Computed(_))) {
        if old != new {
            paths.push(prefix.to_owned());
        }
        return;
    }
    let names: BTreeSet<_> = old.entries().chain(new.entries()).filter_map(|(key, _)| literal(key)).collect();
    for name in names {
        let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        values(&path, old.get(name), new.get(name), paths);
    }
}

fn literal(key: &Key) -> Option<&str> {
    match key {
        Key::Literal(name) => Some(name),
        Key::Computed(_) => None,
    }
}

fn values(path: &str, old: Option<&Expression>, new: Option<&Expression>, paths: &mut Vec<String>) {
    let (old, new) = (present(old), present(new));
    if old == new {
        return;
    }
    if let (Some(old), Some(new)) = (old.and_then(body), new.and_then(body)) {
        return objects(path, old, new, paths);
    }
    match (old, new) {
        (Some(Expression::List(old)), Some(Expression::List(new)))
            if old.len() == new.len() && old.iter().chain(new).all(|item| matches!(item, Expression::Object(_))) =>
        {
            for (position, (old, new)) in old.iter().zip(new).enumerate() {
                values(&format!("{path}[{position}]"), Some(old), Some(new), paths);
            }
        }
        _ => paths.push(path.to_owned()),
    }
}

fn present(value: Option<&Expression>) -> Option<&Expression> {
    value.filter(|value| **value != Expression::Null)
}

/// A nested block may be written as one object or as a list of one.
fn body(value: &Expression) -> Option<&Object> {
    match value {
        Expression::Object(object) => Some(object),
        Expression::List(items) => match items.as_slice() {
            [Expression::Object(object)] => Some(object),
            _ => None,
        },
        _ => None,
    }
}

/// The value at a way that [`changed_arguments`] gives.
pub(super) fn at<'o>(object: &'o Object, path: &str) -> Option<&'o Expression> {
    let (piece, rest) = path.split_once('.').map_or((path, None), |(piece, rest)| (piece, Some(rest)));
    let (name, position) = match piece.split_once('[') {
        Some((name, position)) => (name, position.trim_end_matches(']').parse::<usize>().ok()),
        None => (piece, None),
    };
    let value = match (object.get(name)?, position) {
        (Expression::List(items), Some(position)) => items.get(position)?,
        (value, _) => value,
    };
    match rest {
        Some(rest) => at(body(value)?, rest),
        None => Some(value),
    }
}

/// The way without what is between brackets.
pub(super) fn without_positions(path: &str) -> String {
    let mut depth = 0;
    path.chars()
        .filter(|character| {
            depth += i32::from(*character == '[');
            let outside = depth == 0;
            depth -= i32::from(*character == ']');
            outside
        })
        .collect()
}

/// Whether a way is another one, or leads on from it.
pub(super) fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::parse;

    fn changed(old: &str, new: &str) -> Vec<String> {
        let object = |text: &str| match parse::expression(text).unwrap() {
            Expression::Object(object) => object,
            other => panic!("{other:?}"),
        };
        changed_arguments(&object(old), &object(new))
    }

    #[test]
    fn names_what_differs_and_nothing_else() {
        assert_eq!(changed("{a = 1, b = 2}", "{b = 2, a = 1}"), [""; 0]);
        assert_eq!(changed("{a = 1, c = null}", "{a = 2, b = 1}"), ["a", "b"]);
        assert_eq!(changed("{r = [{x = 1, y = 1}, {x = 1}]}", "{r = [{x = 1, y = 2}, {x = 1}]}"), ["r[0].y"]);
        assert_eq!(changed("{r = [{x = 1}]}", "{r = [{x = 1}, {x = 2}]}"), ["r"]);
        assert_eq!(changed("{r = {x = 1}}", "{r = [{x = 1}]}"), [""; 0]);
        assert_eq!(changed("{t = {(var.a) = 1}}", "{t = {(var.a) = 2}}"), ["t"]);
    }

    #[test]
    fn ways_are_compared_by_their_names() {
        assert_eq!(without_positions("rule[0].tags[\"a.b\"].x"), "rule.tags.x");
        assert!(is_at_or_below("a.b", "a") && is_at_or_below("a", "a"));
        assert!(!is_at_or_below("ab", "a") && !is_at_or_below("a", "a.b"));
    }
}
