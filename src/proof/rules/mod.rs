//! The rules: what each is called, how bad it is when broken, and who finds out.
//!
//! A rule is a file with a [`Rule`] in it and a line in [`all`]. Those of the language are found together, by one walk.

mod aws;
mod dr;
mod instance;
pub mod language;
mod security;
mod statements;

use std::fmt::{self, Display, Formatter};

use super::finding::{Finding, Severity};
use super::model::Model;
use crate::terraform::Reading;
pub use instance::{Look, Opinion};

/// What rules are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Group {
    /// What Terraform's `init` and `validate` refuse.
    Language,
    /// What AWS refuses at apply, though the plan passes.
    Aws,
    /// What breaks a failover or a restore.
    Dr,
    /// What lets somebody in, or something out.
    Security,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id, such as `TF001`.
    pub id: &'static str,
    /// What it is about.
    pub group: Group,
    /// How bad it is when broken.
    pub severity: Severity,
    /// What it wants, one sentence.
    pub title: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Where that is known from.
    pub source: &'static str,
    /// Who finds out.
    pub examine: Examine,
}

/// Who finds out whether a rule is broken.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Examine {
    /// The walk that finds all about the language.
    Language,
    /// The rule itself.
    Own(fn(&Subject<'_>, &mut Vec<Finding>)),
    /// A look at every instance of these types.
    Instances(&'static [&'static str], Look),
}

/// What rules look at.
#[derive(Debug)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The configuration, and what is wrong with its files.
    pub reading: &'a Reading,
    /// The objects of it, or of a plan.
    pub model: &'a Model,
}

impl<'a> Subject<'a> {
    /// What was read.
    pub fn new(reading: &'a Reading, model: &'a Model) -> Self {
        Self { reading, model }
    }
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Language, Self::Aws, Self::Dr, Self::Security];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Aws => "aws",
            Self::Dr => "dr",
            Self::Security => "security",
        }
    }
}

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every rule, group by group.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    language::RULES.iter().chain(aws::all()).chain(dr::all()).chain(security::all())
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

/// What the rules of these groups find, those of the language first.
pub fn check(subject: &Subject<'_>, groups: &[Group]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if groups.contains(&Group::Language) {
        language::check(subject, &mut findings);
    }
    for rule in all().filter(|rule| groups.contains(&rule.group)) {
        match rule.examine {
            Examine::Language => {}
            Examine::Own(examine) => examine(subject, &mut findings),
            Examine::Instances(kinds, look) => instance::examine(rule, kinds, look, subject.model, &mut findings),
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{Group, Subject, check};
    use crate::proof::model::from_configuration;
    use crate::terraform::evaluation::Inputs;
    use crate::terraform::{Configuration, Reading, parse};

    /// A configuration with so many of everything that rules set side by side.
    fn configuration(size: usize) -> String {
        let mut blocks = String::from(r#"{"provider": {"aws": {"region": "us-east-1"}}, "resource": ["#);
        for n in 0..size {
            let _ = write!(
                blocks,
                r#"{{"aws_route53_record": {{
                  "a{n}": {{"zone_id": "Z", "name": "n{n}.example.com", "type": "A", "set_identifier": "a",
                    "failover_routing_policy": {{"type": "PRIMARY"}}}},
                  "b{n}": {{"zone_id": "Z", "name": "N{n}.example.com.", "type": "A", "set_identifier": "b",
                    "failover_routing_policy": {{"type": "SECONDARY"}}}}}}}},
                {{"aws_api_gateway_rest_api": {{"a{n}": {{"name": "a{n}", "disable_execute_api_endpoint": true}}}}}},
                {{"aws_route53_health_check": {{"a{n}": {{"type": "HTTPS",
                  "fqdn": "${{aws_api_gateway_rest_api.a{n}.id}}.execute-api.us-east-1.amazonaws.com"}}}}}},
                {{"aws_backup_vault": {{"a{n}": {{"name": "vault-{n}"}}}}}},
                {{"aws_backup_plan": {{"a{n}": {{"name": "plan-{n}",
                  "rule": {{"rule_name": "r", "target_vault_name": "vault-{n}"}}}}}}}},
                {{"aws_rds_global_cluster": {{"a{n}": {{"global_cluster_identifier": "global-{n}"}}}}}},
                {{"aws_rds_cluster": {{"a{n}": {{"cluster_identifier": "cluster-{n}", "engine": "aurora-postgresql",
                  "global_cluster_identifier": "${{aws_rds_global_cluster.a{n}.id}}"}}}}}},
                {{"aws_db_instance": {{"a{n}": {{"identifier": "one-{n}", "instance_class": "db.t3.micro"}},
                  "b{n}": {{"identifier": "two-{n}", "instance_class": "db.t3.micro", "replicate_source_db": "one-{n}"}}}}}},
                {{"aws_dynamodb_table": {{"a{n}": {{"name": "table-{n}", "hash_key": "k", "stream_enabled": true,
                  "billing_mode": "PAY_PER_REQUEST", "attribute": {{"name": "k", "type": "S"}}}}}}}},
                {{"aws_dynamodb_table_replica": {{"a{n}": {{"global_table_arn": "${{aws_dynamodb_table.a{n}.arn}}"}}}}}}{}"#,
                if n + 1 == size { "" } else { "," }
            );
        }
        blocks + "]}"
    }

    /// How many instances the rules were given to look at.
    fn looked_at(size: usize) -> usize {
        let (module, found) = parse::lenient_document(&configuration(size));
        assert!(found.is_empty(), "{found:#?}");
        let reading = Reading { configuration: Configuration::from(module), ..Reading::default() };
        let model = from_configuration(&reading.configuration, &Inputs::default());
        let before = model.handed_out_so_far();
        check(&Subject::new(&reading, &model), &[Group::Aws, Group::Dr, Group::Security]);
        model.handed_out_so_far() - before
    }

    #[test]
    fn no_rule_looks_at_all_instances_for_each() {
        let (small, large) = (looked_at(20), looked_at(80));
        assert!(small > 0);
        assert!(large <= 4 * small, "{small} for 20 of each type, {large} for 80");
    }
}
