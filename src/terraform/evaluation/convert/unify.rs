//! One type for several, as conditionals and collections need it.

use super::super::types::Type;
use super::compare::by_preference;
use super::convertible;

/// What several types become.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Unified {
    pub(in super::super) of_type: Type,
    /// The values themselves become unknown: it depends on a type that is not known yet which type all get.
    pub(in super::super) is_deferred: bool,
}

impl Unified {
    fn known(of_type: Type) -> Self {
        Self { of_type, is_deferred: false }
    }
}

/// How many of the types are of each kind.
#[derive(Default)]
struct Kinds {
    map: usize,
    list: usize,
    set: usize,
    object: usize,
    tuple: usize,
    dynamic: usize,
}

impl Kinds {
    fn of(types: &[Type]) -> Self {
        let mut kinds = Self::default();
        for of_type in types {
            match of_type {
                Type::Map(_) => kinds.map += 1,
                Type::List(_) => kinds.list += 1,
                Type::Set(_) => kinds.set += 1,
                Type::Object(_) => kinds.object += 1,
                Type::Tuple(_) => kinds.tuple += 1,
                Type::Dynamic => kinds.dynamic += 1,
                Type::Bool | Type::Number | Type::String => {}
            }
        }
        kinds
    }
}

/// The type that all of these can be converted to, if there is one; none for no types.
pub(in super::super) fn unify(types: &[Type]) -> Option<Unified> {
    let first = types.first()?;
    if *first != Type::Dynamic && types.iter().all(|of_type| of_type == first) {
        return Some(Unified::known(first.clone()));
    }
    let kinds = Kinds::of(types);
    let count = types.len();
    if kinds.map > 0 && kinds.map + kinds.dynamic == count {
        return collections(types, &kinds, Type::map);
    }
    if kinds.map > 0 && kinds.map + kinds.object + kinds.dynamic == count {
        if let Some(unified) = objects_as_maps(types) {
            return Some(unified);
        }
    } else if kinds.list > 0 && kinds.list + kinds.dynamic == count {
        return collections(types, &kinds, Type::list);
    } else if kinds.list > 0 && kinds.list + kinds.tuple + kinds.dynamic == count {
        if let Some(unified) = tuples_as_lists(types) {
            return Some(unified);
        }
    } else if kinds.set > 0 && kinds.set + kinds.dynamic == count {
        return collections(types, &kinds, Type::set);
    } else if kinds.object > 0 && kinds.object + kinds.dynamic == count {
        return objects(types, &kinds);
    } else if kinds.tuple > 0 && kinds.tuple + kinds.dynamic == count {
        return tuples(types, &kinds);
    } else if kinds.object > 0 && kinds.tuple > 0 {
        return None;
    }
    let distinct = distinct(types);
    let best = by_preference(&distinct).into_iter().find(|index| {
        let wanted = &distinct[*index];
        distinct.iter().all(|given| given == wanted || convertible(given, wanted))
    })?;
    Some(Unified::known(distinct[best].clone()))
}

/// Each type once, in the order of their first appearance: the choice among many equal ones is the same.
fn distinct(types: &[Type]) -> Vec<Type> {
    let mut distinct: Vec<Type> = Vec::new();
    for of_type in types {
        if !distinct.contains(of_type) {
            distinct.push(of_type.clone());
        }
    }
    distinct
}

fn deferred() -> Unified {
    Unified { of_type: Type::Dynamic, is_deferred: true }
}

fn collections(types: &[Type], kinds: &Kinds, collection: fn(Type) -> Type) -> Option<Unified> {
    if kinds.dynamic > 0 {
        return Some(deferred());
    }
    let elements: Vec<_> = types.iter().filter_map(Type::element).cloned().collect();
    reached(types, collection(unify(&elements)?.of_type))
}

/// The type, if all others can be converted to it.
fn reached(types: &[Type], to: Type) -> Option<Unified> {
    let is_reached = types.iter().all(|from| *from == to || convertible(from, &to));
    is_reached.then(|| Unified::known(to))
}

fn objects_as_maps(types: &[Type]) -> Option<Unified> {
    let objects: Vec<_> = types.iter().filter(|of_type| matches!(of_type, Type::Object(_))).cloned().collect();
    let map = objects_to_map(&objects)?.of_type;
    let replaced: Vec<_> =
        types.iter().map(|it| if matches!(it, Type::Object(_)) { map.clone() } else { it.clone() }).collect();
    unify(&replaced).filter(|unified| matches!(unified.of_type, Type::Map(_)))
}

fn tuples_as_lists(types: &[Type]) -> Option<Unified> {
    let tuples: Vec<_> = types.iter().filter(|of_type| matches!(of_type, Type::Tuple(_))).cloned().collect();
    let list = tuples_to_list(&tuples)?.of_type;
    let replaced: Vec<_> =
        types.iter().map(|it| if matches!(it, Type::Tuple(_)) { list.clone() } else { it.clone() }).collect();
    unify(&replaced).filter(|unified| matches!(unified.of_type, Type::List(_)))
}

fn objects(types: &[Type], kinds: &Kinds) -> Option<Unified> {
    if kinds.dynamic > 0 {
        return Some(deferred());
    }
    let objects: Vec<_> =
        types.iter().filter_map(|it| if let Type::Object(it) = it { Some(it) } else { None }).collect();
    let first = objects.first()?;
    if !objects.iter().all(|object| object.attributes.keys().eq(first.attributes.keys())) {
        return objects_to_map(types);
    }
    let mut attributes = Vec::with_capacity(first.attributes.len());
    for name in first.attributes.keys() {
        let across: Vec<_> = objects.iter().filter_map(|object| object.attributes.get(name)).cloned().collect();
        attributes.push((name.clone(), unify(&across)?.of_type));
    }
    reached(types, Type::object(attributes)).or_else(|| objects_to_map(types))
}

fn objects_to_map(types: &[Type]) -> Option<Unified> {
    let attributes = types.iter().filter_map(|it| if let Type::Object(it) = it { Some(it) } else { None });
    let attributes: Vec<_> = attributes.flat_map(|object| object.attributes.values()).cloned().collect();
    reached(types, Type::map(unify(&attributes)?.of_type))
}

fn tuples(types: &[Type], kinds: &Kinds) -> Option<Unified> {
    if kinds.dynamic > 0 {
        return Some(deferred());
    }
    let tuples: Vec<_> = types.iter().filter_map(|it| if let Type::Tuple(it) = it { Some(it) } else { None }).collect();
    let length = tuples.first()?.len();
    if !tuples.iter().all(|tuple| tuple.len() == length) {
        return tuples_to_list(types);
    }
    let mut elements = Vec::with_capacity(length);
    for index in 0..length {
        let across: Vec<_> = tuples.iter().filter_map(|tuple| tuple.get(index)).cloned().collect();
        elements.push(unify(&across)?.of_type);
    }
    reached(types, Type::tuple(elements)).or_else(|| tuples_to_list(types))
}

fn tuples_to_list(types: &[Type]) -> Option<Unified> {
    let elements = types.iter().filter_map(|it| if let Type::Tuple(it) = it { Some(it) } else { None });
    let elements: Vec<_> = elements.flat_map(|tuple| tuple.iter()).cloned().collect();
    reached(types, Type::list(unify(&elements)?.of_type))
}
