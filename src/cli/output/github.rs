//! For GitHub Actions: workflow commands that put each finding beside its line
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

use std::fmt::Write as _;

use dr_synth::proof::{Finding, Severity};

use super::Places;

/// A command for each finding.
pub(super) fn commands(findings: &[Finding], places: &mut Places<'_>) -> String {
    let mut text = String::new();
    for finding in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            _ => "notice",
        };
        let mut properties = vec![format!("title={}", property(finding.rule))];
        if let Some(place) = places.of(finding) {
            properties.push(format!("file={}", property(place.name())));
            properties.push(format!("line={},col={}", place.line(), place.column()));
        }
        let message = message(&format!("{}: {}", finding.address(), finding.message));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "::{command} {}::{message}", properties.join(","));
    }
    text
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_commands_is_escaped() {
        assert_eq!(message("50%\nof a:b,c"), "50%25%0Aof a:b,c");
        assert_eq!(property("C:\\a,b"), "C%3A\\a%2Cb");
    }
}
