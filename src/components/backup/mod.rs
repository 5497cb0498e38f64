//! Backups: what cannot be won back from a replica, because replicas follow every mistake within a second.
//!
//! ```text
//! plan ──> own vault ──copy──> the other region's vault
//!            │
//!            └─ restore test ──> restored cluster, table, bucket ──event──> validator ──> verdict, metrics ──> alarms
//! ```
//!
//! Both regions have all of it and each backs up what stands in it, so that a failover changes nothing: whichever
//! region takes payments has its own backups, and copies of the other's.

mod alarms;
pub mod plan;
pub mod restore_role;
pub mod restore_testing;
pub mod roles;
pub mod vault;
pub mod verification;

use crate::aws::event_pattern::{event_pattern, only, words};
use crate::aws::{kms, sns};
use crate::components::alerts::{TopicInputs, event_topic};
use crate::components::bucket::Bucket;
use crate::components::database::Database;
use crate::components::log_group::LogGroupInputs;
use crate::components::network::Network;
use crate::components::notices::notify_of_events;
use crate::components::region_scope::RegionScope;
use crate::components::storage::Storage;
use crate::terraform::{Handle, Number, Value};
use vault::Vault;

/// What is backed up, with the keys that encrypt it.
#[derive(Debug)]
pub struct Protected<'a> {
    /// The region's Aurora cluster.
    pub database: &'a Database,
    /// Its key.
    pub database_key: &'a Handle<kms::Key>,
    /// Where a restored cluster stands.
    pub network: &'a Network,
    /// The session table's name.
    pub session_table: &'a Value<String>,
    /// Its key.
    pub sessions_key: &'a Handle<kms::Key>,
    /// The bucket of receipts.
    pub receipts: &'a Bucket,
    /// Its key.
    pub receipts_key: &'a Handle<kms::Key>,
}

/// What the backups of a region are made from.
#[derive(Debug)]
pub struct BackupInputs<'a> {
    /// What is backed up.
    pub protected: Protected<'a>,
    /// The region's vault.
    pub vault: &'a Vault,
    /// The vault that copies go to.
    pub other_vault: &'a Vault,
    /// Days for which weekly backups and their copies are kept.
    pub retention_days: &'a Value<Number>,
    /// Whether receipts are backed up too.
    pub receipts: &'a Value<bool>,
    /// The region's buckets, of which operations takes the functions' package.
    pub storage: &'a Storage,
    /// Encrypts the functions' environments.
    pub environment_key: &'a Handle<kms::Key>,
    /// Where logs go.
    pub logs: &'a LogGroupInputs,
    /// Whether the functions' runs are traced.
    pub tracing: bool,
    /// Who hears of alarms.
    pub topic: &'a Handle<sns::Topic>,
    /// Where the topic of what `EventBridge` tells comes from, for backups that could not be made.
    pub events: TopicInputs<'a>,
    /// What tells this environment's metrics from those of another.
    pub environment: &'a Value<String>,
}

impl Protected<'_> {
    /// The ARN of the region's copy of the session table.
    fn session_table_arn(&self, region: &RegionScope<'_>) -> Value<String> {
        region.arn("dynamodb", ["table/".into(), self.session_table.clone()])
    }
}

/// Adds a region's backups and their verification, and returns the topic of what `EventBridge` tells.
pub fn backup(region: &mut RegionScope<'_>, inputs: &BackupInputs<'_>) -> Handle<sns::Topic> {
    let role = roles::backup_role(region, inputs);
    plan::plan(region, inputs, &role);
    let failed = event_pattern(
        "aws.backup",
        &["Backup Job State Change", "Copy Job State Change"],
        [("iamRoleArn", only(role.arn())), ("state", words(&["ABORTED", "EXPIRED", "FAILED"]))],
    );
    let events = event_topic(region, &inputs.events);
    notify_of_events(region, "backup_failures", "Backups and copies that could not be made", failed, &events);
    let restore_role = restore_role::restore_role(region, inputs);
    let testing = restore_testing::restore_testing(region, inputs, &restore_role);
    let validator = verification::verification(region, inputs, &testing, &restore_role);
    alarms::alarms(region, inputs, &validator);
    events
}
