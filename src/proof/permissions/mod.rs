//! The least IAM policies for whoever runs Terraform on a configuration.
//!
//! ```text
//! instances of the model ─> needs of their types (table) ─> with their names (scope) ─> statements ─> policies (pack)
//! ```
//!
//! What a type needs was recorded while the provider made, read and destroyed one. A type without a record is told, never
//! left out in silence.

mod pack;
mod scope;
mod statement;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::{Account, Model, Node, Resource, Truth};
use crate::terraform::{Configuration, ResourceMode};
pub use pack::TooMuch;
use statement::Grants;

/// What the types of the AWS provider begin with.
const PROVIDER: &str = "aws_";

/// What Terraform is run for. An apply and a destroy plan, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// `terraform plan`, also of what stands.
    Plan,
    /// `terraform apply`.
    Apply,
    /// `terraform destroy`.
    Destroy,
}

impl Purpose {
    /// Whether a run for this makes calls of another purpose. An apply deletes what its plan says.
    fn needs(self, other: Self, leaves: bool) -> bool {
        match other {
            Self::Plan => true,
            Self::Apply => self == Self::Apply && !leaves,
            Self::Destroy => self == Self::Destroy || (leaves && self == Self::Apply),
        }
    }
}

/// The policies, and what they leave open.
#[derive(Debug, Clone, PartialEq)]
pub struct Permissions {
    /// IAM policy documents, each small enough for a managed policy.
    pub policies: Vec<Value>,
    /// Types whose calls nobody has recorded, each with the addresses of its instances.
    pub unrecorded: BTreeMap<String, Vec<String>>,
    /// Instances in accounts that a provider takes a role of, by the account's number: a policy is of one account.
    pub elsewhere: BTreeMap<String, Vec<String>>,
}

/// The policies for these purposes, in one account. Without a number it stays `*`, and is that of the provider without a role.
///
/// # Errors
///
/// When they do not fit into what IAM takes for a role.
pub fn permissions(
    configuration: &Configuration,
    model: &Model,
    purposes: &[Purpose],
    account: Option<&str>,
) -> Result<Permissions, TooMuch> {
    let own = own_account(model, account);
    let mut found = Found { names: scope::Names::of(model, account), purposes, ..Found::default() };
    let mut elsewhere: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let planned: BTreeSet<&str> = model.resources().iter().map(|resource| resource.address.as_str()).collect();
    // What is made again is there before, too.
    let is_named = |resource: &Resource, leaves: bool| leaves && planned.contains(resource.address.as_str());
    let there = model.resources().iter().map(|resource| (resource, false));
    let leaving = model.leaving().iter().map(|resource| (resource, true));
    for (resource, leaves) in there.chain(leaving).filter(|(resource, _)| resource.kind.starts_with(PROVIDER)) {
        if let Some(number) = other_account(resource, &own) {
            let addresses: &mut Vec<String> = elsewhere.entry(number.to_owned()).or_default();
            if !is_named(resource, leaves) {
                addresses.push(resource.address.clone());
            }
            continue;
        }
        let mode = if resource.data { "data." } else { "" };
        let kind = format!("{mode}{}", resource.kind);
        if is_named(resource, leaves) && found.unrecorded.contains_key(&kind) {
            continue;
        }
        found.grant(&kind, &resource.address, Some(resource), leaves);
    }
    for (kind, address) in ephemerals(configuration) {
        found.grant(&format!("ephemeral.{kind}"), &address, None, false);
    }
    for (action, role) in taken_roles(model, account, &elsewhere) {
        found.grants.add(action, None, found.names.of_role(role));
    }
    Ok(Permissions { policies: pack::policies(&found.grants)?, unrecorded: found.unrecorded, elsewhere })
}

/// What is granted so far.
#[derive(Default)]
struct Found<'a> {
    names: scope::Names<'a>,
    purposes: &'a [Purpose],
    grants: Grants,
    unrecorded: BTreeMap<String, Vec<String>>,
}

impl Found<'_> {
    /// What the purposes need for an instance, or a note that this is not known. What leaves is deleted by the apply.
    fn grant(&mut self, kind: &str, address: &str, resource: Option<&Resource>, leaves: bool) {
        let Some(needs) = table::of(kind) else {
            return self.unrecorded.entry(kind.to_owned()).or_default().push(address.to_owned());
        };
        let is_for = |need: &&table::Need| self.purposes.iter().any(|purpose| purpose.needs(need.purpose, leaves));
        for need in needs.iter().filter(is_for) {
            let condition = need.condition.map(|(key, value)| (key, self.names.one(value, resource)));
            for arn in self.names.fill(need.resource, resource) {
                self.grants.add(need.action, condition.clone(), arn);
            }
        }
    }
}

/// What a caller needs for the roles that providers take: Terraform takes them before it plans anything. The policies that are asked for by
/// the number of a role's account, beside which there are others, are those of that role itself.
fn taken_roles<'m>(
    model: &'m Model,
    account: Option<&str>,
    elsewhere: &BTreeMap<String, Vec<String>>,
) -> Vec<(&'static str, &'m Node)> {
    let is_alone = elsewhere.is_empty() && model.resources().iter().all(|one| one.account != Account::Ambient);
    let is_own = |role: &Node| {
        let arn = role.at("role_arn").text().get().unwrap_or_default();
        !is_alone && arn.split(':').nth(4).is_some_and(|number| Some(number) == account)
    };
    let mut needs = Vec::new();
    for role in model.roles().iter().filter(|role| role.at("role_arn").is_set() && !is_own(role)) {
        needs.push(("sts:AssumeRole", role));
        if role.at("tags").is_set() || role.at("transitive_tag_keys").is_set() {
            needs.push(("sts:TagSession", role));
        }
        if role.at("source_identity").is_set() {
            needs.push(("sts:SetSourceIdentity", role));
        }
    }
    needs
}

/// The account that the policies are for.
fn own_account(model: &Model, number: Option<&str>) -> Account {
    let mut all = model.resources().iter().map(|resource| &resource.account);
    match number {
        Some(number) => Account::Number(number.to_owned()),
        None if all.clone().any(|account| *account == Account::Ambient) => Account::Ambient,
        None => all.next().cloned().unwrap_or_default(),
    }
}

/// The number of the account that an instance is in, if that is another one.
fn other_account<'r>(resource: &'r Resource, own: &Account) -> Option<&'r str> {
    match &resource.account {
        Account::Number(number) if resource.account.differs_from(own) == Truth::Yes => Some(number),
        _ => None,
    }
}

/// Ephemeral resources are in no model, because they are nowhere after a run. Yet the run calls for them.
fn ephemerals(configuration: &Configuration) -> Vec<(String, String)> {
    let own = configuration.module().resources.iter().filter(|block| block.mode == ResourceMode::Ephemeral);
    let own = own.map(|block| (block.type_name().to_owned(), block.address().to_string()));
    let inner = configuration.children().iter().flat_map(|(name, child)| {
        let named = move |(kind, address): (String, String)| (kind, format!("module.{name}.{address}"));
        ephemerals(child).into_iter().map(named)
    });
    own.chain(inner).filter(|(kind, _)| kind.starts_with(PROVIDER)).collect()
}

/// The actions that policies allow, for whoever wants to look them over.
pub fn actions(policies: &[Value]) -> BTreeSet<&str> {
    let statements = policies.iter().filter_map(|policy| policy["Statement"].as_array()).flatten();
    statements.filter_map(|statement| statement["Action"].as_array()).flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests;
