//! Pairs that exclude each other, as few groups of which only one may be there.

use std::collections::BTreeSet;

/// Two different names, the smaller first.
pub(super) type Pair = (String, String);

/// All pairs of different names out of a group.
pub(super) fn pairs(names: &[String]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (position, first) in names.iter().enumerate() {
        for second in names.iter().skip(position + 1).filter(|second| *second != first) {
            pairs.push(pair(first, second));
        }
    }
    pairs
}

fn pair(first: &str, second: &str) -> Pair {
    let (smaller, greater) = if first < second { (first, second) } else { (second, first) };
    (smaller.to_owned(), greater.to_owned())
}

/// Groups that together have exactly these pairs: each grows from the first pair that no group has yet.
pub(super) fn cover(edges: &BTreeSet<Pair>) -> Vec<Vec<String>> {
    let names: BTreeSet<&String> = edges.iter().flat_map(|(first, second)| [first, second]).collect();
    let mut left = edges.clone();
    let mut groups = Vec::new();
    while let Some((first, second)) = left.pop_first() {
        let mut group = vec![first, second];
        for name in &names {
            let excludes = |member: &String| member != *name && edges.contains(&pair(member, name));
            if group.iter().all(excludes) {
                group.push((*name).clone());
            }
        }
        group.sort();
        for pair in pairs(&group) {
            left.remove(&pair);
        }
        groups.push(group);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(&str, &str)]) -> BTreeSet<Pair> {
        pairs.iter().map(|(first, second)| pair(first, second)).collect()
    }

    #[test]
    fn three_that_all_exclude_each_other_are_one_group() {
        assert_eq!(cover(&edges(&[("a", "b"), ("c", "b"), ("a", "c")])), [["a", "b", "c"]]);
    }

    #[test]
    fn a_pair_is_never_added() {
        // b excludes a and c, which may stand together.
        assert_eq!(cover(&edges(&[("a", "b"), ("b", "c")])), [["a", "b"], ["b", "c"]]);
    }
}
