//! Buckets: versions, object lock, replication, AWS Backup.

use super::super::Scenario;
use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, History, Key, Store};
use super::super::vaults::seconds;
use super::s3_bucket::{Bucket, describe};
use super::s3_replication::replicas;
use crate::proof::model::{Model, Resource, Truth};

const BACKUP: Kind = Kind { service: "S3", continuous: Some(900), own_encryption: true };

/// How long everything has run: no object is older.
const RUNNING_DAYS: u64 = 60;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    let buckets =
        model.of_type("aws_s3_bucket").map(|bucket| Store { resource: bucket, copies: copies(model, bucket) });
    let one_zone = model.of_type("aws_s3_directory_bucket").map(|bucket| {
        let mut own = Copy::of_store(bucket);
        own.outlives_zone = false;
        Store { resource: bucket, copies: vec![own] }
    });
    buckets.chain(one_zone).collect()
}

fn copies(model: &Model, resource: &Resource) -> Vec<Copy> {
    let bucket = describe(model, resource);
    let mut own = Copy::of_store(resource);
    "the bucket".clone_into(&mut own.what);
    let one_zone = bucket.moves_to_one_zone();
    own.outlives_zone = one_zone == Truth::No;
    own.key = bucket.key.clone();
    own.outlives_store = bucket.locked(RUNNING_DAYS) || bucket.mfa_delete;
    own.lock = lock(&bucket);
    own.lock_doubt.clone_from(&bucket.lock_doubt);
    let mut all = vec![own.clone()];
    if let Truth::Unknown(reason) = one_zone {
        own.outlives_zone = true;
        all.push(own.if_so(&[Scenario::Zone], reason));
    }
    if let (Some(reason), false) = (&bucket.lock_doubt, own.outlives_store) {
        own.outlives_store = true;
        all.push(own.if_so(&[Scenario::Deletion], reason.as_str()));
    }
    all.extend(versions(&bucket));
    all.extend(replicas(model, &bucket));
    let mut points = recovery_points(model, resource, BACKUP, &bucket.key);
    for point in &mut points {
        match &bucket.versioned {
            Truth::Yes => {}
            Truth::No => point.void = Some("AWS Backup takes only versioned buckets".to_owned()),
            Truth::Unknown(reason) => point.doubts.push(reason.clone()),
        }
    }
    all.extend(points);
    all
}

fn lock(bucket: &Bucket<'_>) -> Option<String> {
    if bucket.locked(RUNNING_DAYS + 3) {
        Some("its versions are locked in compliance mode".to_owned())
    } else if bucket.mfa_delete {
        Some("only the root user with its MFA device removes versions".to_owned())
    } else {
        None
    }
}

/// The versions that a write or a delete leaves behind.
fn versions(bucket: &Bucket<'_>) -> Option<Copy> {
    if bucket.versioned == Truth::No {
        return None;
    }
    let mut copy = Copy::of_store(bucket.resource);
    "the earlier versions of the objects".clone_into(&mut copy.what);
    copy.only = vec![Scenario::Corruption];
    copy.key = match &bucket.key {
        Key::Unknown(reason) => Key::Unknown(reason.clone()),
        _ => Key::Service,
    };
    // What is locked outlives the lifecycle.
    let kept = bucket.past().map(|days| seconds(days).max(bucket.retention.unwrap_or_default()));
    copy.history = Some(History { kept, gap: 0, distance: Some(0) });
    if let Truth::Unknown(reason) = &bucket.versioned {
        copy.doubts.push(reason.clone());
    }
    copy.doubts.extend(bucket.past_doubt());
    Some(copy)
}
