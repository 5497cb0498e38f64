//! Functions of numbers.

use num_bigint::BigInt;

use super::super::number::Number;
use super::super::types::Type;
use super::super::unknown::Refinement;
use super::super::value::Value;
use super::{Arguments, Failure, go_math};

type Given = Result<Value, Failure>;

impl Arguments<'_, '_, '_> {
    pub(super) fn number(&self, position: usize) -> Number {
        self.values.get(position).and_then(Value::as_number).cloned().unwrap_or_else(|| 0.into())
    }

    /// A whole number that 64 bits hold, as Go's `int` needs it.
    pub(super) fn whole(&self, position: usize) -> Result<i64, Failure> {
        self.number(position).as_i64().ok_or_else(|| {
            "value must be a whole number, between -9223372036854775808 and 9223372036854775807 inclusive".to_owned()
        })
    }

    fn double(&self, position: usize) -> Result<f64, Failure> {
        let number = self.number(position);
        let double = number.as_f64();
        if double.is_infinite() && !number.is_infinite() {
            return Err("value must be between -1.797693134862315708145274237317043567981e+308 and \
                        1.797693134862315708145274237317043567981e+308 inclusive"
                .to_owned());
        }
        Ok(double)
    }
}

fn of_double(value: f64) -> Given {
    Number::from_f64(value).map(Value::number).ok_or_else(|| "the result is not a number".to_owned())
}

pub(super) fn abs(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let value = arguments.value(0);
    match value.as_number() {
        Some(number) => Ok(Value::number(number.absolute()).with_marks(value.marks())),
        None => Ok(value.unknown_like(Type::Number).refined(&Refinement::range(Some(0.into()), None))),
    }
}

pub(super) fn ceil(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let number = arguments.number(0).ceiling();
    number.map(Value::number).ok_or_else(|| "a number with too many digits".to_owned())
}

pub(super) fn floor(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let number = arguments.number(0).floor();
    number.map(Value::number).ok_or_else(|| "a number with too many digits".to_owned())
}

pub(super) fn log(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    of_double(go_math::log(arguments.double(0)?) / go_math::log(arguments.double(1)?))
}

pub(super) fn pow(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    of_double(go_math::pow(arguments.double(0)?, arguments.double(1)?))
}

pub(super) fn signum(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::number(arguments.whole(0)?.signum()))
}

pub(super) fn min(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    least(arguments, |a, b| a < b)
}

pub(super) fn max(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    least(arguments, |a, b| a > b)
}

fn least(arguments: &Arguments<'_, '_, '_>, is_better: fn(&Number, &Number) -> bool) -> Given {
    let mut best: Option<&Number> = None;
    for number in arguments.values.iter().filter_map(Value::as_number) {
        if best.is_none_or(|best| is_better(number, best)) {
            best = Some(number);
        }
    }
    best.map(|best| Value::number(best.clone())).ok_or_else(|| "must pass at least one number".to_owned())
}

pub(super) fn parseint(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (text, text_marks) = arguments.value(0).unmarked();
    let (base, base_marks) = arguments.value(1).unmarked();
    let marks = text_marks | base_marks;
    if *text.of_type() != Type::String {
        return Err(format!("first argument must be a string, not {}", text.of_type().name()));
    }
    if let Some(reason) = text.unknown_reason().or_else(|| base.unknown_reason()) {
        return Ok(Value::unknown(Type::Number, reason).with_marks(marks));
    }
    arguments.values = vec![text, base];
    let base = arguments.whole(1)?;
    let base = u32::try_from(base).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or("base must be a whole number between 2 and 62 inclusive")?;
    let text = arguments.text(0);
    let number = parse_whole(text, base).ok_or_else(|| format!("cannot parse \"{text}\" as a base {base} integer"))?;
    Ok(Value::number(Number::whole(&number)).with_marks(marks))
}

/// A whole number of any size, with a sign; above base 36 upper and lower case letters are different digits.
fn parse_whole(text: &str, base: u32) -> Option<BigInt> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 100_000 {
        return None;
    }
    let mut number = BigInt::from(0);
    for byte in digits.bytes() {
        let digit = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'a'..=b'z' => u32::from(byte - b'a') + 10,
            b'A'..=b'Z' if base > 36 => u32::from(byte - b'A') + 36,
            b'A'..=b'Z' => u32::from(byte - b'A') + 10,
            _ => return None,
        };
        if digit >= base {
            return None;
        }
        number = number * base + digit;
    }
    Some(if is_negative { -number } else { number })
}
