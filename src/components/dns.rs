//! DNS: the hosted zone, the health checks that say which region takes payments, and the records that fail over by them.
//!
//! ```text
//! endpoint       the primary answers /health ─┬────────> the PRIMARY record of _endpoint, what checkers see
//! latch          DR does not answer /latch ───┴─ and ─> takes_traffic ─> the other PRIMARY records
//! ```
//!
//! After a failover the latch holds the records in the DR region, also when the primary's endpoint is well again: its
//! database is a replica by then. All of it stands before it is needed, because records cannot be relied on to be
//! changed in a disaster: Route 53's control plane is in us-east-1 alone (AWS Well-Architected, REL11-BP04).

use super::region_scope::RegionScope;
use super::workload::Probed;
use crate::aws::{acm, apigateway, route53};
use crate::dns_failover::FailoverRole;
use crate::settings::ProviderVersion;
use crate::settings::objectives::ALIAS_SECONDS;
use crate::terraform::functions::{coalesce, one};
use crate::terraform::{Expression, Handle, Resource, Value, concat};

/// Seconds between two probes of one checker: the shorter of the two that Route 53 offers.
pub const PROBE_INTERVAL_SECONDS: u32 = 10;

/// Failed probes in a row that make an endpoint unhealthy.
pub const FAILURES_TO_UNHEALTHY: u32 = 3;

/// Where probes come from. Route 53 wants three regions at least; none of these is a home of the stack by default, so
/// that the loss of a region does not take part of the jury with it.
const CHECKER_REGIONS: [&str; 4] = ["us-west-1", "us-west-2", "eu-west-1", "sa-east-1"];

const HTTPS_PORT: u32 = 443;

/// What stands before the failover name in the name of the record that tells the active region.
const ACTIVE_REGION_LABEL: &str = "_active.";

/// What stands before it in the name of the record that tells whether the primary's endpoint is healthy: the witness of an
/// outage, which the latch must not speak for.
const ENDPOINT_REGION_LABEL: &str = "_endpoint.";

/// As long as a checker's interval: a resolver that keeps the answer for longer would keep a detector waiting.
const ACTIVE_REGION_TTL_SECONDS: u32 = PROBE_INTERVAL_SECONDS;

/// Long enough to be cached, short enough to be corrected.
const VALIDATION_TTL_SECONDS: u32 = 60;

/// The zone that the failover name lies in.
#[derive(Debug)]
pub struct Zone {
    /// Its id: of the zone made here, or of the user's own.
    pub id: Value<String>,
    /// The zone made here, of which there is one instance or none.
    pub created: Handle<route53::Zone>,
    /// Whether there is one.
    pub is_created: Value<bool>,
}

impl Zone {
    /// The name servers of the zone made here, or null.
    pub fn name_servers(&self) -> Value<Vec<String>> {
        one(self.created.of_every_instance("name_servers"))
    }
}

/// Adds a hosted zone for `domain_name`, unless the user names one of their own.
pub fn zone(
    region: &mut RegionScope<'_>,
    domain_name: &Value<String>,
    own_zone_id: &Value<String>,
    provider: ProviderVersion,
) -> Zone {
    let is_created = own_zone_id.clone().is_null();
    let mut zone = route53::Zone::new("payments", domain_name)
        .comment("Failover name of the payment API")
        .only_if(is_created.clone());
    if provider == ProviderVersion::Six {
        // Records of the zone can be changed again within an hour where us-east-1 is lost (Route 53 developer guide, "Accelerated
        // recovery for managing public DNS records"). Provider 5 has no argument for it.
        zone.block_mut().set_argument("enable_accelerated_recovery", Expression::Bool(true));
    }
    let created = region.add(zone);
    let id = coalesce([own_zone_id.clone(), one(created.of_every_instance("zone_id"))]);
    Zone { id, created, is_created }
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

/// Probes the primary endpoint over HTTPS: the whole way to the database, such as through API Gateway and the function.
pub fn primary_health_check(region: &mut RegionScope<'_>, health: &Probed) -> Handle<route53::HealthCheck> {
    region.add(probe("endpoint", health))
}

/// Probes the latch, and is healthy as long as it is not set. A standby that does not answer at all has not taken over,
/// so its loss leaves the records where they are.
///
/// A new inverted check counts as unhealthy until there is enough data (Route 53 developer guide, "How Route 53 determines
/// whether a health check is healthy"): for the first half minute after it is made, DNS leads to the DR region.
pub fn latch_health_check(region: &mut RegionScope<'_>, latch: &Probed) -> Handle<route53::HealthCheck> {
    region.add(probe("latch", latch).invert_healthcheck(true))
}

/// Whether the primary takes traffic: its endpoint is well and the latch is not set.
pub fn traffic_health_check(
    region: &mut RegionScope<'_>,
    children: [&Handle<route53::HealthCheck>; 2],
) -> Handle<route53::HealthCheck> {
    region.add(
        route53::HealthCheck::new("takes_traffic", "CALCULATED")
            .child_health_threshold(2)
            .child_healthchecks(children.map(Handle::<route53::HealthCheck>::id)),
    )
}

fn probe(name: &'static str, probed: &Probed) -> route53::HealthCheck {
    route53::HealthCheck::new(name, "HTTPS")
        .fqdn(&probed.host)
        .port(HTTPS_PORT)
        .resource_path(probed.path.clone())
        .request_interval(PROBE_INTERVAL_SECONDS)
        .failure_threshold(FAILURES_TO_UNHEALTHY)
        .enable_sni(true)
        .regions(CHECKER_REGIONS)
}

/// A region's answer to who takes payments.
#[derive(Debug)]
pub struct FailoverRecord<'a> {
    /// The zone of the failover name.
    pub zone: &'a Zone,
    /// The failover name.
    pub failover_domain: &'a Value<String>,
    /// When the answer is given.
    pub role: FailoverRole,
    /// What a primary answer depends on; a secondary one is given whenever the primary's is not.
    pub health_check: Option<AnswersWhile<'a>>,
}

/// What the primary's answers depend on.
#[derive(Debug, Clone, Copy)]
pub struct AnswersWhile<'a> {
    /// Those for customers: the endpoint is well and the latch is not set.
    pub takes_traffic: &'a Handle<route53::HealthCheck>,
    /// That of the witness: the endpoint is well.
    pub endpoint_is_well: &'a Handle<route53::HealthCheck>,
}

/// Where a region's answer leads.
#[derive(Debug, Clone, Copy)]
pub enum AnswerTarget<'a> {
    /// To the failover name in API Gateway.
    Api(&'a Handle<apigateway::DomainName>),
    /// To a host of the user's.
    Host(&'a Value<String>),
}

impl AnswerTarget<'_> {
    fn address(self, name: &Value<String>, zone_id: &Value<String>) -> route53::Record {
        match self {
            // The health of an API Gateway alias says nothing about the payments behind it; the health check does.
            Self::Api(domain) => route53::Record::new("failover", name, "A", zone_id)
                .alias(route53::record::Alias::new(false, domain.regional_domain_name(), domain.regional_zone_id())),
            Self::Host(host) => {
                route53::Record::new("failover", name, "CNAME", zone_id).records([host.clone()]).ttl(ALIAS_SECONDS)
            }
        }
    }
}

/// Adds a region's three answers: the failover name's address, and beside it twice the name of the region, which tells
/// whoever asks DNS where customers are sent, and where they would be sent without the latch.
pub fn failover_records(region: &mut RegionScope<'_>, answer: &FailoverRecord<'_>, target: AnswerTarget<'_>) {
    let takes_traffic = answer.health_check.map(|checks| checks.takes_traffic);
    let endpoint_is_well = answer.health_check.map(|checks| checks.endpoint_is_well);
    let address = target.address(answer.failover_domain, &answer.zone.id);
    region.add(answer.fail_over(address, takes_traffic));
    for (name, label, check) in [
        ("active_region", ACTIVE_REGION_LABEL, takes_traffic),
        ("endpoint_region", ENDPOINT_REGION_LABEL, endpoint_is_well),
    ] {
        let domain = concat([label.into(), answer.failover_domain.clone()]);
        let record = route53::Record::new(name, domain, "TXT", &answer.zone.id)
            .records([region.region().name()])
            .ttl(ACTIVE_REGION_TTL_SECONDS);
        region.add(answer.fail_over(record, check));
    }
}

impl FailoverRecord<'_> {
    fn fail_over(
        &self,
        record: route53::Record,
        health_check: Option<&Handle<route53::HealthCheck>>,
    ) -> route53::Record {
        let record = record
            .failover_routing_policy(route53::record::FailoverRoutingPolicy::new(self.role.name()))
            .set_identifier(self.role.name().to_lowercase());
        match health_check {
            Some(health_check) => record.health_check_id(health_check.id()),
            None => record,
        }
    }
}
