//! The way from the API to the tasks: a VPC link, a network load balancer, and the tasks that answer it.
//!
//! A task is well when its port is open, and nothing more. `/health` tells whether the region can take a payment, which a healthy
//! standby denies all day: asked by the load balancer, it would have ECS replace every task of the standby for ever, and those of
//! the primary as soon as the database moves.

use super::TaskInputs;
use crate::aws::{apigateway, elb, vpc};
use crate::components::naming::NameKind;
use crate::components::network::Allowed;
use crate::components::region_scope::RegionScope;
use crate::terraform::Handle;

/// Where the load balancer listens. The tasks have a port of their own.
const PORT: u32 = 80;

/// Seconds between two looks at a task's port, and how many of them decide.
const INTERVAL_SECONDS: u32 = 10;
const LOOKS: u32 = 2;

/// Seconds for which a task that leaves answers what it has begun.
const LEAVE_SECONDS: u32 = 30;

/// The load balancer with what belongs to it.
#[derive(Debug)]
pub(super) struct LoadBalancing {
    pub(super) balancer: Handle<elb::Lb>,
    pub(super) listener: Handle<elb::Listener>,
    pub(super) targets: Handle<elb::TargetGroup>,
    pub(super) link: Handle<apigateway::VpcLink>,
    /// What lets it reach the tasks.
    pub(super) rules: Allowed,
}

pub(super) fn balancer(region: &mut RegionScope<'_>, inputs: &TaskInputs<'_>) -> LoadBalancing {
    let name = region.name(NameKind::LoadBalancer, "task");
    let (group, rules) = security_group(region, inputs);
    let balancer = region.add(
        elb::Lb::new("tasks")
            .name(&name)
            .internal(true)
            .load_balancer_type("network")
            .subnets(&inputs.network.subnets.ids)
            .security_groups([group.id()])
            // The link's addresses are API Gateway's and change without notice, so no rule can name them: traffic through
            // PrivateLink passes without, and since there is no rule, nothing else does (API Gateway developer guide, "Set up a
            // Network Load Balancer for API Gateway private integrations").
            .enforce_security_group_inbound_rules_on_private_link_traffic("off")
            // A zone without tasks is answered from the others.
            .enable_cross_zone_load_balancing(true)
            .enable_deletion_protection(inputs.deletion_protection),
    );
    let targets = region.add(
        elb::TargetGroup::new("tasks")
            .name(name)
            .target_type("ip")
            .protocol("TCP")
            // Each task is registered with its own port: this one is never used, and must not replace the group.
            .port(PORT)
            .vpc_id(&inputs.network.vpc_id)
            .deregistration_delay(LEAVE_SECONDS.to_string())
            .health_check(
                elb::target_group::HealthCheck::new()
                    .protocol("TCP")
                    .port("traffic-port")
                    .interval(INTERVAL_SECONDS)
                    .healthy_threshold(LOOKS)
                    .unhealthy_threshold(LOOKS),
            ),
    );
    let forward = elb::listener::DefaultAction::new("forward").target_group_arn(targets.arn());
    let listener = region.add(elb::Listener::new("tasks", balancer.arn(), forward).protocol("TCP").port(PORT));
    let name = region.name(NameKind::Api, "tasks");
    let link =
        region.add(apigateway::VpcLink::new("tasks", name, [balancer.arn()]).description("From the API to the tasks"));
    LoadBalancing { balancer, listener, targets, link, rules }
}

/// The load balancer opens connections to the tasks' port, and takes none but the link's.
fn security_group(region: &mut RegionScope<'_>, inputs: &TaskInputs<'_>) -> (Handle<vpc::SecurityGroup>, Allowed) {
    let name = region.name(NameKind::SecurityGroup, "balancer");
    let group = region.add(
        vpc::SecurityGroup::new("balancer")
            .name(name)
            .description("The load balancer before the tasks")
            .vpc_id(&inputs.network.vpc_id),
    );
    let tasks = &inputs.network.function_group;
    let egress = region.add(
        vpc::SecurityGroupEgressRule::new("balancer_to_tasks", "tcp", group.id())
            .description("Load balancer to tasks")
            .from_port(inputs.port)
            .to_port(inputs.port)
            .referenced_security_group_id(tasks.id()),
    );
    let ingress = region.add(
        vpc::SecurityGroupIngressRule::new("tasks_from_balancer", "tcp", tasks.id())
            .description("From the load balancer before the tasks")
            .from_port(inputs.port)
            .to_port(inputs.port)
            .referenced_security_group_id(group.id()),
    );
    (group, Allowed { egress, ingress })
}
