//! A bucket as every bucket here is: private, versioned, encrypted, reachable over TLS only.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::arn::Arn;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{kms, s3};
use crate::terraform::{Handle, Lifecycle, Number, Resource, Value, concat};

/// Days after which the parts of an upload that never finished are removed.
const ABANDONED_UPLOAD_DAYS: u32 = 7;

/// Days after which a version that a rule has let expire is removed: the fewest that S3 takes.
const EXPIRED_VERSION_DAYS: u32 = 1;

/// What a bucket is made from.
#[derive(Debug)]
pub struct BucketInputs<'a> {
    /// The local name, and the purpose in the bucket's name.
    pub purpose: &'static str,
    /// Encrypts the objects; S3's own key if absent.
    pub key: Option<&'a Handle<kms::Key>>,
    /// Whether the bucket must be empty to be deleted.
    pub deletion_protection: &'a Value<bool>,
    /// Whether Terraform refuses to destroy it.
    pub prevent_destroy: bool,
    /// Days after which an object's former versions are removed.
    pub former_version_days: Value<Number>,
    /// Days after which objects below a prefix are removed.
    pub expiry: Option<(&'static str, Value<Number>)>,
    /// Who may use it beside the account's own identities.
    pub statements: Vec<Statement>,
}

/// A bucket that is ready for use.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The bucket.
    pub bucket: Handle<s3::Bucket>,
    /// Its versioning, which replication must wait for.
    pub versioning: Handle<s3::BucketVersioning>,
    /// Its policy, which a service must wait for that tries the bucket at once.
    pub policy: Handle<s3::BucketPolicy>,
    /// Its name, known before the bucket is.
    pub name: Value<String>,
}

impl Bucket {
    /// The ARN of the bucket, known before the bucket is.
    pub fn arn(&self) -> Value<String> {
        bucket_arn(&self.name)
    }
}

/// The ARN of a bucket by its name.
pub fn bucket_arn(name: &Value<String>) -> Value<String> {
    Arn::global("s3", name).into()
}

/// Adds a bucket and all that belongs to it.
pub fn bucket(region: &mut RegionScope<'_>, inputs: BucketInputs<'_>) -> Bucket {
    let purpose = inputs.purpose;
    let name = region.name(NameKind::Bucket, purpose);
    let bucket = region.add(
        s3::Bucket::new(purpose)
            .bucket(&name)
            .force_destroy(!inputs.deletion_protection.clone())
            .lifecycle(Lifecycle::new().prevent_destroy(inputs.prevent_destroy)),
    );
    let versioning = region.add(s3::BucketVersioning::new(
        purpose,
        bucket.id(),
        s3::bucket_versioning::VersioningConfiguration::new("Enabled"),
    ));
    encryption(region, purpose, &bucket, inputs.key);
    let access_block = region.add(
        s3::BucketPublicAccessBlock::new(purpose, bucket.id())
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true),
    );
    // Who wants to know of objects makes a rule on the account's default bus; nothing of the bucket has to change for it.
    region.add(s3::BucketNotification::new(purpose, bucket.id()).eventbridge(true));
    region.add(s3::BucketOwnershipControls::new(
        purpose,
        bucket.id(),
        s3::bucket_ownership_controls::Rule::new("BucketOwnerEnforced"),
    ));
    expiry(region, &inputs, &bucket, &versioning);
    let policy = inputs.statements.into_iter().fold(tls_only(&name), PolicyDocument::statement);
    // S3 refuses two changes of a bucket's access at the same moment (`OperationAborted`), so they go one by one.
    let policy = region.add(s3::BucketPolicy::new(purpose, bucket.id(), policy.to_json()).depends_on(&access_block));
    Bucket { bucket, versioning, policy, name }
}

fn encryption(
    region: &mut RegionScope<'_>,
    purpose: &'static str,
    bucket: &Handle<s3::Bucket>,
    key: Option<&Handle<kms::Key>>,
) {
    use s3::bucket_server_side_encryption_configuration::{Rule, RuleApplyServerSideEncryptionByDefault as ByDefault};
    let rule = match key {
        Some(key) => Rule::new()
            .bucket_key_enabled(true)
            .apply_server_side_encryption_by_default(ByDefault::new("aws:kms").kms_master_key_id(key.arn())),
        None => Rule::new().apply_server_side_encryption_by_default(ByDefault::new("AES256")),
    };
    region.add(s3::BucketServerSideEncryptionConfiguration::new(purpose, bucket.id(), rule));
}

fn expiry(
    region: &mut RegionScope<'_>,
    inputs: &BucketInputs<'_>,
    bucket: &Handle<s3::Bucket>,
    versioning: &Handle<s3::BucketVersioning>,
) {
    use s3::bucket_lifecycle_configuration as lifecycle;
    let former_versions = lifecycle::Rule::new("former-versions", "Enabled")
        .filter(lifecycle::RuleFilter::new())
        .noncurrent_version_expiration(lifecycle::RuleNoncurrentVersionExpiration::new(&inputs.former_version_days))
        // A rule that counts days may not ask for this too (S3 API, `LifecycleExpiration`), hence here and for all prefixes.
        .expiration(lifecycle::RuleExpiration::new().expired_object_delete_marker(true))
        .abort_incomplete_multipart_upload(
            lifecycle::RuleAbortIncompleteMultipartUpload::new().days_after_initiation(ABANDONED_UPLOAD_DAYS),
        );
    let mut configuration =
        s3::BucketLifecycleConfiguration::new(inputs.purpose, bucket.id()).rule(former_versions).depends_on(versioning);
    if let Some((prefix, days)) = &inputs.expiry {
        configuration = configuration.rule(
            lifecycle::Rule::new(format!("expire-{}", prefix.trim_end_matches('/')), "Enabled")
                .filter(lifecycle::RuleFilter::new().prefix(*prefix))
                .expiration(lifecycle::RuleExpiration::new().days(days))
                // In a versioned bucket expiry only hides an object; of two rules the shorter one counts (S3 user guide,
                // "Lifecycle configuration elements").
                .noncurrent_version_expiration(lifecycle::RuleNoncurrentVersionExpiration::new(EXPIRED_VERSION_DAYS)),
        );
    }
    region.add(configuration);
}

fn tls_only(name: &Value<String>) -> PolicyDocument {
    let arn = bucket_arn(name);
    PolicyDocument::new([Statement::deny("TlsOnly")
        .action("s3:*")
        .resource(arn.clone())
        .resource(concat([arn, "/*".into()]))
        .principal(Principal::Anyone)
        .when("Bool", "aws:SecureTransport", "false")])
}
