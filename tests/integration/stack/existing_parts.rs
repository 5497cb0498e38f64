//! What exists and replaces a part of the stack: keys, web ACLs, log archives, and a boundary of what roles may do.

use dr_synth::settings::{Features, Settings};
use serde_json::json;

use super::{addresses, document, resources};
use crate::common::dr_synth;

#[test]
fn every_role_has_the_boundary() {
    let settings = Settings { existing_permissions_boundary: true, features: Features::all(), ..Settings::default() };
    let document = document(&settings);
    let roles: Vec<_> = resources(&document).filter(|(type_name, ..)| *type_name == "aws_iam_role").collect();
    assert!(roles.len() > 20, "{}", roles.len());
    for (_, name, body) in roles {
        assert_eq!(body["permissions_boundary"], "${var.permissions_boundary_arn}", "{name}");
    }
    assert!(document["check"]["permissions_boundary"].is_object());
}

#[test]
fn no_role_has_a_boundary_unless_it_is_asked_for() {
    let document = document(&Settings::default());
    assert!(resources(&document).all(|(_, _, body)| body["permissions_boundary"].is_null()));
    assert!(document["variable"]["permissions_boundary_arn"].is_null());
}

#[test]
fn existing_keys_are_looked_at_and_none_of_these_is_made() {
    let settings = Settings { existing_keys: true, ..Settings::default() };
    let document = document(&settings);
    for class in ["database", "storage", "sessions", "secrets", "operations"] {
        for (role, region) in [("primary", "us-east-1"), ("dr", "us-east-2")] {
            let name = format!("{role}_{class}");
            assert!(document["resource"]["aws_kms_key"][&name].is_null(), "{name}");
            assert!(document["resource"]["aws_kms_alias"][&name].is_null(), "{name}");
            let key = &document["data"]["aws_kms_key"][&name];
            assert_eq!(key["key_id"], format!("${{var.{role}_kms_key_arns.{class}}}"));
            assert_eq!(key["lifecycle"]["postcondition"].as_array().unwrap().len(), 1);
            let variable = document["variable"][format!("{role}_kms_key_arns")].to_string();
            assert!(variable.contains(&format!("arn:aws:kms:{region}:")), "{variable}");
        }
    }
    let cluster = &document["resource"]["aws_rds_cluster"]["dr_database"];
    assert_eq!(cluster["kms_key_id"], "${data.aws_kms_key.dr_database.arn}");
}

/// Services that use the operations key themselves are silent without these statements.
#[test]
fn the_owner_of_the_operations_key_is_given_what_its_policy_needs() {
    let settings = Settings { existing_keys: true, ..Settings::default() };
    let document = document(&settings);
    for role in ["primary", "dr"] {
        let statements = document["output"][format!("{role}_operations_key_statements")]["value"].to_string();
        for service in ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "logs.us-east-", "delivery.logs"] {
            assert!(statements.contains(service), "{service}: {statements}");
        }
    }
}

#[test]
fn what_is_named_has_no_default() {
    let settings = Settings { existing_keys: true, existing_permissions_boundary: true, ..Settings::default() };
    let document = document(&settings);
    for name in ["primary_kms_key_arns", "dr_kms_key_arns", "permissions_boundary_arn"] {
        let variable = &document["variable"][name];
        assert!(variable["default"].is_null(), "{variable}");
        assert_eq!(variable["nullable"], json!(false));
    }
}

fn everything() -> Settings {
    Settings { features: Features::all(), ..Settings::default() }
}

#[test]
fn an_existing_web_acl_is_put_before_the_api_and_nothing_of_an_own_one_is_made() {
    let (own, existing) = (document(&everything()), document(&Settings { existing_web_acl: true, ..everything() }));
    let gone: Vec<_> = addresses(&own).difference(&addresses(&existing)).cloned().collect();
    let expected = ["dr", "primary"].map(|role| {
        [
            format!("aws_cloudwatch_log_group.{role}_waf"),
            format!("aws_cloudwatch_log_resource_policy.{role}_waf"),
            format!("aws_cloudwatch_metric_alarm.{role}_blocked_requests"),
            format!("aws_wafv2_web_acl.{role}_api"),
            format!("aws_wafv2_web_acl_logging_configuration.{role}_api"),
        ]
    });
    let mut expected = expected.concat();
    expected.sort();
    assert_eq!(gone, expected);
    for (role, region) in [("primary", "us-east-1"), ("dr", "us-east-2")] {
        let acl = &existing["data"]["aws_wafv2_web_acl"][format!("{role}_api")];
        assert_eq!(acl["scope"], "REGIONAL");
        assert_eq!(acl["name"], format!("${{element(split(\"/\", var.{role}_web_acl_arn), 2)}}"));
        let association = &existing["resource"]["aws_wafv2_web_acl_association"][format!("{role}_api")];
        assert_eq!(association["web_acl_arn"], format!("${{data.aws_wafv2_web_acl.{role}_api.arn}}"));
        let variable = existing["variable"][format!("{role}_web_acl_arn")].to_string();
        assert!(variable.contains(&format!("arn:aws:wafv2:{region}:")), "{variable}");
    }
    assert!(existing["variable"]["waf_rate_limit"].is_null());
}

#[test]
fn access_logs_go_to_an_existing_archive_below_names_that_no_other_bucket_has() {
    let document = document(&Settings { existing_log_archive: true, ..everything() });
    for (role, region, token) in [("primary", "us-east-1", "use1"), ("dr", "us-east-2", "use2")] {
        let data = &document["data"]["aws_s3_bucket"][format!("{role}_log_archive")];
        assert_eq!(data["bucket"], format!("${{var.{role}_log_archive_bucket}}"));
        let condition = data["lifecycle"]["postcondition"][0]["condition"].as_str().unwrap();
        assert!(condition.contains(&format!(".s3.{region}.amazonaws.com")), "{condition}");
        for purpose in ["receipts", "config"] {
            let logging = &document["resource"]["aws_s3_bucket_logging"][format!("{role}_{purpose}")];
            assert_eq!(logging["target_bucket"], format!("${{data.aws_s3_bucket.{role}_log_archive.id}}"));
            let prefix = logging["target_prefix"].as_str().unwrap();
            assert!(prefix.starts_with(&format!("access-logs/payments-{purpose}-{token}-")), "{prefix}");
        }
        let statements = document["output"][format!("{role}_log_archive_statements")]["value"].to_string();
        for needed in ["logging.s3.amazonaws.com", "/access-logs/*", "aws:SourceArn", "aws:SourceAccount"] {
            assert!(statements.contains(needed), "{needed}: {statements}");
        }
    }
}

/// S3 delivers hours late: what was asked for before the switch arrives after it, and expires.
#[test]
fn the_own_bucket_still_takes_access_logs_that_are_under_way() {
    let (own, existing) = (document(&everything()), document(&Settings { existing_log_archive: true, ..everything() }));
    for type_name in ["aws_s3_bucket_policy", "aws_s3_bucket_lifecycle_configuration"] {
        let of = |document: &serde_json::Value| document["resource"][type_name]["dr_operations"].clone();
        assert_eq!(of(&own), of(&existing));
    }
}

#[test]
fn what_is_no_web_acl_of_the_region_or_no_bucket_is_refused() {
    let document = dr_synth("--existing-web-acl --existing-log-archive").succeed().stdout();
    let evaluate = |name: &str, value: &str| {
        let run = dr_synth(&format!("evaluate --var {name}={value} . var.{name}")).file("main.tf.json", &document);
        let run = run.finish();
        (run.status(), run.stdout())
    };
    let acl = |region: &str, scope: &str| {
        format!("arn:aws:wafv2:{region}:123456789012:{scope}/webacl/edge/1234abcd-12ab-34cd-56ef-1234567890ab")
    };
    assert_eq!(evaluate("dr_web_acl_arn", &acl("us-east-2", "regional")).0, 0);
    for wrong in [acl("us-east-1", "regional"), acl("us-east-2", "global"), "edge".to_owned()] {
        let (status, said) = evaluate("dr_web_acl_arn", &wrong);
        assert_eq!(status, 2, "{wrong}");
        assert!(said.contains("web ACL of the scope REGIONAL in us-east-2"), "{said}");
    }
    assert_eq!(evaluate("dr_log_archive_bucket", "acme-logs").0, 0);
    let (status, said) = evaluate("dr_log_archive_bucket", "arn:aws:s3:::acme-logs");
    assert_eq!(status, 2);
    assert!(said.contains("must be the name of a bucket"), "{said}");
}
