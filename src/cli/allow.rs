//! Findings that somebody has answered: `[[check.allow]]` in the settings file, each with its reason.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use dr_synth::proof::Finding;
use dr_synth::settings::file::{self, Allowance};

use super::report::{Failure, Report};

/// The allowances of the settings file in this folder; none where there is no file.
///
/// # Errors
/// The file cannot be read, or an allowance in it says not enough.
pub(crate) fn read() -> Result<Vec<Allowance>, Failure> {
    let path = Path::new(file::FILE_NAME);
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Report::new(format!("cannot read the settings file: {error}")).at(file::FILE_NAME).into());
        }
    };
    let source = std::rc::Rc::new(super::report::Source::new(file::FILE_NAME.to_owned(), text));
    file::allowances(&source.text).map_err(|errors| {
        let report = |error| Report::of_settings(error, Some(&source));
        Failure::bad_input(errors.into_iter().map(report).collect())
    })
}

/// Whether an allowance answers a finding.
pub(crate) fn answers(allowance: &Allowance, finding: &Finding) -> bool {
    let address = finding.address();
    let is_it =
        |wanted: &str| address == wanted || address.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'));
    allowance.rule.eq_ignore_ascii_case(finding.rule) && allowance.address.as_deref().is_none_or(is_it)
}
