//! Number literals.

use crate::terraform::expression::Number;

/// The number that a literal stands for; whole numbers that 64 bits do not hold are refused rather than rounded.
pub(super) fn number(text: &str) -> Result<Number, &'static str> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let whole: u64 = text.parse().map_err(|_| "a whole number beyond 64 bits")?;
        return Ok(whole.into());
    }
    let fraction: f64 = text.parse().map_err(|_| "not a number")?;
    Number::from_f64(fraction).ok_or("a number beyond what 64 bits hold")
}
