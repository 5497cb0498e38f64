//! `format` and `formatlist`: go-cty's verbs, on Go's own formatting of numbers.

use num_bigint::{BigInt, Sign};

use super::super::graphemes::graphemes;
use super::super::json::write_text;
use super::super::number::Number;
use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

/// Go formats no wider fields either.
const WIDEST: usize = 1_000_000;

#[derive(Default, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "the five flags of a verb")]
struct Verb<'f> {
    raw: &'f str,
    offset: usize,
    argument: usize,
    mode: char,
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

pub(super) fn format(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let Some((format, values)) = arguments.values.split_first() else { return Ok(Value::text("")) };
    let format = format.as_text().unwrap_or_default();
    if let Some(reason) = values.iter().find_map(Value::unknown_reason) {
        let prefix = format.split('%').next().unwrap_or_default();
        return Ok(super::with_prefix(&reason, prefix));
    }
    formatted(format, values).map(Value::text)
}

pub(super) fn formatlist(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let Some((format, values)) = arguments.values.split_first() else { return Ok(Value::text("")) };
    let format = format.as_text().unwrap_or_default();
    if values.is_empty() {
        return Ok(Value::texts([formatted(format, values)?]));
    }
    let is_list =
        |value: &Value| matches!(value.of_type(), Type::List(_) | Type::Set(_) | Type::Tuple(_)) && !value.is_null();
    let mut length: Option<(usize, usize)> = None;
    let mut unknown = None;
    for (position, value) in values.iter().enumerate() {
        if !value.is_known() && *value.of_type() == Type::Dynamic {
            unknown = unknown.or_else(|| value.unknown_reason());
        }
        if !is_list(value) {
            continue;
        }
        let this = match value.of_type() {
            Type::Tuple(types) => Some(types.len()),
            _ if value.has_unknown_length() => None,
            _ => value.len(),
        };
        if !value.is_known() || this.is_none() {
            unknown = unknown.or_else(|| value.unknown_reason());
        }
        match (length, this) {
            (Some((first, length)), Some(this)) if length != this => {
                return Err(format!(
                    "argument {} has length {this}, which is inconsistent with argument {} of length {length}",
                    position + 1,
                    first + 1
                ));
            }
            (None, Some(this)) => length = Some((position, this)),
            _ => {}
        }
    }
    if let Some(reason) = unknown {
        return Ok(Value::unknown(Type::list(Type::String), reason));
    }
    let count = length.map_or(1, |(_, length)| length);
    let mut results = Vec::with_capacity(count);
    for row in 0..count {
        let pick = |value: &Value| {
            if is_list(value) { value.items().and_then(|items| items.get(row)).cloned() } else { Some(value.clone()) }
        };
        let row_values: Vec<_> = values.iter().filter_map(pick).collect();
        results.push(match row_values.iter().find_map(Value::unknown_reason) {
            Some(reason) => Value::unknown(Type::String, reason).refined_not_null(),
            None => Value::text(
                formatted(format, &row_values).map_err(|error| format!("error on format iteration {row}: {error}"))?,
            ),
        });
    }
    Ok(Value::list(Type::String, results))
}

fn formatted(format: &str, values: &[Value]) -> Result<String, Failure> {
    let mut out = String::new();
    let (mut next, mut highest, mut at) = (1, 0, 0);
    while let Some(rest) = format.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(percent) = rest.find('%') else {
            out.push_str(rest);
            break;
        };
        out.push_str(&rest[..percent]);
        at += percent;
        if format[at..].starts_with("%%") {
            out.push('%');
            at += 2;
            continue;
        }
        let verb = parse_verb(format, at, next)?;
        at += verb.raw.len();
        highest = highest.max(verb.argument);
        append(&mut out, &verb, values)?;
        next = verb.argument + 1;
    }
    if highest < values.len() {
        return Err(if highest == 0 {
            "too many arguments; no verbs in format string".to_owned()
        } else {
            format!("too many arguments; only {highest} used by format string")
        });
    }
    Ok(out)
}

/// Flags, width, precision, index and in this order.
fn parse_verb(format: &str, start: usize, next: usize) -> Result<Verb<'_>, Failure> {
    let bytes = format.as_bytes();
    let mut verb = Verb { offset: start, argument: next, ..Verb::default() };
    let mut at = start + 1;
    while let Some(flag) = bytes.get(at).filter(|byte| b"0#-+ ".contains(byte)) {
        match flag {
            b'0' => verb.zero = true,
            b'#' => verb.sharp = true,
            b'-' => verb.minus = true,
            b'+' => verb.plus = true,
            _ => verb.space = true,
        }
        at += 1;
    }
    let number = |at: &mut usize| {
        let from = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        format.get(from..*at).unwrap_or_default()
    };
    let parsed = |digits: &str| digits.parse::<usize>().ok().filter(|count| *count <= WIDEST);
    let too_wide = || format!("a field of more than {WIDEST} characters at offset {start}");
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        verb.width = Some(parsed(number(&mut at)).ok_or_else(too_wide)?);
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        let digits = number(&mut at);
        verb.precision = Some(if digits.is_empty() { 0 } else { parsed(digits).ok_or_else(too_wide)? });
    }
    let unrecognized = |at: usize| match format.get(at..).and_then(|rest| rest.chars().next()) {
        Some(character) => format!("unrecognized format character {character:?} at offset {at}"),
        None => format!("invalid format string starting at offset {at}"),
    };
    if bytes.get(at) == Some(&b'[') {
        at += 1;
        if !matches!(bytes.get(at), Some(b'1'..=b'9')) {
            return Err(unrecognized(at));
        }
        verb.argument = number(&mut at).parse().map_err(|_| unrecognized(at))?;
        if bytes.get(at) != Some(&b']') {
            return Err(unrecognized(at));
        }
        at += 1;
    }
    match bytes.get(at) {
        Some(mode) if mode.is_ascii_alphabetic() => verb.mode = char::from(*mode),
        _ => return Err(unrecognized(at)),
    }
    verb.raw = format.get(start..=at).unwrap_or_default();
    Ok(verb)
}

fn append(out: &mut String, verb: &Verb<'_>, values: &[Value]) -> Result<(), Failure> {
    let Verb { raw, offset, argument, mode, .. } = verb;
    let Some(value) = argument.checked_sub(1).and_then(|index| values.get(index)) else {
        let have = values.len();
        return Err(format!(
            "not enough arguments for {raw:?} at {offset}: need index {argument} but have {have} total"
        ));
    };
    let unsupported = |error: String| format!("unsupported value for {raw:?} at {offset}: {error}");
    if *mode != 'v' && value.is_null() {
        return Err(unsupported("null value cannot be formatted".to_owned()));
    }
    match mode {
        'v' => out.push_str(&padded(verb, &as_it_is(verb, value))),
        't' => {
            let value = value.convert(&Type::Bool).map_err(unsupported)?;
            out.push_str(if value.as_bool() == Some(true) { "true" } else { "false" });
        }
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let value = value.convert(&Type::Number).map_err(unsupported)?;
            let whole = value.as_number().filter(|number| number.is_whole()).and_then(Number::truncated);
            let whole = whole.ok_or_else(|| unsupported("an integer is required".to_owned()))?;
            out.push_str(&integer(verb, &whole));
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            let value = value.convert(&Type::Number).map_err(unsupported)?;
            if let Some(number) = value.as_number() {
                out.push_str(&fraction(verb, number));
            }
        }
        's' | 'q' => {
            let value = value.convert(&Type::String).map_err(unsupported)?;
            let text = value.as_text().unwrap_or_default();
            let text: String = match verb.precision {
                Some(precision @ 1..) => graphemes(text).take(precision).collect(),
                _ => text.to_owned(),
            };
            let mut quoted = String::new();
            if *mode == 'q' {
                write_text(&mut quoted, &text);
            }
            out.push_str(&padded(verb, if *mode == 'q' { &quoted } else { &text }));
        }
        _ => return Err(format!("unsupported format verb {mode:?} in {raw:?} at offset {offset}")),
    }
    Ok(())
}

fn as_it_is(verb: &Verb<'_>, value: &Value) -> String {
    if !verb.sharp {
        if let Some(text) = value.as_text() {
            return text.to_owned();
        }
        if let Some(number) = value.as_number() {
            return number.general(None);
        }
    }
    value.to_json().unwrap_or_default()
}

fn padded(verb: &Verb<'_>, text: &str) -> String {
    let length = graphemes(text).count();
    let Some(missing) = verb.width.and_then(|width| width.checked_sub(length)) else { return text.to_owned() };
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { format!("{text}{padding}") } else { format!("{padding}{text}") }
}

/// Go's `big.Int.Format`.
fn integer(verb: &Verb<'_>, value: &BigInt) -> String {
    let (radix, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let sign = match value.sign() {
        Sign::Minus => "-",
        _ if verb.plus => "+",
        _ if verb.space => " ",
        _ => "",
    };
    let prefix = if verb.sharp { prefix } else { "" };
    let mut digits = value.magnitude().to_str_radix(radix);
    if verb.mode == 'X' {
        digits.make_ascii_uppercase();
    }
    let mut zeros = 0;
    if let Some(precision) = verb.precision {
        if precision == 0 && digits == "0" {
            return String::new();
        }
        zeros = precision.saturating_sub(digits.len());
    }
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or_default().saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros += missing;
    } else {
        left = missing;
    }
    format!("{}{sign}{prefix}{}{digits}{}", " ".repeat(left), "0".repeat(zeros), " ".repeat(right))
}

/// Go's `big.Float.Format`.
fn fraction(verb: &Verb<'_>, number: &Number) -> String {
    let mut text = match verb.mode {
        'f' => number.fixed(Some(verb.precision.unwrap_or(6))),
        'e' | 'E' => number.exponential(Some(verb.precision.unwrap_or(6))),
        _ => number.general(verb.precision),
    };
    if verb.mode.is_ascii_uppercase() {
        text = text.replace('e', "E");
    }
    let (sign, digits) = match text.split_at(1) {
        ("-", digits) => ("-", digits),
        ("+", digits) => (if verb.space { " " } else { "+" }, digits),
        _ if verb.plus => ("+", text.as_str()),
        _ if verb.space => (" ", text.as_str()),
        _ => ("", text.as_str()),
    };
    let missing = verb.width.unwrap_or_default().saturating_sub(sign.len() + digits.len());
    if verb.zero && !verb.minus && !number.is_infinite() {
        return format!("{sign}{}{digits}", "0".repeat(missing));
    }
    let padding = " ".repeat(missing);
    if verb.minus { format!("{sign}{digits}{padding}") } else { format!("{padding}{sign}{digits}") }
}
