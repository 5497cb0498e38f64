//! The mark of a file that `-o` writes: which kind of document it is, and a hash, so that edits are not lost.

use std::fmt::Write as _;

use dr_synth::AUTHORSHIP;
use dr_synth::files::is_ours;
use sha2::{Digest as _, Sha256};

const HASH: &str = ", sha256 ";

/// Why a file that is there may not be overwritten.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// dr-synth did not write it.
    Foreign,
    /// dr-synth wrote it, and its mark has no hash: whether it was edited is unknown.
    Unmarked,
    /// It is another document of dr-synth's.
    OtherKind(String),
    /// It was edited after it was written.
    Edited,
}

/// The text with its kind and its hash in the mark that it begins with.
pub(super) fn marked(text: &str, kind: &str) -> String {
    let Some(end) = end_of_mark(text) else { return text.to_owned() };
    let (before, after) = text.split_at(end);
    format!("{before}{}{after}", stamp(kind, text))
}

/// Why a file with this content may not be replaced by a document of this kind, if it may not.
pub(super) fn obstacle(content: &[u8], kind: &str) -> Option<Obstacle> {
    if content.is_empty() {
        return None;
    }
    let Some(text) = std::str::from_utf8(content).ok().filter(|_| is_ours(content)) else {
        return Some(Obstacle::Foreign);
    };
    let end = end_of_mark(text).unwrap_or_default();
    let (mark, after) = text.split_at(end);
    let stamped = mark.rfind("; ").and_then(|at| Some((at, mark[at + 2..].split_once(HASH)?.0)));
    let Some((at, found)) = stamped else { return Some(Obstacle::Unmarked) };
    if found != kind {
        return Some(Obstacle::OtherKind(found.to_owned()));
    }
    let original = format!("{}{after}", &mark[..at]);
    (mark[at..] != stamp(kind, &original)).then_some(Obstacle::Edited)
}

fn stamp(kind: &str, text: &str) -> String {
    let mut stamp = format!("; {kind}{HASH}");
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(stamp, "{byte:02x}");
    }
    stamp
}

/// Where the words of the mark end: at the end of the comment, or of the string in JSON.
fn end_of_mark(text: &str) -> Option<usize> {
    let start = text.find(AUTHORSHIP)?;
    let rest = &text[start..];
    ["\n", "\r", " -->", "\""].iter().filter_map(|end| rest.find(end)).min().map(|length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 4] = [
        "%% Written by dr-synth\nflowchart\n",
        "<!-- Written by dr-synth 0.1.0 -->\n# Title; \n",
        "// Written by dr-synth\ndigraph {\n}\n",
        "{\n  \"//\": \"Written by dr-synth 0.1.0\",\n  \"version\": 1\n}\n",
    ];

    #[test]
    fn what_was_written_may_be_replaced_by_its_own_kind_only() {
        for text in TEXTS {
            let written = marked(text, "graph");
            assert!(is_ours(written.as_bytes()), "{written}");
            assert_eq!(obstacle(written.as_bytes(), "graph"), None, "{written}");
            assert_eq!(obstacle(written.as_bytes(), "runbook"), Some(Obstacle::OtherKind("graph".to_owned())));
            assert_eq!(obstacle(text.as_bytes(), "graph"), Some(Obstacle::Unmarked));
        }
    }

    #[test]
    fn every_edit_is_seen() {
        for text in TEXTS {
            let written = marked(text, "graph");
            let edited = format!("{written}\n");
            assert_eq!(obstacle(edited.as_bytes(), "graph"), Some(Obstacle::Edited));
        }
        assert_eq!(obstacle(b"mine", "graph"), Some(Obstacle::Foreign));
        assert_eq!(obstacle(b"", "graph"), None);
    }
}
