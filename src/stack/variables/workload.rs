//! Variables of what takes payments: of the functions or the tasks and their API, or of the hosts that do it elsewhere.

use super::{NumberVariable, length, matches, number, placeholder_endpoint};
use crate::settings::{PackageKind, Settings, WorkloadKind};
use crate::terraform::{Condition, Module, Number, Value, Variable};

/// Declares a variable of the API. Where the stack makes none, the value is one that nothing refers to.
pub(super) fn of_api<T>(module: &mut Module, settings: &Settings, declare: impl FnOnce(&mut Module) -> T) -> T {
    of(module, settings.workload != WorkloadKind::None, declare)
}

/// The same, of the tasks.
pub(super) fn of_tasks<T>(module: &mut Module, settings: &Settings, declare: impl FnOnce(&mut Module) -> T) -> T {
    of(module, settings.workload == WorkloadKind::Fargate, declare)
}

/// The same, of the functions.
pub(super) fn of_functions<T>(module: &mut Module, settings: &Settings, declare: impl FnOnce(&mut Module) -> T) -> T {
    of(module, settings.workload == WorkloadKind::Lambda, declare)
}

/// The same, of their package in a zip file.
pub(super) fn of_package<T>(module: &mut Module, settings: &Settings, declare: impl FnOnce(&mut Module) -> T) -> T {
    of(module, settings.workload == WorkloadKind::Lambda && settings.package == PackageKind::Zip, declare)
}

fn of<T>(module: &mut Module, is_there: bool, declare: impl FnOnce(&mut Module) -> T) -> T {
    if is_there { declare(module) } else { declare(&mut Module::new()) }
}

/// The host of one region's service.
pub(super) fn endpoint(
    module: &mut Module,
    settings: &Settings,
    name: &'static str,
    role: &'static str,
) -> Value<String> {
    let region = if role == "dr" { "standby" } else { role };
    let own = Variable::reference::<String>(name);
    let variable = Variable::new(name)
        .description(format!(
            "The host that answers for your service in the {region} region, such as a load balancer's name of yours: https \
             on port 443, with a certificate for this name and for the failover name. The default is a placeholder."
        ))
        .default(placeholder_endpoint(settings, role))
        .nullable(false)
        .validation(Condition::new(
            matches(r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", own.clone()).and(length(own).at_most(253)),
            format!("{name} must be a lower-case host name without scheme, port, path or dot at the end."),
        ));
    let variable = if role == "dr" { variable.validation(two_hosts(name)) } else { variable };
    of(module, settings.workload == WorkloadKind::None, |module| module.add_variable(variable))
}

fn two_hosts(name: &'static str) -> Condition {
    let own = Variable::reference::<String>(name);
    Condition::new(
        !own.equals(Variable::reference::<String>("primary_endpoint")),
        format!("{name} and primary_endpoint are one host: a failover would lead to the host that failed."),
    )
}

pub(super) fn function_memory_mb(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "function_memory_mb",
            description: "Memory of the payment function in MB; its share of a CPU grows with it.",
            default: 512,
            range: (256, 10_240),
        },
    )
}

pub(super) fn function_reserved_concurrency(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "function_reserved_concurrency",
            description: "Runs of the payment function at once that a region keeps free for it; -1 reserves none.",
            default: -1,
            range: (-1, 10_000),
        },
    )
}

pub(super) fn api_rate_limit(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "api_rate_limit",
            description: "Requests a second that each API answers in the long run.",
            default: 500,
            range: (1, 10_000),
        },
    )
}

pub(super) fn api_burst_limit(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "api_burst_limit",
            description: "Requests that each API answers at one moment.",
            default: 1000,
            range: (1, 5000),
        },
    )
}
