//! DNSSEC: answers of the hosted zone are signed, so that nobody can forge which region takes payments.
//!
//! Signing alone changes nothing for anybody: resolvers check signatures only once the parent zone has the DS record,
//! which a person enters at the registrar. From then on the order of going back matters: first the DS record goes, then
//! its lifetime passes, then signing ends. Route 53 refuses to end it while it sees the DS record.
//!
//! Keys for DNSSEC are in us-east-1 whatever the stack's regions are. Route 53 signs for days ahead, so that the loss of
//! the region that holds the key does not make answers invalid (Route 53 developer guide, "KMS key and ZSK management").

use super::dns::Zone;
use super::encryption::administration;
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::cloudwatch;
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{kms, route53, sns};
use crate::terraform::functions::one;
use crate::terraform::{Handle, Number, Resource, Value, concat};

/// The only kind of key that Route 53 signs with.
const KEY_SPEC: &str = "ECC_NIST_P256";

const SIGNER: &str = "dnssec-route53.amazonaws.com";

/// Route 53 reports signing every four hours (Route 53 developer guide, "Monitoring hosted zones using Amazon
/// CloudWatch").
const PERIOD_SECONDS: u32 = 4 * 60 * 60;

/// What a zone's signing is made from.
#[derive(Debug)]
pub struct DnssecInputs<'a> {
    /// The zone, which is signed only if it was made here.
    pub zone: &'a Zone,
    /// Days between the order to delete the key and its deletion.
    pub key_deletion_days: Value<Number>,
    /// Who is told when signing fails.
    pub topic: &'a Handle<sns::Topic>,
}

/// Signs the zone and returns the DS record for the parent zone, null where the zone is the user's own. The scope must be
/// in us-east-1.
pub fn dnssec(region: &mut RegionScope<'_>, inputs: &DnssecInputs<'_>) -> Value<String> {
    let Zone { created, is_created, .. } = inputs.zone;
    let zone_id = created.at(0).zone_id();
    let key = signing_key(region, inputs);
    // Names of key-signing keys take no hyphens, and are unique within their zone only (`CreateKeySigningKey`).
    let name = region.service_name().identifier();
    let key_signing_key =
        region.add(route53::KeySigningKey::new("payments", &zone_id, key.at(0).arn(), name).only_if(is_created));
    region.add(
        route53::HostedZoneDnssec::new("payments", &zone_id)
            .only_if(is_created)
            // A zone without an active key cannot be signed; and signing ends before its key is deactivated and deleted.
            .depends_on(&key_signing_key),
    );
    signing_alarms(region, inputs, &zone_id);
    one(key_signing_key.of_every_instance("ds_record"))
}

fn signing_key(region: &mut RegionScope<'_>, inputs: &DnssecInputs<'_>) -> Handle<kms::Key> {
    let is_created = &inputs.zone.is_created;
    let policy = key_policy(region, &inputs.zone.created.at(0));
    let alias = region.name(NameKind::KeyAlias, "dnssec");
    let key = region.add(
        kms::Key::new("dnssec")
            .only_if(is_created)
            .description(format!("Signs the keys of the {} zone", region.service_name()))
            .customer_master_key_spec(KEY_SPEC)
            .key_usage("SIGN_VERIFY")
            .deletion_window_in_days(&inputs.key_deletion_days)
            .policy(policy),
    );
    region
        .add(kms::Alias::new("dnssec", key.at(0).key_id()).only_if(is_created).name(concat(["alias/".into(), alias])));
    key
}

/// Route 53 developer guide, "Working with customer managed keys for DNSSEC".
fn key_policy(region: &RegionScope<'_>, zone: &Handle<route53::Zone>) -> PolicyDocument {
    let for_this_zone = |statement: Statement| {
        statement
            .resource("*")
            .principal(Principal::service(SIGNER))
            .when("StringEquals", "aws:SourceAccount", region.account_id())
            .when("ArnEquals", "aws:SourceArn", zone.arn())
    };
    let sign = Statement::allow("SignThisZone").actions(["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]);
    let grant = Statement::allow("GrantForThisZone").action("kms:CreateGrant");
    PolicyDocument::new([
        administration(region),
        for_this_zone(sign),
        for_this_zone(grant).when("Bool", "kms:GrantIsForAWSResource", "true"),
    ])
}

/// AWS recommends both strongly: what is not fixed within days makes the name unreachable.
fn signing_alarms(region: &mut RegionScope<'_>, inputs: &DnssecInputs<'_>, zone_id: &Value<String>) {
    let failures = [
        ("dnssec_failure", "DNSSECInternalFailure", "Route 53 cannot sign the zone: see the hosted zone's DNSSEC tab."),
        (
            "dnssec_key_action",
            "DNSSECKeySigningKeysNeedingAction",
            "Route 53 cannot use the zone's signing key: look at the KMS key's state and policy.",
        ),
    ];
    for (name, metric, description) in failures {
        let alarm_name = region.name(NameKind::Alarm, &name.replace('_', "-"));
        region.add(
            cloudwatch::MetricAlarm::new(name, alarm_name, "GreaterThanThreshold", 1)
                .only_if(&inputs.zone.is_created)
                .alarm_description(description)
                .namespace("AWS/Route53")
                .metric_name(metric)
                .dimensions([("HostedZoneId", zone_id.clone())])
                .statistic("Sum")
                .period(PERIOD_SECONDS)
                .threshold(0)
                .treat_missing_data("notBreaching")
                .alarm_actions([inputs.topic.arn()])
                .ok_actions([inputs.topic.arn()]),
        );
    }
}
