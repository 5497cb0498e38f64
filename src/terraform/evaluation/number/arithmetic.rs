//! The four operations and what is made of them, in the greater precision of the two numbers.

use num_bigint::{BigInt, BigUint};

use super::{Magnitude, Number, WRITTEN};

/// How far apart two numbers may be for the smaller to have any effect on the sum but a tiny one.
const FAR: u64 = 2 * WRITTEN as u64 + 64;

impl Number {
    /// The number with the other sign.
    pub(crate) fn negated(&self) -> Self {
        Self { negative: !self.negative, ..self.clone() }
    }

    /// The number without its sign.
    pub(crate) fn absolute(&self) -> Self {
        Self { negative: false, ..self.clone() }
    }

    /// The sum, unless the two are opposing infinities.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        let precision = self.precision.max(other.precision);
        match (&self.magnitude, &other.magnitude) {
            (Magnitude::Infinite, Magnitude::Infinite) if self.negative != other.negative => None,
            (Magnitude::Infinite, _) => Some(self.within(precision)),
            (_, Magnitude::Infinite) => Some(other.within(precision)),
            _ if self.is_zero() && other.is_zero() => {
                let negative = self.negative && other.negative;
                Some(Self { negative, magnitude: Magnitude::zero(), precision })
            }
            _ if self.is_zero() => Some(other.within(precision)),
            _ if other.is_zero() => Some(self.within(precision)),
            (Magnitude::Finite { mantissa: a, exponent: at }, Magnitude::Finite { mantissa: b, exponent: bt }) => {
                Some(sum((self.negative, a, *at), (other.negative, b, *bt), precision))
            }
        }
    }

    /// The difference, unless the two are the same infinity.
    pub(crate) fn minus(&self, other: &Self) -> Option<Self> {
        self.plus(&other.negated())
    }

    /// The product in a precision, unless it is that of zero and infinity.
    pub(super) fn product(&self, other: &Self, precision: u32) -> Option<Self> {
        let negative = self.negative != other.negative;
        match (&self.magnitude, &other.magnitude) {
            (Magnitude::Finite { mantissa: a, exponent: at }, Magnitude::Finite { mantissa: b, exponent: bt }) => {
                Some(Self::rounded(negative, a * b, at + bt, false, precision))
            }
            _ if self.is_zero() || other.is_zero() => None,
            _ => Some(Self { negative, magnitude: Magnitude::Infinite, precision }),
        }
    }

    /// The product, in as much precision as it needs up to 512 bits.
    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        let product = self.product(other, WRITTEN)?;
        let needed = match &product.magnitude {
            Magnitude::Finite { mantissa, .. } => u32::try_from(mantissa.bits()).unwrap_or(WRITTEN),
            Magnitude::Infinite => 0,
        };
        Some(product.within(self.precision.max(other.precision).max(needed)))
    }

    /// The quotient, unless it is that of two zeros or two infinities.
    pub(crate) fn divided_by(&self, other: &Self) -> Option<Self> {
        let negative = self.negative != other.negative;
        let precision = self.precision.max(other.precision);
        let infinite = Self { negative, magnitude: Magnitude::Infinite, precision };
        let zero = Self { negative, magnitude: Magnitude::zero(), precision };
        match (&self.magnitude, &other.magnitude) {
            (Magnitude::Infinite, Magnitude::Infinite) => None,
            (Magnitude::Infinite, _) => Some(infinite),
            (_, Magnitude::Infinite) => Some(zero),
            _ if other.is_zero() => (!self.is_zero()).then_some(infinite),
            (Magnitude::Finite { mantissa: a, exponent: at }, Magnitude::Finite { mantissa: b, exponent: bt }) => {
                let shift = (u64::from(precision) + 2 + b.bits()).saturating_sub(a.bits());
                let shifted = a << shift;
                let quotient = &shifted / b;
                let sticky = &quotient * b != shifted;
                let exponent = at - bt - i64::try_from(shift).unwrap_or_default();
                // One more bit than the rest can disturb.
                let quotient = (quotient << 1_u32) | BigUint::from(u32::from(sticky));
                Some(Self::rounded(negative, quotient, exponent - 1, sticky, precision))
            }
        }
    }

    /// What a division by whole steps leaves. Zero as the divisor leaves everything.
    pub(crate) fn modulo(&self, other: &Self) -> Option<Self> {
        if self.is_infinite() || other.is_infinite() {
            return self.times(other);
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        let steps = self.divided_by(other)?.truncated()?;
        let steps = Self::whole_within(&steps, self.precision);
        // Go's receiver keeps the precision it has.
        let taken = other.product(&steps, self.precision)?;
        Some(self.minus(&taken)?.within(self.precision))
    }

    /// The next whole number upwards.
    pub(crate) fn ceiling(&self) -> Option<Self> {
        self.to_whole(|whole| if self.negative { whole } else { whole + 1 })
    }

    /// The next whole number downwards.
    pub(crate) fn floor(&self) -> Option<Self> {
        self.to_whole(|whole| if self.negative { whole - 1 } else { whole })
    }

    fn to_whole(&self, outwards: impl FnOnce(BigInt) -> BigInt) -> Option<Self> {
        if self.is_infinite() || self.is_whole() {
            return Some(self.clone());
        }
        Some(Self::whole_within(&outwards(self.truncated()?), self.precision))
    }
}

type Term<'a> = (bool, &'a BigUint, i64);

fn sum(a: Term<'_>, b: Term<'_>, precision: u32) -> Number {
    let top = |(_, mantissa, exponent): Term<'_>| i128::from(exponent) + i128::from(mantissa.bits());
    let (large, small) = if top(a) >= top(b) { (a, b) } else { (b, a) };
    let gap = u64::try_from(top(large) - top(small)).unwrap_or(u64::MAX);
    let (large_negative, large_mantissa, large_exponent) = large;
    if gap > FAR + large_mantissa.bits() {
        // The smaller one decides no more than which way is rounded.
        let (mut mantissa, exponent) = (large_mantissa << FAR, large_exponent - i64::try_from(FAR).unwrap_or_default());
        if large_negative == small.0 {
            mantissa += 1_u32;
        } else {
            mantissa -= 1_u32;
        }
        return Number::rounded(large_negative, mantissa, exponent, false, precision);
    }
    let exponent = large_exponent.min(small.2);
    let aligned = |(negative, mantissa, at): Term<'_>| {
        let magnitude = BigInt::from(mantissa << (at - exponent).unsigned_abs());
        if negative { -magnitude } else { magnitude }
    };
    let sum = aligned(large) + aligned(small);
    Number::rounded(sum.sign() == num_bigint::Sign::Minus, sum.magnitude().clone(), exponent, false, precision)
}
