//! A resource of a provider that dr-synth does not know, held to that provider's own schema.
//!
//! ```text
//! terraform providers schema -json > schema.json     # in a folder that requires the provider
//! cargo run --example other_provider > main.tf.json
//! ```

mod print;

use std::process::ExitCode;

use dr_synth::aws::{self, s3};
use dr_synth::terraform::schema::Schema;
use dr_synth::terraform::{
    Diagnostic, DiagnosticKind, Document, Module, Provider, RequiredProvider, ResourceBlock, TerraformSettings,
};

/// What Terraform printed, here without the types that the example does not use.
const SCHEMA: &str = include_str!("random.schema.json");

fn main() -> ExitCode {
    print::print(document())
}

/// A bucket with a name that nobody else has.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn document() -> Result<Document, Vec<Diagnostic>> {
    let random = Schema::from_json(SCHEMA, "registry.terraform.io/hashicorp/random")
        .map_err(|error| vec![Diagnostic::new(DiagnosticKind::Provider, "random", error.to_string())])?;
    let schemas = aws::schemas().clone().with("random", random);

    let mut module = Module::new();
    module.settings(
        TerraformSettings::new()
            .required_provider("aws", required("hashicorp/aws", "~> 5.100"))
            .required_provider("random", required("hashicorp/random", "~> 3.6")),
    );
    module.add_provider(Provider::new("aws").set("region", "eu-central-1"));
    module.add_provider(Provider::new("random"));
    let name = module.add(ResourceBlock::resource("random_pet", "bucket").set("length", 3).set("separator", "-"));
    module.add(s3::Bucket::new("documents").bucket(name.attribute::<String>("id")));
    Document::new(module, &schemas)
}

fn required(source: &'static str, version: &'static str) -> RequiredProvider {
    RequiredProvider { source: source.into(), version: Some(version.into()), configuration_aliases: Vec::new() }
}
