//! API Gateway's logging role is a setting of the account: apply `dev`, apply `blue`, destroy `blue`, and `dev` is told.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::aws::Method;
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::suite::Suite;

use crate::stage::Environment;

/// A life of `blue` on a busy machine.
const PATIENCE: Duration = Duration::from_secs(1800);

/// Both are applied at the same time, and the last one wins: this makes `blue` the last.
pub(crate) fn set_by(suite: &Suite, blue: &Environment) {
    suite.check("blue: sets the account's logging role", || {
        let settings = ["primary", "dr"].map(|region| format!("-replace=aws_api_gateway_account.{region}_logging[0]"));
        let arguments: Vec<_> = settings.iter().map(String::as_str).collect();
        blue.progress.step("terraform apply -replace", || blue.workspace.apply(&arguments)).map(drop)
    });
}

pub(crate) fn dangles(suite: &Suite, dev: &Environment, deployment: &Deployment, blue_gone: &Receiver<()>) {
    suite.check("a plan of dev tells that the role of blue is gone with blue", || {
        blue_gone.recv_timeout(PATIENCE).context("blue is not destroyed")?;
        let warnings = plan(dev)?;
        let told = warnings.iter().filter(|one| one.contains("which is not there")).count();
        ensure!(told == 2, "not both regions are told of:{}", listed(&warnings));
        Ok(())
    });
    suite.check("... and is content once another role is set, as it says", || {
        for (region, token) in [(&deployment.primary, "use1"), (&deployment.dr, "use2")] {
            let role = format!(
                "arn:aws:iam::{}:role/payments-api-logs-{token}-{}",
                dr_synth_e2e::emulator::ACCOUNT,
                dev.suffix
            );
            let body = serde_json::json!({
                "patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}],
            });
            let answer =
                deployment.aws.send(&region.name, "apigateway", Method::Patch, "/account", &body.to_string())?;
            ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
        }
        let warnings = plan(dev)?;
        ensure!(!warnings.iter().any(|one| one.contains("which is not there")), "{}", listed(&warnings));
        Ok(())
    });
}

fn plan(dev: &Environment) -> Result<Vec<String>> {
    let outcome = dev.progress.step("plan after blue", || dev.workspace.plan(&[]))?;
    ensure!(outcome.exit_code() == 0, "changes:{}", listed(&outcome.planned));
    Ok(outcome.warnings)
}
