//! How far apart the runs of a schedule can be.

use std::collections::BTreeSet;

use super::copy::LONGEST;

/// The longest time between two runs of `cron(...)` or `rate(...)`, in seconds; none for what is neither.
pub(in crate::proof) fn longest_gap(expression: &str) -> Option<u64> {
    let inner = |name: &str| expression.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inner("rate") {
        let (count, unit) = rate.trim().split_once(' ')?;
        let seconds = match unit.trim().trim_end_matches('s') {
            "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            _ => return None,
        };
        return count.trim().parse::<u64>().ok()?.checked_mul(seconds).filter(|gap| (1..=LONGEST).contains(gap));
    }
    Cron::parse(inner("cron")?)?.longest_gap()
}

/// A cron expression of AWS: minutes, hours, day of month, month, day of week, year.
struct Cron {
    minutes: BTreeSet<u64>,
    hours: BTreeSet<u64>,
    /// The days that it runs on; none where the other field decides. Without either it runs every day.
    days: Option<Days>,
    months: BTreeSet<u64>,
    weekdays: Option<Vec<Weekdays>>,
    years: BTreeSet<u64>,
}

/// Days of a month.
enum Days {
    Last,
    These(BTreeSet<u64>),
}

/// Days by the week.
enum Weekdays {
    /// The weekday and its number in the month.
    Nth(u64, u64),
    /// The last such weekday of a month.
    LastOf(u64),
    These(BTreeSet<u64>),
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// Eight years hold every leap day and every turn of the weekdays that matter.
const FIRST_YEAR: u64 = 2026;
const LAST_YEAR: u64 = 2033;

impl Cron {
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, rest @ ..] = fields.as_slice() else { return None };
        // One of the two days must be left open.
        if !is_any(days) && !is_any(weekdays) {
            return None;
        }
        let years = rest.first().copied().unwrap_or("*");
        Some(Self {
            minutes: values(minutes, 0, 59, &[])?,
            hours: values(hours, 0, 23, &[])?,
            days: days_of_month(days),
            months: values(months, 1, 12, &MONTHS)?,
            weekdays: (!is_any(weekdays)).then(|| weekdays.split(',').map(weekdays_of).collect()),
            years: values(years, FIRST_YEAR, LAST_YEAR, &[])?,
        })
    }

    fn longest_gap(&self) -> Option<u64> {
        let of_day: Vec<u64> =
            self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| hour * 60 + minute)).collect();
        let (first, last_of_day) = (*of_day.first()?, *of_day.last()?);
        let within = of_day.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
        let (mut last, mut longest, mut days) = (None, 0, 0_u64);
        // 2026-01-01 is a Thursday, the fifth day of AWS's week.
        let (mut number, mut weekday) = (0_u64, 5_u64);
        for year in FIRST_YEAR..=LAST_YEAR {
            for month in 1..=12 {
                let length = days_of(year, month);
                let is_in = self.years.contains(&year) && self.months.contains(&month);
                for day in 1..=length {
                    if is_in && self.runs_on(day, length, weekday) {
                        let now = number * 1_440;
                        longest = longest.max(within).max(last.map_or(0, |last| now + first - last));
                        last = Some(now + last_of_day);
                        days += 1;
                    }
                    number += 1;
                    weekday = weekday % 7 + 1;
                }
            }
        }
        (days > 1 || days == 1 && of_day.len() > 1).then_some(longest * 60)
    }

    fn runs_on(&self, day: u64, length: u64, weekday: u64) -> bool {
        let by_day = self.days.as_ref().map(|days| match days {
            Days::Last => day == length,
            Days::These(days) => days.contains(&day),
        });
        let of_week = |part: &Weekdays| match part {
            Weekdays::Nth(name, nth) => *name == weekday && *nth == (day - 1) / 7 + 1,
            Weekdays::LastOf(name) => *name == weekday && day + 7 > length,
            Weekdays::These(days) => days.contains(&weekday),
        };
        let by_weekday = self.weekdays.as_ref().map(|parts| parts.iter().any(of_week));
        match (by_day, by_weekday) {
            (None, None) => true,
            (one, other) => one.unwrap_or_default() || other.unwrap_or_default(),
        }
    }
}

fn is_any(field: &str) -> bool {
    field == "*" || field == "?"
}

/// What is not understood is no day.
fn days_of_month(field: &str) -> Option<Days> {
    match field {
        field if is_any(field) => None,
        "L" => Some(Days::Last),
        field => Some(Days::These(values(field.trim_end_matches('W'), 1, 31, &[]).unwrap_or_default())),
    }
}

fn weekdays_of(part: &str) -> Weekdays {
    let none = || Weekdays::These(BTreeSet::new());
    if let Some((name, nth)) = part.split_once('#') {
        return match (number(name, &WEEKDAYS, 1), nth.parse()) {
            (Some(name), Ok(nth)) => Weekdays::Nth(name, nth),
            _ => none(),
        };
    }
    match part.strip_suffix('L') {
        Some("") => Weekdays::These(BTreeSet::from([7])),
        Some(name) => number(name, &WEEKDAYS, 1).map_or_else(none, Weekdays::LastOf),
        None => Weekdays::These(values(part, 1, 7, &WEEKDAYS).unwrap_or_default()),
    }
}

fn number(text: &str, names: &[&str], first: u64) -> Option<u64> {
    match names.iter().position(|name| text.eq_ignore_ascii_case(name)) {
        Some(at) => u64::try_from(at).ok().map(|at| at + first),
        None => text.parse().ok(),
    }
}

/// The values of a field: lists, ranges and steps.
fn values(field: &str, low: u64, high: u64, names: &[&str]) -> Option<BTreeSet<u64>> {
    let mut all = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (low, high),
            Some((from, to)) => (number(from, names, low)?, number(to, names, low)?),
            None if part.contains('/') => (number(range, names, low)?, high),
            None => (number(range, names, low)?, number(range, names, low)?),
        };
        let step_size = usize::try_from(step).ok()?;
        if from <= to {
            all.extend((from..=to.min(high)).step_by(step_size));
        } else {
            all.extend((from..=high).chain(low..=to.min(high)).step_by(step_size));
        }
    }
    Some(all)
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::longest_gap;

    #[test]
    fn the_longest_gap_is_that_of_the_calendar() {
        for (expression, hours) in [
            ("cron(0 5 * * ? *)", 24),
            ("cron(0 5 ? * * *)", 24),
            ("cron(0 */6 * * ? *)", 6),
            ("cron(0 1,13 * * ? *)", 12),
            ("cron(0 5 ? * SUN *)", 7 * 24),
            ("cron(0 5 ? * MON-FRI *)", 3 * 24),
            ("cron(0 5 1 * ? *)", 31 * 24),
            ("cron(0 5 L * ? *)", 31 * 24),
            ("cron(0 5 ? * 2#1 *)", 35 * 24),
            ("cron(0 5 1 1 ? *)", 366 * 24),
            ("cron(0 8-18/2 * * ? *)", 14),
            ("rate(12 hours)", 12),
            ("rate(1 day)", 24),
        ] {
            assert_eq!(longest_gap(expression), Some(hours * 3_600), "{expression}");
        }
        for nonsense in [
            "rate(1000000000000000000 days)",
            "rate(213503982334601 days)",
            "rate(0 days)",
            "cron(0 5 1 * MON *)",
            "cron(0 5 ? * 1#x *)",
            "",
            "cron()",
            "cron(a b c d e f)",
            "every day",
            "cron(0 5 1 1 ? 2030)",
        ] {
            assert_eq!(longest_gap(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_longest_gap_may_be_within_a_day_or_across_midnight() {
        assert_eq!(longest_gap("cron(0 1,2 * * ? *)"), Some(23 * 3_600));
        assert_eq!(longest_gap("cron(0 0,23 * * ? *)"), Some(23 * 3_600));
        assert_eq!(longest_gap("cron(* * * * ? *)"), Some(60));
        // No more days than there are: a range that begins above its end is not counted through.
        assert_eq!(longest_gap("cron(0 5 18446744073709551615-18446744073709551614 * ? *)"), Some(24 * 3_600));
    }
}
