//! Which key a copy is read with, where it is and whose it is.

use super::copy::{Copy, Key, differs, name_of};
use super::policy::grants;
use crate::proof::model::{Account, Known, Model, Node, Resource, Target, Truth};

const KEYS: [&str; 4] = ["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_alias"];

/// The key in an argument of `user`; the service's own where nothing is set.
pub(super) fn key_of(model: &Model, argument: &Node, user: &Resource) -> Key {
    match model.resolve(&KEYS, argument, user) {
        Target::Nothing => Key::Service,
        Target::Unknown(reason) => Key::Unknown(reason),
        Target::Found(key) if key.kind == "aws_kms_alias" => match key.at("target_key_id") {
            Node::Null => held(key),
            target => match model.resolve(&KEYS[..3], target, key) {
                Target::Found(key) => held(key),
                _ => held(key),
            },
        },
        Target::Found(key) => held(key),
        Target::Outside(text) => outside(&text, user),
    }
}

/// Whether another account may use the key in an argument of `user` for one of these actions. No key is everybody's, and of keys that
/// do not stand in the configuration nothing is said.
pub(super) fn is_shared(model: &Model, argument: &Node, user: &Resource, account: &Account, actions: &[&str]) -> Truth {
    let Target::Found(key) = model.resolve(&KEYS[..3], argument, user) else { return Truth::Yes };
    if key.account.differs_from(account) != Truth::Yes || !model.referring("aws_kms_grant", "key_id", key).is_empty() {
        return Truth::Yes;
    }
    let apart = model.referring("aws_kms_key_policy", "key_id", key);
    let policy = apart.first().map_or_else(|| key.at("policy"), |policy| policy.at("policy"));
    grants(policy, &key.account, account, actions)
}

/// AWS makes no copy of encrypted storage without a key where one must be given.
pub(super) fn need_key(encrypted: &[&Resource], given: &Node, copy: &mut Copy, refusal: &str) {
    if given.is_set() || copy.void.is_some() {
        return;
    }
    for store in encrypted {
        match store.at("storage_encrypted").flag() {
            Known::Is(true) => copy.void = Some(refusal.to_owned()),
            Known::Unknown(reason) => copy.doubts.push(reason),
            _ => {}
        }
    }
}

fn held(key: &Resource) -> Key {
    Key::Held {
        name: key.address.clone(),
        region: key.region.clone(),
        account: key.account.clone(),
        removable: key.kind == "aws_kms_external_key",
    }
}

/// A key that is named by its ARN, alias or id only.
fn outside(text: &str, user: &Resource) -> Key {
    if text.starts_with("alias/aws/") || text.contains(":alias/aws/") {
        return Key::Service;
    }
    let parts: Vec<&str> = text.split(':').collect();
    let (region, account) = match parts.as_slice() {
        ["arn", _, "kms", region, account, ..] => {
            let own = *account == user.account.digits();
            let account = if own { user.account.clone() } else { Account::Number((*account).to_owned()) };
            (Node::Text((*region).to_owned()), account)
        }
        _ => (user.region.clone(), user.account.clone()),
    };
    Key::Held { name: text.to_owned(), region, account, removable: false }
}

/// Why AWS refuses the key for something in this region, if it does: a key works in its own region only.
pub(super) fn refusal(key: &Key, region: &Node) -> Option<String> {
    match key {
        Key::Held { name, region: own, .. } if differs(own, region) == Truth::Yes => {
            Some(format!("AWS refuses the key {name} of {} in {}", name_of(own), name_of(region)))
        }
        _ => None,
    }
}
