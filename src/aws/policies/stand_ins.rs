//! What stands in for the ARNs that AWS gives.

use super::ACCOUNT;

/// An id as AWS makes them up: the right characters, and the same on every run.
const ID: &str = "00000000-0000-4000-8000-000000000000";

/// How the ARN of a type is made: service authorization reference, "Resource types defined by ...".
struct Shape {
    type_name: &'static str,
    service: &'static str,
    /// What comes before the name.
    before: &'static str,
    /// The argument that names it; the made-up id where AWS names it.
    named_by: Option<&'static str>,
    /// What comes after the name.
    after: &'static str,
}

const fn named(type_name: &'static str, service: &'static str, before: &'static str, argument: &'static str) -> Shape {
    Shape { type_name, service, before, named_by: Some(argument), after: "" }
}

const fn numbered(type_name: &'static str, service: &'static str, before: &'static str) -> Shape {
    Shape { type_name, service, before, named_by: None, after: "" }
}

const SHAPES: [Shape; 26] = [
    numbered("aws_acm_certificate", "acm", "certificate/"),
    numbered("aws_backup_plan", "backup", "backup-plan:"),
    named("aws_backup_vault", "backup", "backup-vault:", "name"),
    named("aws_cloudwatch_event_rule", "events", "rule/", "name"),
    named("aws_cloudwatch_log_group", "logs", "log-group:", "name"),
    named("aws_cloudwatch_metric_alarm", "cloudwatch", "alarm:", "alarm_name"),
    named("aws_config_config_rule", "config", "config-rule/", "name"),
    named("aws_dynamodb_table", "dynamodb", "table/", "name"),
    named("aws_iam_role", "iam", "role/", "name"),
    numbered("aws_kms_key", "kms", "key/"),
    named("aws_lambda_function", "lambda", "function:", "function_name"),
    named("aws_rds_cluster", "rds", "cluster:", "cluster_identifier"),
    named("aws_rds_global_cluster", "rds", "global-cluster:", "global_cluster_identifier"),
    numbered("aws_route53_zone", "route53", "hostedzone/"),
    named("aws_s3_bucket", "s3", "", "bucket"),
    named("aws_scheduler_schedule", "scheduler", "schedule/default/", "name"),
    Shape { after: "-AbCdEf", ..named("aws_secretsmanager_secret", "secretsmanager", "secret:", "name") },
    numbered("aws_security_group", "ec2", "security-group/"),
    named("aws_sfn_state_machine", "states", "stateMachine:", "name"),
    named("aws_sns_topic", "sns", "", "name"),
    named("aws_sqs_queue", "sqs", "", "name"),
    named("aws_ssm_document", "ssm", "document/", "name"),
    named("aws_ssm_parameter", "ssm", "parameter/", "name"),
    numbered("aws_subnet", "ec2", "subnet/"),
    numbered("aws_vpc", "ec2", "vpc/"),
    Shape {
        after: "/00000000-0000-4000-8000-000000000000",
        ..named("aws_wafv2_web_acl", "wafv2", "regional/webacl/", "name")
    },
];

/// The ARN of a resource of this type, if the type's shape is known. `argument` tells what an argument that names it says.
pub(super) fn arn(
    type_name: &str,
    region: &str,
    argument: impl FnOnce(&'static str) -> Result<String, String>,
) -> Option<Result<String, String>> {
    let Shape { service, before, named_by, after, .. } = shape(type_name)?;
    let (region, account) = match *service {
        "s3" | "route53" => ("", ""),
        "iam" => ("", ACCOUNT),
        "rds" if before.starts_with("global") => ("", ACCOUNT),
        _ => (region, ACCOUNT),
    };
    let name = named_by.map_or_else(|| Ok(ID.to_owned()), argument);
    Some(name.map(|name| format!("arn:aws:{service}:{region}:{account}:{before}{name}{after}")))
}

fn shape(type_name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.type_name == type_name)
}

#[cfg(test)]
mod tests {
    use super::{SHAPES, arn};
    use crate::aws;
    use crate::terraform::ResourceMode;

    #[test]
    fn every_type_exists_and_has_what_names_it() {
        for shape in &SHAPES {
            let block = aws::schema().block_type(ResourceMode::Managed, shape.type_name).expect(shape.type_name);
            assert!(block.attribute("arn").is_some(), "{} has no ARN", shape.type_name);
            if let Some(argument) = shape.named_by {
                assert!(block.attribute(argument).is_some(), "{} has no {argument}", shape.type_name);
            }
        }
    }

    #[test]
    fn global_services_have_no_region() {
        let of = |type_name, name: &str| arn(type_name, "us-east-1", |_| Ok(name.to_owned())).unwrap().unwrap();
        assert_eq!(of("aws_s3_bucket", "receipts"), "arn:aws:s3:::receipts");
        assert_eq!(of("aws_rds_global_cluster", "g"), "arn:aws:rds::123456789012:global-cluster:g");
        assert_eq!(of("aws_dynamodb_table", "t"), "arn:aws:dynamodb:us-east-1:123456789012:table/t");
        assert_eq!(arn("aws_vpc_dhcp_options", "us-east-1", |_| Ok(String::new())), None);
    }
}
