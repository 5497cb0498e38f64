//! Alarms that never ring, and events that reach nobody.

use super::super::instance::{Opinion, broken_if};
use super::super::statements::{allowing, may_admit};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Node, Resource, Target};

pub(super) const RULES: [Rule; 6] = [
    Rule {
        id: "DR040",
        group: Group::Dr,
        severity: Severity::Error,
        title: "alarms of health checks are in us-east-1",
        reason: "Route 53 publishes its metrics there only; elsewhere the alarm has no data for ever",
        source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html",
        examine: Examine::Instances(ALARM, route53_region),
    },
    Rule {
        id: "DR041",
        group: Group::Dr,
        severity: Severity::Error,
        title: "alarms of replication lag are by cluster",
        reason: "The metrics of global databases have the dimension DBClusterIdentifier; with another the alarm has no data",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html",
        examine: Examine::Instances(ALARM, lag_dimension),
    },
    Rule {
        id: "DR042",
        group: Group::Dr,
        severity: Severity::Error,
        title: "alarms go to a topic that CloudWatch can write to",
        reason: "CloudWatch may not use alias/aws/sns: notices to a topic under that key are lost in silence",
        source: "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        examine: Examine::Instances(ALARM, topic_key),
    },
    Rule {
        id: "DR043",
        group: Group::Dr,
        severity: Severity::Error,
        title: "an alarm's topic is in the alarm's region",
        reason: "CloudWatch notifies topics of its own region only",
        source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        examine: Examine::Instances(ALARM, topic_region),
    },
    Rule {
        id: "DR044",
        group: Group::Dr,
        severity: Severity::Note,
        title: "an alarm acts",
        reason: "An alarm without actions sends no notification",
        source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        examine: Examine::Instances(ALARM, switched_off),
    },
    Rule {
        id: "DR045",
        group: Group::Dr,
        severity: Severity::Error,
        title: "a topic or queue that a rule of EventBridge sends to lets it in",
        reason: "EventBridge sends to topics and queues as a service: without a statement for it in their policy, events are lost in silence",
        source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
        examine: Examine::Instances(&["aws_cloudwatch_event_target"], admits_event_bridge),
    },
];

const ALARM: &[&str] = &["aws_cloudwatch_metric_alarm"];

const EVENT_BRIDGE: &str = "events.amazonaws.com";

fn route53_region(_: &Model, alarm: &Resource) -> Opinion {
    if !alarm.at("namespace").is_text("AWS/Route53") {
        return Opinion::Fine;
    }
    match &alarm.region {
        Node::Text(region) if region != "us-east-1" => Opinion::Broken(
            format!("the alarm on AWS/Route53 is in {region}"),
            "give it the provider of us-east-1, and let nothing but notices depend on it",
        ),
        Node::Unknown(reason) => Opinion::CannotTell(reason.clone()),
        _ => Opinion::Fine,
    }
}

fn lag_dimension(_: &Model, alarm: &Resource) -> Opinion {
    let Known::Is(metric) = alarm.at("metric_name").text() else { return Opinion::Fine };
    let has_dimension = match alarm.at("dimensions") {
        Node::Map(dimensions) => dimensions.contains_key("DBClusterIdentifier"),
        Node::Unknown(reason) => return Opinion::CannotTell(reason.clone()),
        _ => false,
    };
    broken_if(
        metric.starts_with("AuroraGlobalDB") && !has_dimension,
        || format!("the alarm on {metric} has no dimension DBClusterIdentifier"),
        "name the cluster of the alarm's own region",
    )
}

fn topics<'m>(model: &'m Model, alarm: &Resource) -> Vec<&'m Resource> {
    ["alarm_actions", "ok_actions", "insufficient_data_actions"]
        .iter()
        .flat_map(|name| alarm.at(name).items())
        .filter_map(|action| match model.resolve(&["aws_sns_topic"], action, alarm) {
            Target::Found(topic) => Some(topic),
            _ => None,
        })
        .collect()
}

fn topic_key(model: &Model, alarm: &Resource) -> Opinion {
    let managed =
        |topic: &&&Resource| matches!(topic.at("kms_master_key_id"), Node::Text(key) if key.ends_with("alias/aws/sns"));
    topics(model, alarm).iter().find(managed).map_or(Opinion::Fine, |topic| {
        Opinion::Broken(
            format!("{} is encrypted under alias/aws/sns", topic.address),
            "encrypt it under a key of your own whose policy lets cloudwatch.amazonaws.com use it",
        )
    })
}

fn topic_region(model: &Model, alarm: &Resource) -> Opinion {
    let elsewhere = |topic: &&&Resource| matches!((&topic.region, &alarm.region), (Node::Text(topic), Node::Text(alarm)) if topic != alarm);
    topics(model, alarm).iter().find(elsewhere).map_or(Opinion::Fine, |topic| {
        Opinion::Broken(
            format!("{} is in {}", topic.address, topic.region_name()),
            "make a topic with the alarm's provider",
        )
    })
}

fn switched_off(_: &Model, alarm: &Resource) -> Opinion {
    broken_if(
        alarm.at("actions_enabled").flag().get() == Some(false),
        || "actions_enabled is false".to_owned(),
        "take actions_enabled out",
    )
}

/// What EventBridge sends to, with the resource that holds its policy, the argument by which that names it, and the action.
const RECEIVERS: [(&str, &str, &str, &str); 2] = [
    ("aws_sns_topic", "aws_sns_topic_policy", "arn", "sns:Publish"),
    ("aws_sqs_queue", "aws_sqs_queue_policy", "queue_url", "sqs:SendMessage"),
];

fn admits_event_bridge(model: &Model, target: &Resource) -> Opinion {
    // With a role EventBridge signs as that, and the policy of the role is what counts.
    if target.at("role_arn").is_set() {
        return Opinion::Fine;
    }
    let receivers =
        RECEIVERS.iter().find_map(|receiver| match model.resolve(&[receiver.0], target.at("arn"), target) {
            Target::Found(found) => Some((found, receiver)),
            _ => None,
        });
    let Some((receiver, (kind, policy_kind, name, action))) = receivers else { return Opinion::Fine };
    let is_its = |policy: &&Resource| matches!(model.resolve(&[kind], policy.at(name), policy), Target::Found(found) if found.address == receiver.address);
    let attached = model.of_type(policy_kind).filter(is_its).map(|policy| policy.at("policy"));
    let policies: Vec<&Node> = attached.chain([receiver.at("policy")]).collect();
    if policies.iter().flat_map(|policy| allowing(policy)).any(|statement| may_admit(&statement, EVENT_BRIDGE, action))
    {
        return Opinion::Fine;
    }
    if let Some(Node::Unknown(reason)) = policies.iter().find(|policy| matches!(policy, Node::Unknown(_))) {
        return Opinion::CannotTell(reason.clone());
    }
    Opinion::Broken(
        format!("no statement of the policy of {} lets {EVENT_BRIDGE} {action}", receiver.address),
        "allow it to events.amazonaws.com in that policy, with the rule's ARN in a condition on aws:SourceArn",
    )
}
