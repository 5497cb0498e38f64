//! What each region is made of. Both regions call this with different inputs; nothing here asks which one it is.
//!
//! It comes in two steps, because a region may have something of its own between what takes payments and what callers
//! reach.

use super::foundations::Foundations;
use super::variables::existing_in_region::PartsOfRegion;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::{acm, kms, rds, sns};
use crate::components::access_logs::{api_access_log, receipts_access_log};
use crate::components::alarms::{AlarmInputs, WatchedFunctions, WatchedWorkload, alarms, certificate_expiry};
use crate::components::alerts::{Subscribers, TopicInputs, alerts, publishers_may_use};
use crate::components::api_domain::certificate;
use crate::components::credentials::Credentials;
use crate::components::dashboard::RegionMetrics;
use crate::components::database::{Database, DatabaseInputs, DatabaseSettings, Membership, database};
use crate::components::database_setup::{DatabaseSetup, SetupInputs, database_setup};
use crate::components::encryption::{KeyProtection, KeyPurpose, key, log_delivery_may_use, logs_may_use};
use crate::components::endpoints::{EndpointUse, WaysOut, endpoints};
use crate::components::existing_keys::{CLASSES, existing_key};
use crate::components::existing_web_acl::existing_web_acl;
use crate::components::failover::experiments::{ExperimentInputs, experiments};
use crate::components::failover::site::Site;
use crate::components::flow_logs::flow_logs;
use crate::components::function_code::CodeSource;
use crate::components::health_function::health_function;
use crate::components::log_group::LogGroupInputs;
use crate::components::network::{Network, NetworkInputs, NetworkPlace, network};
use crate::components::payments_api::{ApiInputs, Behind, PaymentsApi, Route, STAGE, payments_api};
use crate::components::payments_function::{FunctionInputs, PaymentsFunction, payments_function};
use crate::components::region_scope::RegionScope;
use crate::components::sessions::TableProtection;
use crate::components::storage::{Storage, StorageInputs, storage};
use crate::components::stores::{StoreKeys, Stores};
use crate::components::tasks::{TaskInputs, Tasks, tasks};
use crate::components::tracing::{sampling, trace_encryption};
use crate::components::waf::{WafInputs, waf};
use crate::components::workload::Workload;
use crate::settings::{Feature, Region, Settings, WorkloadKind};
use crate::terraform::{Any, Handle, Output, Value};

/// A region in ordinary times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It takes payments.
    Primary,
    /// It can take over.
    Standby,
}

/// The class of what the database holds.
const DATABASE: &str = "database";

/// A region's keys, one for each class of data.
#[derive(Debug)]
pub struct RegionKeys {
    /// Of Aurora's storage and insights.
    pub database: Handle<kms::Key>,
    /// Of receipts.
    pub storage: Handle<kms::Key>,
    /// Of session state.
    pub sessions: Handle<kms::Key>,
    /// Of credentials and function environments.
    pub secrets: Handle<kms::Key>,
    /// Of alerts and logs.
    pub operations: Handle<kms::Key>,
}

/// What takes payments in a region, before anybody can reach it.
#[derive(Debug)]
pub struct RegionBase {
    /// Its keys.
    pub keys: RegionKeys,
    /// What its log groups share.
    pub logs: LogGroupInputs,
    /// Its network.
    pub network: Network,
    /// Its alert topic.
    pub topic: Handle<sns::Topic>,
    /// Its member of the global database.
    pub database: Database,
    /// Its copy of the credentials that the functions have for the database.
    pub secret_arn: Value<String>,
    /// Its buckets.
    pub storage: Storage,
    /// The session table's name.
    pub session_table: Value<String>,
    /// What takes payments, if the stack makes it.
    pub compute: Compute,
}

/// What takes payments behind a region's API.
#[derive(Debug)]
pub enum Compute {
    /// Functions.
    Functions(Box<WorkloadFunctions>),
    /// Tasks.
    Tasks(Tasks),
    /// Nothing of the stack's.
    None,
}

impl Compute {
    /// The functions, if it is functions.
    pub fn functions(&self) -> Option<&WorkloadFunctions> {
        match self {
            Self::Functions(functions) => Some(functions),
            Self::Tasks(_) | Self::None => None,
        }
    }

    /// As the API has it behind itself.
    fn behind(&self) -> Option<Behind<'_>> {
        match self {
            Self::Functions(functions) => {
                Some(Behind::Functions { payments: &functions.payments, health: &functions.health })
            }
            Self::Tasks(tasks) => Some(Behind::Tasks(tasks)),
            Self::None => None,
        }
    }
}

/// The functions behind a region's API.
#[derive(Debug)]
pub struct WorkloadFunctions {
    /// What takes payments.
    pub payments: PaymentsFunction,
    /// What tells whether they can be taken.
    pub health: PaymentsFunction,
}

/// Everything that stands in one region.
#[derive(Debug)]
pub struct RegionStack {
    /// What takes payments.
    pub base: RegionBase,
    /// What takes payments, as callers and probes reach it.
    pub workload: Workload,
    /// Its certificate of the failover name.
    pub certificate: Handle<acm::Certificate>,
}

/// What the setup of the database takes from elsewhere.
#[derive(Debug)]
pub struct SetupSources<'a> {
    /// The users' credentials.
    pub credentials: &'a Credentials,
    /// The ARN of the other region's member.
    pub peer_cluster_arn: Value<String>,
    /// The other region.
    pub peer: Region,
    /// The key of the other region's secrets.
    pub peer_secrets_key: &'a Handle<kms::Key>,
}

/// What a region takes from the rest of the stack.
#[derive(Debug)]
pub struct RegionInputs<'a> {
    /// What every part builds on.
    pub foundations: &'a Foundations,
    /// Where its network comes from.
    pub network: &'a NetworkPlace,
    /// What exists in it and replaces a part of the stack.
    pub existing: &'a PartsOfRegion,
    /// Its keys.
    pub keys: RegionKeys,
    /// The global database.
    pub global_database: &'a Handle<rds::GlobalCluster>,
    /// What its cluster is when the stack is made.
    pub membership: Membership<'a>,
    /// Its copy of the credentials that the functions have for the database.
    pub secret_arn: &'a Value<String>,
    /// Where the database is set up from, what its setup takes from elsewhere.
    pub setup: Option<SetupSources<'a>>,
    /// The session table's name.
    pub session_table: &'a Value<String>,
    /// The image that its tasks run, or its functions where they have no package.
    pub image_uri: &'a Value<String>,
}

/// What a region's front takes from the rest of the stack.
#[derive(Debug)]
pub struct FrontInputs<'a> {
    /// What every part builds on.
    pub foundations: &'a Foundations,
    /// What exists in the region and replaces a part of the stack.
    pub existing: &'a PartsOfRegion,
    /// What only this region's API answers.
    pub further_routes: &'a [Route],
    /// The host that takes payments where the stack makes nothing that does.
    pub endpoint: &'a Value<String>,
}

/// Adds a region's keys, or looks at those that exist. They come before everything else, because each region's stores name
/// the other's keys.
///
/// A database that was there before has brought its key.
pub fn keys(
    region: &mut RegionScope<'_>,
    foundations: &Foundations,
    existing_arns: Option<&Value<Any>>,
    of_database: Option<&Handle<kms::Key>>,
) -> RegionKeys {
    let operations_statements = operations_statements(region, foundations.settings.existing_topics);
    if let Some(arns) = existing_arns {
        let mut find = |class| match of_database.filter(|_| class == DATABASE) {
            Some(key) => key.clone(),
            None => existing_key(region, class, arns.clone().field(class)),
        };
        let [database, storage, sessions, secrets, operations] = CLASSES.map(&mut find);
        declare_operations_statements(region, operations_statements);
        return RegionKeys { database, storage, sessions, secrets, operations };
    }
    let protection = key_protection(foundations);
    let service = region.service_name();
    let mut add = |name, description: &str, service_statements| {
        key(region, KeyPurpose { name, description: description.to_owned(), service_statements }, &protection)
    };
    let database = format!("{} database: storage, snapshots and insights", service.capitalized());
    let secrets = format!("Credentials of the {service} database");
    RegionKeys {
        database: of_database.map_or_else(|| add(DATABASE, &database, Vec::new()), Clone::clone),
        storage: add("storage", "Receipts of payments", Vec::new()),
        sessions: add("sessions", "Session state of payments", Vec::new()),
        secrets: add("secrets", &secrets, Vec::new()),
        operations: add("operations", "Alerts and logs", operations_statements),
    }
}

/// What services do with the key of alerts and logs. Topics that exist have a key of their owner's, if any.
fn operations_statements(region: &mut RegionScope<'_>, existing_topics: bool) -> Vec<Statement> {
    let mut statements = if existing_topics { Vec::new() } else { publishers_may_use(region) };
    statements.extend([logs_may_use(region), log_delivery_may_use(region)]);
    statements
}

/// Gives the owner of an existing key what its policy needs.
fn declare_operations_statements(region: &mut RegionScope<'_>, statements: Vec<Statement>) {
    let name = format!("{}_operations_key_statements", region.prefix());
    let policy = PolicyDocument::new(statements).to_json();
    let description = "What the policy of the existing operations key must allow to services: as a policy in JSON.";
    region.module().add_output(Output::new(name, policy).description(description));
}

/// How keys of data come to an end.
pub fn key_protection(foundations: &Foundations) -> KeyProtection {
    KeyProtection {
        deletion_window_days: Value::from(30).when(foundations.variables.deletion_protection.clone(), 7),
        prevent_destroy: foundations.settings.prevent_destroy,
    }
}

/// The database settings that both regions share.
pub fn database_settings(foundations: &Foundations) -> DatabaseSettings {
    let variables = &foundations.variables;
    DatabaseSettings {
        database_name: variables.database_name.clone(),
        engine_version: variables.database_engine_version.clone(),
        instance_class: variables.database_instance_class.clone(),
        instances: variables.database_instances_per_region.clone(),
        backup_retention_days: variables.database_backup_retention_days.clone(),
        deletion_protection: variables.deletion_protection.clone(),
        apply_immediately: variables.database_apply_immediately.clone(),
        prevent_destroy: foundations.settings.prevent_destroy,
        insights: foundations.settings.features.has(Feature::DatabaseInsights),
    }
}

/// Who hears of alarms, in every region, where the stack makes the topics.
pub fn subscribers(foundations: &Foundations) -> Subscribers<'_> {
    Subscribers {
        emails: &foundations.variables.alert_emails,
        https_endpoints: &foundations.variables.alert_https_endpoints,
    }
}

/// How the session tables of both regions are protected.
pub fn table_protection(foundations: &Foundations) -> TableProtection {
    TableProtection {
        deletion_protection: foundations.variables.deletion_protection.clone(),
        prevent_destroy: foundations.settings.prevent_destroy,
    }
}

/// The image that a region runs, if it runs one.
pub fn image_uri(foundations: &Foundations, role: Role) -> &Value<String> {
    let Foundations { variables, settings, .. } = foundations;
    match (settings.workload, role) {
        (WorkloadKind::Fargate, Role::Primary) => &variables.tasks.primary_image_uri,
        (WorkloadKind::Fargate, Role::Standby) => &variables.tasks.dr_image_uri,
        (_, Role::Primary) => &variables.function_code.primary_image_uri,
        (_, Role::Standby) => &variables.function_code.dr_image_uri,
    }
}

/// Adds what takes payments in the region.
pub fn base(region: &mut RegionScope<'_>, inputs: RegionInputs<'_>) -> RegionBase {
    let RegionInputs { foundations, keys, .. } = inputs;
    let Foundations { variables, settings, .. } = foundations;
    let logs = LogGroupInputs { key_arn: keys.operations.arn(), retention_days: variables.log_retention_days.clone() };
    let network = network(
        region,
        &NetworkInputs {
            place: inputs.network,
            availability_zones: settings.availability_zones,
            endpoints: settings.endpoints,
        },
    );
    let further = match settings.workload {
        WorkloadKind::Lambda => Some(&variables.function_access.endpoint_services),
        WorkloadKind::Fargate => Some(&variables.task_access.endpoint_services),
        WorkloadKind::None => None,
    };
    let ways_out =
        endpoints(region, &network, EndpointUse { further, by_tasks: settings.workload == WorkloadKind::Fargate });
    if settings.features.has(Feature::FlowLogs) {
        flow_logs(region, &network, &logs);
    }
    let topic = alerts(
        region,
        &TopicInputs {
            existing_arn: inputs.existing.alert_topic_arn.as_ref(),
            key: &keys.operations,
            subscribers: subscribers(foundations),
        },
    );
    let database = database(
        region,
        &DatabaseInputs {
            settings: &database_settings(foundations),
            network: &network,
            key: &keys.database,
            logs: &logs,
            topic: &topic,
            global: inputs.global_database,
            membership: inputs.membership,
        },
    );
    let storage = storage(
        region,
        &StorageInputs {
            key: &keys.storage,
            deletion_protection: &variables.deletion_protection,
            prevent_destroy: settings.prevent_destroy,
            log_retention_days: &variables.log_retention_days,
            log_archive: inputs.existing.log_archive_bucket.as_ref(),
        },
    );
    if settings.features.has(Feature::AccessLogs) {
        receipts_access_log(region, &storage);
    }
    let setup = inputs.setup.map(|sources| {
        let inputs = SetupInputs {
            credentials: sources.credentials,
            database: &database,
            database_name: &variables.database_name,
            peer_cluster_arn: &sources.peer_cluster_arn,
            peer: sources.peer,
            secrets_keys: [&keys.secrets, sources.peer_secrets_key],
            existing: settings.existing_database,
            storage: &storage,
            logs: &logs,
            tracing: settings.features.has(Feature::Xray),
        };
        database_setup(region, &inputs)
    });
    let stores = Stores {
        database: &database,
        database_name: &variables.database_name,
        secret_arn: inputs.secret_arn,
        session_table: inputs.session_table,
        storage: &storage,
        keys: StoreKeys { storage: &keys.storage, sessions: &keys.sessions, secrets: &keys.secrets },
    };
    let parts = ComputeParts {
        foundations,
        network: &network,
        ways_out: &ways_out,
        stores: &stores,
        setup: setup.as_ref(),
        logs: &logs,
        topic: &topic,
        image_uri: inputs.image_uri,
    };
    let compute = compute(region, &parts);
    RegionBase {
        keys,
        logs,
        network,
        topic,
        database,
        secret_arn: inputs.secret_arn.clone(),
        storage,
        session_table: inputs.session_table.clone(),
        compute,
    }
}

/// What the code that takes payments is given of its region.
struct ComputeParts<'a> {
    foundations: &'a Foundations,
    network: &'a Network,
    ways_out: &'a WaysOut,
    stores: &'a Stores<'a>,
    setup: Option<&'a DatabaseSetup>,
    logs: &'a LogGroupInputs,
    topic: &'a Handle<sns::Topic>,
    image_uri: &'a Value<String>,
}

fn compute(region: &mut RegionScope<'_>, parts: &ComputeParts<'_>) -> Compute {
    match parts.foundations.settings.workload {
        WorkloadKind::Lambda => Compute::Functions(Box::new(functions(region, parts))),
        WorkloadKind::Fargate => Compute::Tasks(payment_tasks(region, parts)),
        WorkloadKind::None => Compute::None,
    }
}

fn functions(region: &mut RegionScope<'_>, parts: &ComputeParts<'_>) -> WorkloadFunctions {
    let Foundations { variables, settings, package, .. } = parts.foundations;
    let inputs = FunctionInputs {
        setup: parts.setup,
        code: package.as_ref().map_or(CodeSource::Image(parts.image_uri), CodeSource::Zip),
        architecture: &variables.function_code.architecture,
        environment: &variables.function_access.environment,
        permissions: &variables.function_access.permissions,
        network: parts.network,
        stores: parts.stores,
        logs: parts.logs,
        memory_mb: &variables.function_memory_mb,
        reserved_concurrency: &variables.function_reserved_concurrency,
        tracing: settings.features.has(Feature::Xray),
    };
    let payments = payments_function(region, &inputs);
    let health = health_function(region, &inputs, &payments, &variables.reserve_failover_concurrency);
    WorkloadFunctions { payments, health }
}

fn payment_tasks(region: &mut RegionScope<'_>, parts: &ComputeParts<'_>) -> Tasks {
    let variables = &parts.foundations.variables;
    let of_tasks = &variables.tasks;
    let inputs = TaskInputs {
        image_uri: parts.image_uri,
        port: &of_tasks.port,
        user: &of_tasks.user,
        read_only: &of_tasks.read_only,
        architecture: &of_tasks.architecture,
        cpu: &of_tasks.cpu,
        memory_mb: &of_tasks.memory_mb,
        count: &of_tasks.count,
        environment: &variables.task_access.environment,
        permissions: &variables.task_access.permissions,
        network: parts.network,
        ways_out: parts.ways_out,
        stores: parts.stores,
        setup: parts.setup,
        logs: parts.logs,
        topic: parts.topic,
        deletion_protection: &variables.deletion_protection,
    };
    tasks(region, &inputs)
}

/// Adds what callers reach, and what watches over all of it.
pub fn front(region: &mut RegionScope<'_>, base: RegionBase, inputs: &FrontInputs<'_>) -> RegionStack {
    let foundations = inputs.foundations;
    let Foundations { variables, settings, .. } = foundations;
    let workload = match base.compute.behind() {
        Some(behind) => Workload::BehindApi(Box::new(api(region, &base, behind, inputs))),
        None => Workload::Elsewhere(inputs.endpoint.clone()),
    };
    let watched = workload.api().map(|api| WatchedWorkload {
        functions: base
            .compute
            .functions()
            .map(|functions| WatchedFunctions { payments: &functions.payments.name, health: &functions.health.name }),
        api_name: &api.name,
        stage_name: STAGE,
    });
    let api_server_errors = alarms(
        region,
        &AlarmInputs {
            topic: &base.topic,
            cluster_identifier: &base.database.identifier,
            workload: watched,
            session_table: &base.session_table,
            objectives: settings.objectives(),
        },
    );
    let certificate = certificate(region, &foundations.failover_domain);
    certificate_expiry(region, &certificate, &base.topic);
    if let Some(api) = workload.api().filter(|_| settings.features.has(Feature::Waf)) {
        if let Some(arn) = &inputs.existing.web_acl_arn {
            existing_web_acl(region, arn, api);
        } else {
            let rate_limit = &variables.waf_rate_limit;
            waf(region, &WafInputs { api, rate_limit, logs: &base.logs, topic: &base.topic });
        }
    }
    if let Some(api) = workload.api().filter(|_| settings.features.has(Feature::Xray)) {
        sampling(region, api, &variables.traced_percent);
    }
    if settings.features.has(Feature::XrayEncryption) {
        trace_encryption(region, &KeyProtection { prevent_destroy: false, ..key_protection(foundations) });
    }
    // Errors of the API end an experiment; without an API nothing would.
    if let (true, Some(api), Some(any_error)) =
        (settings.features.has(Feature::Experiments), workload.api(), &api_server_errors)
    {
        experiments(
            region,
            &ExperimentInputs {
                peer: other_region(settings, region.region()),
                objectives: settings.objectives(),
                network: &base.network,
                database: &base.database,
                receipts: &base.storage.receipts,
                session_table: &base.session_table,
                api,
                any_error,
            },
        );
    }
    RegionStack { base, workload, certificate }
}

/// Adds the API in front of what takes payments.
fn api(region: &mut RegionScope<'_>, base: &RegionBase, behind: Behind<'_>, inputs: &FrontInputs<'_>) -> PaymentsApi {
    let Foundations { variables, settings, .. } = inputs.foundations;
    let access_log = settings.features.has(Feature::AccessLogs).then(|| api_access_log(region, &base.logs));
    payments_api(
        region,
        &ApiInputs {
            behind,
            authorization: settings.api_authorization,
            rate_limit: &variables.api_rate_limit,
            burst_limit: &variables.api_burst_limit,
            logs: &base.logs,
            access_log: access_log.as_ref(),
            manage_account: &variables.manage_api_gateway_account,
            tracing: settings.features.has(Feature::Xray),
            further_routes: inputs.further_routes,
        },
    )
}

fn other_region(settings: &Settings, region: Region) -> Region {
    if region == settings.primary_region { settings.dr_region } else { settings.primary_region }
}

impl RegionStack {
    /// What the dashboard shows of the region.
    pub fn metrics(&self, region: Region) -> RegionMetrics {
        RegionMetrics {
            region,
            cluster_identifier: self.base.database.identifier.clone(),
            function_name: self.base.compute.functions().map(|functions| functions.payments.name.clone()),
            api_name: self.workload.api().map(|api| api.name.clone()),
        }
    }

    /// What the failover knows of the region.
    pub fn site(&self, region: Region) -> Site {
        Site {
            region,
            cluster_arn: self.base.database.arn.clone(),
            secret_arn: self.base.secret_arn.clone(),
            secret_key_arn: self.base.keys.secrets.arn(),
            receipts_bucket: self.base.storage.receipts.name.clone(),
            health_url: self.workload.health(region).url(),
            payments_arn: self.workload.api().map(PaymentsApi::payments_arn),
        }
    }
}
