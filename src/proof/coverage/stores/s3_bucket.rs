//! A bucket with what other resources say about it: versions, lock, lifecycle, encryption.

use super::super::backup_selection::or;
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
    /// Why it is not known whether there is such a retention.
    pub(super) lock_doubt: Option<String>,
    /// The rules of its lifecycle that are enabled.
    pub(super) lifecycle: Vec<&'m Node>,
    /// Those of which that is not known, each with the reason.
    pub(super) undecided: Vec<(&'m Node, String)>,
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
    let (lifecycle, undecided) = lifecycle(model, resource);
    Bucket {
        resource,
        versioned,
        mfa_delete,
        retention: retention(model, resource, false),
        compliance: retention(model, resource, true).filter(|_| lockable),
        lock_doubt: lock_doubt(model, resource).filter(|_| lockable),
        lifecycle,
        undecided,
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

/// The default retention, and why it is not known whether it is there.
fn default_retention<'m>(model: &'m Model, bucket: &'m Resource) -> (&'m Node, Option<&'m String>) {
    let apart = model.referring("aws_s3_bucket_object_lock_configuration", "bucket", bucket);
    match apart.first() {
        Some(lock) => (lock.at("rule.default_retention"), lock.doubt.as_ref()),
        None => (bucket.at("object_lock_configuration.rule.default_retention"), None),
    }
}

/// Why it is not known whether versions are locked in compliance mode.
fn lock_doubt(model: &Model, bucket: &Resource) -> Option<String> {
    let (retention, doubt) = default_retention(model, bucket);
    let mode = retention.at("mode");
    let may_be = mode.is_text("COMPLIANCE") || mode.unknown().is_some();
    let unknown = ["mode", "days", "years"].into_iter().find_map(|name| retention.at(name).unknown());
    unknown.map(str::to_owned).or_else(|| doubt.cloned()).filter(|_| may_be)
}

fn retention(model: &Model, bucket: &Resource, compliance: bool) -> Option<u64> {
    let (retention, doubt) = default_retention(model, bucket);
    if compliance && doubt.is_some() {
        return None;
    }
    if compliance && !retention.at("mode").is_text("COMPLIANCE") {
        return None;
    }
    let years = retention.at("years").number().get().map(|years| seconds(years * 365.0));
    retention.at("days").number().get().map(seconds).or(years)
}

/// The rules that are enabled, and those of which that is not known.
fn lifecycle<'m>(model: &'m Model, bucket: &'m Resource) -> (Vec<&'m Node>, Vec<(&'m Node, String)>) {
    let apart = model.referring("aws_s3_bucket_lifecycle_configuration", "bucket", bucket);
    let of_owner = |owner: &'m Resource, name: &str| {
        let rules: Vec<(&Node, Option<String>)> =
            owner.values.blocks(name).into_iter().map(|rule| (rule, owner.doubt.clone())).collect();
        rules
    };
    let rules = apart.into_iter().flat_map(|owner| of_owner(owner, "rule"));
    let (mut enabled, mut undecided) = (Vec::new(), Vec::new());
    for (rule, doubt) in rules.chain(of_owner(bucket, "lifecycle_rule")) {
        let unknown = [rule.at("status"), rule.at("enabled")].into_iter().find_map(Node::unknown);
        let is_on = rule.at("status").is_text("Enabled") || rule.at("enabled").flag().get() == Some(true);
        match unknown.map(str::to_owned).or(doubt) {
            Some(reason) if is_on || unknown.is_some() => undecided.push((rule, reason)),
            _ if is_on => enabled.push(rule),
            _ => {}
        }
    }
    (enabled, undecided)
}

/// The arguments that say after how many days a version that is no longer current goes.
const PAST: [&str; 2] = ["noncurrent_version_expiration.noncurrent_days", "noncurrent_version_expiration.days"];

/// Below so many days, in any scenario, it matters when versions go.
const MATTERS: f64 = 3.0;

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
        self.days(PAST[0], false).or_else(|| self.days(PAST[1], false))
    }

    /// Why it is not known how long earlier versions are kept.
    pub(super) fn past_doubt(&self) -> Option<String> {
        self.doubt(&PAST, MATTERS)
    }

    /// Why it is not known whether current objects go.
    pub(super) fn expiry_doubt(&self) -> Option<String> {
        self.doubt(&["expiration.days"], f64::INFINITY)
    }

    /// Why it is not known after how many days something goes, where it may be few: an unknown number, or a rule that may be there.
    fn doubt(&self, paths: &[&str], few: f64) -> Option<String> {
        let unknown = |rule: &Node| paths.iter().find_map(|path| rule.at(path).unknown().map(str::to_owned));
        let is_few = |rule: &Node| {
            paths.iter().any(|path| match rule.at(path).number() {
                Known::Is(days) => days > 0.0 && days <= few,
                Known::Unknown(_) => true,
                Known::Absent => false,
            })
        };
        let may_be = self.undecided.iter().find(|(rule, _)| is_few(rule)).map(|(_, reason)| reason.clone());
        self.lifecycle.iter().find_map(|rule| unknown(rule)).or(may_be)
    }

    fn days(&self, path: &str, for_all: bool) -> Option<f64> {
        self.lifecycle
            .iter()
            .filter(|rule| !for_all || covers_all(rule) == Truth::Yes)
            .filter_map(|rule| rule.at(path).number().get())
            .filter(|days| *days > 0.0)
            .min_by(f64::total_cmp)
    }

    /// Whether a rule moves current objects into one zone.
    pub(super) fn moves_to_one_zone(&self) -> Truth {
        let of_rule = |rule: &Node| {
            rule.blocks("transition").into_iter().fold(Truth::No, |answer, transition| {
                let class = transition.at("storage_class");
                let one = match class {
                    Node::Unknown(reason) => Truth::Unknown(reason.clone()),
                    class if class.is_text("ONEZONE_IA") => Truth::Yes,
                    _ => Truth::No,
                };
                or(answer, one)
            })
        };
        let certain = self.lifecycle.iter().fold(Truth::No, |answer, rule| or(answer, of_rule(rule)));
        self.undecided.iter().fold(certain, |answer, (rule, reason)| match of_rule(rule) {
            Truth::No => answer,
            _ => or(answer, Truth::Unknown(reason.clone())),
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
pub(super) fn covers_all(rule: &Node) -> Truth {
    let filter = rule.at("filter");
    let parts = [
        filter.at("prefix"),
        filter.at("tag.key"),
        filter.at("tags"),
        filter.at("and.prefix"),
        filter.at("and.tags"),
        filter.at("object_size_greater_than"),
        filter.at("object_size_less_than"),
        filter.at("and.object_size_greater_than"),
        filter.at("and.object_size_less_than"),
        rule.at("prefix"),
        rule.at("tags"),
    ];
    // Sizes of zero leave nothing out.
    let is_open = |part: &Node| match part {
        Node::Null => true,
        Node::Text(text) => text.is_empty(),
        Node::Number(size) => *size <= 0.0,
        Node::Map(entries) => entries.is_empty(),
        Node::List(items) => items.is_empty(),
        _ => false,
    };
    let unknown = parts.iter().find_map(|part| part.unknown());
    match unknown {
        _ if !parts.iter().all(|part| is_open(part) || part.unknown().is_some()) => Truth::No,
        Some(reason) => Truth::Unknown(reason.to_owned()),
        None => Truth::Yes,
    }
}
