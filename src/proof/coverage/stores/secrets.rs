//! Secrets: replicas, and the time in which a deleted one comes back.

use super::super::Scenario;
use super::super::copy::{Copy, History, Store, differs};
use super::super::keys::{key_of, refusal};
use crate::proof::model::{Known, Model, Node, Resource, Truth};

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    model
        .of_type("aws_secretsmanager_secret")
        .map(|secret| Store { resource: secret, copies: copies(model, secret) })
        .collect()
}

fn copies(model: &Model, secret: &Resource) -> Vec<Copy> {
    let mut own = Copy::of_store(secret);
    own.key = key_of(model, secret.at("kms_key_id"), secret);
    let mut versions = own.clone();
    "the versions before".clone_into(&mut versions.what);
    versions.only = vec![Scenario::Corruption];
    versions.history = Some(History { kept: None, gap: 0, distance: Some(0) });
    let mut all = vec![own.clone(), versions];
    all.extend(recovery(secret, own));
    all.extend(replicas(model, secret));
    all
}

fn recovery(secret: &Resource, own: Copy) -> Option<Copy> {
    let mut copy = own;
    "the deleted secret, which comes back within its recovery window,".clone_into(&mut copy.what);
    copy.only = vec![Scenario::Deletion];
    copy.outlives_store = true;
    match secret.at("recovery_window_in_days").number() {
        Known::Is(days) if days <= 0.0 => return None,
        Known::Unknown(reason) => copy.doubts.push(reason),
        _ => {}
    }
    Some(copy)
}

fn replicas(model: &Model, secret: &Resource) -> Vec<Copy> {
    secret
        .values
        .blocks("replica")
        .into_iter()
        .map(|block| {
            let region = match block {
                Node::Unknown(_) => block.clone(),
                block => block.at("region").clone(),
            };
            let mut copy = Copy::apart("a replica", region, secret.account.clone(), None);
            if let Node::Text(region) = &copy.region {
                copy.what = format!("the replica in {region}");
            }
            copy.doubts.extend(block.unknown().map(str::to_owned));
            // A secret is only deleted once its replicas are gone.
            copy.outlives_store = false;
            copy.key = key_of(model, block.at("kms_key_id"), secret);
            copy.void = refusal(&copy.key, &copy.region);
            if differs(&copy.region, &secret.region) == Truth::No {
                copy.void = Some("its region is the secret's own".to_owned());
            }
            copy
        })
        .collect()
}
