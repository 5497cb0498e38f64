//! What can be reached from outside.

use super::super::instance::{Opinion, broken_if, wants};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Node, Resource};

pub(super) const RULES: [Rule; 6] = [
    Rule {
        id: "SEC020",
        group: Group::Security,
        severity: Severity::Error,
        title: "a database has no public address",
        reason: "A database is for the functions of its network",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html",
        examine: Examine::Instances(
            &["aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster"],
            public_database,
        ),
    },
    Rule {
        id: "SEC021",
        group: Group::Security,
        severity: Severity::Error,
        title: "no port but that of a website is open to everybody",
        reason: "What answers to everybody is attacked by everybody",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
        examine: Examine::Instances(
            &[
                "aws_security_group",
                "aws_default_security_group",
                "aws_security_group_rule",
                "aws_vpc_security_group_ingress_rule",
            ],
            open_port,
        ),
    },
    Rule {
        id: "SEC022",
        group: Group::Security,
        severity: Severity::Error,
        title: "a bucket's access list is private",
        reason: "A public list shows the bucket to everybody",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
        examine: Examine::Instances(&["aws_s3_bucket_acl", "aws_s3_bucket"], public_list),
    },
    Rule {
        id: "SEC023",
        group: Group::Security,
        severity: Severity::Warning,
        title: "a bucket blocks all public access",
        reason: "The block holds where a policy or a list has a mistake",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
        examine: Examine::Instances(&["aws_s3_bucket_public_access_block"], block_in_part),
    },
    Rule {
        id: "SEC024",
        group: Group::Security,
        severity: Severity::Error,
        title: "an instance's metadata wants a token",
        reason: "Without tokens a request that an application can be led to make reads the instance's credentials",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
        examine: Examine::Instances(&["aws_instance", "aws_launch_template"], metadata),
    },
    Rule {
        id: "SEC025",
        group: Group::Security,
        severity: Severity::Error,
        title: "a function's permission says who may use it",
        reason: "Without a source any customer of the service can call the function",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        examine: Examine::Instances(&["aws_lambda_permission"], deputy),
    },
];

fn public_database(_: &Model, database: &Resource) -> Opinion {
    // Clusters of Redshift are public unless they are told otherwise.
    let default = database.kind == "aws_redshift_cluster";
    wants(
        database.at("publicly_accessible"),
        false,
        default,
        "publicly_accessible is true",
        "set publicly_accessible to false",
    )
}

const EVERYBODY: [&str; 2] = ["0.0.0.0/0", "::/0"];

fn open_port(_: &Model, group: &Resource) -> Opinion {
    let blocks = group.values.blocks("ingress");
    let alone = [&group.values];
    let rules: &[&Node] = match group.kind.as_str() {
        "aws_security_group" | "aws_default_security_group" => &blocks,
        "aws_security_group_rule" if !group.at("type").is_text("ingress") => return Opinion::Fine,
        _ => &alone,
    };
    let to_everybody = |rule: &Node| {
        ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"]
            .iter()
            .flat_map(|name| rule.at(name).items())
            .any(|cidr| EVERYBODY.iter().any(|all| cidr.is_text(all)))
    };
    let of_website = |rule: &Node| match (rule.at("from_port").number(), rule.at("to_port").number()) {
        (Known::Is(from), Known::Is(to)) => {
            (from - to).abs() < 0.5 && [80.0, 443.0].iter().any(|port: &f64| (port - from).abs() < 0.5)
        }
        _ => false,
    };
    // The messages of ICMP go to no port.
    let without_port = |rule: &Node| {
        [rule.at("protocol"), rule.at("ip_protocol")].iter().any(|protocol| {
            ["icmp", "icmpv6", "1", "58"].iter().any(|icmp| protocol.text().get().as_deref() == Some(*icmp))
        })
    };
    broken_if(
        rules.iter().any(|rule| to_everybody(rule) && !of_website(rule) && !without_port(rule)),
        || "a port is open to everybody".to_owned(),
        "name the networks or groups that need it",
    )
}

fn public_list(_: &Model, list: &Resource) -> Opinion {
    broken_if(
        matches!(list.at("acl"), Node::Text(acl) if acl.starts_with("public-") || acl == "authenticated-read"),
        || "the access list is public".to_owned(),
        "leave it out, and let a policy say who may read",
    )
}

fn block_in_part(_: &Model, block: &Resource) -> Opinion {
    for name in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] {
        match block.at(name).flag().or(false) {
            Known::Is(true) => {}
            Known::Unknown(reason) => return Opinion::CannotTell(reason),
            _ => return Opinion::Broken(format!("{name} is off"), "set all four to true"),
        }
    }
    Opinion::Fine
}

fn metadata(_: &Model, instance: &Resource) -> Opinion {
    broken_if(
        instance.at("metadata_options.http_tokens").is_text("optional"),
        || "http_tokens is optional".to_owned(),
        "set it to required",
    )
}

fn deputy(_: &Model, permission: &Resource) -> Opinion {
    // A function's address that asks nobody is open by intent.
    let is_address = permission.at("function_url_auth_type").is_text("NONE");
    let is_many = matches!(permission.at("principal"),
        Node::Text(principal) if principal.ends_with(".amazonaws.com") || principal == "*" && !is_address);
    let limited = ["source_arn", "source_account", "principal_org_id"].iter().any(|name| permission.at(name).is_set());
    broken_if(
        is_many && !limited,
        || "neither source_arn nor source_account is set".to_owned(),
        "set source_arn to what calls the function",
    )
}
