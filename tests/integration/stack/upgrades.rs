//! Versions of the database: Terraform leaves upgrades to people, and says so.

use dr_synth::settings::Settings;
use serde_json::Value;

use super::document;

/// The provider takes the members in no order, and 5.100.0 not at all since RDS has other words for its refusal
/// (terraform-provider-aws issues 30358 and 45398).
#[test]
fn no_plan_upgrades_the_global_database() {
    let document = document(&Settings::default());
    let global = &document["resource"]["aws_rds_global_cluster"]["primary_payments"];
    assert_eq!(global["lifecycle"]["ignore_changes"], serde_json::json!(["engine_version"]));
}

#[test]
fn a_plan_that_wants_another_version_than_there_is_says_what_to_do() {
    let document = document(&Settings::default());
    let assertion = &document["check"]["database_engine_version"]["assert"];
    let assertion = if assertion.is_array() { &assertion[0] } else { assertion };
    let condition = assertion["condition"].as_str().unwrap();
    for cluster in ["primary", "dr"] {
        assert!(condition.contains(&format!("aws_rds_cluster.{cluster}_database.engine_version")), "{condition}");
    }
    let message = assertion["error_message"].as_str().unwrap();
    for needed in ["aws rds modify-db-cluster", "standby first", "--apply-immediately"] {
        assert!(message.contains(needed), "{message}");
    }
}

/// The parameter group follows the variable, and RDS refuses one of another major version than the cluster's.
#[test]
fn another_major_version_is_refused_before_anything_changes() {
    let document = document(&Settings::default());
    for cluster in ["primary_database", "dr_database"] {
        let conditions = &document["resource"]["aws_rds_cluster"][cluster]["lifecycle"]["postcondition"];
        assert!(conditions.to_string().contains("self.engine_version"), "{cluster}: {conditions}");
    }
    let _: &Value = &document;
}
