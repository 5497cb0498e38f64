//! What keeps so many tasks running, in all zones, and takes a release back that does not start.

use super::balancer::LoadBalancing;
use super::roles::Roles;
use super::{CONTAINER, TaskInputs};
use crate::aws::ecs::{self, cluster, service as blocks};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Resource, Value};

/// Percent of the tasks that run while a release replaces them, at least and at most.
const LEAST_PERCENT: u32 = 100;
const MOST_PERCENT: u32 = 200;

/// Seconds for which a new task is not judged by its port.
const GRACE_SECONDS: u32 = 60;

/// The service and its cluster, by the names that metrics have.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) cluster: Value<String>,
    pub(super) service: Value<String>,
}

pub(super) fn service(
    region: &mut RegionScope<'_>,
    inputs: &TaskInputs<'_>,
    name: &Value<String>,
    definition: &Handle<ecs::TaskDefinition>,
    roles: &Roles,
    balancer: &LoadBalancing,
) -> Service {
    let cluster_name = region.name(NameKind::Container, "cluster");
    let cluster = region.add(
        ecs::Cluster::new("tasks", &cluster_name)
            // With the metrics of each task, as AWS recommends since December 2024; the alarm on missing tasks needs them.
            .setting(cluster::Setting::new("containerInsights", "enhanced")),
    );
    let network = blocks::NetworkConfiguration::new(&inputs.network.subnets.ids)
        .security_groups([inputs.network.function_group.id()])
        .assign_public_ip(false);
    let breaker = blocks::DeploymentCircuitBreaker::new(true, true);
    let target = blocks::LoadBalancer::new(CONTAINER, inputs.port).target_group_arn(balancer.targets.arn());
    let service = ecs::Service::new("tasks", name)
        .cluster(cluster.arn())
        .task_definition(definition.arn())
        .desired_count(inputs.count)
        .launch_type("FARGATE")
        .network_configuration(network)
        .load_balancer(target)
        .deployment_circuit_breaker(breaker)
        .deployment_minimum_healthy_percent(LEAST_PERCENT)
        .deployment_maximum_percent(MOST_PERCENT)
        .availability_zone_rebalancing("ENABLED")
        .health_check_grace_period_seconds(GRACE_SECONDS)
        // No one opens a shell in what holds card data.
        .enable_execute_command(false)
        .enable_ecs_managed_tags(true)
        .propagate_tags("SERVICE")
        // An apply that ends well has tasks that run.
        .wait_for_steady_state(true)
        // A group that no listener uses takes no targets, and without its policies no task starts.
        .depends_on(&balancer.listener);
    let service = roles.policies.iter().fold(service, ecs::Service::depends_on);
    region.add(after_ways(service, inputs, balancer));
    Service { cluster: cluster_name, service: name.clone() }
}

/// ECS gives a release up after a few tasks that find no way to their image, or are not found by the load balancer.
fn after_ways(service: ecs::Service, inputs: &TaskInputs<'_>, balancer: &LoadBalancing) -> ecs::Service {
    let ways = inputs.ways_out;
    let service = ways.endpoints.iter().fold(service, ecs::Service::depends_on);
    let service = ways.rules.iter().fold(service, ecs::Service::depends_on);
    [inputs.network.endpoint_rules.as_ref(), Some(&balancer.rules)]
        .into_iter()
        .flatten()
        .fold(service, |service, allowed| service.depends_on(&allowed.egress).depends_on(&allowed.ingress))
}
