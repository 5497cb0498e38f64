//! Experiments: faults that are injected on purpose, to see that what watches sees them and what should go on goes on.
//!
//! Nothing starts them but a person. Both regions have all of them, because roles swap. Provider 5.100.0 cannot express
//! the faults of functions and of interface endpoints (its list of target keys ends before them), and no fault of AWS's
//! moves a global database to the other region: that is what drills are for.

use crate::aws::cloudwatch::{self, metric_alarm};
use crate::aws::fis::{self, experiment_template};
use crate::aws::iam;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::components::bucket::Bucket;
use crate::components::database::Database;
use crate::components::naming::NameKind;
use crate::components::network::Network;
use crate::components::payments_api::{PaymentsApi, STAGE};
use crate::components::region_scope::RegionScope;
use crate::settings::{Objectives, Region};
use crate::terraform::{Handle, Value};

/// How long a fault lasts, in ISO 8601: longer than a failover takes.
const DURATION: &str = "PT10M";

const A_MINUTE: u32 = 60;

/// Percent of requests; callers of one payment more or less do not decide.
const OUTAGE_ERROR_PERCENT: u32 = 50;

/// The tag that the service sets on what it makes, and by which its own managed policy lets it remove that again
/// (`AWSFaultInjectionSimulatorNetworkAccess`).
const MADE_BY_EXPERIMENT: &str = "managedByFIS";

/// What faults are injected into.
#[derive(Debug)]
pub struct ExperimentInputs<'a> {
    /// The other region.
    pub peer: Region,
    /// Payments that fail for longer than they may end an experiment.
    pub objectives: Objectives,
    /// The region's network.
    pub network: &'a Network,
    /// The region's member of the global database.
    pub database: &'a Database,
    /// The region's receipts.
    pub receipts: &'a Bucket,
    /// The session table's name.
    pub session_table: &'a Value<String>,
    /// The region's API.
    pub api: &'a PaymentsApi,
    /// The alarm on errors that callers see.
    pub any_error: &'a Handle<cloudwatch::MetricAlarm>,
}

struct Experiment<'a> {
    name: &'static str,
    description: String,
    action: &'static str,
    parameters: Vec<(&'static str, Value<String>)>,
    target_key: &'static str,
    target_type: &'static str,
    target_arns: Value<Vec<String>>,
    statements: Vec<Statement>,
    stop: &'a Handle<cloudwatch::MetricAlarm>,
}

/// Adds the templates of a region's experiments.
pub fn experiments(region: &mut RegionScope<'_>, inputs: &ExperimentInputs<'_>) {
    let outage = outage_alarm(region, inputs);
    for experiment in [
        network(region, inputs, &outage),
        database(region, inputs, &outage),
        session_replication(region, inputs),
        receipt_replication(inputs),
    ] {
        template(region, experiment);
    }
}

/// Not a message to anybody: whoever runs an experiment is watching.
fn outage_alarm(region: &mut RegionScope<'_>, inputs: &ExperimentInputs<'_>) -> Handle<cloudwatch::MetricAlarm> {
    let minutes = inputs.objectives.rto_minutes();
    let query = |id: &'static str, metric: &'static str| {
        metric_alarm::MetricQuery::new(id).return_data(false).metric(
            metric_alarm::MetricQueryMetric::new(metric, A_MINUTE, "Sum")
                .namespace("AWS/ApiGateway")
                .dimensions([("ApiName", inputs.api.name.clone()), ("Stage", STAGE.into())]),
        )
    };
    let percent = metric_alarm::MetricQuery::new("percent")
        .expression("IF(requests > 0, 100 * failures / requests, 0)")
        .label("Failed requests, percent")
        .return_data(true);
    let name = region.name(NameKind::Alarm, "experiment-limit");
    region.add(
        cloudwatch::MetricAlarm::new("experiment_limit", name, "GreaterThanThreshold", minutes)
            .alarm_description(format!("Most requests have failed for {minutes} minutes: a running experiment ends."))
            .metric_query(query("failures", "5XXError"))
            .metric_query(query("requests", "Count"))
            .metric_query(percent)
            .threshold(OUTAGE_ERROR_PERCENT)
            .treat_missing_data("notBreaching"),
    )
}

/// Payments lose their database: the other region should take over.
fn network<'a>(
    region: &RegionScope<'_>,
    inputs: &ExperimentInputs<'_>,
    outage: &'a Handle<cloudwatch::MetricAlarm>,
) -> Experiment<'a> {
    let acl = region.arn("ec2", ["network-acl/*".into()]);
    let subnets = &inputs.network.subnets.arns;
    let replace = Statement::allow("ReplaceSubnetRules").action("ec2:ReplaceNetworkAclAssociation").resource(&acl);
    Experiment {
        name: "experiment_network",
        description: "Cuts the private subnets off: payments of this region fail until traffic moves".to_owned(),
        action: "aws:network:disrupt-connectivity",
        parameters: vec![("duration", DURATION.into()), ("scope", "all".into())],
        target_key: "Subnets",
        target_type: "aws:ec2:subnet",
        target_arns: subnets.clone(),
        statements: vec![
            Statement::allow("MakeRules").action("ec2:CreateNetworkAcl").resource(&acl).when(
                "StringEquals",
                format!("aws:RequestTag/{MADE_BY_EXPERIMENT}"),
                "true",
            ),
            Statement::allow("MakeRulesInNetwork").action("ec2:CreateNetworkAcl").resource(&inputs.network.vpc_arn),
            Statement::allow("TagOwnRules")
                .action("ec2:CreateTags")
                .resource(&acl)
                .when("StringEquals", "ec2:CreateAction", "CreateNetworkAcl")
                .when("StringEquals", format!("aws:RequestTag/{MADE_BY_EXPERIMENT}"), "true"),
            Statement::allow("ChangeOwnRules")
                .actions(["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"])
                .resource(&acl)
                .when("StringEquals", format!("ec2:ResourceTag/{MADE_BY_EXPERIMENT}"), "true"),
            replace.resources(subnets.clone()),
            // EC2 knows no resources for these (service authorization reference, Amazon EC2).
            Statement::allow("LookAround")
                .actions([
                    "ec2:DescribeManagedPrefixLists",
                    "ec2:DescribeNetworkAcls",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                ])
                .resource("*"),
        ],
        stop: outage,
    }
}

/// An instance restarts: payments fail while it does, and nothing moves unless that takes longer than the patience.
fn database<'a>(
    region: &RegionScope<'_>,
    inputs: &ExperimentInputs<'_>,
    outage: &'a Handle<cloudwatch::MetricAlarm>,
) -> Experiment<'a> {
    let first = region.arn("rds", ["db:".into(), inputs.database.first_instance.clone()]);
    Experiment {
        name: "experiment_database",
        description: format!(
            "Restarts the first database instance: payments fail meanwhile, and fail over if that takes over {} seconds",
            inputs.objectives.patience_seconds()
        ),
        action: "aws:rds:reboot-db-instances",
        parameters: Vec::new(),
        target_key: "DBInstances",
        target_type: "aws:rds:db",
        target_arns: [first.clone()].into(),
        statements: vec![
            Statement::allow("RestartInstance").action("rds:RebootDBInstance").resource(first),
            // Whether the service asks for the instance by name or looks among all of them, it does not say.
            Statement::allow("FindInstance")
                .action("rds:DescribeDBInstances")
                .resource(region.arn("rds", ["db:*".into()])),
        ],
        stop: outage,
    }
}

/// Session state stays in its region for a while: callers should not notice.
fn session_replication<'a>(region: &RegionScope<'_>, inputs: &ExperimentInputs<'a>) -> Experiment<'a> {
    let table = region.arn("dynamodb", ["table/".into(), inputs.session_table.clone()]);
    Experiment {
        name: "experiment_sessions",
        description: "Pauses the replication of session state: no caller notices".to_owned(),
        action: "aws:dynamodb:global-table-pause-replication",
        parameters: vec![("duration", DURATION.into())],
        target_key: "Tables",
        target_type: "aws:dynamodb:global-table",
        target_arns: [table.clone()].into(),
        statements: vec![
            Statement::allow("PauseReplication")
                .actions([
                    "dynamodb:DescribeTable",
                    "dynamodb:GetResourcePolicy",
                    "dynamodb:PutResourcePolicy",
                    "dynamodb:DeleteResourcePolicy",
                ])
                .resource(table),
        ],
        stop: inputs.any_error,
    }
}

/// Receipts stay in their region for a while: callers should not notice.
fn receipt_replication<'a>(inputs: &ExperimentInputs<'a>) -> Experiment<'a> {
    let bucket = inputs.receipts.arn();
    Experiment {
        name: "experiment_receipts",
        description: "Pauses the replication of receipts to the other region: no caller notices".to_owned(),
        action: "aws:s3:bucket-pause-replication",
        parameters: vec![("duration", DURATION.into()), ("region", inputs.peer.name().into())],
        target_key: "Buckets",
        target_type: "aws:s3:bucket",
        target_arns: [bucket.clone()].into(),
        statements: vec![
            Statement::allow("PauseReplication").action("s3:PauseReplication").resource(&bucket).when(
                "StringEquals",
                "s3:DestinationRegion",
                inputs.peer.name(),
            ),
            Statement::allow("ChangeReplicationForPauses")
                .actions(["s3:GetReplicationConfiguration", "s3:PutReplicationConfiguration"])
                .resource(&bucket)
                .when("BoolIfExists", "s3:isReplicationPauseRequest", "true"),
            Statement::allow("FindBucket").action("s3:ListAllMyBuckets").resource("*"),
        ],
        stop: inputs.any_error,
    }
}

fn template(region: &mut RegionScope<'_>, experiment: Experiment<'_>) {
    let role_name = region.name(NameKind::Role, &experiment.name.replace('_', "-"));
    let account_id = region.account_id();
    let role = region.add(
        iam::Role::new(experiment.name, PolicyDocument::assumed_by("fis.amazonaws.com", &account_id).to_json())
            .name(role_name)
            .description(experiment.description.clone()),
    );
    let policy = PolicyDocument::new(experiment.statements).to_json();
    region.add(iam::RolePolicy::new(experiment.name, policy, role.id()).name("inject-fault"));
    let target =
        experiment_template::Target::new("target", experiment.target_type, "ALL").resource_arns(experiment.target_arns);
    let action = experiment.parameters.into_iter().fold(
        experiment_template::Action::new(experiment.action, "fault")
            .target(experiment_template::ActionTarget::new(experiment.target_key, "target")),
        |action, (key, value)| action.parameter(experiment_template::ActionParameter::new(key, value)),
    );
    let stop = experiment_template::StopCondition::new("aws:cloudwatch:alarm").value(experiment.stop.arn());
    region.add(
        fis::ExperimentTemplate::new(experiment.name, experiment.description, role.arn(), action, stop).target(target),
    );
}
