//! The price list: one table with regions, units, dates and sources.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("prices.tsv");

/// Where a price is known from.
#[derive(Debug, PartialEq, Eq)]
pub struct PriceSource {
    /// The word for it in the table.
    pub id: &'static str,
    /// Whether it is AWS's list price; otherwise readers of AWS's pages report it.
    pub is_list: bool,
    /// Of which day.
    pub date: &'static str,
    /// Where it stands.
    pub place: &'static str,
}

/// What something costs.
#[derive(Debug)]
pub struct Price {
    /// Its name in the table.
    pub id: &'static str,
    /// The service on AWS's bill.
    pub service: &'static str,
    /// What is charged.
    pub item: &'static str,
    /// USD for `per` units.
    pub usd: f64,
    /// USD, as it stands in the table.
    pub written: &'static str,
    /// For how many units.
    pub per: f64,
    /// The unit.
    pub unit: &'static str,
    /// In which regions.
    regions: Vec<&'static str>,
    /// Where it is known from.
    pub source: &'static PriceSource,
    /// Its line in the table, which is the order of a bill.
    pub(super) position: usize,
}

struct List {
    sources: Vec<PriceSource>,
    rows: Vec<[&'static str; 8]>,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    let mut list = List { sources: Vec::new(), rows: Vec::new() };
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["source", id, kind, date, place] => {
                list.sources.push(PriceSource { id, is_list: kind == "list", date, place });
            }
            ["price", id, service, item, usd, per, unit, regions, source] => {
                list.rows.push([id, service, item, usd, per, unit, regions, source]);
            }
            // A test holds every line to one of the two forms.
            _ => {}
        }
    }
    list
});

static PRICES: LazyLock<HashMap<&'static str, Price>> = LazyLock::new(|| {
    let price = |(position, row): (usize, &[&'static str; 8])| {
        let [id, service, item, usd, per, unit, regions, source] = row;
        let source = LIST.sources.iter().find(|known| known.id == *source)?;
        let (written, regions) = (*usd, regions.split(',').collect());
        let (usd, per) = (usd.parse().ok()?, per.parse().ok()?);
        Some((*id, Price { id, service, item, usd, written, per, unit, regions, source, position }))
    };
    LIST.rows.iter().enumerate().filter_map(price).collect()
});

/// A price by its name, whatever the region.
pub(super) fn named(id: &str) -> Option<&'static Price> {
    PRICES.get(id)
}

/// All sources, in the order of the table.
pub(super) fn sources() -> &'static [PriceSource] {
    &LIST.sources
}

impl Price {
    /// Whether it holds in a region.
    pub(super) fn holds_in(&self, region: &str) -> bool {
        self.is_global() || self.regions.contains(&region)
    }

    /// Whether its service has no regions.
    pub(super) fn is_global(&self) -> bool {
        self.regions == ["*"]
    }

    /// What that many units cost, in USD.
    pub fn of(&self, quantity: f64) -> f64 {
        quantity / self.per * self.usd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_price_with_its_source() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(LIST.sources.len() + PRICES.len(), lines, "a line is of neither form, or a name stands there twice");
        assert!(PRICES.values().all(|price| price.usd > 0.0 && price.per >= 1.0));
        assert!(LIST.sources.iter().all(|source| source.date.len() == 10 && !source.place.is_empty()));
    }

    #[test]
    fn a_price_holds_in_its_regions() {
        let storage = named("aurora.storage").unwrap();
        assert!(storage.holds_in("us-east-2") && !storage.holds_in("eu-west-1"));
        assert!(named("route53.zones").unwrap().holds_in("eu-west-1"));
        assert!((storage.of(100.0) - 10.0).abs() < 1e-9);
    }
}
