//! File systems of `FSx`: one zone or several, daily backups, AWS Backup.

use super::super::backup_plans::{Kind, recovery_points};
use super::super::copy::{Copy, DAY, History, Store};
use super::super::vaults::seconds;
use super::rds::encryption;
use crate::proof::model::{Model, Resource};

const BACKUP: Kind = Kind { service: "FSx", continuous: None, own_encryption: false };

/// A day between two backups, and the window of half an hour.
const GAP: u64 = DAY + 1_800;

/// The kinds with the days that the provider keeps backups where nothing is said.
const KINDS: [(&str, f64); 4] = [
    ("aws_fsx_windows_file_system", 7.0),
    ("aws_fsx_ontap_file_system", 0.0),
    ("aws_fsx_openzfs_file_system", 0.0),
    ("aws_fsx_lustre_file_system", 0.0),
];

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    KINDS
        .iter()
        .flat_map(|(kind, days)| model.of_type(kind).map(move |system| (system, *days)))
        .map(|(system, days)| Store { resource: system, copies: copies(model, system, days) })
        .collect()
}

fn copies(model: &Model, system: &Resource, default_days: f64) -> Vec<Copy> {
    let key = encryption(model, system);
    let mut own = Copy::of_store(system);
    let mut doubts = Vec::new();
    let deployment = system.at("deployment_type").text().assume("MULTI_AZ".into(), String::new(), &mut doubts);
    own.outlives_zone = deployment.starts_with("MULTI_AZ");
    own.doubts = doubts;
    own.key = key.clone();
    let mut all = vec![own];
    let mut doubts = Vec::new();
    let days = system.at("automatic_backup_retention_days").number().assume(7.0, default_days, &mut doubts);
    let scratch = deployment.starts_with("SCRATCH") || (system.kind.contains("lustre") && deployment.is_empty());
    if days > 0.0 && !scratch {
        let mut backups = Copy::of_store(system);
        "the daily backups".clone_into(&mut backups.what);
        backups.lag = Some(GAP);
        backups.history = Some(History { kept: Some(seconds(days)), gap: GAP, distance: Some(GAP) });
        backups.key = key.clone();
        backups.doubts = doubts;
        all.push(backups);
    }
    all.extend(recovery_points(model, system, BACKUP, &key));
    all
}
