//! What lets somebody in, or something out.

mod encryption;
mod exposure;
mod policies;

use super::Rule;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    encryption::RULES.iter().chain(&exposure::RULES).chain(&policies::RULES)
}
