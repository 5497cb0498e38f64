//! Members of global databases of Aurora.

use crate::proof::model::Resource;

/// What a cluster that follows another may not have.
pub(in crate::proof) fn own_credentials(cluster: &Resource) -> Option<&'static str> {
    ["master_username", "master_password", "master_password_wo", "database_name"]
        .into_iter()
        .find(|name| cluster.at(name).is_set())
}

/// Whether RDS is to manage the password.
pub(in crate::proof) fn manages_password(cluster: &Resource) -> bool {
    cluster.at("manage_master_user_password").flag().get() == Some(true)
}

/// Why RDS refuses a secondary of this primary.
pub(in crate::proof) fn of_secondary(primary: &Resource, secondary: &Resource) -> Option<String> {
    if secondary.kind != "aws_rds_cluster" {
        return None;
    }
    if let Some(name) = own_credentials(secondary) {
        return Some(format!("RDS refuses {name} for a cluster that follows another"));
    }
    [primary, secondary]
        .into_iter()
        .find(|one| manages_password(one))
        .map(|one| format!("RDS refuses a global database whose password it manages, as {} has it", one.address))
}
