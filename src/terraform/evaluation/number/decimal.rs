//! The exact decimal digits of a number, and their rounding.

use num_bigint::BigUint;

/// `0.digits * 10^point`, without zeros at either end.
#[derive(Debug, Clone, Default)]
pub(super) struct Decimal {
    pub(super) digits: Vec<u8>,
    pub(super) point: i64,
}

impl Decimal {
    /// All digits of `mantissa * 2^exponent`.
    pub(super) fn new(mantissa: &BigUint, exponent: i64) -> Self {
        if mantissa.bits() == 0 {
            return Self::default();
        }
        if let (Ok(small), Ok(shift @ 0..64)) = (u64::try_from(mantissa), u32::try_from(exponent)) {
            return Self::of_small(u128::from(small) << shift);
        }
        let (whole, point) = if let Ok(shift) = u64::try_from(exponent) {
            (mantissa << shift, 0)
        } else {
            // 2^-n is 5^n * 10^-n.
            let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
            (mantissa * BigUint::from(5_u32).pow(power), exponent)
        };
        let digits = whole.to_radix_be(10);
        let point = point + i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let mut decimal = Self { digits, point };
        decimal.trim();
        decimal
    }

    /// The digits of a whole number that needs no large arithmetic: most of those that are written.
    fn of_small(whole: u128) -> Self {
        let digits: Vec<u8> = whole.to_string().bytes().map(|digit| digit - b'0').collect();
        let point = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let mut decimal = Self { digits, point };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        let kept = self.digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        self.digits.truncate(kept);
        if kept == 0 {
            self.point = 0;
        }
    }

    pub(super) fn digit(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or_default()
    }

    /// Rounds to so many digits, half to even.
    pub(super) fn round(&mut self, count: i64) {
        let Ok(count) = usize::try_from(count) else {
            self.digits.clear();
            self.point = 0;
            return;
        };
        if count >= self.digits.len() {
            return;
        }
        if self.should_round_up(count) { self.round_up(count) } else { self.round_down(count) }
    }

    fn should_round_up(&self, count: usize) -> bool {
        if self.digit(count) == 5 && count + 1 == self.digits.len() {
            return count > 0 && self.digit(count - 1) % 2 == 1;
        }
        self.digit(count) >= 5
    }

    pub(super) fn round_down(&mut self, count: usize) {
        if count < self.digits.len() {
            self.digits.truncate(count);
            self.trim();
        }
    }

    pub(super) fn round_up(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        if let Some(last) = self.digits[..count].iter().rposition(|digit| *digit < 9) {
            self.digits[last] += 1;
            self.digits.truncate(last + 1);
        } else {
            self.digits = vec![1];
            self.point += 1;
        }
    }
}
