//! Health checks and records in a Terraform module, as far as it says what they are before Terraform runs.
//!
//! Health checks are known by their addresses. A name that Terraform works out stands as the text of its expression: two
//! records with the same expression have the same name, which is what failover asks for.

use std::collections::BTreeMap;
use std::time::Duration;

use super::health_check::{Endpoint, FailureThreshold, HealthCheck, HealthCheckId, Kind, Protocol, RequestInterval};
use super::record::{DomainName, FailoverRole, Record, Routing, Target};
use crate::terraform::expression::{Expression, Object, Root};
use crate::terraform::{Address, Module, ResourceBlock, ResourceMode};

const HEALTH_CHECK: &str = "aws_route53_health_check";
const RECORD: &str = "aws_route53_record";

/// The routing policies that are not evaluated, as blocks of a record.
const OTHER_POLICIES: [&str; 6] = [
    "cidr_routing_policy",
    "geolocation_routing_policy",
    "geoproximity_routing_policy",
    "latency_routing_policy",
    "multivalue_answer_routing_policy",
    "weighted_routing_policy",
];

/// What a module says about DNS.
#[derive(Debug, Clone, Default)]
pub struct DnsBlocks {
    /// Its health checks, by address.
    pub checks: BTreeMap<HealthCheckId, HealthCheck>,
    /// Its records, by address.
    pub records: BTreeMap<String, Record>,
    /// Blocks that do not say enough.
    pub unread: Vec<Unread>,
}

/// A block that does not say enough before Terraform runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The block.
    pub address: String,
    /// What is missing.
    pub reason: String,
}

/// Reads a module's health checks and records.
pub fn read_module(module: &Module) -> DnsBlocks {
    let mut read = DnsBlocks::default();
    for block in module.resources().iter().filter(|block| block.mode() == ResourceMode::Managed) {
        let (address, arguments) = (block.address().to_string(), Arguments(block));
        let result = match block.type_name() {
            HEALTH_CHECK => health_check(&arguments).map(|check| {
                read.checks.insert(HealthCheckId::new(address.clone()), check);
            }),
            RECORD => record(&arguments).map(|record| {
                read.records.insert(address.clone(), record);
            }),
            _ => continue,
        };
        if let Err(reason) = result {
            read.unread.push(Unread { address, reason });
        }
    }
    read
}

fn health_check(arguments: &Arguments<'_>) -> Result<HealthCheck, String> {
    let type_name = arguments.literal("type")?.ok_or("type is missing")?;
    let kind = match type_name.as_str() {
        "CALCULATED" => Kind::Calculated {
            children: arguments.health_checks("child_healthchecks")?,
            // Terraform sends 0 where it is left out.
            threshold: arguments.number("child_health_threshold")?.unwrap_or(0).try_into().unwrap_or(usize::MAX),
        },
        "HTTP" | "HTTP_STR_MATCH" => Kind::Endpoint(endpoint(arguments, Protocol::Http)?),
        "HTTPS" | "HTTPS_STR_MATCH" => Kind::Endpoint(endpoint(arguments, Protocol::Https)?),
        "TCP" => Kind::Endpoint(endpoint(arguments, Protocol::Tcp)?),
        _ => Kind::NotProbed { type_name },
    };
    Ok(HealthCheck { kind, inverted: arguments.flag("invert_healthcheck")?, disabled: arguments.flag("disabled")? })
}

fn endpoint(arguments: &Arguments<'_>, protocol: Protocol) -> Result<Endpoint, String> {
    let defaults = Endpoint::new(protocol, "");
    let port = arguments.number("port")?.map(u16::try_from).transpose().map_err(|_| "port is no port")?;
    let interval = arguments.number("request_interval")?.map(RequestInterval::from_seconds);
    let threshold = arguments.number("failure_threshold")?.map(FailureThreshold::new);
    let path = arguments.text("resource_path").unwrap_or_default();
    Ok(Endpoint {
        host: arguments.text("fqdn").unwrap_or_default(),
        ip_address: arguments.text("ip_address"),
        port: port.unwrap_or(defaults.port),
        // "If you don't include a leading slash, Route 53 automatically adds one."
        path: if path.starts_with('/') { path } else { format!("/{path}") },
        search_string: arguments.text("search_string"),
        sends_server_name: arguments.optional_flag("enable_sni")?.unwrap_or(defaults.sends_server_name),
        interval: interval.map_or(Some(defaults.interval), |it| it).ok_or("request_interval is neither 10 nor 30")?,
        failure_threshold: threshold
            .map_or(Some(defaults.failure_threshold), |it| it)
            .ok_or("failure_threshold is not from 1 to 10")?,
        protocol,
    })
}

fn record(arguments: &Arguments<'_>) -> Result<Record, String> {
    let name = arguments.text("name").ok_or("name is missing")?;
    let record_type = arguments.text("type").ok_or("type is missing")?;
    let health_check = arguments.get("health_check_id").map(referred_health_check).transpose()?;
    Ok(Record {
        name: DomainName::new(&name),
        record_type,
        target: target(arguments)?,
        routing: routing(arguments)?,
        health_check,
    })
}

fn target(arguments: &Arguments<'_>) -> Result<Target, String> {
    if let Some(alias) = arguments.block("alias") {
        let name = alias.get("name").map(text_of).ok_or("alias.name is missing")?;
        let evaluate = alias.get("evaluate_target_health").map(boolean).transpose()?.unwrap_or(false);
        return Ok(Target::Alias { name: DomainName::new(&name), evaluate_target_health: evaluate });
    }
    let values = match arguments.get("records") {
        Some(Expression::List(items)) => items.iter().map(text_of).collect(),
        Some(other) => vec![text_of(other)],
        None => return Err("records and alias are both missing".to_owned()),
    };
    let ttl = arguments.number("ttl")?.ok_or("ttl is missing")?;
    Ok(Target::Values { values, ttl: Duration::from_secs(ttl) })
}

fn routing(arguments: &Arguments<'_>) -> Result<Routing, String> {
    if let Some(policy) = arguments.block("failover_routing_policy") {
        let role = policy.get("type").map(text_of).unwrap_or_default();
        let role = FailoverRole::from_name(&role).ok_or("the failover type is neither PRIMARY nor SECONDARY")?;
        return Ok(Routing::Failover(role));
    }
    let other = OTHER_POLICIES.into_iter().find(|policy| arguments.get(policy).is_some());
    Ok(other.map_or(Routing::Simple, |policy| Routing::Other(policy.trim_end_matches("_routing_policy").to_owned())))
}

/// The arguments of a block, by what they are needed as.
struct Arguments<'a>(&'a ResourceBlock);

impl<'a> Arguments<'a> {
    fn get(&self, name: &str) -> Option<&'a Expression> {
        self.0.arguments().get(name).filter(|value| **value != Expression::Null)
    }

    /// A nested block of which there can be one.
    fn block(&self, name: &str) -> Option<&'a Object> {
        match self.get(name)? {
            Expression::Object(object) => Some(object),
            Expression::List(blocks) => blocks.iter().find_map(|block| match block {
                Expression::Object(object) => Some(object),
                _ => None,
            }),
            _ => None,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(text_of)
    }

    fn literal(&self, name: &str) -> Result<Option<String>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Expression::Text(text)) => Ok(Some(text.to_string())),
            Some(other) => Err(format!("{name} is {other}, which is not known before Terraform runs")),
        }
    }

    fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = match value {
            Expression::Number(number) => number.as_u64(),
            // Terraform takes "10" for 10.
            Expression::Text(text) => text.parse().ok(),
            _ => None,
        };
        number.map(Some).ok_or_else(|| format!("{name} is {value}, not a number that is known before Terraform runs"))
    }

    fn flag(&self, name: &str) -> Result<bool, String> {
        self.optional_flag(name).map(Option::unwrap_or_default)
    }

    fn optional_flag(&self, name: &str) -> Result<Option<bool>, String> {
        self.get(name).map(|value| boolean(value).map_err(|reason| format!("{name}: {reason}"))).transpose()
    }

    fn health_checks(&self, name: &str) -> Result<Vec<HealthCheckId>, String> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Expression::List(items)) => items.iter().map(referred_health_check).collect(),
            Some(other) => Err(format!("{name} is {other}, which is not known before Terraform runs")),
        }
    }
}

/// The text of a string, or of the expression that gives it.
fn text_of(expression: &Expression) -> String {
    match expression {
        Expression::Text(text) => text.to_string(),
        other => other.to_string(),
    }
}

fn boolean(expression: &Expression) -> Result<bool, String> {
    match expression {
        Expression::Bool(value) => Ok(*value),
        Expression::Text(text) if text == "true" => Ok(true),
        Expression::Text(text) if text == "false" => Ok(false),
        other => Err(format!("{other} is not known before Terraform runs")),
    }
}

/// The health check that a reference leads to, or the id that a text spells.
fn referred_health_check(expression: &Expression) -> Result<HealthCheckId, String> {
    match expression {
        Expression::Text(id) => Ok(HealthCheckId::new(id.as_ref())),
        Expression::Traversal(traversal) => match &traversal.root {
            Root::Address(address) if is_health_check(address) => Ok(HealthCheckId::new(address.to_string())),
            _ => Err(format!("{expression} names no health check of this module")),
        },
        other => Err(format!("{other} is not known before Terraform runs")),
    }
}

fn is_health_check(address: &Address) -> bool {
    matches!(address, Address::Resource { mode: ResourceMode::Managed, type_name, .. } if type_name == HEALTH_CHECK)
}
