//! The limits of AWS's models: that they are read, and that they refuse what AWS refuses.

use regex_lite::Regex;

use super::schemas;
use crate::terraform::ResourceMode;
use crate::terraform::document::Document;
use crate::terraform::parse;

/// What is found in a document with one resource.
fn found(type_name: &str, arguments: &str) -> Vec<String> {
    let module = parse::document(&format!(
        r#"{{"terraform": {{"required_providers": {{"aws": {{"source": "hashicorp/aws"}}}}}},
        "provider": {{"aws": {{"region": "us-east-1"}}}},
        "resource": {{"{type_name}": {{"it": {{{arguments}}}}}}}}}"#
    ));
    match Document::new(module.unwrap(), schemas()) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.iter().map(|finding| format!("{}: {}", finding.field, finding.message)).collect(),
    }
}

#[test]
fn every_limit_belongs_to_an_argument_of_the_schema_and_every_pattern_is_read() {
    let table = include_str!("../../schema/aws-5.100.0.limits");
    let mut type_name = "";
    let mut count = 0;
    for line in table.lines().skip(1) {
        if let Some(name) = line.strip_prefix('=') {
            type_name = name;
            continue;
        }
        let mut fields = line.split('\t');
        let path = fields.next().unwrap().trim_end_matches("{}");
        let block = super::schema().block_type(ResourceMode::Managed, type_name).unwrap();
        let names: Vec<&str> = path.split('.').collect();
        let (last, ways) = names.split_last().unwrap();
        let inner = ways.iter().try_fold(block, |block, name| Some(block.nested_block(name)?.block()));
        // Lists of objects are attributes whose fields the schema's type has.
        assert!(inner.is_none_or(|inner| inner.attribute(last).is_some()), "{type_name}: {path}");
        for pattern in fields.skip(5) {
            let unicode = pattern.contains(r"\p{");
            assert!(unicode || Regex::new(pattern).is_ok(), "{type_name} {path}: {pattern}");
        }
        count += 1;
    }
    assert!(count > 650, "{count}");
}

#[test]
fn what_aws_refuses() {
    let cases = [
        ("aws_security_group", r#""description": "the group's""#, "description"),
        ("aws_security_group", r#""name": "a%b""#, "name"),
        ("aws_security_group", r#""name_prefix": "a'b-""#, "name_prefix"),
        (
            "aws_vpc_security_group_ingress_rule",
            r#""security_group_id": "sg-1", "ip_protocol": "tcp", "cidr_ipv4": "10.0.0.0/16", "description": "ü""#,
            "description",
        ),
        ("aws_iam_role", r#""assume_role_policy": "{}", "name": "a b""#, "name"),
        ("aws_iam_role", r#""assume_role_policy": "{}", "description": "an – dash""#, "description"),
        ("aws_iam_role", r#""assume_role_policy": "{}", "tags": {"Owner": "a, b"}"#, "tags.Owner"),
        ("aws_sqs_queue", r#""name": "payments.queue""#, "name"),
        ("aws_sns_topic", r#""name": "a topic""#, "name"),
        ("aws_dynamodb_table", r#""name": "ab""#, "name"),
        (
            "aws_lambda_function",
            r#""function_name": "f", "image_uri": "i", "role": "arn:aws:iam::123456789012:role/r", "memory_size": 64"#,
            "memory_size",
        ),
        ("aws_lambda_function", r#""function_name": "f", "image_uri": "i", "role": "r""#, "role"),
        (
            "aws_cloudwatch_metric_alarm",
            r#""alarm_name": "a", "comparison_operator": ">", "evaluation_periods": 1"#,
            "comparison_operator",
        ),
        (
            "aws_scheduler_schedule",
            r#""name": "a/b", "schedule_expression": "rate(1 minute)", "flexible_time_window": {"mode": "OFF"}, "target": {"arn": "a", "role_arn": "arn:aws:iam::123456789012:role/r"}"#,
            "name",
        ),
        (
            "aws_wafv2_ip_set",
            r#""name": "i", "scope": "REGIONAL", "ip_address_version": "IPV4", "description": "it's""#,
            "description",
        ),
        (
            "aws_rds_cluster_instance",
            r#""cluster_identifier": "c", "engine": "aurora-postgresql", "instance_class": "db.r6g.large", "promotion_tier": 16"#,
            "promotion_tier",
        ),
    ];
    for (type_name, arguments, field) in cases {
        let found = found(type_name, arguments);
        assert_eq!(found.len(), 1, "{type_name} {arguments}: {found:?}");
        assert!(found[0].starts_with(&format!("{field}: ")), "{found:?}");
    }
}

#[test]
fn what_aws_takes() {
    let cases = [
        ("aws_security_group", r#""description": "a-z0-9 ._-:/()#,@[]+=&;{}!$*""#),
        ("aws_security_group", r#""description": """#),
        ("aws_iam_role", r#""assume_role_policy": "{}", "tags": {"Owner": "a.b@c.d Zürich +1"}"#),
        ("aws_sns_topic", r#""name": "orders.fifo", "fifo_topic": true"#),
        ("aws_sqs_queue", r#""name": "orders.fifo", "fifo_queue": true, "message_retention_seconds": 60"#),
        (
            "aws_lambda_function",
            r#""function_name": "f", "image_uri": "i", "role": "arn:aws:iam::123456789012:role/r", "reserved_concurrent_executions": -1"#,
        ),
        (
            "aws_rds_cluster",
            r#""engine": "aurora-postgresql", "master_username": "payments_admin", "backup_retention_period": 35"#,
        ),
        (
            "aws_rds_cluster_instance",
            r#""cluster_identifier": "c", "engine": "aurora-postgresql", "instance_class": "db.r6g.large", "db_parameter_group_name": "default.aurora-postgresql17""#,
        ),
        ("aws_s3_bucket", r#""acl": "log-delivery-write""#),
        ("aws_cloudwatch_log_group", r#""name": "/aws/lambda/x", "retention_in_days": 0"#),
    ];
    for (type_name, arguments) in cases {
        assert_eq!(found(type_name, arguments), [""; 0], "{type_name} {arguments}");
    }
}
