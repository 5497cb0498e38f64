//! Numbers as Terraform holds them: binary floating point of a precision that each number carries, 512 bits for what was
//! written, 64 for what was counted (Go's `big.Float`, which go-cty is made of).

mod arithmetic;
mod decimal;
mod parse;
mod write;

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

/// The precision of a number that was written or parsed.
pub(crate) const WRITTEN: u32 = 512;

/// The precision of a number that comes of a whole number of this machine.
pub(crate) const COUNTED: u32 = 64;

/// The precision of a number that comes of a 64-bit floating point number.
const DOUBLE: u32 = 53;

/// The largest binary exponent that there is.
const LARGEST: i64 = i32::MAX as i64;

/// How many bits a whole number may have to be computed with digit by digit.
const MOST_BITS: i64 = 1_000_000;

/// A number.
#[derive(Debug, Clone)]
pub struct Number {
    negative: bool,
    magnitude: Magnitude,
    precision: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Magnitude {
    /// `mantissa * 2^exponent`; the mantissa is odd, or zero with the exponent zero.
    Finite {
        mantissa: BigUint,
        exponent: i64,
    },
    Infinite,
}

impl Number {
    /// `mantissa * 2^exponent`, rounded to the precision, half to even. `sticky` says that there is a little more than that.
    fn rounded(negative: bool, mantissa: BigUint, exponent: i64, sticky: bool, precision: u32) -> Self {
        let bits = mantissa.bits();
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        if bits > u64::from(precision) {
            let surplus = bits - u64::from(precision);
            let half = mantissa.bit(surplus - 1);
            let below = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < surplus - 1);
            mantissa >>= surplus;
            exponent += i64::try_from(surplus).unwrap_or(LARGEST);
            if half && (below || mantissa.bit(0)) {
                mantissa += 1_u32;
            }
        }
        match mantissa.trailing_zeros() {
            None => return Self { negative, magnitude: Magnitude::zero(), precision },
            Some(0) => {}
            Some(zeros) => {
                mantissa >>= zeros;
                exponent += i64::try_from(zeros).unwrap_or(LARGEST);
            }
        }
        let top = exponent.saturating_add(i64::try_from(mantissa.bits()).unwrap_or(LARGEST));
        let magnitude = if top > LARGEST {
            Magnitude::Infinite
        } else if top < -LARGEST {
            Magnitude::zero()
        } else {
            Magnitude::Finite { mantissa, exponent }
        };
        Self { negative, magnitude, precision }
    }

    /// A whole number of any size, in the precision that holds it.
    pub(crate) fn whole(value: &BigInt) -> Self {
        let precision = u32::try_from(value.bits()).unwrap_or(u32::MAX).max(COUNTED);
        Self::whole_within(value, precision)
    }

    /// A whole number in a precision.
    pub(crate) fn whole_within(value: &BigInt, precision: u32) -> Self {
        Self::rounded(value.sign() == Sign::Minus, value.magnitude().clone(), 0, false, precision)
    }

    /// The infinite number of a sign.
    pub(crate) fn infinite(negative: bool) -> Self {
        Self { negative, magnitude: Magnitude::Infinite, precision: COUNTED }
    }

    /// A 64-bit floating point number, unless it is not a number.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Self { precision: DOUBLE, ..Self::infinite(value.is_sign_negative()) });
        }
        let bits = value.to_bits();
        let (field, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
        let mantissa = if field == 0 { fraction } else { fraction | 1 << 52 };
        let exponent = i64::try_from(field.max(1)).unwrap_or_default() - 1075;
        Some(Self::rounded(value.is_sign_negative(), mantissa.into(), exponent, false, DOUBLE))
    }

    /// Whether it is zero, of either sign.
    pub fn is_zero(&self) -> bool {
        matches!(&self.magnitude, Magnitude::Finite { mantissa, .. } if mantissa.bits() == 0)
    }

    /// Whether it is infinite.
    pub fn is_infinite(&self) -> bool {
        self.magnitude == Magnitude::Infinite
    }

    /// Whether it is below zero, or the zero of that sign.
    pub fn has_minus(&self) -> bool {
        self.negative
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.negative && !self.is_zero()
    }

    /// Whether it has no fraction; infinite numbers are not whole.
    pub fn is_whole(&self) -> bool {
        matches!(self.magnitude, Magnitude::Finite { exponent, .. } if exponent >= 0)
    }

    /// The whole number next to it on the side of zero, unless it is infinite or has more digits than can be handled.
    pub(crate) fn truncated(&self) -> Option<BigInt> {
        let Magnitude::Finite { mantissa, exponent } = &self.magnitude else { return None };
        let magnitude = match u64::try_from(*exponent) {
            Ok(shift) if *exponent <= MOST_BITS => mantissa << shift,
            Ok(_) => return None,
            Err(_) => mantissa >> exponent.unsigned_abs().min(mantissa.bits() + 1),
        };
        Some(BigInt::from_biguint(if self.negative { Sign::Minus } else { Sign::Plus }, magnitude))
    }

    /// The whole number that it is, if it is one that 64 bits hold.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.magnitude {
            Magnitude::Finite { exponent, .. } if (0..64).contains(exponent) => self.truncated()?.try_into().ok(),
            _ => None,
        }
    }

    /// The nearest 64-bit floating point number.
    pub fn as_f64(&self) -> f64 {
        let double = Self { precision: DOUBLE, ..self.clone() }.round();
        let sign = if self.negative { -1.0 } else { 1.0 };
        match &double.magnitude {
            Magnitude::Infinite => sign * f64::INFINITY,
            Magnitude::Finite { .. } => double.scientific(17).parse().unwrap_or(sign * f64::INFINITY),
        }
    }

    /// The number as its precision has it.
    fn round(self) -> Self {
        match self.magnitude {
            Magnitude::Infinite => self,
            Magnitude::Finite { mantissa, exponent } => {
                Self::rounded(self.negative, mantissa, exponent, false, self.precision)
            }
        }
    }

    /// The number in another precision.
    pub(crate) fn within(&self, precision: u32) -> Self {
        Self { precision, ..self.clone() }.round()
    }
}

impl Magnitude {
    fn zero() -> Self {
        Self::Finite { mantissa: BigUint::ZERO, exponent: 0 }
    }
}

impl PartialEq for Number {
    /// By worth: precision and the sign of zero do not count.
    fn eq(&self, other: &Self) -> bool {
        self.magnitude == other.magnitude && (self.negative == other.negative || self.is_zero())
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if other.negative { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.magnitude.compare(&other.magnitude),
            (true, true) => other.magnitude.compare(&self.magnitude),
        }
    }
}

impl Magnitude {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Infinite, Self::Infinite) => Ordering::Equal,
            (Self::Infinite, _) => Ordering::Greater,
            (_, Self::Infinite) => Ordering::Less,
            (Self::Finite { mantissa: a, exponent: at }, Self::Finite { mantissa: b, exponent: bt }) => {
                let top = |mantissa: &BigUint, exponent: i64| i128::from(exponent) + i128::from(mantissa.bits());
                // With the same leading bit the exponents differ by no more than the mantissas are long.
                top(a, *at).cmp(&top(b, *bt)).then_with(|| match at.cmp(bt) {
                    Ordering::Less => a.cmp(&(b << (bt - at).unsigned_abs())),
                    Ordering::Greater => (a << (at - bt).unsigned_abs()).cmp(b),
                    Ordering::Equal => a.cmp(b),
                })
            }
        }
    }
}

macro_rules! from_whole {
    ($($from:ty)*) => {$(
        impl From<$from> for Number {
            fn from(value: $from) -> Self {
                Self::whole_within(&BigInt::from(value), COUNTED)
            }
        }
    )*};
}

from_whole! { i32 u32 i64 u64 usize }
