//! Plain HTTP to the loopback: every status is an answer, and no proxy of the caller is used.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

// Longer than API Gateway waits for an integration (29 s), so that its own answer is what is seen.
const TIMEOUT: Duration = Duration::from_secs(40);

/// An HTTP answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.text)
            .with_context(|| format!("the answer {} is not JSON: {}", self.status, self.text))
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// When the connection breaks.
    pub(crate) fn read(response: Response<ureq::Body>) -> Result<Self> {
        let (parts, mut body) = response.into_parts();
        let text = body.read_to_string().context("reading the answer")?;
        Ok(Self { status: parts.status.as_u16(), headers: parts.headers, text })
    }
}

/// The client settings that all of the harness uses.
pub(crate) fn agent() -> Agent {
    patient_agent(TIMEOUT)
}

/// The same for what may take longer.
pub(crate) fn patient_agent(patience: Duration) -> Agent {
    Agent::config_builder().http_status_as_error(false).proxy(None).timeout_global(Some(patience)).build().into()
}
