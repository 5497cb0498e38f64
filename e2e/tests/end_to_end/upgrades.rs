//! Another version of the database: the plan leads through it, RDS's order is kept, and Terraform does nothing itself.

use anyhow::{Result, ensure};
use dr_synth_e2e::deployment::{Deployment, Region};
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::suite::Suite;

use crate::stage::Environment;

const WANTED: &str = "17.10";
const ARGUMENT: &str = "-var=database_engine_version=17.10";

pub(crate) fn lead_through(suite: &Suite, dev: &Environment, deployment: &Deployment) {
    suite.check("a plan that wants another version changes nothing and says what to do", || {
        let warnings = plan(dev)?;
        ensure!(warnings.iter().any(|one| tells_the_way(one)), "no warning leads on:{}", listed(&warnings));
        Ok(())
    });
    suite.check("RDS upgrades the standby first and then the writer, and nothing before", || {
        ensure!(upgrade(deployment, &deployment.primary).is_err(), "the writer was upgraded before the standby");
        upgrade(deployment, &deployment.dr)?;
        upgrade(deployment, &deployment.primary)
    });
    suite.check("after that the plan is content", || {
        let warnings = plan(dev)?;
        ensure!(!warnings.iter().any(|one| tells_the_way(one)), "it still warns:{}", listed(&warnings));
        Ok(())
    });
}

fn tells_the_way(warning: &str) -> bool {
    warning.contains("database_engine_version is") && warning.contains("standby first")
}

fn plan(dev: &Environment) -> Result<Vec<String>> {
    let outcome = dev.progress.step("plan of another version", || dev.workspace.plan(&[ARGUMENT]))?;
    ensure!(outcome.exit_code() == 0, "changes:{}", listed(&outcome.planned));
    Ok(outcome.warnings)
}

/// The command of the warning.
fn upgrade(deployment: &Deployment, region: &Region) -> Result<()> {
    let token = if region.name == deployment.primary.name { "use1" } else { "use2" };
    let parameters = format!(
        "Action=ModifyDBCluster&Version=2014-10-31&DBClusterIdentifier=payments-database-{token}-{}\
         &EngineVersion={WANTED}&ApplyImmediately=true",
        deployment.suffix
    );
    deployment.aws.query(&region.name, "rds", &parameters).map(drop)
}
