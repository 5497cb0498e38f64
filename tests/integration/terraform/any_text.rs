//! Literal text that means something to Terraform, JSON or Unicode.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces that are harmless alone and not when they meet.
const HOSTILE: [&str; 34] = [
    "$",
    "$$",
    "%",
    "%%",
    "{",
    "}",
    "${",
    "%{",
    "$${",
    "%%{",
    "${~",
    "~}",
    "${a}",
    "%{ if true }",
    "%{ endif }",
    "\"",
    "\\",
    "\\u0041",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "e\u{301}",
    "é",
    "😀",
    "//",
    "<<EOT\n",
    " ",
];

/// Text made of such pieces, or any text at all.
pub(super) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => vec(select(&HOSTILE[..]), 0..7).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}
