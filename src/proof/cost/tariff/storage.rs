//! Buckets, keys and secrets.

use super::super::bill::Basis;
use super::{Meter, network};
use crate::proof::model::{Known, Node, Resource, Target};

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

/// What leaves the region, once for each other region.
fn transfer(meter: &mut Meter<'_>, replication: &Resource) {
    let mut regions: Vec<Node> = Vec::new();
    for rule in replication.values.blocks("rule").into_iter().filter(|rule| !rule.at("status").is_text("Disabled")) {
        let region = match meter.model.resolve(&["aws_s3_bucket"], rule.at("destination.bucket"), replication) {
            Target::Found(bucket) => bucket.region.clone(),
            Target::Outside(bucket) => Node::Unknown(format!("{bucket} is not in the configuration")),
            Target::Unknown(reason) => Node::Unknown(reason),
            Target::Nothing => continue,
        };
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    for region in &regions {
        network::transfer(meter, replication, region, "replicated_gb");
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
    meter.count(secret, "secrets", 1.0);
    for replica in secret.values.blocks("replica") {
        match replica.at("region").text() {
            Known::Is(region) => meter.share(secret, &region, "secrets", 1.0, Basis::Configuration),
            _ => meter.gap(secret, "where a replica is, is not known".to_owned()),
        }
    }
    meter.used(secret, "secrets.requests", "requests");
}
