//! DNS: the hosted zone, the health check of the primary endpoint, and the records that fail over by it.

use super::payments_api::{HEALTH_PATH, PaymentsApi, STAGE};
use super::region_scope::RegionScope;
use crate::aws::{acm, apigateway, route53};
use crate::terraform::functions::{coalesce, one};
use crate::terraform::{Expression, Handle, Resource, Value, concat, text};

/// Seconds between two probes of one checker: the shorter of the two that Route 53 offers.
pub const PROBE_INTERVAL_SECONDS: u32 = 10;

/// Failed probes in a row that make an endpoint unhealthy.
pub const FAILURES_TO_UNHEALTHY: u32 = 3;

/// Where probes come from. Route 53 wants three regions at least; none of these is a home of the stack by default, so
/// that the loss of a region does not take part of the jury with it.
const CHECKER_REGIONS: [&str; 4] = ["us-west-1", "us-west-2", "eu-west-1", "sa-east-1"];

const HTTPS_PORT: u32 = 443;

/// Long enough to be cached, short enough to be corrected.
const VALIDATION_TTL_SECONDS: u32 = 60;

/// The zone that the failover name lies in.
#[derive(Debug)]
pub struct Zone {
    /// Its id: of the zone made here, or of the user's own.
    pub id: Value<String>,
}

/// Adds a hosted zone for `domain_name`, unless the user names one of their own.
pub fn zone(region: &mut RegionScope<'_>, domain_name: &Value<String>, own_zone_id: &Value<String>) -> Zone {
    let created = region.add(
        route53::Zone::new("payments", domain_name)
            .comment("Failover name of the payment API")
            .only_if(own_zone_id.clone().is_null()),
    );
    let created_id: Value<String> = one(Value::<Vec<String>>::new(Expression::Splat(
        Box::new(created.object().into()),
        vec![crate::terraform::expression::Step::Attribute("zone_id".into())],
    )));
    Zone { id: coalesce([own_zone_id.clone(), created_id]) }
}

/// Proves to ACM that the name is ours. Certificates of one name and account ask for the same record in every region, so
/// one record serves both.
pub fn validation_record(
    region: &mut RegionScope<'_>,
    zone: &Zone,
    certificate: &Handle<acm::Certificate>,
) -> Handle<route53::Record> {
    let option = |attribute: &'static str| -> Value<String> {
        let options = Expression::call("tolist", [certificate.domain_validation_options().into()]);
        Value::<Vec<crate::terraform::Any>>::new(options).element(0).field(attribute)
    };
    region.add(
        route53::Record::new(
            "certificate_validation",
            option("resource_record_name"),
            option("resource_record_type"),
            &zone.id,
        )
        .records([option("resource_record_value")])
        .ttl(VALIDATION_TTL_SECONDS)
        // A second stack under the same name would ask for the same record.
        .allow_overwrite(true),
    )
}

/// Probes the primary endpoint over HTTPS: the whole way through API Gateway, function and database.
pub fn primary_health_check(region: &mut RegionScope<'_>, api: &PaymentsApi) -> Handle<route53::HealthCheck> {
    let host = concat([api.api.id(), text(format!(".execute-api.{}.amazonaws.com", region.region().name()))]);
    region.add(
        route53::HealthCheck::new("endpoint", "HTTPS")
            .fqdn(host)
            .port(HTTPS_PORT)
            .resource_path(format!("/{STAGE}/{HEALTH_PATH}"))
            .request_interval(PROBE_INTERVAL_SECONDS)
            .failure_threshold(FAILURES_TO_UNHEALTHY)
            .enable_sni(true)
            .regions(CHECKER_REGIONS),
    )
}

/// Which of two answers a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailoverRole {
    /// Given while its health check passes.
    Primary,
    /// Given otherwise.
    Secondary,
}

/// Adds one of the two records of the failover name.
pub fn failover_record(
    region: &mut RegionScope<'_>,
    zone: &Zone,
    failover_domain: &Value<String>,
    target: &Handle<apigateway::DomainName>,
    role: FailoverRole,
    health_check: Option<&Handle<route53::HealthCheck>>,
) -> Handle<route53::Record> {
    let route53_role = match role {
        FailoverRole::Primary => "PRIMARY",
        FailoverRole::Secondary => "SECONDARY",
    };
    // The health of an API Gateway alias says nothing about the payments behind it; the health check does.
    let alias = route53::record::Alias::new(false, target.regional_domain_name(), target.regional_zone_id());
    let record = route53::Record::new("failover", failover_domain, "A", &zone.id)
        .alias(alias)
        .failover_routing_policy(route53::record::FailoverRoutingPolicy::new(route53_role))
        .set_identifier(route53_role.to_lowercase());
    let record = match health_check {
        Some(health_check) => record.health_check_id(health_check.id()),
        None => record,
    };
    region.add(record)
}
