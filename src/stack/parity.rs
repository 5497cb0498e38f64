//! Parity: whatever one region has, the other has, unless it is declared here with its reason.
//!
//! A standby that lacks an alarm or a rule is found out on the day it is needed. This finds it when the document is made.

use std::collections::BTreeSet;

use crate::settings::Settings;
use crate::terraform::{Diagnostic, DiagnosticKind, Module, ResourceBlock, ResourceMode};

/// What only one region has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asymmetry {
    /// The address without the region's prefix, such as `aws_dynamodb_table.sessions`.
    pub address: &'static str,
    /// Why the other region has none.
    pub reason: &'static str,
}

/// Blocks of one purpose that only the DR region has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandbyGroup {
    /// What their local names begin with, after the region's prefix.
    pub prefix: &'static str,
    /// Why the primary has none of them.
    pub reason: &'static str,
}

/// Every declared group.
pub const STANDBY_GROUPS: [StandbyGroup; 2] = [
    StandbyGroup { prefix: "failover_", reason: "decides and acts from the region that survives" },
    StandbyGroup { prefix: "stack_sets_", reason: "one stack set serves both regions of every account" },
];

/// Every other declared asymmetry.
pub const ASYMMETRIES: [Asymmetry; 33] = [
    Asymmetry { address: "aws_rds_global_cluster.payments", reason: "one definition spans both regions" },
    Asymmetry { address: "aws_secretsmanager_secret.database", reason: "the other region holds its replica" },
    Asymmetry { address: "aws_secretsmanager_secret_version.database", reason: "replicated with the secret" },
    Asymmetry { address: "ephemeral.aws_secretsmanager_random_password.database", reason: "one password serves both" },
    Asymmetry { address: "ephemeral.aws_secretsmanager_secret_version.database", reason: "only the writer sets users" },
    Asymmetry { address: "aws_secretsmanager_secret.application", reason: "the other region holds its replica" },
    Asymmetry { address: "aws_secretsmanager_secret_version.application", reason: "replicated with the secret" },
    Asymmetry {
        address: "ephemeral.aws_secretsmanager_random_password.application",
        reason: "one password serves both",
    },
    Asymmetry { address: "aws_s3_object.database_package", reason: "one setup reaches the writer in either region" },
    Asymmetry { address: "aws_cloudwatch_log_group.database_setup", reason: "... and has one log" },
    Asymmetry { address: "aws_iam_role.database_setup", reason: "... and one role" },
    Asymmetry { address: "aws_iam_role_policy.database_setup", reason: "... with one policy" },
    Asymmetry {
        address: "aws_lambda_function.database_setup",
        reason: "one setup reaches the writer in either region",
    },
    Asymmetry { address: "aws_lambda_invocation.database_setup", reason: "... and is run once" },
    Asymmetry { address: "aws_dynamodb_table.sessions", reason: "the other region holds its replica" },
    Asymmetry { address: "aws_dynamodb_table_replica.sessions", reason: "the replica of the table" },
    Asymmetry { address: "aws_vpc_peering_connection.peer", reason: "one side asks for the connection" },
    Asymmetry { address: "aws_vpc_peering_connection_accepter.peer", reason: "... and the other accepts it" },
    Asymmetry { address: "aws_route53_zone.payments", reason: "Route 53 is global" },
    Asymmetry {
        address: "aws_route53_record.certificate_validation",
        reason: "one record validates both certificates",
    },
    Asymmetry { address: "aws_route53_health_check.endpoint", reason: "failover asks for the primary's health only" },
    Asymmetry { address: "aws_route53_health_check.latch", reason: "payments move to the DR region only" },
    Asymmetry { address: "aws_route53_health_check.takes_traffic", reason: "decides for the records of both regions" },
    Asymmetry { address: "aws_cloudwatch_metric_alarm.endpoint_health", reason: "Route 53 reports in us-east-1 only" },
    Asymmetry { address: "aws_kms_key.dnssec", reason: "keys for DNSSEC are in us-east-1 only" },
    Asymmetry { address: "aws_kms_alias.dnssec", reason: "the alias of that key" },
    Asymmetry { address: "aws_route53_key_signing_key.payments", reason: "Route 53 is global" },
    Asymmetry { address: "aws_route53_hosted_zone_dnssec.payments", reason: "Route 53 is global" },
    Asymmetry { address: "aws_cloudwatch_metric_alarm.dnssec_failure", reason: "Route 53 reports in us-east-1 only" },
    Asymmetry {
        address: "aws_cloudwatch_metric_alarm.dnssec_key_action",
        reason: "Route 53 reports in us-east-1 only",
    },
    Asymmetry { address: "aws_budgets_budget.budget", reason: "a budget belongs to the account, not to a region" },
    Asymmetry { address: "aws_config_configuration_aggregator.config", reason: "shows both regions in one place" },
    Asymmetry { address: "aws_cloudwatch_dashboard.failover", reason: "shows both regions, and outlives the primary" },
];

/// Declared asymmetries of a stack whose database was there before it.
pub const OF_AN_EXISTING_DATABASE: [Asymmetry; 10] = [
    Asymmetry { address: "data.aws_rds_cluster.database", reason: "the stack makes the standby's cluster" },
    Asymmetry { address: "data.aws_db_instance.database", reason: "... and its instances" },
    Asymmetry { address: "data.aws_kms_key.database", reason: "... and its key" },
    Asymmetry { address: "aws_kms_key.database", reason: "the database has brought its own" },
    Asymmetry { address: "aws_kms_alias.database", reason: "the alias of that key" },
    Asymmetry { address: "aws_rds_cluster_parameter_group.database", reason: "its parameters are the owner's" },
    Asymmetry { address: "aws_cloudwatch_log_group.database", reason: "RDS has made it, or the owner exports no log" },
    Asymmetry { address: "aws_iam_role.database_monitoring", reason: "its monitoring is the owner's" },
    Asymmetry { address: "aws_iam_role_policy_attachment.database_monitoring", reason: "... with its role" },
    Asymmetry {
        address: "ephemeral.aws_secretsmanager_secret_version.database_owner",
        reason: "the owner's secret is in one region",
    },
];

/// Finds blocks that stand in one region only without being declared.
pub fn check(module: &Module, settings: &Settings) -> Vec<Diagnostic> {
    let of_database: &[Asymmetry] = if settings.existing_database { &OF_AN_EXISTING_DATABASE } else { &[] };
    let is_declared =
        |address: &String| ASYMMETRIES.iter().chain(of_database).any(|asymmetry| asymmetry.address == *address);
    let (primary, dr) = (counterparts(module, "primary_"), counterparts(module, "dr_"));
    let missing_in_dr = primary.difference(&dr).map(Counterpart::address).filter(|address| !is_declared(address));
    let missing_in_primary = dr.difference(&primary).filter(|block| !block.belongs_to_standby());
    let missing_in_primary = missing_in_primary.map(Counterpart::address).filter(|address| !is_declared(address));
    let mut found: Vec<_> = missing_in_dr.map(|address| undeclared(&address, "DR")).collect();
    found.extend(missing_in_primary.map(|address| undeclared(&address, "primary")));
    found
}

/// A block of one region as the other one is to have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Counterpart<'m> {
    mode: ResourceMode,
    type_name: &'m str,
    /// Without the region's prefix.
    name: &'m str,
}

impl Counterpart<'_> {
    fn address(&self) -> String {
        match self.mode {
            ResourceMode::Managed => format!("{}.{}", self.type_name, self.name),
            mode => format!("{}.{}.{}", mode.keyword(), self.type_name, self.name),
        }
    }

    fn belongs_to_standby(&self) -> bool {
        STANDBY_GROUPS.iter().any(|group| self.name.starts_with(group.prefix))
    }
}

fn counterparts<'m>(module: &'m Module, prefix: &str) -> BTreeSet<Counterpart<'m>> {
    let counterpart = |block: &'m ResourceBlock| {
        let name = block.local_name().strip_prefix(prefix)?;
        Some(Counterpart { mode: block.mode(), type_name: block.type_name(), name })
    };
    module.resources().iter().filter_map(counterpart).collect()
}

fn undeclared(address: &str, missing_in: &str) -> Diagnostic {
    Diagnostic::new(DiagnosticKind::UndefinedAddress, address, format!("the {missing_in} region has no such block"))
        .because("after a failover each region must be able to do what the other did")
        .help("build it in both regions, or declare the asymmetry with its reason")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Features;
    use crate::stack::Stack;

    fn everything() -> Settings {
        Settings { features: Features::all(), ..Settings::default() }
    }

    fn whole_stack() -> Stack {
        crate::stack::build(&everything())
    }

    fn each_is_one(asymmetries: &[Asymmetry], stack: &Stack) {
        let [primary, dr] = ["primary_", "dr_"].map(|prefix| counterparts(stack.module(), prefix));
        for Asymmetry { address, .. } in asymmetries {
            let stands_in = |blocks: &BTreeSet<Counterpart<'_>>| blocks.iter().any(|block| block.address() == *address);
            assert!(stands_in(&primary) != stands_in(&dr), "{address} stands in both regions, or in none");
        }
    }

    #[test]
    fn every_declared_asymmetry_is_one() {
        each_is_one(&ASYMMETRIES, &whole_stack());
        let stack = crate::stack::build(&Settings { existing_database: true, ..everything() });
        each_is_one(&OF_AN_EXISTING_DATABASE, &stack);
    }

    #[test]
    fn a_stack_on_an_existing_database_has_no_other() {
        let settings = Settings { existing_database: true, ..everything() };
        assert_eq!(check(crate::stack::build(&settings).module(), &settings), Vec::new());
    }

    #[test]
    fn a_stack_on_existing_parts_has_no_other() {
        let settings = Settings {
            existing_keys: true,
            existing_topics: true,
            existing_web_acl: true,
            existing_log_archive: true,
            ..everything()
        };
        assert_eq!(check(crate::stack::build(&settings).module(), &settings), Vec::new());
    }

    #[test]
    fn every_declared_group_stands_in_the_dr_region_only() {
        let stack = whole_stack();
        let [primary, dr] = ["primary_", "dr_"].map(|prefix| counterparts(stack.module(), prefix));
        assert_eq!(primary.iter().find(|block| block.belongs_to_standby()), None);
        for group in STANDBY_GROUPS {
            assert!(dr.iter().any(|block| block.name.starts_with(group.prefix)), "{}", group.prefix);
        }
    }

    #[test]
    fn the_stack_has_no_other() {
        assert_eq!(check(whole_stack().module(), &everything()), Vec::new());
    }
}
