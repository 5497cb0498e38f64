//! Where S3 writes who read and wrote what: into the region's operations bucket, or into a bucket that exists.

use super::bucket::{Bucket, bucket_arn};
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::s3;
use crate::terraform::{Condition, Expression, Lifecycle, Output, Resource, Value, concat, text};

/// What the keys of access logs begin with.
pub const ACCESS_LOG_PREFIX: &str = "access-logs/";

/// The bucket that keeps access logs of others.
#[derive(Debug, Clone)]
pub struct LogArchive {
    bucket: Value<String>,
    /// Whether it is there for more than this stack.
    is_shared: bool,
}

impl LogArchive {
    /// A bucket of the stack's own.
    pub fn own(operations: &Bucket) -> Self {
        Self { bucket: operations.bucket.id(), is_shared: false }
    }

    /// Looks at a bucket that exists. What its policy must allow is given as an output.
    pub fn existing(region: &mut RegionScope<'_>, name: &Value<String>) -> Self {
        let region_name = region.region().name();
        let domain: Value<String> = Value::new(Expression::named("self", &["bucket_regional_domain_name"]));
        let message = concat([
            text("The bucket "),
            name.clone(),
            text(format!(
                " is not in {region_name}: S3 writes access logs to a bucket of the same region only. Name one of {region_name}."
            )),
        ]);
        let of_region = domain.equals(concat([name.clone(), text(format!(".s3.{region_name}.amazonaws.com"))]));
        let data = s3::BucketData::new("log_archive", name)
            .lifecycle(Lifecycle::new().postcondition(Condition::new(of_region, message)));
        let bucket = region.add(data).id();
        declare_statements(region, name);
        Self { bucket, is_shared: true }
    }

    /// Adds that who reads and writes a bucket is written here, below the bucket's purpose, or below its name where other
    /// buckets of the owner may have the same purpose.
    pub fn keep_log_of(&self, region: &mut RegionScope<'_>, purpose: &'static str, logged: &Bucket) {
        let below = if self.is_shared { logged.name.clone() } else { purpose.into() };
        let prefix = concat([ACCESS_LOG_PREFIX.into(), below, "/".into()]);
        region.add(s3::BucketLogging::new(purpose, logged.bucket.id(), self.bucket.clone(), prefix));
    }
}

/// Lets S3 write the access logs of the region's buckets.
pub fn deliver_access_logs(region: &mut RegionScope<'_>, archive: &Value<String>) -> Statement {
    let logged = ["receipts", "config"].map(|purpose| bucket_arn(&region.name(NameKind::Bucket, purpose)));
    Statement::allow("DeliverAccessLogs")
        .action("s3:PutObject")
        .resource(concat([bucket_arn(archive), "/".into(), ACCESS_LOG_PREFIX.into(), "*".into()]))
        .principal(Principal::service("logging.s3.amazonaws.com"))
        .when("StringEquals", "aws:SourceAccount", region.account_id())
        .when_any("ArnEquals", "aws:SourceArn", logged)
}

fn declare_statements(region: &mut RegionScope<'_>, archive: &Value<String>) {
    let name = format!("{}_log_archive_statements", region.prefix());
    let policy = PolicyDocument::new([deliver_access_logs(region, archive)]).to_json();
    let description = "What the policy of the existing log archive must allow to S3: as a policy in JSON.";
    region.module().add_output(Output::new(name, policy).description(description));
}
