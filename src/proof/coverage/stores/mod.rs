//! The catalogue of data stores: what of each holds its data.

mod aurora;
mod cache;
mod dynamodb;
mod ebs;
mod efs;
mod fsx;
mod kms;
mod others;
mod rds;
mod redshift;
mod regional;
mod s3;
mod s3_bucket;
mod s3_replication;
mod search;
mod secrets;
mod unexamined;

pub(in crate::proof) use aurora::is_primary;

use super::copy::Store;
use super::roles::administrator;
use crate::proof::model::{Model, Truth};

/// Every store of a model.
pub(super) fn all(model: &Model) -> Vec<Store<'_>> {
    let mut all = rds::stores(model);
    all.extend(aurora::stores(model));
    all.extend(dynamodb::stores(model));
    all.extend(s3::stores(model));
    all.extend(efs::stores(model));
    all.extend(fsx::stores(model));
    all.extend(ebs::stores(model));
    all.extend(cache::stores(model));
    all.extend(search::stores(model));
    all.extend(redshift::stores(model));
    all.extend(secrets::stores(model));
    all.extend(kms::stores(model));
    all.extend(others::stores(model));
    all.extend(regional::stores(model));
    all.extend(unexamined::stores(model));
    for store in &mut all {
        expose(model, store);
    }
    all
}

/// Copies in another account are within reach of an administrator who may take a role there.
fn expose(model: &Model, store: &mut Store<'_>) {
    let own = &store.resource.account;
    for copy in store.copies.iter_mut().filter(|copy| copy.exposed.is_none()) {
        if copy.account.differs_from(own) == Truth::Yes {
            copy.exposed = administrator(model, &copy.account, own);
        }
    }
}
