//! A bucket with what other resources say about it: versions, lock, lifecycle, encryption.

use super::super::copy::{DAY, Key};
use super::super::keys::key_of;
use super::super::vaults::seconds;
use crate::proof::model::{Account, Known, Model, Node, Resource, Truth};

/// What is set about a bucket.
#[derive(Debug)]
pub(super) struct Bucket<'m> {
    pub(super) resource: &'m Resource,
    pub(super) versioned: Truth,
    /// Whether only the root user can remove versions.
    pub(super) mfa_delete: bool,
    /// The default retention in any mode, in seconds.
    pub(super) retention: Option<u64>,
    /// The default retention in compliance mode, in seconds.
    pub(super) compliance: Option<u64>,
    /// The rules of its lifecycle that are enabled.
    pub(super) lifecycle: Vec<&'m Node>,
    /// The key that its objects are encrypted with by default.
    pub(super) key: Key,
    /// Whether replicas belong to the bucket's owner.
    pub(super) owner_enforced: bool,
}

/// What is set about a bucket, in resources of its own or in its own arguments.
pub(super) fn describe<'m>(model: &'m Model, resource: &'m Resource) -> Bucket<'m> {
    let (versioned, mfa_delete) = versioning(model, resource);
    // S3 refuses a lock without versions.
    let lockable = versioned != Truth::No;
    Bucket {
        resource,
        versioned,
        mfa_delete,
        retention: retention(model, resource, false),
        compliance: retention(model, resource, true).filter(|_| lockable),
        lifecycle: lifecycle(model, resource),
        key: key(model, resource),
        owner_enforced: owner_enforced(model, resource),
    }
}

fn versioning(model: &Model, bucket: &Resource) -> (Truth, bool) {
    if let Some(versioning) = model.referring("aws_s3_bucket_versioning", "bucket", bucket).first() {
        let block = versioning.at("versioning_configuration");
        let enabled = match (block.at("status"), &versioning.doubt) {
            (Node::Unknown(reason), _) => Truth::Unknown(reason.clone()),
            (status, Some(reason)) if status.is_text("Enabled") => Truth::Unknown(reason.clone()),
            (status, _) if status.is_text("Enabled") => Truth::Yes,
            _ => Truth::No,
        };
        return (enabled, block.at("mfa_delete").is_text("Enabled") && versioning.at("mfa").is_set());
    }
    if let Some(reason) = model.undecided("aws_s3_bucket_versioning", "bucket", bucket) {
        return (Truth::Unknown(reason), false);
    }
    let enabled = match bucket.at("versioning.enabled").flag() {
        Known::Is(true) => Truth::Yes,
        Known::Unknown(reason) => Truth::Unknown(reason),
        // Object lock switches versioning on.
        _ if bucket.at("object_lock_enabled").flag().get() == Some(true) => Truth::Yes,
        _ if bucket.at("object_lock_configuration").is_set() => Truth::Yes,
        _ => Truth::No,
    };
    (enabled, false)
}

fn retention(model: &Model, bucket: &Resource, compliance: bool) -> Option<u64> {
    let apart = model.referring("aws_s3_bucket_object_lock_configuration", "bucket", bucket);
    let retention = apart.first().map_or_else(
        || bucket.at("object_lock_configuration.rule.default_retention"),
        |lock| lock.at("rule.default_retention"),
    );
    if compliance && !retention.at("mode").is_text("COMPLIANCE") {
        return None;
    }
    let years = retention.at("years").number().get().map(|years| seconds(years * 365.0));
    retention.at("days").number().get().map(seconds).or(years)
}

fn lifecycle<'m>(model: &'m Model, bucket: &'m Resource) -> Vec<&'m Node> {
    let apart = model.referring("aws_s3_bucket_lifecycle_configuration", "bucket", bucket);
    let rules = apart.iter().flat_map(|lifecycle| lifecycle.values.blocks("rule"));
    let enabled = |rule: &&Node| rule.at("status").is_text("Enabled") || rule.at("enabled").flag().get() == Some(true);
    rules.chain(bucket.values.blocks("lifecycle_rule")).filter(enabled).collect()
}

fn key(model: &Model, bucket: &Resource) -> Key {
    let apart = model.referring("aws_s3_bucket_server_side_encryption_configuration", "bucket", bucket);
    let rule = apart
        .first()
        .map_or_else(|| bucket.at("server_side_encryption_configuration.rule"), |encryption| encryption.at("rule"));
    let default = rule.at("apply_server_side_encryption_by_default");
    match default.at("sse_algorithm") {
        Node::Unknown(reason) => Key::Unknown(reason.clone()),
        Node::Text(algorithm) if algorithm.starts_with("aws:kms") => {
            match key_of(model, default.at("kms_master_key_id"), bucket) {
                Key::Service => Key::Held {
                    name: "alias/aws/s3".to_owned(),
                    region: bucket.region.clone(),
                    account: bucket.account.clone(),
                    removable: false,
                },
                key => key,
            }
        }
        _ => Key::Service,
    }
}

fn owner_enforced(model: &Model, bucket: &Resource) -> bool {
    let controls = model.referring("aws_s3_bucket_ownership_controls", "bucket", bucket);
    controls.first().is_none_or(|controls| {
        let ownership = controls.at("rule.object_ownership");
        ownership.is_null() || ownership.is_text("BucketOwnerEnforced")
    })
}

impl Bucket<'_> {
    /// The shortest time after which a rule removes current objects, in days; of any rule, or of rules for all objects only.
    pub(super) fn expiry(&self, for_all: bool) -> Option<f64> {
        self.days("expiration.days", for_all)
    }

    /// The shortest time after which a rule removes versions that are no longer current, in days.
    pub(super) fn past(&self) -> Option<f64> {
        self.days("noncurrent_version_expiration.noncurrent_days", false)
            .or_else(|| self.days("noncurrent_version_expiration.days", false))
    }

    fn days(&self, path: &str, for_all: bool) -> Option<f64> {
        self.lifecycle
            .iter()
            .filter(|rule| !for_all || covers_all(rule))
            .filter_map(|rule| rule.at(path).number().get())
            .filter(|days| *days > 0.0)
            .min_by(f64::total_cmp)
    }

    /// Whether a rule moves current objects into one zone.
    pub(super) fn moves_to_one_zone(&self) -> bool {
        self.lifecycle.iter().any(|rule| {
            rule.blocks("transition").iter().any(|transition| transition.at("storage_class").is_text("ONEZONE_IA"))
        })
    }

    /// Whether every version is locked against the account's administrators as long as it matters: the store has run for sixty days,
    /// or objects go before their lock ends.
    pub(super) fn locked(&self, needed_days: u64) -> bool {
        self.compliance.is_some_and(|kept| {
            kept >= needed_days * DAY || self.expiry(true).is_some_and(|days| seconds(days) <= kept)
        })
    }

    /// Whose it is.
    pub(super) fn account(&self) -> &Account {
        &self.resource.account
    }
}

/// Whether the filter of a rule, in the new form or the old, lets every object through.
pub(super) fn covers_all(rule: &Node) -> bool {
    let empty = |node: &Node| match node {
        Node::Null => true,
        Node::Text(text) => text.is_empty(),
        Node::Map(entries) => entries.is_empty(),
        Node::List(items) => items.is_empty(),
        _ => false,
    };
    let filter = rule.at("filter");
    let part = |name: &str| empty(filter.at(name));
    let narrow = !part("prefix")
        || !part("tag.key")
        || !part("tags")
        || !part("and.prefix")
        || !part("and.tags")
        || filter.at("object_size_greater_than").number().get().is_some_and(|size| size > 0.0)
        || filter.at("object_size_less_than").number().get().is_some_and(|size| size > 0.0)
        || filter.at("and.object_size_greater_than").number().get().is_some_and(|size| size > 0.0)
        || filter.at("and.object_size_less_than").number().get().is_some_and(|size| size > 0.0);
    !narrow && empty(rule.at("prefix")) && empty(rule.at("tags"))
}
