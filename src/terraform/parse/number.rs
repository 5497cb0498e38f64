//! Number literals.

use crate::terraform::evaluation;
use crate::terraform::expression::{Expression, Number};

/// The expression that a literal stands for. What a number of a document does not hold exactly is a text that Terraform
/// converts to the same number.
pub(super) fn literal(text: &str) -> Result<Expression, &'static str> {
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
    match number(text) {
        Ok(number) if is_whole || is_exact(text, &number) => Ok(Expression::Number(number)),
        _ => {
            evaluation::Number::parse(text).ok_or("not a number")?;
            Ok(Expression::call("tonumber", [text.to_owned().into()]))
        }
    }
}

/// Short literals are what they say; of the others it is tried.
pub(in crate::terraform::parse) fn is_exact(text: &str, number: &Number) -> bool {
    let is_short = text.len() <= 15 && !text.contains(['e', 'E']);
    is_short || evaluation::Number::parse(text) == evaluation::Number::parse(&number.to_string())
}

/// The number that a literal stands for; whole numbers that 64 bits do not hold are refused rather than rounded.
pub(super) fn number(text: &str) -> Result<Number, &'static str> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let whole: u64 = text.parse().map_err(|_| "a whole number beyond 64 bits")?;
        return Ok(whole.into());
    }
    let fraction: f64 = text.parse().map_err(|_| "not a number")?;
    Number::from_f64(fraction).ok_or("a number beyond what 64 bits hold")
}
