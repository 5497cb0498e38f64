//! `terraform.tfvars.example`, as a user starts from it.

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::repository;

use crate::stage::{DEV, Stage};

pub(crate) fn plans(stage: &Stage) -> Result<()> {
    let file = repository::root().join("terraform.tfvars.example");
    let example = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let environment = stage.environment(DEV, &[])?;
    std::fs::write(environment.workspace.file("terraform.tfvars"), example)?;
    let outcome = environment.progress.step("plan of terraform.tfvars.example", || environment.workspace.plan(&[]))?;
    ensure!(outcome.exit_code() == 2 && outcome.added > 100, "planned {}", outcome.summary());
    ensure!(outcome.changed == 0 && outcome.removed == 0, "planned {}", outcome.summary());
    // Terraform warns about values for variables that the document does not have.
    let undeclared: Vec<_> = outcome.warnings.iter().filter(|warning| warning.contains("undeclared")).collect();
    ensure!(undeclared.is_empty(), "{undeclared:?}");
    Ok(())
}
