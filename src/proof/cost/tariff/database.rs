//! Aurora and DynamoDB.

use super::{HOURS, Meter};
use crate::proof::model::{Known, Resource, Target};

/// The storage configuration of Aurora without charges for reads and writes.
const IO_OPTIMIZED: &str = "aurora-iopt1";

pub(super) fn cluster(meter: &mut Meter<'_>, cluster: &Resource) {
    let Some(engine) = meter.known(cluster, "engine", cluster.at("engine").text(), String::new()) else { return };
    if !engine.starts_with("aurora") {
        return meter.gap(cluster, format!("there is no price of clusters of {engine}"));
    }
    if is_io_optimized(cluster) {
        meter.used(cluster, "aurora.storage.io", "storage_gb");
    } else {
        meter.used(cluster, "aurora.storage", "storage_gb");
        meter.used(cluster, "aurora.io", "io_requests");
    }
    if cluster.at("global_cluster_identifier").is_set() {
        meter.used(cluster, "aurora.replicated", "replicated_writes");
    }
    if cluster.at("enable_http_endpoint").flag() == Known::Is(true) {
        meter.used(cluster, "aurora.data-api", "data_api_requests");
    }
}

pub(in super::super) fn is_io_optimized(cluster: &Resource) -> bool {
    cluster.at("storage_type").is_text(IO_OPTIMIZED)
}

pub(super) fn instance(meter: &mut Meter<'_>, instance: &Resource) {
    let model = meter.model;
    let cluster = match model.resolve(&["aws_rds_cluster"], instance.at("cluster_identifier"), instance) {
        Target::Found(cluster) => Some(cluster),
        _ => None,
    };
    let suffix = if cluster.is_some_and(is_io_optimized) { ".io" } else { "" };
    let Some(engine) = meter.known(instance, "engine", instance.at("engine").text(), String::new()) else { return };
    let Some(class) = meter.known(instance, "instance_class", instance.at("instance_class").text(), String::new())
    else {
        return;
    };
    if class == "db.serverless" {
        let price = format!("{engine}.acu{suffix}");
        let least = cluster.map(|cluster| cluster.at("serverlessv2_scaling_configuration.min_capacity").number());
        match (meter.usage.of(&instance.kind, &instance.address, "capacity_units"), least) {
            (Some((units, basis)), _) => meter.share(instance, instance.region_name(), &price, units * HOURS, basis),
            (None, Some(Known::Is(units))) if units > 0.0 => {
                meter.count(instance, &price, units * HOURS);
                meter.gap(instance, "no usage says `capacity_units`: the least capacity is counted".to_owned());
            }
            _ => meter.gap(instance, "no usage says `capacity_units` of aws_rds_cluster_instance".to_owned()),
        }
        return;
    }
    meter.count(instance, &format!("{engine}.hours.{class}{suffix}"), HOURS);
}

pub(super) fn table(meter: &mut Meter<'_>, table: &Resource) {
    let class = meter.known(table, "table_class", table.at("table_class").text(), "STANDARD".to_owned());
    match class.as_deref() {
        Some("STANDARD") => {}
        Some(class) => return meter.gap(table, format!("there is no price of tables of the class {class}")),
        None => return,
    }
    let mode = table.at("billing_mode").text();
    match meter.known(table, "billing_mode", mode, "PROVISIONED".to_owned()).as_deref() {
        Some("PAY_PER_REQUEST") => {
            meter.used(table, "dynamodb.writes", "writes");
            meter.used(table, "dynamodb.reads", "reads");
        }
        Some(_) => meter.gap(table, "there is no price of provisioned capacity of DynamoDB".to_owned()),
        None => {}
    }
    stored(meter, table, table.at("point_in_time_recovery.enabled").flag() == Known::Is(true));
    for replica in table.values.blocks("replica") {
        let region = replica.at("region_name").text().get().unwrap_or_else(|| "a region that is not known".to_owned());
        for (price, key) in [("dynamodb.replicated", "writes"), ("dynamodb.storage", "storage_gb")] {
            if let Some((quantity, basis)) = meter.usage_of(table, key) {
                meter.share(table, &region, price, quantity, basis);
            }
        }
    }
}

pub(super) fn table_replica(meter: &mut Meter<'_>, replica: &Resource) {
    meter.used(replica, "dynamodb.replicated", "writes");
    stored(meter, replica, replica.at("point_in_time_recovery").flag() == Known::Is(true));
}

fn stored(meter: &mut Meter<'_>, table: &Resource, recovery: bool) {
    meter.used(table, "dynamodb.storage", "storage_gb");
    if recovery {
        meter.used(table, "dynamodb.recovery", "storage_gb");
    }
}
