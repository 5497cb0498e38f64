//! Networks, and the names that they are reached by.

use super::super::instance::{Opinion, broken_if, wants_text};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Account, Known, Model, Node, Resource, Truth};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        id: "AWS040",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a peering with another region or account is not accepted by its requester",
        reason: "auto_accept works within one region and account only; a plan lets it pass",
        source: "https://docs.aws.amazon.com/vpc/latest/peering/accept-vpc-peering-connection.html",
        examine: Examine::Instances(&["aws_vpc_peering_connection"], auto_accept),
    },
    Rule {
        id: "AWS041",
        group: Group::Aws,
        severity: Severity::Error,
        title: "descriptions of security groups keep to the characters that EC2 takes",
        reason: "EC2 refuses other characters, an apostrophe for one, at apply",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html",
        examine: Examine::Instances(SECURITY_GROUPS, description),
    },
    Rule {
        id: "AWS042",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a check of an alarm says in which region the alarm is",
        reason: "Route 53 refuses a CLOUDWATCH_METRIC check without cloudwatch_alarm_region",
        source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_AlarmIdentifier.html",
        examine: Examine::Instances(&["aws_route53_health_check"], alarm_region),
    },
    Rule {
        id: "AWS043",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a log group for firewall logs has a name that begins with aws-waf-logs-",
        reason: "The firewall delivers to no other log group; a plan lets it pass",
        source: "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
        examine: Examine::Instances(&["aws_wafv2_web_acl_logging_configuration"], waf_logs),
    },
];

const SECURITY_GROUPS: &[&str] = &[
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
];

fn auto_accept(_: &Model, peering: &Resource) -> Opinion {
    if peering.at("auto_accept").flag().get() != Some(true) {
        return Opinion::Fine;
    }
    // The provider takes no peer_region at all beside auto_accept.
    let elsewhere = match peering.at("peer_owner_id").text() {
        _ if peering.at("peer_region").is_set() => true,
        Known::Is(owner) => match peering.account.differs_from(&Account::Number(owner.clone())) {
            _ if owner == peering.account.digits() => false,
            Truth::Yes if matches!(peering.account, Account::Number(_)) => true,
            _ => return Opinion::CannotTell(format!("the configuration does not say whether {owner} is its account")),
        },
        Known::Unknown(reason) => return Opinion::CannotTell(reason),
        Known::Absent => false,
    };
    broken_if(
        elsewhere,
        || "auto_accept is true, and the peer is in another region or account".to_owned(),
        "leave auto_accept out, and add an aws_vpc_peering_connection_accepter with the peer's provider",
    )
}

fn is_allowed(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c))
}

fn description(_: &Model, group: &Resource) -> Opinion {
    let mut all = vec![group.at("description")];
    for name in ["ingress", "egress"] {
        all.extend(group.values.blocks(name).into_iter().map(|rule| rule.at("description")));
    }
    for text in all {
        if let Node::Text(text) = text
            && !is_allowed(text)
        {
            let message = format!("the description `{text}` has a character that EC2 refuses");
            return Opinion::Broken(message, "keep to letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*");
        }
    }
    Opinion::Fine
}

fn alarm_region(_: &Model, check: &Resource) -> Opinion {
    broken_if(
        check.at("type").is_text("CLOUDWATCH_METRIC") && !check.at("cloudwatch_alarm_region").is_set(),
        || "cloudwatch_alarm_region is missing".to_owned(),
        "name the region of the alarm",
    )
}

fn waf_logs(_: &Model, logging: &Resource) -> Opinion {
    for destination in logging.at("log_destination_configs").items() {
        let opinion = wants_text(
            destination,
            |arn| arn.split(":log-group:").nth(1).is_none_or(|name| name.starts_with("aws-waf-logs-")),
            "the logs go to {}, whose name does not begin with aws-waf-logs-",
            "name the log group aws-waf-logs-...",
        );
        if matches!(opinion, Opinion::Broken(..)) {
            return opinion;
        }
    }
    Opinion::Fine
}
