//! What exists and replaces a part of the stack: keys, and a boundary of what roles may do.

use dr_synth::settings::{Features, Settings};
use serde_json::json;

use super::{document, resources};

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
