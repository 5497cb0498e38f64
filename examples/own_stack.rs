//! A stack of your own from the core alone: a versioned bucket and its address. Nothing of disaster recovery is in it.
//!
//! ```text
//! cargo run --example own_stack > main.tf.json
//! ```

mod print;

use std::process::ExitCode;

use dr_synth::aws::{self, s3};
use dr_synth::terraform::{
    Diagnostic, Document, Module, Output, Provider, RequiredProvider, TerraformSettings, Value, Variable, concat,
};

fn main() -> ExitCode {
    print::print(document())
}

/// The bucket.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn document() -> Result<Document, Vec<Diagnostic>> {
    let mut module = Module::new();
    module.settings(TerraformSettings::new().required_version(">= 1.11.0").required_provider(
        "aws",
        RequiredProvider {
            source: "hashicorp/aws".into(),
            version: Some(">= 5.100.0, < 7.0.0".into()),
            configuration_aliases: Vec::new(),
        },
    ));
    module.add_provider(Provider::new("aws").set("region", "eu-central-1"));
    let team: Value<String> = module.add_variable(Variable::new("team").description("Whose bucket it is."));

    let bucket = module.add(s3::Bucket::new("documents").bucket(concat(["documents-of-".into(), team])));
    module.add(s3::BucketVersioning::new(
        "documents",
        bucket.id(),
        s3::bucket_versioning::VersioningConfiguration::new("Enabled"),
    ));
    module.add_output(Output::new("bucket_arn", bucket.arn()).description("The bucket's ARN."));

    // The closed world: without this there is no document, and it finds everything that is wrong at once.
    Document::new(module, aws::schemas())
}
