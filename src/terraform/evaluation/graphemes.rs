//! Characters as people count them: grapheme clusters.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::value::normalized;

/// How much of a known beginning is kept; HCL keeps as much.
const LONGEST_PREFIX: usize = 128;

/// The grapheme clusters of a text.
pub(super) fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true)
}

/// How much of a text stays the beginning whatever follows it: the last character may combine with what comes.
pub(super) fn safe_prefix(text: &str) -> String {
    let mut end = text.len().min(LONGEST_PREFIX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = normalized(&text[..end]);
    let Some((last, cluster)) = text.grapheme_indices(true).next_back() else { return String::new() };
    let mut characters = cluster.chars();
    let is_delimiter = matches!(
        (characters.next(), characters.next()),
        (
            Some(
                '-' | '_'
                    | ':'
                    | ';'
                    | '/'
                    | '\\'
                    | ','
                    | '.'
                    | '('
                    | ')'
                    | '{'
                    | '}'
                    | '['
                    | ']'
                    | '|'
                    | '?'
                    | '!'
                    | '~'
                    | ' '
                    | '\t'
                    | '@'
                    | '#'
                    | '$'
                    | '%'
                    | '^'
                    | '&'
                    | '*'
                    | '+'
                    | '"'
                    | '\''
            ),
            None
        )
    );
    // Punctuation is the end of a cluster; a mark that follows would stand alone.
    if is_delimiter && !cluster.chars().any(is_combining_mark) { text.to_string() } else { text[..last].to_owned() }
}
