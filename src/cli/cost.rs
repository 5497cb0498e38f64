//! `dr-synth cost`: what a month costs, item by item.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{Args, ValueEnum};
use dr_synth::proof::cost::{self, Alternative, Bill, Budget, Difference, Line, Usage, UsageError, amount};
use dr_synth::proof::model::Model;
use dr_synth::settings::Settings;
use dr_synth::terraform::read;
use serde_json::{Value, json};

use super::exit_status::ExitStatus;
use super::input::InputArguments;
use super::printer::Printer;
use super::report::{Failure, Report, Source};
use super::settings;

/// How many objects a gap names before it counts them.
const NAMED: usize = 3;

#[derive(Debug, Args)]
pub(crate) struct CostArguments {
    #[command(flatten)]
    input: InputArguments,

    /// How much is used in a month, as in examples/usage.toml; what it does not say is assumed as there
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    usage: Option<PathBuf>,

    /// Another configuration, whose month is set beside this one
    #[arg(long, value_name = "DIR|FILE", value_hint = clap::ValueHint::AnyPath)]
    compare: Option<PathBuf>,

    /// For people, for programs, or for a spreadsheet
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// Everything that there is to say of a month.
pub(super) struct Month {
    pub(super) bill: Bill,
    pub(super) budget: Budget,
    pub(super) alternatives: Vec<Alternative>,
    idle: Vec<String>,
    /// The other month, and what differs.
    other: Option<(Bill, Vec<Difference>)>,
    /// Whether it is the default stack, for which a range was expected.
    is_default: bool,
}

pub(crate) fn run(arguments: &CostArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let usage = usage(arguments.usage.as_deref())?;
    let model = arguments.input.model()?;
    let mut month = Month::of(&model, &usage);
    month.is_default = is_default(arguments.input.named());
    if let Some(path) = &arguments.compare {
        let other = cost::bill(&arguments.input.model_of_other(path)?, &usage);
        let differences = cost::compare(&month.bill, &other);
        month.other = Some((other, differences));
    }
    let text = match arguments.format {
        Format::Text => month.text(),
        Format::Json => format!("{:#}\n", month.document()),
        Format::Csv => month.csv(),
    };
    printer.verdict(text.as_bytes())?;
    Ok(if month.budget.is_exceeded_by(&month.bill) { ExitStatus::Findings } else { ExitStatus::Success })
}

/// Whether a document was made with default settings, names and places of files aside. Of a plan that cannot be said.
fn is_default(path: &Path) -> bool {
    settings::of(path).is_some_and(|(_, settings)| {
        let Settings { service_name, environment_suffix, layout, dialect, provider, backend, .. } = settings.clone();
        settings
            == Settings { service_name, environment_suffix, layout, dialect, provider, backend, ..Settings::default() }
    })
}

/// The usage of a file, or what is assumed without one.
///
/// # Errors
/// The file cannot be read, or something in it is not known.
pub(crate) fn usage(path: Option<&std::path::Path>) -> Result<Usage, Failure> {
    let Some(path) = path else { return Ok(Usage::default()) };
    let name = path.display().to_string();
    let text = read::text(path)
        .map_err(|error| Report::new(format!("the usage file cannot be read: {error}")).at(name.clone()))?;
    let source = Rc::new(Source::new(name, text));
    Usage::parse(&source.text).map_err(|errors| {
        let report =
            |error: UsageError| Report::new(error.message).excerpt(&source, error.place).nearest(error.nearest);
        Failure::bad_input(errors.into_iter().map(report).collect())
    })
}

impl Month {
    /// The month of a configuration, alone.
    pub(super) fn of(model: &Model, usage: &Usage) -> Self {
        Self {
            bill: cost::bill(model, usage),
            budget: Budget::of(model),
            alternatives: cost::alternatives(model),
            idle: usage.idle(model),
            other: None,
            is_default: false,
        }
    }

    fn text(&self) -> String {
        let mut parts = Vec::new();
        if let Some((other, differences)) = &self.other {
            parts.push(side_by_side(&self.bill, other, differences));
        } else {
            parts.push(cost::text(&self.bill));
            let services = self.bill.services();
            parts.push(sums("by service", services.into_iter()));
            parts.push(sums("by region", self.bill.sums(|line| line.region.as_str()).into_iter()));
        }
        let mut total = match &self.other {
            Some((other, _)) => {
                format!("a month here: {}\na month there: {}\n{}\n", sum(&self.bill), sum(other), self.limit())
            }
            None => format!("a month: {}\n{}\n", sum(&self.bill), self.limit()),
        };
        if self.is_default {
            let range = [cost::EXPECTED_USD.start(), cost::EXPECTED_USD.end()];
            let [low, high] = range.map(|usd| cost::quantity(f64::from(*usd)));
            let _ = writeln!(total, "expected of the default stack: {low} to {high} USD, shown only");
        }
        parts.push(total);
        match &self.other {
            Some((other, _)) => {
                parts.push(lines("not in the sum here", gaps(&self.bill)));
                parts.push(lines("not in the sum there", gaps(other)));
            }
            None => parts.push(lines("not in the sum", gaps(&self.bill))),
        }
        parts.push(lines("note", self.idle.iter().cloned()));
        let alternatives = self
            .alternatives
            .iter()
            .map(|it| format!("{}: saves {} USD; recovery time: {}", it.what, amount(it.saves_cents), it.rto));
        parts.push(lines("cheaper", alternatives));
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    fn limit(&self) -> String {
        match &self.budget {
            Budget::Limit { cents, address } => {
                let word = if self.budget.is_exceeded_by(&self.bill) { "OVER" } else { "within" };
                format!("budget: {} USD of {address}: {word}", amount(*cents))
            }
            Budget::None => "budget: the configuration states none".to_owned(),
            Budget::Unknown(reason) => format!("budget: cannot tell, because {reason}"),
        }
    }

    /// For programs.
    pub(super) fn document(&self) -> Value {
        let budget = match &self.budget {
            Budget::Limit { cents, address } => json!({"usd": usd(*cents), "address": address}),
            Budget::None => Value::Null,
            Budget::Unknown(reason) => json!({"unknown": reason}),
        };
        let alternatives: Vec<_> = self.alternatives.iter().map(alternative).collect();
        let other = self.other.as_ref().map(|(bill, differences)| {
            let differences: Vec<_> = differences.iter().map(difference).collect();
            let gaps = gaps_document(bill);
            json!({"usd": usd(bill.cents()), "is_complete": bill.gaps.is_empty(), "gaps": gaps, "differences": differences})
        });
        json!({
            "version": 1,
            "usd": usd(self.bill.cents()),
            "is_complete": self.bill.gaps.is_empty(),
            "is_over_budget": self.budget.is_exceeded_by(&self.bill),
            "budget": budget,
            "lines": self.bill.lines.iter().map(line).collect::<Vec<_>>(),
            "gaps": gaps_document(&self.bill),
            "notes": self.idle,
            "alternatives": alternatives,
            "compared": other,
        })
    }

    /// One row for each line; what is missing follows with an empty amount.
    fn csv(&self) -> String {
        if let Some((other, differences)) = &self.other {
            return compared_csv(&self.bill, other, differences);
        }
        let mut text =
            "service,item,region,quantity,unit,usd,from,price_usd,price_per,price_date,price_source\n".to_owned();
        for line in &self.bill.lines {
            let price = line.price;
            let row = [
                price.service.to_owned(),
                price.item.to_owned(),
                line.region.clone(),
                line.quantity.to_string(),
                price.unit.to_owned(),
                format!("{}.{:02}", line.cents / 100, line.cents % 100),
                line.basis().name().to_owned(),
                price.written.to_owned(),
                price.per.to_string(),
                price.source.date.to_owned(),
                price.source.place.to_owned(),
            ];
            text.push_str(&row.map(|cell| cell_of(&cell)).join(","));
            text.push('\n');
        }
        text.push_str(&csv_gaps("not in the sum", &self.bill, 9));
        text
    }
}

/// One row for each item that differs and one for the sums; what is missing on either side follows with empty amounts.
fn compared_csv(one: &Bill, other: &Bill, differences: &[Difference]) -> String {
    let mut text = "service,item,region,usd_here,usd_there,usd_difference\n".to_owned();
    let mut row = |names: [&str; 3], [here, there]: [i64; 2]| {
        let amounts = [here, there, there - here].map(csv_amount);
        let _ = writeln!(text, "{},{}", names.map(cell_of).join(","), amounts.join(","));
    };
    for it in differences {
        row([it.service, it.item, &it.region], it.cents);
    }
    row([sum_title(one, other), "", ""], [one.cents(), other.cents()]);
    text.push_str(&csv_gaps("not in the sum here", one, 4));
    text.push_str(&csv_gaps("not in the sum there", other, 4));
    text
}

fn csv_amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// A row for each gap, with so many empty cells at its end.
fn csv_gaps(title: &str, bill: &Bill, empty: usize) -> String {
    let row = |gap: &cost::Gap| {
        let cells = [title, &format!("{}: {}", gap.what, gap.addresses.join(" "))].map(cell_of);
        format!("{}{}\n", cells.join(","), ",".repeat(empty))
    };
    bill.gaps.iter().map(row).collect()
}

fn gaps_document(bill: &Bill) -> Vec<Value> {
    bill.gaps.iter().map(|gap| json!({"what": gap.what, "addresses": gap.addresses})).collect()
}

fn gaps(bill: &Bill) -> impl Iterator<Item = String> {
    bill.gaps.iter().map(|gap| format!("{}: {}", gap.what, named(gap)))
}

/// The sum of a bill, which is a lower bound where something has no price.
fn sum(bill: &Bill) -> String {
    let least = if bill.gaps.is_empty() { "" } else { "at least " };
    format!("{least}{} USD", amount(bill.cents()))
}

fn sum_title(one: &Bill, other: &Bill) -> &'static str {
    let is_complete = one.gaps.is_empty() && other.gaps.is_empty();
    if is_complete { "sum of everything" } else { "sum of what has a price" }
}

/// A cell of CSV. A spreadsheet takes what begins with these characters for a formula.
fn cell_of(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

#[allow(clippy::cast_precision_loss, reason = "a month of cents is far from what a float cannot hold")]
fn usd(cents: i64) -> f64 {
    cents as f64 / 100.0
}

fn line(line: &Line) -> Value {
    let price = line.price;
    let objects: Vec<_> = line
        .shares
        .iter()
        .map(|share| json!({"address": share.address, "quantity": share.quantity, "from": share.basis.name()}))
        .collect();
    json!({
        "service": price.service,
        "item": price.item,
        "region": line.region,
        "quantity": line.quantity,
        "unit": price.unit,
        "usd": usd(line.cents),
        "from": line.basis().name(),
        "price": {
            "id": price.id, "usd": price.usd, "per": price.per, "is_list_price": price.source.is_list,
            "date": price.source.date, "source": price.source.place,
        },
        "objects": objects,
    })
}

fn alternative(alternative: &Alternative) -> Value {
    let Alternative { what, saves_cents, rto, addresses } = alternative;
    json!({"what": what, "saves_usd": usd(*saves_cents), "recovery_time": rto, "addresses": addresses})
}

fn difference(difference: &Difference) -> Value {
    let Difference { service, item, region, cents } = difference;
    json!({"service": service, "item": item, "region": region, "usd": cents.map(usd)})
}

/// The objects of a gap, of which only the first are named.
fn named(gap: &cost::Gap) -> String {
    let more = gap.addresses.len().saturating_sub(NAMED);
    let first = gap.addresses[..gap.addresses.len() - more].join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}

fn sums<'a>(title: &str, entries: impl Iterator<Item = (&'a str, i64)>) -> String {
    let entries: Vec<_> = entries.map(|(name, cents)| (name, amount(cents))).collect();
    let name = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let width = entries.iter().map(|(_, amount)| amount.len()).max().unwrap_or_default();
    let rows = entries.iter().map(|(label, amount)| format!("  {label:name$}  {amount:>width$}\n"));
    let rows: String = rows.collect();
    if rows.is_empty() { rows } else { format!("{title}\n{rows}") }
}

/// A line for each sentence, with a word before it.
fn lines(word: &str, sentences: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for sentence in sentences {
        let _ = writeln!(text, "{word}: {sentence}");
    }
    text
}

fn side_by_side(one: &Bill, other: &Bill, differences: &[Difference]) -> String {
    let rows = differences.iter().map(|it| (format!("{}: {}, {}", it.service, it.item, it.region), it.cents));
    let mut rows: Vec<(String, [i64; 2])> = rows.collect();
    rows.push((sum_title(one, other).to_owned(), [one.cents(), other.cents()]));
    let name = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
    let mut text = format!("{:name$}  {:>10}  {:>10}  {:>10}\n", "item", "USD here", "USD there", "difference");
    for (label, [here, there]) in rows {
        let (here_usd, there_usd, difference) = (amount(here), amount(there), amount(there - here));
        let _ = writeln!(text, "{label:name$}  {here_usd:>10}  {there_usd:>10}  {difference:>10}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_be_formulas_and_keep_their_commas() {
        assert_eq!(cell_of("=1+1"), "'=1+1");
        assert_eq!(cell_of("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell_of("plain"), "plain");
    }
}
