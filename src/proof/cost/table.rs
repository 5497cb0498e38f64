//! A bill as a table, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::bill::{Basis, Bill, Line};
use super::prices;

/// Cents as USD, such as `1,234.50`.
pub fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", grouped(&(cents / 100).to_string()), cents % 100)
}

/// A quantity, such as `43,800`, `0.5` or `18 M`.
pub fn quantity(number: f64) -> String {
    if number >= 1e6 {
        return format!("{} M", short(number / 1e6));
    }
    short(number)
}

/// At most two decimals, and no zeros at the end of them.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(text),
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What a unit costs: `0.20 / 1 M requests`.
fn price(line: &Line) -> String {
    let price = line.price;
    let per = if price.per > 1.0 { format!("{} ", quantity(price.per)) } else { String::new() };
    let one = price.unit.strip_suffix('s').filter(|one| !one.ends_with('-')).unwrap_or(price.unit);
    let unit = if price.per > 1.0 { price.unit } else { one };
    format!("{} / {per}{unit}", price.written)
}

/// The lines of a bill with columns of one width each.
pub fn text(bill: &Bill) -> String {
    let heading = ["service", "item", "region", "quantity", "price", "USD", "from"].map(str::to_owned);
    let rows = bill.lines.iter().map(|line| {
        [
            line.price.service.to_owned(),
            line.price.item.to_owned(),
            line.region.clone(),
            quantity(line.quantity),
            price(line),
            amount(line.cents),
            line.basis().name().to_owned(),
        ]
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in &rows {
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            match column {
                // Writing to a string cannot fail.
                3 | 5 => {
                    let _ = write!(text, "{cell:>width$}  ");
                }
                6 => text.push_str(cell),
                _ => {
                    let _ = write!(text, "{cell:width$}  ");
                }
            }
        }
        text.push('\n');
    }
    text
}

/// A table in Markdown: an item in each row, a region in each column, sums in both directions.
pub fn markdown(bill: &Bill) -> String {
    let regions: BTreeSet<&str> = bill.lines.iter().map(|line| line.region.as_str()).collect();
    let mut items: BTreeMap<usize, Vec<&Line>> = BTreeMap::new();
    for line in &bill.lines {
        items.entry(line.price.position).or_default().push(line);
    }
    let mut text = "| service | item | quantity | USD for a unit |".to_owned();
    for region in &regions {
        let _ = write!(text, " {region} |");
    }
    text.push_str(" USD | from | price |\n| --- | --- | ---: | --- |");
    text.push_str(&" ---: |".repeat(regions.len()));
    text.push_str(" ---: | --- | --- |\n");
    for lines in items.values() {
        let first = lines[0];
        let total: f64 = lines.iter().map(|line| line.quantity).sum();
        let (service, item) = (first.price.service, first.price.item);
        let _ = write!(text, "| {service} | {item} | {} | {} |", quantity(total), price(first));
        for region in &regions {
            let cents: i64 = lines.iter().filter(|line| line.region == *region).map(|line| line.cents).sum();
            let _ = write!(text, " {} |", amount(cents));
        }
        let basis = lines.iter().map(|line| line.basis()).max().unwrap_or(Basis::Configuration);
        let sum = amount(lines.iter().map(|line| line.cents).sum());
        let _ = writeln!(text, " {sum} | {} | {} |", basis.name(), first.price.source.id);
    }
    text.push_str("| **sum** | | | |");
    for region in &regions {
        let cents: i64 = bill.lines.iter().filter(|line| line.region == *region).map(|line| line.cents).sum();
        let _ = write!(text, " **{}** |", amount(cents));
    }
    let _ = writeln!(text, " **{}** | | |", amount(bill.cents()));
    text.push('\n');
    for source in prices::sources() {
        let kind = if source.is_list { "list price" } else { "reported" };
        let _ = writeln!(text, "- {}: {kind}, {}: {}", source.id, source.date, source.place);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_quantities() {
        assert_eq!(amount(123_450), "1,234.50");
        assert_eq!(amount(-5), "-0.05");
        assert_eq!(amount(100_000_000), "1,000,000.00");
        for (number, text) in [(43_800.0, "43,800"), (0.5, "0.5"), (18e6, "18 M"), (3.08e6, "3.08 M"), (1e9, "1,000 M")]
        {
            assert_eq!(quantity(number), text);
        }
    }
}
