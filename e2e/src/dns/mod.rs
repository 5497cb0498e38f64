//! Route 53's data plane over an emulated account: health checkers that probe, and a name server that answers by what
//! they found.
//!
//! ```text
//! Route 53 API ─> configuration ─> view <── checkers ── HTTPS through the emulated internet ──> API Gateway
//! (emulator)                        │ └──> events
//!                                   └──> server (UDP) <── the emulator's resolver <── functions, proxy
//! ```
//!
//! The rules are the library's ([`dr_synth::dns_failover`]); here are the clock, the probes and the network. Probes are real:
//! a connection to the endpoint's host name, TLS with its name if the check says so, the request and the time limits.
//!
//! What differs from AWS:
//!
//! - Three checkers probe each endpoint, evenly staggered. On AWS they stand in at least three regions, several in each,
//!   and do not coordinate.
//! - An alias is answered with a CNAME record to its target, because nothing in the emulator has an address of its own.
//! - A status reaches the name server at once. AWS publishes no number for how long that takes.

mod checkers;
mod configuration;
mod event;
mod message;
mod server;
mod view;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use self::checkers::{Checkers, Route};
use self::configuration::Configuration;
use self::server::Server;
use self::view::View;
use crate::aws::Aws;
use crate::http::{self, agent};

pub use self::event::{Change, Event};

/// Checkers for each endpoint: one for each of the regions that Route 53 wants at least.
pub const CHECKERS: usize = 3;

/// How often a wait looks again.
const POLL: Duration = Duration::from_millis(20);

/// How fast the checkers' time goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace(u32);

impl Pace {
    /// As on AWS: 10 seconds are 10 seconds.
    pub const REAL: Self = Self(1);

    /// The pauses between probes are this many times shorter. The limits of a probe stay as they are.
    pub const fn times_faster(factor: u32) -> Self {
        Self(if factor == 0 { 1 } else { factor })
    }

    fn shorten(self, pause: Duration) -> Duration {
        pause / self.0
    }
}

/// What a client is told to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// An alias' target, or the first value of a record.
    pub target: String,
    /// How long a resolver may keep it.
    pub ttl_seconds: u64,
}

/// A running data plane. Dropping it stops the checkers and the name server; a probe that is under way is waited for,
/// which takes at most a probe's limit.
pub struct DnsDataPlane {
    aws: Aws,
    // The checkers stop before the name server does.
    checkers: Mutex<Checkers>,
    view: Arc<View>,
    server: Server,
}

impl DnsDataPlane {
    /// Reads the account's zones and health checks, starts the checkers and a name server on a free loopback port, and
    /// makes it the one that the emulator's resolver asks.
    ///
    /// New health checks count as healthy, inverted ones as unhealthy, until their checkers know better: see
    /// [`DnsDataPlane::wait_for_answer`].
    ///
    /// # Errors
    ///
    /// When Route 53's API does not answer, the emulator has no way to the internet, or a health check cannot be probed
    /// there.
    pub fn start(aws: &Aws, emulator_endpoint: &str) -> Result<Self> {
        Self::start_at_pace(aws, emulator_endpoint, Pace::REAL)
    }

    /// The same with faster checkers, for tests of other things than time.
    ///
    /// # Errors
    ///
    /// As [`DnsDataPlane::start`].
    pub fn start_at_pace(aws: &Aws, emulator_endpoint: &str, pace: Pace) -> Result<Self> {
        let configuration = Configuration::read(aws)?;
        let view = Arc::new(View::new(configuration, CHECKERS)?);
        let server = Server::start(Arc::clone(&view))?;
        let mut checkers = Checkers::new(Arc::clone(&view), Route { proxy: proxy(emulator_endpoint)?, pace });
        checkers.follow(&view.endpoints())?;
        register(emulator_endpoint, server.address())?;
        Ok(Self { aws: aws.clone(), checkers: Mutex::new(checkers), view, server })
    }

    /// Where the name server listens (UDP).
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What a client that asks for the address of a name is told now; nothing if the name has none.
    ///
    /// # Errors
    ///
    /// When Route 53 would have an answer that cannot be told here, such as one that follows a CloudWatch alarm.
    pub fn resolve(&self, name: &str) -> Result<Option<Answer>> {
        self.view.resolve(name)
    }

    /// The first text of a name's TXT record; nothing if it has none.
    ///
    /// # Errors
    ///
    /// As [`DnsDataPlane::resolve`].
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let answer = self.view.resolve_type(name, "TXT")?;
        Ok(answer.map(|answer| answer.target.trim_matches('"').to_owned()))
    }

    /// Waits until a name is answered with a target that holds.
    ///
    /// # Errors
    ///
    /// When it is not in time, with the answer there was.
    pub fn wait_for_answer(&self, name: &str, timeout: Duration, holds: impl Fn(&Answer) -> bool) -> Result<Answer> {
        let deadline = Instant::now() + timeout;
        loop {
            match self.resolve(name)? {
                Some(answer) if holds(&answer) => return Ok(answer),
                other if Instant::now() >= deadline => {
                    bail!("after {} s {name} is answered with {other:?}", timeout.as_secs())
                }
                _ => thread::sleep(POLL),
            }
        }
    }

    /// What has changed since the start, in order.
    pub fn events(&self) -> Vec<Event> {
        self.view.events()
    }

    /// Reads zones and health checks again. What is probed as before keeps its checkers and what they have seen.
    ///
    /// # Errors
    ///
    /// As [`DnsDataPlane::start`]; everything stays as it was then. Route 53's API is in us-east-1 and goes down with it.
    pub fn refresh(&self) -> Result<()> {
        let configuration = Configuration::read(&self.aws)?;
        self.view.replace(configuration, CHECKERS)?;
        self.checkers.lock().unwrap_or_else(PoisonError::into_inner).follow(&self.view.endpoints())
    }
}

/// The way from this machine to the emulated internet.
fn proxy(endpoint: &str) -> Result<String> {
    let url = format!("{endpoint}/_emulator/internet");
    let internet = http::Answer::read(agent().get(&url).call().with_context(|| url.clone())?)?.json()?;
    let proxy = internet["proxy"].as_str().with_context(|| format!("{url} names no proxy: {internet}"))?;
    Ok(format!("http://{proxy}"))
}

fn register(endpoint: &str, address: SocketAddr) -> Result<()> {
    let url = format!("{endpoint}/_emulator/resolver");
    let request: Value = json!({"upstream": address.to_string()});
    let answer = http::Answer::read(agent().post(&url).send(request.to_string()).with_context(|| url.clone())?)?;
    ensure!(answer.status == 200, "{url} answered {}: {}", answer.status, answer.text);
    Ok(())
}
