//! Functions of dates and times. None reads a clock.

use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

const SECOND: i128 = 1_000_000_000;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A point in time, and the offset of the clock that showed it.
struct Time {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    instant: i128,
    /// Seconds east of UTC.
    offset: i64,
}

/// What a clock and a calendar show.
struct Shown {
    year: i64,
    month: u32,
    day: u32,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Time {
    fn shown(&self) -> Shown {
        let local = i64::try_from(self.instant.div_euclid(SECOND)).unwrap_or_default() + self.offset;
        let (days, seconds) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let weekday = usize::try_from((days + 4).rem_euclid(7)).unwrap_or_default();
        Shown { year, month, day, weekday, hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60 }
    }

    fn zone(&self, has_colon: bool) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        let colon = if has_colon { ":" } else { "" };
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }

    fn zone_or_z(&self) -> String {
        if self.offset == 0 { "Z".to_owned() } else { self.zone(true) }
    }

    fn rfc3339(&self) -> String {
        let Shown { year, month, day, hour, minute, second, .. } = self.shown();
        let year = if year < 0 { format!("-{:04}", -year) } else { format!("{year:04}") };
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}", self.zone_or_z())
    }
}

/// Days since 1970-01-01 of a date (<https://howardhinnant.github.io/date_algorithms.html>).
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// RFC 3339; leniently as Go's `time.Parse`: one digit for the hour, a comma before fractions, offsets up to 24:60.
fn parse(text: &str, is_lenient: bool) -> Result<Time, Failure> {
    let invalid = |what: &str| format!("not a valid RFC3339 timestamp: {what}");
    let mut at = 0;
    let bytes = text.as_bytes();
    let number = |at: &mut usize, count: usize, what: &str| {
        let digits = text.get(*at..*at + count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        *at += count;
        digits.and_then(|digits| digits.parse::<i64>().ok()).ok_or_else(|| invalid(&format!("cannot use it as {what}")))
    };
    let literal = |at: &mut usize, wanted: u8| {
        let found = bytes.get(*at) == Some(&wanted);
        *at += 1;
        if found { Ok(()) } else { Err(invalid(&format!("{:?} is expected", char::from(wanted)))) }
    };
    let year = number(&mut at, 4, "year")?;
    literal(&mut at, b'-')?;
    let month = number(&mut at, 2, "month")?;
    literal(&mut at, b'-')?;
    let day = number(&mut at, 2, "day of month")?;
    literal(&mut at, b'T')?;
    let short_hour = is_lenient && bytes.get(at + 1) == Some(&b':');
    let hour = number(&mut at, if short_hour { 1 } else { 2 }, "hour")?;
    literal(&mut at, b':')?;
    let minute = number(&mut at, 2, "minute")?;
    literal(&mut at, b':')?;
    let second = number(&mut at, 2, "second")?;
    let in_range = (1..=12).contains(&month)
        && (1..=days_in(month, year)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !in_range {
        return Err(invalid("a part of it is out of range"));
    }
    let is_fraction = matches!(bytes.get(at), Some(b'.')) || is_lenient && matches!(bytes.get(at), Some(b','));
    let mut nanoseconds = 0_i128;
    if is_fraction && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at += 1;
        let mut unit = SECOND / 10;
        while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
            nanoseconds += i128::from(digit - b'0') * unit;
            unit /= 10;
            at += 1;
        }
    }
    let offset = match bytes.get(at) {
        Some(b'Z') => {
            at += 1;
            0
        }
        Some(sign @ (b'+' | b'-')) => {
            at += 1;
            let hours = number(&mut at, 2, "UTC offset")?;
            literal(&mut at, b':')?;
            let minutes = number(&mut at, 2, "UTC offset")?;
            let (most_hours, most_minutes) = if is_lenient { (24, 60) } else { (23, 59) };
            if hours > most_hours || minutes > most_minutes {
                return Err(invalid("cannot use it as UTC offset"));
            }
            let offset = (hours * 60 + minutes) * 60;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return Err(invalid("end of string before UTC offset")),
    };
    if at != text.len() {
        return Err(invalid("extra text"));
    }
    let seconds = days_of(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Ok(Time { instant: i128::from(seconds) * SECOND + nanoseconds, offset })
}

/// Go's `time.ParseDuration`, in nanoseconds.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "Go computes fractions of units so")]
fn duration(text: &str) -> Result<i64, Failure> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (is_negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let whole_length = digits(rest);
        let (whole, after) = rest.split_at(whole_length);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_length = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_length);
        let nanoseconds: i64 = match unit {
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            other => return Err(format!("time: unknown unit {other:?} in duration {text:?}")),
        };
        let whole = if whole.is_empty() { 0 } else { whole.parse::<i64>().map_err(|_| invalid())? };
        total += i128::from(whole) * i128::from(nanoseconds);
        // Digits beyond what 64 bits hold are dropped.
        let kept = &fraction[..fraction.len().min(18)];
        if let Ok(numerator) = kept.parse::<i64>() {
            let scale = 10_f64.powi(i32::try_from(kept.len()).unwrap_or_default());
            total += (numerator as f64 * (nanoseconds as f64 / scale)) as i128;
        }
        if total > i128::from(i64::MAX) + i128::from(is_negative) {
            return Err(invalid());
        }
        rest = after;
    }
    i64::try_from(if is_negative { -total } else { total }).map_err(|_| invalid())
}

pub(super) fn timeadd(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let mut time = parse(arguments.text(0), false)?;
    time.instant += i128::from(duration(arguments.text(1))?);
    Ok(Value::text(time.rfc3339()))
}

pub(super) fn timecmp(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (a, b) = (parse(arguments.text(0), true)?, parse(arguments.text(1), true)?);
    Ok(Value::number(a.instant.cmp(&b.instant) as i32))
}

pub(super) fn formatdate(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let format = arguments.text(0);
    let time = parse(arguments.text(1), false)?;
    let shown = time.shown();
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(&mut out, rest)?;
            continue;
        }
        if !first.is_ascii_alphabetic() {
            let end = rest.find(|c: char| c == '\'' || c.is_ascii_alphabetic()).unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let end = rest.find(|character| character != first).unwrap_or(rest.len());
        out.push_str(&verb(&rest[..end], &time, &shown)?);
        rest = &rest[end..];
    }
    Ok(Value::text(out))
}

/// Text between single quotes, two of which stand for one.
fn quoted<'f>(out: &mut String, rest: &'f str) -> Result<&'f str, Failure> {
    if let Some(after) = rest.strip_prefix("''") {
        out.push('\'');
        return Ok(after);
    }
    let mut inner = &rest[1..];
    loop {
        let end = inner.find('\'').ok_or("unterminated literal '")?;
        out.push_str(&inner[..end]);
        inner = &inner[end + 1..];
        match inner.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                inner = after;
            }
            None => return Ok(inner),
        }
    }
}

fn verb(token: &str, time: &Time, shown: &Shown) -> Result<String, Failure> {
    let invalid = |wanted: &str| Err(format!("invalid date format verb {token:?}: {wanted}"));
    let twelve = if shown.hour % 12 == 0 { 12 } else { shown.hour % 12 };
    let one_or_two = |number: i64, wanted: &str| match token.len() {
        1 => Ok(number.to_string()),
        2 => Ok(format!("{number:02}")),
        _ => invalid(wanted),
    };
    let month = MONTHS[usize::try_from(shown.month - 1).unwrap_or_default()];
    match token.chars().next() {
        Some('Y') => match token.len() {
            2 => Ok(format!("{:02}", shown.year % 100)),
            4 => Ok(format!("{:04}", shown.year)),
            _ => invalid("year must either be \"YY\" or \"YYYY\""),
        },
        Some('M') => match token.len() {
            3 => Ok(month[..3].to_owned()),
            4 => Ok(month.to_owned()),
            _ => one_or_two(shown.month.into(), "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\""),
        },
        Some('D') => one_or_two(shown.day.into(), "day of month must either be \"D\" or \"DD\""),
        Some('E') => match token.len() {
            3 => Ok(DAYS[shown.weekday][..3].to_owned()),
            4 => Ok(DAYS[shown.weekday].to_owned()),
            _ => invalid("day of week must either be \"EEE\" or \"EEEE\""),
        },
        Some('h') => one_or_two(shown.hour, "24-hour must either be \"h\" or \"hh\""),
        Some('H') => one_or_two(twelve, "12-hour must either be \"H\" or \"HH\""),
        Some(first @ ('A' | 'a')) => {
            if token.len() != 2 {
                return invalid("must be two of them");
            }
            let marker = if shown.hour < 12 { "AM" } else { "PM" };
            Ok(if first == 'A' { marker.to_owned() } else { marker.to_lowercase() })
        }
        Some('m') => one_or_two(shown.minute, "minute must either be \"m\" or \"mm\""),
        Some('s') => one_or_two(shown.second, "second must either be \"s\" or \"ss\""),
        Some('Z') => match token.len() {
            1 => Ok(time.zone_or_z()),
            3 if time.offset == 0 => Ok("UTC".to_owned()),
            3 | 4 => Ok(time.zone(false)),
            5 => Ok(time.zone(true)),
            _ => invalid("timezone must be Z, ZZZZ, or ZZZZZ"),
        },
        _ => invalid("there is no such verb"),
    }
}

pub(super) fn timestamp(_: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::unknown(Type::String, "timestamp() is the time of the apply"))
}

pub(super) fn plantimestamp(_: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::unknown(Type::String, "plantimestamp() is the time of the plan"))
}

/// A date or time as plain YAML has it, as RFC 3339.
pub(super) fn yaml_timestamp(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.len() < 5 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return None;
    }
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((&text[at..=at], &text[at + 1..]))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let mut part = |longest: usize| {
        let part = parts.next()?;
        let is_number = (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(part)
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() {
        return None;
    }
    let date = format!("{year}-{month:0>2}-{day:0>2}");
    let Some((separator, time)) = time else {
        return parse(&format!("{date}T00:00:00Z"), true).ok().map(|it| it.rfc3339());
    };
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let zone = match (separator, zone) {
        (" ", "") => "Z",
        (" ", _) | (_, "") => return None,
        (_, zone) => zone,
    };
    let (clock, fraction) = clock.split_at(clock.find(['.', ',']).unwrap_or(clock.len()));
    let clock: Vec<String> = clock.split(':').map(|part| format!("{part:0>2}")).collect();
    if clock.len() != 3 {
        return None;
    }
    parse(&format!("{date}T{}{fraction}{zone}", clock.join(":")), true).ok().map(|it| it.rfc3339())
}
