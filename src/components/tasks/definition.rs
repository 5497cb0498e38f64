//! What a task is: one container, not as root, without a shell from outside.

use super::roles::Roles;
use super::{CONTAINER, TaskInputs};
use crate::aws::cloudwatch;
use crate::aws::ecs::{self, task_definition::RuntimePlatform};
use crate::components::region_scope::RegionScope;
use crate::terraform::expression::For;
use crate::terraform::functions::{bound, jsonencode, tostring};
use crate::terraform::{Any, Expression, Handle, Map, Number, Object, Value};

/// Seconds for which a task that is stopped may end the payments that it has begun: as long as API Gateway waits for one.
const STOP_SECONDS: u32 = 30;

pub(super) fn definition(
    region: &mut RegionScope<'_>,
    inputs: &TaskInputs<'_>,
    family: &Value<String>,
    roles: &Roles,
    log: &Handle<cloudwatch::LogGroup>,
) -> Handle<ecs::TaskDefinition> {
    let containers = jsonencode(Expression::List(vec![Expression::Object(container(region, inputs, log))]));
    region.add(
        ecs::TaskDefinition::new("tasks", containers, family)
            .requires_compatibilities(["FARGATE"])
            // Fargate has no other.
            .network_mode("awsvpc")
            .cpu(tostring::<Number>(inputs.cpu))
            .memory(tostring::<Number>(inputs.memory_mb))
            .execution_role_arn(roles.execution.arn())
            .task_role_arn(roles.task.arn())
            .runtime_platform(
                RuntimePlatform::new().operating_system_family("LINUX").cpu_architecture(inputs.architecture),
            ),
    )
}

fn container(region: &RegionScope<'_>, inputs: &TaskInputs<'_>, log: &Handle<cloudwatch::LogGroup>) -> Object {
    let port: Object = [
        ("containerPort", inputs.port.clone().into_expression()),
        // Fargate gives each task an address of its own, so both ports are one.
        ("hostPort", inputs.port.clone().into_expression()),
        ("protocol", "tcp".into()),
    ]
    .into_iter()
    .collect();
    // A first process that passes signals on and reaps others.
    let linux: Object = [("initProcessEnabled", Expression::from(true))].into_iter().collect();
    [
        ("name", CONTAINER.into()),
        ("image", inputs.image_uri.clone().into_expression()),
        ("essential", true.into()),
        ("portMappings", Expression::List(vec![Expression::Object(port)])),
        ("environment", pairs(&inputs.stores.environment(inputs.environment))),
        ("user", inputs.user.clone().into_expression()),
        ("readonlyRootFilesystem", inputs.read_only.clone().into_expression()),
        ("stopTimeout", i64::from(STOP_SECONDS).into()),
        ("linuxParameters", Expression::Object(linux)),
        ("logConfiguration", Expression::Object(logging(region, log))),
    ]
    .into_iter()
    .collect()
}

fn logging(region: &RegionScope<'_>, log: &Handle<cloudwatch::LogGroup>) -> Object {
    let options: Object = [
        ("awslogs-group", log.name().into_expression()),
        ("awslogs-region", region.region().name().into()),
        ("awslogs-stream-prefix", CONTAINER.into()),
    ]
    .into_iter()
    .collect();
    [("logDriver", "awslogs".into()), ("options", Expression::Object(options))].into_iter().collect()
}

/// A map as ECS writes it, in the order of its names.
fn pairs(environment: &Value<Map<String>>) -> Expression {
    let pair: Object =
        [("name", bound::<Any>("name").into_expression()), ("value", bound::<Any>("value").into_expression())]
            .into_iter()
            .collect();
    Expression::For(Box::new(For {
        key: Some("name".to_owned()),
        value: "value".to_owned(),
        collection: environment.clone().into_expression(),
        result_key: None,
        result: Expression::Object(pair),
        grouping: false,
        condition: None,
    }))
}
