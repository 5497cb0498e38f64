//! The modules around one that is checked: those it calls, and the call that it answers.

use std::collections::{BTreeMap, BTreeSet};

use super::by_name;
use super::checker::Checker;
use super::index::Index;
use super::place::BlockName;
use super::repeats::Repeats;
use super::shape::Shape;
use crate::terraform::address::Address;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::expression::{Expression, Key, Root, Step, Traversal};
use crate::terraform::module::Module;
use crate::terraform::nearest::nearest;
use crate::terraform::provider::ProviderReference;
use crate::terraform::provider_source;
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::settings::RequiredProvider;

/// Whose rules a module is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Judge {
    /// Terraform's, and what is dr-synth's own: no provider by default, nothing moved that is still there, and the like.
    #[default]
    DrSynth,
    /// Terraform's alone.
    Terraform,
}

/// What is known of the modules around one. Of a call whose module is not in here, arguments and outputs are not checked.
#[derive(Debug, Default)]
pub(crate) struct Surroundings<'a> {
    /// The modules that are called, by the names of the calls.
    pub(crate) called: BTreeMap<&'a str, &'a Module>,
    /// The call that gives the module its values and providers.
    pub(crate) call: Option<&'a ModuleCall>,
    /// Whose rules count.
    pub(crate) judge: Judge,
    /// The provider configurations of the module that something uses, where that is known.
    pub(crate) used: Option<&'a BTreeSet<ProviderReference>>,
    /// How many blocks dynamic blocks make, where something is known of it.
    pub(crate) repeats: Option<&'a dyn Repeats>,
}

impl<'a> Checker<'a> {
    /// The arguments of a call: each is a variable of the module, and each variable that must be given is.
    pub(super) fn call_arguments_of(&mut self, call: &'a ModuleCall) {
        let Some(module) = self.index.called(&call.name) else {
            self.free_body(&call.arguments);
            return;
        };
        let variables = by_name(module.variables.iter().map(|variable| variable.name.as_ref()));
        let mut given = vec![false; module.variables.len()];
        for (key, value) in call.arguments.entries() {
            let Key::Literal(name) = key else { continue };
            self.findings.push(name);
            let number = variables.get(name.as_ref()).map(|number| *number as usize);
            if let Some((number, variable)) = number.and_then(|number| Some((number, module.variables.get(number)?))) {
                given[number] = true;
                let wanted = variable.of_type.as_ref().map_or(Shape::Unknown, Shape::from);
                self.argument(wanted, value, variable.ephemeral);
            } else if call.overridden.is_none() {
                let names = module.variables.iter().map(|variable| variable.name.as_ref());
                let message = format!("the module `{}` has no variable `{name}`", call.name);
                let candidates = nearest(name, names);
                self.findings.add(self.findings.here(DiagnosticKind::UnknownArgument, message).candidates(candidates));
            }
            self.findings.pop();
        }
        let is_overridden = |name: &str| {
            call.overridden.as_ref().is_some_and(|overridden| overridden.only_there.iter().any(|it| it == name))
        };
        for (variable, given) in module.variables.iter().zip(given) {
            // What is required must be in the block itself, whatever an override file gives.
            if (!given || is_overridden(&variable.name)) && variable.default.is_none() {
                let message = format!("the module `{}` needs a value for `{}`", call.name, variable.name);
                self.findings.add(self.findings.here(DiagnosticKind::MissingArgument, message));
            }
        }
    }

    /// What a call gives: each output that is asked for is one of the module.
    pub(super) fn call_output(&mut self, call: &'a ModuleCall, traversal: &'a Traversal) {
        let Some(module) = self.index.called(&call.name) else { return };
        let ([Step::Attribute(name), ..] | [Step::Index(_) | Step::Splat, Step::Attribute(name), ..]) =
            traversal.steps.as_slice()
        else {
            return;
        };
        match self.index.output(&call.name, name) {
            // What a module gives Terraform does not know before it plans.
            Some(output) if output.ephemeral && self.index.is_strict() => {
                self.ephemeral = self.ephemeral.or(Some(traversal));
            }
            Some(_) => {}
            None => {
                let candidates = nearest(name, module.outputs.iter().map(|output| output.name.as_ref()));
                let message = format!("`{traversal}`: the module `{}` has no output `{name}`", call.name);
                self.findings
                    .add(self.findings.here(DiagnosticKind::UndefinedAttribute, message).candidates(candidates));
            }
        }
    }
}

/// Checks the configurations that a call passes: all that the module expects, and none that it cannot take.
pub(super) fn passed_providers(index: &Index<'_>, call: &ModuleCall) -> Vec<Diagnostic> {
    let Some(module) = index.called(&call.name) else { return Vec::new() };
    let required = &module.settings.required_providers;
    let expected: Vec<String> =
        required.values().flat_map(|entry| &entry.configuration_aliases).map(ToString::to_string).collect();
    let place = BlockName::ModuleCall(&call.name).to_string();
    let missing = expected.iter().filter(|name| !call.providers.contains_key(*name)).map(|name| {
        let message = format!("the module `{}` expects the provider configuration `{name}`", call.name);
        Diagnostic::new(DiagnosticKind::Provider, &place, message).at("providers")
    });
    let refused = call.providers.iter().filter_map(|(name, passed)| {
        let message = match reception(index, module, name, passed) {
            Reception::Taken => return None,
            Reception::Unknown => {
                format!("the module `{}` expects no provider configuration `{name}`", call.name)
            }
            Reception::Configured => {
                format!("the module `{}` configures `{name}` itself, and nothing can be passed for it", call.name)
            }
            Reception::Other { wanted, given } => {
                format!("`{name}` of the module `{}` is of the provider {wanted}, and `{passed}` of {given}", call.name)
            }
            Reception::Nothing => {
                format!("there is no configuration `{passed}` here that could be passed as `{name}`")
            }
        };
        let candidates = nearest(name, expected.iter().map(String::as_str));
        Some(Diagnostic::new(DiagnosticKind::Provider, &place, message).at("providers").candidates(candidates))
    });
    missing.chain(refused).collect()
}

/// What a module does with a provider configuration that is passed.
enum Reception {
    Taken,
    Unknown,
    Configured,
    /// The two are of different providers.
    Other {
        wanted: String,
        given: String,
    },
    /// The caller has no such configuration itself.
    Nothing,
}

fn reception(index: &Index<'_>, module: &Module, name: &str, passed: &ProviderReference) -> Reception {
    let block = module.providers.iter().find(|block| block.reference.to_string() == name);
    // An empty block says that one is to be passed, as it was said before there were `configuration_aliases`.
    if block.is_some_and(|block| !block.arguments.is_empty() || block.version.is_some()) {
        return Reception::Configured;
    }
    let declared = declared(module, name);
    let provider = name.split('.').next().unwrap_or(name);
    let by_name = || Some(module.settings.required_providers.get(provider)?.source.as_ref());
    let wanted = declared.or_else(by_name).map_or_else(|| implied(name), str::to_owned);
    let is_known = declared.is_some() || block.is_some();
    // One of HashiCorp's needs no declaration; dr-synth declares all.
    let is_official = provider_source::parse(&wanted).is_ok_and(|[_, namespace, _]| namespace == "hashicorp");
    let is_taken = is_known || (!index.is_strict() || !name.contains('.')) && is_official;
    if !is_taken {
        return Reception::Unknown;
    }
    let required = index.module.settings.required_providers.get(passed.name());
    let given = required.map_or_else(|| implied(passed.name()), |it| it.source.to_string());
    if let (Ok(left), Ok(right)) = (provider_source::parse(&wanted), provider_source::parse(&given))
        && left != right
    {
        return Reception::Other { wanted, given };
    }
    if is_configured(index, passed) { Reception::Taken } else { Reception::Nothing }
}

/// The source that a module declares for a configuration of this name.
fn declared<'m>(module: &'m Module, name: &str) -> Option<&'m str> {
    let required = &module.settings.required_providers;
    let alias = |it: &&RequiredProvider| it.configuration_aliases.iter().any(|alias| alias.to_string() == name);
    required.get(name).or_else(|| required.values().find(alias)).map(|it| it.source.as_ref())
}

/// Whose provider it is where nothing says so.
fn implied(name: &str) -> String {
    format!("hashicorp/{}", name.split('.').next().unwrap_or(name))
}

/// Whether a configuration without an alias is there to be passed on: in the root one that is required counts as empty, elsewhere it
/// must have been passed or be configured. Others are looked up by their names.
fn is_configured(index: &Index<'_>, passed: &ProviderReference) -> bool {
    let is_required = || index.module.settings.required_providers.contains_key(passed.name());
    passed.alias.is_some()
        || index.is_strict()
        || index.provider(passed).is_some()
        || if index.is_root() { is_required() } else { index.is_given(passed.name()) }
}

/// Whether an expression is an output of a module as a whole, which `depends_on` takes too.
pub(super) fn is_module_output(expression: &Expression) -> bool {
    let Expression::Traversal(Traversal { root: Root::Address(address), steps }) = expression else { return false };
    matches!(**address, Address::Module(_))
        && matches!(steps.as_slice(), [Step::Attribute(_)] | [Step::Index(_), Step::Attribute(_)])
}
