//! The setup of the payments database: its tables, and the role that the functions have in it.
//!
//! A function does it that each apply invokes when there is a new password or new code for it, before the functions that
//! take payments change. It has the administrator's credentials, and nothing else has: what runs all day signs in as a role
//! that cannot change or delete a payment. It reaches the writer in either region, because after a failover it is the other's.

use super::credentials::{Credentials, application_password};
use super::database::Database;
use super::function_package::FunctionPackage;
use super::log_group::LogGroupInputs;
use super::region_scope::RegionScope;
use super::standalone_function::{CommonInputs, Definition, StandaloneFunction, common};
use super::storage::Storage;
use crate::aws::iam_policy::Statement;
use crate::aws::{kms, secretsmanager};
use crate::settings::Region;
use crate::terraform::functions::{join, jsonencode, tostring};
use crate::terraform::{Expression, Handle, Map, Object, Resource, ResourceBlock, Value};

/// It waits two minutes for a database that is not ready, then tries once more.
const TIMEOUT_SECONDS: u32 = 180;

/// The invocation, which what uses the database waits for.
pub type DatabaseSetup = Handle<ResourceBlock>;

/// What the setup is made from.
#[derive(Debug)]
pub struct SetupInputs<'a> {
    /// The users' credentials.
    pub credentials: &'a Credentials,
    /// The region's member, which is the writer when the stack is made.
    pub database: &'a Database,
    /// The database inside the cluster.
    pub database_name: &'a Value<String>,
    /// The ARN of the other region's member.
    pub peer_cluster_arn: &'a Value<String>,
    /// The other region.
    pub peer: Region,
    /// The keys of both regions' secrets, this region's first.
    pub secrets_keys: [&'a Handle<kms::Key>; 2],
    /// Whether the database was there before the stack.
    pub existing: bool,
    /// The region's buckets.
    pub storage: &'a Storage,
    /// Where its log goes.
    pub logs: &'a LogGroupInputs,
    /// Whether runs are traced.
    pub tracing: bool,
}

/// Adds the password of the functions' role, the function that gives it to the database, and its invocation.
pub fn database_setup(region: &mut RegionScope<'_>, inputs: &SetupInputs<'_>) -> DatabaseSetup {
    let password = application_password(region, inputs.credentials, &inputs.database.instances);
    let package = FunctionPackage::database_setup();
    let function = function(region, inputs, package);
    invocation(region, inputs, package, &function, &password)
}

fn function(region: &mut RegionScope<'_>, inputs: &SetupInputs<'_>, package: FunctionPackage) -> StandaloneFunction {
    let common = common(
        region,
        package,
        &CommonInputs {
            family: "database",
            storage: inputs.storage,
            key: inputs.secrets_keys[0],
            logs: inputs.logs,
            tracing: inputs.tracing,
        },
    );
    let Credentials { administrator, application, .. } = inputs.credentials;
    let both = |own: &Value<String>, peer: &Value<String>| join(",", [own.clone(), peer.clone()]);
    let statements = statements(region, inputs);
    common.function(
        region,
        Definition {
            module: "setup",
            description: format!(
                "Makes tables and the role of the functions in the {} database",
                region.service_name()
            )
            .into(),
            timeout_seconds: TIMEOUT_SECONDS,
            environment: vec![
                ("ADMINISTRATOR_SECRET_ARNS", both(&administrator.secret_arn, &administrator.replica_secret_arn)),
                ("APPLICATION_SECRET_ARN", application.secret_arn.clone()),
                ("CLUSTER_ARNS", both(&inputs.database.arn, inputs.peer_cluster_arn)),
                ("DATABASE_NAME", inputs.database_name.clone()),
            ],
            statements,
            reserved_concurrency: None,
        },
    )
}

fn statements(region: &RegionScope<'_>, inputs: &SetupInputs<'_>) -> Vec<Statement> {
    let Credentials { administrator, application, .. } = inputs.credentials;
    let keys = Statement::allow("UseSecretKeys").action("kms:Decrypt").when_any(
        "StringEquals",
        "kms:ViaService",
        // A key of one region is of no use in the other, so the two conditions need not be distinguished.
        [region.service("secretsmanager"), format!("secretsmanager.{}.amazonaws.com", inputs.peer.name()).into()],
    );
    vec![
        Statement::allow("SetUpDatabase")
            .actions([
                "rds-data:BeginTransaction",
                "rds-data:CommitTransaction",
                "rds-data:ExecuteStatement",
                "rds-data:RollbackTransaction",
            ])
            .resource(&inputs.database.arn)
            .resource(inputs.peer_cluster_arn),
        Statement::allow("ReadDatabaseCredentials")
            .action("secretsmanager:GetSecretValue")
            .resource(&administrator.secret_arn)
            .resource(&administrator.replica_secret_arn)
            .resource(&application.secret_arn),
        inputs.secrets_keys.into_iter().fold(keys, |keys, key| keys.resource(key.arn())),
    ]
}

/// A change of what it is triggered by replaces it, which invokes the function again. Nothing is done when it goes.
fn invocation(
    region: &mut RegionScope<'_>,
    inputs: &SetupInputs<'_>,
    package: FunctionPackage,
    function: &StandaloneFunction,
    password: &Handle<secretsmanager::SecretVersion>,
) -> DatabaseSetup {
    let triggers: Value<Map<String>> = [
        ("code", Value::from(package.sha256_base64)),
        ("credentials_version", tostring(inputs.credentials.version.clone())),
        ("database", inputs.database_name.clone()),
    ]
    .into_iter()
    .collect();
    let invocation = ResourceBlock::resource("aws_lambda_invocation", "database_setup")
        .set("function_name", function.function.function_name())
        .set("input", Expression::from(jsonencode(Object::default())))
        .set("triggers", triggers)
        .depends_on(&inputs.database.instances)
        .depends_on(password);
    region.add(if inputs.existing {
        // Its instances are there before the Data API is on, and nothing else waits for the administrator's secret.
        invocation.depends_on(&inputs.database.cluster).depends_on(&inputs.credentials.written)
    } else {
        invocation
    })
}
