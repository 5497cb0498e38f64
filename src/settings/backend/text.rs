//! What all backends ask of the texts that they are told.

use crate::settings::SettingsError;

/// A text without a template.
///
/// # Errors
/// There is one.
pub(super) fn without_template(text: &str) -> Result<String, SettingsError> {
    if text.contains("${") || text.contains("%{") {
        return Err(SettingsError::new(format!("`{}` contains a template", text.escape_debug()))
            .because("Terraform reads backends before it knows variables: they take literal text only"));
    }
    Ok(text.to_owned())
}

/// The text if it is legal.
///
/// # Errors
/// It is not, with what it is meant to be and the rule.
pub(super) fn legal(text: &str, is_legal: bool, what: &str, rule: &str) -> Result<String, SettingsError> {
    if is_legal {
        return Ok(text.to_owned());
    }
    Err(SettingsError::new(format!("`{}` is not {what}", text.escape_debug()))
        .because(rule)
        .help("give one that has this form"))
}

/// Whether a byte is a lower-case letter or a digit.
pub(super) const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}
