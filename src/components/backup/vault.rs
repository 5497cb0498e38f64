//! A region's backup vault: encrypted with a key of its own, and nobody may delete what lies in it.

use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{backup, kms};
use crate::components::encryption::{KeyProtection, KeyPurpose, key};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::settings::Region;
use crate::terraform::{Handle, Lifecycle, Resource, Value};

/// Days for which a daily backup is kept, and the least that the locked vault takes. Within the fourteen days of the
/// database's own backups AWS does not charge for its snapshots (Aurora pricing, "Backup storage").
pub const DAILY_BACKUP_DAYS: u32 = 14;

/// A vault.
#[derive(Debug)]
pub struct Vault {
    /// The region it stands in.
    pub region: Region,
    /// The vault.
    pub vault: Handle<backup::Vault>,
    /// Its name, known before the vault is.
    pub name: Value<String>,
    /// Its ARN, known before the vault is: the other region's plan names it, and must not wait for it.
    pub arn: Value<String>,
    /// Encrypts what lies in it.
    pub key: Handle<kms::Key>,
}

/// Adds a vault, its key, its policy and its lock.
///
/// The lock is in governance mode (no `changeable_for_days`): it holds everybody who may not remove it, where compliance
/// mode could not be undone by anybody for as long as a backup lives. When the stack is destroyed, policy and lock go first.
pub fn vault(region: &mut RegionScope<'_>, protection: &KeyProtection, deletion_protection: &Value<bool>) -> Vault {
    let purpose =
        KeyPurpose { name: "backup", description: "Backups of payments".to_owned(), service_statements: Vec::new() };
    let key = key(region, purpose, protection);
    let name = region.name(NameKind::BackupVault, "backup");
    let vault = region.add(
        backup::Vault::new("backup", &name)
            .kms_key_arn(key.arn())
            .force_destroy(!deletion_protection.clone())
            .lifecycle(Lifecycle::new().prevent_destroy(protection.prevent_destroy)),
    );
    region.add(backup::VaultPolicy::new("backup", vault.name(), nobody_deletes().to_json()));
    region.add(backup::VaultLockConfiguration::new("backup", vault.name()).min_retention_days(DAILY_BACKUP_DAYS));
    let arn = region.arn("backup", ["backup-vault:".into(), name.clone()]);
    Vault { region: region.region(), vault, name, arn, key }
}

/// Backups end by their lifecycle alone, which AWS Backup carries out itself. Whoever has to delete one takes the policy
/// away first, which `CloudTrail` shows.
fn nobody_deletes() -> PolicyDocument {
    PolicyDocument::new([Statement::deny("NobodyDeletesBackups")
        .actions([
            "backup:DeleteRecoveryPoint",
            "backup:DisassociateRecoveryPoint",
            "backup:UpdateRecoveryPointLifecycle",
        ])
        .resource("*")
        .principal(Principal::Anyone)])
}
