//! Variables of the tasks that take payments: what they run, how large they are and how many there are.

use super::image::{ImageVariable, image_uri};
use super::{NumberVariable, matches, number, switch};
use crate::settings::Settings;
use crate::terraform::functions::contains;
use crate::terraform::{Condition, Module, Number, Value, Variable};

/// The processors that Fargate has, the default first.
const ARCHITECTURES: [&str; 2] = ["ARM64", "X86_64"];

/// What Fargate offers (Amazon ECS developer guide, "Task CPU and memory", read 2026-12): CPU units, and the least, the most and
/// the step of the memory in MiB. The smallest has three sizes.
const SIZES: [(u32, u32, u32, u32); 7] = [
    (256, 512, 2048, 512),
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16_384, 1024),
    (4096, 8192, 30_720, 1024),
    (8192, 16_384, 61_440, 4096),
    (16_384, 32_768, 122_880, 8192),
];

/// The one size of the smallest that its step would allow and Fargate does not.
const NO_SIZE: (u32, u32) = (256, 1536);

const DEFAULT_CPU: u32 = 512;
const DEFAULT_MEMORY: u32 = 1024;

const IMAGE: ImageVariable = ImageVariable {
    name: "container_image_uri",
    whose: "tasks",
    taken_by: "The network has no way to a repository of another region",
};

/// What tasks are made from.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "each field is the variable of that name, described where it is declared")]
pub struct TaskVariables {
    pub primary_image_uri: Value<String>,
    pub dr_image_uri: Value<String>,
    pub port: Value<Number>,
    pub user: Value<String>,
    pub read_only: Value<bool>,
    pub architecture: Value<String>,
    pub cpu: Value<Number>,
    pub memory_mb: Value<Number>,
    pub count: Value<Number>,
}

pub(super) fn declare(module: &mut Module, settings: &Settings) -> TaskVariables {
    TaskVariables {
        primary_image_uri: image_uri(module, &IMAGE, "primary", settings.primary_region),
        dr_image_uri: image_uri(module, &IMAGE, "dr", settings.dr_region),
        port: number(
            module,
            &NumberVariable {
                name: "container_port",
                description: "The port on which the container answers HTTP.",
                default: 8080,
                range: (1024, 65_535),
            },
        ),
        user: user(module),
        read_only: switch(
            module,
            "container_read_only",
            "Whether the container's root file system is read-only. Set it to false for an image that writes files.",
            true,
        ),
        architecture: architecture(module),
        cpu: cpu(module),
        memory_mb: memory(module),
        count: number(
            module,
            &NumberVariable {
                name: "task_count",
                description: "Tasks in each region. With one, a zone that fails takes the region along for minutes.",
                default: 2,
                range: (1, 1000),
            },
        ),
    }
}

fn user(module: &mut Module) -> Value<String> {
    let name = "container_user";
    let own = || Variable::reference::<String>(name);
    module.add_variable(
        Variable::new(name)
            .description("The user and group ids that the container runs as. Root is refused.")
            .default("65532:65532")
            .nullable(false)
            .validation(Condition::new(
                matches("^[1-9][0-9]{0,9}:[1-9][0-9]{0,9}$", own()),
                "container_user must be a user id and a group id without root, such as 65532:65532.",
            )),
    )
}

fn architecture(module: &mut Module) -> Value<String> {
    let name = "container_architecture";
    module.add_variable(
        Variable::new(name)
            .description("The processors that the tasks run on. The image must be built for them.")
            .default(ARCHITECTURES[0])
            .nullable(false)
            .validation(Condition::new(
                contains::<String>(ARCHITECTURES, Variable::reference::<String>(name)),
                format!("container_architecture must be {}.", ARCHITECTURES.join(" or ")),
            )),
    )
}

fn cpu(module: &mut Module) -> Value<Number> {
    let name = "task_cpu";
    let sizes = SIZES.map(|(cpu, ..)| cpu);
    module.add_variable(
        Variable::new(name)
            .description("CPU units of a task: 1024 are one vCPU.")
            .default(DEFAULT_CPU)
            .nullable(false)
            .validation(Condition::new(
                contains::<Number>(sizes, Variable::reference::<Number>(name)),
                format!("task_cpu must be one of {}.", sizes.map(|size| size.to_string()).join(", ")),
            )),
    )
}

fn memory(module: &mut Module) -> Value<Number> {
    let name = "task_memory_mb";
    let own = || Variable::reference::<Number>(name);
    let cpu = || Variable::reference::<Number>("task_cpu");
    let fits = SIZES.map(|(size, least, most, step)| {
        let steps = own().divided_by(step);
        let whole = Value::<Number>::new(crate::terraform::Expression::call("floor", [steps.clone().into()]));
        cpu().equals(size).and(own().at_least(least)).and(own().at_most(most)).and(whole.equals(steps))
    });
    let fits = fits.into_iter().reduce(Value::or).unwrap_or_else(|| false.into());
    let (small, none) = NO_SIZE;
    module.add_variable(
        Variable::new(name)
            .description("Memory of a task in MiB: two to eight times as much for each 1024 of task_cpu.")
            .default(DEFAULT_MEMORY)
            .nullable(false)
            .validation(Condition::new(
                fits.and(!cpu().equals(small).and(own().equals(none))),
                "task_memory_mb must be a size that Fargate has for task_cpu: 512, 1024 or 2048 for 256; 1024 to 4096 for 512; \
                 2048 to 8192 for 1024; 4096 to 16384 for 2048; 8192 to 30720 for 4096, all in steps of 1024; 16384 to 61440 in \
                 steps of 4096 for 8192; 32768 to 122880 in steps of 8192 for 16384.",
            )),
    )
}
