//! Variables of what exists and replaces a part of the stack.

use super::existing_in_region::{self, PartsOfRegion, RegionOf};
use super::{each_matches, matches};
use crate::components::existing_database::DatabaseParts;
use crate::settings::{Region, Settings};
use crate::terraform::functions::{distinct, length};
use crate::terraform::{Condition, Module, Value, Variable};

/// What is named, where the settings say that it exists.
#[derive(Debug, Clone)]
pub struct ExistingParts {
    /// The permissions boundary of every role.
    pub permissions_boundary_arn: Option<Value<String>>,
    /// What is named of the primary region.
    pub primary: PartsOfRegion,
    /// What is named of the DR region.
    pub dr: PartsOfRegion,
    /// The alert topic of us-east-1, where neither of the two is there.
    pub route53_metrics_alert_topic_arn: Option<Value<String>>,
    /// The database that becomes the writer.
    pub database: Option<DatabaseParts>,
}

pub(super) fn declare(module: &mut Module, settings: &Settings) -> ExistingParts {
    let boundary = settings.existing_permissions_boundary;
    ExistingParts {
        permissions_boundary_arn: boundary.then(|| permissions_boundary_arn(module)),
        primary: existing_in_region::declare(module, settings, &RegionOf::primary(settings)),
        dr: existing_in_region::declare(module, settings, &RegionOf::dr(settings)),
        route53_metrics_alert_topic_arn: existing_in_region::route53_metrics_alert_topic_arn(module, settings),
        database: settings.existing_database.then(|| database(module, settings.primary_region)),
    }
}

fn permissions_boundary_arn(module: &mut Module) -> Value<String> {
    let name = "permissions_boundary_arn";
    let own = Variable::reference::<String>(name);
    module.add_variable(
        Variable::new(name)
            .description("The policy that bounds what every role of the stack may do at most.")
            .nullable(false)
            .validation(Condition::new(
                matches(r"^arn:aws:iam::([0-9]{12}|aws):policy/\S+$", own),
                "permissions_boundary_arn must be the ARN of a managed policy, such as \
                 arn:aws:iam::123456789012:policy/boundary.",
            )),
    )
}

/// The form of an identifier of RDS.
const IDENTIFIER: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";

fn database(module: &mut Module, region: Region) -> DatabaseParts {
    DatabaseParts {
        cluster_identifier: cluster_identifier(module),
        instance_identifiers: instance_identifiers(module),
        secret_arn: secret_arn(module, region),
    }
}

fn cluster_identifier(module: &mut Module) -> Value<String> {
    let name = "primary_database_cluster_identifier";
    module.add_variable(
        Variable::new(name)
            .description("The Aurora PostgreSQL cluster of the primary region that becomes the writer.")
            .nullable(false)
            .validation(Condition::new(
                matches(IDENTIFIER, Variable::reference(name)),
                format!("{name} must be the identifier of a cluster in lower case, such as ledger, and not its ARN."),
            )),
    )
}

fn instance_identifiers(module: &mut Module) -> Value<Vec<String>> {
    let name = "primary_database_instance_identifiers";
    let own = || Variable::reference::<Vec<String>>(name);
    let is_set = length(own()).more_than(0).and(length(own()).equals(length(distinct(own()))));
    module.add_variable(
        Variable::new(name).description("The instances of that cluster, all of them.").nullable(false).validation(
            Condition::new(
                is_set.and(each_matches(IDENTIFIER, own())),
                format!("{name} must be identifiers of instances in lower case, at least one, each once."),
            ),
        ),
    )
}

fn secret_arn(module: &mut Module, region: Region) -> Value<String> {
    let name = "primary_database_secret_arn";
    module.add_variable(
        Variable::new(name)
            .description(
                "The secret of the primary region with a user of that cluster who may make roles and tables: JSON with username \
                 and password. Its content is copied, and the secret stays as it is.",
            )
            .nullable(false)
            .validation(Condition::new(
                matches(format!(r"^arn:aws:secretsmanager:{region}:[0-9]{{12}}:secret:\S+-[A-Za-z0-9]{{6}}$"), Variable::reference(name)),
                format!(
                    "{name} must be the ARN of a secret in {region}, such as \
                     arn:aws:secretsmanager:{region}:123456789012:secret:ledger-AbCdEf."
                ),
            )),
    )
}
