//! DNS failover as Route 53 does it: what health checks and records answer while endpoints come and go.
//!
//! ```text
//! probe ──> checker ──────────> endpoint's status ──> calculated ──> record ──> answer
//!           failure threshold   more than 18 % of     threshold      failover   TTL
//!           in a row            the checkers          of children    routing
//! ```
//!
//! Nothing here reads a clock or does I/O. Whoever probes says what came of each probe and when
//! ([`Evaluator::observe`]), and asks what DNS would answer now ([`HostedZone::answer`]). How long an answer can take to
//! change is computed from the checks themselves ([`Detection::worst_case`]), and checks and records can be read out of a
//! Terraform document ([`read_module`]).
//!
//! The rules are those of the Route 53 developer guide; each stands beside its source:
//!
//! - [How Route 53 determines whether a health check is healthy](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html)
//! - [Values that you specify when you create or update health checks](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html)
//! - [How Route 53 chooses records when health checking is configured](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html)
//! - [Choosing between alias and non-alias records](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html)
//!
//! Two things of the service are left out, because AWS publishes no number for them: the time a status takes from the
//! checkers to the name servers, and name servers that see different checkers while the internet is partitioned.

mod answer;
mod checker;
mod detection;
mod document;
mod evaluator;
mod health_check;
mod probe;
mod record;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod evaluator_tests;

pub use answer::{Answer, HostedZone, NoAnswer};
pub use checker::Checker;
pub use detection::{Detection, Undetected};
pub use document::{DnsBlocks, Unread, read_module};
pub use evaluator::{Evaluator, InvalidChecks, Status, Transition, UnknownChecker};
pub use health_check::{Endpoint, FailureThreshold, HealthCheck, HealthCheckId, Kind, Protocol, RequestInterval};
pub use probe::{BODY_LIMIT_BYTES, CONNECT_LIMIT, Probe, RESPONSE_LIMIT, TCP_CONNECT_LIMIT};
pub use record::{ALIAS_TTL, DomainName, FailoverRole, Record, Routing, Target};
