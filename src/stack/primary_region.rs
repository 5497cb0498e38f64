//! The primary region: the writer, and what only one region can have: the global database's definition, the secret and
//! the session table that the other region holds replicas of.

use super::Builder;
use super::region::{self, FrontInputs, RegionInputs, RegionKeys, RegionStack, SetupSources};
use crate::aws::dynamodb;
use crate::components::credentials::{Credentials, CredentialsInputs, credentials};
use crate::components::database::{GlobalDatabase, Membership, global_database, member_arn};
use crate::components::existing_database::{FoundDatabase, adopt};
use crate::components::sessions::{session_table, table_name};
use crate::terraform::{Handle, Value};

/// The days for which a deleted secret can be brought back, the longest that Secrets Manager takes.
const SECRET_RECOVERY_DAYS: u32 = 30;

/// The primary region, and what the DR region replicates from it.
#[derive(Debug)]
pub struct PrimaryRegion {
    /// What both regions have.
    pub region: RegionStack,
    /// The global database.
    pub global_database: GlobalDatabase,
    /// What was found of the database, if there was one.
    pub found_database: Option<FoundDatabase>,
    /// The database's credentials.
    pub credentials: Credentials,
    /// The session table.
    pub session_table: Handle<dynamodb::Table>,
    /// The session table's name.
    pub session_table_name: Value<String>,
}

/// Adds the primary region.
pub fn build(
    builder: &mut Builder<'_>,
    keys: RegionKeys,
    dr_keys: &RegionKeys,
    found_database: Option<FoundDatabase>,
) -> PrimaryRegion {
    let foundations = builder.foundations();
    let variables = &foundations.variables;
    let peer_cluster_arn = member_arn(&mut builder.dr());
    let mut scope = builder.primary();
    let database_settings = region::database_settings(foundations);
    let adopted = found_database.as_ref().map(|found| adopt(&mut scope, found, &database_settings));
    let global_database = global_database(&mut scope, &database_settings, adopted.as_ref());
    let credentials = credentials(
        &mut scope,
        &CredentialsInputs {
            key: keys.secrets.clone(),
            replica: (foundations.settings.dr_region, dr_keys.secrets.clone()),
            version: variables.database_credentials_version.clone(),
            owners_secret_arn: variables.existing.database.as_ref().map(|parts| parts.secret_arn.clone()),
            recovery_window_days: Value::from(SECRET_RECOVERY_DAYS).when(variables.deletion_protection.clone(), 0),
        },
    );
    let session_table_name = table_name(&mut scope);
    let session_table =
        session_table(&mut scope, &session_table_name, &keys.sessions, &region::table_protection(foundations));
    let base = region::base(
        &mut scope,
        RegionInputs {
            foundations,
            network: &variables.primary_network,
            existing: &variables.existing.primary,
            keys,
            global_database: &global_database.cluster,
            membership: match &adopted {
                Some(adopted) => Membership::Adopted(adopted),
                None => Membership::Writer { credentials: &credentials },
            },
            secret_arn: &credentials.application.secret_arn,
            setup: Some(SetupSources {
                credentials: &credentials,
                peer_cluster_arn,
                peer: foundations.settings.dr_region,
                peer_secrets_key: &dr_keys.secrets,
            }),
            session_table: &session_table_name,
            image_uri: region::image_uri(foundations, region::Role::Primary),
        },
    );
    let region = region::front(
        &mut scope,
        base,
        &FrontInputs {
            foundations,
            existing: &variables.existing.primary,
            further_routes: &[],
            endpoint: &variables.primary_endpoint,
        },
    );
    PrimaryRegion { region, global_database, found_database, credentials, session_table, session_table_name }
}
