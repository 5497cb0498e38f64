//! The payments API as a client sees it.

use anyhow::{Context as _, Result};
use serde_json::Value;
use ureq::Agent;

use crate::http::{Answer, agent};

/// One region's API.
#[derive(Clone)]
pub struct PaymentsApi {
    agent: Agent,
    base: String,
    proof: Option<(&'static str, String)>,
}

impl PaymentsApi {
    /// The API behind an invoke URL such as `https://a1b2c3.execute-api.us-east-1.amazonaws.com/live`.
    ///
    /// The host of an invoke URL exists on AWS only. The emulator serves the same API and stage under a path of its
    /// own, so the URL is translated; everything behind the stage stays as it is.
    ///
    /// # Errors
    ///
    /// When it is not an invoke URL.
    pub fn behind(invoke_url: &str, endpoint: &str) -> Result<Self> {
        let base = translated(invoke_url, endpoint)
            .with_context(|| format!("{invoke_url:?} is not an API Gateway invoke URL with a stage"))?;
        Ok(Self { agent: agent(), base, proof: None })
    }

    /// The same with a header that proves who asks.
    pub fn proving(&self, proof: Option<(&'static str, String)>) -> Self {
        Self { proof, ..self.clone() }
    }

    /// `POST` of a body to a path (`/` or `/payments`).
    ///
    /// # Errors
    ///
    /// When there is no HTTP answer.
    pub fn post(&self, path: &str, body: &str) -> Result<Answer> {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.post(&url).header("Content-Type", "application/json");
        if let Some((name, value)) = &self.proof {
            request = request.header(*name, value);
        }
        Answer::read(request.send(body).with_context(|| format!("POST {url}"))?)
    }

    /// `POST` of a payment to the API's root.
    ///
    /// # Errors
    ///
    /// When there is no HTTP answer.
    pub fn pay(&self, payment_id: &str, amount: &Value) -> Result<Answer> {
        self.post("/", &serde_json::json!({"payment_id": payment_id, "amount": amount}).to_string())
    }

    /// `GET` of a path.
    ///
    /// # Errors
    ///
    /// When there is no HTTP answer.
    pub fn get(&self, path: &str) -> Result<Answer> {
        let url = format!("{}{path}", self.base);
        Answer::read(self.agent.get(&url).call().with_context(|| format!("GET {url}"))?)
    }
}

fn translated(invoke_url: &str, endpoint: &str) -> Option<String> {
    let (host, stage) = invoke_url.strip_prefix("https://")?.split_once('/')?;
    let mut labels = host.split('.');
    let (api, service) = (labels.next()?, labels.next()?);
    let complete = service == "execute-api" && host.ends_with(".amazonaws.com");
    (complete && !stage.is_empty() && !stage.contains('/'))
        .then(|| format!("{endpoint}/restapis/{api}/{stage}/_user_request_"))
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn invoke_urls_are_served_by_the_emulator() {
        let url = translated("https://a1b2.execute-api.us-east-2.amazonaws.com/live", "http://127.0.0.1:1");
        assert_eq!(url.as_deref(), Some("http://127.0.0.1:1/restapis/a1b2/live/_user_request_"));
    }

    #[test]
    fn other_urls_are_not() {
        for url in [
            "https://pay.example.com/live",
            "https://a1b2.execute-api.us-east-2.amazonaws.com/",
            "https://a1b2.execute-api.us-east-2.amazonaws.com/live/",
            "http://a1b2.execute-api.us-east-2.amazonaws.com/live",
        ] {
            assert_eq!(translated(url, "http://127.0.0.1:1"), None, "{url}");
        }
    }
}
