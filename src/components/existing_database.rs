//! A database that exists: an Aurora PostgreSQL cluster of the primary region that becomes the writer of the global database.
//!
//! It is looked at before it is taken over, and stays its owner's: Terraform imports the cluster and its instances, leaves alone
//! what the owner has set, and sees to four things only: the Data API, through which functions reach it, and that it is neither
//! deleted nor loses its backups.

use super::database::{CHANGED_BY_GLOBAL_DATABASE, DatabaseSettings, ENGINE, global_identifier, major_version};
use super::region_scope::RegionScope;
use crate::aws::{kms, rds};
use crate::terraform::functions::{
    bound, coalesce, contains, each_of, each_value, join, length, or_else, setsubtract, startswith, toset, tostring,
};
use crate::terraform::{
    Any, Check, Condition, Expression, Handle, Import, Lifecycle, Number, Resource, ResourceBlock, Value, concat, text,
};

/// What the owner of a cluster has set, and the stack says nothing of. Terraform would otherwise take an argument that is left out
/// for a wish to unset it. Arguments that are computed where they are left out keep their values by themselves.
const OF_THE_OWNER: [&str; 13] = [
    "copy_tags_to_snapshot",
    "domain",
    "domain_iam_role_name",
    "enable_global_write_forwarding",
    "enable_local_write_forwarding",
    "enabled_cloudwatch_logs_exports",
    "engine_mode",
    "iam_database_authentication_enabled",
    "iops",
    "performance_insights_enabled",
    "serverlessv2_scaling_configuration",
    "tags",
    "tags_all",
];

/// What the definition of a global database does not say of one that came from a cluster: its version is the cluster's, and which
/// cluster it came from it tells no one later.
const OF_THE_SOURCE: [&str; 2] = ["engine_version", "source_db_cluster_identifier"];

/// What is named of a database that exists.
#[derive(Debug, Clone)]
pub struct DatabaseParts {
    /// The cluster.
    pub cluster_identifier: Value<String>,
    /// Its instances.
    pub instance_identifiers: Value<Vec<String>>,
    /// A user who may make roles and tables.
    pub secret_arn: Value<String>,
}

/// What was found of a database.
#[derive(Debug)]
pub struct FoundDatabase {
    parts: DatabaseParts,
    cluster: Handle<ResourceBlock>,
    instances: Handle<ResourceBlock>,
    /// The key of its storage.
    pub key: Handle<kms::Key>,
}

/// A database that was taken over.
#[derive(Debug)]
pub struct AdoptedDatabase {
    /// The cluster.
    pub cluster: Handle<rds::Cluster>,
    /// Its instances.
    pub instances: Handle<rds::ClusterInstance>,
    /// The cluster's identifier.
    pub identifier: Value<String>,
    /// The identifier of one of its instances.
    pub first_instance: Value<String>,
}

/// Looks at the database.
pub fn find(region: &mut RegionScope<'_>, parts: &DatabaseParts, engine_version: &Value<String>) -> FoundDatabase {
    let lifecycle = conditions_of_cluster(engine_version).into_iter().fold(Lifecycle::new(), Lifecycle::postcondition);
    let cluster = region.add(
        ResourceBlock::data("aws_rds_cluster", "database")
            .set("cluster_identifier", parts.cluster_identifier.clone())
            .lifecycle(lifecycle),
    );
    let instances = region.add(
        ResourceBlock::data("aws_db_instance", "database")
            .for_each(toset(parts.instance_identifiers.clone()))
            .set("db_instance_identifier", each_value::<String>())
            .lifecycle(Lifecycle::new().postcondition(is_of_cluster(parts)).postcondition(is_not_burstable())),
    );
    let key = region.add(kms::KeyData::new("database", cluster.attribute::<String>("kms_key_id"))).in_place_of();
    FoundDatabase { parts: parts.clone(), cluster, instances, key }
}

/// An attribute of the object that a condition is about.
fn own<T>(attribute: &'static str) -> Value<T> {
    Value::new(Expression::named("self", &[attribute]))
}

fn of_cluster(is_well: Value<bool>, wrong: Value<String>, fix: &'static str) -> Condition {
    Condition::new(is_well, concat([text("The cluster "), own("cluster_identifier"), text(" "), wrong, text(fix)]))
}

/// What the API refuses when the cluster becomes a global database, or the first payment finds out.
fn conditions_of_cluster(engine_version: &Value<String>) -> Vec<Condition> {
    let has_engine = own::<String>("engine").equals(ENGINE);
    let is_provisioned = own::<String>("engine_mode").equals("provisioned");
    let managed_password = or_else(length(own::<Vec<Any>>("master_user_secret")), Value::<Number>::from(0));
    let same_major = major_version(&own("engine_version")).equals(major_version(engine_version));
    vec![
        of_cluster(
            has_engine,
            concat([text("has the engine "), own("engine")]),
            ". Name one of Aurora PostgreSQL: functions speak no other language.",
        ),
        of_cluster(
            is_provisioned,
            concat([text("has the engine mode "), own("engine_mode")]),
            ", which no global database takes. Restore a snapshot of it into a provisioned cluster, and name that.",
        ),
        of_cluster(
            own("storage_encrypted"),
            text("is not encrypted"),
            ", and encryption cannot be switched on. Restore a snapshot of it with a key, and name that cluster.",
        ),
        of_cluster(
            managed_password.at_most(0),
            text("has a master password that RDS manages"),
            ", which no member of a global database may have. Run `aws rds modify-db-cluster --no-manage-master-user-password \
             --master-user-password ...`, and keep the password in a secret of your own.",
        ),
        of_cluster(
            same_major,
            concat([
                text("runs version "),
                own("engine_version"),
                text(", and database_engine_version says "),
                engine_version.clone(),
            ]),
            ". Both regions run the same: set database_engine_version to what the cluster runs.",
        ),
    ]
}

fn is_of_cluster(parts: &DatabaseParts) -> Condition {
    let message = concat([
        text("The instance "),
        own("db_instance_identifier"),
        text(" is one of the cluster "),
        own("db_cluster_identifier"),
        text(", and not of "),
        parts.cluster_identifier.clone(),
        text(": name instances of that cluster in primary_database_instance_identifiers."),
    ]);
    Condition::new(own::<String>("db_cluster_identifier").equals(&parts.cluster_identifier), message)
}

fn is_not_burstable() -> Condition {
    let message = concat([
        text("The instance "),
        own("db_instance_identifier"),
        text(" has the class "),
        own("db_instance_class"),
        text(
            ", with which no cluster becomes a global database. Change it to a memory-optimized class first, such as db.r6g.large.",
        ),
    ]);
    Condition::new(!startswith(own::<String>("db_instance_class"), "db.t"), message)
}

impl FoundDatabase {
    /// What a plan warns of: what is not known, and what the standby does not take over.
    pub fn check(&self, role: &str, settings: &DatabaseSettings) -> Check {
        Check::new(format!("{role}_existing_database"), self.names_every_instance())
            .assertion(self.has_database(settings))
            .assertion(self.keeps_backups(settings))
            .assertion(self.has_default_parameters())
            .assertion(self.has_fixed_capacity())
    }

    fn of<T>(&self, attribute: &'static str) -> Value<T> {
        self.cluster.attribute(attribute)
    }

    fn names_every_instance(&self) -> Condition {
        let unnamed =
            || setsubtract(self.of::<Vec<String>>("cluster_members"), self.parts.instance_identifiers.clone());
        let message = concat([
            text("The cluster "),
            self.parts.cluster_identifier.clone(),
            text(" has instances that primary_database_instance_identifiers does not name: "),
            join(", ", unnamed()),
            text(". Terraform does not know them. Name them."),
        ]);
        Condition::new(length(unnamed()).at_most(0), message)
    }

    /// A cluster may have further databases, which RDS does not list.
    fn has_database(&self, settings: &DatabaseSettings) -> Condition {
        let message = concat([
            text("It is unknown whether the cluster has the database "),
            settings.database_name.clone(),
            text(" of database_name: RDS made it with "),
            coalesce([self.of("database_name"), text("none")]),
            text(". Without it the apply fails when the tables are made."),
        ]);
        Condition::new(self.of::<String>("database_name").equals(&settings.database_name), message)
    }

    fn keeps_backups(&self, settings: &DatabaseSettings) -> Condition {
        let message = concat([
            text(
                "The cluster keeps automated backups for fewer days than database_backup_retention_days says, which holds for the \
                  standby: ",
            ),
            tostring(self.of::<Number>("backup_retention_period")),
            text(". Raise the cluster's own if that is too few."),
        ]);
        let retention = self.of::<Number>("backup_retention_period");
        Condition::new(retention.at_least(&settings.backup_retention_days), message)
    }

    fn has_default_parameters(&self) -> Condition {
        let group = || self.of::<String>("db_cluster_parameter_group_name");
        let message = concat([
            text("The cluster has parameters of its own, in the group "),
            group(),
            text(
                ". The standby has those of the stack: after a failover they hold. Compare the two groups with `aws rds \
                  describe-db-cluster-parameters --source user`.",
            ),
        ]);
        Condition::new(startswith(group(), "default."), message)
    }

    fn has_fixed_capacity(&self) -> Condition {
        let instances = Expression::call("values", [self.instances.object().into()]);
        let class = bound::<Any>("instance").field::<String>("db_instance_class");
        let classes: Value<Vec<String>> = each_of("instance", instances, class);
        Condition::new(
            !contains(classes, "db.serverless"),
            "An instance of the cluster has the class db.serverless, and those of the standby have the class of \
             database_instance_class. It is unknown whether that one carries the load: choose it for the highest capacity of the \
             cluster.",
        )
    }
}

/// Takes the database over: cluster and instances come under Terraform's care as they are.
pub fn adopt(region: &mut RegionScope<'_>, found: &FoundDatabase, settings: &DatabaseSettings) -> AdoptedDatabase {
    let parts = &found.parts;
    let cluster = cluster(region, found);
    import(region, &cluster, None, parts.cluster_identifier.clone());
    let instances = instances(region, parts, &cluster, settings);
    let each = toset(parts.instance_identifiers.clone());
    import(region, &instances, Some(each.into()), each_value());
    let first = Expression::Index(Box::new(parts.instance_identifiers.clone().into()), Box::new(Expression::from(0)));
    let first_instance = Value::new(first);
    AdoptedDatabase { cluster, instances, identifier: parts.cluster_identifier.clone(), first_instance }
}

/// Without name of the database, users, password, network, key, parameters and times of its own: what it has, it keeps.
fn cluster(region: &mut RegionScope<'_>, found: &FoundDatabase) -> Handle<rds::Cluster> {
    let parts = &found.parts;
    let global_identifier = global_identifier(region);
    let ignored = CHANGED_BY_GLOBAL_DATABASE.into_iter().chain(OF_THE_OWNER);
    region.add(
        rds::Cluster::new("database", ENGINE)
            .cluster_identifier(&parts.cluster_identifier)
            // By name, because the global database comes from the cluster. Terraform ignores it; readers of the document do not.
            .global_cluster_identifier(global_identifier)
            .backup_retention_period(found.of::<Number>("backup_retention_period"))
            .storage_encrypted(true)
            .enable_http_endpoint(true)
            // Whatever `deletion_protection` says of the stack: the data were there before it.
            .deletion_protection(true)
            .delete_automated_backups(false)
            .skip_final_snapshot(false)
            .final_snapshot_identifier(concat([parts.cluster_identifier.clone(), "-final".into()]))
            .lifecycle(Lifecycle::new().ignore_changes(ignored).prevent_destroy(true)),
    )
}

fn instances(
    region: &mut RegionScope<'_>,
    parts: &DatabaseParts,
    cluster: &Handle<rds::Cluster>,
    settings: &DatabaseSettings,
) -> Handle<rds::ClusterInstance> {
    region.add(
        rds::ClusterInstance::new("database", cluster.id(), ENGINE, &settings.instance_class)
            .for_each(toset(parts.instance_identifiers.clone()))
            .identifier(each_value::<String>())
            .lifecycle(Lifecycle::new().ignore_all_changes().prevent_destroy(true)),
    )
}

/// Through the provider of the resource. Once the object is in the state, Terraform passes over the block.
fn import<R>(region: &mut RegionScope<'_>, to: &Handle<R>, each: Option<Expression>, id: Value<String>) {
    let address = to.address().to_string();
    let to = if each.is_some() { format!("{address}[each.key]") } else { address };
    region.module().add_import(Import { to, id: id.into(), for_each: each, provider: None });
}

/// The definition of a global database that comes from the cluster.
///
/// `force_destroy` detaches members when the definition is destroyed, the writer last, and deletes none of them. Without it Terraform
/// would wait for an hour and a half for a global database to become empty that never does.
pub fn global_database(
    region: &mut RegionScope<'_>,
    adopted: &AdoptedDatabase,
    identifier: &Value<String>,
    settings: &DatabaseSettings,
) -> Handle<rds::GlobalCluster> {
    region.add(
        rds::GlobalCluster::new("payments", identifier)
            .source_db_cluster_identifier(adopted.cluster.arn())
            .force_destroy(true)
            .deletion_protection(&settings.deletion_protection)
            .lifecycle(
                Lifecycle::new()
                    .ignore_changes(OF_THE_SOURCE)
                    .prevent_destroy(settings.prevent_destroy)
                    .precondition(is_free(adopted, identifier)),
            ),
    )
}

/// A member of another global database, or the replica of another cluster, cannot be the writer of this one.
fn is_free(adopted: &AdoptedDatabase, identifier: &Value<String>) -> Condition {
    const NONE: &str = "none";
    let global = coalesce([adopted.cluster.global_cluster_identifier(), NONE.into()]);
    let source = coalesce([adopted.cluster.replication_source_identifier(), NONE.into()]);
    let message = concat([
        text("The cluster "),
        adopted.identifier.clone(),
        text(" is a member of the global database "),
        global.clone(),
        text(", or replicates from "),
        source.clone(),
        text(
            ". Detach it first, with `aws rds remove-from-global-cluster` or `aws rds promote-read-replica-db-cluster`.",
        ),
    ]);
    let is_alone = global.clone().equals(NONE).and(source.equals(NONE));
    Condition::new(global.equals(identifier).or(is_alone), message)
}
