//! How long the service is away after other events than the loss of a region, as far as that can be told.

use std::collections::HashSet;

use super::recovery_point::RecoveryPoint;
use super::span::Span;
use crate::proof::coverage::Scenario;
use crate::proof::model::{Model, Resource};

/// The answer for one event.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioTime {
    /// What happens.
    pub scenario: Scenario,
    /// For how many seconds the service may be away at worst, where it can be told.
    pub seconds: Option<f64>,
    /// How, or why not.
    pub because: String,
}

/// "Typically in less than 60 seconds" with a replica in another zone, "typically within 10 minutes" without (Aurora user
/// guide, "High availability for Amazon Aurora").
const TO_A_REPLICA: f64 = 60.0;
const TO_A_NEW_INSTANCE: f64 = 600.0;

/// An instance of RDS with a standby: "typically 60 to 120 seconds" (RDS user guide, "Multi-AZ DB instance deployments").
const TO_A_STANDBY: f64 = 120.0;

/// All of them, in the order they are shown. `points` are the stores, of which those that the objectives are about count.
pub(super) fn scenarios(model: &Model, region: Option<Span>, points: &[RecoveryPoint]) -> Vec<ScenarioTime> {
    let held = points.iter().filter(|point| point.left_out.is_none()).map(|point| point.store.as_str()).collect();
    Scenario::ALL.into_iter().map(|scenario| of_scenario(model, scenario, region, &held)).collect()
}

fn of_scenario(model: &Model, scenario: Scenario, region: Option<Span>, held: &HashSet<&str>) -> ScenarioTime {
    let (seconds, because) = match scenario {
        Scenario::Zone => zone(model, region, held),
        Scenario::Region => match region {
            Some(span) => (Some(span.worst), "the other region takes over, as shown above".to_owned()),
            None => (None, "see above for what is not known".to_owned()),
        },
        Scenario::Account => {
            (None, "an operator builds the service again in another account, and restores into it".to_owned())
        }
        Scenario::Deletion | Scenario::Corruption | Scenario::Credential => {
            (None, "an operator restores a copy, and how long that takes depends on how much data there is".to_owned())
        }
    };
    ScenarioTime { scenario, seconds, because }
}

/// A zone: services of a region have several by themselves, instances of databases stand in one each.
fn zone(model: &Model, region: Option<Span>, held: &HashSet<&str>) -> (Option<f64>, String) {
    let mut worst: Option<(f64, String)> = None;
    let mut keep = |seconds: f64, because: String| {
        if worst.as_ref().is_none_or(|(known, _)| *known < seconds) {
            worst = Some((seconds, because));
        }
    };
    for cluster in model.of_type("aws_rds_cluster").filter(|cluster| held.contains(cluster.address.as_str())) {
        match instances(model, cluster) {
            0 => return (None, format!("{} has no instance that is written here", cluster.address)),
            1 => keep(
                TO_A_NEW_INSTANCE,
                format!("{} has one instance, and Aurora makes a new one in typically 10 minutes", cluster.address),
            ),
            several => keep(
                TO_A_REPLICA,
                format!(
                    "{} has {several} instances, and Aurora changes to another in typically a minute",
                    cluster.address
                ),
            ),
        }
    }
    for instance in model.of_type("aws_db_instance").filter(|instance| held.contains(instance.address.as_str())) {
        match instance.at("multi_az").flag().or(false).get() {
            Some(true) => keep(
                TO_A_STANDBY,
                format!("{} has a standby in another zone, typically there in two minutes", instance.address),
            ),
            Some(false) => return (None, format!("{} is in one zone: an operator restores it", instance.address)),
            None => return (None, format!("whether {} has a standby in another zone is not known", instance.address)),
        }
    }
    match (worst, region) {
        (None, _) => (None, "no database of this configuration is known to have a time for it".to_owned()),
        (Some((seconds, because)), Some(span)) if span.worst < seconds => {
            (Some(span.worst), format!("{because}; the other region has taken over before that"))
        }
        (Some((seconds, because)), _) => (Some(seconds), because),
    }
}

fn instances(model: &Model, cluster: &Resource) -> usize {
    model.referring("aws_rds_cluster_instance", "cluster_identifier", cluster).len()
}
