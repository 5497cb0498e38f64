//! What AWS Backup would start: a backup of everything that is selected, the copies of the plan, and a restore test of each.
//! The emulator asks for everything that AWS Backup does in a role's name.

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::aws::Method;
use dr_synth_e2e::deployment::{Deployment, Region};
use serde_json::{Value, json};

pub(crate) fn roles_suffice(stack: &Deployment) -> Result<()> {
    for (region, prefix) in [(&stack.primary, "primary"), (&stack.dr, "dr")] {
        let jobs = Jobs { stack, region, prefix };
        for purpose in ["database", "sessions"] {
            jobs.run(purpose).with_context(|| format!("{purpose} in {}", region.name))?;
        }
        // Receipts are backed up where the variable says so.
        if jobs.values("aws_backup_selection", "backup_receipts").is_ok() {
            jobs.run("receipts").with_context(|| format!("receipts in {}", region.name))?;
        }
    }
    Ok(())
}

struct Jobs<'a> {
    stack: &'a Deployment,
    region: &'a Region,
    /// What addresses of the region begin with.
    prefix: &'static str,
}

impl Jobs<'_> {
    fn run(&self, purpose: &str) -> Result<()> {
        let selection = self.values("aws_backup_selection", &format!("backup_{purpose}"))?;
        let role = &selection["iam_role_arn"];
        let vault = &self.values("aws_backup_vault", "backup")?["name"];
        let request = json!({"BackupVaultName": vault, "ResourceArn": selection["resources"][0], "IamRoleArn": role});
        let backup = self.job("backup-jobs", "BackupJobId", &request)?;
        let ended = self.describe("backup-jobs", &backup)?;
        ensure!(ended["State"] == "COMPLETED", "the backup: {ended}");
        let point = &ended["RecoveryPointArn"];
        // Receipts have no copies: replication has brought them to the other region.
        if purpose != "receipts" {
            self.copy(point, vault, role)?;
        }
        self.restore(point, purpose)
    }

    fn copy(&self, point: &Value, vault: &Value, role: &Value) -> Result<()> {
        let plan = self.values("aws_backup_plan", "backup")?;
        let rules = plan["rule"].as_array().context("the plan has no rules")?;
        let destination = rules
            .iter()
            .find_map(|rule| rule["copy_action"][0]["destination_vault_arn"].as_str())
            .context("no rule copies")?;
        let request = json!({"RecoveryPointArn": point, "SourceBackupVaultName": vault,
            "DestinationBackupVaultArn": destination, "IamRoleArn": role});
        let copy = self.job("copy-jobs", "CopyJobId", &request)?;
        let ended = &self.describe("copy-jobs", &copy)?["CopyJob"];
        ensure!(ended["State"] == "COMPLETED", "the copy: {ended}");
        Ok(())
    }

    fn restore(&self, point: &Value, purpose: &str) -> Result<()> {
        let test = self.values("aws_backup_restore_testing_selection", &format!("backup_{purpose}"))?;
        let request = json!({"RecoveryPointArn": point, "IamRoleArn": test["iam_role_arn"],
            "ResourceType": test["protected_resource_type"], "Metadata": test["restore_metadata_overrides"]});
        let restore = self.job("restore-jobs", "RestoreJobId", &request)?;
        let ended = self.describe("restore-jobs", &restore)?;
        ensure!(ended["Status"] == "COMPLETED", "the restore: {ended}");
        Ok(())
    }

    /// Starts a job, and returns its id.
    fn job(&self, kind: &str, id: &str, request: &Value) -> Result<String> {
        let path = format!("/{kind}");
        let started =
            self.stack.aws.send(&self.region.name, "backup", Method::Put, &path, &request.to_string())?.json()?;
        Ok(started[id].as_str().with_context(|| format!("no {id} in {started}"))?.to_owned())
    }

    fn describe(&self, kind: &str, id: &str) -> Result<Value> {
        self.stack.aws.get(&self.region.name, "backup", &format!("/{kind}/{id}"))?.json()
    }

    /// What the state says of one of the region's resources.
    fn values(&self, type_name: &str, name: &str) -> Result<&Value> {
        self.stack.values(type_name, &format!("{}_{name}", self.prefix))
    }
}
