//! The check on small documents of a provider that has one of everything. Each document that is wrong is wrong in one
//! way only, and the whole text of what is found is compared.

mod arguments;
mod blocks;
mod constraints;
mod limits;
mod names;
mod references;
mod sensitive_outputs;

use crate::terraform::check::Schemas;
use crate::terraform::document::Document;
use crate::terraform::module::Module;
use crate::terraform::parse;
use crate::terraform::schema::constraint::{Constraint, ConstraintKind, ConstraintSet};
use crate::terraform::schema::{Identity, Schema, encode, provider_json};

const SOURCE: &str = "registry.terraform.io/example/cloud";

/// The provider, with the constraints that it does not publish.
pub(crate) fn schemas() -> Schemas {
    let mut document: provider_json::Document = serde_json::from_str(include_str!("provider.json")).unwrap();
    let provider = document.provider_schemas.remove(SOURCE).unwrap();
    let constraint = |kind, paths: &[&str]| Constraint { kind, paths: paths.iter().map(ToString::to_string).collect() };
    let server = vec![
        constraint(ConstraintKind::Conflicts, &["key", "key_prefix"]),
        constraint(ConstraintKind::Conflicts, &["probe.path", "probe.port"]),
    ];
    let record = vec![
        constraint(ConstraintKind::ExactlyOneOf, &["ip", "alias"]),
        constraint(ConstraintKind::AtLeastOneOf, &["weight", "ttl"]),
        constraint(ConstraintKind::RequiredWith, &["probe", "failover"]),
    ];
    let resource = [("cloud_server".to_owned(), server), ("cloud_record".to_owned(), record)].into();
    let constraints = ConstraintSet { resource, ..ConstraintSet::default() };
    let bytes = encode(&provider, Identity { source: SOURCE, version: "" }, &constraints).unwrap();
    Schemas::new().with("cloud", Schema::open(bytes).unwrap())
}

/// The sections that every document has unless it brings its own.
const COMMON: [(&str, &str); 2] = [
    (r#""terraform": {"#, r#""terraform": {"required_providers": {"cloud": {"source": "example/cloud"}}}, "#),
    (r#""provider": {"#, r#""provider": {"cloud": [{"zone": "a"}, {"alias": "standby", "zone": "b"}]}, "#),
];

/// A module with the provider and whatever `sections` say.
pub(crate) fn module(sections: &str) -> Module {
    let common: String =
        COMMON.iter().filter(|(start, _)| !sections.contains(start)).map(|(_, section)| *section).collect();
    let document = format!("{{{common}{sections}}}");
    parse::document(&document).unwrap_or_else(|findings| panic!("{document}: {findings:?}"))
}

/// What is found in a module, each finding with its kind in front.
fn found(module: &Module) -> Vec<String> {
    let findings = module.check(&schemas());
    // No document comes out of a module that is wrong, and one does of a module that is right.
    assert_eq!(Document::new(module.clone(), &schemas()).is_ok(), findings.is_empty());
    findings.iter().map(|finding| format!("[{:?}] {finding}", finding.kind)).collect()
}

#[track_caller]
fn finds(sections: &str, lines: &[&str]) {
    finds_in(&module(sections), lines);
}

/// Compares the only finding in a module, line by line.
#[track_caller]
fn finds_in(module: &Module, lines: &[&str]) {
    let found = found(module);
    assert_eq!(found.iter().flat_map(|finding| finding.lines()).map(str::trim_start).collect::<Vec<_>>(), lines);
    assert_eq!(found.len(), 1);
}

#[track_caller]
fn fine(sections: &str) {
    assert_eq!(found(&module(sections)).join("\n"), "", "in {sections}");
}
