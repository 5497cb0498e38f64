//! The region that takes over where no automation says so: the one with the database that follows.

use crate::proof::model::{Model, Resource};

const CLUSTERS: [&str; 3] = ["aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"];

/// Arguments of a cluster that begins with data or a password of its own: it is the writer of its global database.
const OF_A_WRITER: [&str; 4] =
    ["master_username", "master_password", "manage_master_user_password", "snapshot_identifier"];

/// The region of the clusters that follow a writer in another region, if that is one region.
pub(super) fn region(model: &Model) -> Option<&str> {
    let members = CLUSTERS.into_iter().flat_map(|kind| model.of_type(kind));
    let members = members.filter(|cluster| cluster.at("global_cluster_identifier").is_set());
    let (writers, followers): (Vec<&Resource>, Vec<&Resource>) =
        members.partition(|cluster| OF_A_WRITER.iter().any(|argument| cluster.at(argument).is_set()));
    let region = followers.first()?.region_name();
    let is_one = followers.iter().all(|follower| follower.region_name() == region);
    let is_another = !writers.is_empty() && writers.iter().all(|writer| writer.region_name() != region);
    (is_one && is_another).then_some(region)
}
