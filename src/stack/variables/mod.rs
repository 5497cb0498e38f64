//! The Terraform variables: everything a user may set without synthesizing again.

mod account;
pub mod code_access;
pub mod existing;
pub mod existing_in_region;
pub mod function;
mod governance;
mod image;
mod maintenance;
mod network;
mod subscribers;
pub mod tasks;
mod workload;

use crate::components::network::NetworkPlace;
use crate::settings::{EnvironmentSuffix, Feature, Settings, regional_support};
use crate::terraform::functions::{alltrue, can, contains, length, regex};
use crate::terraform::{Any, Condition, Expression, Map, Module, Number, Value, Variable, concat, text};

/// The domain that plans but belongs to nobody (RFC 2606).
pub fn placeholder_domain(settings: &Settings) -> String {
    format!("{}.example.com", settings.service_name)
}

/// The host that plans and answers nobody.
pub fn placeholder_endpoint(settings: &Settings, role: &str) -> String {
    format!("{role}.{}", placeholder_domain(settings))
}

/// Aurora PostgreSQL versions that can be created and whose standard support does not end within a year (Aurora PostgreSQL
/// release calendar, read 2026-11). 16.8 and 17.7 are the long-term support releases.
const ENGINE_VERSIONS: [&str; 5] = ["16.8", "16.15", "17.7", "17.10", "17.11"];

/// The default: long-term support, standard support to February 2030.
const DEFAULT_ENGINE_VERSION: &str = "17.7";

/// Instance families that a global database runs on: memory-optimized only (Aurora user guide, "Configuration
/// requirements of an Amazon Aurora global database").
const INSTANCE_CLASS_PATTERN: &str = r"^db\.(r5|r6g|r6i|r7g|r7i|r8g)\.(large|[0-9]*xlarge)$";

/// Retention periods that CloudWatch Logs takes (`PutRetentionPolicy`).
const LOG_RETENTION_DAYS: [u32; 14] = [30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 3653];

/// PCI DSS v4.0.1, 10.5.1: twelve months of audit logs.
const DEFAULT_LOG_RETENTION_DAYS: u32 = 365;

/// The first day of each month at six in the morning: never more than 31 days apart, which leaves time to repeat a drill
/// that fails before the last one that passed is too old.
const DEFAULT_DRILL_SCHEDULE: &str = "cron(0 6 1 * ? *)";

/// What the variables evaluate to.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "each field is the variable of that name, described where it is declared")]
pub struct Variables {
    pub environment_suffix: Value<String>,
    pub primary_network: NetworkPlace,
    pub dr_network: NetworkPlace,
    pub existing: existing::ExistingParts,
    pub domain_name: Value<String>,
    pub hosted_zone_id: Value<String>,
    pub primary_endpoint: Value<String>,
    pub dr_endpoint: Value<String>,
    pub alert_emails: Value<Vec<String>>,
    pub alert_https_endpoints: Value<Vec<String>>,
    pub runbook_url: Value<String>,
    pub database_name: Value<String>,
    pub database_engine_version: Value<String>,
    pub database_instance_class: Value<String>,
    pub database_instances_per_region: Value<Number>,
    pub database_backup_retention_days: Value<Number>,
    pub database_apply_immediately: Value<bool>,
    pub database_credentials_version: Value<Number>,
    pub function_package_path: Value<String>,
    pub function_code: function::CodeVariables,
    pub function_access: code_access::AccessVariables,
    pub function_memory_mb: Value<Number>,
    pub function_reserved_concurrency: Value<Number>,
    pub tasks: tasks::TaskVariables,
    pub task_access: code_access::AccessVariables,
    pub api_rate_limit: Value<Number>,
    pub api_burst_limit: Value<Number>,
    pub waf_rate_limit: Value<Number>,
    pub traced_percent: Value<Number>,
    pub manage_api_gateway_account: Value<bool>,
    pub log_retention_days: Value<Number>,
    pub reserve_failover_concurrency: Value<bool>,
    pub drill_enabled: Value<bool>,
    pub drill_schedule: Value<String>,
    pub backup_retention_days: Value<Number>,
    pub backup_receipts: Value<bool>,
    pub monthly_budget_usd: Value<Number>,
    pub manage_config_recorder: Value<bool>,
    pub organization_id: Value<String>,
    pub organizational_unit_ids: Value<Vec<String>>,
    pub stack_set_call_as: Value<String>,
    pub deletion_protection: Value<bool>,
    pub tags: Value<Map<String>>,
    pub allowed_account_ids: Value<Vec<String>>,
    pub primary_provider_role_arn: Value<String>,
    pub dr_provider_role_arn: Value<String>,
}

/// Declares a variable that a feature alone reads. Where the feature is off there is no such variable, and the value is one that
/// nothing refers to.
fn of_feature<T>(
    module: &mut Module,
    settings: &Settings,
    feature: Feature,
    declare: fn(&mut Module) -> Value<T>,
) -> Value<T> {
    if settings.features.has(feature) { declare(module) } else { declare(&mut Module::new()) }
}

/// The same, of the web ACLs that the stack makes.
fn of_own_web_acl<T>(module: &mut Module, settings: &Settings, declare: fn(&mut Module) -> Value<T>) -> Value<T> {
    if settings.existing_web_acl {
        declare(&mut Module::new())
    } else {
        of_feature(module, settings, Feature::Waf, declare)
    }
}

/// Declares the variables.
pub fn declare(module: &mut Module, settings: &Settings) -> Variables {
    Variables {
        environment_suffix: environment_suffix(module, settings),
        primary_network: network::primary(module, settings),
        dr_network: network::dr(module, settings),
        existing: existing::declare(module, settings),
        domain_name: domain_name(module, settings),
        hosted_zone_id: hosted_zone_id(module),
        primary_endpoint: workload::endpoint(module, settings, "primary_endpoint", "primary"),
        dr_endpoint: workload::endpoint(module, settings, "dr_endpoint", "dr"),
        alert_emails: subscribers::alert_emails(module, settings),
        alert_https_endpoints: subscribers::alert_https_endpoints(module, settings),
        runbook_url: account::runbook_url(module),
        database_name: database_name(module),
        database_engine_version: engine_version(module),
        database_instance_class: instance_class(module, settings),
        database_instances_per_region: number(
            module,
            &NumberVariable {
                name: "database_instances_per_region",
                description: "Aurora instances in each region. A standby without one could not take over within minutes.",
                default: 1,
                range: (1, 15),
            },
        ),
        database_backup_retention_days: number(
            module,
            &NumberVariable {
                name: "database_backup_retention_days",
                description: "Days for which automated backups of the database are kept.",
                default: 14,
                range: (7, 35),
            },
        ),
        database_apply_immediately: maintenance::database_apply_immediately(module),
        database_credentials_version: credentials_version(module, settings),
        function_package_path: workload::of_package(module, settings, function_package_path),
        function_code: workload::of_functions(module, settings, |module| function::declare(module, settings)),
        function_access: workload::of_functions(module, settings, |module| code_access::of_functions(module, settings)),
        function_memory_mb: workload::of_functions(module, settings, workload::function_memory_mb),
        function_reserved_concurrency: workload::of_functions(
            module,
            settings,
            workload::function_reserved_concurrency,
        ),
        tasks: workload::of_tasks(module, settings, |module| tasks::declare(module, settings)),
        task_access: workload::of_tasks(module, settings, |module| code_access::of_tasks(module, settings)),
        api_rate_limit: workload::of_api(module, settings, workload::api_rate_limit),
        api_burst_limit: workload::of_api(module, settings, workload::api_burst_limit),
        waf_rate_limit: workload::of_api(module, settings, |module| of_own_web_acl(module, settings, waf_rate_limit)),
        traced_percent: workload::of_api(module, settings, |module| {
            of_feature(module, settings, Feature::Xray, traced_percent)
        }),
        manage_api_gateway_account: workload::of_api(module, settings, account::manage_api_gateway_account),
        log_retention_days: log_retention_days(module),
        reserve_failover_concurrency: reserve_failover_concurrency(module),
        drill_enabled: drill_enabled(module),
        drill_schedule: drill_schedule(module),
        backup_retention_days: of_feature(module, settings, Feature::Backup, governance::backup_retention_days),
        backup_receipts: of_feature(module, settings, Feature::Backup, governance::backup_receipts),
        monthly_budget_usd: of_feature(module, settings, Feature::Budget, governance::monthly_budget_usd),
        manage_config_recorder: of_feature(module, settings, Feature::Config, governance::manage_config_recorder),
        organization_id: of_feature(module, settings, Feature::StackSets, governance::organization_id),
        organizational_unit_ids: of_feature(module, settings, Feature::StackSets, governance::organizational_unit_ids),
        stack_set_call_as: of_feature(module, settings, Feature::StackSets, governance::stack_set_call_as),
        deletion_protection: switch(
            module,
            "deletion_protection",
            "Protects databases, tables, buckets and secrets against deletion and keeps a last snapshot. To clean up: \
             apply with false, then destroy with false.",
            true,
        ),
        tags: account::tags(module),
        allowed_account_ids: account::allowed_account_ids(module),
        primary_provider_role_arn: account::provider_role_arn(module, "primary_provider_role_arn", "primary"),
        dr_provider_role_arn: account::provider_role_arn(module, "dr_provider_role_arn", "standby"),
    }
}

fn environment_suffix(module: &mut Module, settings: &Settings) -> Value<String> {
    let own = Variable::reference::<String>("environment_suffix");
    module.add_variable(
        Variable::new("environment_suffix")
            .description(
                "Ends every name, so that several environments live side by side in one account. Changing it replaces \
                 everything.",
            )
            .default(settings.environment_suffix.to_string())
            .nullable(false)
            .validation(Condition::new(
                matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", own.clone())
                    .and(length(own).at_most(u64_of(EnvironmentSuffix::LONGEST))),
                format!(
                    "environment_suffix must be 1 to {} characters: lower-case letters, digits and single hyphens, a \
                     letter first. It becomes part of names that AWS limits to 63 characters.",
                    EnvironmentSuffix::LONGEST
                ),
            )),
    )
}

fn domain_name(module: &mut Module, settings: &Settings) -> Value<String> {
    let own = Variable::reference::<String>("domain_name");
    module.add_variable(
        Variable::new("domain_name")
            .description(
                "The domain of the failover name api-<suffix>.<domain>. The default is a placeholder: it plans, \
                 but no certificate is ever issued for it.",
            )
            .default(placeholder_domain(settings))
            .nullable(false)
            .validation(Condition::new(
                matches(r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", own.clone())
                    .and(length(own).at_most(200)),
                "domain_name must be a lower-case domain name without a dot at the end, such as pay.example.org.",
            )),
    )
}

fn hosted_zone_id(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("hosted_zone_id");
    let well_formed = can(Expression::call("regex", ["^Z[A-Z0-9]{1,31}$".into(), own.clone().into()]));
    module.add_variable(
        Variable::new("hosted_zone_id")
            .description("The Route 53 hosted zone of domain_name, if there is one; otherwise one is made.")
            .default(Expression::Null)
            .validation(Condition::new(
                own.is_null().or(well_formed),
                "hosted_zone_id must be the id of a hosted zone, such as Z0123456789ABCDEFGHIJ, or null.",
            )),
    )
}

/// Whether every text of a list matches.
fn each_matches(pattern: impl Into<Value<String>>, list: Value<Vec<String>>) -> Value<bool> {
    let each: Value<String> = Value::new(Expression::named("each_text", &[]));
    alltrue(Value::<Vec<bool>>::new(Expression::For(Box::new(crate::terraform::expression::For {
        key: None,
        value: "each_text".to_owned(),
        collection: list.into(),
        result_key: None,
        result: matches(pattern, each).into(),
        grouping: false,
        condition: None,
    }))))
}

fn database_name(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("database_name");
    module.add_variable(
        Variable::new("database_name")
            .description("The database inside the cluster. Changing it replaces the cluster.")
            .default("payments")
            .nullable(false)
            .validation(Condition::new(
                matches("^[a-z][a-z0-9_]{0,62}$", own),
                "database_name must be 1 to 63 lower-case letters, digits and underscores, a letter first.",
            )),
    )
}

fn engine_version(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("database_engine_version");
    module.add_variable(
        Variable::new("database_engine_version")
            .description("Aurora PostgreSQL version of the whole global database. 17.7 has long-term support.")
            .default(DEFAULT_ENGINE_VERSION)
            .nullable(false)
            .validation(Condition::new(
                contains::<String>(ENGINE_VERSIONS, own),
                format!("database_engine_version must be one of {}.", ENGINE_VERSIONS.join(", ")),
            )),
    )
}

fn instance_class(module: &mut Module, settings: &Settings) -> Value<String> {
    let own = Variable::reference::<String>("database_instance_class");
    let regions = [settings.primary_region, settings.dr_region];
    let missing = regional_support::missing_classes(regions);
    let variable = Variable::new("database_instance_class")
        .description("Class of the Aurora instances, the same in both regions, so that the standby can carry the load.")
        .default(regional_support::default_class(regions))
        .nullable(false)
        .validation(Condition::new(
            matches(INSTANCE_CLASS_PATTERN, own.clone()),
            "database_instance_class must be of a memory-optimized family (r5, r6g, r6i, r7g, r7i, r8g), such as \
                 db.r6g.large: Aurora Global Database runs on no other.",
        ));
    if missing.is_empty() {
        return module.add_variable(variable);
    }
    module.add_variable(variable.validation(Condition::new(
        !contains::<String>(missing, own),
        format!(
            "database_instance_class must be one that {} and {} both have for Aurora PostgreSQL, such as {}.",
            regions[0],
            regions[1],
            regional_support::default_class(regions)
        ),
    )))
}

fn credentials_version(module: &mut Module, settings: &Settings) -> Value<Number> {
    let description = if settings.existing_database {
        "Counts the copies of the secret of primary_database_secret_arn. Raise it by one after the password in that secret has \
         changed; only while the primary region is the writer."
    } else {
        "Counts the database's passwords. Raise it by one to get a new password in secret and database; only while the primary \
         region is the writer."
    };
    number(
        module,
        &NumberVariable { name: "database_credentials_version", description, default: 1, range: (1, 1_000_000) },
    )
}

fn function_package_path(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("function_package_path");
    let exists = Value::<bool>::new(Expression::call("fileexists", [own.clone().into()]));
    module.add_variable(
        Variable::new("function_package_path")
            .description("A zip file of your own instead of the payment function that this document carries.")
            .default(Expression::Null)
            .validation(Condition::new(
                // Only a conditional leaves the other side alone: `||` evaluates both, and null is no path.
                Value::from(true).when(own.is_null(), exists),
                "function_package_path must name a file that exists, or be null.",
            )),
    )
}

fn log_retention_days(module: &mut Module) -> Value<Number> {
    let own = Variable::reference::<Number>("log_retention_days");
    module.add_variable(
        Variable::new("log_retention_days")
            .description("Days for which logs are kept. PCI DSS asks for 365.")
            .default(DEFAULT_LOG_RETENTION_DAYS)
            .nullable(false)
            .validation(Condition::new(
                contains::<Number>(LOG_RETENTION_DAYS, own),
                format!(
                    "log_retention_days must be one of {}: CloudWatch Logs takes no others.",
                    LOG_RETENTION_DAYS.map(|days| days.to_string()).join(", ")
                ),
            )),
    )
}

fn reserve_failover_concurrency(module: &mut Module) -> Value<bool> {
    switch(
        module,
        "reserve_failover_concurrency",
        "Whether the detector, the latch and the health functions keep concurrency of their own, so that a flood of \
         payments cannot stop them. Set it to false in an account whose limit of concurrent runs is too low to share.",
        true,
    )
}

fn waf_rate_limit(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "waf_rate_limit",
            description: "Requests that the firewall lets one address send in five minutes; more are answered with 429. \
                          At least 100: each of Route 53's checkers sends 30.",
            default: 30_000,
            range: (100, 2_000_000_000),
        },
    )
}

fn traced_percent(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "traced_percent",
            description: "Percent of payments that are traced, beyond the first in each second.",
            default: 5,
            range: (0, 100),
        },
    )
}

fn drill_enabled(module: &mut Module) -> Value<bool> {
    switch(
        module,
        "drill_enabled",
        "Whether drills run by themselves: a planned switchover to the other region and back, which stops payments for \
         about a minute each way.",
        false,
    )
}

fn drill_schedule(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("drill_schedule");
    module.add_variable(
        Variable::new("drill_schedule")
            .description("When drills run, in UTC, as EventBridge Scheduler writes it.")
            .default(DEFAULT_DRILL_SCHEDULE)
            .nullable(false)
            .validation(Condition::new(
                matches(r"^(rate\([1-9][0-9]* (hours?|days?)\)|cron\([^ ()]+( [^ ()]+){5}\))$", own),
                "drill_schedule must be a rate of hours or days, such as rate(30 days), or a cron expression of six \
                 fields, such as cron(0 6 1 * ? *).",
            )),
    )
}

fn switch(module: &mut Module, name: &'static str, description: &'static str, default: bool) -> Value<bool> {
    module.add_variable(Variable::new(name).description(description).default(default).nullable(false))
}

struct NumberVariable {
    name: &'static str,
    description: &'static str,
    default: i64,
    range: (i64, i64),
}

/// A whole number within a range.
fn number(module: &mut Module, variable: &NumberVariable) -> Value<Number> {
    let NumberVariable { name, description, default, range: (least, most) } = *variable;
    let own = Variable::reference::<Number>(name);
    let whole = Value::<Number>::new(Expression::call("floor", [own.clone().into()]));
    module.add_variable(Variable::new(name).description(description).default(default).nullable(false).validation(
        Condition::new(
            own.clone().at_least(least).and(own.clone().at_most(most)).and(whole.equals(own)),
            format!("{name} must be a whole number from {least} to {most}."),
        ),
    ))
}

fn matches(pattern: impl Into<Value<String>>, value: Value<String>) -> Value<bool> {
    let found: Value<Any> = regex(pattern, value);
    can(found)
}

fn u64_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The name that fails over from one region to the other.
pub fn failover_domain(variables: &Variables) -> Value<String> {
    concat([text("api-"), variables.environment_suffix.clone(), text("."), variables.domain_name.clone()])
}
