//! The DR region while it is the standby.

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::http::Answer;
use serde_json::json;

use crate::payments::{HEALTH_LIMIT, expect, nothing_of, one_row, refuses_bad, timed};

const REFUSED_ID: &str = "standby-1";

pub(crate) fn roles(stack: &Deployment) -> Result<()> {
    let roles = (stack.primary.database.role()?, stack.dr.database.role()?);
    ensure!(roles == ("writer".to_owned(), "reader".to_owned()), "{roles:?}");
    let recovery = stack.dr.database.rows("SELECT pg_is_in_recovery()")?;
    ensure!(recovery == [json!([true])], "the DR's PostgreSQL is not in recovery: {recovery:?}");
    Ok(())
}

pub(crate) fn unhealthy(stack: &Deployment) -> Result<()> {
    // The first call may start a container; Route 53 keeps it warm from then on.
    stack.dr.api.get("/health")?;
    let (answer, took) = timed(|| stack.dr.api.get("/health"))?;
    expect(&answer, 503)?;
    ensure!(answer.json()?["failing"] == json!(["database"]), "{}", answer.text);
    ensure!(took < HEALTH_LIMIT, "it took {took:?}");
    Ok(())
}

pub(crate) fn refused(stack: &Deployment) -> Result<()> {
    for path in ["/", "/payments"] {
        let answer = stack.dr.api.post(path, &json!({"payment_id": REFUSED_ID, "amount": 100}).to_string())?;
        expect(&answer, 503)?;
        ensure!(retry_after(&answer)? > 0, "Retry-After must be positive");
        ensure!(answer.json()?["region"] == stack.dr.name.as_str(), "{}", answer.text);
    }
    Ok(())
}

fn retry_after(answer: &Answer) -> Result<u32> {
    let value = answer.header("Retry-After").context("there is no Retry-After")?;
    value.parse().with_context(|| format!("Retry-After is {value}"))
}

pub(crate) fn nothing_half_written(stack: &Deployment) -> Result<()> {
    nothing_of(stack, REFUSED_ID)
}

pub(crate) fn retried_in_the_primary(stack: &Deployment) -> Result<()> {
    expect(&stack.primary.api.pay(REFUSED_ID, &json!(100))?, 200)?;
    one_row(&stack.primary, REFUSED_ID, "100.00", &stack.primary.name)
}

pub(crate) fn bad(stack: &Deployment) -> Result<()> {
    refuses_bad(&stack.dr)
}
