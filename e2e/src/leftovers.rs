//! What is still there after a destroy.
//!
//! Two independent looks. [`still_there`] lets the real provider read every resource of the state before the destroy:
//! each must be gone. [`Inventory`] lists the account over the services' own APIs before the apply and after the
//! destroy, which also finds what Terraform never knew: snapshots, log groups that were written to after their
//! deletion, network interfaces.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};

use crate::aws::{Aws, elements};
use crate::deployment::managed_resources;
use crate::progress::Progress;
use crate::terraform::Terraform;
use crate::workspace::Workspace;

/// What is in the account: `region service: name` for everything that can be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory(BTreeSet<String>);

/// A list call and where the names are in its answer.
enum Listing {
    /// JSON protocol: service, target, body, JSON pointer to the list, and the name's field unless the list is of texts.
    Json(&'static str, &'static str, &'static str, &'static str, &'static str),
    /// Query protocol: service, parameters, XML element of the name.
    Query(&'static str, &'static str, &'static str),
    /// REST protocol with JSON: service, path, JSON pointer to the list, field of the name.
    Rest(&'static str, &'static str, &'static str, &'static str),
    /// REST protocol with XML: service, path, element of the name.
    RestXml(&'static str, &'static str, &'static str),
}

use Listing::{Json, Query, Rest, RestXml};

/// EC2 goes on describing a deleted peering connection for a while, as `deleted` (VPC peering guide, "Lifecycle").
const LIVE_PEERINGS: &str = "Action=DescribeVpcPeeringConnections&Version=2016-11-15&Filter.1.Name=status-code\
    &Filter.1.Value.1=pending-acceptance&Filter.1.Value.2=provisioning&Filter.1.Value.3=active";

const LISTINGS: [Listing; 47] = [
    Json("acm", "CertificateManager.ListCertificates", "{}", "/CertificateSummaryList", "CertificateArn"),
    Json("config", "StarlingDoveService.DescribeConfigRules", "{}", "/ConfigRules", "ConfigRuleName"),
    Json("config", "StarlingDoveService.DescribeConfigurationRecorders", "{}", "/ConfigurationRecorders", "name"),
    Json("dynamodb", "DynamoDB_20120810.ListTables", "{}", "/TableNames", ""),
    Json("ecs", "AmazonEC2ContainerServiceV20141113.ListClusters", "{}", "/clusterArns", ""),
    Json("events", "AWSEvents.ListRules", "{}", "/Rules", "Name"),
    Json("kms", "TrentService.ListAliases", "{}", "/Aliases", "AliasName"),
    Json("logs", "Logs_20140328.DescribeLogGroups", "{}", "/logGroups", "logGroupName"),
    Json("secretsmanager", "secretsmanager.ListSecrets", "{}", "/SecretList", "Name"),
    Json("ssm", "AmazonSSM.DescribeParameters", "{}", "/Parameters", "Name"),
    Json("states", "AWSStepFunctions.ListStateMachines", "{}", "/stateMachines", "name"),
    Json("wafv2", "AWSWAF_20190729.ListWebACLs", r#"{"Scope":"REGIONAL"}"#, "/WebACLs", "Name"),
    Query("ec2", "Action=DescribeVpcs&Version=2016-11-15", "vpcId"),
    Query("ec2", "Action=DescribeSubnets&Version=2016-11-15", "subnetId"),
    Query("ec2", "Action=DescribeSecurityGroups&Version=2016-11-15", "groupId"),
    Query("ec2", "Action=DescribeRouteTables&Version=2016-11-15", "routeTableId"),
    Query("ec2", "Action=DescribeNetworkInterfaces&Version=2016-11-15", "networkInterfaceId"),
    Query("ec2", "Action=DescribeVpcEndpoints&Version=2016-11-15", "vpcEndpointId"),
    Query("ec2", LIVE_PEERINGS, "vpcPeeringConnectionId"),
    Query("ec2", "Action=DescribeFlowLogs&Version=2016-11-15", "flowLogId"),
    Query("elasticloadbalancing", "Action=DescribeLoadBalancers&Version=2015-12-01", "LoadBalancerName"),
    Query("elasticloadbalancing", "Action=DescribeTargetGroups&Version=2015-12-01", "TargetGroupName"),
    Query("iam", "Action=ListRoles&Version=2010-05-08", "RoleName"),
    Query("iam", "Action=ListPolicies&Scope=Local&Version=2010-05-08", "PolicyName"),
    Query("monitoring", "Action=DescribeAlarms&Version=2010-08-01", "AlarmName"),
    Query("monitoring", "Action=ListDashboards&Version=2010-08-01", "DashboardName"),
    Query("rds", "Action=DescribeGlobalClusters&Version=2014-10-31", "GlobalClusterIdentifier"),
    Query("rds", "Action=DescribeDBClusters&Version=2014-10-31", "DBClusterIdentifier"),
    Query("rds", "Action=DescribeDBInstances&Version=2014-10-31", "DBInstanceIdentifier"),
    Query("rds", "Action=DescribeDBClusterSnapshots&Version=2014-10-31", "DBClusterSnapshotIdentifier"),
    Query("rds", "Action=DescribeDBSubnetGroups&Version=2014-10-31", "DBSubnetGroupName"),
    Query("rds", "Action=DescribeDBClusterParameterGroups&Version=2014-10-31", "DBClusterParameterGroupName"),
    Query("rds", "Action=DescribeEventSubscriptions&Version=2014-10-31", "CustSubscriptionId"),
    Query("sns", "Action=ListTopics&Version=2010-03-31", "TopicArn"),
    Query("sns", "Action=ListSubscriptions&Version=2010-03-31", "SubscriptionArn"),
    Query("sqs", "Action=ListQueues&Version=2012-11-05", "QueueUrl"),
    Rest("apigateway", "/restapis", "/item", "name"),
    Rest("apigateway", "/domainnames", "/item", "domainName"),
    Rest("apigateway", "/apikeys", "/item", "name"),
    Rest("apigateway", "/vpclinks", "/item", "name"),
    Rest("backup", "/backup-vaults/", "/BackupVaultList", "BackupVaultName"),
    Rest("backup", "/backup/plans/", "/BackupPlansList", "BackupPlanName"),
    Rest("lambda", "/2015-03-31/functions", "/Functions", "FunctionName"),
    Rest("scheduler", "/schedules", "/Schedules", "Name"),
    RestXml("s3", "/", "Name"),
    RestXml("route53", "/2013-04-01/hostedzone", "Name"),
    RestXml("route53", "/2013-04-01/healthcheck", "Id"),
];

impl Inventory {
    /// Lists the account in these regions.
    ///
    /// # Errors
    ///
    /// When a service does not answer, or not in the expected form.
    pub fn take(aws: &Aws, regions: &[&str]) -> Result<Self> {
        let mut names = BTreeSet::new();
        for region in regions {
            for listing in &LISTINGS {
                names.extend(listing.names(aws, region)?);
            }
        }
        Ok(Self(names))
    }

    /// What is here and was not there before.
    pub fn since(&self, before: &Self) -> Vec<String> {
        self.0.difference(&before.0).cloned().collect()
    }
}

impl Listing {
    fn names(&self, aws: &Aws, region: &str) -> Result<Vec<String>> {
        let (service, kind, names) = match *self {
            Json(service, target, body, list, field) => {
                let answer = aws.json(region, service, target, &serde_json::from_str(body)?)?;
                (service, target, named(&answer, list, field)?)
            }
            Query(service, parameters, element) => {
                let answer = aws.query(region, service, parameters)?;
                (service, element, elements(&answer, element).into_iter().map(str::to_owned).collect())
            }
            Rest(service, path, list, field) => {
                let answer = aws.get(region, service, path)?;
                ensure!(answer.status == 200, "GET {path} answered {}: {}", answer.status, answer.text);
                (service, path, named(&answer.json()?, list, field)?)
            }
            RestXml(service, path, element) => {
                let answer = aws.get(region, service, path)?;
                ensure!(answer.status == 200, "GET {path} answered {}: {}", answer.status, answer.text);
                (service, element, elements(&answer.text, element).into_iter().map(str::to_owned).collect())
            }
        };
        // Keys that AWS makes for itself at the first use of a service stay for good.
        let own = |name: &String| !name.starts_with("alias/aws/");
        Ok(names.into_iter().filter(own).map(|name| format!("{region} {service} {kind}: {name}")).collect())
    }
}

fn named(answer: &Value, list: &str, field: &str) -> Result<Vec<String>> {
    let items = answer.pointer(list).with_context(|| format!("there is no {list} in {answer}"))?;
    let items = items.as_array().with_context(|| format!("{list} is no list in {answer}"))?;
    let name = |item: &Value| {
        let text = if field.is_empty() { item } else { &item[field] };
        text.as_str().map(str::to_owned).with_context(|| format!("there is no {field} in {item}"))
    };
    items.iter().map(name).collect()
}

/// Settings that every account has: they can be changed, not created or destroyed. The provider leaves X-Ray's encryption as
/// it is, which `docs/clean-up.md` has an answer to.
const ACCOUNT_SETTINGS: [&str; 2] = ["aws_api_gateway_account", "aws_xray_encryption_config"];

/// What is a call and no object: there is nothing that the provider could read, so it leaves the state as it is (5.100.0).
const CALLS: [&str; 1] = ["aws_lambda_invocation"];

/// Lets the provider read every resource of a state and returns the addresses of those that are still there.
///
/// `document` only lends its provider and variable blocks: a resource that is in the state and not in the
/// configuration is refreshed all the same.
///
/// # Errors
///
/// When Terraform fails.
pub fn still_there(terraform: &Terraform, progress: &Progress, document: &Value, state: &[u8]) -> Result<Vec<String>> {
    let workspace = Workspace::empty(terraform, progress)?;
    let mut kept: Map<String, Value> = ["terraform", "provider", "variable"]
        .into_iter()
        .filter_map(|kind| document.get(kind).map(|blocks| (kind.to_owned(), blocks.clone())))
        .collect();
    // Of the variables, providers read such as have defaults; what exists is named by others.
    if let Some(variables) = kept.get_mut("variable").and_then(Value::as_object_mut) {
        variables.retain(|_, variable| variable.get("default").is_some());
    }
    workspace.write_document(Value::Object(kept).to_string().as_bytes())?;
    std::fs::write(workspace.file("terraform.tfstate"), state)?;
    workspace.init()?;
    workspace.plan(&["-refresh-only", "-out=read_back.tfplan"])?;
    let plan = workspace.saved_plan("read_back.tfplan")?;
    let before = managed_resources(&workspace.state()?).len();
    ensure!(before > 0, "the state before the destroy is empty: nothing to read back");
    Ok(remaining(&plan))
}

/// Addresses of what a refresh still found. The planned state of a refresh-only plan is what was read.
fn remaining(plan: &Value) -> Vec<String> {
    let refreshed = json!({"values": plan["prior_state"]["values"]});
    managed_resources(&refreshed)
        .into_iter()
        .filter(|resource| !ACCOUNT_SETTINGS.iter().chain(&CALLS).any(|kind| resource["type"] == *kind))
        .map(|resource| resource["address"].as_str().unwrap_or("?").to_owned())
        .collect()
}

/// A list for people: at most thirty lines.
pub fn listed(names: &[String]) -> String {
    let mut text = String::new();
    for name in names.iter().take(30) {
        let _ = write!(text, "\n  {name}");
    }
    if names.len() > 30 {
        let _ = write!(text, "\n  and {} more", names.len() - 30);
    }
    text
}
