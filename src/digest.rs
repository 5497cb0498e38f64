//! Digests as text.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The digest of what was fed in so far, in hexadecimal digits.
pub(crate) fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
