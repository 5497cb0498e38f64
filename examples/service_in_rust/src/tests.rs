//! What the template answers as primary, as standby, before and after a failover. The clients are AWS's, their answers are made here.

use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_rdsdata::operation::execute_statement::{ExecuteStatementError, ExecuteStatementOutput};
use aws_sdk_rdsdata::types::Field;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use lambda_http::http::header::RETRY_AFTER;
use lambda_http::{Body, Request};
use serde_json::{Value, json};

use crate::Service;

type Item = &'static [(&'static str, AttributeValueOf)];

enum AttributeValueOf {
    Text(&'static str),
    Number(&'static str),
}
use AttributeValueOf::{Number, Text};

/// The next answer of the session table.
fn epoch(item: Item) -> Rule {
    mock!(aws_sdk_dynamodb::Client::get_item)
        .match_requests(|asked| {
            let key = asked.key().and_then(|key| key.get("session_id"));
            asked.table_name() == Some("orders-sessions")
                && asked.consistent_read() == Some(true)
                && key == Some(&AttributeValue::S("failover#epoch".to_owned()))
        })
        .then_output(move || {
            let attributes = item.iter().map(|(name, value)| {
                let value = match value {
                    Text(text) => AttributeValue::S((*text).to_owned()),
                    Number(number) => AttributeValue::N((*number).to_owned()),
                };
                ((*name).to_owned(), value)
            });
            let found = (!item.is_empty()).then(|| attributes.collect());
            GetItemOutput::builder().set_item(found).build()
        })
}

fn no_epoch() -> Rule {
    mock!(aws_sdk_dynamodb::Client::get_item).then_error(|| GetItemError::unhandled("the table does not answer"))
}

/// The next answer of the database.
fn in_recovery(value: bool) -> Rule {
    mock!(aws_sdk_rdsdata::Client::execute_statement)
        .match_requests(|asked| asked.sql() == Some("SELECT pg_is_in_recovery()") && asked.database() == Some("orders"))
        .then_output(move || ExecuteStatementOutput::builder().records(vec![Field::BooleanValue(value)]).build())
}

fn no_database() -> Rule {
    mock!(aws_sdk_rdsdata::Client::execute_statement)
        .then_error(|| ExecuteStatementError::unhandled("the database does not answer"))
}

/// Status and document of an answer; all that was to be asked was asked.
async fn ask(table: &[Rule], database: &[Rule], method: &str, body: &str) -> (u16, Value) {
    let rules = [table, database].concat();
    let service = Service {
        region: "us-east-2".to_owned(),
        table: mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, &table.iter().collect::<Vec<_>>()),
        table_name: "orders-sessions".to_owned(),
        database: mock_client!(aws_sdk_rdsdata, RuleMode::Sequential, &database.iter().collect::<Vec<_>>()),
        cluster: "arn:aws:rds:us-east-2:123456789012:cluster:orders".to_owned(),
        secret: "arn:aws:secretsmanager:us-east-2:123456789012:secret:orders-abcdef".to_owned(),
        database_name: "orders".to_owned(),
    };
    let request = Request::new(Body::from(body));
    let (mut parts, body) = request.into_parts();
    parts.method = method.parse().expect("a method");
    let answer = service.handle(Request::from_parts(parts, body)).await.expect("an answer");
    for rule in rules {
        assert_eq!(rule.num_calls(), 1);
    }
    let status = answer.status().as_u16();
    assert_eq!(answer.headers().contains_key(RETRY_AFTER), status == 503);
    (status, serde_json::from_slice(answer.body()).expect("a document"))
}

async fn health(table: &[Rule], database: &[Rule]) -> (u16, Value) {
    ask(table, database, "GET", "").await
}

#[tokio::test]
async fn the_writer_is_healthy() {
    let answer = health(&[epoch(&[])], &[in_recovery(false)]).await;
    assert_eq!(answer, (200, json!({ "region": "us-east-2", "failing": [] })));
}

#[tokio::test]
async fn a_standby_lacks_the_database_and_nothing_else() {
    for database in [no_database(), in_recovery(true)] {
        let answer = health(&[epoch(&[])], &[database]).await;
        assert_eq!(answer, (503, json!({ "region": "us-east-2", "failing": ["database"] })));
    }
}

#[tokio::test]
async fn an_old_writer_that_is_not_fenced_acknowledges_nothing() {
    const ELSEWHERE: Item = &[("epoch", Number("1")), ("writer_region", Text("us-east-1"))];
    let answer = health(&[epoch(ELSEWHERE)], &[in_recovery(false)]).await;
    assert_eq!(answer, (503, json!({ "region": "us-east-2", "failing": ["epoch"] })));
    let answer = ask(&[epoch(ELSEWHERE)], &[in_recovery(false)], "POST", r#"{"order":1}"#).await;
    assert_eq!(answer, (503, json!({ "error": "unavailable" })));
}

#[tokio::test]
async fn dns_goes_ahead_of_a_planned_move() {
    const SOON: Item = &[("announced_region", Text("us-east-2")), ("announced_at", Text("2999-01-01T00:00:00.123Z"))];
    const LONG_AGO: Item = &[("announced_region", Text("us-east-2")), ("announced_at", Text("2020-01-01T00:00:00Z"))];
    const OTHER: Item = &[("announced_region", Text("us-east-1")), ("announced_at", Text("2999-01-01T00:00:00Z"))];
    for (item, status) in [(SOON, 200), (LONG_AGO, 503), (OTHER, 503)] {
        assert_eq!(health(&[epoch(item)], &[in_recovery(true)]).await.0, status);
    }
}

#[tokio::test]
async fn work_is_acknowledged_in_one_epoch_only() {
    for (after, expected) in [
        (&[("epoch", Number("7"))], (200, json!({ "order": 1 }))),
        (&[("epoch", Number("8"))], (503, json!({ "error": "unavailable" }))),
    ] {
        let table = [epoch(&[("epoch", Number("7"))]), epoch(after)];
        assert_eq!(ask(&table, &[in_recovery(false)], "POST", r#"{"order":1}"#).await, expected);
    }
}

#[tokio::test]
async fn a_table_that_does_not_answer_is_no_right_to_acknowledge() {
    let answer = health(&[no_epoch()], &[]).await;
    assert_eq!(answer, (503, json!({ "region": "us-east-2", "failing": ["epoch"] })));
    let table = [epoch(&[("epoch", Number("7"))]), no_epoch()];
    let answer = ask(&table, &[in_recovery(false)], "POST", r#"{"order":1}"#).await;
    assert_eq!(answer, (503, json!({ "error": "unavailable" })));
}

#[tokio::test]
async fn a_body_that_is_not_json_is_the_callers_mistake() {
    for body in ["", "{"] {
        assert_eq!(ask(&[epoch(&[])], &[in_recovery(false)], "POST", body).await.0, 400);
    }
}
