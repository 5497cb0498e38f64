//! Records, as they are configured.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::health_check::HealthCheckId;

/// How long resolvers keep the answer to an alias of an AWS resource.
///
/// It cannot be set: Route 53 uses the resource's own (developer guide, "Choosing between alias and non-alias records").
/// AWS documents 60 seconds for Elastic Load Balancing, and answers with the same for API Gateway's regional names, whose
/// documentation gives no number.
pub const ALIAS_TTL: Duration = Duration::from_secs(60);

/// A domain name without the dot at its end, in lower case: names compare without case (RFC 1035, section 2.3.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// The name that a text spells.
    pub fn new(text: &str) -> Self {
        Self(text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase())
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this name or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let below = self.0.strip_suffix(other.as_str());
        below.is_some_and(|labels| labels.is_empty() || labels.ends_with('.') || other.0.is_empty())
    }
}

impl Display for DomainName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A record set: one answer of those that a name and type may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The name it answers for.
    pub name: DomainName,
    /// The type it answers for: `A`, `TXT` and so on.
    pub record_type: String,
    /// What it answers.
    pub target: Target,
    /// When it is the one to answer.
    pub routing: Routing,
    /// The health check that it depends on. A record without one is always healthy.
    pub health_check: Option<HealthCheckId>,
}

/// What a record answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Values as they stand.
    Values {
        /// The values, in Route 53's notation.
        values: Vec<String>,
        /// How long resolvers may keep them.
        ttl: Duration,
    },
    /// What another name answers.
    Alias {
        /// The other name.
        name: DomainName,
        /// Whether the record is only as healthy as what it points to.
        evaluate_target_health: bool,
    },
}

/// When a record is the one to answer, of those with its name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routing {
    /// There is no other.
    Simple,
    /// One of two.
    Failover(FailoverRole),
    /// A policy that is not evaluated here: weighted, latency, geolocation and so on.
    Other(String),
}

/// Which of two answers a failover record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailoverRole {
    /// Given while it is healthy, and when neither is.
    Primary,
    /// Given otherwise.
    Secondary,
}

impl FailoverRole {
    /// The role of this name, if it is one.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Primary, Self::Secondary].into_iter().find(|role| role.name() == name)
    }

    /// Route 53's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Secondary => "SECONDARY",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DomainName, FailoverRole};

    #[test]
    fn names_compare_without_case_and_final_dot() {
        assert_eq!(DomainName::new("Pay.Example.COM."), DomainName::new("pay.example.com"));
    }

    #[test]
    fn a_name_lies_within_itself_and_those_above() {
        let within = |name: &str, other: &str| DomainName::new(name).is_within(&DomainName::new(other));
        assert!(within("example.com", "example.com"));
        assert!(within("_active.pay.example.com", "example.com"));
        assert!(!within("badexample.com", "example.com"));
        assert!(!within("example.com", "pay.example.com"));
        assert!(within("example.com", "."));
    }

    #[test]
    fn roles_have_route_53s_names() {
        assert_eq!(FailoverRole::from_name("SECONDARY"), Some(FailoverRole::Secondary));
        assert_eq!(FailoverRole::from_name("primary"), None);
    }
}
