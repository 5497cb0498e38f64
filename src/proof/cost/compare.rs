//! Two bills side by side.

use std::collections::BTreeMap;

use super::bill::Bill;

/// An item that two bills have different amounts of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The service.
    pub service: &'static str,
    /// The item.
    pub item: &'static str,
    /// The region.
    pub region: String,
    /// Cents on the one bill and on the other.
    pub cents: [i64; 2],
}

/// What differs between two bills, in the order of the price list.
pub fn compare(one: &Bill, other: &Bill) -> Vec<Difference> {
    let mut items: BTreeMap<(usize, &str), Difference> = BTreeMap::new();
    for (side, bill) in [one, other].into_iter().enumerate() {
        for line in &bill.lines {
            let entry = items.entry((line.price.position, &line.region)).or_insert_with(|| Difference {
                service: line.price.service,
                item: line.price.item,
                region: line.region.clone(),
                cents: [0, 0],
            });
            entry.cents[side] += line.cents;
        }
    }
    items.into_values().filter(|item| item.cents[0] != item.cents[1]).collect()
}
