//! What each type of object is charged for.
//!
//! A tariff reads an object and counts: what the configuration says with [`Meter::count`], what use decides with [`Meter::used`]. What it
//! cannot know becomes a gap. One file for each family of services.

mod api;
mod backup;
mod containers;
mod database;
mod dns;
mod functions;
mod network;
mod storage;
mod watching;

use std::collections::BTreeMap;

use super::HOURS;
use super::bill::{Basis, Bill, Gap, Line, Share};
use super::budget::to_cents;
use super::free;
use super::prices::{self, Price};
use super::usage::Usage;
use crate::proof::model::{Known, Model, Node, Resource};
pub(super) use database::is_io_optimized;

/// Reads one object.
type Tariff = fn(&mut Meter<'_>, &Resource);

/// The tariff of a type.
fn tariff(kind: &str) -> Option<Tariff> {
    Some(match kind {
        "aws_rds_cluster" => database::cluster,
        "aws_rds_cluster_instance" => database::instance,
        "aws_dynamodb_table" => database::table,
        "aws_dynamodb_table_replica" => database::table_replica,
        "aws_lambda_function" => functions::function,
        "aws_sfn_state_machine" => functions::state_machine,
        "aws_scheduler_schedule" => functions::schedule,
        "aws_cloudwatch_event_rule" => functions::event_rule,
        "aws_cloudformation_stack" => functions::stack,
        "aws_sns_topic" => functions::topic,
        "aws_ssm_parameter" => functions::parameter,
        "aws_api_gateway_rest_api" => api::rest_api,
        "aws_api_gateway_stage" => api::stage,
        "aws_api_gateway_method_settings" => api::method_settings,
        "aws_wafv2_web_acl" => api::web_acl,
        "aws_acm_certificate" => api::certificate,
        "aws_s3_bucket" => storage::bucket,
        "aws_s3_bucket_replication_configuration" => storage::replication,
        "aws_kms_key" | "aws_kms_replica_key" => storage::key,
        "aws_secretsmanager_secret" => storage::secret,
        "aws_ecs_cluster" => containers::cluster,
        "aws_ecs_service" => containers::service,
        "aws_lb" | "aws_alb" => containers::balancer,
        "aws_vpc_endpoint" => network::endpoint,
        "aws_nat_gateway" => network::nat_gateway,
        "aws_vpc_peering_connection" => network::peering,
        "aws_route53_zone" => dns::zone,
        "aws_route53_record" => dns::record,
        "aws_route53_health_check" => dns::health_check,
        "aws_cloudwatch_log_group" => watching::log_group,
        "aws_cloudwatch_metric_alarm" => watching::alarm,
        "aws_cloudwatch_composite_alarm" => watching::composite_alarm,
        "aws_cloudwatch_dashboard" => watching::dashboard,
        "aws_config_configuration_recorder" => watching::recorder,
        "aws_config_config_rule" => watching::rule,
        "aws_backup_selection" => backup::selection,
        "aws_backup_restore_testing_selection" => backup::restore_test,
        _ => return None,
    })
}

/// Adds up what objects are charged for.
pub(super) struct Meter<'m> {
    model: &'m Model,
    usage: &'m Usage,
    lines: BTreeMap<(usize, String), (&'static Price, Vec<Share>)>,
    gaps: BTreeMap<String, Vec<String>>,
}

impl<'m> Meter<'m> {
    pub(super) fn new(model: &'m Model, usage: &'m Usage) -> Self {
        Self { model, usage, lines: BTreeMap::new(), gaps: BTreeMap::new() }
    }

    pub(super) fn read(&mut self, resource: &Resource) {
        if let Some(reason) = &resource.doubt {
            self.gap(resource, format!("how many there are is not known, one is counted: {reason}"));
        }
        if let Some(tariff) = tariff(&resource.kind) {
            tariff(self, resource);
        } else if free::reason(&resource.kind).is_none() && resource.kind.starts_with("aws_") {
            self.gap(resource, format!("{} has no price here", resource.kind));
        } else if !resource.kind.starts_with("aws_") && resource.kind != "terraform_data" {
            self.gap(resource, format!("{} is not of AWS's provider", resource.kind));
        }
    }

    pub(super) fn finish(self) -> Bill {
        let line = |((_, region), (price, shares)): ((usize, String), (&'static Price, Vec<Share>))| {
            let quantity = shares.iter().map(|share| share.quantity).sum();
            Line { price, region, quantity, cents: to_cents(price.of(quantity)), shares }
        };
        Bill {
            lines: self.lines.into_iter().map(line).collect(),
            gaps: self.gaps.into_iter().map(|(what, addresses)| Gap { what, addresses }).collect(),
        }
    }

    /// So much of something, because the configuration says so.
    fn count(&mut self, resource: &Resource, price: &str, quantity: f64) {
        self.share(resource, resource.region_name(), price, quantity, Basis::Configuration);
    }

    /// As much as is said to be used.
    fn used(&mut self, resource: &Resource, price: &str, key: &str) {
        self.used_times(resource, price, key, 1.0);
    }

    /// As much as is said to be used, multiplied.
    fn used_times(&mut self, resource: &Resource, price: &str, key: &str, factor: f64) {
        if let Some((quantity, basis)) = self.usage_of(resource, key) {
            self.share(resource, resource.region_name(), price, quantity * factor, basis);
        }
    }

    /// How much is said to be used; a gap if nobody said.
    fn usage_of(&mut self, resource: &Resource, key: &str) -> Option<(f64, Basis)> {
        let said = self.usage.of(&resource.kind, &resource.address, key);
        if said.is_none() {
            self.gap(resource, format!("no usage says `{key}` of {}", resource.kind));
        }
        said
    }

    /// So much of something in a region.
    fn share(&mut self, resource: &Resource, region: &str, price: &str, quantity: f64, basis: Basis) {
        let Some(price) = prices::named(price) else {
            return self.gap(resource, format!("there is no price of {price}"));
        };
        if !price.holds_in(region) {
            return self.gap(resource, format!("there is no price of {}: {} in {region}", price.service, price.item));
        }
        if quantity <= 0.0 {
            return;
        }
        let region = if price.is_global() { "global" } else { region };
        let line = self.lines.entry((price.position, region.to_owned())).or_insert_with(|| (price, Vec::new()));
        line.1.push(Share { address: resource.address.clone(), quantity, basis });
    }

    /// Something that the bill does not hold.
    fn gap(&mut self, resource: &Resource, what: String) {
        let addresses = self.gaps.entry(what).or_default();
        if addresses.last() != Some(&resource.address) {
            addresses.push(resource.address.clone());
        }
    }

    /// A value that decides a quantity; a gap if it is not known.
    fn known<T>(&mut self, resource: &Resource, name: &str, value: Known<T>, absent: T) -> Option<T> {
        match value {
            Known::Is(value) => Some(value),
            Known::Absent => Some(absent),
            Known::Unknown(reason) => {
                self.gap(resource, format!("`{name}` is not known: {reason}"));
                None
            }
        }
    }
}

/// How many items a list or set has; none if that is not known.
fn length(node: &Node) -> Option<f64> {
    match node {
        Node::Unknown(_) => None,
        other => u32::try_from(other.items().len()).ok().map(f64::from),
    }
}

/// How many blocks there are of a name.
fn blocks(resource: &Resource, name: &str) -> f64 {
    u32::try_from(resource.values.blocks(name).len()).map_or(0.0, f64::from)
}
