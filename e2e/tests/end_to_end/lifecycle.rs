//! The life of the environment `dev`, from the empty directory to the empty account.

use std::sync::mpsc::Receiver;
use std::thread;

use anyhow::{Result, ensure};
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::leftovers::{listed, still_there};
use dr_synth_e2e::suite::Suite;

use crate::stage::{DEV, Environment, Stage, UNPROTECTED};
use crate::{
    backup_jobs, backups, database_role, example, features, first_apply, logging_role, logs, modules, outputs,
    payments, runbook, secrets, standby, tags, upgrades,
};

type Check = fn(&Deployment) -> Result<()>;

const CHECKS: [(&str, Check); 31] = [
    ("all outputs are there, and a region's has its twin", outputs::complete),
    ("the outputs look like what they name", outputs::shapes),
    ("names and outputs never say which region is active", outputs::names_do_not_tell_roles),
    ("everything that takes tags has the four tags", tags::complete),
    ("the name tags carry the suffix and tell resources apart", tags::names),
    ("GET /health is 200 in the primary, within two seconds", payments::healthy),
    ("POST / processes a payment", payments::processed_at_the_root),
    ("POST /payments processes a payment", payments::processed_at_the_path),
    ("amounts are stored to the cent", payments::exact_amounts),
    ("the row is in both regions' PostgreSQL", payments::row_in_both_regions),
    ("the receipt is in the region's bucket", payments::receipt),
    ("the claim is settled in the session table", payments::claim_settled),
    ("bad payments are answered 400 with a reason", payments::bad),
    ("bad payments leave nothing behind", payments::bad_leaves_nothing),
    ("a repeated payment gets the same answer and stays one", payments::repeated),
    ("another amount under the same id is 409", payments::different_amount),
    ("the same after its claim has expired, and no claim is left", payments::different_amount_without_a_claim),
    ("20 at once with the same id are one payment", payments::concurrent_same_id),
    ("20 at once with different ids are 20 payments", payments::concurrent_distinct_ids),
    ("the payment function's credentials can change no payment and read nothing else", database_role::is_bounded),
    ("the primary's database is the writer, the DR's a reader", standby::roles),
    ("GET /health is 503 in DR, within two seconds", standby::unhealthy),
    ("a payment in DR is answered 503 with Retry-After", standby::refused),
    ("a payment refused in DR leaves nothing half-written", standby::nothing_half_written),
    ("a payment refused in DR succeeds in the primary", standby::retried_in_the_primary),
    ("bad payments are 400 in DR too", standby::bad),
    ("every line of the access logs is JSON, in both regions", logs::every_line_is_json),
    ("execution logs have a key and a retention", logs::execution_logs_have_key_and_end),
    ("a table that is restored well passes its restore test, in both regions", backups::good),
    ("a table that is not fails it, with the reasons", backups::spoilt),
    ("AWS Backup's roles may do what a backup, a copy and a restore do, in both regions", backup_jobs::roles_suffice),
];

/// Runs all of it and returns what was applied, for comparison with the other environment.
pub(crate) fn live(suite: &Suite, stage: &Stage, blue_gone: &Receiver<()>) -> Option<Deployment> {
    let dev = suite.check("dr-synth > main.tf.json; terraform init", || stage.environment(DEV, &[]))?;
    suite.check("terraform validate", || dev.workspace.validate());
    let zone = suite
        .check("the zone is applied alone, and an output names its servers", || first_apply::zone_alone(stage, &dev));
    let applied = thread::scope(|scope| {
        // An apply mostly waits, which leaves room for what needs no applied stack.
        scope.spawn(|| without_a_stack(suite, stage));
        suite.check("terraform apply of the rest of the unchanged document", || apply(&dev))
    });
    let deployment =
        applied.and_then(|()| suite.check("outputs and state are read", || read(&dev, stage))).inspect(|deployment| {
            if let Some(zone) = &zone {
                suite.check("the zone is the one that was applied alone", || first_apply::zone_kept(zone, deployment));
            }
            examine(suite, stage, &dev, deployment);
            features::toggle(suite, stage, &dev);
            upgrades::lead_through(suite, &dev, deployment);
            logging_role::dangles(suite, &dev, deployment, blue_gone);
            // Last: to stop and arm the switch leaves a change of its parameter in the plan.
            suite.check("every command of the runbook runs", || runbook::every_command_runs(stage, &dev, deployment));
        });
    // Also after a failed apply: what there is has to go.
    let before = dev.workspace.state_file();
    if destroy(suite, stage, &dev) {
        suite.check("the provider finds none of the resources any more", || gone(stage, &dev, &before?));
    }
    deployment
}

fn without_a_stack(suite: &Suite, stage: &Stage) {
    suite.check("terraform.tfvars.example plans as it stands", || example::plans(stage));
    suite.check("both layouts plan the same resources with the same arguments", || modules::plan_the_same(stage));
    suite.check("the modules are valid from roots by hand", || modules::by_hand(stage));
}

fn apply(dev: &Environment) -> Result<()> {
    let outcome = dev.progress.step("terraform apply", || dev.workspace.apply(&[]))?;
    dev.progress.say(&outcome.summary());
    Ok(())
}

fn read(dev: &Environment, stage: &Stage) -> Result<Deployment> {
    Deployment::read(dev.suffix, &dev.workspace, &stage.terraform)
}

fn examine(suite: &Suite, stage: &Stage, dev: &Environment, deployment: &Deployment) {
    suite.check("a second plan has no changes", || {
        let outcome = dev.progress.step("second plan", || dev.workspace.plan(&["-out=again.tfplan"]))?;
        ensure!(outcome.exit_code() == 0, "changes:{}\ndrift:{}", listed(&outcome.planned), listed(&outcome.drifted));
        Ok(())
    });
    for (name, check) in CHECKS {
        suite.check(name, || check(deployment));
    }
    suite.check("no secret in the document, the plan or the state", || secrets::nowhere(dev, deployment));
    suite.check("the state moves into modules and nothing else changes", || modules::moves_to_modules(stage, dev));
    suite.check("the state moves back and nothing else changes", || modules::moves_back(stage, dev));
    suite.check("a plan after all that has no changes", || {
        let outcome = dev.progress.step("third plan", || dev.workspace.plan(&[]))?;
        ensure!(outcome.exit_code() == 0, "changes:{}", listed(&outcome.planned));
        Ok(())
    });
}

/// Lifts the protection and destroys. True if that worked.
pub(crate) fn destroy(suite: &Suite, stage: &Stage, environment: &Environment) -> bool {
    let Environment { suffix, progress, workspace, .. } = environment;
    let lifted = suite.check(&format!("{suffix}: deletion_protection=false takes nothing away but locks"), || {
        let outcome = progress.step("apply deletion_protection=false", || workspace.apply(&UNPROTECTED))?;
        let lost: Vec<_> = outcome.planned.iter().filter(|change| is_lost(change)).cloned().collect();
        ensure!(lost.is_empty(), "destroyed or replaced:{}", listed(&lost));
        Ok(())
    });
    let destroyed = lifted.and_then(|()| {
        suite.check(&format!("{suffix}: terraform destroy"), || {
            stage.leaves(suffix)?;
            progress.step("terraform destroy", || workspace.destroy(&UNPROTECTED)).map(drop)
        })
    });
    destroyed.is_some()
}

/// A vault's lock is a protection itself; everything else that is destroyed or replaced is a loss.
fn is_lost(change: &str) -> bool {
    let (action, address) = change.split_once(' ').unwrap_or((change, ""));
    !matches!(action, "create" | "update" | "read") && !address.starts_with("aws_backup_vault_lock_configuration.")
}

fn gone(stage: &Stage, dev: &Environment, before: &[u8]) -> Result<()> {
    let document = dev.document_json()?;
    let left = dev.progress.step("read back", || still_there(&stage.terraform, &dev.progress, &document, before))?;
    ensure!(left.is_empty(), "still there:{}", listed(&left));
    Ok(())
}
