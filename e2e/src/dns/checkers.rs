//! Health checkers: threads that probe endpoints as often as their health checks say.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};
use dr_synth::dns_failover::{BODY_LIMIT_BYTES, CONNECT_LIMIT, Endpoint, HealthCheckId, Probe, RESPONSE_LIMIT};
use ureq::tls::TlsConfig;
use ureq::{Agent, Proxy};

use super::view::View;
use super::{CHECKERS, Pace};

/// How probes reach their endpoints, and how often.
#[derive(Clone)]
pub(super) struct Route {
    /// The proxy that resolves host names and leads to their regions.
    pub(super) proxy: String,
    /// How fast the pauses between probes go by.
    pub(super) pace: Pace,
}

/// The checkers of all endpoints.
pub(super) struct Checkers {
    view: Arc<View>,
    route: Route,
    running: BTreeMap<HealthCheckId, (Endpoint, Vec<Checker>)>,
}

impl Checkers {
    pub(super) fn new(view: Arc<View>, route: Route) -> Self {
        Self { view, route, running: BTreeMap::new() }
    }

    /// Probes these endpoints from now on, and no others. Checkers of those that are the same go on undisturbed.
    pub(super) fn follow(&mut self, endpoints: &BTreeMap<HealthCheckId, Endpoint>) -> Result<()> {
        let mut started = BTreeMap::new();
        for (id, endpoint) in endpoints {
            if self.running.get(id).is_none_or(|(running, _)| running != endpoint) {
                let start = |number| Checker::start(&self.view, &self.route, id, endpoint, number);
                started.insert(id.clone(), (endpoint.clone(), (0..CHECKERS).map(start).collect::<Result<_>>()?));
            }
        }
        self.running.retain(|id, _| endpoints.contains_key(id) && !started.contains_key(id));
        self.running.append(&mut started);
        Ok(())
    }
}

/// One checker of one endpoint. It ends when it is dropped.
struct Checker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checker {
    fn start(view: &Arc<View>, route: &Route, id: &HealthCheckId, endpoint: &Endpoint, number: usize) -> Result<Self> {
        let probing = Probing::new(endpoint.clone(), &route.proxy, id)?;
        let interval = route.pace.shorten(endpoint.interval.duration());
        // Evenly staggered: on AWS checkers do not coordinate, and the worst case is the last of them either way.
        let phase = interval * u32::try_from(number)? / u32::try_from(CHECKERS)?;
        let (stop, stopped) = channel();
        let (view, id) = (Arc::clone(view), id.clone());
        let thread = thread::Builder::new().name(format!("checker {number} of {id}")).spawn(move || {
            let mut pause = phase;
            while passes(&stopped, pause) {
                view.observe(&id, number, probing.probe());
                // From the answer to the next probe, not from probe to probe.
                pause = interval;
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // It has panicked if this fails, and has said so.
            let _ = thread.join();
        }
    }
}

/// Waits, and tells whether nobody has ended the wait.
fn passes(stopped: &Receiver<()>, pause: Duration) -> bool {
    matches!(stopped.recv_timeout(pause), Err(RecvTimeoutError::Timeout))
}

/// Requests to one endpoint by Route 53's rules.
struct Probing {
    agent: Agent,
    url: String,
    search_string: Option<String>,
}

impl Probing {
    fn new(endpoint: Endpoint, proxy: &str, id: &HealthCheckId) -> Result<Self> {
        let tls = TlsConfig::builder()
            .use_sni(endpoint.sends_server_name)
            // "HTTPS health checks don't validate SSL/TLS certificates."
            .disable_verification(true)
            .build();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A redirection passes as it is.
            .max_redirects(0)
            .max_idle_connections(0)
            .proxy(Some(Proxy::new(proxy).with_context(|| format!("the proxy {proxy}"))?))
            .timeout_connect(Some(CONNECT_LIMIT))
            .timeout_recv_response(Some(RESPONSE_LIMIT))
            .timeout_recv_body(Some(RESPONSE_LIMIT))
            .user_agent(format!("Amazon-Route53-Health-Check-Service (ref {id})"))
            .tls_config(tls)
            .build()
            .into();
        Ok(Self { agent, url: endpoint.to_string(), search_string: endpoint.search_string })
    }

    fn probe(&self) -> Probe {
        let Ok(response) = self.agent.get(&self.url).call() else { return Probe::Failed };
        let status = response.status().as_u16();
        let mut body = Vec::new();
        if self.search_string.is_some() {
            let mut beginning = response.into_body().into_reader().take(BODY_LIMIT_BYTES as u64);
            // What arrived before an error is searched: the string may be in it.
            let _ = beginning.read_to_end(&mut body);
        }
        Probe::of_response(status, &body, self.search_string.as_deref())
    }
}
