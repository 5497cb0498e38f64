//! Which of several types the others are converted to.

use std::collections::VecDeque;

use super::super::types::Type;

/// Below zero if `a` is the more general type, above if `b` is, zero if neither is.
fn compare(a: &Type, b: &Type) -> i8 {
    match (a, b) {
        (Type::Dynamic, Type::Dynamic) => 0,
        (_, Type::Dynamic) => -1,
        (Type::Dynamic, _) => 1,
        (Type::String, Type::String) => 0,
        (Type::String, Type::Bool | Type::Number) => -1,
        (Type::Bool | Type::Number, Type::String) => 1,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => compare(a, b),
        (Type::List(_), Type::Tuple(_) | Type::Set(_))
        | (Type::Tuple(_), Type::Set(_))
        | (Type::Map(_), Type::Object(_)) => -1,
        (Type::Tuple(_) | Type::Set(_), Type::List(_))
        | (Type::Set(_), Type::Tuple(_))
        | (Type::Object(_), Type::Map(_)) => 1,
        (Type::Object(a), Type::Object(b)) => {
            if a.attributes.len() != b.attributes.len()
                || !a.attributes.keys().all(|name| b.attributes.contains_key(name))
            {
                return 0;
            }
            together(a.attributes.values().zip(b.attributes.values()))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => together(a.iter().zip(b.iter())),
        _ => 0,
    }
}

fn together<'a>(pairs: impl Iterator<Item = (&'a Type, &'a Type)>) -> i8 {
    let (mut a_is_general, mut b_is_general) = (false, false);
    for (a, b) in pairs {
        match compare(a, b) {
            ..0 => a_is_general = true,
            1.. => b_is_general = true,
            0 => {}
        }
    }
    match (a_is_general, b_is_general) {
        (true, false) => -1,
        (false, true) => 1,
        _ => 0,
    }
}

/// The positions of the types, the best to convert to first.
pub(super) fn by_preference(types: &[Type]) -> Vec<usize> {
    let count = types.len();
    let mut edges = vec![Vec::new(); count];
    let mut incoming = vec![0_usize; count];
    for (i, a) in types.iter().enumerate() {
        for (j, b) in types.iter().enumerate().skip(i + 1) {
            match compare(a, b) {
                ..0 => {
                    edges[i].push(j);
                    incoming[j] += 1;
                }
                1.. => {
                    edges[j].push(i);
                    incoming[i] += 1;
                }
                0 => {}
            }
        }
    }
    let mut queue: VecDeque<_> = (0..count).filter(|index| incoming[*index] == 0).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(index) = queue.pop_front() {
        order.push(index);
        for next in &edges[index] {
            incoming[*next] -= 1;
            if incoming[*next] == 0 {
                queue.push_back(*next);
            }
        }
    }
    order
}
