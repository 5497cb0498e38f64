//! An applied stack: its outputs, its state, its APIs and databases.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};

use crate::aws::Aws;
use crate::database::Database;
use crate::payments::PaymentsApi;
use crate::terraform::Terraform;
use crate::workspace::Workspace;

/// The outputs that the stack promises, in the order they are shown.
pub const OUTPUTS: [&str; 19] = [
    "primary_vpc_id",
    "primary_cluster_endpoint",
    "primary_api_url",
    "primary_bucket_name",
    "dr_vpc_id",
    "dr_cluster_endpoint",
    "dr_api_url",
    "dr_bucket_name",
    "route53_zone_id",
    "route53_ds_record",
    "failover_domain",
    "dynamodb_table_name",
    "sns_topic_primary_arn",
    "sns_topic_dr_arn",
    "failover_state_machine_arn",
    "failback_state_machine_arn",
    "drill_state_machine_arn",
    "failover_switch_parameter",
    "failover_state_table",
];

/// What stands after an apply.
pub struct Deployment {
    /// The environment suffix.
    pub suffix: String,
    /// All outputs by name.
    pub outputs: Map<String, Value>,
    /// `terraform show -json`.
    pub state: Value,
    /// The region that takes payments.
    pub primary: Region,
    /// The standby.
    pub dr: Region,
    /// AWS API calls to the account.
    pub aws: Aws,
}

/// What one region has.
pub struct Region {
    /// Its name, `us-east-1` for instance.
    pub name: String,
    /// Its API.
    pub api: PaymentsApi,
    /// Its `PostgreSQL`.
    pub database: Database,
    /// Its bucket.
    pub bucket: String,
}

impl Deployment {
    /// Reads what an apply has made.
    ///
    /// # Errors
    ///
    /// When an output is missing or the state lacks the database clusters.
    pub fn read(suffix: &str, workspace: &Workspace, terraform: &Terraform) -> Result<Self> {
        let (outputs, state) = (workspace.outputs()?, workspace.state()?);
        let endpoint = terraform.endpoint();
        let region = |prefix: &str| {
            let url = text(&outputs, &format!("{prefix}_api_url"))?;
            let name = url.split('.').nth(2).context("the API URL names no region")?.to_owned();
            let database = database(&state, &name, endpoint)?;
            let bucket = text(&outputs, &format!("{prefix}_bucket_name"))?.to_owned();
            Ok::<_, anyhow::Error>(Region { api: PaymentsApi::behind(url, endpoint)?, name, database, bucket })
        };
        let (primary, dr) = (region("primary")?, region("dr")?);
        Ok(Self { suffix: suffix.to_owned(), primary, dr, aws: Aws::at(endpoint), outputs, state })
    }

    /// An output's text.
    ///
    /// # Errors
    ///
    /// When there is no such output.
    pub fn output(&self, name: &str) -> Result<&str> {
        text(&self.outputs, name)
    }

    /// The managed resources of the state, those of child modules included.
    pub fn resources(&self) -> Vec<&Value> {
        managed_resources(&self.state)
    }

    /// What the state says of the first instance of a managed resource.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn values(&self, type_name: &str, name: &str) -> Result<&Value> {
        self.resources()
            .into_iter()
            .find(|resource| resource["type"] == type_name && resource["name"] == name)
            .map(|resource| &resource["values"])
            .with_context(|| format!("the state has no {type_name}.{name}"))
    }

    /// The claim of a payment in one region's session table, if there is one.
    ///
    /// # Errors
    ///
    /// When the table cannot be read.
    pub fn claim(&self, region: &Region, payment_id: &str) -> Result<Option<Value>> {
        let key = self.claim_key(payment_id)?;
        let answer = self.aws.json(&region.name, "dynamodb", "DynamoDB_20120810.GetItem", &key)?;
        Ok(answer.get("Item").cloned())
    }

    /// Deletes a payment's claim, as DynamoDB does when the claim has expired.
    ///
    /// # Errors
    ///
    /// When the table refuses it.
    pub fn expire_claim(&self, region: &Region, payment_id: &str) -> Result<()> {
        self.aws.json(&region.name, "dynamodb", "DynamoDB_20120810.DeleteItem", &self.claim_key(payment_id)?)?;
        Ok(())
    }

    fn claim_key(&self, payment_id: &str) -> Result<Value> {
        Ok(serde_json::json!({
            "TableName": self.output("dynamodb_table_name")?,
            "Key": {"session_id": {"S": format!("payment#{payment_id}")}},
        }))
    }

    /// The receipt of a payment in one region's bucket, if there is one.
    ///
    /// # Errors
    ///
    /// When the bucket cannot be read.
    pub fn receipt(&self, region: &Region, payment_id: &str) -> Result<Option<Value>> {
        let path = format!("/{}/receipts/{payment_id}.json", region.bucket);
        let answer = self.aws.get(&region.name, "s3", &path)?;
        ensure!(answer.status == 200 || answer.text.contains("NoSuchKey"), "GET {path}: {}", answer.text);
        if answer.status == 200 { answer.json().map(Some) } else { Ok(None) }
    }
}

/// The managed resources in a `terraform show -json`, those of child modules included.
pub fn managed_resources(state: &Value) -> Vec<&Value> {
    let mut modules = vec![&state["values"]["root_module"]];
    let mut resources = Vec::new();
    while let Some(module) = modules.pop() {
        modules.extend(module["child_modules"].as_array().into_iter().flatten());
        let managed = module["resources"].as_array().into_iter().flatten();
        resources.extend(managed.filter(|resource| resource["mode"] == "managed"));
    }
    resources
}

fn text<'a>(outputs: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    outputs.get(name).and_then(Value::as_str).with_context(|| format!("there is no output {name} with a text"))
}

/// The database of the cluster in a region. The standby's cluster does not say its database's name, so it is the one
/// that any member of the global database says.
fn database(state: &Value, region: &str, endpoint: &str) -> Result<Database> {
    let resources = managed_resources(state);
    let clusters = || resources.iter().filter(|resource| resource["type"] == "aws_rds_cluster");
    let arn = clusters()
        .filter_map(|cluster| cluster["values"]["arn"].as_str())
        .find(|arn| arn.split(':').nth(3) == Some(region))
        .with_context(|| format!("the state has no database cluster in {region}"))?;
    let name = clusters()
        .filter_map(|cluster| cluster["values"]["database_name"].as_str())
        .find(|name| !name.is_empty())
        .context("no database cluster in the state names its database")?;
    Ok(Database::of_cluster(endpoint, arn, name))
}
