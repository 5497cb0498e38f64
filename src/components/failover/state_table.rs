//! What the failover knows: a `DynamoDB` table of the DR region alone, because what decides about the loss of the primary
//! must not wait for it.
//!
//! | `id` | |
//! | --- | --- |
//! | `latch` | whether the DR region takes payments, since when and by whom; and who holds the lock to change that |
//! | `detector` | failed probes of the primary in a row |
//! | `failover` | when the last failover was: once in a cool-down |
//! | `installation` | the first check of readiness, from which the age of drills counts before there was one |
//! | `drill` | the drill that runs, or the last that passed |

use crate::aws::iam_policy::Statement;
use crate::aws::{dynamodb, kms};
use crate::components::encryption::identity_may_use;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::components::sessions::TableProtection;
use crate::terraform::{Handle, Lifecycle, Resource, Value, text};

/// The partition key.
const ID: &str = "id";

/// The attribute that says when an item may go.
const EXPIRES_AT: &str = "expires_at";

/// The table.
#[derive(Debug)]
pub struct StateTable {
    /// The table.
    pub table: Handle<dynamodb::Table>,
    /// The key that encrypts it.
    pub key: Handle<kms::Key>,
    /// Its name, known before the table is.
    pub name: Value<String>,
    /// Its ARN, known before the table is.
    pub arn: Value<String>,
}

/// Adds the table.
pub fn state_table(region: &mut RegionScope<'_>, key: &Handle<kms::Key>, protection: &TableProtection) -> StateTable {
    let name = region.name(NameKind::Table, "failover");
    let table = region.add(
        dynamodb::Table::new("failover_state", &name)
            .attribute(dynamodb::table::Attribute::new(ID, "S"))
            .billing_mode("PAY_PER_REQUEST")
            .hash_key(ID)
            .ttl(dynamodb::table::Ttl::new().attribute_name(EXPIRES_AT).enabled(true))
            .point_in_time_recovery(dynamodb::table::PointInTimeRecovery::new(true))
            .server_side_encryption(dynamodb::table::ServerSideEncryption::new(true).kms_key_arn(key.arn()))
            .deletion_protection_enabled(&protection.deletion_protection)
            .lifecycle(Lifecycle::new().prevent_destroy(protection.prevent_destroy)),
    );
    let arn = region.arn("dynamodb", ["table/".into(), name.clone()]);
    StateTable { table, key: key.clone(), name, arn }
}

impl StateTable {
    /// Lets an identity read the table's items.
    pub fn allow_reading(&self, region: &RegionScope<'_>) -> [Statement; 2] {
        [
            Statement::allow("ReadState").action("dynamodb:GetItem").resource(&self.arn),
            identity_may_use("UseStateKey", self.key.arn(), region.service("dynamodb")),
        ]
    }

    /// Lets an identity read the table's items, and write one of them in this way. The latch is nobody's but the machines':
    /// what else writes is held to an item of its own.
    pub fn allow_keeping(&self, region: &RegionScope<'_>, action: &'static str, item: &'static str) -> [Statement; 3] {
        let [read, key] = self.allow_reading(region);
        let write = Statement::allow("KeepOwnState").action(action).resource(&self.arn).when_any(
            "ForAllValues:StringEquals",
            "dynamodb:LeadingKeys",
            [text(item)],
        );
        [read, key, write]
    }
}
