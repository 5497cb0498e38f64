//! A service of your own in place of the payment function: the least that the failover needs of it.
//!
//! `GET /health` is 200 where this region may acknowledge, or is about to as planned. Everything else is work,
//! which is acknowledged only if the epoch is the same after it as before. See docs/your-service.md.

mod epoch;
#[cfg(test)]
mod tests;

use std::env;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use lambda_http::http::Method;
use lambda_http::{Body, Error, Request, Response, run, service_fn, tracing};
use serde_json::{Value, json};

use crate::epoch::Epoch;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    // Route 53 waits for two seconds, so nothing is tried twice.
    let limits =
        TimeoutConfig::builder().connect_timeout(Duration::from_millis(300)).read_timeout(Duration::from_millis(600));
    let aws = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(limits.build())
        .retry_config(RetryConfig::disabled())
        .load()
        .await;
    let service = Service {
        region: env::var("AWS_REGION")?,
        table: aws_sdk_dynamodb::Client::new(&aws),
        table_name: env::var("SESSION_TABLE")?,
        database: aws_sdk_rdsdata::Client::new(&aws),
        cluster: env::var("DATABASE_CLUSTER_ARN")?,
        secret: env::var("DATABASE_SECRET_ARN")?,
        database_name: env::var("DATABASE_NAME")?,
    };
    run(service_fn(|request| service.handle(request))).await
}

/// Yours: in one statement or one transaction, and the same request again does nothing new.
async fn work(_service: &Service, request: Value) -> Result<Value, Error> {
    Ok(request)
}

struct Service {
    region: String,
    table: aws_sdk_dynamodb::Client,
    table_name: String,
    database: aws_sdk_rdsdata::Client,
    cluster: String,
    secret: String,
    database_name: String,
}

impl Service {
    async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        let Ok(epoch) = self.epoch().await else {
            return answer(503, &json!({ "region": self.region, "failing": ["epoch"] }));
        };
        let failing = self.failing(&epoch).await;
        if request.method() == Method::GET {
            let status = if failing.is_empty() || epoch.announces(&self.region) { 200 } else { 503 };
            return answer(status, &json!({ "region": self.region, "failing": failing }));
        }
        if !failing.is_empty() {
            return unavailable();
        }
        let Ok(request) = serde_json::from_slice(request.body()) else {
            return answer(400, &json!({ "error": "the body is not JSON" }));
        };
        let done = work(self, request).await;
        // What was written under another epoch may be gone with its writer: the caller asks again.
        match (done, self.epoch().await) {
            (Ok(done), Ok(after)) if after.is_same(&epoch) => answer(200, &done),
            _ => unavailable(),
        }
    }

    async fn epoch(&self) -> Result<Epoch, Error> {
        Epoch::read(&self.table, &self.table_name).await.inspect_err(|error| tracing::error!(?error, "no epoch"))
    }

    /// What this region lacks: `database` and `epoch` are what a healthy standby lacks, other names stop a failover.
    async fn failing(&self, epoch: &Epoch) -> Vec<&'static str> {
        let fenced = epoch.excludes(&self.region).then_some("epoch");
        fenced.into_iter().chain((!self.is_writer().await).then_some("database")).collect()
    }

    async fn is_writer(&self) -> bool {
        let query = self.database.execute_statement().sql("SELECT pg_is_in_recovery()");
        let query = query.resource_arn(&self.cluster).secret_arn(&self.secret).database(&self.database_name);
        let found = query.send().await.inspect_err(|error| tracing::error!(?error, "no database")).ok();
        let field = found.as_ref().and_then(|found| found.records().first()?.first()?.as_boolean_value().ok());
        field == Some(&false)
    }
}

fn unavailable() -> Result<Response<Body>, Error> {
    answer(503, &json!({ "error": "unavailable" }))
}

fn answer(status: u16, document: &Value) -> Result<Response<Body>, Error> {
    let mut response = Response::builder().status(status);
    response = response.header("Content-Type", "application/json").header("Cache-Control", "no-store");
    if status == 503 {
        response = response.header("Retry-After", "5");
    }
    Ok(response.body(document.to_string().into())?)
}
