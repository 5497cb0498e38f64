//! What the functions' role may do in the database, asked with the payment function's own credentials.

use anyhow::{Result, bail, ensure};
use dr_synth_e2e::aws::Method;
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::http::Answer;
use serde_json::{Value, json};

/// `PostgreSQL`'s code of a refusal for want of a permission.
const INSUFFICIENT_PRIVILEGE: &str = "SQLState: 42501";

/// A table of somebody else's in the same database.
const OTHERS: &str = "end_to_end_others";

const REFUSED: [&str; 10] = [
    "DELETE FROM payments",
    "UPDATE payments SET amount = 1",
    "TRUNCATE payments",
    "ALTER TABLE payments ADD COLUMN note text",
    "DROP TABLE payments",
    "DELETE FROM failover_probe",
    "CREATE TABLE end_to_end_own (id text)",
    "CREATE ROLE end_to_end_role LOGIN",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM end_to_end_others",
];

pub(crate) fn is_bounded(stack: &Deployment) -> Result<()> {
    let database = &stack.primary.database;
    database.rows(&format!("CREATE TABLE {OTHERS} (id text)"))?;
    let outcome = as_payment_function(stack);
    database.rows(&format!("DROP TABLE {OTHERS}"))?;
    outcome
}

fn as_payment_function(stack: &Deployment) -> Result<()> {
    let settings = payment_function(stack)?;
    run(stack, settings, "SELECT payment_id FROM payments LIMIT 1")?;
    for sql in REFUSED {
        let Err(refusal) = run(stack, settings, sql) else { bail!("allowed: {sql}") };
        let refusal = format!("{refusal:#}");
        ensure!(refusal.contains(INSUFFICIENT_PRIVILEGE), "{sql}: {refusal}");
    }
    Ok(())
}

/// The environment of the primary's payment function.
fn payment_function(stack: &Deployment) -> Result<&Value> {
    Ok(&stack.values("aws_lambda_function", "primary_payments")?["environment"][0]["variables"])
}

fn run(stack: &Deployment, settings: &Value, sql: &str) -> Result<Answer> {
    let request = json!({
        "resourceArn": settings["DATABASE_CLUSTER_ARN"],
        "secretArn": settings["DATABASE_SECRET_ARN"],
        "database": settings["DATABASE_NAME"],
        "sql": sql,
    });
    stack.aws.send(&stack.primary.name, "rds-data", Method::Post, "/Execute", &request.to_string())
}
