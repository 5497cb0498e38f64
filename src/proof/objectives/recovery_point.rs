//! How many seconds of writes each data store may lose with its region, and whether that is within the objective.

use std::collections::HashMap;

use super::targets::Target;
use super::verdict::Verdict;
use crate::proof::coverage::{self, Cell, Scenario};
use crate::proof::model::{Model, Resource};

/// One data store.
#[derive(Debug, Clone, PartialEq)]
pub struct RecoveryPoint {
    /// Its address.
    pub store: String,
    /// What is left when its region is lost.
    pub left: coverage::Verdict,
    /// The writes of how many last seconds may be missing then; none where there is no bound, or nothing is left.
    pub seconds: Option<u64>,
    /// What came of the objective.
    pub verdict: Verdict,
    /// Why the objective is not about this store, where it is not.
    pub left_out: Option<String>,
    /// Why.
    pub because: String,
}

/// More objects of one type with one answer are counted where people read, and not named.
const MOST_NAMED: usize = 8;

impl RecoveryPoint {
    /// Whether two are of one type and have one answer.
    pub fn is_like(&self, other: &Self) -> bool {
        let answer = |point: &Self| (point.left, point.seconds, point.left_out.clone());
        self.kind() == other.kind() && answer(self) == answer(other)
    }

    /// What people read for some that are alike: their addresses, or how many they are.
    pub fn names(alike: &[&Self]) -> Vec<String> {
        match alike {
            [first, ..] if alike.len() > MOST_NAMED => vec![format!("{} times {}", alike.len(), first.kind())],
            _ => alike.iter().map(|point| point.store.clone()).collect(),
        }
    }

    /// The type of its resource.
    fn kind(&self) -> &str {
        self.store.split('.').find(|part| part.starts_with("aws_")).unwrap_or(&self.store)
    }
}

/// Types that an application keeps its records in. What is only a file, a key, a message or a cache is listed, and not held
/// to the objective.
const DATABASES: [&str; 9] = [
    "aws_rds_cluster",
    "aws_db_instance",
    "aws_dynamodb_table",
    "aws_docdb_cluster",
    "aws_neptune_cluster",
    "aws_keyspaces_table",
    "aws_timestreamwrite_table",
    "aws_redshift_cluster",
    "aws_memorydb_cluster",
];

/// Every store; `standby` is the region that takes over, whose own stores are not lost with the other.
pub(super) fn recovery_points(
    model: &Model,
    cells: &[Cell],
    target: Option<&Target>,
    standby: Option<&str>,
) -> Vec<RecoveryPoint> {
    let resources: HashMap<&str, &Resource> =
        model.resources().iter().map(|resource| (resource.address.as_str(), resource)).collect();
    let of_the_region = cells.iter().filter(|cell| cell.scenario == Scenario::Region);
    of_the_region
        .map(|cell| {
            let resource = resources.get(cell.store.as_str()).copied();
            RecoveryPoint {
                store: cell.store.clone(),
                left: cell.verdict,
                seconds: cell.rpo_seconds,
                verdict: verdict(cell.verdict, cell.rpo_seconds, target),
                left_out: resource.and_then(|resource| left_out(resource, standby)),
                because: cell.because.clone(),
            }
        })
        .collect()
}

/// What comes of the objective where this is left of a store.
pub(super) fn verdict(left: coverage::Verdict, seconds: Option<u64>, target: Option<&Target>) -> Verdict {
    #[allow(clippy::cast_precision_loss, reason = "seconds of a few days")]
    let seconds = seconds.map(|seconds| seconds as f64);
    match (left, target) {
        (_, None) => Verdict::NoObjective,
        (coverage::Verdict::CannotTell, Some(_)) => Verdict::CannotTell,
        (coverage::Verdict::Loses, Some(_)) => Verdict::Missed,
        // Where AWS gives no bound, none can be met.
        (coverage::Verdict::Survives, Some(_)) => Verdict::of(seconds.or(Some(f64::INFINITY)), target),
    }
}

fn left_out(store: &Resource, standby: Option<&str>) -> Option<String> {
    if standby.is_some_and(|standby| store.region_name() == standby) {
        return Some(format!("it is in {}, the region that takes over", store.region_name()));
    }
    let why = match store.kind.as_str() {
        kind if DATABASES.contains(&kind) => return None,
        "aws_s3_bucket" => "objects: S3 promises 15 minutes at best, so no bucket can meet a minute",
        "aws_kms_key" => {
            "a key: what it encrypts is held to the objective, and needs a key of its own in the other region"
        }
        "aws_secretsmanager_secret" => "a secret: written when it is rotated, and not by those who use the service",
        _ => "not one of the databases that are held to the objective",
    };
    Some(why.to_owned())
}
