//! A state in a file.

use super::text::without_template;
use super::{Description, optional};
use crate::settings::SettingsError;

pub(super) const DESCRIPTION: Description = Description {
    notation: "local[:PATH]",
    arguments: &[optional("path", state_path)],
    parts: |rest| Some(rest.map(|path| ("path", path)).into_iter().collect()),
};

/// The path of a state file.
///
/// # Errors
/// The path is empty, names a folder or contains a template.
fn state_path(text: &str) -> Result<String, SettingsError> {
    if text.is_empty() || text.ends_with('/') {
        return Err(SettingsError::new(format!("`{}` is not the path of a state file", text.escape_debug()))
            .help("write a file name, such as `terraform.tfstate`"));
    }
    without_template(text)
}
