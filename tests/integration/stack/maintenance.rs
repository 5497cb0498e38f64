//! When changes of the database take effect, and what restarts when.

use dr_synth::settings::Settings;
use serde_json::Value;

use super::{document, resources};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The day of a maintenance window, counted from Monday.
fn day(window: &Value) -> usize {
    let window = window.as_str().unwrap();
    DAYS.iter().position(|day| window.starts_with(day)).unwrap()
}

#[test]
fn the_standby_is_maintained_the_day_before_the_writer() {
    let document = document(&Settings::default());
    for type_name in ["aws_rds_cluster", "aws_rds_cluster_instance"] {
        let of = |prefix: &str| &document["resource"][type_name][format!("{prefix}_database")]["preferred_maintenance_window"];
        assert_eq!((day(of("dr")) + 1) % 7, day(of("primary")), "{type_name}");
    }
}

/// Without the argument a change waits for the window, while the apply says that it is complete (provider issue 8350).
#[test]
fn a_change_of_the_database_takes_effect_when_it_is_applied() {
    let document = document(&Settings::default());
    assert_eq!(document["variable"]["database_apply_immediately"]["default"], true);
    let mut seen = 0;
    for (type_name, name, body) in resources(&document) {
        if ["aws_rds_cluster", "aws_rds_cluster_instance"].contains(&type_name) {
            assert_eq!(body["apply_immediately"], "${var.database_apply_immediately}", "{type_name}.{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 4);
}
