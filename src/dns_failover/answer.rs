//! What a hosted zone answers, given the status of its health checks.

use std::time::Duration;

use super::evaluator::{Evaluator, Status};
use super::record::{ALIAS_TTL, DomainName, FailoverRole, Record, Routing, Target};

/// Aliases of aliases that are followed. AWS forbids circles; this ends them where a document has one.
const LONGEST_ALIAS_CHAIN: usize = 8;

const CNAME: &str = "CNAME";

/// What DNS answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Values of a record.
    Values {
        /// Their type: the one that was asked for, or `CNAME`.
        record_type: String,
        /// The values, in Route 53's notation.
        values: Vec<String>,
        /// How long resolvers may keep them.
        ttl: Duration,
    },
    /// The address of something outside the zone: on AWS resolvers see the target's addresses, never its name.
    Alias {
        /// The name of what it is.
        target: DomainName,
        /// How long resolvers may keep it.
        ttl: Duration,
    },
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The name lies in another zone.
    #[error("the name is in another zone")]
    OtherZone,
    /// The name does not exist.
    #[error("the name does not exist")]
    NoSuchName,
    /// The name has no records of this type.
    #[error("the name has no records of this type")]
    NoSuchType,
    /// Route 53 has an answer; what it is cannot be told here.
    #[error("{0}")]
    NotEvaluable(String),
}

/// A public hosted zone.
///
/// Wildcard records are not evaluated, nor are routing policies other than simple and failover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedZone {
    /// The name at its top.
    pub name: DomainName,
    /// Its records.
    pub records: Vec<Record>,
}

impl HostedZone {
    /// Answers a question.
    ///
    /// # Errors
    /// If there is no answer, or none that can be told.
    pub fn answer(&self, name: &DomainName, record_type: &str, health: &Evaluator) -> Result<Answer, NoAnswer> {
        let view = View { zone: self, health };
        view.answer(name, record_type, LONGEST_ALIAS_CHAIN)
    }

    fn group(&self, name: &DomainName, record_type: &str) -> Vec<&Record> {
        let asked_for = |record: &&Record| record.name == *name && record.record_type.eq_ignore_ascii_case(record_type);
        self.records.iter().filter(asked_for).collect()
    }
}

/// A zone at one moment.
struct View<'a> {
    zone: &'a HostedZone,
    health: &'a Evaluator,
}

impl View<'_> {
    fn answer(&self, name: &DomainName, record_type: &str, hops: usize) -> Result<Answer, NoAnswer> {
        if !name.is_within(&self.zone.name) {
            return Err(NoAnswer::OtherZone);
        }
        let mut group = self.zone.group(name, record_type);
        if group.is_empty() {
            // A CNAME answers for every type (RFC 1034, section 3.6.2).
            group = self.zone.group(name, CNAME);
        }
        if group.is_empty() {
            return Err(self.absence(name));
        }
        let record = self.choose(&group, hops)?;
        match &record.target {
            Target::Values { values, ttl } => {
                Ok(Answer::Values { record_type: record.record_type.clone(), values: values.clone(), ttl: *ttl })
            }
            Target::Alias { name: target, .. } if !self.zone.group(target, record_type).is_empty() => {
                self.answer(target, record_type, fewer(hops, target)?)
            }
            Target::Alias { name: target, .. } => Ok(Answer::Alias { target: target.clone(), ttl: ALIAS_TTL }),
        }
    }

    /// A name exists if it has records or others lie below it (RFC 8020).
    fn absence(&self, name: &DomainName) -> NoAnswer {
        let wildcard = |record: &&Record| record.name.as_str().starts_with(['*', '\\']);
        if self.zone.records.iter().any(|record| record.name.is_within(name)) {
            NoAnswer::NoSuchType
        } else if let Some(record) = self.zone.records.iter().find(wildcard) {
            NoAnswer::NotEvaluable(format!("the wildcard record {} is not evaluated", record.name))
        } else {
            NoAnswer::NoSuchName
        }
    }

    /// Which record of a group answers (developer guide, "How Route 53 chooses records when health checking is
    /// configured").
    fn choose<'group>(&self, group: &[&'group Record], hops: usize) -> Result<&'group Record, NoAnswer> {
        if let [only] = group {
            // Whatever its health: where no record of a group is healthy, all of them count as healthy.
            return supported(only).map(|()| *only);
        }
        for record in group {
            supported(record)?;
        }
        let role = |wanted| group.iter().find(|record| record.routing == Routing::Failover(wanted)).copied();
        let (Some(primary), Some(secondary)) = (role(FailoverRole::Primary), role(FailoverRole::Secondary)) else {
            return Err(NoAnswer::NotEvaluable(format!("{} has several records of one role", group[0].name)));
        };
        match (self.record_health(primary, hops)?, self.record_health(secondary, hops)?) {
            // If neither is healthy the primary answers.
            (Status::Healthy, _) | (_, Status::Unhealthy) => Ok(primary),
            (Status::Unhealthy, Status::Healthy) => Ok(secondary),
            (Status::Unknown, _) => Err(unknown_health(primary)),
            (_, Status::Unknown) => Err(unknown_health(secondary)),
        }
    }

    fn record_health(&self, record: &Record, hops: usize) -> Result<Status, NoAnswer> {
        let own = match &record.health_check {
            None => Status::Healthy,
            Some(id) => self.health.status(id).ok_or_else(|| {
                NoAnswer::NotEvaluable(format!("{} depends on the health check {id}, which is not known", record.name))
            })?,
        };
        match &record.target {
            // Both must hold ("What happens when you associate a health check with an alias record?").
            Target::Alias { name, evaluate_target_health: true } => {
                Ok(own.and(self.target_health(name, &record.record_type, hops)?))
            }
            _ => Ok(own),
        }
    }

    /// An alias is as healthy as the best record that it leads to. One that leads to an AWS resource counts as healthy:
    /// API Gateway's is unhealthy only when the service as a whole is (API Gateway developer guide, "DNS failover").
    fn target_health(&self, target: &DomainName, record_type: &str, hops: usize) -> Result<Status, NoAnswer> {
        let hops = fewer(hops, target)?;
        let group = self.zone.group(target, record_type);
        let mut best = if group.is_empty() { Status::Healthy } else { Status::Unhealthy };
        for record in group {
            best = match (best, self.record_health(record, hops)?) {
                (Status::Healthy, _) | (_, Status::Healthy) => Status::Healthy,
                (Status::Unknown, _) | (_, Status::Unknown) => Status::Unknown,
                (Status::Unhealthy, Status::Unhealthy) => Status::Unhealthy,
            };
        }
        Ok(best)
    }
}

fn supported(record: &Record) -> Result<(), NoAnswer> {
    match &record.routing {
        Routing::Other(policy) => {
            Err(NoAnswer::NotEvaluable(format!("{} has {policy} routing, which is not evaluated", record.name)))
        }
        Routing::Simple | Routing::Failover(_) => Ok(()),
    }
}

fn unknown_health(record: &Record) -> NoAnswer {
    let check = record.health_check.as_ref().map_or("its target", |id| id.as_str());
    NoAnswer::NotEvaluable(format!("{} depends on {check}, whose status no probe tells", record.name))
}

fn fewer(hops: usize, target: &DomainName) -> Result<usize, NoAnswer> {
    hops.checked_sub(1).ok_or_else(|| NoAnswer::NotEvaluable(format!("the alias {target} leads to itself")))
}
