//! Numbers as text: all digits and no more, or as many as a format asks for.

use std::fmt::{self, Display, Formatter};

use super::decimal::Decimal;
use super::{MOST_BITS, Magnitude, Number};

impl Number {
    /// Whether it can be written with all its digits.
    pub(crate) fn is_writable(&self) -> bool {
        match &self.magnitude {
            Magnitude::Infinite => true,
            Magnitude::Finite { exponent, .. } => (-MOST_BITS / 16..MOST_BITS / 4).contains(exponent),
        }
    }

    fn decimal(&self) -> Decimal {
        match &self.magnitude {
            Magnitude::Finite { mantissa, exponent } if self.is_writable() => Decimal::new(mantissa, *exponent),
            _ => Decimal::default(),
        }
    }

    /// The fewest digits that are read back as this number.
    fn shortest(&self) -> Decimal {
        let mut decimal = self.decimal();
        let Magnitude::Finite { mantissa, exponent } = &self.magnitude else { return decimal };
        if decimal.digits.is_empty() {
            return decimal;
        }
        if *exponent >= 0 && self.top_bit() < i64::from(self.precision) {
            // Fewer digits would be another whole number, and that is further away than half of a unit in the last place.
            return decimal;
        }
        // The least bit becomes half of a unit in the last place.
        let shift = (u64::from(self.precision) + 1).saturating_sub(mantissa.bits());
        let (mantissa, exponent) = (mantissa << shift, exponent - i64::try_from(shift).unwrap_or_default());
        let inclusive = !mantissa.bit(1);
        let lower = Decimal::new(&(&mantissa - 1_u32), exponent);
        let upper = Decimal::new(&(&mantissa + 1_u32), exponent);
        for index in 0..decimal.digits.len() {
            let (l, m, u) = (lower.digit(index), decimal.digit(index), upper.digit(index));
            let down = l != m || inclusive && index + 1 == lower.digits.len();
            let up = m != u && (inclusive || m + 1 < u || index + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => decimal.round(i64::try_from(index + 1).unwrap_or(i64::MAX)),
                (true, false) => decimal.round_down(index + 1),
                (false, true) => decimal.round_up(index + 1),
                (false, false) => continue,
            }
            break;
        }
        decimal
    }

    /// How many bits a whole number has, its zeros at the end included.
    fn top_bit(&self) -> i64 {
        match &self.magnitude {
            Magnitude::Infinite => i64::MAX,
            Magnitude::Finite { mantissa, exponent } => {
                i64::try_from(mantissa.bits()).unwrap_or(i64::MAX).saturating_add(*exponent)
            }
        }
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    /// `%f` with so many digits after the point; `%.f` of the fewest digits where none is given.
    pub(crate) fn fixed(&self, places: Option<usize>) -> String {
        if self.is_infinite() {
            return format!("{}Inf", if self.negative { "-" } else { "+" });
        }
        let (decimal, places) = match places {
            None => {
                let decimal = self.shortest();
                let places = usize::try_from(count(&decimal) - decimal.point).unwrap_or_default();
                (decimal, places)
            }
            Some(places) => {
                let mut decimal = self.decimal();
                decimal.round(decimal.point.saturating_add(i64::try_from(places).unwrap_or(i64::MAX)));
                (decimal, places)
            }
        };
        format!("{}{}", self.sign(), plain(&decimal, places))
    }

    /// `%e` with so many digits after the point, or the fewest.
    pub(crate) fn exponential(&self, places: Option<usize>) -> String {
        if self.is_infinite() {
            return self.fixed(None);
        }
        let decimal = match places {
            None => self.shortest(),
            Some(places) => {
                let mut decimal = self.decimal();
                decimal.round(i64::try_from(places + 1).unwrap_or(i64::MAX));
                decimal
            }
        };
        let places = places.unwrap_or_else(|| decimal.digits.len().saturating_sub(1));
        format!("{}{}", self.sign(), with_exponent(&decimal, places))
    }

    /// `%g` with so many digits in all, or the fewest.
    pub(crate) fn general(&self, digits: Option<usize>) -> String {
        if self.is_infinite() {
            return self.fixed(None);
        }
        let (decimal, mut digits, is_shortest) = match digits {
            None => {
                let decimal = self.shortest();
                let digits = decimal.digits.len();
                (decimal, digits, true)
            }
            Some(digits) => {
                let digits = digits.max(1);
                let mut decimal = self.decimal();
                decimal.round(i64::try_from(digits).unwrap_or(i64::MAX));
                (decimal, digits, false)
            }
        };
        let mut limit = digits;
        if limit > decimal.digits.len() && count(&decimal) >= decimal.point {
            limit = decimal.digits.len();
        }
        if is_shortest {
            limit = 6;
        }
        let exponent = decimal.point - 1;
        if exponent < -4 || exponent >= i64::try_from(limit).unwrap_or(i64::MAX) {
            digits = digits.min(decimal.digits.len());
            return format!("{}{}", self.sign(), with_exponent(&decimal, digits.saturating_sub(1)));
        }
        if i64::try_from(digits).unwrap_or(i64::MAX) > decimal.point {
            digits = decimal.digits.len();
        }
        let places = i64::try_from(digits).unwrap_or(i64::MAX) - decimal.point;
        format!("{}{}", self.sign(), plain(&decimal, usize::try_from(places).unwrap_or_default()))
    }

    /// So many digits with an exponent, as floating point parsers read it.
    pub(super) fn scientific(&self, digits: usize) -> String {
        let Magnitude::Finite { exponent, .. } = &self.magnitude else { return "inf".to_owned() };
        if *exponent > 2_000 {
            return format!("{}inf", self.sign());
        }
        if *exponent < -2_000 {
            return format!("{}0", self.sign());
        }
        self.exponential(Some(digits - 1))
    }
}

fn count(decimal: &Decimal) -> i64 {
    i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX)
}

fn character(digit: u8) -> char {
    char::from(b'0' + digit)
}

fn plain(decimal: &Decimal, places: usize) -> String {
    let mut text = String::new();
    let whole = usize::try_from(decimal.point).unwrap_or_default();
    if whole == 0 {
        text.push('0');
    }
    text.extend((0..whole).map(|index| character(decimal.digit(index))));
    if places > 0 {
        text.push('.');
        for place in 0..places {
            let index = decimal.point + i64::try_from(place).unwrap_or(i64::MAX);
            let digit = usize::try_from(index).map_or(0, |index| decimal.digit(index));
            text.push(character(digit));
        }
    }
    text
}

fn with_exponent(decimal: &Decimal, places: usize) -> String {
    let mut text = String::new();
    text.push(character(decimal.digit(0)));
    if places > 0 {
        text.push('.');
        text.extend((1..=places).map(|index| character(decimal.digit(index))));
    }
    let exponent = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{text}e{sign}{:02}", exponent.unsigned_abs())
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fixed(None))
    }
}
