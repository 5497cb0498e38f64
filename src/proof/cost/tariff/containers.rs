//! Tasks on Fargate, and load balancers before them.

use super::{HOURS, Meter};
use crate::proof::model::{Known, Resource};

/// What a task has without more being asked for, and costs nothing (Fargate pricing).
const INCLUDED_GB: f64 = 20.0;

/// What a task runs on where nothing is said (Amazon ECS developer guide, "Task definition parameters").
const DEFAULT_ARCHITECTURE: &str = "X86_64";

const UNITS_OF_A_CPU: f64 = 1024.0;
const MB_OF_A_GB: f64 = 1024.0;

/// As many tasks as are wanted, all month.
pub(super) fn service(meter: &mut Meter<'_>, service: &Resource) {
    match service.at("launch_type").text() {
        Known::Is(kind) if kind == "FARGATE" => {}
        Known::Is(_) | Known::Absent if service.values.blocks("capacity_provider_strategy").is_empty() => return,
        _ => return meter.gap(service, "what its capacity costs is not examined".to_owned()),
    }
    let kinds = ["aws_ecs_task_definition"];
    let Some(definition) = meter.model.resolve(&kinds, service.at("task_definition"), service).found() else {
        return meter.gap(service, "the size of its tasks is not known: the task definition is not found".to_owned());
    };
    let count = meter.known(service, "desired_count", service.at("desired_count").number(), 0.0);
    let cpu = meter.known(definition, "cpu", definition.at("cpu").number(), 0.0);
    let memory = meter.known(definition, "memory", definition.at("memory").number(), 0.0);
    let (Some(count), Some(cpu), Some(memory)) = (count, cpu, memory) else { return };
    let platforms = definition.values.blocks("runtime_platform");
    let named = platforms.first().map_or(Known::Absent, |platform| platform.at("cpu_architecture").text());
    let architecture = meter.known(definition, "cpu_architecture", named, DEFAULT_ARCHITECTURE.to_owned());
    let Some(architecture) = architecture else { return };
    meter.count(service, &format!("fargate.vcpu.{architecture}"), count * cpu / UNITS_OF_A_CPU * HOURS);
    meter.count(service, &format!("fargate.gb.{architecture}"), count * memory / MB_OF_A_GB * HOURS);
    let storage = definition.values.blocks("ephemeral_storage");
    let size = storage.first().map_or(Known::Absent, |one| one.at("size_in_gib").number());
    if let Some(size) = meter.known(definition, "size_in_gib", size, INCLUDED_GB) {
        meter.count(service, "fargate.storage", count * (size - INCLUDED_GB).max(0.0) * HOURS);
    }
}

/// A cluster costs nothing, but for its metrics.
pub(super) fn cluster(meter: &mut Meter<'_>, cluster: &Resource) {
    let is_on = |setting: &&crate::proof::model::Node| {
        setting.at("name").is_text("containerInsights") && !setting.at("value").is_text("disabled")
    };
    if cluster.values.blocks("setting").iter().any(is_on) {
        meter.gap(cluster, "there is no price of Container Insights".to_owned());
    }
}

pub(super) fn balancer(meter: &mut Meter<'_>, balancer: &Resource) {
    let kind = balancer.at("load_balancer_type").text();
    match meter.known(balancer, "load_balancer_type", kind, "application".to_owned()) {
        Some(kind) if kind == "network" || kind == "application" => {
            meter.count(balancer, "balancer.hours", HOURS);
            meter.used_times(balancer, &format!("balancer.units.{kind}"), "capacity_units", HOURS);
        }
        Some(kind) => meter.gap(balancer, format!("there is no price of load balancers of the kind {kind}")),
        None => {}
    }
}
