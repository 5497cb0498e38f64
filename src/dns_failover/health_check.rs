//! Health checks, as they are configured.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::probe::{CONNECT_LIMIT, RESPONSE_LIMIT, TCP_CONNECT_LIMIT};

/// What a health check is known by: Route 53's id, or the address in a Terraform document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HealthCheckId(String);

impl HealthCheckId {
    /// An id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for HealthCheckId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A health check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// Where its status comes from.
    pub kind: Kind,
    /// Healthy counts as unhealthy, and the other way around.
    pub inverted: bool,
    /// Nothing is probed or added up, and the status is healthy, or unhealthy if the check is inverted.
    ///
    /// The API reference says of `Disabled` that the check then always counts as healthy, and that `Inverted` is what
    /// stops traffic (`HealthCheckConfig`).
    pub disabled: bool,
}

impl HealthCheck {
    /// A check that is neither inverted nor disabled.
    pub fn new(kind: Kind) -> Self {
        Self { kind, inverted: false, disabled: false }
    }

    /// The same check with its status turned around.
    pub fn inverted(self) -> Self {
        Self { inverted: !self.inverted, ..self }
    }

    /// The endpoint that is probed for it, if it has one and is not disabled.
    pub fn probed_endpoint(&self) -> Option<&Endpoint> {
        match &self.kind {
            Kind::Endpoint(endpoint) if !self.disabled => Some(endpoint),
            _ => None,
        }
    }
}

/// Where a health check's status comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Checkers probe an endpoint.
    Endpoint(Endpoint),
    /// Other health checks are counted.
    Calculated {
        /// The checks that are counted.
        children: Vec<HealthCheckId>,
        /// How many of them must be healthy. With 0 the check is always healthy, with more than there are children
        /// never (developer guide, "Values that you specify", "Health checks to monitor").
        threshold: usize,
    },
    /// The status comes from elsewhere, so that probes cannot tell it: `CLOUDWATCH_METRIC`, `RECOVERY_CONTROL`.
    NotProbed {
        /// The type's name.
        type_name: String,
    },
}

/// What checkers probe, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// How it is probed.
    pub protocol: Protocol,
    /// The domain name that is resolved, or with an IP address the one for the `Host` header.
    pub host: String,
    /// The address to connect to instead of resolving the name.
    pub ip_address: Option<String>,
    /// The port.
    pub port: u16,
    /// The path with its leading slash, perhaps with a query.
    pub path: String,
    /// What the first 5120 bytes of the body must contain.
    pub search_string: Option<String>,
    /// Whether the name is sent in the TLS handshake.
    pub sends_server_name: bool,
    /// The pause between an answer and the next probe of the same checker.
    pub interval: RequestInterval,
    /// How many probes in a row change a checker's mind.
    pub failure_threshold: FailureThreshold,
}

impl Endpoint {
    /// An endpoint with the service's defaults: the protocol's port, `/`, every 30 seconds, three in a row. SNI is sent
    /// for HTTPS, as the console and Terraform have it.
    pub fn new(protocol: Protocol, host: impl Into<String>) -> Self {
        Self {
            protocol,
            host: host.into(),
            ip_address: None,
            port: protocol.default_port(),
            path: "/".to_owned(),
            search_string: None,
            sends_server_name: protocol == Protocol::Https,
            interval: RequestInterval::default(),
            failure_threshold: FailureThreshold::default(),
        }
    }

    /// The longest that one probe can take before it has failed.
    pub fn probe_limit(&self) -> Duration {
        match (self.protocol, &self.search_string) {
            (Protocol::Tcp, _) => TCP_CONNECT_LIMIT,
            (_, None) => CONNECT_LIMIT + RESPONSE_LIMIT,
            // After the status the body has as long again.
            (_, Some(_)) => CONNECT_LIMIT + RESPONSE_LIMIT + RESPONSE_LIMIT,
        }
    }
}

impl Display for Endpoint {
    /// The endpoint as a URL.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { protocol, host, port, path, .. } = self;
        match protocol {
            Protocol::Tcp => write!(f, "tcp://{host}:{port}"),
            _ if *port == protocol.default_port() => write!(f, "{}://{host}{path}", protocol.scheme()),
            _ => write!(f, "{}://{host}:{port}{path}", protocol.scheme()),
        }
    }
}

/// How an endpoint is probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A request over HTTP.
    Http,
    /// A request over TLS. The certificate is not validated (developer guide, "How Route 53 determines whether a health
    /// check is healthy").
    Https,
    /// A connection and nothing more.
    Tcp,
}

impl Protocol {
    /// The port that is probed when none is named.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http | Self::Tcp => 80,
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
        }
    }
}

/// The seconds between the answer to a checker's probe and its next one: the two that Route 53 offers (developer guide,
/// "Values that you specify", "Request interval").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequestInterval {
    /// 10 s, "fast".
    Fast,
    /// 30 s.
    #[default]
    Standard,
}

impl RequestInterval {
    /// The interval of that many seconds, if Route 53 offers it.
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        match seconds {
            10 => Some(Self::Fast),
            30 => Some(Self::Standard),
            _ => None,
        }
    }

    /// The interval as a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Fast => 10,
            Self::Standard => 30,
        })
    }
}

/// How many probes in a row an endpoint must fail or pass for a checker to change its mind: 1 to 10, 3 if not said (API
/// reference, `HealthCheckConfig`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FailureThreshold(u8);

impl FailureThreshold {
    /// A threshold, if it is from 1 to 10.
    pub fn new(probes: u64) -> Option<Self> {
        u8::try_from(probes).ok().filter(|probes| (1..=10).contains(probes)).map(Self)
    }

    /// The number of probes.
    pub fn probes(self) -> u8 {
        self.0
    }
}

impl Default for FailureThreshold {
    fn default() -> Self {
        Self(3)
    }
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, FailureThreshold, HealthCheck, Kind, Protocol, RequestInterval};

    #[test]
    fn takes_what_route_53_takes() {
        let intervals = [9, 10, 11, 30, 60].map(RequestInterval::from_seconds);
        assert_eq!(intervals, [None, Some(RequestInterval::Fast), None, Some(RequestInterval::Standard), None]);
        assert_eq!([0, 11, 256].map(FailureThreshold::new), [None; 3]);
        assert_eq!(FailureThreshold::new(10).map(FailureThreshold::probes), Some(10));
    }

    #[test]
    fn is_shown_as_a_url() {
        let mut endpoint = Endpoint::new(Protocol::Https, "a.example.com");
        endpoint.path = "/live/health".to_owned();
        assert_eq!(endpoint.to_string(), "https://a.example.com/live/health");
        endpoint.port = 8443;
        assert_eq!(endpoint.to_string(), "https://a.example.com:8443/live/health");
        assert_eq!(Endpoint::new(Protocol::Tcp, "b.example.com").to_string(), "tcp://b.example.com:80");
    }

    #[test]
    fn a_probe_ends_by_the_rules() {
        let mut endpoint = Endpoint::new(Protocol::Http, "a.example.com");
        assert_eq!(endpoint.probe_limit().as_secs(), 6);
        endpoint.search_string = Some("fine".to_owned());
        assert_eq!(endpoint.probe_limit().as_secs(), 8);
        assert_eq!(Endpoint::new(Protocol::Tcp, "a.example.com").probe_limit().as_secs(), 10);
    }

    #[test]
    fn inversion_undoes_itself() {
        let check = HealthCheck::new(Kind::Calculated { children: Vec::new(), threshold: 0 });
        assert_ne!(check.clone().inverted(), check);
        assert_eq!(check.clone().inverted().inverted(), check);
    }
}
