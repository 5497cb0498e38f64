//! What watches over the account rather than over payments: the budget, AWS Config, and the stack set for other accounts.

use super::Builder;
use super::events::{self, EventTopics};
use super::foundations::Foundations;
use super::region::{self, RegionStack};
use crate::components::budget::budget;
use crate::components::config::{ConfigInputs, aggregator, config};
use crate::components::stack_sets::{StackSetInputs, stack_sets};
use crate::settings::Feature;

/// Adds what the shape wants of it; `events` are the topics of what `EventBridge` tells, where something else has made them. What there is one of goes through the DR region, so that it can still be changed when
/// the primary is gone.
pub fn build(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack, events: Option<EventTopics>) {
    let foundations = builder.foundations();
    let Foundations { settings, variables, .. } = foundations;
    if settings.features.has(Feature::Budget) {
        budget(&mut builder.dr(), &variables.monthly_budget_usd, &dr.base.topic);
    }
    if settings.features.has(Feature::Config) {
        let events = events.unwrap_or_else(|| events::build(builder, primary, dr));
        watch_configuration(builder, primary, dr, &events);
    }
    if settings.features.has(Feature::StackSets) {
        let inputs = StackSetInputs {
            regions: [settings.primary_region, settings.dr_region],
            organization_id: &variables.organization_id,
            organizational_unit_ids: &variables.organizational_unit_ids,
            call_as: &variables.stack_set_call_as,
            environment: &variables.environment_suffix,
            evidence: &dr.base.storage.receipts,
            evidence_key: &dr.base.keys.storage,
        };
        stack_sets(&mut builder.dr(), &inputs);
    }
}

fn watch_configuration(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack, events: &EventTopics) {
    let foundations = builder.foundations();
    let Foundations { settings, variables, .. } = foundations;
    let key_protection = region::key_protection(foundations);
    let inputs = |events, log_archive, records_global_types| ConfigInputs {
        manage_recorder: &variables.manage_config_recorder,
        records_global_types,
        key_protection: &key_protection,
        deletion_protection: &variables.deletion_protection,
        retention_days: &variables.log_retention_days,
        environment: &variables.environment_suffix,
        log_archive,
        events,
    };
    config(&mut builder.primary(), &inputs(&events.primary, &primary.base.storage.log_archive, false));
    config(&mut builder.dr(), &inputs(&events.dr, &dr.base.storage.log_archive, true));
    aggregator(&mut builder.dr(), [settings.primary_region, settings.dr_region]);
}
