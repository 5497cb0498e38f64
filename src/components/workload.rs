//! What takes payments in a region, as DNS, probes and the failover see it: a host that answers for its health.
//!
//! ```text
//! lambda, fargate   API of the stack   https://<api>.execute-api.<region>.amazonaws.com/live/health
//! none              host of the user   https://<endpoint>/health
//! ```

use super::payments_api::{HEALTH_PATH, PaymentsApi};
use crate::settings::Region;
use crate::terraform::{Value, concat, text};

/// What takes payments in a region.
#[derive(Debug)]
pub enum Workload {
    /// Functions or tasks of the stack's own, behind the stack's own API.
    BehindApi(Box<PaymentsApi>),
    /// A service that runs elsewhere, at this host.
    Elsewhere(Value<String>),
}

/// What is asked over HTTPS whether something is so: by Route 53's checkers, and by the failover.
#[derive(Debug, Clone)]
pub struct Probed {
    /// The name of the host.
    pub host: Value<String>,
    /// The path, with the slash that it begins with.
    pub path: String,
}

impl Probed {
    /// The same as an address.
    pub fn url(&self) -> Value<String> {
        concat([text("https://"), self.host.clone(), text(self.path.clone())])
    }
}

impl Workload {
    /// The stack's API, if there is one.
    pub fn api(&self) -> Option<&PaymentsApi> {
        match self {
            Self::BehindApi(api) => Some(api),
            Self::Elsewhere(_) => None,
        }
    }

    /// Where it tells whether it takes payments.
    pub fn health(&self, region: Region) -> Probed {
        match self {
            Self::BehindApi(api) => api.health(region),
            Self::Elsewhere(host) => Probed { host: host.clone(), path: format!("/{HEALTH_PATH}") },
        }
    }

    /// Where callers reach this region alone, without a slash at the end.
    pub fn url(&self) -> Value<String> {
        match self {
            Self::BehindApi(api) => api.url(),
            Self::Elsewhere(host) => concat([text("https://"), host.clone()]),
        }
    }
}
