//! A customer's way to the payments: the name resolved and kept as long as its time to live, then HTTPS to where it leads.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

use crate::aws::authorization;
use crate::dns::{Answer as DnsAnswer, DnsDataPlane};
use crate::http::{Answer, agent};

/// As long as a customer waits for an answer before the same payment is sent again.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The payment was processed, by this region as its answer says.
    Acknowledged {
        /// The region that the answer names.
        region: String,
    },
    /// It was not, or nobody knows: it is sent again. In a few words why.
    Again(String),
    /// The region that answered does not take the signature: it was for another one.
    SignAgain,
    /// An answer that no correct system gives.
    Wrong(String),
}

/// How a customer proves who they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Identity {
    /// The API asks for nothing.
    #[default]
    Anyone,
    /// Signature Version 4 with `execute-api` for its service. A signature names a region: the customer keeps to the one
    /// that was right until it is refused, then asks `_active`. The emulator looks at the region and not at the signature
    /// itself, so there is none.
    Signs,
    /// An API key that both regions know.
    Key(String),
}

/// The emulated internet as a customer's machine sees it.
#[derive(Clone)]
pub struct Internet {
    proxy: String,
    authority: Arc<Vec<u8>>,
}

impl Internet {
    /// The internet of this emulator.
    ///
    /// # Errors
    ///
    /// When the emulator does not say how to get there.
    pub fn of(endpoint: &str) -> Result<Self> {
        let url = format!("{endpoint}/_emulator/internet");
        let internet = Answer::read(agent().get(&url).call().with_context(|| url.clone())?)?.json()?;
        let text = |name: &str| internet[name].as_str().with_context(|| format!("{url} names no {name}: {internet}"));
        let file = text("certificate_authority")?;
        Ok(Self {
            proxy: format!("http://{}", text("proxy")?),
            authority: Arc::new(fs::read(file).with_context(|| format!("reading {file}"))?),
        })
    }

    /// A client with connections of its own.
    fn client(&self, patience: Duration) -> Result<Agent> {
        let certificate = Certificate::from_pem(&self.authority).context("the emulator's certificate authority")?;
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[certificate])).build();
        let proxy = Proxy::new(&self.proxy).with_context(|| format!("the proxy {}", self.proxy))?;
        let configuration = Agent::config_builder().http_status_as_error(false).tls_config(tls);
        Ok(configuration.proxy(Some(proxy)).timeout_global(Some(patience)).build().into())
    }
}

/// One customer, with a resolver's memory of its own.
pub struct Customer<'a> {
    client: Agent,
    dns: &'a DnsDataPlane,
    domain: String,
    kept: Option<(DnsAnswer, Instant)>,
    first_share: f64,
    identity: Identity,
    signs_for: Option<String>,
}

impl<'a> Customer<'a> {
    /// A customer who has not asked yet. The first answer comes from a resolver that has had it for a while already: this
    /// share of its time to live is left. Customers with different shares ask anew at different moments.
    ///
    /// # Errors
    ///
    /// When there is no way to the internet.
    pub fn new(internet: &Internet, dns: &'a DnsDataPlane, domain: &str, first_share: f64) -> Result<Self> {
        Ok(Self {
            client: internet.client(PATIENCE)?,
            dns,
            domain: domain.to_owned(),
            kept: None,
            first_share,
            identity: Identity::default(),
            signs_for: None,
        })
    }

    /// Proves from now on who they are.
    pub fn is(&mut self, identity: Identity) {
        self.identity = identity;
    }

    /// Waits this long for an answer instead of [`PATIENCE`].
    ///
    /// # Errors
    ///
    /// When there is no way to the internet.
    pub fn waits(&mut self, internet: &Internet, patience: Duration) -> Result<()> {
        self.client = internet.client(patience)?;
        Ok(())
    }

    /// Sends a payment once.
    pub fn pay(&mut self, payment_id: &str, cents: u32) -> Attempt {
        let address = match self.address() {
            Ok(address) => address,
            Err(error) => return Attempt::Again(format!("{error:#}")),
        };
        let body = format!(r#"{{"payment_id":{},"amount":{}.{:02}}}"#, json!(payment_id), cents / 100, cents % 100);
        // The connection goes to the address that was resolved; the request names the domain, as a browser's does.
        let request = self.client.post(format!("https://{address}/payments")).header("Host", &self.domain);
        let request = request.header("Content-Type", "application/json");
        let request = match self.proof() {
            Ok(Some((name, value))) => request.header(name, value),
            Ok(None) => request,
            Err(error) => return Attempt::Again(format!("{error:#}")),
        };
        match request.send(body).map_err(anyhow::Error::from) {
            Ok(response) => match Answer::read(response) {
                Ok(answer) if answer.status == 403 && self.signs_for.take().is_some() => Attempt::SignAgain,
                Ok(answer) => judge(payment_id, &answer),
                Err(error) => Attempt::Again(format!("{error:#}")),
            },
            Err(error) => Attempt::Again(format!("{error:#}")),
        }
    }

    /// The header that proves who they are.
    fn proof(&mut self) -> Result<Option<(&'static str, String)>> {
        match &self.identity {
            Identity::Anyone => Ok(None),
            Identity::Key(key) => Ok(Some(("x-api-key", key.clone()))),
            Identity::Signs => {
                let region = match &self.signs_for {
                    Some(region) => region.clone(),
                    None => self.dns.text(&format!("_active.{}", self.domain))?.context("_active has no record")?,
                };
                let signature = authorization(&region, "execute-api");
                self.signs_for = Some(region);
                Ok(Some(("Authorization", signature)))
            }
        }
    }

    /// Where the domain leads: what was resolved last, until its time to live is over.
    fn address(&mut self) -> Result<String> {
        if let Some((answer, until)) = &self.kept
            && Instant::now() < *until
        {
            return Ok(answer.target.clone());
        }
        let answer = self.dns.resolve(&self.domain)?.with_context(|| format!("{} does not resolve", self.domain))?;
        let share = if self.kept.is_none() { self.first_share } else { 1.0 };
        let until = Instant::now() + Duration::from_secs(answer.ttl_seconds).mul_f64(share);
        let target = answer.target.clone();
        self.kept = Some((answer, until));
        Ok(target)
    }
}

fn judge(payment_id: &str, answer: &Answer) -> Attempt {
    if answer.status != 200 {
        // 5xx of the API or of API Gateway while the region goes away: all of them say that a retry may succeed.
        return if answer.status >= 500 { Attempt::Again(answer.status.to_string()) } else { wrong(answer) };
    }
    let Ok(document) = answer.json() else { return wrong(answer) };
    match document["region"].as_str() {
        Some(region) if document["payment_id"] == payment_id && document["status"] == "processed" => {
            Attempt::Acknowledged { region: region.to_owned() }
        }
        _ => wrong(answer),
    }
}

fn wrong(answer: &Answer) -> Attempt {
    Attempt::Wrong(format!("{} {}", answer.status, answer.text))
}

#[cfg(test)]
mod tests {
    use ureq::http::HeaderMap;

    use super::{Attempt, judge};
    use crate::http::Answer;

    fn judged(status: u16, text: &str) -> Attempt {
        judge("p-1", &Answer { status, headers: HeaderMap::new(), text: text.to_owned() })
    }

    #[test]
    fn an_acknowledgement_is_of_this_payment() {
        let answer = r#"{"payment_id":"p-1","status":"processed","region":"us-east-2"}"#;
        assert_eq!(judged(200, answer), Attempt::Acknowledged { region: "us-east-2".to_owned() });
        for other in [r#"{"payment_id":"p-2","status":"processed","region":"us-east-2"}"#, "{}", "fine"] {
            assert!(matches!(judged(200, other), Attempt::Wrong(_)), "{other}");
        }
    }

    #[test]
    fn what_may_pass_is_sent_again() {
        for status in [500, 502, 503, 504] {
            assert_eq!(judged(status, "{}"), Attempt::Again(status.to_string()));
        }
        for status in [301, 400, 403, 409, 429] {
            assert!(matches!(judged(status, "{}"), Attempt::Wrong(_)), "{status}");
        }
    }
}
