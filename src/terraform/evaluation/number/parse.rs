//! Text as a number, by the grammar of Go's `big.ParseFloat` in base 10.

use num_bigint::BigUint;

use super::{Number, WRITTEN};

/// How many bits more than asked for a power of five is computed with; Go takes as many.
const GUARD: u32 = 64;

/// The most digits that are read.
const MOST_DIGITS: usize = 1_000_000;

impl Number {
    /// The number that a text stands for, in the precision of written numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == "Inf" || rest == "inf" {
            return Some(Self { precision: WRITTEN, ..Self::infinite(negative) });
        }
        let (mantissa, exponent) = split_exponent(rest)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || digits.len() > MOST_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mantissa = BigUint::parse_bytes(digits.as_bytes(), 10)?;
        if mantissa.bits() == 0 {
            return Some(Self::rounded(negative, mantissa, 0, false, WRITTEN));
        }
        let places = i64::try_from(fraction.len()).ok()?;
        let (five, two) = match exponent {
            Exponent::Ten(ten) => (ten - places, ten - places),
            Exponent::Two(two) => (-places, two - places),
        };
        scaled(negative, mantissa, five, two)
    }
}

enum Exponent {
    Ten(i64),
    Two(i64),
}

/// `1e5` is ten to the fifth; `1p5`, which Go reads too, two to the fifth.
fn split_exponent(text: &str) -> Option<(&str, Exponent)> {
    let Some(at) = text.find(['e', 'E', 'p', 'P']) else { return Some((text, Exponent::Ten(0))) };
    let digits = &text[at + 1..];
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = digits.parse::<i64>().ok().filter(|exponent| exponent.unsigned_abs() <= 1 << 40)?;
    let exponent = if matches!(text.as_bytes()[at], b'e' | b'E') { Exponent::Ten } else { Exponent::Two }(exponent);
    Some((&text[..at], exponent))
}

/// `mantissa * 5^five * 2^two`
fn scaled(negative: bool, mantissa: BigUint, five: i64, two: i64) -> Option<Number> {
    if five == 0 {
        return Some(Number::rounded(negative, mantissa, two, false, WRITTEN));
    }
    let power = power_of_five(five.unsigned_abs());
    if five > 0 {
        let whole = Number::rounded(negative, mantissa, two, false, u32::MAX);
        return Some(whole.product_of(&power)?.within(WRITTEN));
    }
    let whole = Number::rounded(negative, mantissa, two, false, u32::MAX);
    let numerator = Number { precision: WRITTEN, ..whole };
    Some(numerator.divided_by(&Number { precision: WRITTEN, ..power })?.within(WRITTEN))
}

/// `5^exponent`, exactly where it fits.
fn power_of_five(exponent: u64) -> Number {
    let precision = WRITTEN + GUARD;
    let (mut power, mut square, mut left) = (Number::from(1_u32), Number::from(5_u32).within(precision), exponent);
    while left > 0 {
        if left & 1 == 1 {
            power = power.product_of(&square).unwrap_or(power).within(precision);
        }
        left >>= 1;
        if left > 0 {
            square = square.product_of(&square).unwrap_or(square).within(precision);
        }
        if power.is_infinite() || square.is_infinite() {
            return Number { precision, ..Number::infinite(false) };
        }
    }
    power
}

impl Number {
    fn product_of(&self, other: &Self) -> Option<Self> {
        let exact = Self { precision: u32::MAX, ..self.clone() };
        exact.product(other, u32::MAX)
    }
}
