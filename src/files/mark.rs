//! The mark that tells dr-synth's files from everybody else's.

use serde::Deserialize;

use crate::AUTHORSHIP;

#[derive(Deserialize)]
struct Commented {
    #[serde(rename = "//")]
    comment: String,
}

/// Whether the content begins with the mark of dr-synth, which is a comment that begins with [`AUTHORSHIP`]: the member
/// `//` of a JSON object, or the first line, after `#` (Terraform, TOML, shell), `//`, `%%` (Mermaid),
/// or `<!--` (Markdown, HTML, SVG).
pub fn is_ours(content: &[u8]) -> bool {
    let by_line = ["# ", "// ", "%% ", "<!-- "].iter().any(|start| {
        let rest = content.strip_prefix(start.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(AUTHORSHIP.as_bytes()))
    });
    by_line || begins_with_mark(content) || has_mark(content)
}

/// Whether the mark is the first member of a JSON object, as it is in what dr-synth writes: that is seen without reading the rest.
fn begins_with_mark(content: &[u8]) -> bool {
    ["{", "\"//\"", ":", "\""]
        .iter()
        .try_fold(content, |rest, token| rest.trim_ascii_start().strip_prefix(token.as_bytes()))
        .is_some_and(|comment| comment.starts_with(AUTHORSHIP.as_bytes()))
}

/// Whether a JSON object has the mark in any place, where another program may have put it.
fn has_mark(content: &[u8]) -> bool {
    serde_json::from_slice::<Commented>(content).is_ok_and(|file| file.comment.starts_with(AUTHORSHIP))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_mark_is_a_comment_of_the_files_own_kind() {
        for ours in [
            "# Written by dr-synth 0.1.0\na = 1",
            "<!-- Written by dr-synth 0.1.0 -->\n# Title",
            "// Written by dr-synth\n",
            "{\"a\": {}, \"//\": \"Written by dr-synth 0.1.0, settings ce91638aef0b\"}",
        ] {
            assert!(is_ours(ours.as_bytes()), "{ours}");
        }
    }

    #[test]
    fn anything_else_is_somebody_elses() {
        for foreign in [
            "",
            "{",
            "[]",
            "{\"//\": 1}",
            "{\"//\": \"by hand\"}",
            "\n# Written by dr-synth",
            "Written by dr-synth",
            "\u{feff}{\"//\": \"Written by dr-synth\"}",
            "{\"a\": {\"//\": \"Written by dr-synth\"}}",
        ] {
            assert!(!is_ours(foreign.as_bytes()), "{foreign}");
        }
        assert!(!is_ours(b"\xff\xfe"));
    }
}
