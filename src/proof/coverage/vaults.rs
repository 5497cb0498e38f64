//! What a backup vault is worth: where it is, its key, its lock, who else may empty it.

use super::copy::{DAY, Key, bounded};
use super::keys::{key_of, refusal};
use super::policy::grants;
use crate::proof::model::{Account, Known, Model, Node, Resource, Target, Truth};

const VAULTS: [&str; 2] = ["aws_backup_vault", "aws_backup_logically_air_gapped_vault"];

/// What lets somebody remove recovery points from a vault, or take the vault over.
const REMOVING: [&str; 4] = [
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "backup:PutBackupVaultAccessPolicy",
    "backup:DisassociateRecoveryPoint",
];

/// A vault as recovery points see it.
#[derive(Debug, Clone)]
pub(super) struct Vault {
    pub(super) name: String,
    pub(super) region: Node,
    pub(super) account: Account,
    pub(super) key: Key,
    pub(super) lock: Option<String>,
    /// Why it is not known whether it is locked.
    pub(super) lock_doubt: Option<String>,
    pub(super) exposed: Option<String>,
    pub(super) exposure_doubt: Option<String>,
    /// Why nothing gets into it, if nothing does.
    pub(super) void: Option<String>,
    pub(super) doubts: Vec<String>,
    /// The least and the longest time it lets a recovery point live, in seconds.
    pub(super) least: Option<u64>,
    pub(super) longest: Option<u64>,
}

/// The vault that is meant by a name or ARN in a plan.
pub(super) fn vault(model: &Model, value: &Node, plan: &Resource, store: &Resource) -> Vault {
    let mut vault = empty(plan);
    match model.resolve(&VAULTS, value, plan) {
        Target::Found(found) => describe(model, found, store, &mut vault),
        Target::Outside(name) if name == "Default" => "the vault Default".clone_into(&mut vault.name),
        Target::Outside(name) => {
            vault.void = Some(format!("the vault {name} does not stand in the configuration"));
            vault.name = name;
        }
        Target::Unknown(reason) => {
            vault.region = Node::Unknown(reason.clone());
            vault.account = Account::Unknown(reason.clone());
            vault.doubts.push(reason);
        }
        Target::Nothing => vault.void = Some("the plan names no vault".to_owned()),
    }
    vault
}

fn empty(plan: &Resource) -> Vault {
    Vault {
        name: "a vault that is not known".to_owned(),
        region: plan.region.clone(),
        account: plan.account.clone(),
        key: Key::Service,
        lock: None,
        lock_doubt: None,
        exposed: None,
        exposure_doubt: None,
        void: None,
        doubts: Vec::new(),
        least: None,
        longest: None,
    }
}

fn describe(model: &Model, found: &Resource, store: &Resource, vault: &mut Vault) {
    vault.name.clone_from(&found.address);
    vault.region = found.region.clone();
    vault.account = found.account.clone();
    vault.key = key_of(model, found.at("kms_key_arn"), found);
    vault.void = refusal(&vault.key, &found.region);
    vault.doubts.extend(found.doubt.clone());
    if found.kind == "aws_backup_logically_air_gapped_vault" {
        vault.lock = Some(format!("{} is locked in compliance mode by its nature", found.address));
        vault.least = days(found.at("min_retention_days"), &mut vault.doubts);
        vault.longest = days(found.at("max_retention_days"), &mut vault.doubts);
    }
    for lock in model.referring("aws_backup_vault_lock_configuration", "backup_vault_name", found) {
        vault.least = days(lock.at("min_retention_days"), &mut vault.doubts);
        vault.longest = days(lock.at("max_retention_days"), &mut vault.doubts);
        match lock.at("changeable_for_days").number() {
            // Without a grace time the lock is one in governance mode, which an administrator takes off.
            Known::Absent => {}
            Known::Unknown(reason) => vault.lock_doubt = Some(reason),
            Known::Is(_) => vault.lock = Some(format!("{} locks {} in compliance mode", lock.address, found.address)),
        }
        if let (Some(_), Some(reason)) = (&vault.lock, &lock.doubt) {
            vault.doubts.push(reason.clone());
        }
    }
    access(model, found, store, vault);
}

/// What the vault's policy lets the store's account do, where the vault belongs to another.
fn access(model: &Model, found: &Resource, store: &Resource, vault: &mut Vault) {
    if found.account.differs_from(&store.account) != Truth::Yes {
        return;
    }
    let policies = model.referring("aws_backup_vault_policy", "backup_vault_name", found);
    let policy = policies.first().map_or(&Node::Null, |policy| policy.at("policy"));
    match grants(policy, &found.account, &store.account, &["backup:CopyIntoBackupVault"]) {
        Truth::Yes => {}
        Truth::No => {
            vault.void = Some(format!("no policy of {} lets the store's account copy into it", found.address));
        }
        Truth::Unknown(reason) => vault.doubts.push(reason),
    }
    match grants(policy, &found.account, &store.account, &REMOVING) {
        Truth::Yes => vault.exposed = Some(format!("the policy of {} allows it", found.address)),
        Truth::Unknown(reason) => vault.exposure_doubt = Some(reason),
        Truth::No => {}
    }
}

fn days(node: &Node, doubts: &mut Vec<String>) -> Option<u64> {
    match node.number() {
        Known::Is(days) => Some(seconds(days)),
        Known::Absent => None,
        Known::Unknown(reason) => {
            doubts.push(reason);
            None
        }
    }
}

/// Days in seconds.
pub(super) fn seconds(days: f64) -> u64 {
    bounded(days, DAY)
}
