//! What every part of the stack builds on: versions, providers, variables and the two regions.

use super::encryption;
use super::variables::{self, Variables};
use crate::aws::sts;
use crate::components::function_code::ZipPackage;
use crate::components::function_package::FunctionPackage;
use crate::components::naming::Naming;
use crate::components::region_scope::RegionContext;
use crate::settings::{Dialect, PackageKind, Region, Settings, WorkloadKind};
use crate::terraform::functions::{length, merge};
use crate::terraform::{
    Expression, Map, Module, ModulePath, Object, Provider, ProviderReference, RequiredProvider, Resource,
    TerraformSettings, Value, text,
};

/// Write-only arguments, on which the database's password depends, came with 1.11, in Terraform as in `OpenTofu`.
const TERRAFORM_VERSION: &str = ">= 1.11.0";

/// Where Route 53 reports its health checks, whatever the stack's regions are (Route 53 developer guide, "Monitoring
/// health checks").
pub const ROUTE53_METRICS_REGION: Region = Region::US_EAST_1;

/// The tags of everything, beside each resource's own `Name`.
const SHARED_TAGS: [(&str, &str); 3] = [("CostCenter", "Operations"), ("Criticality", "High"), ("Environment", "DR")];

/// The module of the primary region.
pub const PRIMARY_MODULE: &str = "primary_region";

/// The module of the DR region.
pub const DR_MODULE: &str = "dr_region";

/// The module of what stands above both regions.
pub const GLOBAL_MODULE: &str = "global";

/// A part of the stack that stands in one region.
struct Part {
    /// What its addresses and its provider's alias are called by.
    prefix: &'static str,
    /// Its module.
    module: &'static str,
    /// What the account's identity is called in there.
    identity: &'static str,
}

const PRIMARY: Part = Part { prefix: "primary", module: PRIMARY_MODULE, identity: "current" };
const DR: Part = Part { prefix: "dr", module: DR_MODULE, identity: "current" };
const ROUTE53_METRICS: Part = Part { prefix: "route53_metrics", module: GLOBAL_MODULE, identity: "route53_metrics" };

/// What every part of the stack builds on.
#[derive(Debug)]
pub struct Foundations {
    /// The shape.
    pub settings: Settings,
    /// The values.
    pub variables: Variables,
    /// The region that takes payments in ordinary times.
    pub primary: RegionContext,
    /// The region that takes them after a failover.
    pub dr: RegionContext,
    /// us-east-1, where neither of the two is there: for the alarm on the health check.
    pub route53_metrics: Option<RegionContext>,
    /// The package of the functions, if the stack makes them from one.
    pub package: Option<ZipPackage>,
    /// The name that fails over.
    pub failover_domain: Value<String>,
}

impl Foundations {
    /// Declares all of it.
    pub fn declare(module: &mut Module, settings: &Settings, package: &FunctionPackage) -> Self {
        module.settings(terraform_settings(settings));
        module.dialect(settings.dialect.into());
        let variables = variables::declare(module, settings);
        if settings.dialect == Dialect::Opentofu {
            encryption::declare_key(module, settings);
        }
        let mut region = |prefix, region| region_context(module, settings, &variables, prefix, region);
        let primary = region(&PRIMARY, settings.primary_region);
        let dr = region(&DR, settings.dr_region);
        let elsewhere = ![settings.primary_region, settings.dr_region].contains(&ROUTE53_METRICS_REGION);
        let route53_metrics = elsewhere.then(|| region(&ROUTE53_METRICS, ROUTE53_METRICS_REGION));
        let failover_domain = module.add_local("failover_domain", variables::failover_domain(&variables));
        let is_zip = settings.workload == WorkloadKind::Lambda && settings.package == PackageKind::Zip;
        let package = is_zip.then(|| zip_package(module, &variables, package));
        Self { settings: settings.clone(), variables, primary, dr, route53_metrics, package, failover_domain }
    }
}

fn zip_package(module: &mut Module, variables: &Variables, package: &FunctionPackage) -> ZipPackage {
    let [content, digest] = ZipPackage::content(package, &variables.function_package_path);
    ZipPackage {
        content_base64: module.add_local("payments_package_base64", content),
        path: variables.function_package_path.clone(),
        sha256_base64: module.add_local("payments_package_sha256", digest),
        handler: variables.function_code.handler.clone(),
        runtime: variables.function_code.runtime.clone(),
    }
}

fn terraform_settings(settings: &Settings) -> TerraformSettings {
    let aws = RequiredProvider {
        source: "hashicorp/aws".into(),
        version: Some(settings.provider.known().constraint().into()),
        configuration_aliases: Vec::new(),
    };
    let base = TerraformSettings::new().required_version(TERRAFORM_VERSION).required_provider("aws", aws);
    let base = match settings.dialect {
        Dialect::Terraform => base,
        Dialect::Opentofu => base.encryption(encryption::block(settings.dr_region)),
    };
    match &settings.backend {
        Some(backend) => backend.set_in(base),
        None => base,
    }
}

fn region_context(
    module: &mut Module,
    settings: &Settings,
    variables: &Variables,
    part: &Part,
    region: Region,
) -> RegionContext {
    let Part { prefix, module: room, identity } = *part;
    let room = ModulePath::new(room);
    let provider = provider(module, settings, variables, prefix, region);
    let identity = sts::CallerIdentityData::new(prefix).provider(&provider).in_module(&room, identity);
    let account_id = module.add(identity).account_id();
    let naming =
        Naming::new(settings.service_name.clone(), region, variables.environment_suffix.clone(), account_id.clone());
    let runbook_url = variables.runbook_url.clone();
    let permissions_boundary = variables.existing.permissions_boundary_arn.clone();
    RegionContext { prefix, module: room, region, provider, account_id, naming, runbook_url, permissions_boundary }
}

/// There is no default configuration: a block that forgets its region is an error, not a resource in the wrong one.
///
/// What works in us-east-1 for Route 53 alone takes on the primary's role.
fn provider(
    module: &mut Module,
    settings: &Settings,
    variables: &Variables,
    alias: &'static str,
    region: Region,
) -> ProviderReference {
    let shared: Value<Map<String>> = SHARED_TAGS.map(|(key, value)| (key, text(value))).into();
    // The last one wins.
    let tags = merge([variables.tags.clone(), shared]);
    let default_tags: Object = [("tags", tags)].into_iter().collect();
    let role = if alias == DR.prefix { &variables.dr_provider_role_arn } else { &variables.primary_provider_role_arn };
    module.add_provider(
        Provider::aliased("aws", alias)
            .set("region", region.name())
            // Even the primary's provider signs in through the DR region, so that Terraform still starts when the
            // primary region does not answer.
            .set("sts_region", settings.dr_region.name())
            .set("allowed_account_ids", only_if_any(&variables.allowed_account_ids))
            .set("dynamic", assume_role(role))
            .set("default_tags", default_tags),
    )
}

/// An empty list would let no account pass.
fn only_if_any(account_ids: &Value<Vec<String>>) -> Value<Vec<String>> {
    account_ids.clone().when(length(account_ids).more_than(0), Value::null())
}

/// A block that is there if a role is named.
fn assume_role(role_arn: &Value<String>) -> Object {
    let roles = Value::<Vec<String>>::empty().when(role_arn.clone().is_null(), Value::from([role_arn.clone()]));
    let content: Object = [("role_arn", Expression::named("assume_role", &["value"]))].into_iter().collect();
    let block: Object =
        [("for_each", roles.into_expression()), ("content", Expression::Object(content))].into_iter().collect();
    [("assume_role", Expression::Object(block))].into_iter().collect()
}
