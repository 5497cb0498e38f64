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
mod s3;
mod s3_bucket;
mod s3_replication;
mod search;
mod secrets;

use super::copy::Store;
use crate::proof::model::Model;

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
    all
}
