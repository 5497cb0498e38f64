//! AWS Config: what this stack promises of its resources, watched after the apply, when people change them by hand.
//!
//! ```text
//! recorder ──> delivery channel ──> bucket
//!    └─ rules ── not kept any more ──> event topic
//! ```
//!
//! An account has one recorder in a region. Where something else has made it, this stack adds its rules alone.

mod recorder;
mod rules;

use crate::aws::config::{self, configuration_aggregator as block};
use crate::aws::event_pattern::event_pattern;
use crate::aws::sns;
use crate::components::encryption::KeyProtection;
use crate::components::log_archive::LogArchive;
use crate::components::naming::NameKind;
use crate::components::notices::notify_of_events;
use crate::components::region_scope::RegionScope;
use crate::settings::Region;
use crate::terraform::{Expression, Handle, Number, Object, Value, concat, text};

/// What AWS Backup begins the names of restored tables and buckets with. A cluster is told by an id that says nothing.
const RESTORE_TESTS: &str = "awsbackup-restore-test";

/// What a region's configuration is watched with.
#[derive(Debug)]
pub struct ConfigInputs<'a> {
    /// Whether this stack has the recorder.
    pub manage_recorder: &'a Value<bool>,
    /// Whether the region's recorder is the one that records what belongs to no region, such as roles. With two of them
    /// every change would be recorded, and paid for, twice.
    pub records_global_types: bool,
    /// How the key of the records comes to an end.
    pub key_protection: &'a KeyProtection,
    /// Whether the bucket of records must be empty to be deleted.
    pub deletion_protection: &'a Value<bool>,
    /// Days for which records are kept.
    pub retention_days: &'a Value<Number>,
    /// What the names of this environment end in.
    pub environment: &'a Value<String>,
    /// Where it is told who read and wrote the records.
    pub log_archive: &'a LogArchive,
    /// The topic of what `EventBridge` tells, for rules that are not kept.
    pub events: &'a Handle<sns::Topic>,
}

/// Adds a region's recorder and rules.
pub fn config(region: &mut RegionScope<'_>, inputs: &ConfigInputs<'_>) {
    let recording = recorder::recorder(region, inputs);
    rules::rules(region, &recording);
    // Rules of other environments and other tools end in something else.
    let ending = concat([text(format!("-{}-", region.region().token())), inputs.environment.clone()]);
    let own: Object = [("suffix", Expression::from(ending))].into_iter().collect();
    // Resources of AWS Backup's restore tests live for hours, without what a live one has.
    let tests: Object = [("prefix", Expression::from(RESTORE_TESTS))].into_iter().collect();
    let not_a_test: Object = [("anything-but", Expression::Object(tests))].into_iter().collect();
    let broken: Object = [("complianceType", Expression::List(vec!["NON_COMPLIANT".into()]))].into_iter().collect();
    let pattern = event_pattern(
        "aws.config",
        &["Config Rules Compliance Change"],
        [
            ("configRuleName", Expression::List(vec![Expression::Object(own)])),
            ("newEvaluationResult", Expression::Object(broken)),
            ("resourceId", Expression::List(vec![Expression::Object(not_a_test)])),
        ],
    );
    notify_of_events(
        region,
        "config_compliance",
        "What this stack promises and no longer keeps",
        pattern,
        inputs.events,
    );
}

/// Adds what shows both regions in one place, through the region of the scope.
pub fn aggregator(region: &mut RegionScope<'_>, regions: [Region; 2]) {
    let name = region.name(NameKind::ConfigAggregator, "config");
    let source = block::AccountAggregationSource::new([region.account_id()])
        .regions(regions.map(|region| Value::from(region.name())));
    region.add(config::ConfigurationAggregator::new("config", name).account_aggregation_source(source));
}
