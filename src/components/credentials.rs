//! The database's credentials: made by Terraform, kept by Secrets Manager, seen by neither plan nor state.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::{kms, secretsmanager};
use crate::settings::Region;
use crate::terraform::functions::{can, jsonencode, replace};
use crate::terraform::{Any, Condition, Expression, Handle, Lifecycle, Number, Object, Resource, Value};

/// RDS takes any printable character in a password except these (`CreateDBCluster`, `MasterUserPassword`); the
/// backslash is left out for the sake of shells.
const EXCLUDED_CHARACTERS: &str = "\"@/\\' ";

const PASSWORD_LENGTH: u32 = 40;

/// A user of the database.
struct User {
    /// What its secret is called by.
    secret: &'static str,
    /// What its name has after the service's.
    ending: &'static str,
    /// What it is, before the words for the database.
    description: &'static str,
}

const ADMINISTRATOR: User = User { secret: "database", ending: "admin", description: "Administrator of the" };

/// The role of everything that takes, finds or probes payments: it may look one up and add one, see
/// `functions/database_setup/ledger_schema.py`.
const APPLICATION: User = User { secret: "application", ending: "app", description: "The functions' role in the" };

/// What the credentials are made from.
#[derive(Debug)]
pub struct CredentialsInputs {
    /// Encrypts the secrets.
    pub key: Handle<kms::Key>,
    /// Where the secrets are replicated to, and the key that encrypts them there.
    pub replica: (Region, Handle<kms::Key>),
    /// Counts the passwords: a higher number makes a new one.
    pub version: Value<Number>,
    /// The secret of an administrator whom the database has already, whose content is copied.
    pub owners_secret_arn: Option<Value<String>>,
    /// How many days a deleted secret can be brought back, 0 for none.
    pub recovery_window_days: Value<Number>,
}

/// One user's secret and its replica.
#[derive(Debug)]
pub struct UserSecret {
    /// Whose password it holds.
    user: String,
    /// The secret.
    secret: Handle<secretsmanager::Secret>,
    /// The secret's ARN in the region it was made in.
    pub secret_arn: Value<String>,
    /// The ARN of its replica: the same name and ending, another region.
    pub replica_secret_arn: Value<String>,
}

impl UserSecret {
    /// The user's name in the database.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The secret itself.
    pub fn secret(&self) -> &Handle<secretsmanager::Secret> {
        &self.secret
    }
}

/// Where the credentials are.
#[derive(Debug)]
pub struct Credentials {
    /// Of the administrator. Only the setup of the database reads it.
    pub administrator: UserSecret,
    /// Of the role that all functions have; its password comes later, by [`application_password`].
    pub application: UserSecret,
    /// The administrator's password, for write-only arguments only.
    pub password: Value<String>,
    /// Counts the passwords.
    pub version: Value<Number>,
    /// What writes the administrator's secret.
    pub written: Handle<secretsmanager::SecretVersion>,
}

/// Adds the secrets and their replicas, and the administrator's password.
pub fn credentials(region: &mut RegionScope<'_>, inputs: &CredentialsInputs) -> Credentials {
    let administrator = user_secret(region, inputs, &ADMINISTRATOR);
    let application = user_secret(region, inputs, &APPLICATION);
    if let Some(arn) = &inputs.owners_secret_arn {
        let (password, written) = copy(region, &administrator, arn, &inputs.version);
        return Credentials { administrator, application, password, version: inputs.version.clone(), written };
    }
    let version = password(region, "database", &administrator, &inputs.version);
    let version = region.add(version);
    // The random password is another one at every run. What the cluster gets is read back from the secret, so that an
    // apply that fails between the two and is repeated leaves both with the same password.
    // The version's ARN is that of the secret, and unlike its `secret_id` unknown until there is a version: after an apply that ended
    // between secret and version, a plan that reads the secret would fail for ever.
    let stored = region.add(secretsmanager::SecretVersionEphemeral::new("database", version.arn()));
    let decoded: Value<Any> = Value::new(Expression::call("jsondecode", [stored.secret_string().into()]));
    let password = decoded.field("password");
    Credentials { administrator, application, password, version: inputs.version.clone(), written: version }
}

/// The Data API takes a secret of the cluster's own region, and the owner's is in one region: the copy has a replica, and the
/// owner's stays as it is. It is made again whenever the version counts on.
fn copy(
    region: &mut RegionScope<'_>,
    administrator: &UserSecret,
    owners_secret_arn: &Value<String>,
    version: &Value<Number>,
) -> (Value<String>, Handle<secretsmanager::SecretVersion>) {
    let stored = region.add(secretsmanager::SecretVersionEphemeral::new("database_owner", owners_secret_arn));
    let decoded: Value<Any> = Value::new(Expression::call("jsondecode", [stored.secret_string().into()]));
    let field = |name: &'static str| decoded.clone().field::<String>(name);
    let content: Object =
        ["username", "password"].into_iter().map(|name| (name, Expression::from(field(name)))).collect();
    let is_usable = Condition::new(
        can(field("username")).and(can(field("password"))),
        "The secret of primary_database_secret_arn is not JSON with username and password, which the Data API takes. \
         Write both into it.",
    );
    let written = region.add(
        secretsmanager::SecretVersion::new("database", administrator.secret.id())
            .secret_string_wo(jsonencode(content))
            .secret_string_wo_version(version)
            // Judged here and not in the ephemeral block: `terraform show -json` of Terraform 1.11.4 cannot print what the
            // condition of such a block has found.
            .lifecycle(Lifecycle::new().precondition(is_usable)),
    );
    (field("password"), written)
}

/// Adds the password of the functions' role, once `ready` is there: a new password is not what the role has until the
/// setup of the database has run, so nothing slow comes between the two.
pub fn application_password<R>(
    region: &mut RegionScope<'_>,
    credentials: &Credentials,
    ready: &Handle<R>,
) -> Handle<secretsmanager::SecretVersion> {
    let version = password(region, "application", &credentials.application, &credentials.version);
    region.add(version.depends_on(ready))
}

fn user_secret(region: &mut RegionScope<'_>, inputs: &CredentialsInputs, user: &User) -> UserSecret {
    let User { secret: name, ending, description } = *user;
    let service = region.service_name();
    let (replica_region, replica_key) = &inputs.replica;
    let name_in_aws = region.name(NameKind::Secret, name);
    let secret = region.add(
        secretsmanager::Secret::new(name)
            .name(name_in_aws)
            .description(format!("{description} {service} database"))
            .kms_key_id(inputs.key.arn())
            .recovery_window_in_days(&inputs.recovery_window_days)
            .replica(secretsmanager::secret::Replica::new(replica_region.name()).kms_key_id(replica_key.arn())),
    );
    UserSecret {
        user: format!("{}_{ending}", service.identifier()),
        replica_secret_arn: replace(secret.arn(), region.region().name(), replica_region.name()),
        secret_arn: secret.arn(),
        secret,
    }
}

/// A new password in a user's secret, whenever the version counts on.
fn password(
    region: &mut RegionScope<'_>,
    name: &'static str,
    secret: &UserSecret,
    version: &Value<Number>,
) -> secretsmanager::SecretVersion {
    let password = region.add(
        secretsmanager::RandomPasswordEphemeral::new(name)
            .password_length(PASSWORD_LENGTH)
            .exclude_characters(EXCLUDED_CHARACTERS)
            .require_each_included_type(true),
    );
    let content: Object =
        [("username", Expression::from(secret.user.clone())), ("password", password.random_password().into())]
            .into_iter()
            .collect();
    secretsmanager::SecretVersion::new(name, secret.secret.id())
        .secret_string_wo(jsonencode(content))
        .secret_string_wo_version(version)
}
