//! Aurora PostgreSQL: a region's member of the global database.
//!
//! Both members are made by the same code from the same arguments, because after a switchover either can be the writer:
//! nothing here but [`Membership`] knows which one was the writer when the stack was made.

use super::credentials::Credentials;
use super::existing_database::{self, AdoptedDatabase};
use super::log_group::{LogGroupInputs, log_group};
use super::naming::NameKind;
use super::network::Network;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::PolicyDocument;
use crate::aws::{iam, kms, rds, sns};
use crate::settings::Region;
use crate::terraform::functions::{join, regex};
use crate::terraform::{Condition, Expression, Handle, Lifecycle, Number, Resource, Value, concat};

/// The engine of every part of the database.
pub(super) const ENGINE: &str = "aurora-postgresql";

/// What the global database does to a member behind Terraform's back, each of which Terraform would undo on the next
/// apply: a switchover turns `replication_source_identifier` around, and undoing that promotes the replica to a
/// database of its own (terraform-provider-aws issue 42919); upgrades arrive through the global cluster (issue 21879).
pub(super) const CHANGED_BY_GLOBAL_DATABASE: [&str; 3] =
    ["engine_version", "global_cluster_identifier", "replication_source_identifier"];

/// What the global database does not take from Terraform: through it RDS upgrades to major versions only, and the provider
/// that is told of a minor one would take the members in any order (terraform-provider-aws issues 30358 and 45398).
const UPGRADED_BY_PEOPLE: [&str; 1] = ["engine_version"];

/// Seconds between two samples of operating-system metrics.
const MONITORING_INTERVAL_SECONDS: u32 = 60;

/// Statements that take longer are logged.
const SLOW_STATEMENT_MILLISECONDS: &str = "1000";

/// Days of Performance Insights that cost nothing.
const FREE_INSIGHTS_DAYS: u32 = 7;

/// When RDS may restart the member that takes writes when the stack is made.
const WRITER_MAINTENANCE: &str = "sun:05:00-sun:06:00";

/// ... and the replica: a day earlier, so that never both restart in the same hour, and what a patch breaks is seen on the
/// replica first.
const REPLICA_MAINTENANCE: &str = "sat:05:00-sat:06:00";

/// What both members are made from.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// The name of the database inside the cluster.
    pub database_name: Value<String>,
    /// The engine's version.
    pub engine_version: Value<String>,
    /// The class of every instance.
    pub instance_class: Value<String>,
    /// How many instances each region has.
    pub instances: Value<Number>,
    /// How many days of backups are kept.
    pub backup_retention_days: Value<Number>,
    /// Whether the database refuses to be deleted, and leaves a last snapshot when it is.
    pub deletion_protection: Value<bool>,
    /// Whether changes take effect when they are applied, and not in the maintenance window.
    pub apply_immediately: Value<bool>,
    /// Whether Terraform refuses to destroy it.
    pub prevent_destroy: bool,
    /// Whether operating-system metrics and Performance Insights are collected.
    pub insights: bool,
}

/// What a region gives its member.
#[derive(Debug)]
pub struct DatabaseInputs<'a> {
    /// The settings that both members share.
    pub settings: &'a DatabaseSettings,
    /// Where it stands.
    pub network: &'a Network,
    /// Encrypts storage and insights.
    pub key: &'a Handle<kms::Key>,
    /// Where its log goes.
    pub logs: &'a LogGroupInputs,
    /// Who hears of failovers and failures.
    pub topic: &'a Handle<sns::Topic>,
    /// What it belongs to.
    pub global: &'a Handle<rds::GlobalCluster>,
    /// What it is when the stack is made.
    pub membership: Membership<'a>,
}

/// What a member is when the stack is made.
#[derive(Debug)]
pub enum Membership<'a> {
    /// It takes writes.
    Writer {
        /// Who may administer it.
        credentials: &'a Credentials,
    },
    /// It takes writes, and was there before the stack, with users and data of its own.
    Adopted(&'a AdoptedDatabase),
    /// It replicates from the writer, and has the writer's users and data.
    Replica {
        /// The writer's region.
        source: Region,
        /// The writer's instances, which must be there first (provider documentation of `aws_rds_global_cluster`).
        writer_instances: &'a Handle<rds::ClusterInstance>,
        /// The version of the engine, which is the writer's.
        engine_version: &'a Value<String>,
    },
}

impl Membership<'_> {
    fn engine_version<'s>(&'s self, settings: &'s DatabaseSettings) -> &'s Value<String> {
        match self {
            Self::Writer { .. } | Self::Adopted(_) => &settings.engine_version,
            Self::Replica { engine_version, .. } => engine_version,
        }
    }

    fn maintenance_window(&self) -> &'static str {
        match self {
            Self::Writer { .. } | Self::Adopted(_) => WRITER_MAINTENANCE,
            Self::Replica { .. } => REPLICA_MAINTENANCE,
        }
    }
}

/// A member of the global database.
#[derive(Debug)]
pub struct Database {
    /// The cluster.
    pub cluster: Handle<rds::Cluster>,
    /// Its instances.
    pub instances: Handle<rds::ClusterInstance>,
    /// The cluster's identifier, known before the cluster is.
    pub identifier: Value<String>,
    /// The identifier of its first instance.
    pub first_instance: Value<String>,
    /// The subnet group in the stack's network. A cluster that was there before has one of its own, and what is restored of it
    /// comes into this one.
    pub subnet_group_name: Value<String>,
    /// The cluster's ARN, known before the cluster is. What only names the cluster takes this: a reference to the cluster
    /// would draw the writer's region into every plan of the other region, also on the day when that region is gone.
    pub arn: Value<String>,
}

/// The global database that both members join.
#[derive(Debug)]
pub struct GlobalDatabase {
    /// The database.
    pub cluster: Handle<rds::GlobalCluster>,
    /// Its identifier, known before the database is.
    pub identifier: Value<String>,
}

/// Adds the global database that both members join: empty, or from a cluster that was there before.
pub fn global_database(
    region: &mut RegionScope<'_>,
    settings: &DatabaseSettings,
    adopted: Option<&AdoptedDatabase>,
) -> GlobalDatabase {
    let identifier = global_identifier(region);
    if let Some(adopted) = adopted {
        let cluster = existing_database::global_database(region, adopted, &identifier, settings);
        return GlobalDatabase { cluster, identifier };
    }
    let cluster = region.add(
        rds::GlobalCluster::new("payments", &identifier)
            .engine(ENGINE)
            .engine_version(&settings.engine_version)
            .database_name(&settings.database_name)
            .storage_encrypted(true)
            .deletion_protection(&settings.deletion_protection)
            // Creation fails on a version past its standard support, where AWS would enrol it in paid Extended Support.
            .engine_lifecycle_support("open-source-rds-extended-support-disabled")
            .lifecycle(Lifecycle::new().ignore_changes(UPGRADED_BY_PEOPLE).prevent_destroy(settings.prevent_destroy)),
    );
    GlobalDatabase { cluster, identifier }
}

/// The identifier of the global database, known before the database is.
pub(super) fn global_identifier(region: &mut RegionScope<'_>) -> Value<String> {
    region.name(NameKind::Database, "global")
}

/// The ARN of a region's member, known before the member is.
pub fn member_arn(region: &mut RegionScope<'_>) -> Value<String> {
    let identifier = identifier(region);
    region.arn("rds", ["cluster:".into(), identifier])
}

fn identifier(region: &mut RegionScope<'_>) -> Value<String> {
    region.name(NameKind::Database, "database")
}

/// Adds a region's member.
pub fn database(region: &mut RegionScope<'_>, inputs: &DatabaseInputs<'_>) -> Database {
    let own_identifier = identifier(region);
    let Membership::Adopted(adopted) = inputs.membership else { return own_database(region, inputs, own_identifier) };
    subnet_group(region, inputs, &own_identifier);
    events(region, inputs, &adopted.cluster);
    Database {
        cluster: adopted.cluster.clone(),
        instances: adopted.instances.clone(),
        identifier: adopted.identifier.clone(),
        first_instance: adopted.first_instance.clone(),
        subnet_group_name: own_identifier,
        arn: region.arn("rds", ["cluster:".into(), adopted.identifier.clone()]),
    }
}

fn own_database(region: &mut RegionScope<'_>, inputs: &DatabaseInputs<'_>, identifier: Value<String>) -> Database {
    let monitoring_role = inputs.settings.insights.then(|| monitoring_role(region));
    let cluster = cluster(region, inputs, &identifier);
    let instances = instances(region, inputs, &cluster, &identifier, monitoring_role.as_ref());
    events(region, inputs, &cluster);
    let first_instance = concat([identifier.clone(), "-1".into()]);
    let (subnet_group_name, arn) = (identifier.clone(), member_arn(region));
    Database { cluster, instances, identifier, first_instance, subnet_group_name, arn }
}

fn subnet_group(
    region: &mut RegionScope<'_>,
    inputs: &DatabaseInputs<'_>,
    name: &Value<String>,
) -> Handle<rds::SubnetGroup> {
    let service = region.service_name();
    region.add(
        rds::SubnetGroup::new("database", &inputs.network.subnets.ids)
            .name(name)
            .description(format!("Private subnets of the {service} database")),
    )
}

fn cluster(
    region: &mut RegionScope<'_>,
    inputs: &DatabaseInputs<'_>,
    identifier: &Value<String>,
) -> Handle<rds::Cluster> {
    let settings = inputs.settings;
    let service = region.service_name();
    let subnet_group = subnet_group(region, inputs, identifier);
    let major = major_version(&settings.engine_version);
    let parameters = region.add(
        rds::ClusterParameterGroup::new("database", concat([ENGINE.into(), major.clone()]))
            // A new major version needs a new group while the old one is still in use, so its name says which it is for.
            .name(concat([identifier.clone(), "-".into(), major]))
            .description(format!("Parameters of the {service} database"))
            // From version 17 on this is the default. RDS reports a parameter that has its default value as
            // `pending-reboot`, whatever was asked for, and every plan would want to change that.
            .parameter(parameter("rds.force_ssl", "1").apply_method("pending-reboot"))
            .parameter(parameter("log_statement", "ddl"))
            .parameter(parameter("log_min_duration_statement", SLOW_STATEMENT_MILLISECONDS))
            .lifecycle(Lifecycle::new().create_before_destroy()),
    );
    let log_path = concat(["/aws/rds/cluster/".into(), identifier.clone(), "/postgresql".into()]);
    let log = log_group(region, "database", log_path, inputs.logs);
    let cluster = rds::Cluster::new("database", ENGINE)
        .cluster_identifier(identifier)
        .global_cluster_identifier(inputs.global.id())
        .engine_version(inputs.membership.engine_version(settings))
        .db_subnet_group_name(subnet_group.name())
        .vpc_security_group_ids([inputs.network.database_group.id()])
        .db_cluster_parameter_group_name(parameters.name())
        .storage_encrypted(true)
        .kms_key_id(inputs.key.arn())
        .enable_http_endpoint(true)
        .enabled_cloudwatch_logs_exports(["postgresql"])
        .iam_database_authentication_enabled(true)
        .backup_retention_period(&settings.backup_retention_days)
        .preferred_backup_window("03:00-04:00")
        .preferred_maintenance_window(inputs.membership.maintenance_window())
        .apply_immediately(&settings.apply_immediately)
        .copy_tags_to_snapshot(true)
        .deletion_protection(&settings.deletion_protection)
        .delete_automated_backups(!settings.deletion_protection.clone())
        .skip_final_snapshot(!settings.deletion_protection.clone())
        .final_snapshot_identifier(concat([identifier.clone(), "-final".into()]))
        .depends_on(&log)
        .lifecycle(
            Lifecycle::new()
                .ignore_changes(CHANGED_BY_GLOBAL_DATABASE)
                .prevent_destroy(settings.prevent_destroy)
                .postcondition(same_major_version(&settings.engine_version)),
        );
    region.add(join_global_database(cluster, settings, &inputs.membership))
}

fn parameter(name: &'static str, value: &'static str) -> rds::cluster_parameter_group::Parameter {
    rds::cluster_parameter_group::Parameter::new(name, value)
}

fn join_global_database(
    cluster: rds::Cluster,
    settings: &DatabaseSettings,
    membership: &Membership<'_>,
) -> rds::Cluster {
    match membership {
        Membership::Writer { credentials } => cluster
            .database_name(&settings.database_name)
            .master_username(credentials.administrator.user().to_owned())
            .master_password_wo(&credentials.password)
            .master_password_wo_version(&credentials.version)
            // A destroy that the database's protection refuses must leave the secret: deleted, its name is taken for 30 days.
            .depends_on(credentials.application.secret()),
        // It is not made here.
        Membership::Adopted(_) => cluster,
        // A replica brings no users, password or database name of its own: the API refuses them.
        Membership::Replica { source, writer_instances, .. } => {
            cluster.source_region(source.name()).depends_on(*writer_instances)
        }
    }
}

/// 17 for 17.7: with the engine before it, the family of parameters.
pub(super) fn major_version(engine_version: &Value<String>) -> Value<String> {
    regex("^[0-9]+", engine_version.clone()).cast()
}

/// A cluster of another major version than the one that the variable names takes none of the parameters made for it, so the
/// plan is refused before half of it is done.
fn same_major_version(wanted: &Value<String>) -> Condition {
    let actual: Value<String> = Value::new(Expression::named("self", &["engine_version"]));
    Condition::new(
        major_version(&actual).equals(major_version(wanted)),
        concat([
            "The database runs version ".into(),
            actual,
            " and database_engine_version says ".into(),
            wanted.clone(),
            ", another major version. Terraform does not upgrade a global database: follow \
             docs/upgrade.md of dr-synth, then set database_engine_version."
                .into(),
        ]),
    )
}

fn instances(
    region: &mut RegionScope<'_>,
    inputs: &DatabaseInputs<'_>,
    cluster: &Handle<rds::Cluster>,
    identifier: &Value<String>,
    monitoring_role: Option<&Handle<iam::Role>>,
) -> Handle<rds::ClusterInstance> {
    let settings = inputs.settings;
    let number: Value<Number> = Value::new(Expression::named("count", &["index"]));
    let instance = rds::ClusterInstance::new("database", cluster.id(), ENGINE, &settings.instance_class)
        .count(&settings.instances)
        .identifier(join("-", [identifier.clone(), crate::terraform::functions::tostring(number.plus(1))]))
        .engine_version(cluster.engine_version())
        .publicly_accessible(false)
        // Without effect while the cluster is a member of the global database, whose members are upgraded together (Aurora
        // user guide, "Limitations of Aurora global databases"). One that had to be detached gets its patches by itself.
        .auto_minor_version_upgrade(true)
        .preferred_maintenance_window(inputs.membership.maintenance_window())
        .apply_immediately(&settings.apply_immediately)
        .copy_tags_to_snapshot(true)
        .lifecycle(Lifecycle::new().ignore_changes(["engine_version"]));
    let instance = match monitoring_role {
        Some(role) => instance
            .monitoring_interval(MONITORING_INTERVAL_SECONDS)
            .monitoring_role_arn(role.arn())
            .performance_insights_enabled(true)
            .performance_insights_kms_key_id(inputs.key.arn())
            .performance_insights_retention_period(FREE_INSIGHTS_DAYS),
        None => instance.performance_insights_enabled(false),
    };
    region.add(instance)
}

fn monitoring_role(region: &mut RegionScope<'_>) -> Handle<iam::Role> {
    let name = region.name(NameKind::Role, "database-monitoring");
    let account_id = region.account_id();
    let role = region.add(
        iam::Role::new(
            "database_monitoring",
            PolicyDocument::assumed_by("monitoring.rds.amazonaws.com", &account_id).to_json(),
        )
        .name(name)
        .description(format!("Writes operating-system metrics of the {} database", region.service_name())),
    );
    region.add(iam::RolePolicyAttachment::new(
        "database_monitoring",
        "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        role.name(),
    ));
    role
}

/// RDS tells of fencing, failovers and failures as events (Aurora user guide, "Amazon RDS event categories").
fn events(region: &mut RegionScope<'_>, inputs: &DatabaseInputs<'_>, cluster: &Handle<rds::Cluster>) {
    let name = region.name(NameKind::Database, "database-events");
    region.add(
        rds::EventSubscription::new("database", inputs.topic.arn())
            .name(name)
            .source_type("db-cluster")
            .source_ids([cluster.id()])
            .event_categories(["failover", "failure", "global-failover", "maintenance", "notification"]),
    );
}
