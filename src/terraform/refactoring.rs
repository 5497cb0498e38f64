//! Blocks that tell Terraform about objects it already manages: `moved`, `removed`, `import`, and calls of `module`s.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::expression::{Expression, Object};
use super::overridden::Overridden;
use super::provider::ProviderReference;
use super::provisioner::Provisioner;

/// A `moved` block: the object keeps its life under a new address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The address it had.
    pub from: String,
    /// The address it has now.
    pub to: String,
}

/// A `removed` block: Terraform forgets or destroys an object that the document no longer has.
#[derive(Debug, Clone, PartialEq)]
pub struct Removed {
    /// The address it had.
    pub from: String,
    /// Whether the object is destroyed, or only forgotten.
    pub destroy: bool,
    /// How provisioners get to the object.
    pub connection: Option<Object>,
    /// What runs before it is destroyed.
    pub provisioners: Vec<Provisioner>,
}

/// An `import` block: an existing object comes under Terraform's care.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The address it gets.
    pub to: String,
    /// The provider's id of the object.
    pub id: Expression,
    /// What to import several objects for; `to` and `id` may use `each`.
    pub for_each: Option<Expression>,
    /// The provider configuration that reads it.
    pub provider: Option<ProviderReference>,
}

/// A `module` block.
#[derive(Debug, Clone, PartialEq)]
pub struct ModuleCall {
    pub(crate) name: Cow<'static, str>,
    pub(crate) source: Cow<'static, str>,
    pub(crate) version: Option<Cow<'static, str>>,
    pub(crate) arguments: Object,
    pub(crate) providers: BTreeMap<String, ProviderReference>,
    pub(crate) count: Option<Expression>,
    pub(crate) for_each: Option<Expression>,
    pub(crate) depends_on: Vec<Expression>,
    /// What override files do to the block.
    pub(crate) overridden: Option<Box<Overridden>>,
}

impl ModuleCall {
    /// Calls the module at `source`.
    pub fn new(name: impl Into<Cow<'static, str>>, source: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            source: source.into(),
            version: None,
            arguments: Object::new(),
            providers: BTreeMap::new(),
            count: None,
            for_each: None,
            depends_on: Vec::new(),
            overridden: None,
        }
    }

    /// Which versions of a registry module will do.
    pub fn version(mut self, constraint: impl Into<Cow<'static, str>>) -> Self {
        self.version = Some(constraint.into());
        self
    }

    /// Gives one of the module's variables.
    pub fn set(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Expression>) -> Self {
        self.arguments.set(name, value.into());
        self
    }

    /// Passes a provider configuration under the name the module knows it by.
    pub fn provider(mut self, inner: impl Into<String>, outer: &ProviderReference) -> Self {
        self.providers.insert(inner.into(), outer.clone());
        self
    }

    /// What it gives the module.
    pub fn arguments(&self) -> &Object {
        &self.arguments
    }

    /// Calls it several times.
    pub fn for_each(mut self, collection: impl Into<Expression>) -> Self {
        self.for_each = Some(collection.into());
        self
    }

    /// Calls it `count` times.
    pub fn count(mut self, count: impl Into<Expression>) -> Self {
        self.count = Some(count.into());
        self
    }

    /// Orders the module after another block.
    pub fn depends_on(mut self, other: impl Into<Expression>) -> Self {
        self.depends_on.push(other.into());
        self
    }
}
