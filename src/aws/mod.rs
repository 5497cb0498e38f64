//! AWS: resources typed from the provider's schema, and the documents AWS reads, as Rust types.

pub mod acm;
pub mod apigateway;
pub mod arn;
pub mod backup;
pub mod budgets;
pub mod cloudformation;
pub mod cloudwatch;
pub mod config;
pub mod dashboard;
pub mod dynamodb;
pub mod ecs;
pub mod elb;
pub mod event_pattern;
pub mod events;
pub mod fis;
pub mod iam;
pub mod iam_policy;
pub mod kms;
pub mod lambda;
pub mod policies;
pub mod rds;
pub mod route53;
pub mod s3;
pub mod scheduler;
pub mod secretsmanager;
pub mod sfn;
pub mod sns;
pub mod sqs;
pub mod ssm;
pub mod states_language;
pub mod sts;
pub mod vpc;
pub mod waf_rule;
pub mod waf_statement;
pub mod wafv2;
pub mod xray;

use std::sync::LazyLock;

use crate::terraform::check::Schemas;
use crate::terraform::schema::Schema;
use crate::terraform::schema::limits::Limits;

/// The schema of every resource, data source and ephemeral type of the AWS provider, not only of those with bindings.
pub fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        // A build with damaged bytes knows no type at all, so no document passes its check; a test keeps that away.
        let schema = Schema::open(include_bytes!("../../schema/aws-5.100.0.schema").as_slice()).unwrap_or_default();
        schema.with_limits(Limits::open(include_str!("../../schema/aws-5.100.0.limits")))
    });
    &SCHEMA
}

/// The schemas that a stack's documents are held to.
pub fn schemas() -> &'static Schemas {
    static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::new().with("aws", schema().clone()));
    &SCHEMAS
}

#[cfg(test)]
mod bindings_tests;
#[cfg(test)]
mod limits_tests;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod waf_tests;
