//! `provider` blocks and references to them.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use super::expression::{Expression, Object};

/// A `provider` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    pub(crate) reference: ProviderReference,
    /// Which versions fit, as `required_providers` says it; Terraform calls that deprecated here.
    pub(crate) version: Option<String>,
    pub(crate) arguments: Object,
}

/// Names a provider configuration, such as `aws.primary`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderReference {
    pub(crate) name: Cow<'static, str>,
    pub(crate) alias: Option<Cow<'static, str>>,
}

impl Provider {
    /// The default configuration of a provider.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of(ProviderReference::new(name, None))
    }

    /// A configuration with an alias: only blocks that name it use it.
    pub fn aliased(name: impl Into<Cow<'static, str>>, alias: impl Into<Cow<'static, str>>) -> Self {
        Self::of(ProviderReference::new(name, Some(alias.into())))
    }

    fn of(reference: ProviderReference) -> Self {
        Self { reference, version: None, arguments: Object::new() }
    }

    /// Sets an argument or nested block.
    pub fn set(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Expression>) -> Self {
        self.arguments.set(name, value.into());
        self
    }
}

impl ProviderReference {
    /// A reference to a configuration that is declared elsewhere.
    pub fn new(name: impl Into<Cow<'static, str>>, alias: Option<Cow<'static, str>>) -> Self {
        Self { name: name.into(), alias }
    }

    /// The provider's local name, such as `aws`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The alias, if it is not the default configuration.
    pub fn alias(&self) -> Option<&str> {
        self.alias.as_deref()
    }
}

impl ProviderReference {
    /// The texts that make up the reference, one after the other.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &str> {
        let alias = self.alias().map(|alias| [".", alias]);
        [self.name()].into_iter().chain(alias.into_iter().flatten())
    }
}

impl Display for ProviderReference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.pieces().try_for_each(|piece| f.write_str(piece))
    }
}
