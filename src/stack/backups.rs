//! Backups of both regions, each with copies in the other.

use super::Builder;
use super::foundations::Foundations;
use super::region::{self, RegionStack};
use crate::components::backup::vault::{Vault, vault};
use crate::components::backup::{BackupInputs, Protected, backup};
use crate::settings::Feature;

/// Adds the backups of both regions. The vaults come first, because each region's role names the other's key.
pub fn build(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) {
    let foundations = builder.foundations();
    let protection = region::key_protection(foundations);
    let deletion_protection = &foundations.variables.deletion_protection;
    let primary_vault = vault(&mut builder.primary(), &protection, deletion_protection);
    let dr_vault = vault(&mut builder.dr(), &protection, deletion_protection);
    backup(&mut builder.primary(), &inputs(foundations, primary, &primary_vault, &dr_vault));
    backup(&mut builder.dr(), &inputs(foundations, dr, &dr_vault, &primary_vault));
}

fn inputs<'a>(
    foundations: &'a Foundations,
    region: &'a RegionStack,
    vault: &'a Vault,
    other_vault: &'a Vault,
) -> BackupInputs<'a> {
    let base = &region.base;
    BackupInputs {
        protected: Protected {
            database: &base.database,
            database_key: &base.keys.database,
            network: &base.network,
            session_table: &base.session_table,
            sessions_key: &base.keys.sessions,
            receipts: &base.storage.receipts,
            receipts_key: &base.keys.storage,
        },
        vault,
        other_vault,
        retention_days: &foundations.variables.backup_retention_days,
        receipts: &foundations.variables.backup_receipts,
        storage: &base.storage,
        environment_key: &base.keys.secrets,
        logs: &base.logs,
        tracing: foundations.settings.features.has(Feature::Xray),
        topic: &base.topic,
        operations_key: &base.keys.operations,
        subscribers: region::subscribers(foundations),
        environment: &foundations.variables.environment_suffix,
    }
}
