//! A plan as `terraform show -json` prints it: resources of five types, of which some refer to the one before.

use serde_json::{Map, Value, json};

/// The plan's text.
pub(crate) fn text(resources: usize) -> String {
    let planned: Vec<Planned> = (0..resources).map(Planned::new).collect();
    let each = |of: fn(&Planned) -> Value| planned.iter().map(of).collect::<Vec<_>>();
    let aws = json!({ "name": "aws", "expressions": { "region": { "constant_value": "us-east-1" } } });
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": { "root_module": { "resources": each(Planned::value) } },
        "resource_changes": each(Planned::change),
        "configuration": {
            "provider_config": { "aws": aws },
            "root_module": { "resources": each(Planned::block) },
        },
    })
    .to_string()
}

/// One resource of it.
struct Planned {
    kind: &'static str,
    name: String,
    values: Value,
    unknown: Value,
    expressions: Value,
}

impl Planned {
    fn new(number: usize) -> Self {
        let named = |what: &str| format!("{what}-{number}");
        let tags = json!({ "Name": named("service"), "team": "payments", "environment": "production" });
        let (kind, values, unknown, expressions) = match number % 5 {
            0 => (
                "aws_s3_bucket",
                json!({ "bucket": named("data"), "force_destroy": false, "timeouts": null, "tags": tags }),
                json!({ "arn": true, "id": true, "region": true, "tags": {} }),
                json!({ "bucket": { "constant_value": named("data") } }),
            ),
            1 => (
                "aws_s3_bucket_versioning",
                json!({ "mfa": null, "versioning_configuration": [{ "status": "Enabled" }] }),
                json!({ "bucket": true, "id": true, "versioning_configuration": [{ "mfa_delete": true }] }),
                json!({ "bucket": { "references": [format!("aws_s3_bucket.r{}.id", number - 1)] } }),
            ),
            2 => (
                "aws_dynamodb_table",
                json!({
                    "name": named("table"), "billing_mode": "PAY_PER_REQUEST", "hash_key": "id", "replica": [],
                    "attribute": [{ "name": "id", "type": "S" }], "point_in_time_recovery": [{ "enabled": true }],
                    "deletion_protection_enabled": null, "ttl": [], "tags": tags,
                }),
                json!({ "arn": true, "id": true, "read_capacity": true, "write_capacity": true }),
                json!({ "name": { "constant_value": named("table") }, "hash_key": { "constant_value": "id" } }),
            ),
            3 => (
                "aws_iam_role",
                json!({
                    "name": named("role"), "path": "/", "description": null, "max_session_duration": 3600, "tags": tags,
                    "assume_role_policy": "{\"Statement\":[{\"Action\":\"sts:AssumeRole\",\"Effect\":\"Allow\",\
                        \"Principal\":{\"Service\":\"lambda.amazonaws.com\"}}],\"Version\":\"2012-10-17\"}",
                }),
                json!({ "arn": true, "id": true, "unique_id": true, "managed_policy_arns": true }),
                json!({ "name": { "constant_value": named("role") } }),
            ),
            _ => (
                "aws_lambda_function",
                json!({
                    "function_name": named("function"), "handler": "main.handler", "runtime": "python3.13",
                    "memory_size": 256, "timeout": 30, "layers": null, "vpc_config": [], "tags": tags,
                    "environment": [{ "variables": { "TABLE": format!("table-{}", number - 2) } }],
                }),
                json!({ "arn": true, "id": true, "role": true, "version": true }),
                json!({ "role": { "references": [format!("aws_iam_role.r{}.arn", number - 1)] } }),
            ),
        };
        Self { kind, name: format!("r{number}"), values, unknown, expressions }
    }

    /// What is the same of a resource wherever it is listed.
    fn with(&self, members: Value) -> Value {
        let address = format!("{}.{}", self.kind, self.name);
        let all = json!({ "address": address, "mode": "managed", "type": self.kind, "name": self.name });
        let own = [all, members].into_iter().filter_map(|members| match members {
            Value::Object(members) => Some(members),
            _ => None,
        });
        Value::Object(own.flatten().collect::<Map<_, _>>())
    }

    fn value(&self) -> Value {
        self.with(json!({ "schema_version": 0, "values": self.values, "sensitive_values": {} }))
    }

    fn change(&self) -> Value {
        let change = json!({
            "actions": ["create"], "before": null, "after": self.values, "after_unknown": self.unknown,
            "before_sensitive": false, "after_sensitive": {},
        });
        self.with(json!({ "change": change }))
    }

    fn block(&self) -> Value {
        self.with(json!({ "provider_config_key": "aws", "expressions": self.expressions, "schema_version": 0 }))
    }
}
