//! Restore tests: what AWS Backup would restore is put beside the live table, and the stack's own rule, function and
//! permissions of it come to a verdict.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use dr_synth_e2e::deployment::{Deployment, Region};
use serde_json::{Value, json};

/// The rule, a function that may have to start, and three calls.
const PATIENCE: Duration = Duration::from_secs(90);

/// A restored table, as good as the test makes it.
struct Restored<'a> {
    stack: &'a Deployment,
    region: &'a Region,
    /// What addresses of the region begin with.
    prefix: &'static str,
    table: &'static str,
}

pub(crate) fn good(stack: &Deployment) -> Result<()> {
    for (region, prefix) in [(&stack.primary, "primary"), (&stack.dr, "dr")] {
        let restored = Restored { stack, region, prefix, table: "awsbackup-restore-test-good" };
        restored.create(&json!({"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": restored.key()?}))?;
        let item = json!({"TableName": restored.table, "Item": {"session_id": {"S": "payment#1"}}});
        restored.dynamodb("PutItem", &item)?;
        let (verdict, message) = restored.verdict()?;
        restored.delete()?;
        ensure!(verdict == "SUCCESSFUL", "{}: {verdict}: {message}", region.name);
        ensure!(message.contains("1 items were read"), "{message}");
    }
    Ok(())
}

pub(crate) fn spoilt(stack: &Deployment) -> Result<()> {
    let restored =
        Restored { stack, region: &stack.primary, prefix: "primary", table: "awsbackup-restore-test-spoilt" };
    restored.create(&json!({"Enabled": false}))?;
    let (verdict, message) = restored.verdict()?;
    restored.delete()?;
    ensure!(verdict == "FAILED", "{verdict}: {message}");
    for words in ["it has no items", "it is not encrypted with the sessions' key"] {
        ensure!(message.contains(words), "{message:?} does not say: {words}");
    }
    Ok(())
}

impl Restored<'_> {
    fn create(&self, encryption: &Value) -> Result<()> {
        let request = json!({
            "TableName": self.table,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "session_id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "session_id", "AttributeType": "S"}],
            "SSESpecification": encryption,
        });
        self.dynamodb("CreateTable", &request)
    }

    fn delete(&self) -> Result<()> {
        self.dynamodb("DeleteTable", &json!({"TableName": self.table}))
    }

    fn dynamodb(&self, action: &str, request: &Value) -> Result<()> {
        let target = format!("DynamoDB_20120810.{action}");
        self.stack.aws.json(&self.region.name, "dynamodb", &target, request).map(drop)
    }

    /// Says that AWS Backup has restored the table, and waits for what comes of it.
    fn verdict(&self) -> Result<(String, String)> {
        let account = dr_synth_e2e::emulator::ACCOUNT;
        let job = self.stack.aws.emulator(
            "restore_job",
            &json!({
                "region": self.region.name,
                "resource_type": "DynamoDB",
                "created_resource_arn":
                    format!("arn:aws:dynamodb:{}:{account}:table/{}", self.region.name, self.table),
                "iam_role_arn": self.arn("aws_iam_role", "backup_restore")?,
                "testing_plan_arn": self.arn("aws_backup_restore_testing_plan", "backup")?,
                "backup_bytes": 100,
            }),
        )?;
        let path = format!("/restore-jobs/{}", job["restore_job_id"].as_str().context("the job has no id")?);
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let job = self.stack.aws.get(&self.region.name, "backup", &path)?.json()?;
            if let Some(verdict) = job["ValidationStatus"].as_str() {
                let message = job["ValidationStatusMessage"].as_str().unwrap_or_default();
                return Ok((verdict.to_owned(), message.to_owned()));
            }
            sleep(Duration::from_millis(500));
        }
        bail!("no verdict in {} within {PATIENCE:?}", self.region.name)
    }

    fn key(&self) -> Result<String> {
        self.arn("aws_kms_key", "sessions")
    }

    /// The ARN of one of the region's resources, as the state says.
    fn arn(&self, type_name: &str, name: &str) -> Result<String> {
        let values = self.stack.values(type_name, &format!("{}_{name}", self.prefix))?;
        Ok(values["arn"].as_str().with_context(|| format!("{type_name}.{name} has no ARN"))?.to_owned())
    }
}
