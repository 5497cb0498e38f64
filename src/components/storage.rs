//! A region's buckets: receipts, which are replicated, and operations (function code and access logs), which are not.

use super::bucket::{Bucket, BucketInputs, bucket};
use super::log_archive::{ACCESS_LOG_PREFIX, LogArchive, deliver_access_logs};
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::kms;
use crate::terraform::{Handle, Number, Value};

/// Days for which a receipt's former versions are kept.
const FORMER_RECEIPT_DAYS: u32 = 365;

/// Days for which the function's former packages are kept.
const FORMER_PACKAGE_DAYS: u32 = 90;

/// What the buckets are made from.
#[derive(Debug)]
pub struct StorageInputs<'a> {
    /// Encrypts the receipts.
    pub key: &'a Handle<kms::Key>,
    /// Whether buckets must be empty to be deleted.
    pub deletion_protection: &'a Value<bool>,
    /// Whether Terraform refuses to destroy the receipts.
    pub prevent_destroy: bool,
    /// Days for which access logs are kept.
    pub log_retention_days: &'a Value<Number>,
    /// The bucket that keeps access logs, where one exists.
    pub log_archive: Option<&'a Value<String>>,
}

/// A region's buckets.
#[derive(Debug)]
pub struct Storage {
    /// Receipts of payments.
    pub receipts: Bucket,
    /// Function code and access logs.
    pub operations: Bucket,
    /// Where access logs of buckets go.
    pub log_archive: LogArchive,
}

/// Adds both buckets.
pub fn storage(region: &mut RegionScope<'_>, inputs: &StorageInputs<'_>) -> Storage {
    let operations = operations(region, inputs);
    let receipts = bucket(
        region,
        BucketInputs {
            purpose: "receipts",
            key: Some(inputs.key),
            deletion_protection: inputs.deletion_protection,
            prevent_destroy: inputs.prevent_destroy,
            former_version_days: FORMER_RECEIPT_DAYS.into(),
            expiry: None,
            statements: Vec::new(),
        },
    );
    let log_archive = match inputs.log_archive {
        Some(name) => LogArchive::existing(region, name),
        None => LogArchive::own(&operations),
    };
    Storage { receipts, operations, log_archive }
}

/// S3 delivers access logs only to buckets that are encrypted with its own key, hence no key of ours here. It delivers
/// hours late, so the bucket takes them, and lets them expire, also when nobody asks for them any longer or they go elsewhere.
fn operations(region: &mut RegionScope<'_>, inputs: &StorageInputs<'_>) -> Bucket {
    let name = region.name(NameKind::Bucket, "operations");
    let deliver = deliver_access_logs(region, &name);
    bucket(
        region,
        BucketInputs {
            purpose: "operations",
            key: None,
            deletion_protection: inputs.deletion_protection,
            prevent_destroy: false,
            former_version_days: FORMER_PACKAGE_DAYS.into(),
            expiry: Some((ACCESS_LOG_PREFIX, inputs.log_retention_days.clone())),
            statements: vec![deliver],
        },
    )
}
