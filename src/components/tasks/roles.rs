//! Two roles: what starts a task pulls its image and writes its log, what runs in it takes payments.

use super::TaskInputs;
use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::{cloudwatch, iam};
use crate::components::function_role::write_own_log;
use crate::components::further_permissions::further_permissions_of_tasks;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::functions::replace;
use crate::terraform::{Handle, Resource, Value};

const SERVICE: &str = "ecs-tasks.amazonaws.com";

/// The address of an image by its digest, divided into account, region and repository.
const IMAGE: &str = r"/^([0-9]+)\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@]+)@.*$/";
const REPOSITORY: &str = "arn:aws:ecr:$2:$1:repository/$3";

/// The roles, and the policies without which nothing starts.
#[derive(Debug)]
pub(super) struct Roles {
    /// Of what starts tasks.
    pub(super) execution: Handle<iam::Role>,
    /// Of what runs in them.
    pub(super) task: Handle<iam::Role>,
    /// What each of them may do.
    pub(super) policies: [Handle<iam::RolePolicy>; 2],
}

pub(super) fn roles(
    region: &mut RegionScope<'_>,
    inputs: &TaskInputs<'_>,
    log: &Handle<cloudwatch::LogGroup>,
) -> Roles {
    let execution = role(region, "task_execution", "task-start", "Starts the tasks that take payments");
    let task = role(region, "tasks", "tasks", "The tasks that take payments");
    let start = PolicyDocument::new(start_statements(inputs.image_uri, log)).to_json();
    let start = iam::RolePolicy::new("task_execution", start, execution.id()).name("start-tasks");
    let start = region.add(start);
    let pay = PolicyDocument::new(inputs.stores.take_payments(region)).to_json();
    let pay = iam::RolePolicy::new("tasks", pay, task.id()).name("take-payments");
    // The tasks follow their policy. Neither changes to another secret before the database knows the user in it.
    let pay = region.add(inputs.setup.into_iter().fold(pay, iam::RolePolicy::depends_on));
    further_permissions_of_tasks(region, &task, inputs.permissions);
    Roles { execution, task, policies: [start, pay] }
}

fn role(
    region: &mut RegionScope<'_>,
    local_name: &'static str,
    purpose: &'static str,
    description: &'static str,
) -> Handle<iam::Role> {
    let name = region.name(NameKind::Role, purpose);
    let trust = PolicyDocument::assumed_by(SERVICE, &region.account_id()).to_json();
    region.add(iam::Role::new(local_name, trust).name(name).description(description))
}

/// ECR knows no resource for the token, which gives nobody an image (service authorization reference, Amazon ECR).
fn start_statements(image_uri: &Value<String>, log: &Handle<cloudwatch::LogGroup>) -> [Statement; 3] {
    [
        Statement::allow("SignInToRegistry").action("ecr:GetAuthorizationToken").resource("*"),
        Statement::allow("PullImage")
            .actions(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
            .resource(replace(image_uri, IMAGE, REPOSITORY)),
        write_own_log(log),
    ]
}
