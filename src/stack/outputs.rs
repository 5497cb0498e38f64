//! The outputs: what people and scripts ask the stack for, under names they can rely on.

use super::global::Global;
use super::region::RegionStack;
use crate::components::failover::Failover;
use crate::terraform::{Module, Output, Value};

/// Declares the outputs.
pub fn declare(module: &mut Module, primary: &RegionStack, dr: &RegionStack, global: &Global) {
    for (role, region) in [("primary", primary), ("dr", dr)] {
        for (name, value, description) in region_outputs(role, region) {
            module.add_output(Output::new(name, value).description(description));
        }
        if region.base.network.endpoint_group.is_none() {
            let id = region.base.network.function_group.id();
            let description =
                "The security group of the functions, which the interface endpoint of the Data API must admit.";
            module.add_output(Output::new(format!("{role}_function_security_group_id"), id).description(description));
        }
    }
    let shared = [
        ("route53_zone_id", global.dns.zone.id.clone(), "The hosted zone of the failover name."),
        (
            "route53_name_servers",
            global.dns.zone.name_servers().cast(),
            "The name servers of the zone that is made here, which the registrar or the parent zone must name before a \
             certificate can be issued; null where hosted_zone_id names a zone that is not made here.",
        ),
        (
            "failover_domain",
            global.failover_domain.clone(),
            "The name that callers use; DNS answers with the region that takes payments.",
        ),
        (
            "dynamodb_table_name",
            global.session_table_name.clone(),
            "The session table, of the same name in both regions.",
        ),
    ];
    let ds_record = global.dns.ds_record.iter().map(|record| {
        let description = "The DS record that the parent zone needs before anybody checks signatures; null where \
                           hosted_zone_id names a zone that is not made here.";
        ("route53_ds_record", record.clone(), description)
    });
    for (name, value, description) in shared.into_iter().chain(ds_record).chain(failover_outputs(&global.failover)) {
        module.add_output(Output::new(name, value).description(description));
    }
}

fn failover_outputs(failover: &Failover) -> [(&'static str, Value<String>, &'static str); 5] {
    let machines = &failover.machines;
    [
        (
            "failover_state_machine_arn",
            machines.failover.arn(),
            "The state machine that moves payments to the DR region, in the DR region.",
        ),
        (
            "failback_state_machine_arn",
            machines.failback.arn(),
            "The state machine that moves payments back to the primary region, in the DR region.",
        ),
        (
            "drill_state_machine_arn",
            machines.drill.arn(),
            "The state machine that moves payments there and back as a drill, in the DR region.",
        ),
        (
            "failover_switch_parameter",
            failover.switch_parameter.clone(),
            "The Systems Manager parameter in the DR region that lets them run (armed) or not (stopped).",
        ),
        (
            "failover_state_table",
            failover.state_table.clone(),
            "The table in the DR region that knows whether payments have moved.",
        ),
    ]
}

fn region_outputs(role: &str, region: &RegionStack) -> Vec<(String, Value<String>, String)> {
    let region_name = if role == "dr" { "DR" } else { role };
    let output = |name: String, value, what: &str| (name, value, format!("{what} of the {region_name} region."));
    let mut outputs = vec![
        output(format!("{role}_vpc_id"), region.base.network.vpc_id.clone(), "The VPC"),
        output(
            format!("{role}_cluster_endpoint"),
            region.base.database.cluster.endpoint(),
            "The endpoint of the Aurora cluster",
        ),
        output(format!("{role}_api_url"), region.workload.url(), "The URL for payments (POST)"),
        output(format!("{role}_bucket_name"), region.base.storage.receipts.bucket.id(), "The bucket of receipts"),
        output(format!("sns_topic_{role}_arn"), region.base.topic.arn(), "The alert topic"),
    ];
    if region.workload.api().is_none() {
        let what = "The certificate of the failover name, for the load balancer";
        outputs.push(output(format!("{role}_certificate_arn"), region.certificate.arn(), what));
    }
    outputs
}
