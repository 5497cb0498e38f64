//! The state and the plans of `OpenTofu`, encrypted before they are stored: the block `encryption`.
//!
//! Its values are known before any state is: variables and literal text (`OpenTofu` documentation, "State and Plan Encryption";
//! variables since 1.8). How its JSON is written: the same documentation, "JSON Configuration Syntax".

use crate::settings::{Region, Settings};
use crate::terraform::functions::{can, regex};
use crate::terraform::{Condition, Expression, Module, Object, Value, Variable};

/// The variable that names the key.
const KEY: &str = "state_kms_key_id";

/// The name of the key provider and of the method. Both are in the metadata of every encrypted state: renamed, no state is
/// read any more.
const NAME: &str = "state";

/// Declares the variable of the key. It has no default: the stack cannot make the key that its own state needs.
pub(super) fn declare_key(module: &mut Module, settings: &Settings) {
    let own: Value<String> = Variable::reference(KEY);
    let region = settings.dr_region;
    module.add_variable::<String>(
        Variable::new(KEY)
            .description(format!(
                "KMS key in {region} that encrypts state and plans before they are stored: ARN, id or alias. It must exist before \
                 `tofu init`, may not be one of the stack's own, and without it no state can be read."
            ))
            .nullable(false)
            .validation(Condition::new(
                can(regex("^(arn:[a-z-]+:kms:|alias/|mrk-|[0-9a-f]{8}-).+$", own)),
                format!("{KEY} must be the ARN, the id or the alias (alias/NAME) of a KMS key in {region}."),
            )),
    );
}

/// The block. Unencrypted data is neither read nor written.
pub(super) fn block(region: Region) -> Object {
    let verbatim = |text: String| Expression::Text(text.into());
    let provider: Object = [
        ("kms_key_id", verbatim(format!("${{var.{KEY}}}"))),
        ("key_spec", verbatim("AES_256".to_owned())),
        // Not the primary region: the state is needed when that is gone.
        ("region", verbatim(region.name().to_owned())),
    ]
    .into_iter()
    .collect();
    let keys = verbatim(format!("${{key_provider.aws_kms.{NAME}}}"));
    let method = || verbatim(format!("${{method.aes_gcm.{NAME}}}"));
    let target = || object([("method", method()), ("enforced", Expression::Bool(true))]);
    [
        ("key_provider", object([("aws_kms", object([(NAME, Expression::Object(provider))]))])),
        ("method", object([("aes_gcm", object([(NAME, object([("keys", keys)]))]))])),
        ("state", target()),
        ("plan", target()),
    ]
    .into_iter()
    .collect()
}

fn object<const N: usize>(entries: [(&'static str, Expression); N]) -> Expression {
    Expression::Object(entries.into_iter().collect())
}
