//! What a feature may touch: blocks of its own, and these arguments of others' blocks.

use std::collections::BTreeSet;

use dr_synth::settings::{Feature, Features, Settings};
use serde_json::Value;

use super::{addresses, document, resources};

/// What switching a feature on or off reaches.
#[derive(Debug, Default)]
struct Reach {
    /// Parts of the addresses that are its own; each must be found.
    own: &'static [&'static str],
    /// `type.argument` of others' blocks that it sets; each must be found.
    sets: &'static [&'static str],
}

fn reach(feature: Feature) -> Reach {
    match feature {
        Feature::Peering => Reach { own: &["_peer", "peering"], sets: &[] },
        Feature::Waf => Reach { own: &["waf", "blocked_requests"], sets: &[] },
        Feature::Dnssec => Reach { own: &["dnssec", "aws_route53_key_signing_key"], sets: &[] },
        Feature::Xray => Reach {
            own: &["aws_xray_sampling_rule", "aws_xray_group"],
            sets: &[
                "aws_api_gateway_stage.xray_tracing_enabled",
                "aws_iam_role_policy.policy",
                "aws_lambda_function.tracing_config",
                "aws_sfn_state_machine.tracing_configuration",
            ],
        },
        Feature::XrayEncryption => Reach { own: &["_traces"], sets: &[] },
        Feature::FlowLogs => Reach { own: &["flow_log"], sets: &[] },
        Feature::AccessLogs => Reach {
            own: &["api_access", "aws_s3_bucket_logging"],
            sets: &["aws_api_gateway_stage.access_log_settings"],
        },
        Feature::DatabaseInsights => Reach {
            own: &["database_monitoring"],
            sets: &[
                "aws_rds_cluster_instance.monitoring_interval",
                "aws_rds_cluster_instance.monitoring_role_arn",
                "aws_rds_cluster_instance.performance_insights_enabled",
                "aws_rds_cluster_instance.performance_insights_kms_key_id",
                "aws_rds_cluster_instance.performance_insights_retention_period",
            ],
        },
        Feature::Dashboard => Reach { own: &["dashboard"], sets: &[] },
        Feature::Experiments => Reach { own: &["experiment"], sets: &[] },
        Feature::Backup => Reach { own: &["backup"], sets: &[] },
        Feature::Budget => Reach { own: &["budget"], sets: &[] },
        Feature::Config => Reach { own: &["config"], sets: &[] },
        Feature::StackSets => Reach { own: &["stack_sets"], sets: &[] },
        other => panic!("say here what {other} may touch"),
    }
}

/// The topics of what `EventBridge` tells, which two features share: either makes them.
fn is_shared(feature: Feature, address: &str) -> bool {
    let tells = matches!(feature, Feature::Backup | Feature::Config);
    tells && ["_events", "event_email", "event_https"].iter().any(|part| address.ends_with(part))
}

fn shape(features: Features) -> Value {
    document(&Settings { features, ..Settings::default() })
}

/// `type.argument` of every argument that differs in a block that both documents have.
fn changed_arguments(one: &Value, other: &Value) -> BTreeSet<String> {
    let mut changed = BTreeSet::new();
    for (type_name, name, body) in resources(one) {
        let Some(counterpart) = other["resource"][type_name].get(name) else { continue };
        let names = [body, counterpart].into_iter().flat_map(|block| block.as_object().unwrap().keys());
        changed.extend(
            names
                .filter(|argument| body[argument.as_str()] != counterpart[argument.as_str()])
                .map(|argument| format!("{type_name}.{argument}")),
        );
    }
    changed
}

/// Fails unless the two documents differ by what is the feature's, all of it.
fn differ_by(feature: Feature, with: &Value, without: &Value) -> BTreeSet<String> {
    let Reach { own, sets } = reach(feature);
    let (with_it, without_it) = (addresses(with), addresses(without));
    assert!(without_it.is_subset(&with_it), "{feature} adds something when it is off");
    let added: BTreeSet<_> = with_it.difference(&without_it).cloned().collect();
    let added: BTreeSet<_> = added.into_iter().filter(|address| !is_shared(feature, address)).collect();
    for address in &added {
        assert!(own.iter().any(|part| address.contains(part)), "{feature} takes {address} along");
    }
    for part in own {
        assert!(added.iter().any(|address| address.contains(part)), "{feature} has no {part}");
    }
    assert_eq!(changed_arguments(with, without), sets.iter().map(ToString::to_string).collect(), "{feature}");
    added
}

#[test]
fn a_feature_adds_only_blocks_of_its_own() {
    for feature in Feature::ALL {
        let among_others =
            differ_by(feature, &shape(Features::default().with(feature)), &shape(Features::default().without(feature)));
        let alone = differ_by(feature, &shape(Features::none().with(feature)), &shape(Features::none()));
        assert_eq!(among_others, alone, "{feature} depends on others");
    }
}

#[test]
fn a_feature_has_the_same_in_both_regions_or_says_why_not() {
    // The document of each shape passes the parity rule, or there would be none.
    for features in [Features::all(), Features::none()] {
        assert!(addresses(&shape(features)).len() > 200);
    }
}
