//! What the difference of two documents lets one expect of a plan that leads from the one to the other.

use std::collections::BTreeSet;

use serde_json::Value;

/// Addresses of managed resources by what becomes of them from one document to another.
pub struct Difference<'a> {
    before: &'a Value,
    after: &'a Value,
    new: BTreeSet<String>,
    gone: BTreeSet<String>,
    changed: BTreeSet<String>,
}

impl<'a> Difference<'a> {
    /// Compares the resource blocks of two documents.
    pub fn of(before: &'a Value, after: &'a Value) -> Self {
        let (old, new) = (addresses(before), addresses(after));
        let changed = old.intersection(&new).filter(|it| body(before, it) != body(after, it)).cloned().collect();
        Self {
            before,
            after,
            changed,
            new: new.difference(&old).cloned().collect(),
            gone: old.difference(&new).cloned().collect(),
        }
    }

    /// Whether the documents have the same resource blocks.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty() && self.changed.is_empty()
    }

    /// The planned changes, such as `update aws_vpc.this[0]`, that do not follow from the documents. A replacement never
    /// does.
    pub fn unexplained(&self, planned: &[String]) -> Vec<String> {
        planned.iter().filter(|change| !self.explains(change)).cloned().collect()
    }

    /// The changes that follow from the documents alone and are not planned. What has `count` or `for_each` may have no
    /// instance, and is left out.
    pub fn missing(&self, planned: &[String]) -> Vec<String> {
        let due = single(&self.new, self.after).map(|address| format!("create {address}"));
        let due = due.chain(single(&self.gone, self.before).map(|address| format!("delete {address}")));
        due.filter(|change| !planned.contains(change)).collect()
    }

    fn explains(&self, change: &str) -> bool {
        let (action, instance) = change.split_once(' ').unwrap_or((change, ""));
        let address = instance.split('[').next().unwrap_or(instance);
        match action {
            "create" => self.new.contains(address),
            "delete" => self.gone.contains(address),
            "update" => self.changed.contains(address),
            "read" => true,
            _ => false,
        }
    }
}

/// Whether a block is there and always has one instance: neither `count` nor `for_each`.
pub fn has_one_instance(document: &Value, address: &str) -> bool {
    body(document, address).is_some_and(|body| body["count"].is_null() && body["for_each"].is_null())
}

fn single<'a>(addresses: &'a BTreeSet<String>, document: &'a Value) -> impl Iterator<Item = &'a String> {
    addresses.iter().filter(|address| has_one_instance(document, address))
}

fn body<'a>(document: &'a Value, address: &str) -> Option<&'a Value> {
    let (kind, name) = address.split_once('.')?;
    document["resource"][kind].get(name)
}

fn addresses(document: &Value) -> BTreeSet<String> {
    let kinds = document["resource"].as_object().into_iter().flatten();
    kinds
        .flat_map(|(kind, blocks)| {
            blocks.as_object().into_iter().flatten().map(move |(name, _)| format!("{kind}.{name}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Difference;

    fn documents() -> (Value, Value) {
        let before = json!({"resource": {"aws_vpc": {"kept": {"a": 1}, "changed": {"a": 1}, "gone": {}}}});
        let after =
            json!({"resource": {"aws_vpc": {"kept": {"a": 1}, "changed": {"a": 2}, "new": {}, "some": {"count": 2}}}});
        (before, after)
    }

    fn planned(changes: &[&str]) -> Vec<String> {
        changes.iter().map(|change| (*change).to_owned()).collect()
    }

    #[test]
    fn what_the_documents_say_is_explained() {
        let (before, after) = documents();
        let difference = Difference::of(&before, &after);
        let changes =
            planned(&["create aws_vpc.new", "create aws_vpc.some[1]", "update aws_vpc.changed", "delete aws_vpc.gone"]);
        assert!(difference.unexplained(&changes).is_empty());
        assert!(difference.missing(&changes).is_empty());
    }

    #[test]
    fn replacements_and_changes_of_others_are_not() {
        let (before, after) = documents();
        let changes = planned(&["update aws_vpc.kept", "replace aws_vpc.changed", "delete aws_vpc.kept"]);
        assert_eq!(Difference::of(&before, &after).unexplained(&changes), changes);
    }

    #[test]
    fn what_is_due_and_not_planned_is_missing() {
        let (before, after) = documents();
        let missing = Difference::of(&before, &after).missing(&planned(&["create aws_vpc.new"]));
        assert_eq!(missing, ["delete aws_vpc.gone"]);
    }

    #[test]
    fn equal_documents_have_no_difference() {
        let (before, after) = documents();
        assert!(Difference::of(&before, &before).is_empty());
        assert!(!Difference::of(&before, &after).is_empty());
    }
}
