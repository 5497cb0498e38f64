//! Log groups: always ours, encrypted and kept for a stated time.
//!
//! Services that write logs create their group by themselves when there is none, unencrypted and kept forever, and
//! Terraform then fails because the name is taken. So the group comes first and its writer depends on it.

use std::borrow::Cow;

use super::region_scope::RegionScope;
use crate::aws::cloudwatch;
use crate::terraform::{Handle, Number, Value};

/// What all log groups of a region share.
#[derive(Debug, Clone)]
pub struct LogGroupInputs {
    /// The key that encrypts them.
    pub key_arn: Value<String>,
    /// How many days entries are kept.
    pub retention_days: Value<Number>,
}

/// Adds a log group.
pub fn log_group(
    region: &mut RegionScope<'_>,
    name: impl Into<Cow<'static, str>>,
    path: Value<String>,
    inputs: &LogGroupInputs,
) -> Handle<cloudwatch::LogGroup> {
    region.add(
        cloudwatch::LogGroup::new(name)
            .name(path)
            .kms_key_id(&inputs.key_arn)
            .retention_in_days(&inputs.retention_days),
    )
}
