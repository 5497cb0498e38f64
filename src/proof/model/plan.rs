//! The model of a plan, from what `terraform show -json` prints of it.

use std::collections::{BTreeMap, HashMap};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::account::Account;
use super::configuration::first_role;
use super::node::Node;
use super::plan_reader::{Instance, InstanceChange, NodeReader, Plan, StateModule};
use super::plan_references::References;
use super::region::region_of;
use super::{Model, Resource, policy_document};
use crate::terraform::ResourceMode;

/// Why a text is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It is no JSON.
    #[error("the plan is no JSON: {0}")]
    Json(serde_json::Error),
    /// It is JSON of another kind.
    #[error("this is {0}, not a plan: give the output of `terraform show -json PLANFILE`")]
    NotAPlan(&'static str),
    /// It is a plan, and something in it has another form than Terraform gives it.
    #[error("something in the plan is not what Terraform writes: {0}")]
    Malformed(serde_json::Error),
}

/// The region and account of a provider.
#[derive(Debug, Clone)]
pub(super) struct ProviderScope {
    region: Node,
    account: Account,
    role: Node,
}

/// Reads the output of `terraform show -json PLANFILE`.
///
/// # Errors
/// A text that is no JSON, or no plan.
pub fn from_plan(text: &str) -> Result<Model, PlanError> {
    let text = text.trim_start_matches('\u{feff}');
    let plan: Plan<'_> = serde_json::from_str(text).map_err(|error| what_is_wrong(text, error))?;
    let Some(planned) = &plan.planned_values else { return Err(PlanError::NotAPlan(what_it_is(text))) };
    let mut found = Vec::new();
    collect(planned.root_module.as_ref(), &mut found);
    let mut before = Vec::new();
    collect(plan.prior_state.as_ref().and_then(|state| state.values.as_ref()?.root_module.as_ref()), &mut before);
    found.extend(before.into_iter().filter(|instance| instance.mode == "data"));
    let mut seen = FxHashSet::default();
    found.retain(|instance| !instance.address.is_empty() && seen.insert(instance.address.as_ref()));
    let configuration = plan.configuration.unwrap_or_default();
    let places = places(&configuration.provider_config, &plan.variables);
    let references =
        References::new(&configuration.root_module, found.iter().map(|instance| instance.address.as_ref()));
    let mut reader = NodeReader::default();
    let mut resources: Vec<Resource> = Vec::with_capacity(found.len());
    let mut roles = Vec::new();
    for instance in &found {
        let place = place(&instance.address, &references, &places);
        if place.role.is_set() && !roles.contains(&place.role) {
            roles.push(place.role.clone());
        }
        resources.push(resource(instance, place, &references, &mut reader));
    }
    let leaving = leaving(plan.resource_changes.as_deref().unwrap_or_default(), &references, &places);
    roles.extend(leaving.iter().map(|(_, place)| place.role.clone()).filter(Node::is_set));
    let leaving = leaving.into_iter().map(|(resource, _)| resource).collect();
    let changes = plan.resource_changes.iter().flatten();
    let unknown: FxHashMap<&str, &RawValue> =
        changes.filter_map(|change| Some((change.address.as_ref(), change.change.as_ref()?.after_unknown?))).collect();
    fill(&mut resources, &unknown, &references);
    Ok(Model::new(resources, Vec::new()).with_roles(roles).with_leaving(leaving))
}

/// Where an instance is.
fn place(address: &str, references: &References<'_>, places: &BTreeMap<String, ProviderScope>) -> ProviderScope {
    let place = references.provider_key(address).and_then(|key| places.get(key));
    place.or_else(|| places.get("aws")).cloned().unwrap_or_else(|| ProviderScope {
        region: Node::Unknown("the plan has no configuration of the provider".to_owned()),
        account: Account::Ambient,
        role: Node::Null,
    })
}

/// What the apply deletes, as it is before, with where its provider is.
fn leaving(
    changes: &[InstanceChange<'_>],
    references: &References<'_>,
    places: &BTreeMap<String, ProviderScope>,
) -> Vec<(Resource, ProviderScope)> {
    let mut reader = NodeReader::default();
    let mut all = Vec::new();
    for change in changes.iter().filter(|change| change.mode == "managed") {
        let Some(body) = &change.change else { continue };
        if !body.actions.iter().flatten().any(|action| action == "delete") {
            continue;
        }
        let mut place = place(&change.address, references, places);
        let values = reader.read(body.before);
        // A block that is gone from the configuration names no provider; most ARNs name a region.
        let arn = values.at("arn").text().get().unwrap_or_default();
        match arn.split(':').nth(3).filter(|region| !region.is_empty()) {
            Some(region) => place.region = Node::Text(region.to_owned()),
            None if references.provider_key(&change.address).is_none() => {
                place.region = Node::Unknown("its block is no longer in the configuration".to_owned());
            }
            None => {}
        }
        let instance = Instance {
            address: change.address.clone(),
            mode: change.mode.clone(),
            kind: change.kind.clone(),
            values: body.before,
        };
        all.push((resource(&instance, place.clone(), references, &mut reader), place));
    }
    all
}

/// Puts what can be told of values that come with the apply in their places.
fn fill(resources: &mut [Resource], unknown: &FxHashMap<&str, &RawValue>, references: &References<'_>) {
    let by_address: HashMap<&str, &Resource> =
        resources.iter().map(|resource| (resource.address.as_str(), resource)).collect();
    let members = |resource: &Resource| {
        let unknown = unknown.get(resource.address.as_str())?;
        Some(references.filled(resource, unknown, &by_address))
    };
    let filled: Vec<Option<Vec<(String, Node)>>> = resources.iter().map(members).collect();
    for (resource, members) in resources.iter_mut().zip(filled) {
        let Some(members) = members.filter(|members| !members.is_empty()) else { continue };
        match &mut resource.values {
            Node::Map(entries) => entries.extend(members),
            values => *values = Node::Map(members.into_iter().collect()),
        }
        resource.name_it();
    }
}

/// What a text is that is read as a plan and is none.
fn what_is_wrong(text: &str, error: serde_json::Error) -> PlanError {
    if error.classify() != Category::Data {
        return PlanError::Json(error);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.get("planned_values").is_some() => PlanError::Malformed(error),
        Ok(_) => PlanError::NotAPlan(what_it_is(text)),
        Err(error) => PlanError::Json(error),
    }
}

fn what_it_is(text: &str) -> &'static str {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    if value.get("values").is_some() || value.get("serial").is_some() {
        "a state"
    } else if value.get("resource").is_some() || value.get("terraform").is_some() {
        "a configuration"
    } else {
        "JSON of another kind"
    }
}

/// Every instance below a module.
fn collect<'p, 's>(module: Option<&'s StateModule<'p>>, found: &mut Vec<&'s Instance<'p>>) {
    let Some(module) = module else { return };
    found.extend(module.resources.iter().flatten());
    for child in module.child_modules.iter().flatten() {
        collect(Some(child), found);
    }
}

fn resource(
    instance: &Instance<'_>,
    place: ProviderScope,
    references: &References<'_>,
    reader: &mut NodeReader,
) -> Resource {
    let mut values = reader.read(instance.values);
    let mode = if instance.mode == "managed" { ResourceMode::Managed } else { ResourceMode::Data };
    let region = match region_of((mode, &instance.kind), &values, &place.region) {
        // What is computed is not known before the apply, and then it is the provider's.
        Node::Unknown(_) => place.region,
        region => region,
    };
    if instance.kind == "aws_iam_policy_document" && values.at("json").is_null() {
        let json = policy_document::json_of(&values);
        if let Node::Map(entries) = &mut values {
            entries.insert("json", json);
        }
    }
    let mut resource = Resource {
        address: instance.address.clone().into_owned(),
        kind: instance.kind.clone().into_owned(),
        data: instance.mode == "data",
        region,
        account: place.account,
        values,
        doubt: None,
        identifiers: Vec::new(),
        depends_on: references.depends_on(&instance.address),
        ignored: None,
        given: Vec::new(),
    };
    resource.name_it();
    resource
}

/// Region and account of every provider configuration of the plan.
fn places(providers: &Value, variables: &Value) -> BTreeMap<String, ProviderScope> {
    let Some(providers) = providers.as_object() else { return BTreeMap::new() };
    providers
        .iter()
        .map(|(key, provider)| {
            let arguments = argument(&provider["expressions"], variables);
            let region = match arguments.at("region") {
                Node::Null => Node::Unknown(format!("provider {key} has no region")),
                region => region.clone(),
            };
            (
                key.clone(),
                ProviderScope { region, account: Account::of_provider(&arguments), role: first_role(&arguments) },
            )
        })
        .collect()
}

/// The value of an argument of a provider: a constant, or a variable of the root.
fn argument(expression: &Value, variables: &Value) -> Node {
    match expression {
        Value::Array(items) => Node::List(items.iter().map(|item| argument(item, variables)).collect()),
        Value::Object(entries) => {
            if let Some(references) = entries.get("references").and_then(Value::as_array) {
                return referenced(references, variables);
            }
            match entries.get("constant_value") {
                Some(value) => Node::from(value),
                None => {
                    Node::Map(entries.iter().map(|(name, inner)| (name.as_str(), argument(inner, variables))).collect())
                }
            }
        }
        _ => Node::Null,
    }
}

fn referenced(references: &[Value], variables: &Value) -> Node {
    let first = references.first().and_then(Value::as_str).unwrap_or_default();
    let variable = first.strip_prefix("var.").map(|path| path.split(['.', '[']).collect::<Vec<_>>());
    let Some(path) = variable else { return Node::Unknown(format!("the plan does not show the value of {first}")) };
    let mut value = &variables[path[0]]["value"];
    for step in &path[1..] {
        value = &value[step.trim_end_matches(']').trim_matches('"')];
    }
    match value {
        Value::Null => Node::Unknown(format!("variable {} has no value", path[0])),
        value => Node::from(value),
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
