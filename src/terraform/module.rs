//! A module: the blocks of one document, in the order they were added.

use std::borrow::Cow;
use std::sync::Arc;

use super::address::Address;
use super::check_block::Check;
use super::constructs::Use;
use super::dialect::Dialect;
use super::expression::Expression;
use super::output::Output;
use super::provider::{Provider, ProviderReference};
use super::refactoring::{Import, ModuleCall, Moved, Removed};
use super::resource::{Handle, Resource, ResourceBlock};
use super::settings::TerraformSettings;
use super::value::Value;
use super::variable::{Variable, VariableType};
use super::written_keys::WrittenKeys;

/// The blocks of one Terraform document.
///
/// Adding a block never fails: what is wrong with the whole (a name used twice, a reference into nothing) is found by
/// the document's check, all of it at once.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(clippy::struct_field_names, reason = "calls of modules are what Terraform calls them")]
pub struct Module {
    pub(crate) comment: Option<String>,
    pub(crate) settings: TerraformSettings,
    pub(crate) providers: Vec<Provider>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) locals: Vec<Local>,
    pub(crate) resources: Vec<ResourceBlock>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) checks: Vec<Check>,
    pub(crate) module_calls: Vec<ModuleCall>,
    pub(crate) moved: Vec<Moved>,
    pub(crate) removed: Vec<Removed>,
    pub(crate) imports: Vec<Import>,
    /// What it uses that not every Terraform has.
    pub(crate) uses: Vec<Use>,
    /// The keys of objects in JSON syntax that must be evaluated.
    pub(crate) written_keys: WrittenKeys,
    /// Which program it is for.
    pub(crate) dialect: Dialect,
}

/// An entry of `locals`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Local {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: Expression,
}

impl Module {
    /// A module without blocks.
    pub fn new() -> Self {
        Self::default()
    }

    /// The comment at the top of the document.
    pub fn comment(&mut self, comment: impl Into<String>) {
        self.comment = Some(comment.into());
    }

    /// Says which program it is for.
    pub fn dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
    }

    /// Sets the `terraform` block.
    pub fn settings(&mut self, settings: TerraformSettings) {
        self.settings = settings;
    }

    /// Adds a provider configuration.
    pub fn add_provider(&mut self, provider: Provider) -> ProviderReference {
        let reference = provider.reference.clone();
        self.providers.push(provider);
        reference
    }

    /// Adds a variable of the type `T`; returns what a reference to it evaluates to.
    pub fn add_variable<T: VariableType>(&mut self, variable: Variable) -> Value<T> {
        let variable = Variable { of_type: variable.of_type.or_else(|| Some(T::constraint())), ..variable };
        let reference = Variable::reference(variable.name.clone());
        self.variables.push(variable);
        reference
    }

    /// Adds a local value.
    pub fn add_local<T>(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value<T>>) -> Value<T> {
        let name = name.into();
        let address = Arc::new(Address::Local(name.clone()));
        self.locals.push(Local { name, value: value.into().into_expression() });
        Value::new(Expression::reference(address, Vec::new()))
    }

    /// Adds a resource, data source or ephemeral.
    pub fn add<R: Resource>(&mut self, resource: R) -> Handle<R> {
        let block = resource.into_block();
        let handle = Handle::new(Arc::new(block.address()));
        self.resources.push(block);
        handle
    }

    /// Adds an output.
    pub fn add_output(&mut self, output: Output) {
        self.outputs.push(output);
    }

    /// Adds a check.
    pub fn add_check(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// Calls another module; its outputs are attributes of the handle.
    pub fn add_module_call(&mut self, call: ModuleCall) -> Handle<ModuleCall> {
        let handle = Handle::new(Arc::new(Address::Module(call.name.clone())));
        self.module_calls.push(call);
        handle
    }

    /// Says that an object has a new address.
    pub fn add_moved(&mut self, moved: Moved) {
        self.moved.push(moved);
    }

    /// Says that an object is no longer in the document.
    pub fn add_removed(&mut self, removed: Removed) {
        self.removed.push(removed);
    }

    /// Takes an existing object under Terraform's care.
    pub fn add_import(&mut self, import: Import) {
        self.imports.push(import);
    }

    /// The resources, data sources and ephemerals, in the order they were added.
    pub fn resources(&self) -> &[ResourceBlock] {
        &self.resources
    }

    /// The outputs, in the order they were added.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// The provider configurations that a module expects from its caller.
    pub fn expected_providers(&self) -> impl Iterator<Item = &ProviderReference> {
        self.settings.required_providers.values().flat_map(|required| &required.configuration_aliases)
    }

    /// The variables, in the order they were added.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }
}
