//! What breaks a failover or a restore.

mod backups;
mod copies;
mod databases;
mod deletion;
mod dns;
mod notices;

use super::Rule;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    databases::RULES
        .iter()
        .chain(&copies::RULES)
        .chain(&backups::RULES)
        .chain(&dns::RULES)
        .chain(&notices::RULES)
        .chain(&deletion::RULES)
}
