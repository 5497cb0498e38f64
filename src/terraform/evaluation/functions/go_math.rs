//! Logarithms and powers, to the last bit as Go's `math` computes them: other libraries round otherwise.

#![allow(clippy::float_cmp, reason = "special values are compared as what they are")]

/// `x` as a fraction from 0.5 to below 1 and a power of two.
fn split(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 4_503_599_627_370_496.0, -52) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or_default() - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent + shift)
}

/// `fraction * 2^exponent`, in steps that do not overflow before their time.
fn join(mut fraction: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 && fraction.is_finite() && fraction != 0.0 {
        fraction *= 2_f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 && fraction != 0.0 {
        fraction *= 2_f64.powi(-1000);
        exponent += 1000;
    }
    fraction * 2_f64.powi(i32::try_from(exponent).unwrap_or_default())
}

/// The natural logarithm, by the algorithm of FreeBSD's `e_log.c`.
pub(super) fn log(x: f64) -> f64 {
    const HIGH: f64 = 6.931_471_803_691_238e-1;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    const COEFFICIENTS: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    let (mut fraction, mut exponent) = split(x);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    let k = f64::from(i32::try_from(exponent).unwrap_or_default());
    let [l1, l2, l3, l4, l5, l6, l7] = COEFFICIENTS;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let t1 = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)));
    let t2 = s4 * (l2 + s4 * (l4 + s4 * l6));
    let half_square = 0.5 * f * f;
    k * HIGH - ((half_square - (s * (half_square + (t1 + t2)) + k * LOW)) - f)
}

fn is_odd(y: f64) -> bool {
    y.abs() < 9_007_199_254_740_992.0 && y.fract() == 0.0 && y % 2.0 != 0.0
}

/// `x` to the power of `y`.
pub(super) fn pow(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if y == 1.0 {
        return x;
    }
    if x == 0.0 || !x.is_finite() || !y.is_finite() {
        return x.powf(y);
    }
    if y == 0.5 {
        return x.sqrt();
    }
    if y == -0.5 {
        return 1.0 / x.sqrt();
    }
    let (mut whole, mut rest) = (y.abs().trunc(), y.abs().fract());
    if rest != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    if whole >= 9.2e18 {
        let is_small = (x.abs() < 1.0) == (y > 0.0);
        return if x == -1.0 {
            1.0
        } else if is_small {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let mut result = 1.0;
    let mut result_exponent = 0_i64;
    if rest != 0.0 {
        if rest > 0.5 {
            rest -= 1.0;
            whole += 1.0;
        }
        result = (rest * log(x)).exp();
    }
    let (mut factor, mut exponent) = split(x);
    let mut left = whole;
    while left >= 1.0 {
        if exponent.abs() > 1 << 12 {
            // Far beyond what there is, whatever follows.
            result_exponent += exponent;
            break;
        }
        if is_odd(left) {
            result *= factor;
            result_exponent += exponent;
        }
        factor *= factor;
        exponent <<= 1;
        if factor < 0.5 {
            factor += factor;
            exponent -= 1;
        }
        left = (left / 2.0).trunc();
    }
    if y < 0.0 {
        result = 1.0 / result;
        result_exponent = -result_exponent;
    }
    join(result, result_exponent)
}
