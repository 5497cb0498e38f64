//! What stands above both regions: replication both ways, DNS, the alarm on the primary's endpoint, the failover and the
//! dashboard.

use super::Builder;
use super::backups;
use super::checks;
use super::dr_region::DrRegion;
use super::foundations::Foundations;
use super::governance;
use super::primary_region::PrimaryRegion;
use super::region::{self, RegionStack};
use crate::aws::{apigateway, route53, sns};
use crate::components::alarms::health_check_alarm;
use crate::components::alerts::{TopicInputs, alerts, publishers_may_use};
use crate::components::api_domain::{api_domain, issued_certificate};
use crate::components::dashboard::{FailoverMetrics, dashboard};
use crate::components::dns::{
    AnswerTarget, AnswersWhile, FailoverRecord, Zone, failover_records, latch_health_check, primary_health_check,
    traffic_health_check, validation_record, zone,
};
use crate::components::dnssec::{DnssecInputs, dnssec};
use crate::components::encryption::{KeyProtection, KeyPurpose, key};
use crate::components::existing_topics::existing_topic;
use crate::components::failover::metrics;
use crate::components::failover::notices::Notices;
use crate::components::failover::site::GlobalDatabaseName;
use crate::components::failover::{Evidence, Failover, FailoverInputs, failover};
use crate::components::peering::{self, PeerInputs};
use crate::components::region_scope::{RegionContext, RegionScope};
use crate::components::replication::{ReplicationEnd, replication};
use crate::components::topic_use::{TopicKey, TopicUse};
use crate::components::workload::Workload;
use crate::dns_failover::FailoverRole;
use crate::settings::{Feature, Region, WorkloadKind};
use crate::terraform::{Handle, Value};

/// What is said of lost payments that only the code of the tasks knows ...
const LOSS_UNKNOWN_OF_TASKS: &str = "which are lost is unknown, because only the service in the containers knows its \
                                     payments: compare its records with the database";

/// ... and of those of a service that runs elsewhere.
const LOSS_UNKNOWN_ELSEWHERE: &str =
    "which are lost is unknown, because the service runs elsewhere: compare its records with the database";

/// What the outputs name of it.
#[derive(Debug)]
pub struct Global {
    /// The failover name's DNS.
    pub dns: FailoverDns,
    /// The failover name.
    pub failover_domain: Value<String>,
    /// The session table's name.
    pub session_table_name: Value<String>,
    /// The failover.
    pub failover: Failover,
}

/// The failover name's DNS.
#[derive(Debug)]
pub struct FailoverDns {
    /// The zone.
    pub zone: Zone,
    /// The DS record for the parent zone, if the zone is signed.
    pub ds_record: Option<Value<String>>,
}

/// Adds what stands above both regions.
pub fn build(builder: &mut Builder<'_>, primary: &PrimaryRegion, dr: &DrRegion) -> Global {
    let foundations = builder.foundations();
    replicate_receipts(builder, &primary.region, &dr.region);
    if foundations.settings.features.has(Feature::Peering) {
        peer(builder, &primary.region, &dr.region);
    }
    let dns = failover_dns(builder, &primary.region, dr);
    let failover = automatic_failover(builder, primary, dr);
    if foundations.settings.features.has(Feature::Dashboard) {
        let columns = [
            primary.region.metrics(foundations.settings.primary_region),
            dr.region.metrics(foundations.settings.dr_region),
        ];
        // Through the DR region, so that it can still be changed when the primary is gone.
        let mut scope = builder.dr();
        let failover = FailoverMetrics {
            region: foundations.settings.dr_region,
            namespace: metrics::namespace(&scope),
            environment: foundations.variables.environment_suffix.clone(),
        };
        dashboard(&mut scope, &failover, &columns);
    }
    let backs_up = foundations.settings.features.has(Feature::Backup);
    let events = backs_up.then(|| backups::build(builder, &primary.region, &dr.region));
    governance::build(builder, &primary.region, &dr.region, events);
    checks::build(builder, primary, &dr.region);
    Global {
        dns,
        failover_domain: foundations.failover_domain.clone(),
        session_table_name: primary.session_table_name.clone(),
        failover,
    }
}

fn automatic_failover(builder: &mut Builder<'_>, primary: &PrimaryRegion, dr: &DrRegion) -> Failover {
    let foundations = builder.foundations();
    let Foundations { settings, variables, .. } = foundations;
    let mut scope = builder.dr();
    let DrRegion { region: standby, latch, answers_for_latch } = dr;
    let functions = standby.base.compute.functions();
    let somebody_is_told = region::subscribers(foundations).somebody();
    let operations_key = &standby.base.keys.operations;
    let topic_key = if settings.existing_topics { TopicKey::OfItsOwner } else { TopicKey::Own(operations_key) };
    let inputs = FailoverInputs {
        mode: settings.failover_mode,
        approval_minutes: settings.approval_minutes,
        objectives: settings.objectives(),
        primary: primary.region.site(settings.primary_region),
        dr: standby.site(settings.dr_region),
        latch_url: answers_for_latch.url(),
        global_database: GlobalDatabaseName::new(&primary.global_database.identifier, scope.account_id()),
        database_name: &variables.database_name,
        database_key: &standby.base.keys.database,
        authorization: settings.api_authorization,
        failover_domain: &foundations.failover_domain,
        certificate: &standby.certificate,
        session_table: &primary.session_table_name,
        payments_function: functions.map_or(latch.function_name(), |functions| &functions.payments.name),
        loss_unknown: match settings.workload {
            WorkloadKind::Lambda => None,
            WorkloadKind::Fargate => Some(LOSS_UNKNOWN_OF_TASKS),
            WorkloadKind::None => Some(LOSS_UNKNOWN_ELSEWHERE),
        },
        evidence: Evidence { bucket: &standby.base.storage.receipts, key: &standby.base.keys.storage },
        somebody_is_told: (!settings.existing_topics).then_some(&somebody_is_told),
        notices: Notices { topic: &standby.base.topic, topic_key, key: operations_key },
        logs: &standby.base.logs,
        tracing: settings.features.has(Feature::Xray),
        environment: &variables.environment_suffix,
        drill_enabled: &variables.drill_enabled,
        drill_schedule: &variables.drill_schedule,
    };
    failover(&mut scope, latch, &inputs)
}

fn replicate_receipts(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) {
    let settings = &builder.foundations().settings;
    let primary_end = replication_end(settings.primary_region, primary);
    let dr_end = replication_end(settings.dr_region, dr);
    replication(&mut builder.primary(), primary_end, dr_end, &primary.base.topic);
    replication(&mut builder.dr(), dr_end, primary_end, &dr.base.topic);
}

fn replication_end(region: Region, stack: &RegionStack) -> ReplicationEnd<'_> {
    ReplicationEnd { region, bucket: &stack.base.storage.receipts, key: &stack.base.keys.storage }
}

fn peer(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) {
    let settings = &builder.foundations().settings;
    let (here, there) = (&primary.base.network, &dr.base.network);
    let connection = peering::request(&mut builder.primary(), here, there, settings.dr_region);
    let accepter = peering::accept(&mut builder.dr(), &connection);
    peering::requester_options(&mut builder.primary(), &accepter);
    peering::accepter_options(&mut builder.dr(), &accepter);
    let way = PeerInputs { network: here, peer: there };
    peering::way_to_peer(&mut builder.primary(), &way, &accepter);
    let way = PeerInputs { network: there, peer: here };
    peering::way_to_peer(&mut builder.dr(), &way, &accepter);
}

/// What answers for the failover name in a region, once its certificate is issued.
fn answer_target(
    region: &mut RegionScope<'_>,
    domain: &Value<String>,
    stack: &RegionStack,
    validation: &Handle<route53::Record>,
) -> Answering {
    let issued = issued_certificate(region, &stack.certificate, validation);
    match &stack.workload {
        Workload::BehindApi(api) => Answering::Api(api_domain(region, domain, &issued, api)),
        Workload::Elsewhere(host) => Answering::Host(host.clone()),
    }
}

enum Answering {
    Api(Handle<apigateway::DomainName>),
    Host(Value<String>),
}

impl Answering {
    fn target(&self) -> AnswerTarget<'_> {
        match self {
            Self::Api(domain) => AnswerTarget::Api(domain),
            Self::Host(host) => AnswerTarget::Host(host),
        }
    }
}

fn failover_dns(builder: &mut Builder<'_>, primary: &RegionStack, standby: &DrRegion) -> FailoverDns {
    let dr = &standby.region;
    let foundations = builder.foundations();
    let variables = &foundations.variables;
    let domain = &foundations.failover_domain;
    let mut scope = builder.primary();
    let zone = zone(&mut scope, &variables.domain_name, &variables.hosted_zone_id, foundations.settings.provider);
    let validation = validation_record(&mut scope, &zone, &primary.certificate);
    let primary_domain = answer_target(&mut scope, domain, primary, &validation);
    let health = primary.workload.health(foundations.settings.primary_region);
    let endpoint = primary_health_check(&mut scope, &health);
    let mut scope = builder.dr();
    let dr_domain = answer_target(&mut scope, domain, dr, &validation);
    let latch = latch_health_check(&mut scope, &standby.answers_for_latch);
    let secondary =
        FailoverRecord { zone: &zone, failover_domain: domain, role: FailoverRole::Secondary, health_check: None };
    failover_records(&mut scope, &secondary, dr_domain.target());
    let mut scope = builder.primary();
    let takes_traffic = traffic_health_check(&mut scope, [&endpoint, &latch]);
    let checks = AnswersWhile { takes_traffic: &takes_traffic, endpoint_is_well: &endpoint };
    let answer = FailoverRecord { role: FailoverRole::Primary, health_check: Some(checks), ..secondary };
    failover_records(&mut scope, &answer, primary_domain.target());
    let home = Route53Home::find(builder, primary, dr);
    health_check_alarm(&mut builder.scope(home.region), &endpoint, &home.topic);
    let ds_record = foundations.settings.features.has(Feature::Dnssec).then(|| {
        let key_deletion_days = region::key_protection(foundations).deletion_window_days;
        let inputs = DnssecInputs { zone: &zone, key_deletion_days, topic: &home.topic };
        dnssec(&mut builder.scope(home.region), &inputs)
    });
    FailoverDns { zone, ds_record }
}

/// Where Route 53's keys and metrics are, and the topic there: alarms can only tell a topic of their own region.
struct Route53Home<'stack> {
    region: &'stack RegionContext,
    topic: Handle<sns::Topic>,
}

impl<'stack> Route53Home<'stack> {
    fn find(builder: &mut Builder<'stack>, primary: &RegionStack, dr: &RegionStack) -> Self {
        let foundations = builder.foundations();
        match &foundations.route53_metrics {
            Some(elsewhere) => Self { region: elsewhere, topic: separate_topic(builder, foundations, elsewhere) },
            None if foundations.settings.primary_region == Region::US_EAST_1 => {
                Self { region: &foundations.primary, topic: primary.base.topic.clone() }
            }
            None => Self { region: &foundations.dr, topic: dr.base.topic.clone() },
        }
    }
}

fn separate_topic<'stack>(
    builder: &mut Builder<'stack>,
    foundations: &Foundations,
    context: &'stack RegionContext,
) -> Handle<sns::Topic> {
    let mut scope = builder.scope(context);
    if let Some(arn) = &foundations.variables.existing.route53_metrics_alert_topic_arn {
        return existing_topic(&mut scope, TopicUse::Alerts, arn);
    }
    let service_statements = publishers_may_use(&mut scope);
    let purpose = KeyPurpose {
        name: "operations",
        description: "Alerts of the endpoint's health check".to_owned(),
        service_statements,
    };
    let protection = KeyProtection {
        deletion_window_days: Value::from(30).when(foundations.variables.deletion_protection.clone(), 7),
        prevent_destroy: false,
    };
    let key = key(&mut scope, purpose, &protection);
    let subscribers = region::subscribers(foundations);
    alerts(&mut scope, &TopicInputs { existing_arn: None, key: &key, subscribers })
}
