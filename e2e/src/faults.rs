//! What a test breaks in the emulator: a region, or a part of one.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use ureq::Agent;

use crate::http::{Answer, patient_agent};

/// For an outage or a fault to take effect. A region that returns is answered once its databases run: a former writer copies the
/// data of the new one first, which has taken more than 40 s on two processors that did three things at once.
const PATIENCE: Duration = Duration::from_secs(300);

/// The emulator's switches for outages and faults.
#[derive(Clone)]
pub struct Faults {
    agent: Agent,
    endpoint: String,
}

impl Faults {
    /// The switches of this emulator.
    pub fn of(endpoint: &str) -> Self {
        Self { agent: patient_agent(PATIENCE), endpoint: endpoint.to_owned() }
    }

    /// Cuts a region off: connections are reset, its databases and functions are killed with SIGKILL.
    ///
    /// # Errors
    ///
    /// When the emulator refuses.
    pub fn cut(&self, region: &str) -> Result<()> {
        self.send("outage", &json!({"region": region, "down": true}))
    }

    /// Lets a region return.
    ///
    /// # Errors
    ///
    /// When the emulator refuses, or something of the region cannot be started again.
    pub fn restore(&self, region: &str) -> Result<()> {
        self.send("outage", &json!({"region": region, "down": false}))
    }

    /// Begins a fault with what it needs, and ends it with the handle.
    ///
    /// # Errors
    ///
    /// When there is no such fault or it needs something else.
    pub fn begin(&self, fault: &str, needs: &Value) -> Result<Fault> {
        let switch = |on: bool| {
            let mut request = needs.clone();
            request["fault"] = fault.into();
            request["on"] = on.into();
            request
        };
        self.send("faults", &switch(true))?;
        Ok(Fault { faults: self.clone(), end: switch(false) })
    }

    fn send(&self, what: &str, request: &Value) -> Result<()> {
        let url = format!("{}/_emulator/{what}", self.endpoint);
        let answer = Answer::read(self.agent.post(&url).send(request.to_string()).with_context(|| url.clone())?)?;
        ensure!(answer.status == 200, "{what} {request} was answered {}: {}", answer.status, answer.text);
        Ok(())
    }
}

/// A fault that goes on until its handle is gone.
#[must_use = "the fault ends with its handle"]
pub struct Fault {
    faults: Faults,
    end: Value,
}

impl Drop for Fault {
    fn drop(&mut self) {
        // An emulator that does not answer has no fault any more.
        let _ = self.faults.send("faults", &self.end);
    }
}
