//! Backups of both regions, each with copies in the other.

use super::Builder;
use super::events::{self, EventTopics};
use super::foundations::Foundations;
use super::region::{self, RegionStack};
use crate::components::alerts::TopicInputs;
use crate::components::backup::vault::{Vault, vault};
use crate::components::backup::{BackupInputs, Protected, backup};
use crate::settings::Feature;

/// Adds the backups of both regions, and returns the topics of what `EventBridge` tells of them. The vaults come first, because each region's role names the other's key.
pub fn build(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) -> EventTopics {
    let foundations = builder.foundations();
    let protection = region::key_protection(foundations);
    let deletion_protection = &foundations.variables.deletion_protection;
    let primary_vault = vault(&mut builder.primary(), &protection, deletion_protection);
    let dr_vault = vault(&mut builder.dr(), &protection, deletion_protection);
    let existing = &foundations.variables.existing;
    let primary_events = events::inputs(foundations, &existing.primary, primary);
    let dr_events = events::inputs(foundations, &existing.dr, dr);
    let primary_inputs = inputs(foundations, primary, [&primary_vault, &dr_vault], primary_events);
    let dr_inputs = inputs(foundations, dr, [&dr_vault, &primary_vault], dr_events);
    EventTopics { primary: backup(&mut builder.primary(), &primary_inputs), dr: backup(&mut builder.dr(), &dr_inputs) }
}

fn inputs<'a>(
    foundations: &'a Foundations,
    region: &'a RegionStack,
    [vault, other_vault]: [&'a Vault; 2],
    events: TopicInputs<'a>,
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
        events,
        environment: &foundations.variables.environment_suffix,
    }
}
