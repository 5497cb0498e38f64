//! Payments through the primary's API.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use dr_synth_e2e::deployment::{Deployment, Region};
use dr_synth_e2e::http::Answer;
use serde_json::json;

/// An id that both environments use, for payments of different amounts.
pub(crate) const SHARED_ID: &str = "shared-1";

/// What Route 53 grants a health check after the connection stands.
pub(crate) const HEALTH_LIMIT: Duration = Duration::from_secs(2);

const AT_ONCE: usize = 20;

/// Bodies that are no payment, each with a word that has to be in the reason. API Gateway's own validation refuses
/// those of the wrong shape without naming the field; the function looks at what the fields hold.
pub(crate) const BAD: [(&str, &str); 12] = [
    ("", "body"),
    ("{", "json"),
    ("[]", "object"),
    ("{}", "payment_id"),
    (r#"{"amount": 100}"#, "payment_id"),
    (r#"{"payment_id": "bad-1"}"#, "amount"),
    (r#"{"payment_id": "", "amount": 100}"#, "payment_id"),
    (r#"{"payment_id": "bad 1", "amount": 100}"#, "payment_id"),
    (r#"{"payment_id": "bad-1", "amount": "100"}"#, "number"),
    (r#"{"payment_id": "bad-1", "amount": 0}"#, "amount"),
    (r#"{"payment_id": "bad-1", "amount": -5}"#, "amount"),
    (r#"{"payment_id": "bad-1", "amount": 1.005}"#, "amount"),
];

pub(crate) fn healthy(stack: &Deployment) -> Result<()> {
    // The first call may start a container; Route 53 keeps it warm from then on.
    stack.primary.api.get("/health")?;
    let (answer, took) = timed(|| stack.primary.api.get("/health"))?;
    expect(&answer, 200)?;
    let body = answer.json()?;
    ensure!(body["status"] == "ok" && body["region"] == stack.primary.name.as_str(), "{body}");
    ensure!(took < HEALTH_LIMIT, "it took {took:?}");
    Ok(())
}

pub(crate) fn processed_at_the_root(stack: &Deployment) -> Result<()> {
    processed(stack, "/", "test-123")
}

pub(crate) fn processed_at_the_path(stack: &Deployment) -> Result<()> {
    processed(stack, "/payments", "test-124")
}

fn processed(stack: &Deployment, path: &str, id: &str) -> Result<()> {
    let answer = stack.primary.api.post(path, &json!({"payment_id": id, "amount": 100}).to_string())?;
    expect(&answer, 200)?;
    let expected = json!({"payment_id": id, "status": "processed", "region": stack.primary.name});
    ensure!(answer.json()? == expected, "{}", answer.text);
    Ok(())
}

pub(crate) fn exact_amounts(stack: &Deployment) -> Result<()> {
    for (id, amount, stored) in
        [("cents-1", "0.1", "0.10"), ("cents-2", "19.99", "19.99"), ("cents-3", "1e2", "100.00")]
    {
        let answer = stack.primary.api.post("/", &format!(r#"{{"payment_id": "{id}", "amount": {amount}}}"#))?;
        expect(&answer, 200)?;
        one_row(&stack.primary, id, stored, &stack.primary.name)?;
    }
    Ok(())
}

pub(crate) fn row_in_both_regions(stack: &Deployment) -> Result<()> {
    expect(&stack.primary.api.pay(SHARED_ID, &json!(12))?, 200)?;
    for region in [&stack.primary, &stack.dr] {
        one_row(region, SHARED_ID, "12.00", &stack.primary.name)?;
    }
    Ok(())
}

pub(crate) fn receipt(stack: &Deployment) -> Result<()> {
    expect(&stack.primary.api.pay("receipt-1", &json!(7.5))?, 200)?;
    let receipt = stack.receipt(&stack.primary, "receipt-1")?.context("there is no receipt")?;
    let expected = [("payment_id", "receipt-1"), ("amount", "7.50"), ("status", "processed")];
    for (field, value) in expected {
        ensure!(receipt[field] == value, "{field} is {} in the receipt {receipt}", receipt[field]);
    }
    ensure!(receipt["region"] == stack.primary.name.as_str(), "{receipt}");
    Ok(())
}

pub(crate) fn claim_settled(stack: &Deployment) -> Result<()> {
    expect(&stack.primary.api.pay("claim-1", &json!(3))?, 200)?;
    let claim = stack.claim(&stack.primary, "claim-1")?.context("there is no claim")?;
    ensure!(claim["claim_state"]["S"] == "settled" && claim["amount"]["S"] == "3.00", "{claim}");
    Ok(())
}

pub(crate) fn bad(stack: &Deployment) -> Result<()> {
    refuses_bad(&stack.primary)
}

/// Each bad body is answered 400 with a reason that names what is wrong.
pub(crate) fn refuses_bad(region: &Region) -> Result<()> {
    for (body, word) in BAD {
        let answer = region.api.post("/payments", body)?;
        expect(&answer, 400).with_context(|| format!("for the body {body:?}"))?;
        let reason = answer.json()?["message"].as_str().unwrap_or_default().to_owned();
        ensure!(reason.to_lowercase().contains(word), "the reason {reason:?} for {body:?} does not mention {word}");
    }
    Ok(())
}

pub(crate) fn bad_leaves_nothing(stack: &Deployment) -> Result<()> {
    nothing_of(stack, "bad-1")
}

/// No row, no claim and no receipt in either region.
pub(crate) fn nothing_of(stack: &Deployment, id: &str) -> Result<()> {
    for region in [&stack.primary, &stack.dr] {
        let rows = region.database.payment(id)?;
        ensure!(rows.is_empty(), "there is a row in {}: {rows:?}", region.name);
        let claim = stack.claim(region, id)?;
        ensure!(claim.is_none(), "there is a claim in {}: {claim:?}", region.name);
        let receipt = stack.receipt(region, id)?;
        ensure!(receipt.is_none(), "there is a receipt in {}: {receipt:?}", region.name);
    }
    Ok(())
}

pub(crate) fn repeated(stack: &Deployment) -> Result<()> {
    let first = stack.primary.api.pay("repeat-1", &json!(42))?;
    let receipt = stack.receipt(&stack.primary, "repeat-1")?;
    let second = stack.primary.api.pay("repeat-1", &json!(42))?;
    expect(&first, 200)?;
    ensure!((second.status, &second.text) == (200, &first.text), "first {}, then {}", first.text, second.text);
    ensure!(stack.receipt(&stack.primary, "repeat-1")? == receipt, "the receipt has changed");
    one_row(&stack.primary, "repeat-1", "42.00", &stack.primary.name)
}

pub(crate) fn different_amount(stack: &Deployment) -> Result<()> {
    expect(&stack.primary.api.pay("conflict-1", &json!(42))?, 200)?;
    let answer = stack.primary.api.pay("conflict-1", &json!(43))?;
    expect(&answer, 409)?;
    ensure!(answer.json()?["error"] == "conflict", "{}", answer.text);
    one_row(&stack.primary, "conflict-1", "42.00", &stack.primary.name)
}

/// A claim expires, the row stays. The new request's own claim must not stand in the way of the next one.
pub(crate) fn different_amount_without_a_claim(stack: &Deployment) -> Result<()> {
    stack.expire_claim(&stack.primary, "conflict-1")?;
    expect(&stack.primary.api.pay("conflict-1", &json!(43))?, 409)?;
    let claim = stack.claim(&stack.primary, "conflict-1")?;
    ensure!(claim.is_none(), "the refused request has kept its claim: {claim:?}");
    expect(&stack.primary.api.pay("conflict-1", &json!(42))?, 200)?;
    one_row(&stack.primary, "conflict-1", "42.00", &stack.primary.name)
}

pub(crate) fn concurrent_same_id(stack: &Deployment) -> Result<()> {
    let answers = at_once(stack, |_| "crowd-1".to_owned())?;
    for answer in &answers {
        expect(answer, 200)?;
        ensure!(answer.text == answers[0].text, "{} and {}", answer.text, answers[0].text);
    }
    for region in [&stack.primary, &stack.dr] {
        one_row(region, "crowd-1", "5.00", &stack.primary.name)?;
    }
    Ok(())
}

pub(crate) fn concurrent_distinct_ids(stack: &Deployment) -> Result<()> {
    for answer in at_once(stack, |number| format!("many-{number}"))? {
        expect(&answer, 200)?;
    }
    for number in 0..AT_ONCE {
        one_row(&stack.dr, &format!("many-{number}"), "5.00", &stack.primary.name)?;
    }
    Ok(())
}

fn at_once(stack: &Deployment, id: impl Fn(usize) -> String + Sync) -> Result<Vec<Answer>> {
    let id = &id;
    thread::scope(|scope| {
        let calls: Vec<_> =
            (0..AT_ONCE).map(|number| scope.spawn(move || stack.primary.api.pay(&id(number), &json!(5)))).collect();
        calls.into_iter().map(|call| call.join().map_err(|_| anyhow!("a client panicked"))?).collect()
    })
}

/// Exactly this row, as soon as replication has brought it.
pub(crate) fn one_row(region: &Region, id: &str, amount: &str, processed_in: &str) -> Result<()> {
    let rows = region.database.replicated_payment(id)?;
    let expected = json!([id, amount, "processed", processed_in]);
    ensure!(rows == [expected.clone()], "expected {expected} in {}, found {}", region.name, json!(rows));
    Ok(())
}

/// The status, or an error with the answer in it.
pub(crate) fn expect(answer: &Answer, status: u16) -> Result<()> {
    ensure!(answer.status == status, "expected {status}, got {}: {}", answer.status, answer.text);
    Ok(())
}

pub(crate) fn timed(call: impl FnOnce() -> Result<Answer>) -> Result<(Answer, Duration)> {
    let started = Instant::now();
    let answer = call()?;
    Ok((answer, started.elapsed()))
}
