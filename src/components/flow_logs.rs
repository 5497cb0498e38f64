//! VPC flow logs: who talked to whom, kept for investigations.

use super::log_group::{LogGroupInputs, log_group};
use super::naming::NameKind;
use super::network::Network;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::{iam, vpc};
use crate::terraform::concat;

/// Adds flow logs of every accepted and rejected connection of the network.
pub fn flow_logs(region: &mut RegionScope<'_>, network: &Network, logs: &LogGroupInputs) {
    let group_name = region.name(NameKind::LogGroup, "flow-logs");
    let group = log_group(region, "flow_logs", concat(["/aws/vpc/".into(), group_name]), logs);
    let role_name = region.name(NameKind::Role, "flow-logs");
    let account_id = region.account_id();
    let role = region.add(
        iam::Role::new("flow_logs", PolicyDocument::assumed_by("vpc-flow-logs.amazonaws.com", &account_id).to_json())
            .name(role_name)
            .description("Writes VPC flow logs"),
    );
    let write = Statement::allow("WriteOwnStreams")
        .actions(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"])
        .resource(concat([group.arn(), ":*".into()]));
    // CloudWatch Logs knows no resource for this (service authorization reference, Amazon CloudWatch Logs).
    let find = Statement::allow("FindGroups").action("logs:DescribeLogGroups").resource("*");
    let policy = PolicyDocument::new([write, find]).to_json();
    region.add(iam::RolePolicy::new("flow_logs", policy, role.id()).name("write-flow-logs"));
    region.add(
        vpc::FlowLog::new("network")
            .vpc_id(&network.vpc_id)
            .traffic_type("ALL")
            .log_destination_type("cloud-watch-logs")
            .log_destination(group.arn())
            .iam_role_arn(role.arn()),
    );
}
