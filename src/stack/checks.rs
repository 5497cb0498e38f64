//! What every plan warns of: settings that plan and do not work, and what is there but not as it was asked for.

use super::Builder;
use super::foundations::Foundations;
use super::primary_region::PrimaryRegion;
use super::region::{self, RegionStack};
use super::variables::{placeholder_domain, placeholder_endpoint};
use crate::components::existing_network::AddressNeeds;
use crate::components::payments_api::PaymentsApi;
use crate::settings::{Endpoints, Region, WorkloadKind, regional_support};
use crate::terraform::functions::{coalesce, contains, or_else, startswith};
use crate::terraform::{Check, Condition, Value, concat, text};

/// Adds the checks.
pub fn build(builder: &mut Builder<'_>, primary_region: &PrimaryRegion, dr: &RegionStack) {
    let primary = &primary_region.region;
    let settings = &builder.foundations().settings;
    let regions = [(settings.primary_region, primary), (settings.dr_region, dr)];
    let checks = [
        Some(domain_name(builder)),
        endpoints(builder),
        alert_subscribers(builder),
        Some(database_instance_class(builder)),
        Some(database_engine_version(builder, [primary, dr])),
        api_gateway_logging_role(regions),
    ];
    for check in checks.into_iter().flatten() {
        builder.module().add_check(check);
    }
    if let Some(boundary) = &builder.foundations().variables.existing.permissions_boundary_arn {
        let check = permissions_boundary(builder, boundary);
        builder.module().add_check(check);
    }
    if let Some(found) = &primary_region.found_database {
        let check = found.check("primary", &region::database_settings(builder.foundations()));
        builder.module().add_check(check);
    }
    for (role, stack) in [("primary", primary), ("dr", dr)] {
        if let Some(found) = &stack.base.network.found {
            let check = found.check(role, &address_needs(builder));
            builder.module().add_check(check);
        }
    }
}

/// A policy of AWS's own is in every account.
fn permissions_boundary(builder: &Builder<'_>, boundary: &Value<String>) -> Check {
    let account_id = &builder.foundations().primary.account_id;
    let of_this_account = concat([text("arn:aws:iam::"), account_id.clone(), text(":")]);
    let message = concat([
        text("permissions_boundary_arn is "),
        boundary.clone(),
        text(", and the account is "),
        account_id.clone(),
        text(
            ". AWS takes no boundary from another account: every role fails at the apply. Name a policy of this account.",
        ),
    ]);
    let is_there = startswith(boundary, "arn:aws:iam::aws:").or(startswith(boundary, of_this_account));
    Check::new("permissions_boundary", Condition::new(is_there, message))
}

fn address_needs<'a>(builder: &Builder<'a>) -> AddressNeeds<'a> {
    let Foundations { variables, settings, .. } = builder.foundations();
    AddressNeeds { instances: &variables.database_instances_per_region, endpoint: settings.endpoints == Endpoints::Own }
}

/// A warning, not an error: the placeholder is there so that a first plan works.
fn domain_name(builder: &Builder<'_>) -> Check {
    let domain = &builder.foundations().variables.domain_name;
    let placeholder = placeholder_domain(&builder.foundations().settings);
    Check::new(
        "domain_name",
        Condition::new(
            !domain.clone().equals(placeholder.clone()),
            format!(
                "domain_name is still the placeholder {placeholder}. On AWS no certificate is issued for it, and \
                 the apply fails after ten minutes of waiting. Set domain_name to a domain of yours whose DNS Route 53 \
                 answers, and hosted_zone_id to its zone if there is one."
            ),
        ),
    )
}

/// As for the domain: a first plan works.
fn endpoints(builder: &Builder<'_>) -> Option<Check> {
    let Foundations { settings, variables, .. } = builder.foundations();
    let is_own = |endpoint: &Value<String>, role| !endpoint.clone().equals(placeholder_endpoint(settings, role));
    let both = is_own(&variables.primary_endpoint, "primary").and(is_own(&variables.dr_endpoint, "dr"));
    let message = "primary_endpoint or dr_endpoint is still a placeholder: no probe reaches it, and DNS leads every caller to \
                   the DR region. Set each to the name of the host that answers for your service in its region.";
    (settings.workload == WorkloadKind::None).then(|| Check::new("endpoints", Condition::new(both, message)))
}

/// Who is subscribed to a topic that exists, its owner knows.
fn alert_subscribers(builder: &Builder<'_>) -> Option<Check> {
    let foundations = builder.foundations();
    let is_told = Condition::new(
        region::subscribers(foundations).somebody(),
        "No one receives alarms, notifications of failovers and requests for a decision: alert_emails and \
         alert_https_endpoints are empty. Set one of them, and confirm all four mails to each address.",
    );
    (!foundations.settings.existing_topics).then(|| Check::new("alert_subscribers", is_told))
}

/// A family gets new sizes, so one that the table lacks is not refused.
fn database_instance_class(builder: &Builder<'_>) -> Check {
    let class = &builder.foundations().variables.database_instance_class;
    let message = concat([
        text("whether Aurora PostgreSQL has the instance class "),
        class.clone(),
        text(
            " is unknown: it is not in dr-synth's table of 2026-10-20. If AWS does not have it, the apply fails at the \
             database instances. Look it up with `aws rds describe-orderable-db-instance-options --engine aurora-postgresql \
             --db-instance-class ",
        ),
        class.clone(),
        text("`, in both regions."),
    ]);
    let is_known = contains::<String>(regional_support::known_classes(), class.clone());
    Check::new("database_instance_class", Condition::new(is_known, message))
}

/// Terraform leaves versions alone, because their order matters and it has none. So that a wish for another is not silently
/// forgotten, it is compared with what the clusters run.
fn database_engine_version(builder: &Builder<'_>, regions: [&RegionStack; 2]) -> Check {
    let wanted = &builder.foundations().variables.database_engine_version;
    let [one, other] = regions.map(|region| region.base.database.cluster.engine_version());
    let message = concat([
        text("database_engine_version is "),
        wanted.clone(),
        text(", and the clusters run "),
        one.clone(),
        text(" and "),
        other.clone(),
        text(
            ". Terraform upgrades neither, because the order matters: the standby first, then the writer, each with `aws \
             rds modify-db-cluster --region REGION --db-cluster-identifier CLUSTER --engine-version ",
        ),
        wanted.clone(),
        text(
            " --apply-immediately`. Until both are done nothing can be failed over. If another operator upgraded \
             them, set database_engine_version to what they run. See docs/upgrade.md of dr-synth.",
        ),
    ]);
    let both = one.equals(wanted).and(other.equals(wanted));
    Check::new("database_engine_version", Condition::new(both, message))
}

/// Any stack of the account sets the role, the last one wins, and a stack that is destroyed takes its role along.
fn api_gateway_logging_role(regions: [(Region, &RegionStack); 2]) -> Option<Check> {
    let [primary, dr] = regions.map(|(region, stack)| Some(role_is_there(region, stack.workload.api()?)));
    Some(Check::new("api_gateway_logging_role", primary?).assertion(dr?))
}

fn role_is_there(region: Region, api: &PaymentsApi) -> Condition {
    let logging = &api.logging;
    let (set, own) = (logging.set_role_arn(), &logging.own_role_arn);
    let found = or_else(contains(logging.found_role_arns(), set.clone()), false);
    let is_there = Value::from(true).when(set.clone().equals(own), found);
    let message = concat([
        text(format!("API Gateway in {} is told to write logs with the role ", region.name())),
        coalesce([set, text("(none)")]),
        text(
            ", which is not there: the stack that set it last was destroyed. No API of the account writes logs there until \
             another role is set: `aws apigateway update-account ",
        ),
        text(format!("--region {} --patch-operations op=replace,path=/cloudwatchRoleArn,value=", region.name())),
        own.clone(),
        text("`."),
    ]);
    Condition::new(is_there.when(logging.managed.clone(), true), message)
}
