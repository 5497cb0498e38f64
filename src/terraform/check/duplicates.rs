//! Two blocks with one address.

use std::hash::Hash;

use super::findings::Findings;
use super::index::Index;
use super::place::BlockName;
use super::{Hasher, Table};
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::module::Module;
use crate::terraform::resource::ResourceBlock;

/// Longer values than this are cut in messages.
const LONGEST_VALUE: usize = 60;

/// Why two blocks of one address are wrong, and what to do.
#[derive(Clone, Copy)]
struct Remedy {
    reason: &'static str,
    help: &'static str,
}

/// Of blocks whose name is a key in the document.
const NAMED: Remedy = Remedy {
    reason: "in the document the second would silently take the first one's place",
    help: "give one of the two another name",
};

/// Of blocks that tell what becomes of an object.
const ONE_FATE: Remedy = Remedy { reason: "only one thing can become of an object", help: "remove one of the two" };

/// Finds every address that two blocks claim.
pub(super) fn check(index: &Index<'_>, findings: &mut Findings<'_>) {
    let module = index.module;
    let variables = module.variables.iter().map(|variable| Claim {
        key: variable.name.as_ref(),
        place: BlockName::Variable(&variable.name),
        differences: Differences::Value(variable.default.as_ref(), "default"),
    });
    report("variable", NAMED, &variables, findings);
    let locals = module.locals.iter().map(|local| Claim {
        key: local.name.as_ref(),
        place: BlockName::Local(&local.name),
        differences: Differences::Value(Some(&local.value), "value"),
    });
    report("local value", NAMED, &locals, findings);
    if !index.resources_are_distinct() {
        resources(module, findings);
    }
    let outputs = module.outputs.iter().map(|output| Claim {
        key: output.name.as_ref(),
        place: BlockName::Output(&output.name),
        differences: Differences::Value(Some(&output.value), "value"),
    });
    report("output", NAMED, &outputs, findings);
    let checks = module.checks.iter().map(|check| Claim {
        key: check.name.as_ref(),
        place: BlockName::Check(&check.name),
        differences: Differences::Value(check.assertions.first().map(|first| &first.condition), "first condition"),
    });
    report("check", NAMED, &checks, findings);
    let calls = module.module_calls.iter().map(|call| Claim {
        key: call.name.as_ref(),
        place: BlockName::ModuleCall(&call.name),
        differences: Differences::Arguments(&call.arguments),
    });
    report("module call", NAMED, &calls, findings);
    let providers = module.providers.iter().map(|provider| Claim {
        key: &provider.reference,
        place: BlockName::Provider(&provider.reference),
        differences: Differences::Arguments(&provider.arguments),
    });
    report(
        "provider configuration",
        Remedy { reason: "a block that names it could mean either", ..NAMED },
        &providers,
        findings,
    );
    refactorings(index, findings);
}

/// The data sources of checks share one name space with all others.
fn resources(module: &Module, findings: &mut Findings<'_>) {
    let scoped = module.checks.iter().filter_map(|check| check.data.as_ref());
    let claims = module.resources.iter().chain(scoped).map(|block| Claim {
        key: (block.mode, block.type_name.as_ref(), block.name.as_ref()),
        place: BlockName::Resource(block),
        differences: Differences::Resource(block),
    });
    report("block", NAMED, &claims, findings);
}

fn refactorings(index: &Index<'_>, findings: &mut Findings<'_>) {
    let module = index.module;
    let imports = module.imports.iter().map(|import| Claim {
        key: import.to.as_str(),
        place: BlockName::Import(&import.to),
        differences: Differences::Value(Some(&import.id), "id"),
    });
    report("import", ONE_FATE, &imports, findings);
    // Of two moves Terraform hears when it plans.
    if !index.is_strict() {
        return;
    }
    let moved = module.moved.iter().map(|moved| Claim {
        key: moved.from.as_str(),
        place: BlockName::Moved(&moved.from),
        differences: Differences::Target(&moved.to),
    });
    report("move", ONE_FATE, &moved, findings);
    let removed = module.removed.iter().map(|removed| Claim {
        key: removed.from.as_str(),
        place: BlockName::Removed(&removed.from),
        differences: Differences::None,
    });
    report("removal", ONE_FATE, &removed, findings);
}

/// A block that claims an address.
struct Claim<'a, K> {
    key: K,
    place: BlockName<'a>,
    differences: Differences<'a>,
}

/// Where to look for what tells two blocks of one address apart.
#[derive(Clone, Copy)]
enum Differences<'a> {
    None,
    Value(Option<&'a Expression>, &'a str),
    Arguments(&'a Object),
    Resource(&'a ResourceBlock),
    Target(&'a str),
}

fn report<'a, K: Hash + Eq>(
    what: &str,
    remedy: Remedy,
    claims: &(impl Iterator<Item = Claim<'a, K>> + Clone),
    findings: &mut Findings<'_>,
) {
    let (at_least, _) = claims.size_hint();
    let mut first: Table<K, usize> = Table::with_capacity_and_hasher(at_least, Hasher::default());
    for (position, claim) in claims.clone().enumerate() {
        let earlier = *first.entry(claim.key).or_insert(position);
        if earlier == position {
            continue;
        }
        let Some(original) = claims.clone().nth(earlier) else { continue };
        let (left, right) = original.differences.describe(claim.differences);
        findings.add(
            Diagnostic::new(
                DiagnosticKind::DuplicateAddress,
                claim.place.to_string(),
                format!("declared twice: {what} {} {left}, {what} {} {right}", earlier + 1, position + 1),
            )
            .because(remedy.reason)
            .help(remedy.help),
        );
    }
}

impl<'a> Differences<'a> {
    /// What tells the first block from the second, and the second from the first.
    fn describe(self, second: Differences<'a>) -> (String, String) {
        let same = ("is declared first".to_owned(), "says the same".to_owned());
        match (self, second) {
            (Self::Value(left, what), Self::Value(right, _)) => said_of(what, left, right).unwrap_or(same),
            (Self::Target(left), Self::Target(right)) => (format!("goes to {left}"), format!("goes to {right}")),
            (Self::Arguments(left), Self::Arguments(right)) => in_arguments(left, right).unwrap_or(same),
            (Self::Resource(left), Self::Resource(right)) => {
                in_providers(left, right).or_else(|| in_arguments(&left.arguments, &right.arguments)).unwrap_or(same)
            }
            _ => same,
        }
    }
}

fn in_providers(left: &ResourceBlock, right: &ResourceBlock) -> Option<(String, String)> {
    let name = |block: &ResourceBlock| match &block.provider {
        Some(provider) => format!("has the provider {provider}"),
        None => "has no provider".to_owned(),
    };
    (left.provider != right.provider).then(|| (name(left), name(right)))
}

/// The first argument, in the order of the two blocks, that is not the same in both.
fn in_arguments(left: &Object, right: &Object) -> Option<(String, String)> {
    let names = left.entries().chain(right.entries()).filter_map(|(key, _)| match key {
        Key::Literal(name) => Some(name.as_ref()),
        Key::Computed(_) => None,
    });
    let mut names = names;
    names.find_map(|name| said_of(name, left.get(name), right.get(name)))
}

fn said_of(what: &str, left: Option<&Expression>, right: Option<&Expression>) -> Option<(String, String)> {
    let says = |value: Option<&Expression>| match value {
        Some(value) => format!("has {what} = {}", shortened(value)),
        None => format!("has no {what}"),
    };
    (left != right).then(|| (says(left), says(right)))
}

fn shortened(value: &Expression) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
