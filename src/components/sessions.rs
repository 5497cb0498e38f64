//! Session state: a `DynamoDB` table with a replica in the other region, both writable at all times.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::{dynamodb, kms};
use crate::terraform::{Handle, Lifecycle, Resource, Value};

/// The partition key.
pub const SESSION_ID: &str = "session_id";

/// The attribute that says when an item may go.
pub const EXPIRES_AT: &str = "expires_at";

/// How the tables are protected.
#[derive(Debug, Clone)]
pub struct TableProtection {
    /// Whether a table refuses to be deleted.
    pub deletion_protection: Value<bool>,
    /// Whether Terraform refuses to destroy it.
    pub prevent_destroy: bool,
}

/// The name that the table has in both regions: a global table has only one.
pub fn table_name(region: &mut RegionScope<'_>) -> Value<String> {
    region.name(NameKind::Table, "sessions")
}

/// Adds the table.
pub fn session_table(
    region: &mut RegionScope<'_>,
    name: &Value<String>,
    key: &Handle<kms::Key>,
    protection: &TableProtection,
) -> Handle<dynamodb::Table> {
    region.add(
        dynamodb::Table::new("sessions", name)
            .attribute(dynamodb::table::Attribute::new(SESSION_ID, "S"))
            .billing_mode("PAY_PER_REQUEST")
            .hash_key(SESSION_ID)
            .ttl(dynamodb::table::Ttl::new().attribute_name(EXPIRES_AT).enabled(true))
            // Replication reads the stream; a table without one is refused only when the replica is added.
            .stream_enabled(true)
            .stream_view_type("NEW_AND_OLD_IMAGES")
            .point_in_time_recovery(dynamodb::table::PointInTimeRecovery::new(true))
            .server_side_encryption(dynamodb::table::ServerSideEncryption::new(true).kms_key_arn(key.arn()))
            .deletion_protection_enabled(&protection.deletion_protection)
            // The replica is a resource of its own, which alone can protect it against deletion.
            .lifecycle(Lifecycle::new().ignore_changes(["replica"]).prevent_destroy(protection.prevent_destroy)),
    )
}

/// Adds the replica of `table` in the region of the scope.
pub fn session_table_replica(
    region: &mut RegionScope<'_>,
    table: &Handle<dynamodb::Table>,
    key: &Handle<kms::Key>,
    protection: &TableProtection,
) -> Handle<dynamodb::TableReplica> {
    region.add(
        dynamodb::TableReplica::new("sessions", table.arn())
            .kms_key_arn(key.arn())
            .point_in_time_recovery(true)
            .deletion_protection_enabled(&protection.deletion_protection)
            .lifecycle(Lifecycle::new().prevent_destroy(protection.prevent_destroy)),
    )
}
