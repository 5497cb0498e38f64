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
mod provider;
pub mod rds;
mod regions;
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

use crate::terraform::check::Schemas;
use crate::terraform::schema::Schema;

pub use provider::{Admitted, Provider};
pub(crate) use regions::takes_region;

/// The schema of every resource, data source and ephemeral type of the AWS provider, not only of those with bindings: of the version
/// that was asked itself, [`Provider::asked`].
pub fn schema() -> &'static Schema {
    Provider::asked().schema()
}

/// The schemas that a stack's documents are held to where nothing else is said.
pub fn schemas() -> &'static Schemas {
    Provider::asked().schemas()
}

#[cfg(test)]
mod bindings_tests;
#[cfg(test)]
mod limits_tests;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod waf_tests;
