//! Variables of the code that the functions run: a package or an image of the user's own.

use super::matches;
use crate::components::function_package::{HANDLER, RUNTIME};
use crate::settings::{PackageKind, Region, Settings};
use crate::terraform::functions::{contains, replace};
use crate::terraform::{Condition, Module, Value, Variable};

/// Runtimes that AWS supports for another four months at least (Lambda developer guide, "Lambda runtimes", read 2026-11).
/// All of them run on both architectures. Provider 5.100.0 refuses those that are younger than it.
const RUNTIMES: [&str; 10] = [
    "dotnet10",
    "java21",
    "java25",
    "nodejs22.x",
    "nodejs24.x",
    "provided.al2023",
    "python3.12",
    RUNTIME,
    "python3.14",
    "ruby3.4",
];

/// The processors that Lambda has, the default first.
const ARCHITECTURES: [&str; 2] = ["arm64", "x86_64"];

/// What the functions run.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "each field is the variable of that name, described where it is declared")]
pub struct CodeVariables {
    pub handler: Value<String>,
    pub runtime: Value<String>,
    pub primary_image_uri: Value<String>,
    pub dr_image_uri: Value<String>,
    pub architecture: Value<String>,
}

pub(super) fn declare(module: &mut Module, settings: &Settings) -> CodeVariables {
    let architecture = architecture(module);
    // What is not chosen is declared in a module that is thrown away: nothing refers to its values.
    let mut unused = Module::new();
    let (zip, image) = match settings.package {
        PackageKind::Zip => (module, &mut unused),
        PackageKind::Image => (&mut unused, module),
    };
    CodeVariables {
        handler: handler(zip),
        runtime: runtime(zip),
        primary_image_uri: image_uri(image, "primary", settings.primary_region),
        dr_image_uri: image_uri(image, "dr", settings.dr_region),
        architecture,
    }
}

fn handler(module: &mut Module) -> Value<String> {
    let name = "function_handler";
    module.add_variable(
        Variable::new(name)
            .description("What Lambda calls in the package, for payments and for health checks alike.")
            .default(HANDLER)
            .nullable(false)
            .validation(Condition::new(
                matches(r"^\S{1,128}$", Variable::reference(name)),
                "function_handler must be 1 to 128 characters without spaces, such as handler.handle for the function handle \
                 in handler.py.",
            )),
    )
}

fn runtime(module: &mut Module) -> Value<String> {
    let name = "function_runtime";
    module.add_variable(
        Variable::new(name)
            .description(
                "The runtime of the package; provided.al2023 for a program that is called bootstrap. Version 5.100.0 of the \
                 provider does not know the youngest.",
            )
            .default(RUNTIME)
            .nullable(false)
            .validation(Condition::new(
                contains::<String>(RUNTIMES, Variable::reference::<String>(name)),
                format!(
                    "function_runtime must be one of {}: AWS ends the support of others soon, or has ended it.",
                    RUNTIMES.join(", ")
                ),
            )),
    )
}

/// By digest: what a tag names may change, and then the regions run different code without a plan that says so.
fn image_uri(module: &mut Module, role: &'static str, region: Region) -> Value<String> {
    let name = format!("{role}_function_image_uri");
    let own = Variable::reference::<String>(name.clone());
    let standby = if role == "dr" { "standby" } else { role };
    let pattern = format!(
        r"^[0-9]{{12}}\.dkr\.ecr\.{region}\.amazonaws\.com/[a-z0-9]+([._/-]+[a-z0-9]+)*@sha256:[0-9a-f]{{64}}$"
    );
    let variable = Variable::new(name.clone())
        .description(format!(
            "The container image of the functions in the {standby} region, by its digest, in a repository of that region."
        ))
        .nullable(false)
        .validation(Condition::new(
            matches(pattern, own),
            format!(
                "{name} must name an image in a repository of {region} by its digest, such as \
                 123456789012.dkr.ecr.{region}.amazonaws.com/orders@sha256:... with 64 digits. Lambda takes images of its \
                 own region only, and a tag may change."
            ),
        ));
    module.add_variable(if role == "dr" { variable.validation(one_image(&name)) } else { variable })
}

fn one_image(name: &str) -> Condition {
    let digest = |uri: Value<String>| replace(uri, "/^.*@/", "");
    let own = Variable::reference::<String>(name.to_owned());
    Condition::new(
        digest(own).equals(digest(Variable::reference("primary_function_image_uri"))),
        format!(
            "{name} and primary_function_image_uri have different digests: after a failover other code would run. Copy the \
             image to both regions, for example by replication of the repository."
        ),
    )
}

fn architecture(module: &mut Module) -> Value<String> {
    let name = "function_architecture";
    module.add_variable(
        Variable::new(name)
            .description("The processors that the functions run on. Code with native parts must be built for them.")
            .default(ARCHITECTURES[0])
            .nullable(false)
            .validation(Condition::new(
                contains::<String>(ARCHITECTURES, Variable::reference::<String>(name)),
                format!("function_architecture must be {}.", ARCHITECTURES.join(" or ")),
            )),
    )
}
