//! Variables of the code that the functions run: a package or an image of the user's own.

use super::image::{ImageVariable, image_uri};
use super::matches;
use crate::components::function_package::{HANDLER, RUNTIME};
use crate::settings::{PackageKind, Settings};
use crate::terraform::functions::contains;
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

const IMAGE: ImageVariable = ImageVariable {
    name: "function_image_uri",
    whose: "functions",
    taken_by: "Lambda takes images of its own region only",
};

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
        primary_image_uri: image_uri(image, &IMAGE, "primary", settings.primary_region),
        dr_image_uri: image_uri(image, &IMAGE, "dr", settings.dr_region),
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
