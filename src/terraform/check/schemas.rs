//! The schemas that a check holds a module to.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::terraform::schema::Schema;

/// Provider schemas by the local name of the provider, such as `aws`.
///
/// Blocks of a provider that is not in here are checked for everything that needs no schema.
#[derive(Debug, Clone, Default)]
pub struct Schemas(BTreeMap<Cow<'static, str>, Schema>);

impl Schemas {
    /// No schema at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the schema of a provider.
    pub fn with(mut self, local_name: impl Into<Cow<'static, str>>, schema: Schema) -> Self {
        self.0.insert(local_name.into(), schema);
        self
    }

    /// The schema of a provider.
    pub fn get(&self, local_name: &str) -> Option<&Schema> {
        self.0.get(local_name)
    }
}
