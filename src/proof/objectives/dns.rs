//! Health checks and failover records of a model, and how long clients take to be sent elsewhere.

use std::collections::BTreeMap;
use std::time::Duration;

use super::span::Span;
use super::step::{Evidence, Source, Step};
use crate::dns_failover::{
    ALIAS_TTL, CONNECT_LIMIT, Detection, DomainName, Endpoint, FailoverRole, FailureThreshold, HealthCheck,
    HealthCheckId, Kind, Protocol, Record, RequestInterval, Routing, Target,
};
use crate::proof::model::{self, Known, Model, Node, Resource};

const HEALTH_CHECK: &str = "aws_route53_health_check";
const RECORD: &str = "aws_route53_record";

const CHECKERS_GUIDE: &str =
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html";
const ALIAS_GUIDE: &str =
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html";

/// An endpoint is healthy while more than this share of its checkers says so; see `dns_failover`.
const HEALTHY_SHARE: f64 = 0.18;

/// The failover records of a model, and every health check.
#[derive(Debug, Default)]
pub(super) struct Dns<'m> {
    pub(super) checks: BTreeMap<HealthCheckId, HealthCheck>,
    /// Why a health check could not be read.
    unread: BTreeMap<HealthCheckId, String>,
    /// The records that answer while all is well.
    primaries: Vec<&'m Resource>,
}

/// How the answer for one name changes.
#[derive(Debug, Clone)]
pub(super) struct AnswerChange<'m> {
    pub(super) record: &'m Resource,
    /// The health check that the record depends on.
    pub(super) check: HealthCheckId,
    pub(super) detection: Detection,
}

impl<'m> Dns<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let mut dns = Self::default();
        for resource in model.of_type(HEALTH_CHECK) {
            let id = HealthCheckId::new(resource.address.clone());
            match health_check(model, resource) {
                Ok(check) => {
                    dns.checks.insert(id, check);
                }
                Err(reason) => {
                    dns.unread.insert(id, reason);
                }
            }
        }
        let is_primary = |record: &&Resource| record.at("failover_routing_policy.type").is_text("PRIMARY");
        dns.primaries = model.of_type(RECORD).filter(is_primary).collect();
        dns
    }

    /// The records that customers are sent by: addresses and names, no texts.
    pub(super) fn of_customers(&self) -> impl Iterator<Item = &'m Resource> + '_ {
        let of_customers =
            |record: &&Resource| ["A", "AAAA", "CNAME"].iter().any(|kind| record.at("type").is_text(kind));
        self.primaries.iter().copied().filter(of_customers)
    }

    /// The failover record of type TXT with this name.
    pub(super) fn text(&self, name: &str) -> Option<&'m Resource> {
        let wanted = DomainName::new(name);
        self.primaries.iter().copied().find(|record| {
            record.at("type").is_text("TXT")
                && record.at("name").text().get().is_some_and(|own| DomainName::new(&own) == wanted)
        })
    }

    /// How the answer of a record changes once its endpoint is lost.
    ///
    /// # Errors
    /// Why it does not, or why that cannot be told.
    pub(super) fn change(&self, model: &'m Model, record: &'m Resource) -> Result<AnswerChange<'m>, String> {
        let check = match model.resolve(&[HEALTH_CHECK], record.at("health_check_id"), record) {
            model::Target::Found(check) => HealthCheckId::new(check.address.clone()),
            model::Target::Nothing if record.at("alias.evaluate_target_health").flag().get() == Some(true) => {
                return Err(
                    "the record follows the health of its target only, and how long that takes AWS does not say"
                        .to_owned(),
                );
            }
            model::Target::Nothing => {
                return Err("the record has no health check, so it is always answered with".to_owned());
            }
            model::Target::Outside(id) => return Err(format!("the health check {id} stands somewhere else")),
            model::Target::Unknown(reason) => return Err(format!("which health check it has: {reason}")),
        };
        if let Some(reason) = self.unreadable(&check) {
            return Err(reason);
        }
        takes_over(model, record)?;
        let asked = Record {
            name: DomainName::new(&record.at("name").text().get().unwrap_or_default()),
            record_type: record.at("type").text().get().unwrap_or_default(),
            target: target(record)?,
            routing: Routing::Failover(FailoverRole::Primary),
            health_check: Some(check.clone()),
        };
        let detection = Detection::worst_case(&asked, &self.checks).map_err(|reason| reason.to_string())?;
        Ok(AnswerChange { record, check, detection })
    }

    /// Why a check, or one that it counts, cannot be read.
    fn unreadable(&self, id: &HealthCheckId) -> Option<String> {
        let own = self.unread.get(id).map(|reason| format!("{id}: {reason}"));
        own.or_else(|| match &self.checks.get(id)?.kind {
            Kind::Calculated { children, .. } => {
                children.iter().find_map(|child| self.unread.get(child).map(|reason| format!("{child}: {reason}")))
            }
            _ => None,
        })
    }
}

impl AnswerChange<'_> {
    /// The steps until the last client is sent elsewhere.
    pub(super) fn steps(&self) -> [Step; 2] {
        [self.until_unhealthy(), self.until_forgotten()]
    }

    /// Until the health check is unhealthy.
    pub(super) fn until_unhealthy(&self) -> Step {
        let Detection { failures, interval, probe_limit, .. } = &self.detection;
        let (failures, interval, limit) = (f64::from(*failures), interval.as_secs_f64(), probe_limit.as_secs_f64());
        let connect = CONNECT_LIMIT.as_secs_f64().min(limit);
        // Checkers start at moments of their own. The status turns when all but the healthy share have failed often enough:
        // the last of these has its first failed probe after that share of an interval.
        let last_to_start = (1.0 - HEALTHY_SHARE) * interval;
        let span = Span {
            best: (failures - 1.0) * interval,
            expected: last_to_start + (failures - 1.0) * interval + failures * connect,
            worst: self.detection.until_unhealthy().as_secs_f64(),
        };
        Step {
            name: "Route 53's checkers find the endpoint unhealthy".to_owned(),
            span,
            evidence: Evidence::Documented,
            arithmetic: format!("at worst {failures} x ({interval} s + {limit} s that a probe may take)"),
            sources: vec![
                Source::field(
                    self.check.as_str(),
                    "request_interval, failure_threshold, of the slowest endpoint that counts",
                ),
                Source::Text(CHECKERS_GUIDE.to_owned()),
            ],
            allowed: None,
        }
    }

    fn until_forgotten(&self) -> Step {
        let seconds = self.detection.ttl.as_secs_f64();
        let is_alias = self.record.at("alias").is_set();
        let guide = is_alias.then(|| Source::Text(ALIAS_GUIDE.to_owned()));
        let field = Source::field(&self.record.address, if is_alias { "alias" } else { "ttl" });
        Step {
            name: "resolvers drop the old answer".to_owned(),
            span: Span::between(0.0, seconds),
            // AWS gives the number for load balancers only; API Gateway answers with the same.
            evidence: if is_alias { Evidence::Assumed } else { Evidence::Declared },
            arithmetic: format!("an answer may be kept for {seconds} s"),
            sources: [field].into_iter().chain(guide).collect(),
            allowed: None,
        }
    }
}

/// Whether the name has another answer once this record is out of it.
fn takes_over(model: &Model, record: &Resource) -> Result<(), String> {
    let name = |record: &Resource| record.at("name").text().get().map(|name| DomainName::new(&name));
    let is_other = |other: &&Resource| {
        other.at("failover_routing_policy.type").is_text("SECONDARY")
            && name(other) == name(record)
            && other.at("type") == record.at("type")
            && (other.at("zone_id") == record.at("zone_id") || other.at("zone_id").unknown().is_some())
    };
    let Some(other) = model.of_type(RECORD).find(is_other) else {
        return Err("no record of this configuration is the SECONDARY of this name and type".to_owned());
    };
    let answer = |record: &Resource| match record.at("alias.name").text() {
        Known::Is(host) => vec![Known::Is(host)],
        _ => record.at("records").items().into_iter().map(Node::text).collect(),
    };
    let (own, others) = (answer(record), answer(other));
    let is_known = !own.is_empty() && own.iter().all(|one| matches!(one, Known::Is(_)));
    if is_known && own == others {
        return Err(format!("{} answers with the same as the record itself", other.address));
    }
    Ok(())
}

fn target(record: &Resource) -> Result<Target, String> {
    if record.at("alias").is_set() {
        return Ok(Target::Alias { name: DomainName::new(""), evaluate_target_health: false });
    }
    match record.at("ttl").number() {
        Known::Is(seconds) if (0.0..=2_147_483_647.0).contains(&seconds) => {
            Ok(Target::Values { values: Vec::new(), ttl: Duration::from_secs_f64(seconds) })
        }
        Known::Is(seconds) => Err(format!("a ttl of {seconds} seconds is not possible")),
        Known::Absent => Ok(Target::Values { values: Vec::new(), ttl: ALIAS_TTL }),
        Known::Unknown(reason) => Err(format!("its ttl: {reason}")),
    }
}

fn health_check(model: &Model, resource: &Resource) -> Result<HealthCheck, String> {
    let kind = match known(resource, "type", Node::text)?.ok_or("its type is missing")?.to_ascii_uppercase().as_str() {
        "CALCULATED" => calculated(model, resource)?,
        "HTTP" => Kind::Endpoint(endpoint(resource, Protocol::Http, false)?),
        "HTTP_STR_MATCH" => Kind::Endpoint(endpoint(resource, Protocol::Http, true)?),
        "HTTPS" => Kind::Endpoint(endpoint(resource, Protocol::Https, false)?),
        "HTTPS_STR_MATCH" => Kind::Endpoint(endpoint(resource, Protocol::Https, true)?),
        "TCP" => Kind::Endpoint(endpoint(resource, Protocol::Tcp, false)?),
        other => Kind::NotProbed { type_name: other.to_owned() },
    };
    let flag = |name| Ok::<_, String>(known(resource, name, Node::flag)?.unwrap_or(false));
    Ok(HealthCheck { kind, inverted: flag("invert_healthcheck")?, disabled: flag("disabled")? })
}

/// How long probes take and how often they come is all that time depends on: where they go is not asked.
fn endpoint(resource: &Resource, protocol: Protocol, searches: bool) -> Result<Endpoint, String> {
    let interval = match known(resource, "request_interval", Node::number)? {
        None => RequestInterval::default(),
        Some(seconds) => whole(seconds)
            .and_then(RequestInterval::from_seconds)
            .ok_or_else(|| format!("its request_interval is {seconds}, neither 10 nor 30"))?,
    };
    let failure_threshold = match known(resource, "failure_threshold", Node::number)? {
        None => FailureThreshold::default(),
        Some(number) => whole(number)
            .and_then(FailureThreshold::new)
            .ok_or_else(|| format!("its failure_threshold is {number}, not from 1 to 10"))?,
    };
    let search_string = searches.then(String::new);
    Ok(Endpoint { search_string, interval, failure_threshold, ..Endpoint::new(protocol, "") })
}

/// The number without a fraction, if it has none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
fn whole(number: f64) -> Option<u64> {
    (number.fract() == 0.0).then_some(number as u64)
}

fn calculated(model: &Model, resource: &Resource) -> Result<Kind, String> {
    let mut children = Vec::new();
    for child in resource.at("child_healthchecks").items() {
        children.push(match model.resolve(&[HEALTH_CHECK], child, resource) {
            model::Target::Found(check) => HealthCheckId::new(check.address.clone()),
            model::Target::Outside(id) => HealthCheckId::new(id),
            model::Target::Unknown(reason) => return Err(format!("which checks it counts: {reason}")),
            model::Target::Nothing => continue,
        });
    }
    let threshold = known(resource, "child_health_threshold", Node::number)?.unwrap_or(0.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    Ok(Kind::Calculated { children, threshold: threshold as usize })
}

fn known<T>(resource: &Resource, name: &str, read: impl Fn(&Node) -> Known<T>) -> Result<Option<T>, String> {
    match read(resource.at(name)) {
        Known::Is(value) => Ok(Some(value)),
        Known::Absent => Ok(None),
        Known::Unknown(reason) => Err(format!("its {name}: {reason}")),
    }
}
