//! What the README says in numbers: costs add up, and what can be counted is counted.

use std::path::Path;

use dr_synth::settings::{Features, Settings};
use dr_synth::stack;
use serde_json::Value;

/// The most that the stack is meant to cost a month, in cents.
const MOST_CENTS: i64 = 150_000;

/// A line of the table of costs: the item, how much of it, and the cents in both columns.
struct Line {
    item: String,
    quantity: String,
    cents: [i64; 2],
}

/// The items, and last the sum.
fn lines() -> Vec<Line> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let section = readme.split("\n## Cost\n").nth(1).unwrap().split("\n## ").next().unwrap();
    section
        .lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('*')).collect();
            let [item, quantity, default, all, _price] = cells[..] else { panic!("{line}") };
            Some(Line { item: item.into(), quantity: quantity.into(), cents: [cents(default)?, cents(all)?] })
        })
        .collect()
}

/// `423.40` in cents; nothing for what is no amount, as in the heading.
fn cents(amount: &str) -> Option<i64> {
    let (whole, fraction) = amount.split_once('.')?;
    assert_eq!(fraction.len(), 2, "{amount}");
    Some(whole.parse::<i64>().ok()? * 100 + fraction.parse::<i64>().ok()?)
}

fn document(features: Features) -> Value {
    let document = stack::build(&Settings { features, ..Settings::default() }).document().unwrap();
    serde_json::from_slice(&document.to_bytes()).unwrap()
}

fn quantity_of(item: &str) -> String {
    lines().into_iter().find(|line| line.item == item).unwrap_or_else(|| panic!("no line {item}")).quantity
}

#[test]
fn the_costs_add_up_and_are_what_was_asked_for() {
    let mut lines = lines();
    let sum = lines.pop().unwrap();
    assert_eq!(sum.item, "Sum");
    assert!(lines.len() > 15, "only {} items", lines.len());
    for column in [0, 1] {
        let items: i64 = lines.iter().map(|line| line.cents[column]).sum();
        assert_eq!(sum.cents[column], items, "column {column}");
        assert!(items <= MOST_CENTS, "{items} cents");
    }
    assert!(lines.iter().all(|line| line.cents[0] <= line.cents[1]), "a feature makes something cheaper");
}

#[test]
fn every_key_is_paid_for() {
    let keys = |features| document(features)["resource"]["aws_kms_key"].as_object().unwrap().len();
    let said = quantity_of("KMS keys");
    let expected = format!("{} × 1.00, with all features {}", keys(Features::default()), keys(Features::all()));
    assert_eq!(said, expected);
}

#[test]
fn every_metric_of_an_alarm_is_paid_for() {
    let document = document(Features::default());
    let alarms = document["resource"]["aws_cloudwatch_metric_alarm"].as_object().unwrap().values();
    let metrics: usize = alarms
        .map(|alarm| match alarm["metric_query"].as_array() {
            Some(queries) => queries.iter().filter(|query| !query["metric"].is_null()).count(),
            None => 1,
        })
        .sum();
    assert_eq!(quantity_of("Alarms"), format!("{metrics} metrics × 0.10"));
}
