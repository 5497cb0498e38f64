//! Replication of EFS.

use crate::proof::model::{Known, Resource, Truth};

/// Whether EFS takes a file system that is there as the destination of a replication: only without protection from overwriting.
pub(in crate::proof) fn may_be_overwritten(target: &Resource) -> Truth {
    match target.at("protection.replication_overwrite").text() {
        Known::Is(state) if state == "ENABLED" => Truth::No,
        Known::Is(_) => Truth::Yes,
        Known::Unknown(reason) => Truth::Unknown(reason),
        Known::Absent => Truth::No,
    }
}
