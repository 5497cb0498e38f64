//! What AWS refuses, one predicate for each reason: a rule reports it, and coverage counts no copy of what was refused.

pub(in crate::proof) mod backup_plans;
pub(in crate::proof) mod file_systems;
pub(in crate::proof) mod global_clusters;
pub(in crate::proof) mod replication;
