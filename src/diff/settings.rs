//! What decides about all objects at once: where a provider looks, which provider it is, where the state is.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::{ModuleInstanceId, Resolver};
use crate::terraform::expression::Key;
use crate::terraform::{
    Backend, Configuration, Expression, Object, ProviderReference, RequiredProvider, TerraformSettings,
};

/// What of the AWS provider's configuration decides in which account and region objects are looked for.
const AWS_PLACES: [&str; 10] = [
    "access_key",
    ALLOWED,
    "assume_role",
    "assume_role_with_web_identity",
    "endpoints",
    "profile",
    "region",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
];

/// The accounts that the provider works in; in any other it refuses to.
const ALLOWED: &str = "allowed_account_ids";

/// What of the AWS provider's configuration says nothing about the account.
const OTHER_THAN_ACCOUNT: [&str; 2] = ["endpoints", "region"];

/// What of a provider's configuration says nothing about where it looks.
const NO_PLACE: [&str; 2] = ["alias", "version"];

/// Where the state is, by what says so in each kind of backend; of others everything does.
const STATE_PLACES: [(&str, &[&str]); 6] = [
    ("azurerm", &["storage_account_name", "container_name", "key", "environment", "endpoint"]),
    ("consul", &["path", "address", "datacenter"]),
    ("gcs", &["bucket", "prefix"]),
    ("http", &["address"]),
    ("local", &["path", "workspace_dir"]),
    ("s3", &["bucket", "key", "region", "workspace_key_prefix", "endpoint", "endpoints"]),
];

/// Where a provider looks for its objects.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Account {
    /// The provider itself, such as `hashicorp/aws`.
    source: String,
    arguments: BTreeMap<String, Expression>,
    /// Whether the region is the object's own.
    has_own_region: bool,
}

/// What differs of where an object is looked for.
pub(super) struct Difference {
    /// The argument.
    pub(super) name: String,
    /// Whether the object itself says so, and not its provider.
    pub(super) is_own: bool,
    /// What comes of it.
    pub(super) why: &'static str,
}

/// The argument with which an object is in another region than its provider.
pub(super) const OWN_REGION: &str = "region";

/// Where the configuration of a provider looks.
pub(super) fn account(place: ModuleInstanceId, provider: &ProviderReference, resolver: &mut Resolver<'_>) -> Account {
    let module = &resolver.place(place).configuration.module;
    let root = &resolver.place(Resolver::ROOT).configuration.module;
    let required = module.settings.required_providers.get(provider.name());
    let required = required.or_else(|| root.settings.required_providers.get(provider.name()));
    let source = source(provider.name(), required);
    let block = module.providers.iter().find(|block| block.reference == *provider);
    let mut arguments = BTreeMap::new();
    let is_aws = source == "registry.terraform.io/hashicorp/aws";
    for (key, value) in block.into_iter().flat_map(|block| block.arguments.entries()) {
        let Key::Literal(name) = key else { continue };
        let decides = if is_aws { AWS_PLACES.contains(&name.as_ref()) } else { !NO_PLACE.contains(&name.as_ref()) };
        if !decides {
            continue;
        }
        let value = resolver.with_names(Vec::new(), |resolver| resolver.expression(value, place));
        if !is_nothing(&value) {
            arguments.insert(name.to_string(), as_blocks(value));
        }
    }
    Account { source, arguments, has_own_region: false }
}

fn is_nothing(value: &Expression) -> bool {
    match value {
        Expression::Null => true,
        Expression::List(items) => items.is_empty(),
        Expression::Object(object) => object.is_empty(),
        Expression::Text(text) => text.is_empty(),
        _ => false,
    }
}

/// A block may be written as one object or as a list of one.
fn as_blocks(value: Expression) -> Expression {
    match value {
        Expression::List(items) if items.len() == 1 && matches!(items.first(), Some(Expression::Object(_))) => {
            items.into_iter().next().unwrap_or(Expression::Null)
        }
        other => other,
    }
}

/// A provider's address in full.
fn source(name: &str, required: Option<&RequiredProvider>) -> String {
    if name == "terraform" && required.is_none() {
        return "terraform.io/builtin/terraform".to_owned();
    }
    let source = required.map(|required| required.source.as_ref()).filter(|source| !source.is_empty());
    let source = source.map_or_else(|| format!("hashicorp/{name}"), str::to_lowercase);
    match source.matches('/').count() {
        0 => format!("registry.terraform.io/hashicorp/{source}"),
        1 => format!("registry.terraform.io/{source}"),
        _ => source,
    }
}

impl Account {
    /// Where an object is that names its region itself.
    pub(super) fn in_region(&self, region: Expression) -> Self {
        let mut here = self.clone();
        let of_provider = here.arguments.insert("region".to_owned(), region);
        here.has_own_region = of_provider.as_ref() != here.arguments.get("region");
        here
    }

    /// What differs.
    pub(super) fn differences(&self, new: &Self) -> Vec<Difference> {
        if self.source != new.source {
            let why = "another provider reads it, and what that makes of it is unknown";
            return vec![Difference { name: "source".to_owned(), is_own: false, why }];
        }
        let names = self.arguments.keys().chain(new.arguments.keys());
        let (before, after) = (self.accounts(), new.accounts());
        let is_same = before.len() == 1 && before == after;
        let is_other = !before.is_empty() && !after.is_empty() && before.is_disjoint(&after);
        let mut differences = Vec::new();
        for name in names.collect::<BTreeSet<_>>() {
            let says_nothing = is_same && !OTHER_THAN_ACCOUNT.contains(&name.as_str()) || name == ALLOWED && !is_other;
            if says_nothing || self.arguments.get(name) == new.arguments.get(name) {
                continue;
            }
            if name == "region" && (self.has_own_region || new.has_own_region) {
                let why = "it moves to another region: it is destroyed, and made again there";
                differences.push(Difference { name: name.clone(), is_own: true, why });
                continue;
            }
            let why = match name.as_str() {
                _ if is_other && !OTHER_THAN_ACCOUNT.contains(&name.as_str()) => {
                    "it is looked for in another account, not found there, and made again; the old one is left alone"
                }
                "region" => {
                    "it is looked for in another region, not found there, and made again; the old one is left alone"
                }
                _ => {
                    "it may be looked for in another account, not found there, and made again; the old one is left alone"
                }
            };
            differences.push(Difference { name: name.clone(), is_own: false, why });
        }
        differences
    }

    /// The accounts that it can be in; none where that is not known. Whoever takes a role is in the account of the role.
    fn accounts(&self) -> BTreeSet<&str> {
        match (self.arguments.get("assume_role"), self.arguments.get(ALLOWED)) {
            (Some(Expression::Object(role)), _) => {
                role.get("role_arn").and_then(literal).and_then(|arn| arn.split(':').nth(4)).into_iter().collect()
            }
            (None, Some(Expression::List(accounts))) => {
                let known: Option<BTreeSet<&str>> = accounts.iter().map(literal).collect();
                known.unwrap_or_default()
            }
            _ => BTreeSet::new(),
        }
    }

    pub(super) fn expression(&self) -> Expression {
        let arguments = self.arguments.iter().map(|(name, value)| (name.clone(), value.clone()));
        let source = [("source".to_owned(), Expression::Text(self.source.clone().into()))];
        Expression::Object(arguments.chain(source).collect())
    }
}

fn literal(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::Text(text) => Some(text),
        _ => None,
    }
}

/// A change of what stands in the `terraform` block.
pub(super) struct SettingChange {
    pub(super) address: String,
    pub(super) paths: Vec<String>,
    /// Why objects may be lost by it.
    pub(super) why: Option<&'static str>,
}

/// What changes about the state and the providers.
pub(super) fn changes(old: &Configuration, new: &Configuration) -> Vec<SettingChange> {
    let (old, new) = (&old.module.settings, &new.module.settings);
    let mut changes = Vec::new();
    let (before, after) = (told(old), told(new));
    let paths = if before.0 == after.0 {
        super::arguments::changed_arguments(&before.1, &after.1)
    } else {
        vec!["type".to_owned()]
    };
    if !paths.is_empty() {
        let is_elsewhere = before.0 != after.0 || is_elsewhere(&after.0, &paths);
        let why = "the state is looked for elsewhere: unless it is taken there first, everything is made again and the old objects are left alone";
        changes.push(SettingChange {
            address: "terraform.backend".to_owned(),
            paths,
            why: is_elsewhere.then_some(why),
        });
    }
    let names = old.required_providers.keys().filter(|name| new.required_providers.contains_key(*name));
    for name in names {
        let (before, after) = (old.required_providers.get(name), new.required_providers.get(name));
        let (sources, versions) = (
            [before, after].map(|it| source(name, it)),
            [before, after].map(|it| it.and_then(|it| it.version.clone())),
        );
        let mut paths = Vec::new();
        if sources[0] != sources[1] {
            paths.push("source".to_owned());
        }
        if versions[0] != versions[1] {
            paths.push("version".to_owned());
        }
        if !paths.is_empty() {
            let address = format!("terraform.required_providers.{name}");
            let is_other = versions[1].as_deref().is_some_and(|new| leaves_major(versions[0].as_deref(), new));
            let why = "another major version of the provider may replace what this one updates, and was not asked";
            changes.push(SettingChange { address, paths, why: is_other.then_some(why) });
        }
    }
    changes
}

/// The type of the backend, and what it is told.
fn told(settings: &TerraformSettings) -> (String, Object) {
    let text = |text: &str| Expression::Text(text.to_owned().into());
    if let Some(cloud) = &settings.cloud {
        return ("cloud".to_owned(), cloud.clone());
    }
    match &settings.backend {
        // Terraform writes beside the configuration where nothing is said.
        None => ("local".to_owned(), Object::new()),
        Some(Backend::Local { path }) => ("local".to_owned(), path.iter().map(|path| ("path", text(path))).collect()),
        Some(Backend::S3 { bucket, key, region, use_lockfile, kms_key_id }) => {
            let mut told: Object =
                [("bucket", text(bucket)), ("key", text(key)), ("region", text(region))].into_iter().collect();
            // It is off where it is not said.
            if *use_lockfile {
                told.set("use_lockfile", Expression::Bool(true));
            }
            if let Some(key) = kms_key_id {
                told.set("kms_key_id", text(key));
            }
            ("s3".to_owned(), told)
        }
        Some(Backend::Other { type_name, arguments }) => (type_name.clone(), arguments.clone()),
    }
}

/// Whether what changes says where the state is.
fn is_elsewhere(backend: &str, paths: &[String]) -> bool {
    let places = STATE_PLACES.iter().find(|(name, _)| *name == backend);
    places.is_none_or(|(_, places)| {
        paths.iter().any(|path| places.iter().any(|place| super::arguments::is_at_or_below(path, place)))
    })
}

/// Whether a constraint no longer takes the major version that the old one began with.
fn leaves_major(old: Option<&str>, new: &str) -> bool {
    let majors = |constraint: &str| -> Vec<u64> {
        let numbers = constraint.split(',').map(|part| part.trim_start_matches(|it: char| !it.is_ascii_digit()));
        numbers.filter_map(|number| number.split('.').next()?.trim().parse().ok()).collect()
    };
    let Some(before) = majors(old.unwrap_or_default()).into_iter().min() else { return false };
    let is_open = new.split(',').all(|part| part.trim().starts_with(['>', '!']));
    majors(new).into_iter().min().is_some_and(|after| if is_open { after > before } else { after != before })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_major_version_is_left_or_not() {
        assert!(leaves_major(Some("~> 5.0"), "~> 6.0"));
        assert!(leaves_major(Some(">= 5.0, < 6.0"), ">= 6.0"));
        assert!(!leaves_major(Some("~> 5.0"), "5.100.0"));
        assert!(!leaves_major(Some("~> 5.0"), ">= 5.1, < 7"));
        assert!(!leaves_major(None, "~> 5.0"));
    }

    #[test]
    fn providers_are_the_same_by_their_full_address() {
        let required = |source_text: &'static str| {
            let configuration_aliases = Vec::new();
            source("aws", Some(&RequiredProvider { source: source_text.into(), version: None, configuration_aliases }))
        };
        assert_eq!(required("hashicorp/aws"), source("aws", None));
        assert_eq!(required("registry.terraform.io/hashicorp/aws"), source("aws", None));
        assert_ne!(required("other/aws"), source("aws", None));
    }
}
