//! The recorder: who writes down how everything is configured, and where.

use super::ConfigInputs;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{config, iam, kms};
use crate::components::bucket::{Bucket, BucketInputs, bucket, bucket_arn};
use crate::components::encryption::{KeyPurpose, identity_may_use, key, service_may_use};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Handle, Number, Resource, Value, concat};

const SERVICE: &str = "config.amazonaws.com";

/// Reads the configuration of every resource type that AWS Config knows (AWS managed policy reference).
const READ_EVERYTHING: &str = "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole";

/// Days for which a record's former versions are kept; records never change.
const FORMER_VERSION_DAYS: u32 = 30;

/// Adds recorder and channel, and returns what says that it records. The order is AWS Config's: a channel needs a recorder,
/// and recording needs a channel (AWS Config API reference, `PutDeliveryChannel`, `StartConfigurationRecorder`).
pub(super) fn recorder(
    region: &mut RegionScope<'_>,
    inputs: &ConfigInputs<'_>,
) -> Handle<config::ConfigurationRecorderStatus> {
    let account_id = region.account_id();
    let key = key(
        region,
        KeyPurpose {
            name: "config",
            description: "Records of configurations".to_owned(),
            service_statements: vec![service_may_use("ConfigOfThisAccount", SERVICE, &account_id)],
        },
        inputs.key_protection,
    );
    let records = records(region, inputs, &key);
    inputs.log_archive.keep_log_of(region, "config", &records);
    let Recorder { role, permissions } = recorder_role(region, &records, &key);
    let wanted: Value<Number> = Value::from(1).when(inputs.manage_recorder.clone(), 0);
    let name = region.name(NameKind::ConfigRecorder, "config");
    let recorder = region.add(
        config::ConfigurationRecorder::new("config", role.arn()).count(wanted.clone()).name(&name).recording_group(
            config::configuration_recorder::RecordingGroup::new()
                .all_supported(true)
                .include_global_resource_types(inputs.records_global_types),
        ),
    );
    let daily = config::delivery_channel::SnapshotDeliveryProperties::new().delivery_frequency("TwentyFour_Hours");
    let channel = region.add(
        config::DeliveryChannel::new("config", records.bucket.id())
            .count(wanted.clone())
            .name(name)
            .s3_kms_key_arn(key.arn())
            .snapshot_delivery_properties(daily)
            .depends_on(&recorder)
            // AWS Config tries the channel with a file when it is made.
            .depends_on(&records.policy)
            .depends_on(&permissions),
    );
    region.add(
        config::ConfigurationRecorderStatus::new("config", true, recorder.at(0).name())
            .count(wanted)
            .depends_on(&channel),
    )
}

fn records(region: &mut RegionScope<'_>, inputs: &ConfigInputs<'_>, key: &Handle<kms::Key>) -> Bucket {
    let own_arn = bucket_arn(&region.name(NameKind::Bucket, "config"));
    let account_id = region.account_id();
    let service = |sid: &'static str| {
        Statement::allow(sid).principal(Principal::service(SERVICE)).when(
            "StringEquals",
            "aws:SourceAccount",
            &account_id,
        )
    };
    bucket(
        region,
        BucketInputs {
            purpose: "config",
            key: Some(key),
            deletion_protection: inputs.deletion_protection,
            prevent_destroy: false,
            former_version_days: FORMER_VERSION_DAYS.into(),
            expiry: Some(("AWSLogs/", inputs.retention_days.clone())),
            statements: vec![
                service("FindBucket").actions(["s3:GetBucketAcl", "s3:ListBucket"]).resource(&own_arn),
                service("DeliverRecords")
                    .action("s3:PutObject")
                    .resource(delivered_objects(&own_arn, &account_id))
                    .when("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control"),
            ],
        },
    )
}

fn delivered_objects(bucket_arn: &Value<String>, account_id: &Value<String>) -> Value<String> {
    concat([bucket_arn.clone(), "/AWSLogs/".into(), account_id.clone(), "/Config/*".into()])
}

/// Who records, and what says that it may write.
struct Recorder {
    role: Handle<iam::Role>,
    permissions: Handle<iam::RolePolicy>,
}

/// A role of this stack instead of AWS Config's own service-linked one, of which an account has one, and whose second
/// creation fails.
fn recorder_role(region: &mut RegionScope<'_>, records: &Bucket, key: &Handle<kms::Key>) -> Recorder {
    let name = region.name(NameKind::Role, "config");
    let account_id = region.account_id();
    let role = region.add(
        iam::Role::new("config", PolicyDocument::assumed_by(SERVICE, &account_id).to_json())
            .name(name)
            .description("Records configurations"),
    );
    region.add(iam::RolePolicyAttachment::new("config", READ_EVERYTHING, role.name()));
    let statements = [
        Statement::allow("FindRecords").actions(["s3:GetBucketAcl", "s3:ListBucket"]).resource(records.arn()),
        Statement::allow("WriteRecords")
            .action("s3:PutObject")
            .resource(delivered_objects(&records.arn(), &account_id)),
        identity_may_use("EncryptRecords", key.arn(), region.service("s3")),
    ];
    let permissions = region.add(
        iam::RolePolicy::new("config", PolicyDocument::new(statements).to_json(), role.id()).name("write-records"),
    );
    Recorder { role, permissions }
}
