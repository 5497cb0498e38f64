//! What watches over the account rather than over payments: the budget, AWS Config, and the stack set for other accounts.

use super::Builder;
use super::foundations::Foundations;
use super::region::{self, RegionStack};
use crate::components::budget::budget;
use crate::components::config::{ConfigInputs, aggregator, config};
use crate::components::stack_sets::{StackSetInputs, stack_sets};
use crate::settings::Feature;

/// Adds what the shape wants of it. What there is one of goes through the DR region, so that it can still be changed when
/// the primary is gone.
pub fn build(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) {
    let foundations = builder.foundations();
    let Foundations { settings, variables, .. } = foundations;
    if settings.features.has(Feature::Budget) {
        budget(&mut builder.dr(), &variables.monthly_budget_usd, &dr.base.topic);
    }
    if settings.features.has(Feature::Config) {
        watch_configuration(builder, primary, dr);
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

fn watch_configuration(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) {
    let foundations = builder.foundations();
    let Foundations { settings, variables, .. } = foundations;
    let key_protection = region::key_protection(foundations);
    let inputs = |topic, access_logs, records_global_types| ConfigInputs {
        manage_recorder: &variables.manage_config_recorder,
        records_global_types,
        key_protection: &key_protection,
        deletion_protection: &variables.deletion_protection,
        retention_days: &variables.log_retention_days,
        environment: &variables.environment_suffix,
        access_logs,
        topic,
    };
    config(&mut builder.primary(), &inputs(&primary.base.topic, &primary.base.storage.operations, false));
    config(&mut builder.dr(), &inputs(&dr.base.topic, &dr.base.storage.operations, true));
    aggregator(&mut builder.dr(), [settings.primary_region, settings.dr_region]);
}
