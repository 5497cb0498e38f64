//! Tasks on Fargate that take payments: what stands for their image, and what an API in front of them must do.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::aws::Aws;
use dr_synth_e2e::deployment::{Deployment, Region};
use dr_synth_e2e::emulator::Emulator;
use dr_synth_e2e::failover::Failover;
use dr_synth_e2e::repository;
use serde_json::json;

use crate::database::move_writer;

/// The repository of the image.
const REPOSITORY: &str = "team/orders";
const MOVE_TIMEOUT: Duration = Duration::from_secs(300);

/// An image by its digest in both regions, and sizes, permissions and an endpoint that are not the default.
pub(crate) const VALUES: &str = r#"primary_container_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/orders@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
dr_container_image_uri = "123456789012.dkr.ecr.us-east-2.amazonaws.com/team/orders@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
container_port = 9000
task_cpu = 1024
task_memory_mb = 3072
task_count = 3
task_environment = { ORDERS_SERVICE = "dynamodb" }
task_permissions = [{
  actions = ["dynamodb:DescribeTable"]
  resources = ["arn:aws:dynamodb:*:*:table/payments-sessions-*"]
}]
task_endpoint_services = ["secretsmanager"]
"#;

/// Names the process that stands for the image.
pub(crate) fn stand_in(emulator: &Emulator) -> Result<()> {
    let program = repository::root().join("e2e/tests/shapes/fargate/serve.py");
    emulator.runs(REPOSITORY, &["python3", &program.to_string_lossy()])
}

/// The primary is well and the standby waits for its database, both as the tasks say it.
pub(crate) fn is_healthy(deployment: &Deployment) -> Result<()> {
    let health = deployment.primary.api.get("/health")?;
    ensure!(health.status == 200, "{} {}", health.status, health.text);
    let standby = deployment.dr.api.get("/health")?;
    ensure!(standby.status == 503, "{} {}", standby.status, standby.text);
    ensure!(standby.json()?["failing"] == json!(["database"]), "{}", standby.text);
    Ok(())
}

/// An operator moves payments, and the tasks of the other region take them.
pub(crate) fn moves(deployment: &Deployment) -> Result<()> {
    let failover = Failover::of(deployment)?;
    let execution = failover.start_by_operator("fargate")?;
    let end = failover.wait_for_end(&execution, MOVE_TIMEOUT)?;
    ensure!(end.status == "SUCCEEDED", "{} in {}", end.status, end.state);
    let Region { api, name, .. } = &deployment.dr;
    let answer = api.pay("moved-1", &json!(7))?;
    ensure!(answer.status == 200 && answer.json()?["region"] == json!(name), "{} {}", answer.status, answer.text);
    let left = deployment.primary.api.pay("moved-2", &json!(7)).context("the region that was left does not answer")?;
    ensure!(left.status == 503, "the region that was left: {} {}", left.status, left.text);
    Ok(())
}

/// The writer goes back by a switchover: AWS deletes the writer of a global database last, so no destroy ends before. The failback
/// machine waits for DNS, which has no data plane in a life; the game day runs it.
pub(crate) fn goes_back(deployment: &Deployment, aws: &Aws) -> Result<()> {
    move_writer(aws, &deployment.dr.name, &deployment.primary.database)
}
