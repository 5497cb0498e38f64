//! The `PostgreSQL` servers behind the Aurora clusters, read directly.
//!
//! A standby cannot be read through the Data API, on AWS neither; the emulator's own endpoint reads from it as
//! administrator.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};
use ureq::Agent;

use crate::http::{Answer, agent};

// Streaming replication takes milliseconds; a busy machine may take a little longer.
const REPLICATION_TIMEOUT: Duration = Duration::from_secs(10);

/// A cluster's database.
#[derive(Clone)]
pub struct Database {
    agent: Agent,
    endpoint: String,
    cluster_arn: String,
    name: String,
}

impl Database {
    /// A database of a cluster.
    pub fn of_cluster(endpoint: &str, cluster_arn: &str, name: &str) -> Self {
        Self {
            agent: agent(),
            endpoint: endpoint.to_owned(),
            cluster_arn: cluster_arn.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The cluster's ARN.
    pub fn cluster_arn(&self) -> &str {
        &self.cluster_arn
    }

    /// `writer`, `reader` or `stopped`, as the server itself says.
    ///
    /// # Errors
    ///
    /// When there is no server behind this cluster.
    pub fn role(&self) -> Result<String> {
        let url = format!("{}/_emulator/databases", self.endpoint);
        let servers = Answer::read(self.agent.get(&url).call()?)?.json()?;
        servers
            .as_array()
            .into_iter()
            .flatten()
            .find(|server| server["cluster_arn"] == self.cluster_arn.as_str())
            .and_then(|server| server["role"].as_str().map(str::to_owned))
            .with_context(|| format!("there is no PostgreSQL server behind {}", self.cluster_arn))
    }

    /// The rows of a query.
    ///
    /// # Errors
    ///
    /// When the server is stopped or refuses the statement.
    pub fn rows(&self, sql: &str) -> Result<Vec<Value>> {
        let url = format!("{}/_emulator/query", self.endpoint);
        let request = json!({"cluster_arn": self.cluster_arn, "database": self.name, "sql": sql}).to_string();
        let answer = Answer::read(self.agent.post(&url).send(request)?)?;
        ensure!(answer.status == 200, "{sql} on {}: {}", self.cluster_arn, answer.text);
        let Value::Array(rows) = answer.json()?["rows"].take() else { return Ok(Vec::new()) };
        Ok(rows)
    }

    /// The rows of one payment: `[payment_id, amount, status, region]`.
    ///
    /// # Errors
    ///
    /// When the server cannot be read.
    pub fn payment(&self, payment_id: &str) -> Result<Vec<Value>> {
        let quoted = payment_id.replace('\'', "''");
        self.rows(&format!(
            "SELECT payment_id, CAST(amount AS text), status, region FROM payments WHERE payment_id = '{quoted}'"
        ))
    }

    /// The rows of one payment as soon as there is one, for a standby that follows a moment later.
    ///
    /// # Errors
    ///
    /// When no row has arrived in time.
    pub fn replicated_payment(&self, payment_id: &str) -> Result<Vec<Value>> {
        let deadline = Instant::now() + REPLICATION_TIMEOUT;
        loop {
            // The table itself arrives by replication too.
            match self.payment(payment_id) {
                Ok(rows) if !rows.is_empty() => return Ok(rows),
                failed_or_empty if Instant::now() >= deadline => {
                    failed_or_empty?;
                    anyhow::bail!("the payment {payment_id} has not arrived at {}", self.cluster_arn)
                }
                _ => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}
