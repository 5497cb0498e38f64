//! A region's stores, as the code that takes payments reaches them: what it is told of them, and what it may do with them.

use super::database::Database;
use super::encryption::identity_may_use;
use super::region_scope::RegionScope;
use super::storage::Storage;
use crate::aws::iam_policy::Statement;
use crate::aws::kms;
use crate::terraform::functions::merge;
use crate::terraform::{Handle, Map, Value, concat};

/// What the stack tells the functions' code in its environment.
pub const OWN_ENVIRONMENT: [&str; 5] =
    ["DATABASE_CLUSTER_ARN", "DATABASE_NAME", "DATABASE_SECRET_ARN", "RECEIPTS_BUCKET", "SESSION_TABLE"];

/// The keys behind the stores that the function uses.
#[derive(Debug)]
pub struct StoreKeys<'a> {
    /// Of the receipts.
    pub storage: &'a Handle<kms::Key>,
    /// Of the session table.
    pub sessions: &'a Handle<kms::Key>,
    /// Of the database's secret, and of the function's own environment.
    pub secrets: &'a Handle<kms::Key>,
}

/// The stores of a region, as the code that takes payments reaches them.
#[derive(Debug)]
pub struct Stores<'a> {
    /// Where payments are written.
    pub database: &'a Database,
    /// The database inside the cluster.
    pub database_name: &'a Value<String>,
    /// Its region's secret with the credentials of the functions' role.
    pub secret_arn: &'a Value<String>,
    /// The session table's name.
    pub session_table: &'a Value<String>,
    /// Its region's buckets.
    pub storage: &'a Storage,
    /// Its region's keys.
    pub keys: StoreKeys<'a>,
}

impl Stores<'_> {
    /// What the code is told of them. The stack's own part wins: the user's has none of its names.
    pub(super) fn environment(&self, of_user: &Value<Map<String>>) -> Value<Map<String>> {
        let values = [
            self.database.arn.clone(),
            self.database_name.clone(),
            self.secret_arn.clone(),
            self.storage.receipts.name.clone(),
            self.session_table.clone(),
        ];
        let own = OWN_ENVIRONMENT.into_iter().zip(values);
        merge([of_user.clone(), own.collect()])
    }

    /// What takes payments may do with them.
    pub(super) fn take_payments(&self, region: &RegionScope<'_>) -> Vec<Statement> {
        let table_arn = region.arn("dynamodb", ["table/".into(), self.session_table.clone()]);
        let receipts = concat([self.storage.receipts.arn(), "/receipts/*".into()]);
        let through = |sid, key: &Handle<kms::Key>, service| identity_may_use(sid, key.arn(), region.service(service));
        vec![
            Statement::allow("WritePayments").action("rds-data:ExecuteStatement").resource(&self.database.arn),
            Statement::allow("ReadDatabaseCredentials")
                .action("secretsmanager:GetSecretValue")
                .resource(self.secret_arn),
            Statement::allow("ClaimPayments")
                .actions(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"])
                .resource(table_arn),
            // A receipt that is there already is compared, not written again.
            Statement::allow("WriteReceipts").actions(["s3:GetObject", "s3:PutObject"]).resource(receipts),
            through("UseSecretKey", self.keys.secrets, "secretsmanager"),
            through("UseSessionKey", self.keys.sessions, "dynamodb"),
            through("UseReceiptKey", self.keys.storage, "s3"),
        ]
    }
}
