//! What stands behind that which takes requests: origins of distributions, targets of load balancers, endpoints of accelerators.

use super::arrows::Places;
use super::names::Hosts;
use super::{Arrow, Meaning};
use crate::proof::model::{Known, Model, Node, Resource};

const GROUPS: [&str; 2] = ["aws_lb_target_group", "aws_alb_target_group"];
const BALANCERS: [&str; 2] = ["aws_lb", "aws_alb"];
const LISTENERS: [&str; 2] = ["aws_lb_listener", "aws_alb_listener"];

/// What runs behind target groups, and the arguments that name the groups.
const RUNNING: [(&str, &str); 2] =
    [("aws_ecs_service", "load_balancer"), ("aws_autoscaling_group", "target_group_arns")];

pub(super) fn arrows(model: &Model, hosts: &Hosts<'_>, places: &Places<'_>) -> Vec<Arrow> {
    let mut arrows = origins(model, hosts, places);
    targets(model, places, &mut arrows);
    endpoints(model, places, &mut arrows);
    arrows
}

fn origins(model: &Model, hosts: &Hosts<'_>, places: &Places<'_>) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for distribution in model.of_type("aws_cloudfront_distribution") {
        let Some(from) = places.of_address(&distribution.address) else { continue };
        for origin in distribution.values.blocks("origin") {
            let behind = places.of_value(model, hosts, origin.at("domain_name"), distribution);
            arrows.extend(behind.into_iter().map(|to| Arrow { from, to, meaning: Meaning::Calls }));
        }
    }
    arrows
}

/// From a load balancer by its listeners and their rules to what is registered in the groups that they name.
fn targets(model: &Model, places: &Places<'_>, arrows: &mut Vec<Arrow>) {
    let mut lead = |listener: &Resource, actions: Vec<&Node>| {
        let balancer = model.resolve(&BALANCERS, listener.at("load_balancer_arn"), listener).found();
        let Some(from) = balancer.and_then(|one| places.of_address(&one.address)) else { return };
        for action in actions {
            for group in groups(model, action, listener) {
                let behind = registered(model, places, group).into_iter();
                arrows.extend(behind.map(|to| Arrow { from, to, meaning: Meaning::Calls }));
            }
        }
    };
    for listener in model.of_types(&LISTENERS) {
        lead(listener, listener.values.blocks("default_action"));
    }
    for rule in model.of_types(&["aws_lb_listener_rule", "aws_alb_listener_rule"]) {
        if let Some(listener) = model.resolve(&LISTENERS, rule.at("listener_arn"), rule).found() {
            lead(listener, rule.values.blocks("action"));
        }
    }
}

/// The groups that an action forwards to.
fn groups<'m>(model: &'m Model, action: &Node, user: &Resource) -> Vec<&'m Resource> {
    let several = action.at("forward").blocks("target_group").into_iter().map(|group| group.at("arn"));
    let named = std::iter::once(action.at("target_group_arn")).chain(several);
    named.filter_map(|arn| model.resolve(&GROUPS, arn, user).found()).collect()
}

/// The boxes of what is registered in a group.
fn registered(model: &Model, places: &Places<'_>, group: &Resource) -> Vec<usize> {
    let is_group = |value: &Node, user: &Resource| {
        model.resolve(&GROUPS, value, user).found().is_some_and(|found| found.address == group.address)
    };
    let mut found = Vec::new();
    for (kind, argument) in RUNNING {
        for one in model.of_type(kind) {
            let names = one.at(argument).items().into_iter();
            let mut names =
                names.map(|item| if matches!(item, Node::Map(_)) { item.at("target_group_arn") } else { item });
            if names.any(|name| is_group(name, one)) {
                found.extend(places.of_address(&one.address));
            }
        }
    }
    for attachment in model.of_types(&["aws_lb_target_group_attachment", "aws_alb_target_group_attachment"]) {
        if is_group(attachment.at("target_group_arn"), attachment) {
            let kinds = ["aws_instance", "aws_lambda_function", "aws_lb", "aws_alb"];
            let target = model.resolve(&kinds, attachment.at("target_id"), attachment).found();
            found.extend(target.and_then(|target| places.of_address(&target.address)));
        }
    }
    for attachment in model.of_type("aws_autoscaling_attachment") {
        if is_group(attachment.at("lb_target_group_arn"), attachment) {
            let name = attachment.at("autoscaling_group_name");
            let target = model.resolve(&["aws_autoscaling_group"], name, attachment).found();
            found.extend(target.and_then(|target| places.of_address(&target.address)));
        }
    }
    found
}

/// From an accelerator by its listeners and groups of endpoints to the endpoints.
fn endpoints(model: &Model, places: &Places<'_>, arrows: &mut Vec<Arrow>) {
    for group in model.of_type("aws_globalaccelerator_endpoint_group") {
        let kinds = ["aws_globalaccelerator_listener"];
        let Some(listener) = model.resolve(&kinds, group.at("listener_arn"), group).found() else { continue };
        let kinds = ["aws_globalaccelerator_accelerator"];
        let accelerator = model.resolve(&kinds, listener.at("accelerator_arn"), listener).found();
        let Some(from) = accelerator.and_then(|one| places.of_address(&one.address)) else { continue };
        // A dial at zero sends nobody, until the other regions are unhealthy.
        let waits = group.at("traffic_dial_percentage").number() == Known::Is(0.0);
        let meaning = if waits { Meaning::FailsOver } else { Meaning::Sends };
        for endpoint in group.values.blocks("endpoint_configuration") {
            let kinds = ["aws_lb", "aws_alb", "aws_instance"];
            let target = model.resolve(&kinds, endpoint.at("endpoint_id"), group).found();
            let to = target.and_then(|target| places.of_address(&target.address));
            arrows.extend(to.map(|to| Arrow { from, to, meaning }));
        }
    }
}
