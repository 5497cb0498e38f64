//! The item of the session table that says which region may acknowledge.

use std::collections::HashMap;
use std::time::SystemTime;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::Error;

const ANNOUNCED_SECONDS: f64 = 300.0;

/// What the item holds; without a failover there is none.
pub(crate) struct Epoch(HashMap<String, AttributeValue>);

impl Epoch {
    /// Consistently, because an older answer may be from before a failover.
    pub(crate) async fn read(table: &Client, name: &str) -> Result<Self, Error> {
        let key = AttributeValue::S("failover#epoch".to_owned());
        let found = table.get_item().table_name(name).key("session_id", key).consistent_read(true).send().await?;
        Ok(Self(found.item.unwrap_or_default()))
    }

    /// Whether no failover came between the two.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.get("epoch") == other.0.get("epoch")
    }

    /// Whether another region is the writer since a failover.
    pub(crate) fn excludes(&self, region: &str) -> bool {
        self.text("writer_region").is_some_and(|writer| writer != region)
    }

    /// Whether a planned move is about to make this region the writer: DNS goes ahead of it.
    pub(crate) fn announces(&self, region: &str) -> bool {
        let since =
            self.text("announced_at").and_then(|at| DateTime::from_str(at, DateTimeFormat::DateTimeWithOffset).ok());
        let now = DateTime::from(SystemTime::now()).as_secs_f64();
        self.text("announced_region") == Some(region)
            && since.is_some_and(|since| now - since.as_secs_f64() <= ANNOUNCED_SECONDS)
    }

    fn text(&self, attribute: &str) -> Option<&str> {
        self.0.get(attribute)?.as_s().ok().map(String::as_str)
    }
}
