//! The environment `blue`, beside `dev` in the same account and with every feature; and the destroy that must be refused.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::suite::Suite;
use serde_json::json;

use crate::payments::SHARED_ID;
use crate::stage::{Environment, Stage};
use crate::{features, lifecycle, logging_role};

/// Runs all of it and returns what was applied, for comparison with the other environment.
pub(crate) fn live(suite: &Suite, stage: &Stage) -> Option<Deployment> {
    let blue = suite.check("blue: dr-synth --enable (all) > main.tf.json; terraform init", || {
        stage.environment("blue", &["--enable", &features::all()])
    })?;
    let deployment = suite
        .check("blue: terraform apply beside dev", || {
            blue.progress.step("terraform apply", || blue.workspace.apply(&[]))?;
            Deployment::read(blue.suffix, &blue.workspace, &stage.terraform)
        })
        .inspect(|deployment| {
            suite.check("blue: with every feature, a second plan has no changes", || no_changes(&blue));
            suite.check("blue: an id that dev uses too is a payment of its own", || pays(deployment));
            suite.check("blue: deletion_protection refuses terraform destroy", || refuses(&blue, deployment));
        });
    logging_role::set_by(suite, &blue);
    lifecycle::destroy(suite, stage, &blue);
    deployment
}

fn no_changes(blue: &Environment) -> Result<()> {
    let outcome = blue.progress.step("second plan", || blue.workspace.plan(&[]))?;
    ensure!(outcome.exit_code() == 0, "changes:{}\ndrift:{}", listed(&outcome.planned), listed(&outcome.drifted));
    Ok(())
}

fn pays(deployment: &Deployment) -> Result<()> {
    let answer = deployment.primary.api.pay(SHARED_ID, &json!(11))?;
    ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
    let rows = deployment.dr.database.replicated_payment(SHARED_ID)?;
    ensure!(rows == [json!([SHARED_ID, "11.00", "processed", deployment.primary.name])], "{rows:?}");
    Ok(())
}

fn refuses(blue: &Environment, deployment: &Deployment) -> Result<()> {
    let outcome = blue.progress.step("terraform destroy, protected", || blue.workspace.try_destroy(&[]))?;
    ensure!(outcome.exit_code() == 1, "the destroy was not refused");
    let kept = blue.workspace.addresses()?;
    for (kind, count) in [("aws_rds_cluster", 2), ("aws_dynamodb_table", 1), ("aws_s3_bucket", 2)] {
        let found = kept.iter().filter(|address| address.starts_with(&format!("{kind}."))).count();
        ensure!(found >= count, "only {found} of {count} {kind} survived\n{}", outcome.errors().join("\n"));
    }
    let rows = deployment.primary.database.payment(SHARED_ID).context("the payments survive")?;
    ensure!(rows.len() == 1, "the payment is gone: {rows:?}");
    Ok(())
}

/// Identifiers of real things: no id or ARN may be in both states.
pub(crate) fn share_nothing(dev: Option<&Deployment>, blue: Option<&Deployment>) -> Result<()> {
    let (dev, blue) =
        (identifiers(dev.context("dev was not applied")?), identifiers(blue.context("blue was not applied")?));
    ensure!(dev.len() > 50, "only {} ARNs in the state of dev", dev.len());
    let shared: Vec<String> = dev.intersection(&blue).cloned().collect();
    ensure!(shared.is_empty(), "in both environments:{}", listed(&shared));
    Ok(())
}

fn identifiers(deployment: &Deployment) -> BTreeSet<String> {
    let arns = deployment.resources().into_iter().filter_map(|resource| resource["values"]["arn"].as_str());
    arns.map(str::to_owned).collect()
}
