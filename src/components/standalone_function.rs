//! A function outside the VPC: what it calls are AWS's own endpoints and the internet, and a network that is in trouble
//! must not hold it back.

use std::borrow::Cow;

use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::{cloudwatch, iam, kms, lambda, s3};
use crate::components::function_package::{FunctionPackage, RUNTIME};
use crate::components::function_role::{send_traces, write_own_log};
use crate::components::log_group::{LogGroupInputs, log_group};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::components::storage::Storage;
use crate::terraform::{Handle, Number, Resource, Value, concat};

/// Enough for boto3; more buys a share of a CPU that nothing here needs.
const MEMORY_MB: u32 = 256;

/// No concurrency of its own: the function takes from what the account has.
const UNRESERVED: i32 = -1;

/// What the functions are made from.
#[derive(Debug)]
pub struct CommonInputs<'a> {
    /// What the names of all of them begin with, such as `failover`.
    pub family: &'static str,
    /// The region's buckets, of which operations takes the package.
    pub storage: &'a Storage,
    /// Encrypts environments.
    pub key: &'a Handle<kms::Key>,
    /// Where logs go.
    pub logs: &'a LogGroupInputs,
    /// Whether runs are traced.
    pub tracing: bool,
}

/// What the functions have in common.
#[derive(Debug)]
pub struct Common {
    family: &'static str,
    package: Handle<s3::Object>,
    sha256_base64: &'static str,
    key: Handle<kms::Key>,
    logs: LogGroupInputs,
    tracing: bool,
}

/// What makes a function another one than the next.
#[derive(Debug)]
pub struct Definition {
    /// Its Python module, which every name of it ends in.
    pub module: &'static str,
    /// What it does.
    pub description: Cow<'static, str>,
    /// Seconds after which a run is given up.
    pub timeout_seconds: u32,
    /// What it is told.
    pub environment: Vec<(&'static str, Value<String>)>,
    /// What it may do, beside writing its log.
    pub statements: Vec<Statement>,
    /// Runs at once that are kept free for it, if any.
    pub reserved_concurrency: Option<Value<Number>>,
}

/// A function that stands outside the VPC.
#[derive(Debug)]
pub struct StandaloneFunction {
    /// The function.
    pub function: Handle<lambda::Function>,
    /// Its name, known before the function is.
    pub name: Value<String>,
}

/// Uploads the package.
pub fn common(region: &mut RegionScope<'_>, package: FunctionPackage, inputs: &CommonInputs<'_>) -> Common {
    let CommonInputs { family, .. } = *inputs;
    let operations = &inputs.storage.operations;
    let object = region.add(
        s3::Object::new(format!("{family}_package"), operations.bucket.id(), format!("functions/{family}.zip"))
            .content_base64(package.content_base64)
            .content_type("application/zip")
            .source_hash(package.sha256_base64)
            // Without versioning the object has no version for the functions to name.
            .depends_on(&operations.versioning),
    );
    Common {
        family,
        package: object,
        sha256_base64: package.sha256_base64,
        key: inputs.key.clone(),
        logs: inputs.logs.clone(),
        tracing: inputs.tracing,
    }
}

impl Common {
    /// Adds a function with a log and a role of its own.
    pub fn function(&self, region: &mut RegionScope<'_>, definition: Definition) -> StandaloneFunction {
        let local_name = self.local_name(&definition);
        let name = region.name(NameKind::Function, &local_name.replace('_', "-"));
        let log = log_group(region, local_name.clone(), concat(["/aws/lambda/".into(), name.clone()]), &self.logs);
        let (role, policy) = self.role(region, &definition, &log);
        let function = lambda::Function::new(local_name, &name, role.arn())
            .description(definition.description.clone())
            .runtime(RUNTIME)
            .handler(format!("{}.handle", definition.module))
            .architectures(["arm64"])
            .memory_size(MEMORY_MB)
            .timeout(definition.timeout_seconds)
            .reserved_concurrent_executions(definition.reserved_concurrency.unwrap_or_else(|| UNRESERVED.into()))
            .s3_bucket(self.package.bucket())
            .s3_key(self.package.key_())
            .s3_object_version(self.package.version_id())
            .source_code_hash(self.sha256_base64)
            .kms_key_arn(self.key.arn())
            .environment(
                lambda::function::Environment::new()
                    .variables(definition.environment.into_iter().collect::<Value<_>>()),
            )
            .logging_config(lambda::function::LoggingConfig::new("Text").log_group(log.name()))
            .tracing_config(lambda::function::TracingConfig::new(if self.tracing { "Active" } else { "PassThrough" }))
            // Its first run may come at once.
            .depends_on(&policy);
        StandaloneFunction { function: region.add(function), name }
    }

    fn local_name(&self, definition: &Definition) -> String {
        format!("{}_{}", self.family, definition.module)
    }

    fn role(
        &self,
        region: &mut RegionScope<'_>,
        definition: &Definition,
        log: &Handle<cloudwatch::LogGroup>,
    ) -> (Handle<iam::Role>, Handle<iam::RolePolicy>) {
        let local_name = self.local_name(definition);
        let name = region.name(NameKind::Role, &local_name.replace('_', "-"));
        let trust = PolicyDocument::assumed_by_service("lambda.amazonaws.com").to_json();
        let role = region
            .add(iam::Role::new(local_name.clone(), trust).name(name).description(definition.description.clone()));
        let statements = definition.statements.iter().cloned().chain([write_own_log(log)]);
        let policy = PolicyDocument::new(statements.chain(self.tracing.then(send_traces)));
        let policy = region.add(iam::RolePolicy::new(local_name, policy.to_json(), role.id()).name(definition.module));
        (role, policy)
    }
}
