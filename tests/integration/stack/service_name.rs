//! The service's name: in every name of the stack, and nowhere else does it change anything.

use std::collections::{BTreeMap, BTreeSet};

use dr_synth::settings::{EnvironmentSuffix, Features, Region, ServiceName, Settings};
use serde_json::Value;

use super::{document, resources, whole_document};
use crate::common::dr_synth;

/// A word that AWS, Terraform and the stack's own texts do not have.
const ZEBRAS: &str = "zebras";

fn named(service: &str) -> Settings {
    Settings { service_name: service.parse().unwrap(), features: Features::all(), ..Settings::default() }
}

/// Both have eight letters, so that the shorter form of an X-Ray name does not come into it.
#[test]
fn nothing_but_the_name_follows_from_it() {
    let renamed = document(&named("zebrafin")).to_string();
    let back = renamed.replace("zebrafin", "payments").replace("Zebrafin", "Payments");
    let (mut back, mut default): (Value, Value) = (serde_json::from_str(&back).unwrap(), whole_document());
    for document in [&mut back, &mut default] {
        document.as_object_mut().unwrap().remove("//");
    }
    assert!(back == default, "the two documents differ in more than the name");
}

/// What a name of the stack, of its database's users or of its metrics begins with, and what its texts call it.
const DEFAULTS: [&str; 9] = [
    "payments-",
    "payments_admin",
    "payments_app",
    "payments_restores",
    "payments.example",
    "Payments/",
    "payments database",
    "payments zone",
    "payments stack",
];

/// What is still called payments is the example that the function is: its path, its table and the words for what it does.
#[test]
fn no_name_of_the_stack_keeps_the_default() {
    let mut left = BTreeSet::new();
    collect(&document(&named(ZEBRAS)), &mut |text| {
        for (name, at) in DEFAULTS.iter().flat_map(|name| text.match_indices(name).map(move |(at, _)| (name, at))) {
            // `zebras-payments-` is a name of the payment function's.
            if !text[..at].ends_with('-') {
                left.insert(format!(
                    "{name}: {}",
                    text.get(at.saturating_sub(30)..(at + 30).min(text.len())).unwrap_or(text)
                ));
            }
        }
    });
    assert_eq!(left, BTreeSet::new());
}

fn collect(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, see)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, see)),
        _ => {}
    }
}

/// Arguments that name an object in AWS.
const NAMES: [&str; 11] = [
    "alarm_name",
    "bucket",
    "cluster_identifier",
    "dashboard_name",
    "function_name",
    "global_cluster_identifier",
    "group_name",
    "identifier",
    "name",
    "name_prefix",
    "rule_name",
];

/// Types whose names are unique among what belongs to one object only, or are the account's and no service's.
const WITHIN_AN_OBJECT: [(&str, &str); 8] = [
    ("aws_api_gateway_model", "an API's"),
    ("aws_api_gateway_request_validator", "an API's"),
    ("aws_iam_role_policy", "a role's"),
    ("aws_route53_record", "a zone's: each service has its domain"),
    ("aws_route53_zone", "its domain is a variable"),
    ("aws_cloudwatch_log_group", "one is named by the API's id"),
    ("aws_backup_restore_testing_selection", "a plan's"),
    ("aws_scheduler_schedule", "the group is the account's own; names of schedules are unique within it"),
];

/// What is called by a text of its own, and not by what another object is called.
fn own_names(document: &Value) -> BTreeMap<(String, String), String> {
    let mut names = BTreeMap::new();
    for (type_name, name, body) in resources(document) {
        for argument in NAMES {
            let Some(text) = body[argument].as_str() else { continue };
            let is_reference = text.starts_with("${") && text.ends_with('}') && text.matches("${").count() == 1;
            if !is_reference {
                names.insert((type_name.to_owned(), text.to_owned()), format!("{type_name}.{name}.{argument}"));
            }
        }
    }
    names
}

#[test]
fn two_services_of_one_suffix_share_no_name_in_one_account() {
    let [payments, zebras] = [whole_document(), document(&named(ZEBRAS))].map(|document| own_names(&document));
    assert!(payments.len() > 150, "{}", payments.len());
    let shared: BTreeSet<_> = payments
        .iter()
        .filter(|(name, _)| zebras.contains_key(*name))
        .map(|((type_name, name), at)| (type_name.as_str(), name.as_str(), at.as_str()))
        .filter(|(type_name, ..)| !WITHIN_AN_OBJECT.iter().any(|(within, _)| within == type_name))
        .collect();
    assert_eq!(shared, BTreeSet::new());
}

/// Every kind of name is among those of a stack with all features.
#[test]
fn the_longest_service_fits_every_name_in_the_regions_with_the_longest_tokens() {
    let longest = "s".repeat(ServiceName::LONGEST);
    let regions: Vec<Region> = Region::all().iter().copied().filter(|region| region.token().len() > 4).collect();
    assert!(regions.len() > 1);
    for pair in regions.windows(2) {
        let settings = Settings { primary_region: pair[0], dr_region: pair[1], ..named(&longest) };
        document(&settings);
    }
}

/// The table of limits is dr-synth's; AWS's own models, which `check` holds values to, agree.
#[test]
fn the_longest_service_and_the_longest_suffix_pass_the_check_against_aws_models() {
    let (service, suffix) = ("s".repeat(ServiceName::LONGEST), "e".repeat(EnvironmentSuffix::LONGEST));
    let flags =
        format!("--service-name {service} --environment-suffix {suffix} --enable config,stacksets,xray_encryption");
    let document = dr_synth(&flags).succeed().stdout();
    dr_synth("check").file("main.tf.json", &document).succeed();
}

/// `orders` with the purpose `x-y` and `orders-x` with `y` would make one name of two.
#[test]
fn no_purpose_ends_in_another_of_its_type() {
    let document = whole_document();
    let mut purposes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let names = own_names(&document);
    for (type_name, name) in names.keys() {
        let purpose = name.strip_prefix("payments-").and_then(|rest| rest.split_once("-use2-"));
        purposes.entry(type_name.as_str()).or_default().extend(purpose.map(|(purpose, _)| purpose.to_owned()));
    }
    for (type_name, purposes) in purposes {
        for (longer, shorter) in purposes.iter().flat_map(|one| purposes.iter().map(move |other| (one, other))) {
            assert!(!longer.ends_with(&format!("-{shorter}")), "{type_name}: {longer}, {shorter}");
        }
    }
}
