//! Buckets, keys and secrets.

use super::super::prices::named;
use super::{Meter, blocks};
use crate::proof::model::{Known, Resource, Target};

/// What a replication rule reports: pending bytes and operations, latency, failed operations.
const METRICS_OF_RULE: f64 = 4.0;

pub(super) fn bucket(meter: &mut Meter<'_>, bucket: &Resource) {
    meter.used(bucket, "s3.storage", "storage_gb");
    meter.used(bucket, "s3.puts", "puts");
}

pub(super) fn replication(meter: &mut Meter<'_>, replication: &Resource) {
    transfer(meter, replication);
    for rule in replication.values.blocks("rule") {
        if rule.at("destination.metrics.status").is_text("Enabled") {
            meter.count(replication, "metrics.replication", METRICS_OF_RULE);
        }
        if rule.at("destination.replication_time.status").is_text("Enabled") {
            meter.used(replication, "s3.rtc", "replicated_gb");
        }
    }
}

/// What leaves the region; within it nothing is charged.
fn transfer(meter: &mut Meter<'_>, replication: &Resource) {
    let mut leaves = false;
    for rule in replication.values.blocks("rule") {
        let bucket = meter.model.resolve(&["aws_s3_bucket"], rule.at("destination.bucket"), replication);
        let Target::Found(bucket) = bucket else {
            leaves = true;
            continue;
        };
        leaves |= bucket.region != replication.region;
        if !named("transfer.region").is_some_and(|price| price.holds_in(bucket.region_name())) {
            let (from, to) = (replication.region_name(), bucket.region_name());
            return meter.gap(replication, format!("there is no price of transfer from {from} to {to}"));
        }
    }
    if leaves {
        meter.used(replication, "transfer.region", "replicated_gb");
    }
}

pub(super) fn key(meter: &mut Meter<'_>, key: &Resource) {
    match key.at("customer_master_key_spec").text() {
        Known::Is(spec) if spec != "SYMMETRIC_DEFAULT" && spec != "ECC_NIST_P256" => {
            meter.gap(key, format!("there is no price of requests to keys of the kind {spec}"));
            meter.count(key, "kms.keys", 1.0);
        }
        _ => {
            meter.count(key, "kms.keys", 1.0);
            meter.used(key, "kms.requests", "requests");
        }
    }
}

pub(super) fn secret(meter: &mut Meter<'_>, secret: &Resource) {
    meter.count(secret, "secrets", 1.0 + blocks(secret, "replica"));
    meter.used(secret, "secrets.requests", "requests");
}
