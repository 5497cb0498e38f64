//! One of the two regions, as the failover sees it: by names and ARNs that are known before what they name is there.
//!
//! A reference to a cluster would make Terraform ask the cluster's region whenever it plans a block of the failover, and
//! the failover is what must still be planned when that region does not answer.

use crate::aws::arn::Arn;
use crate::aws::iam_policy::Statement;
use crate::settings::Region;
use crate::terraform::{Value, concat};

/// One of the two regions.
#[derive(Debug, Clone)]
pub struct Site {
    /// The region.
    pub region: Region,
    /// The ARN of its Aurora cluster.
    pub cluster_arn: Value<String>,
    /// Its secret with the database's credentials.
    pub secret_arn: Value<String>,
    /// The key that encrypts the secret.
    pub secret_key_arn: Value<String>,
    /// Its bucket of receipts.
    pub receipts_bucket: Value<String>,
    /// Where it tells whether it takes payments.
    pub health_url: Value<String>,
    /// The ARN of its API's way for payments, if the API is the stack's.
    pub payments_arn: Option<Value<String>>,
}

/// The database that spans both regions.
#[derive(Debug, Clone)]
pub struct GlobalDatabaseName {
    /// Its identifier.
    pub identifier: Value<String>,
    /// Its ARN.
    pub arn: Value<String>,
}

impl GlobalDatabaseName {
    /// The global database of this identifier; its ARN names no region.
    pub fn new(identifier: &Value<String>, account_id: Value<String>) -> Self {
        let resource = concat(["global-cluster:".into(), identifier.clone()]);
        Self { identifier: identifier.clone(), arn: Arn::of_account("rds", account_id, resource).into() }
    }
}

impl Site {
    /// The name of an AWS service's endpoint in this region.
    pub fn service(&self, service: &str) -> Value<String> {
        format!("{service}.{}.amazonaws.com", self.region.name()).into()
    }

    /// The ARN of every database instance of the region: RDS finds those of a cluster by a filter, and checks the right to
    /// do so against this (service authorization reference, Amazon RDS, `DescribeDBInstances`).
    pub fn instance_arns(&self, account_id: Value<String>) -> Value<String> {
        Arn::regional("rds", self.region.name(), account_id, "db:*").into()
    }
}

/// Lets an identity run SQL in the databases of these regions, with the credentials that each keeps.
pub fn allow_sql<const N: usize>(sites: [&Site; N]) -> [Statement; 3] {
    let run = Statement::allow("RunSql").action("rds-data:ExecuteStatement");
    let credentials = Statement::allow("ReadDatabaseCredentials").action("secretsmanager:GetSecretValue");
    // A key of one region is of no use in the other, so the two conditions need not be told apart.
    let keys = Statement::allow("UseSecretKeys").actions(["kms:Decrypt", "kms:GenerateDataKey"]).when_any(
        "StringEquals",
        "kms:ViaService",
        sites.map(|site| site.service("secretsmanager")),
    );
    sites.into_iter().fold([run, credentials, keys], |[run, credentials, keys], site| {
        [run.resource(&site.cluster_arn), credentials.resource(&site.secret_arn), keys.resource(&site.secret_key_arn)]
    })
}
