//! Where the objects of a bucket are replicated to, and what is wrong with it.

use super::super::Scenario;
use super::super::copy::{Copy, HOSTILE, History, Key};
use super::super::keys::{is_shared, key_of, refusal};
use super::super::policy::grants;
use super::super::vaults::seconds;
use super::s3_bucket::{Bucket, covers_all, describe};
use crate::proof::model::{Account, Model, Node, Resource, Target, Truth};
use crate::proof::refusal::replication;

/// What S3 promises with replication time control.
const RTC: u64 = 900;

/// What lets somebody remove versions from a bucket, or take it over.
const REMOVING: [&str; 6] = [
    "s3:DeleteObjectVersion",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutReplicationConfiguration",
    "s3:DeleteBucket",
    "s3:PutBucketVersioning",
];

/// A rule that replicates.
struct Rule<'m> {
    values: &'m Node,
    /// The resource it stands in.
    owner: &'m Resource,
}

/// The replicas of a bucket.
pub(super) fn replicas(model: &Model, bucket: &Bucket<'_>) -> Vec<Copy> {
    let rules = rules(model, bucket.resource);
    let mut all = Vec::new();
    for rule in &rules {
        let copy = replica(model, bucket, rule, &rules);
        all.extend(versions(model, rule, &copy));
        all.push(copy);
    }
    if let Some(reason) = model.undecided("aws_s3_bucket_replication_configuration", "bucket", bucket.resource) {
        all.push(undecided(reason));
    }
    all
}

/// The versions that a write or a delete leaves behind in the replica's bucket.
fn versions(model: &Model, rule: &Rule<'_>, replica: &Copy) -> Option<Copy> {
    let Target::Found(found) = model.resolve(&["aws_s3_bucket"], rule.values.at("destination.bucket"), rule.owner)
    else {
        return None;
    };
    let target = describe(model, found);
    let kept = target.past().map(|days| seconds(days).max(target.retention.unwrap_or_default()));
    let mut copy = replica.clone();
    copy.what = format!("the earlier versions of the objects in {}", found.address);
    copy.only = vec![Scenario::Corruption];
    copy.history = Some(History { kept, gap: 0, distance: replica.lag });
    copy.doubts.extend(target.past_doubt());
    Some(copy)
}

/// A replica that may be there.
fn undecided(reason: String) -> Copy {
    let region = Node::Unknown(reason.clone());
    let mut copy = Copy::apart("a replica", region, Account::Unknown(reason.clone()), None);
    copy.doubts.push(reason);
    copy
}

fn rules<'m>(model: &'m Model, bucket: &'m Resource) -> Vec<Rule<'m>> {
    let apart = model.referring("aws_s3_bucket_replication_configuration", "bucket", bucket);
    let mut all: Vec<Rule<'m>> = apart
        .into_iter()
        .flat_map(|owner| owner.values.blocks("rule").into_iter().map(move |values| Rule { values, owner }))
        .collect();
    let inline = bucket.at("replication_configuration").blocks("rules");
    all.extend(inline.into_iter().map(|values| Rule { values, owner: bucket }));
    all
}

fn replica(model: &Model, bucket: &Bucket<'_>, rule: &Rule<'_>, all: &[Rule<'_>]) -> Copy {
    let mut copy = Copy::apart("the replica", bucket.resource.region.clone(), bucket.account().clone(), lag(rule, all));
    copy.doubts.extend(rule.owner.doubt.iter().cloned());
    if let Node::Unknown(reason) = rule.values {
        copy.region = Node::Unknown(reason.clone());
        copy.doubts.push(reason.clone());
        return copy;
    }
    match rule.values.at("status") {
        Node::Unknown(reason) => copy.doubts.push(reason.clone()),
        status if status.is_text("Enabled") => {}
        _ => copy.void = Some("its rule is disabled".to_owned()),
    }
    match model.resolve(&["aws_s3_bucket"], rule.values.at("destination.bucket"), rule.owner) {
        Target::Found(found) => into(model, bucket, rule, found, &mut copy),
        Target::Outside(name) => {
            copy.what = format!("the replica in {name}");
            copy.void = Some("its bucket does not stand in the configuration".to_owned());
        }
        Target::Unknown(reason) => {
            copy.region = Node::Unknown(reason.clone());
            copy.account = Account::Unknown(reason.clone());
            copy.doubts.push(reason);
        }
        Target::Nothing => copy.void = Some("its rule has no destination".to_owned()),
    }
    match &bucket.versioned {
        Truth::Yes => {}
        Truth::No => copy.void = Some("replication needs versioning, and the bucket has none".to_owned()),
        Truth::Unknown(reason) => copy.doubts.push(reason.clone()),
    }
    copy.void = copy.void.take().or_else(|| replication::of_configuration(rule.owner));
    match covers_all(rule.values) {
        Truth::No if copy.void.is_none() => copy.void = Some("its rule takes only a part of the objects".to_owned()),
        Truth::Yes | Truth::No => {}
        Truth::Unknown(reason) => copy.doubts.push(reason),
    }
    if let Some(other) = all.iter().find(|other| other.owner.address != rule.owner.address) {
        // A bucket has one replication configuration: the last apply wins, whichever that is.
        copy.doubts.push(format!("{} and {} replace each other", rule.owner.address, other.owner.address));
    }
    copy
}

/// With time control in every rule that may take an object, the bound is that of time control.
fn lag(rule: &Rule<'_>, all: &[Rule<'_>]) -> Option<u64> {
    let controlled = |rule: &Rule<'_>| rule.values.at("destination.replication_time.status").is_text("Enabled");
    let same = |other: &&Rule<'_>| {
        other.values.at("destination.bucket") == rule.values.at("destination.bucket")
            && other.values.at("status").is_text("Enabled")
    };
    (controlled(rule) && all.iter().filter(same).all(controlled)).then_some(RTC)
}

fn into(model: &Model, bucket: &Bucket<'_>, rule: &Rule<'_>, found: &Resource, copy: &mut Copy) {
    let target = describe(model, found);
    copy.what = format!("the replica {}", found.address);
    copy.region = found.region.clone();
    copy.account = found.account.clone();
    copy.doubts.extend(found.doubt.iter().cloned());
    match &target.versioned {
        Truth::Yes => {}
        Truth::No => {
            copy.void = copy.void.take().or(Some("its bucket is not versioned, so S3 refuses the rule".to_owned()));
        }
        Truth::Unknown(reason) => copy.doubts.push(reason.clone()),
    }
    if found.address == bucket.resource.address {
        copy.void = Some("the bucket is its own destination".to_owned());
    }
    encryption(model, bucket, rule, &target, copy);
    if copy.void.is_none() {
        copy.void = expired(bucket, &target);
        copy.doubts.extend(target.expiry_doubt());
    }
    copy.lock_doubt.clone_from(&target.lock_doubt);
    if target.locked(63) {
        copy.lock = Some(format!("object lock of {} in compliance mode", found.address));
    } else if target.mfa_delete {
        copy.lock = Some(format!("only the root user removes versions of {}", found.address));
    }
    if found.account.differs_from(&bucket.resource.account) == Truth::Yes {
        other_account(model, bucket, rule, &target, copy);
    }
}

/// The key of the replicas, or why encrypted objects are left out.
fn encryption(model: &Model, bucket: &Bucket<'_>, rule: &Rule<'_>, target: &Bucket<'_>, copy: &mut Copy) {
    let replica_key = replication::replica_key(rule.values);
    copy.key = if replica_key.is_set() { key_of(model, replica_key, target.resource) } else { target.key.clone() };
    if let Key::Unknown(reason) = &bucket.key {
        copy.doubts.push(reason.clone());
    }
    if matches!(bucket.key, Key::Held { .. }) {
        let criteria = rule.values.at("source_selection_criteria.sse_kms_encrypted_objects");
        let chosen = criteria.at("status").is_text("Enabled") || criteria.at("enabled").flag().get() == Some(true);
        if let Some(reason) = [criteria.at("status"), criteria.at("enabled")].into_iter().find_map(Node::unknown) {
            copy.doubts.push(reason.to_owned());
        } else if !chosen {
            copy.void = Some("objects under a KMS key are not replicated without sse_kms_encrypted_objects".to_owned());
        } else if !replica_key.is_set() {
            copy.void = Some("objects under a KMS key need a replica_kms_key_id".to_owned());
        }
    }
    if let Some(reason) = refusal(&copy.key, &target.resource.region) {
        copy.void = Some(reason);
    }
}

/// Why the replica loses what the bucket still has.
fn expired(bucket: &Bucket<'_>, target: &Bucket<'_>) -> Option<String> {
    let there = target.expiry(false)?;
    let here = bucket.expiry(true);
    (here.is_none_or(|here| here > there))
        .then(|| format!("{} lets objects expire after {there} days, which the bucket keeps", target.resource.address))
}

/// What a bucket of another account needs, and what it may give away.
fn other_account(model: &Model, bucket: &Bucket<'_>, rule: &Rule<'_>, target: &Bucket<'_>, copy: &mut Copy) {
    let store = bucket.account();
    let policies = model.referring("aws_s3_bucket_policy", "bucket", target.resource);
    let policy = policies.first().map_or_else(|| target.resource.at("policy"), |policy| policy.at("policy"));
    match grants(policy, target.account(), store, &["s3:ReplicateObject"]) {
        Truth::Yes => {}
        Truth::No => {
            copy.void = copy.void.take().or_else(|| {
                Some(format!("no policy of {} lets the store's account replicate into it", target.resource.address))
            });
        }
        Truth::Unknown(reason) => copy.doubts.push(reason),
    }
    match grants(policy, target.account(), store, &REMOVING) {
        Truth::Yes => copy.exposed = Some(format!("the policy of {} allows it", target.resource.address)),
        Truth::Unknown(reason) => copy.exposure_doubt = Some(reason),
        Truth::No => {}
    }
    let key = replication::replica_key(rule.values);
    match is_shared(model, key, target.resource, store, &["kms:Encrypt"]) {
        Truth::Yes => {}
        Truth::No => {
            copy.void =
                copy.void.take().or_else(|| Some("the key of the replicas is not for the store's account".to_owned()));
        }
        Truth::Unknown(reason) => copy.doubts.push(reason),
    }
    // Overwritten objects are replicated too; their versions must outlive the three days.
    if let Some(days) = target.past().filter(|days| seconds(*days) <= HOSTILE) {
        copy.exposed =
            Some(format!("overwritten versions are gone from {} after {days} days", target.resource.address));
    }
    let translated = rule.values.at("destination.access_control_translation.owner").is_text("Destination");
    if !target.owner_enforced && !translated {
        // The replicas stay the property of the store's account, and go with it.
        copy.account = store.clone();
    }
}
