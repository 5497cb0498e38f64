//! Keys: their material is data. It cannot be damaged, and a deletion takes at least seven days.

use super::super::Scenario;
use super::super::copy::{Copy, History, Store, differs};
use crate::proof::model::{Model, Resource, Target, Truth};

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    ["aws_kms_key", "aws_kms_external_key"]
        .iter()
        .flat_map(|kind| model.of_type(kind))
        .map(|key| Store { resource: key, copies: copies(model, key) })
        .collect()
}

fn copies(model: &Model, key: &Resource) -> Vec<Copy> {
    let mut own = Copy::of_store(key);
    "the key".clone_into(&mut own.what);
    own.history = Some(History { kept: None, gap: 0, distance: Some(0) });
    // Material that was imported can be removed at once; that of AWS waits for at least seven days.
    if key.kind == "aws_kms_key" && !key.at("custom_key_store_id").is_set() {
        own.outlives_store = true;
        own.lock =
            Some("a key is deleted after at least seven days, and until then the deletion can be cancelled".to_owned());
    }
    let mut all = vec![own];
    all.extend(model.of_type("aws_kms_replica_key").filter_map(|replica| copy(model, key, replica)));
    all.extend(model.of_type("aws_kms_replica_external_key").filter_map(|replica| copy(model, key, replica)));
    all
}

fn copy(model: &Model, key: &Resource, replica: &Resource) -> Option<Copy> {
    let mut doubts: Vec<String> = replica.doubt.iter().cloned().collect();
    match model.resolve(&[&key.kind], replica.at("primary_key_arn"), replica) {
        Target::Found(found) if found.address == key.address => {}
        Target::Unknown(reason) => doubts.push(reason),
        _ => return None,
    }
    let what = format!("the replica {}", replica.address);
    let mut copy = Copy::apart(what, replica.region.clone(), replica.account.clone(), Some(0));
    copy.doubts = doubts;
    copy.only = vec![Scenario::Zone, Scenario::Region, Scenario::Account, Scenario::Deletion];
    let is_multi_region = key.at("multi_region").flag().assume(true, false, &mut copy.doubts);
    if !is_multi_region {
        copy.void = Some(format!("{} is not a multi-Region key", key.address));
    } else if differs(&replica.region, &key.region) == Truth::No {
        copy.void = Some("its region is the key's own".to_owned());
    } else if replica.account.differs_from(&key.account) == Truth::Yes {
        copy.void = Some("a replica belongs to the account of its key".to_owned());
    }
    Some(copy)
}
