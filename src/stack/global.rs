//! What stands above both regions: replication both ways, DNS, the alarm on the primary's endpoint and the dashboard.

use super::Builder;
use super::foundations::Foundations;
use super::primary_region::PrimaryRegion;
use super::region::RegionStack;
use super::variables::PLACEHOLDER_DOMAIN;
use crate::aws::{route53, sns};
use crate::components::alarms::health_check_alarm;
use crate::components::alerts::{PUBLISHERS, alerts};
use crate::components::api_domain::api_domain;
use crate::components::dashboard::dashboard;
use crate::components::dns::{FailoverRole, Zone, failover_record, primary_health_check, validation_record, zone};
use crate::components::encryption::{KeyProtection, KeyPurpose, key, service_may_use};
use crate::components::region_scope::RegionContext;
use crate::components::replication::{ReplicationEnd, replication};
use crate::settings::Region;
use crate::terraform::{Check, Condition, Handle, Value};

/// What the outputs name of it.
#[derive(Debug)]
pub struct Global {
    /// The zone of the failover name.
    pub zone: Zone,
    /// The failover name.
    pub failover_domain: Value<String>,
    /// The session table's name.
    pub session_table_name: Value<String>,
}

/// Adds what stands above both regions.
pub fn build(builder: &mut Builder<'_>, primary: &PrimaryRegion, dr: &RegionStack) -> Global {
    let foundations = builder.foundations();
    replicate_receipts(builder, &primary.region, dr);
    let zone = failover_dns(builder, &primary.region, dr);
    if foundations.settings.features.dashboard {
        let columns =
            [primary.region.metrics(foundations.settings.primary_region), dr.metrics(foundations.settings.dr_region)];
        // Through the DR region, so that it can still be changed when the primary is gone.
        dashboard(&mut builder.dr(), &columns);
    }
    warn_of_placeholder(builder);
    Global {
        zone,
        failover_domain: foundations.failover_domain.clone(),
        session_table_name: primary.session_table_name.clone(),
    }
}

fn replicate_receipts(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) {
    let settings = &builder.foundations().settings;
    let primary_end = replication_end(settings.primary_region, primary);
    let dr_end = replication_end(settings.dr_region, dr);
    replication(&mut builder.primary(), primary_end, dr_end);
    replication(&mut builder.dr(), dr_end, primary_end);
}

fn replication_end(region: Region, stack: &RegionStack) -> ReplicationEnd<'_> {
    ReplicationEnd { region, bucket: &stack.storage.receipts, key: &stack.keys.storage }
}

fn failover_dns(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) -> Zone {
    let foundations = builder.foundations();
    let variables = &foundations.variables;
    let domain = &foundations.failover_domain;
    let mut scope = builder.primary();
    let zone = zone(&mut scope, &variables.domain_name, &variables.hosted_zone_id);
    let validation = validation_record(&mut scope, &zone, &primary.certificate);
    let primary_domain = api_domain(&mut scope, domain, &primary.certificate, &validation, &primary.api);
    let health_check = primary_health_check(&mut scope, &primary.api);
    failover_record(&mut scope, &zone, domain, &primary_domain, FailoverRole::Primary, Some(&health_check));
    let mut scope = builder.dr();
    let dr_domain = api_domain(&mut scope, domain, &dr.certificate, &validation, &dr.api);
    failover_record(&mut scope, &zone, domain, &dr_domain, FailoverRole::Secondary, None);
    watch_health_check(builder, &health_check, primary, dr);
    zone
}

/// The alarm must stand in us-east-1, and can only tell a topic of the same region.
fn watch_health_check(
    builder: &mut Builder<'_>,
    health_check: &Handle<route53::HealthCheck>,
    primary: &RegionStack,
    dr: &RegionStack,
) {
    let foundations = builder.foundations();
    match &foundations.route53_metrics {
        Some(elsewhere) => {
            let topic = separate_topic(builder, foundations, elsewhere);
            health_check_alarm(&mut builder.scope(elsewhere), health_check, &topic);
        }
        None if foundations.settings.primary_region == Region::US_EAST_1 => {
            health_check_alarm(&mut builder.primary(), health_check, &primary.topic);
        }
        None => health_check_alarm(&mut builder.dr(), health_check, &dr.topic),
    }
}

fn separate_topic<'stack>(
    builder: &mut Builder<'stack>,
    foundations: &Foundations,
    context: &'stack RegionContext,
) -> Handle<sns::Topic> {
    let mut scope = builder.scope(context);
    let account_id = scope.account_id();
    let purpose = KeyPurpose {
        name: "operations",
        description: "Alerts of the endpoint's health check",
        service_statements: PUBLISHERS.map(|(sid, service)| service_may_use(sid, service, &account_id)).into(),
    };
    let protection = KeyProtection {
        deletion_window_days: Value::from(30).when(foundations.variables.deletion_protection.clone(), 7),
        prevent_destroy: false,
    };
    let key = key(&mut scope, purpose, &protection);
    alerts(&mut scope, &key, &foundations.variables.alert_emails)
}

/// A warning, not an error: the placeholder is there so that a first plan works.
fn warn_of_placeholder(builder: &mut Builder<'_>) {
    let domain = builder.foundations().variables.domain_name.clone();
    builder.module().add_check(Check::new(
        "domain_name",
        Condition::new(
            !domain.equals(PLACEHOLDER_DOMAIN),
            format!(
                "domain_name is still the placeholder {PLACEHOLDER_DOMAIN}. On AWS no certificate is issued for it, and \
                 the apply fails after ten minutes of waiting. Set domain_name to a domain of yours whose DNS Route 53 \
                 answers, and hosted_zone_id to its zone if there is one."
            ),
        ),
    ));
}
