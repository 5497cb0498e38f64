//! The database's credentials: made by Terraform, kept by Secrets Manager, seen by neither plan nor state.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::{kms, secretsmanager};
use crate::settings::Region;
use crate::terraform::functions::{jsonencode, replace};
use crate::terraform::{Any, Expression, Handle, Number, Object, Value};

/// The database's administrator.
pub const ADMINISTRATOR: &str = "payments_admin";

/// RDS takes any printable character in a password except these (`CreateDBCluster`, `MasterUserPassword`); the
/// backslash is left out for the sake of shells.
const EXCLUDED_CHARACTERS: &str = "\"@/\\' ";

const PASSWORD_LENGTH: u32 = 40;

/// What the credentials are made from.
#[derive(Debug)]
pub struct CredentialsInputs {
    /// Encrypts the secret.
    pub key: Handle<kms::Key>,
    /// Where the secret is replicated to, and the key that encrypts it there.
    pub replica: (Region, Handle<kms::Key>),
    /// Counts the passwords: a higher number makes a new one.
    pub version: Value<Number>,
    /// How many days a deleted secret can be brought back, 0 for none.
    pub recovery_window_days: Value<Number>,
}

/// Where the credentials are.
#[derive(Debug)]
pub struct Credentials {
    /// The secret's ARN in the region it was made in.
    pub secret_arn: Value<String>,
    /// The ARN of its replica: the same name and ending, another region.
    pub replica_secret_arn: Value<String>,
    /// The password, for write-only arguments only.
    pub password: Value<String>,
    /// Counts the passwords.
    pub version: Value<Number>,
}

/// Adds the secret, its replica and its first version.
pub fn credentials(region: &mut RegionScope<'_>, inputs: CredentialsInputs) -> Credentials {
    let (replica_region, replica_key) = inputs.replica;
    let name = region.name(NameKind::Secret, "database");
    let secret = region.add(
        secretsmanager::Secret::new("database")
            .name(name)
            .description("Administrator of the payments database")
            .kms_key_id(inputs.key.arn())
            .recovery_window_in_days(inputs.recovery_window_days)
            .replica(secretsmanager::secret::Replica::new(replica_region.name()).kms_key_id(replica_key.arn())),
    );
    let password = region.add(
        secretsmanager::RandomPasswordEphemeral::new("database")
            .password_length(PASSWORD_LENGTH)
            .exclude_characters(EXCLUDED_CHARACTERS)
            .require_each_included_type(true),
    );
    let content: Object =
        [("username", Expression::from(ADMINISTRATOR)), ("password", password.random_password().into())]
            .into_iter()
            .collect();
    let version = region.add(
        secretsmanager::SecretVersion::new("database", secret.id())
            .secret_string_wo(jsonencode(content))
            .secret_string_wo_version(&inputs.version),
    );
    // The random password is another one at every run. What the cluster gets is read back from the secret, so that an
    // apply that fails between the two and is repeated leaves both with the same password.
    let stored = region.add(secretsmanager::SecretVersionEphemeral::new("database", version.secret_id()));
    let decoded: Value<Any> = Value::new(Expression::call("jsondecode", [stored.secret_string().into()]));
    Credentials {
        replica_secret_arn: replace(secret.arn(), region.region().name(), replica_region.name()),
        secret_arn: secret.arn(),
        password: decoded.field("password"),
        version: inputs.version,
    }
}
