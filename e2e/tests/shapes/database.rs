//! A database that exists and becomes the writer: what is in it stays, whoever takes writes, and after the stack is gone.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::aws::Aws;
use dr_synth_e2e::database::Database;
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::emulator::{ACCOUNT, Emulator};
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::terraform::Terraform;
use dr_synth_e2e::workspace::Workspace;
use serde_json::{Value, json};

const CLUSTER: &str = "ledger";
/// The region that the owner's database is in.
const REGION: &str = "us-east-1";
const NAME: &str = "payments";
const ROWS: &str = "SELECT entry, CAST(amount AS text) FROM ledger ORDER BY entry";
const FILL: &str = "CREATE TABLE ledger (entry integer PRIMARY KEY, amount numeric(15, 2) NOT NULL); \
                    INSERT INTO ledger SELECT n, n * 1.25 FROM generate_series(1, 1000) AS n";
/// Neither may be in a plan that takes it over.
const LOSSES: [&str; 2] = ["delete ", "replace "];
const MOVE_TIMEOUT: Duration = Duration::from_secs(120);

/// The owner's database.
pub(crate) struct Ledger {
    database: Database,
    aws: Aws,
    /// What it had before there was a stack.
    rows: Vec<Value>,
}

impl Ledger {
    /// Fills the owner's database.
    pub(crate) fn filled(emulator: &Emulator) -> Result<Self> {
        let arn = format!("arn:aws:rds:{REGION}:{ACCOUNT}:cluster:{CLUSTER}");
        let database = Database::of_cluster(emulator.endpoint(), &arn, NAME);
        database.rows(FILL)?;
        let rows = database.rows(ROWS)?;
        ensure!(rows.len() == 1000 && rows[3] == json!([4, "5.00"]), "{} rows", rows.len());
        Ok(Self { database, aws: Aws::at(emulator.endpoint()), rows })
    }

    /// The first plan imports the cluster and its instances, changes what it is documented to change, and destroys nothing.
    pub(crate) fn is_imported(workspace: &Workspace) -> Result<()> {
        let planned = workspace.plan(&[])?.planned;
        let of_owner: Vec<_> = planned.iter().filter(|change| change.contains(".primary_database")).collect();
        for expected in [
            "update aws_rds_cluster.primary_database",
            "import aws_rds_cluster_instance.primary_database[\"ledger-1\"]",
            "import aws_rds_cluster_instance.primary_database[\"ledger-2\"]",
        ] {
            ensure!(of_owner.iter().any(|change| *change == expected), "no {expected:?} in:{}", listed(&planned));
        }
        let lost: Vec<_> =
            planned.iter().filter(|change| LOSSES.iter().any(|loss| change.starts_with(loss))).cloned().collect();
        ensure!(lost.is_empty(), "destroyed or replaced:{}", listed(&lost));
        Ok(())
    }

    /// Both regions have the rows, and the owner's cluster takes the writes.
    pub(crate) fn is_in_both_regions(&self, deployment: &Deployment) -> Result<()> {
        ensure!(self.database.role()? == "writer", "the owner's cluster is {}", self.database.role()?);
        ensure!(self.database.rows(ROWS)? == self.rows, "the writer has other rows");
        ensure!(deployment.dr.database.rows(ROWS)? == self.rows, "the standby has other rows");
        Ok(())
    }

    /// The standby becomes the writer, with the rows, and a plan has no changes meanwhile; then it goes back.
    pub(crate) fn moves(&self, deployment: &Deployment, workspace: &Workspace) -> Result<()> {
        let standby = &deployment.dr.database;
        move_writer(&self.aws, REGION, standby)?;
        ensure!(standby.rows(ROWS)? == self.rows, "the new writer has other rows");
        let outcome = workspace.plan(&[])?;
        ensure!(outcome.exit_code() == 0, "after the move:{}", listed(&outcome.planned));
        move_writer(&self.aws, &deployment.dr.name, &self.database)?;
        ensure!(self.database.rows(ROWS)? == self.rows, "the owner's cluster has other rows");
        Ok(())
    }

    /// Terraform refuses to destroy it. Once the state has forgotten it, the rest can be destroyed.
    pub(crate) fn is_let_go(terraform: &Terraform, workspace: &Workspace) -> Result<()> {
        let refused = workspace.try_destroy(&[])?;
        let words = refused.errors().join("\n");
        ensure!(words.contains("Instance cannot be destroyed"), "the destroy was not refused: {words}");
        let addresses = ["aws_rds_cluster.primary_database", "aws_rds_cluster_instance.primary_database"];
        let arguments = [&["state", "rm"], addresses.as_slice()].concat();
        let output = terraform.command(workspace.path(), &arguments).output().context("starting terraform")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// The stack is gone, and the database takes writes with all that was in it.
    pub(crate) fn has_outlived_the_stack(&self) -> Result<()> {
        ensure!(self.database.role()? == "writer", "the owner's cluster is {}", self.database.role()?);
        ensure!(self.database.rows(ROWS)? == self.rows, "it has other rows");
        let groups = self.aws.query(REGION, "rds", "Action=DescribeGlobalClusters&Version=2014-10-31")?;
        ensure!(!groups.contains("<GlobalClusterIdentifier>"), "the global database is still there: {groups}");
        Ok(())
    }
}

/// Switches the global database over, as a person does with the command line.
pub(crate) fn move_writer(aws: &Aws, from: &str, to: &Database) -> Result<()> {
    let describe = "Action=DescribeGlobalClusters&Version=2014-10-31";
    let groups = aws.query(from, "rds", describe)?;
    let group = dr_synth_e2e::aws::elements(&groups, "GlobalClusterIdentifier");
    let group = group.first().context("there is no global database")?;
    let target = to.cluster_arn();
    let request = "Action=SwitchoverGlobalCluster&Version=2014-10-31";
    aws.query(from, "rds", &format!("{request}&GlobalClusterIdentifier={group}&TargetDbClusterIdentifier={target}"))?;
    let deadline = Instant::now() + MOVE_TIMEOUT;
    let is_done = || -> Result<bool> {
        let groups = aws.query(from, "rds", describe)?;
        Ok(to.role()? == "writer" && dr_synth_e2e::aws::elements(&groups, "Status").first() == Some(&"available"))
    };
    while !is_done()? {
        ensure!(Instant::now() < deadline, "{target} has not become the writer");
        thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}
